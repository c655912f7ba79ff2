"""Where something stands in a text. Every node and every diagnostic carries one.

Lines and columns are 1-based and count characters (code points), as editors show them; `start` and `end`
are 0-based offsets into the text, half-open.
"""

from __future__ import annotations

from dsl.records import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open stretch of one file. `file` is the path as users write it, relative to the project."""

    file: str
    start: int
    end: int
    line: int
    column: int
    end_line: int
    end_column: int

    def to(self, other: Span) -> Span:
        """The stretch from the start of this span to the end of `other` (same file)."""
        return Span(self.file, self.start, other.end, self.line, self.column, other.end_line, other.end_column)

    def text(self, source: str) -> str:
        """The stretch of `source` (the whole file's text) that this span covers."""
        return source[self.start : self.end]


def span_of(file: str, source: str, start: int, end: int) -> Span:
    """Build a span from offsets; lines and columns are counted in `source`."""
    line = source.count("\n", 0, start) + 1
    column = start - (source.rfind("\n", 0, start) + 1) + 1
    end_line = source.count("\n", 0, end) + 1
    end_column = end - (source.rfind("\n", 0, end) + 1) + 1
    return Span(file, start, end, line, column, end_line, end_column)
