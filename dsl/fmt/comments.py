"""Comments, which are in no tree: what they say, and between which two tokens they stand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dsl.tokens import Lexeme

_COMMENT = re.compile(r"#[^\n]*")


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment, `#` included, without blanks at its end.

    `trailing`: it stands behind a token on the same line. `indented`: something stands before it on its line (blanks,
    or a token). `blank_before`, `blank_after`: an empty line parts it from what stands above or below.
    """

    text: str
    trailing: bool
    indented: bool
    blank_before: bool
    blank_after: bool


def comments(text: str, lexemes: Sequence[Lexeme]) -> Mapping[int, tuple[Comment, ...]]:
    """Comments by gap: those of gap `i` stand before token `i`; behind the last token the gap is their number."""
    found: dict[int, tuple[Comment, ...]] = {}
    ends = [0, *(one.end for one in lexemes)]
    starts = [*(one.start for one in lexemes), len(text)]
    for i, (start, end) in enumerate(zip(ends, starts, strict=True)):
        if text.find("#", start, end) >= 0:
            found[i] = tuple(_in_gap(text, start, end, first=i == 0))
    return found


def _in_gap(text: str, start: int, end: int, *, first: bool) -> list[Comment]:
    matches = list(_COMMENT.finditer(text, start, end))
    borders = [start, *(m.end() for m in matches)]
    afters = [*(m.start() for m in matches), end]
    newlines = [text.count("\n", a, b) for a, b in zip(borders, afters, strict=True)]
    found = []
    for k, match in enumerate(matches):
        line_start = text.rfind("\n", 0, match.start()) + 1
        found.append(
            Comment(
                text=match.group().rstrip(),
                trailing=k == 0 and not first and newlines[0] == 0,
                indented=text[line_start : match.start()] not in ("", "\ufeff"),
                blank_before=newlines[k] > 1,
                blank_after=newlines[k + 1] > 1,
            )
        )
    return found
