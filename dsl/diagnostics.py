"""The one `Diagnostic`: what is wrong, where, and what to do about it.

Errors in user text are values that accumulate; exceptions are for our own bugs and for I/O. Drawing is
`dsl.report` and happens at the edge only. Written style of messages: lower case, one sentence, no full stop,
backticks round what the user typed, advice in `help`, never an internal type name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from dsl.records import dataclass, field
from dsl.spans import Span

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Label:
    """A marked stretch of text with a few words about it; the words may be empty."""

    span: Span
    text: str = ""


@dataclass(frozen=True, slots=True)
class Fix:
    """A text edit that would mend the finding: replace what `span` covers by `replacement`."""

    title: str
    span: Span
    replacement: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    `code` is stable (`K0203`) and has a page in `dsl.codes`. `primary` is underlined with `^^^`, `secondary`
    with `---`. `block` names the enclosing block ("trigger `cart_rescue`"). `values` are facts for JSON readers.
    """

    code: str
    summary: str
    primary: Label
    severity: Severity = "error"
    secondary: tuple[Label, ...] = ()
    help: tuple[str, ...] = ()
    fixes: tuple[Fix, ...] = ()
    block: str | None = None
    values: Mapping[str, str | int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The finding as plain data, keys stable, for `--format json` and other reporters."""

        def place(label: Label) -> dict[str, Any]:
            s = label.span
            return {
                "file": s.file,
                "line": s.line,
                "column": s.column,
                "end_line": s.end_line,
                "end_column": s.end_column,
                "label": label.text,
            }

        return {
            "code": self.code,
            "severity": self.severity,
            "summary": self.summary,
            "primary": place(self.primary),
            "secondary": [place(label) for label in self.secondary],
            "help": list(self.help),
            "fixes": [{"title": f.title, "replacement": f.replacement, **place(Label(f.span))} for f in self.fixes],
            "block": self.block,
            "values": dict(self.values),
        }


def in_reading_order(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Findings sorted by file, position and code; exact repeats removed."""
    unique = {(d.primary.span.file, d.primary.span.start, d.primary.span.end, d.code, d.summary): d for d in found}
    return [unique[key] for key in sorted(unique)]


def has_errors(found: Iterable[Diagnostic]) -> bool:
    """Whether any finding is an error."""
    return any(d.severity == "error" for d in found)
