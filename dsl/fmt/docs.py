"""Layout as data: what may stand on one line, what breaks together, what fills lines; drawn to a width.

The algebra of Wadler's "prettier printer", with one addition: comments that end a line are part of a document, and
whatever holds them cannot be flat.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

WIDTH = 100
"""Columns of a line; longer ones are broken where the layout allows it."""

DEEPEST_ALIGNMENT = 60
"""Lists that open further to the right than this go on here, or nothing would fit beside them."""


@dataclass(frozen=True, slots=True)
class Line:
    """A space, or a new line where the group around it breaks."""


@dataclass(frozen=True, slots=True)
class Remarks:
    """A new line in any case: first a comment at the end of the old line, then comments on lines of their own."""

    trailing: str | None
    own: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Nest:
    """New lines inside stand `by` columns further to the right."""

    by: int
    doc: Doc


@dataclass(frozen=True, slots=True)
class Align:
    """New lines inside stand below the place where this begins."""

    doc: Doc


@dataclass(frozen=True, slots=True)
class Group:
    """On one line if it fits; else every `Line` directly in it is a new line."""

    doc: Doc


@dataclass(frozen=True, slots=True)
class Fill:
    """Items with a space between, as many on each line as fit."""

    items: tuple[Doc, ...]
    start: int = 0


Doc = str | tuple["Doc", ...] | Line | Remarks | Nest | Align | Group | Fill
_Todo = list[tuple[int, bool, Doc]]
"""Indentation, whether flat, what; the next one is the last."""


def columns(text: str) -> int:
    """How many columns a text takes: wide characters two, combining marks none.

    >>> columns("Züri"), columns("猫")
    (4, 2)
    """
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) > 0 for c in text)


def draw(doc: Doc, *, indent: int, hanging: int, width: int = WIDTH) -> list[str]:
    """The lines of a document that begins at column `indent` (from 0); further lines at `hanging` or deeper."""
    lines: list[str] = []
    line = " " * indent
    todo: _Todo = [(hanging, False, doc)]
    while todo:
        at, flat, one = todo.pop()
        match one:
            case str():
                line += one
            case tuple():
                todo += [(at, flat, part) for part in reversed(one)]
            case Line() if flat:
                line += " "
            case Line():
                lines.append(line.rstrip())
                line = " " * at
            case Remarks(trailing, own):
                lines.append(line.rstrip() + (f"  {trailing}" if trailing is not None else ""))
                lines += [" " * at + remark for remark in own]
                line = " " * at
            case Nest(by, inner):
                todo.append((at + by, flat, inner))
            case Align(inner):
                todo.append((min(columns(line), DEEPEST_ALIGNMENT), flat, inner))
            case Group(inner):
                todo.append((at, flat or _fits(width - columns(line), [(at, True, inner)], todo), inner))
            case Fill(items, start) if start < len(items):
                item = items[start]
                if start > 0:
                    rest = todo if start + 1 == len(items) else []
                    breaks = not flat and not _fits(width - columns(line) - 1, [(at, True, item)], rest)
                    todo += [(at, flat, Fill(items, start + 1)), (at, flat, item), (at, not breaks, Line())]
                else:
                    todo += [(at, flat, Fill(items, 1)), (at, flat, item)]
            case Fill():
                pass
    return [*lines, line.rstrip()]


def _fits(room: int, todo: _Todo, rest: _Todo) -> bool:
    """Whether what is to come fits into the room up to the next new line."""
    left = len(rest)
    while room >= 0:
        if not todo:
            if left == 0:
                return True
            left -= 1
            todo.append(rest[left])
        at, flat, one = todo.pop()
        match one:
            case str():
                room -= columns(one)
            case tuple():
                todo += [(at, flat, part) for part in reversed(one)]
            case Line() if flat:
                room -= 1
            case Line():
                return True
            case Remarks():
                return not flat
            case Nest(_, inner) | Align(inner) | Group(inner):
                todo.append((at, flat, inner))
            case Fill(items, start):
                if start > 0 and not flat:
                    return True
                for item in reversed(items[start:]):
                    todo += [(at, flat, item), (at, flat, Line())]
                if start == 0 and items:
                    todo.pop()
    return False
