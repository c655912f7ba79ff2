"""The gates of a plan: what the base's rules ask of a change, and what its commits approve."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.review.opening import Pair
from adapters.review_config import ReviewConfig, to_text
from engine.review import Change
from engine.review.approval import Verdict, judged
from engine.review.gates import demands
from engine.review.measure import Measures


def verdicts(
    pair: Pair, changes: Sequence[Change], measures: Measures | None, today: int, rules: ReviewConfig | None = None
) -> tuple[Verdict, ...]:
    """Which approvals the change needs, and which it has. `today`: yyyymmdd of the machine's clock; `rules`: those that
    hold, by default those of the base."""
    rules = pair.base.project.review if rules is None else rules
    kept, now = (to_text(one) for one in (rules, pair.head.project.review))
    asked = demands(
        rules.gates, pair.base.model, pair.head.model, pair.head.project.schema, changes, measures, (kept, now)
    )
    return judged(asked, pair.commits, rules.approvers, today, clean=pair.clean)
