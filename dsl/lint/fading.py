"""K0411: points for events that nothing ever takes away."""

from __future__ import annotations

from collections.abc import Iterable

from dsl import model
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.finding import warning
from dsl.lint.view import View, heading, titled


def never_fades(view: View) -> Iterable[Diagnostic]:
    """Scores without fading that give points for events of any age."""
    for score in view.model.scores.values():
        if score.fading is not None:
            continue
        lasting = [
            rule
            for rule in score.rules
            if isinstance(rule, model.OnRule)
            and rule.fading is None
            and not isinstance(rule.query.window, model.InLast | model.Ago | model.LocalPeriod)
        ]
        if lasting:
            yield warning(
                "K0411",
                f"points of the {titled(score)} stay for ever",
                heading(view, score),
                "this score never fades",
                "add `halve every 30 days` or `forget after 365 days`, or give the rules a window: `in last 90 days`",
                block=titled(score),
                secondary=[Label(rule.span, "whenever it was") for rule in lasting],
            )
