"""Text to tokens, before the grammar: words, texts, numbers, dates, times and signs, each with its place.

What people write from habit (`==`, `'text'`, `1.234,50`, `31.12.2026`) is reported here with the right spelling and
then read as if it had been spelled so, which keeps one slip from hiding the next.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from dsl.diagnostics import Diagnostic, Fix, Label
from dsl.records import dataclass, field
from dsl.spans import Span

Kind = Literal["word", "text", "number", "date", "time", "sign"]

UNIT_LETTERS = {
    "min": "minutes",
    "mins": "minutes",
    "h": "hours",
    "hr": "hours",
    "hrs": "hours",
    "d": "days",
    "w": "weeks",
    "wk": "weeks",
    "wks": "weeks",
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

    def begins_line(self, start: int) -> bool:
        """Whether nothing stands before an offset on its line (a byte order mark is nothing)."""
        return self.text[self.starts[bisect_right(self.starts, start) - 1] : start] in ("", "\ufeff")


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
  | (?P<remark>//[^\n]*|/\*[^\n]*|--[^\n]*)
  | (?P<short>[^\W\d_]+n['’]t(?!\w))
  | (?P<curly>[“”„«»][^“”„«»"\n]*[“”„«»"])
  | (?P<single>'[^'\n]*'|‘[^’\n]*’)
  | (?P<slashed>[0-9]{1,2}[./][0-9]{1,2}[./](?:[0-9]{4}|[0-9]{2})(?![\w.]))
  | (?P<date>[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?!\w))
  | (?P<twelve>(?:0?[1-9]|1[0-2])(?::[0-5][0-9])?[ ]?[aApP][mM](?!\w))
  | (?P<time>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?!\w))
  | (?P<grouped>[0-9]{1,3}(?:(?:\.[0-9]{3})+,[0-9]+|(?:\.[0-9]{3}){2,}|(?:['’][0-9]{3})+(?:\.[0-9]+)?)(?!\w))
  | (?P<number>[0-9][0-9_]*(?:\.[0-9]+)?)
  | (?P<word>[^\W\d]\w*)
  | (?P<wrong>:=|===?|!==|=>|=<|<>|&&|\|\||≥|≤|≠|−|[*:{}\[\];&|!](?!=))
  | (?P<sign><=|>=|!=|[=<>(),.%+\-/])
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)

MEANT = {
    ":=": "=",
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
    grown: set[int] = set()  # words with combining marks in them, put together at the end
    for match in _PATTERN.finditer(page.text):
        kind = match.lastgroup or "other"
        if kind == "space":
            continue
        raw, (start, end) = match.group(), match.span()
        touches = bool(lexemes) and lexemes[-1].end == start
        if kind == "sign" or (kind == "word" and not touches):
            text = _nfc(raw)
            lexemes.append(Lexeme("word" if kind == "word" else "sign", text, text, start, end))
            continue
        if touches and _continues(lexemes, kind, page.text, start):
            before = lexemes.pop()
            grown.add(len(lexemes))
            lexemes.append(Lexeme("word", before.text, before.value, before.start, end))
            continue
        if kind == "word" and touches and lexemes[-1].kind == "number":
            start = lexemes[-1].start
            number = lexemes.pop().text
            token = _glued(number, raw, lexemes[-1].text if lexemes else "")
        else:
            token = _PLAIN[kind](raw) if kind in _PLAIN else _mended(kind, raw)
        if token.slip is not None and len(found) < MOST_SLIPS:
            found.append(token.slip.at(page.span(start, end)))
        if kind == "unclosed":
            unclosed.add(start)
        at = start
        for one, text, value in token.parts:
            to = end if (one, text, value) == token.parts[-1] else at + len(text)
            lexemes.append(Lexeme(one, text, value, at, to))
            at = to
    for i in grown:
        start, end = lexemes[i].start, lexemes[i].end
        whole = _nfc(page.text[start:end])
        lexemes[i] = Lexeme("word", whole, whole, start, end)
    return Scan(tuple(lexemes), tuple(found), frozenset(unclosed))


def _continues(lexemes: list[Lexeme], kind: str, text: str, start: int) -> bool:
    """Whether this goes on with the word before it, which has combining marks in it (decomposed letters, scripts)."""
    if lexemes[-1].kind != "word":
        return False
    mark = text[start - 1] if kind == "word" else text[start] if kind == "other" else "x"
    return unicodedata.category(mark).startswith("M")


@dataclass(frozen=True, slots=True)
class _Slip:
    """What is wrong with a token, before its place is known."""

    code: str
    summary: str
    label: str
    help: tuple[str, ...] = ()
    instead: str | None = None

    def at(self, span: Span) -> Diagnostic:
        fixes = () if self.instead is None else (Fix(f"write `{self.instead}`", span, self.instead),)
        return Diagnostic(self.code, self.summary, Label(span, self.label), help=self.help, fixes=fixes)


@dataclass(frozen=True, slots=True)
class _Token:
    """What a stretch of text is read as: (kind, text, value) each, and what is wrong with it."""

    parts: tuple[tuple[Kind, str, str | int], ...]
    slip: _Slip | None = None


def _instead(code: str, summary: str, label: str, meant: str) -> _Slip:
    return _Slip(code, summary, label, (f"write `{meant}`",), meant)


def _glued(number: str, raw: str, before: str) -> _Token:
    """`4h`, `30days`, `2nd_try`, behind the word `before`."""
    if raw.casefold() in ("x", "mal") and number.isdigit():
        meant = f"at least {number} times"
        slip = _instead(
            "K0122", f"`{number}{raw}` does not say whether more is fine", "times are counted in words", meant
        )
        words: tuple[tuple[Kind, str, str], ...] = (
            ("word", "at", "at"),
            ("word", "least", "least"),
            ("number", number, number),
            ("word", "times", "times"),
        )
        return _Token(words, slip)
    if raw.casefold() in ("st", "nd", "rd", "th", "te", "ten", "ter") and before in ("on", "the"):
        slip = _instead("K0105", f"`{number}{raw}` is not how a number is written", "the digits alone", number)
        return _Token((("number", number, number),), slip)
    if raw.casefold() == "k" and number.isdigit():
        meant = f"{number}_000"
        slip = _instead("K0105", f"`{number}{raw}` is not how a number is written", "thousands are written out", meant)
        return _Token((("number", meant, f"{number}000"),), slip)
    if raw.casefold() not in UNIT_LETTERS and raw not in (*UNITS, "km"):
        typed = number + raw
        slip = _Slip("K0113", f"`{typed}` is neither a number nor a name", "", ("a name begins with a letter",))
        return _Token((("word", f"_{_nfc(typed)}", typed),), slip)
    unit = UNIT_LETTERS.get(raw.casefold(), raw)
    slip = _instead("K0107", f"`{number}{raw}` runs together", "a space is missing", f"{number} {unit}")
    return _Token((("number", number, number.replace("_", "")), ("word", unit, unit)), slip)


def _mended(kind: str, raw: str) -> _Token:
    """Text from habits of elsewhere, read as what it means here."""
    match kind:
        case "unclosed":
            help_ = ('end it with `"` on the same line; a text cannot hold a line break',)
            slip = _Slip("K0102", "this text has no closing quote", "it runs to the end of the line", help_)
            return _Token((("text", raw, _nfc(raw[1:].strip())),), slip)
        case "curly" | "single":
            meant = f'"{raw[1:-1]}"'
            slip = _instead("K0103", "text stands in straight double quotes", "these quotes are not understood", meant)
            return _Token((("text", raw, _nfc(raw[1:-1])),), slip)
        case "remark":
            meant = "#" + raw.lstrip("/*-").rstrip().removesuffix("*/").rstrip()
            return _Token((), _Slip("K0104", f"`{raw[:2]}` begins no comment", "a comment begins with `#`", (), meant))
        case "short":
            meant = {"is": "is not", "was": "is not", "are": "is not"}.get(raw[:-3].casefold(), "did not")
            slip = _instead("K0101", f"`{raw}` is written in full here", f"did you mean `{meant}`?", meant)
            return _Token(tuple(("word", word, word) for word in meant.split()), slip)
        case "slashed":
            day, month, year = re.split(r"[./]", raw)
            meant = f"{int(year) + 2000 if len(year) == 2 else year}-{int(month):02}-{int(day):02}"
            slip = _instead("K0106", f"`{raw}` is not how a date is written", "year first", meant)
            if "/" in raw:
                slip = replace(slip, help=(*slip.help, "day, month and year were read in this order"))
            return _Token((("date", raw, date_value(meant) or SOME_DAY),), slip)
        case "twelve":
            minutes = _half_day_time(raw)
            meant = f"{minutes // 60:02}:{minutes % 60:02}"
            slip = _instead("K0106", f"`{raw}` is not how a time is written", "the clock has 24 hours", meant)
            return _Token((("time", raw, minutes),), slip)
        case "grouped":
            meant = _plain_number(raw)
            why = "thousands are set apart by `_`, decimals by a point"
            slip = _instead("K0105", f"`{raw}` is not how a number is written", why, meant)
            return _Token((("number", raw, meant.replace("_", "")),), slip)
        case "wrong" if raw in MEANT:
            meant = MEANT[raw]
            slip = _Slip("K0104", f"`{raw}` is not a sign of this language", f"did you mean `{meant}`?", (), meant)
            return _Token((("word" if meant.isalpha() else "sign", meant, meant),), slip)
        case "wrong":
            why = "a block ends where the next one begins, and a clause ends where the next one begins"
            return _Token((), _Slip("K0109", f"`{raw}` has no place in a playbook", "not needed", (why,), ""))
    shown = raw if raw.isprintable() else f"U+{ord(raw):04X}"
    why = 'text belongs in double quotes: `"..."`; a comment begins with `#`'
    return _Token((), _Slip("K0113", f"the character `{shown}` is not understood", "", (why,)))


def _nfc(text: str) -> str:
    if text.isascii():
        return text
    if len(text) <= _LONG:
        return unicodedata.normalize("NFC", text)
    # marks without end take quadratic time: long text in pieces, which are cut before ASCII where there is any
    return "".join(unicodedata.normalize("NFC", piece) for piece in _PIECES.findall(text))


_LONG = 1_000
_PIECES = re.compile(rf"(?s).[^\x00-\x7f]{{0,{_LONG}}}")


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


def _date(raw: str) -> _Token:
    year, month, day = raw.split("-")
    meant = f"{year}-{int(month):02}-{int(day):02}"
    value = date_value(meant)
    slip = None
    if value is None:
        slip = _Slip("K0106", f"there is no day `{raw}`", "", _month_end(int(year), int(month), int(day)))
    elif meant != raw:
        slip = _instead("K0106", f"`{raw}` is not how a date is written", "two digits each", meant)
    return _Token((("date", raw, value or SOME_DAY),), slip)


def _month_end(year: int, month: int, day: int) -> tuple[str, ...]:
    if not 1 <= month <= 12:
        return ("months run from 01 to 12",)
    if not 1000 <= year <= 9998:
        return ("years run from 1000 to 9998",)
    last = calendar.monthrange(year, month)[1]
    return (f"{year}-{month:02} has {last} days",) if day > last else ()


def _half_day_time(raw: str) -> int:
    """Minutes of `9pm`, `9:30 am`; 12am is midnight.

    >>> _half_day_time("9:30 pm")
    1290
    """
    hour, _, minute = raw[:-2].strip().partition(":")
    return (int(hour) % 12 + (12 if raw[-2] in "pP" else 0)) * 60 + int(minute or 0)


def _time(raw: str) -> _Token:
    hour, minute, *seconds = (int(part) for part in raw.split(":"))
    meant = f"{hour:02}:{minute:02}"
    if hour > 23 or minute > 59:
        says = "times run from `00:00` to `23:59`"
        if (hour, minute) == (24, 0):
            says += "; the end of a day is `00:00` of the next one"
        slip = _Slip("K0106", f"there is no time `{raw}`", "", (says,))
        return _Token((("time", raw, 0),), slip)
    slip_ = None
    if seconds or meant != raw:
        why = "without seconds" if seconds else "two digits each"
        slip_ = _instead("K0106", f"`{raw}` is not how a time is written", why, meant)
    return _Token((("time", raw, hour * 60 + minute),), slip_)


MOST_SLIPS = 1_000
"""More of them are read over without a word: a hundred are shown."""

SOME_DAY = 20000101
"""Stands for a day that does not exist, so that reading can go on; there is an error, so nothing is made of it."""

_PLAIN: dict[str, Callable[[str], _Token]] = {
    "text": lambda raw: _Token((("text", raw, _nfc(raw[1:-1])),)),
    "number": lambda raw: _Token((("number", raw, raw.replace("_", "")),)),
    "word": lambda raw: _Token((("word", _nfc(raw), _nfc(raw)),)),
    "sign": lambda raw: _Token((("sign", raw, raw),)),
    "date": _date,
    "time": _time,
}
