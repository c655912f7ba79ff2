"""Budgets over all contacts: a message may be ranked by one score only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dsl.diagnostics import Diagnostic, Label
from dsl.model import Cap, Trigger


def clashing_budgets(triggers: Mapping[str, Trigger], caps: Mapping[str, Cap]) -> Iterator[Diagnostic]:
    """A finding for each trigger whose messages draw on budgets that are ranked by different scores."""
    ranked = [cap for cap in caps.values() if cap.ranked_by is not None]
    for trigger in triggers.values():
        if trigger.category != "promotional":
            continue
        drawn = [cap for cap in ranked if any(draws_on(trigger, channel, cap) for channel in _channels(trigger))]
        other = next((cap for cap in drawn if cap.ranked_by != drawn[0].ranked_by), None)
        if other is not None:
            yield Diagnostic(
                "K0322",
                f"`{trigger.name}` draws on two budgets that rank by different scores",
                Label(trigger.span, "which of them goes first?"),
                secondary=(
                    Label(drawn[0].span, f"by `{drawn[0].ranked_by}`"),
                    Label(other.span, f"by `{other.ranked_by}`"),
                ),
                help=("rank both budgets by the same score, or narrow one to a channel or a tag",),
                block=f"trigger `{trigger.name}`",
            )


def draws_on(trigger: Trigger, channel: str, cap: Cap) -> bool:
    """Whether the trigger's messages by this channel fall under the cap."""
    return (cap.channel is None or cap.channel == channel) and (cap.tag is None or cap.tag in trigger.tags)


def _channels(trigger: Trigger) -> list[str]:
    return [send.channel for send in trigger.sends]
