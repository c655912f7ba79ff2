"""Text to tokens, before the grammar: words, texts, numbers, dates, times and signs, each with its place.

What people write from habit (`==`, `'text'`, `1.234,50`, `31.12.2026`) is reported here with the right spelling and
then read as if it had been spelled so, which keeps one slip from hiding the next.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Literal, Protocol

from dsl.diagnostics import Diagnostic, Fix, Label
from dsl.spans import Span


class _Say(Protocol):
    def __call__(
        self, code: str, m: tuple[int, int], summary: str, label: str, *help_: str, instead: str | None = None
    ) -> None: ...


Kind = Literal["word", "text", "number", "date", "time", "sign"]

UNIT_LETTERS = {
    "min": "minutes",
    "mins": "minutes",
    "h": "hours",
    "hr": "hours",
    "hrs": "hours",
    "d": "days",
    "w": "weeks",
    "m": "months",
    "mo": "months",
    "y": "years",
}


UNITS = frozenset(f"{unit}{s}" for unit in ("minute", "hour", "day", "week", "month", "year") for s in ("", "s"))


@dataclass(frozen=True, slots=True)
class Lexeme:
    """One token. `text` is what the grammar reads (mended where that was needed), `start` and `end` where it stands.

    `value` is the text between quotes, the digits of a number, yyyymmdd of a date or the minutes of a time.
    """

    kind: Kind
    text: str
    value: str | int
    start: int
    end: int


@dataclass(slots=True)
class Page:
    """A file's text with an index of its lines, for spans in logarithmic time."""

    file: str
    text: str
    starts: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.starts = [0, *(m.end() for m in re.finditer("\n", self.text))]

    def span(self, start: int, end: int) -> Span:
        """The span of two offsets."""
        line, end_line = bisect_right(self.starts, start), bisect_right(self.starts, end)
        column, end_column = start - self.starts[line - 1] + 1, end - self.starts[end_line - 1] + 1
        return Span(self.file, start, end, line, column, end_line, end_column)

    def column(self, start: int) -> int:
        """The column of an offset, from 1."""
        return start - self.starts[bisect_right(self.starts, start) - 1] + 1


@dataclass(frozen=True, slots=True)
class Scan:
    """Tokens of a file, what was wrong with them, and where a text in quotes was not closed."""

    lexemes: tuple[Lexeme, ...]
    diagnostics: tuple[Diagnostic, ...]
    unclosed: frozenset[int]


_PATTERN = re.compile(
    r"""
    (?P<space>[\s\ufeff]+|\#[^\n]*)
  | (?P<text>"[^"\n]*")
  | (?P<unclosed>"[^"\n]*)
  | (?P<curly>[“”„«»][^“”„«»"\n]*[“”„«»"])
  | (?P<single>'[^'\n]*'|‘[^’\n]*’)
  | (?P<slashed>[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{4}(?![\w.]))
  | (?P<date>[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?!\w))
  | (?P<time>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?!\w))
  | (?P<grouped>[0-9]{1,3}(?:(?:\.[0-9]{3})+,[0-9]+|(?:\.[0-9]{3}){2,}|(?:['’][0-9]{3})+(?:\.[0-9]+)?)(?!\w))
  | (?P<number>[0-9][0-9_]*(?:\.[0-9]+)?)
  | (?P<word>[^\W\d]\w*)
  | (?P<wrong>===?|!==|=>|=<|<>|&&|\|\||≥|≤|≠|−|[*{}\[\];&|!](?!=))
  | (?P<sign><=|>=|!=|[=<>(),.%+\-])
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)

MEANT = {
    "==": "=",
    "===": "=",
    "!==": "!=",
    "<>": "!=",
    "≠": "!=",
    "=>": ">=",
    "≥": ">=",
    "=<": "<=",
    "≤": "<=",
    "&&": "and",
    "&": "and",
    "||": "or",
    "|": "or",
    "!": "not",
    "[": "(",
    "]": ")",
    "−": "-",
    "*": "times",
}
"""What signs from other languages mean here."""


def scan(page: Page) -> Scan:
    """Cut a text into tokens. Never raises; each slip is a diagnostic without a block yet."""
    lexemes: list[Lexeme] = []
    found: list[Diagnostic] = []
    unclosed: set[int] = set()

    def say(code: str, m: tuple[int, int], summary: str, label: str, *help_: str, instead: str | None = None) -> None:
        span = page.span(*m)
        fixes = () if instead is None else (Fix(f"write `{instead}`", span, instead),)
        found.append(Diagnostic(code, summary, Label(span, label), help=help_, fixes=fixes))

    for match in _PATTERN.finditer(page.text):
        kind, raw, at = match.lastgroup, match.group(), match.span()
        match kind:
            case "space":
                continue
            case "text":
                lexemes.append(Lexeme("text", raw, _nfc(raw[1:-1]), *at))
            case "unclosed":
                say(
                    "K0102",
                    at,
                    "this text has no closing quote",
                    "it runs to the end of the line",
                    'end it with `"` on the same line; a text cannot hold a line break',
                )
                unclosed.add(at[0])
                lexemes.append(Lexeme("text", raw, _nfc(raw[1:].strip()), *at))
            case "curly" | "single":
                inner = raw[1:-1]
                say(
                    "K0103",
                    at,
                    "text stands in straight double quotes",
                    "these quotes are not understood",
                    f'write `"{inner}"`',
                    instead=f'"{inner}"',
                )
                lexemes.append(Lexeme("text", raw, _nfc(inner), *at))
            case "slashed":
                day, month, year = re.split(r"[./]", raw)
                meant = f"{year}-{int(month):02}-{int(day):02}"
                say(
                    "K0106",
                    at,
                    f"`{raw}` is not how a date is written",
                    "year first",
                    f"write `{meant}`",
                    instead=meant,
                )
                lexemes.append(Lexeme("date", raw, date_value(meant) or 20000101, *at))
            case "date":
                lexemes.append(Lexeme("date", raw, _date(raw, at, say), *at))
            case "time":
                lexemes.append(Lexeme("time", raw, _time(raw, at, say), *at))
            case "grouped":
                meant = _plain_number(raw)
                say(
                    "K0105",
                    at,
                    f"`{raw}` is not how a number is written",
                    "thousands are set apart by `_`, decimals by a point",
                    f"write `{meant}`",
                    instead=meant,
                )
                lexemes.append(Lexeme("number", raw, meant.replace("_", ""), *at))
            case "number":
                lexemes.append(Lexeme("number", raw, raw.replace("_", ""), *at))
            case "word":
                glued = bool(lexemes) and lexemes[-1].kind == "number" and lexemes[-1].end == at[0]
                if glued and raw.casefold() not in UNIT_LETTERS and raw not in UNITS:
                    whole = (lexemes.pop().start, at[1])
                    typed = page.text[whole[0] : whole[1]]
                    say("K0113", whole, f"`{typed}` is neither a number nor a name", "", "a name begins with a letter")
                    lexemes.append(Lexeme("word", f"_{_nfc(typed)}", typed, *whole))
                    continue
                text = raw
                if glued:
                    text = UNIT_LETTERS.get(raw.casefold(), raw)
                    whole = (lexemes[-1].start, at[1])
                    typed, meant = page.text[whole[0] : whole[1]], f"{lexemes[-1].text} {text}"
                    say(
                        "K0107",
                        whole,
                        f"`{typed}` runs together",
                        "a space is missing",
                        f"write `{meant}`",
                        instead=meant,
                    )
                lexemes.append(Lexeme("word", _nfc(text), _nfc(text), *at))
            case "sign":
                lexemes.append(Lexeme("sign", raw, raw, *at))
            case "wrong" if raw in MEANT:
                meant = MEANT[raw]
                say("K0104", at, f"`{raw}` is not a sign of this language", f"did you mean `{meant}`?", instead=meant)
                lexemes.append(Lexeme("word" if meant.isalpha() else "sign", meant, meant, *at))
            case "wrong":
                say(
                    "K0109",
                    at,
                    f"`{raw}` has no place in a playbook",
                    "not needed",
                    "a block ends where the next one begins, and a clause ends where the next one begins",
                    instead="",
                )
            case _:
                shown = raw if raw.isprintable() else f"U+{ord(raw):04X}"
                say(
                    "K0113",
                    at,
                    f"the character `{shown}` is not understood",
                    "",
                    'text belongs in double quotes: `"..."`; a comment begins with `#`',
                )
    return Scan(tuple(lexemes), tuple(found), frozenset(unclosed))


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _plain_number(raw: str) -> str:
    """`1.234,50` and `1'234.50` as `1_234.50`."""
    if "," in raw or ("'" not in raw and "’" not in raw):
        raw = raw.replace(".", "_").replace(",", ".")
    return raw.replace("'", "_").replace("’", "_")


def date_value(text: str) -> int | None:
    """yyyymmdd of `2026-11-22`, None if there is no such day (or the year is not from 1000 to 9998)."""
    year, month, day = (int(part) for part in text.split("-"))
    if not 1000 <= year <= 9998 or not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    return year * 10_000 + month * 100 + day


def _date(raw: str, at: tuple[int, int], say: _Say) -> int:
    year, month, day = raw.split("-")
    meant = f"{year}-{int(month):02}-{int(day):02}"
    value = date_value(meant)
    if value is None:
        last = calendar.monthrange(int(year), int(month))[1] if 1 <= int(month) <= 12 and int(year) >= 1000 else 0
        help_ = f"{year}-{int(month):02} ends on the {last}th" if 28 <= last < int(day) and last != 31 else ""
        if last == 31 and int(day) > 31:
            help_ = f"{year}-{int(month):02} ends on the 31st"
        say("K0106", at, f"there is no day `{raw}`", "", *([help_] if help_ else []))
        return 20000101
    if meant != raw:
        say("K0106", at, f"`{raw}` is not how a date is written", "two digits each", f"write `{meant}`", instead=meant)
    return value


def _time(raw: str, at: tuple[int, int], say: _Say) -> int:
    hour, minute, *seconds = (int(part) for part in raw.split(":"))
    if hour > 23 or minute > 59:
        say("K0106", at, f"there is no time `{raw}`", "", "times run from `00:00` to `23:59`")
        return 0
    meant = f"{hour:02}:{minute:02}"
    if seconds or meant != raw:
        why = "without seconds" if seconds else "two digits each"
        say("K0106", at, f"`{raw}` is not how a time is written", why, f"write `{meant}`", instead=meant)
    return hour * 60 + minute
