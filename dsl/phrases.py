"""Phrases that people bring along, matched by example around the token that does not fit (`dsl.examples` has them).

An example is a row of words as they would be typed, with what is wrong between brackets: `W [greater|more than] N`.
`W` is a word (not `where`, `and` and their like), `N` a number, `D` a date, `C` a time, `T` a text, `V` any of
them, `U` a unit of time, `M` a month's name, `*` anything; `a|b` is either word, `a?` may be left out, `~` is whatever
follows, or nothing. A word in small letters is met in any letters, one with capitals only as it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from dsl.spot import Lesson, Spot, lesson, line_of
from dsl.tokens import UNITS, Lexeme, Page, scan

_MONTHS = """
january february march april may june july august september october november december januar februar märz mai juni juli
oktober dezember jan feb mar apr jun jul aug sep sept oct okt nov dec dez
"""
MONTHS = frozenset(_MONTHS.split())
_KINDS = {"W": "word", "N": "number", "D": "date", "C": "time", "T": "text"}
_NO_NAMES = frozenset(["where", "and", "or", "not", "unless", "when", "between", "within", "older"])
_LONGEST = 12


@dataclass(frozen=True, slots=True)
class Example:
    """A slip by example, and what to say about it.

    `instead` is what to write for the stretch between brackets ("": leave it out; None: only the author knows); reading
    goes on as if it stood there. In all texts `{0}` is that stretch as typed, `{1}` the first word of the example, ..;
    `{up}` and `{down}` are its first number and one more, or less, `{clock}` that number as an hour. `blocks` are the
    blocks in which it counts (all).
    """

    pattern: str
    instead: str | None = None
    help: tuple[str, ...] = ()
    label: str = ""
    summary: str = ""
    code: str = ""
    blocks: str = ""


@dataclass(frozen=True, slots=True)
class _Element:
    words: frozenset[str]
    kind: str
    optional: bool

    def fits(self, token: Lexeme, typed: str) -> bool:
        match self.kind:
            case "*":
                return True
            case "V":
                return token.kind != "sign"
            case "U":
                return token.text in UNITS
            case "M":
                return typed.casefold() in MONTHS
            case "":
                return typed in self.words or typed.casefold() in self.words or token.text in self.words
            case "W":
                return token.kind == "word" and typed.casefold() not in _NO_NAMES
            case kind:
                return token.kind == _KINDS[kind]


@dataclass(frozen=True, slots=True)
class _Pattern:
    elements: tuple[_Element, ...]
    begins: int
    ends: int
    open_end: bool


@cache
def _read(pattern: str) -> _Pattern:
    elements: list[_Element] = []
    begins = ends = -1
    open_end = False
    for piece in pattern.split():
        word = piece.removeprefix("[")
        if word != piece:
            begins = len(elements)
        if word == "~":
            open_end = True
            continue
        closed = word.removesuffix("]")
        bare = closed.removesuffix("?") if len(closed) > 1 else closed
        kind = bare if bare in ("W", "N", "D", "C", "T", "V", "U", "M", "*") else ""
        elements.append(_Element(frozenset(bare.split("|")), kind, bare != closed))
        if closed != word:
            ends = len(elements)
    return _Pattern(tuple(elements), begins, ends, open_end)


@dataclass(frozen=True, slots=True)
class _Match:
    """For each element of a pattern the index of its token, None where it was left out; and where the match ends."""

    found: tuple[int | None, ...]
    end: int


def taught(spot: Spot, examples: Sequence[Example]) -> Lesson | None:
    """The lesson of the first example that the place fits."""
    for example in examples:
        if example.blocks and spot.keyword() not in example.blocks.split():
            continue
        pattern = _read(example.pattern)
        for start in range(max(0, spot.at - _LONGEST), min(spot.at + 1, len(spot.tokens))):
            for match in _matches(spot, pattern.elements, start):
                marked = next(i for i in match.found[pattern.begins : pattern.ends] if i is not None)
                reaches = match.end > spot.at or (match.end == spot.at and pattern.open_end)
                if (
                    marked <= spot.at
                    and reaches
                    and line_of(spot, spot.tokens[start]) == line_of(spot, spot.tokens[match.end - 1])
                ):
                    return _lesson(spot, example, pattern, match)
    return None


def _matches(spot: Spot, elements: tuple[_Element, ...], start: int) -> Iterator[_Match]:
    if not elements:
        yield _Match((), start)
        return
    first, *rest = elements
    if start < len(spot.tokens):
        token = spot.tokens[start]
        if first.fits(token, spot.page.text[token.start : token.end]):
            for match in _matches(spot, tuple(rest), start + 1):
                yield _Match((start, *match.found), match.end)
    if first.optional:
        for match in _matches(spot, tuple(rest), start):
            yield _Match((None, *match.found), match.end)


def _lesson(spot: Spot, example: Example, pattern: _Pattern, match: _Match) -> Lesson:
    marked = [i for i in match.found[pattern.begins : pattern.ends] if i is not None]
    first, last = marked[0], marked[-1]
    span = spot.page.span(spot.tokens[first].start, spot.tokens[last].end)
    words = ["" if i is None else spot.page.text[spot.tokens[i].start : spot.tokens[i].end] for i in match.found]
    number = next((spot.tokens[i] for i in match.found if i is not None and spot.tokens[i].kind == "number"), None)
    whole = int(str(number.value)) if number is not None and str(number.value).isdigit() else 0
    named = {"up": str(whole + 1), "down": str(max(0, whole - 1)), "clock": f"{whole % 24:02}:00"}

    def filled(text: str) -> str:
        return text.format(span.text(spot.page.text), *words, **named)

    instead = None if example.instead is None else filled(example.instead)
    label = filled(example.label) or (
        "" if instead is None else f"did you mean `{instead}`?" if instead else "leave it out"
    )
    summary = filled(example.summary) or f"`{span.text(spot.page.text)}` is not understood here"
    go_on = None
    hi = max(last + 1, spot.at)
    if instead is not None:
        go_on = (*_placed(instead, span.start, span.end), *spot.tokens[last + 1 : hi])
    return lesson(
        spot,
        example.code or "K0101",
        summary,
        label,
        *(filled(line) for line in example.help),
        span=span,
        instead=instead,
        go_on=go_on,
        behind=spot.at - first,
        ahead=hi - spot.at,
    )


def _placed(text: str, start: int, end: int) -> Iterator[Lexeme]:
    """The tokens of a text, all in the place of what they stand for."""
    for one in scan(Page("", text)).lexemes:
        yield Lexeme(one.kind, one.text, one.value, start, end)
