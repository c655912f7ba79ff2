"""How a rule says what it found."""

from __future__ import annotations

from collections.abc import Sequence

from dsl.diagnostics import Diagnostic, Fix, Label
from dsl.spans import Span


def warning(
    code: str,
    summary: str,
    span: Span,
    label: str,
    *help_: str,
    block: str | None = None,
    secondary: Sequence[Label] = (),
    fixes: Sequence[Fix] = (),
) -> Diagnostic:
    """A finding of the linter: a warning."""
    return Diagnostic(
        code,
        summary,
        Label(span, label),
        severity="warning",
        secondary=tuple(secondary),
        help=help_,
        fixes=tuple(fixes),
        block=block,
    )
