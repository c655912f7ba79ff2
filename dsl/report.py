"""Findings, drawn: the only place where a `Diagnostic` becomes text for people.

```
error[K0203]: `plan`, which is text, cannot meet a number
 --> playbooks/winback.play:14:16   in trigger `winback_30d`
   |
14 |     and plan = 3
   |         ----   ^ a number
   |         text, declared in schema.yaml:8
   = help: a text stands in quotes: `"3"`
```

Readable without colour; a pasted finding is whole. Columns are those of the terminal: tabs are drawn as spaces and
wide characters count for two.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dsl.diagnostics import Diagnostic, Label

TAB = 4
WIDEST = 160
"""Longer source lines are cut around the mark."""

MOST_LINES = 6
"""How many lines of one stretch are shown; of a longer one the first and the last."""

_STYLES = {"error": "1;31", "warning": "1;33", "note": "1;36", "mark": "31", "other": "34", "dim": "2", "bold": "1"}


@dataclass(frozen=True, slots=True)
class _Ink:
    """ANSI styles, or none."""

    colour: bool

    def __call__(self, style: str, text: str) -> str:
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self.colour and text else text


def render(diagnostics: Sequence[Diagnostic], sources: Mapping[str, str], *, colour: bool = False) -> str:
    """All findings as text, a blank line between them and a count at the end; empty if there are none.

    `sources`: text by file, as `Span.file` names it; labels in other files (schema.yaml) are named, not drawn,
    unless their text is given too.
    """
    if not diagnostics:
        return ""
    ink = _Ink(colour)
    parts = ["\n".join(_finding(one, sources, ink)) for one in diagnostics]
    return "\n\n".join(parts) + "\n\n" + ink("bold", _count(diagnostics)) + "\n"


def render_json(diagnostics: Sequence[Diagnostic]) -> str:
    """All findings as a JSON array with stable keys (`Diagnostic.as_json`)."""
    return json.dumps([one.as_json() for one in diagnostics], ensure_ascii=False, indent=2) + "\n"


def _count(diagnostics: Sequence[Diagnostic]) -> str:
    words = []
    for severity in ("error", "warning", "note"):
        n = sum(1 for one in diagnostics if one.severity == severity)
        if n:
            words.append(f"{n} {severity}{'s' if n > 1 else ''}")
    files = len({one.primary.span.file for one in diagnostics})
    return f"{', '.join(words)} in {files} file{'s' if files > 1 else ''}"


def _finding(one: Diagnostic, sources: Mapping[str, str], ink: _Ink) -> list[str]:
    span = one.primary.span
    drawn = [label for label in (one.primary, *one.secondary) if label.span.file in sources]
    last = max((label.span.end_line for label in drawn), default=1)
    gutter = len(str(last))
    bar = ink("dim", f"{'':>{gutter}} |")
    inside = f"   in {one.block}" if one.block else ""
    lines = [
        f"{ink(one.severity, f'{one.severity}[{one.code}]')}: {ink('bold', one.summary)}",
        f"{'':>{gutter}}{ink('dim', '-->')} {span.file}:{span.line}:{span.column}{inside}",
    ]
    for i, file in enumerate(dict.fromkeys(label.span.file for label in drawn)):
        mine = [label for label in drawn if label.span.file == file]
        if i > 0:
            first = mine[0].span
            lines.append(f"{'':>{gutter}}{ink('dim', ':::')} {file}:{first.line}:{first.column}")
        lines.append(bar)
        lines += _snippet(mine, one.primary, sources[file].split("\n"), gutter, ink)
    shown = {id(label) for label in drawn}
    for label in one.secondary:
        if id(label) not in shown:
            place = f"{label.span.file}:{label.span.line}"
            lines.append(f"{'':>{gutter}} {ink('dim', '=')} note: {label.text or 'see'} ({place})")
    lines += [f"{'':>{gutter}} {ink('dim', '=')} help: {text}" for text in one.help]
    return lines


def _snippet(labels: Sequence[Label], primary: Label, source: Sequence[str], gutter: int, ink: _Ink) -> list[str]:
    """Source lines with their marks; lines far apart are joined by `...`."""
    shown = sorted({n for label in labels for n in _lines_of(label)})
    out: list[str] = []
    before: int | None = None
    for n in shown:
        if before is not None and n > before + 2:
            out.append(ink("dim", f"{'...':<{gutter + 2}}"))
        elif before is not None and n == before + 2:
            out.append(_line(n - 1, source, gutter, ink))
        before = n
        marks = [label for label in labels if label.span.line <= n <= label.span.end_line]
        out += _marked(n, marks, primary, source, gutter, ink)
    return out


def _lines_of(label: Label) -> list[int]:
    first, last = label.span.line, label.span.end_line
    if last > first and label.span.end_column == 1:
        last -= 1
    if last - first < MOST_LINES:
        return list(range(first, last + 1))
    return [first, first + 1, last - 1, last]


def _line(n: int, source: Sequence[str], gutter: int, ink: _Ink) -> str:
    text, _ = _expand(source[n - 1] if n <= len(source) else "")
    return f"{ink('dim', f'{n:>{gutter}} |')} {text[:WIDEST]}".rstrip()


def _expand(text: str) -> tuple[str, list[int]]:
    """(the line as drawn, the terminal column of each character and of the end)."""
    out: list[str] = []
    columns: list[int] = []
    column = 0
    for char in text:
        columns.append(column)
        if char == "\t":
            width = TAB - column % TAB
            out.append(" " * width)
        elif unicodedata.combining(char) or unicodedata.category(char) in ("Cf", "Mn", "Me"):
            width = 0
            out.append(char if char.isprintable() else "")
        elif not char.isprintable():
            width = 1
            out.append("\N{REPLACEMENT CHARACTER}")
        else:
            width = 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1
            out.append(char)
        column += width
    columns.append(column)
    return "".join(out), columns


def _marked(
    n: int, labels: Sequence[Label], primary: Label, source: Sequence[str], gutter: int, ink: _Ink
) -> list[str]:
    """One source line, the marks below it, and their words."""
    raw = source[n - 1] if n <= len(source) else ""
    text, columns = _expand(raw)
    marks: list[tuple[int, int, Label]] = []
    for label in labels:
        span = label.span
        start = span.column - 1 if n == span.line else len(raw) - len(raw.lstrip())
        end = span.end_column - 1 if n == span.end_line else len(raw.rstrip())
        start, end = min(start, len(raw)), min(end, len(raw))
        if end < start:
            continue
        marks.append((columns[start], max(columns[end], columns[start] + 1), label))
    cut = _cut(columns[-1], marks, primary)
    text, marks = _shifted(text, marks, cut)
    bar = ink("dim", f"{'':>{gutter}} |")
    out = [f"{ink('dim', f'{n:>{gutter}} |')} {text}".rstrip()]
    marks.sort(key=lambda mark: (mark[0], mark[2] is not primary))
    row = _underlines(marks, primary, ink)
    told = [mark for mark in marks if mark[2].text and mark[2].span.end_line == n]
    beside: Label | None = None
    if told and max(marks, key=lambda mark: mark[1])[2] is told[-1][2]:
        beside = told[-1][2]
        row += " " + ink("mark" if beside is primary else "other", beside.text)
    out.append(f"{bar} {row}")
    for start, _, label in reversed(told):
        if label is not beside:
            out.append(f"{bar} {' ' * start}{ink('mark' if label is primary else 'other', label.text)}")
    return out


def _underlines(marks: Sequence[tuple[int, int, Label]], primary: Label, ink: _Ink) -> str:
    """`---   ^^^`, the primary one on top where they meet."""
    width = max(end for _, end, _ in marks)
    row = [" "] * width
    for start, end, label in sorted(marks, key=lambda mark: mark[2] is primary):
        row[start:end] = ("^" if label is primary else "-") * (end - start)
    if not ink.colour:
        return "".join(row)
    return "".join(ink("mark" if c == "^" else "other", c) if c != " " else c for c in row)


def _cut(width: int, marks: Sequence[tuple[int, int, Label]], primary: Label) -> int:
    """How many columns to leave out on the left, so that the marks of a very long line are seen."""
    if width <= WIDEST:
        return 0
    start = min((start for start, _, label in marks if label is primary), default=min(s for s, _, _ in marks))
    return 0 if start < WIDEST // 2 else start - WIDEST // 4


def _shifted(text: str, marks: list[tuple[int, int, Label]], cut: int) -> tuple[str, list[tuple[int, int, Label]]]:
    if cut == 0 and len(text) <= WIDEST:
        return text, marks
    left = "... " if cut else ""
    shift = cut - len(left)
    body = text[cut : cut + WIDEST]
    tail = " ..." if len(text) > cut + WIDEST else ""
    moved = [
        (max(0, start - shift), min(max(1, end - shift), WIDEST + len(left)), label)
        for start, end, label in marks
        if end - shift > 0 and start - shift < WIDEST + len(left)
    ]
    return left + body + tail, moved
