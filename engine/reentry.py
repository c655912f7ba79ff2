"""Re-entry: may a trigger speak to the same contact again (LANGUAGE.md §5, trigger)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import assert_never
from zoneinfo import ZoneInfo

from dsl.model import OnDay, Trigger, Yearly
from dsl.types import Stored
from engine.instants import DAY, local_date, shift, to_date
from engine.records import Firing, HandedOver

YEARLY_GAP = 300 * DAY
"""An occurrence of a date comes again at least 300 days later, if the date is edited (LANGUAGE.md §5, trigger)."""


def had_already(
    trigger: Trigger, firing: Firing, runs: Iterable[HandedOver], own_zone: ZoneInfo, project_zone: ZoneInfo
) -> str | None:
    """Why a run may not come again, counted from the causes of runs that were handed over or held out; exactly D later
    is allowed. `own_zone`: where the contact's local periods are reckoned."""
    again = trigger.again
    earlier = [run for run in runs if run.key != firing.key and _same(again.per, run.properties, firing.properties)]
    if isinstance(trigger.cause, Yearly | OnDay):
        near = (run for run in earlier if abs(firing.cause_at - run.cause_at) < YEARLY_GAP)
        if any(near):
            return "this year's occurrence was had already"
    match again.kind:
        case "every time":
            return None
        case "never":
            return "again never" if earlier else None
        case "after":
            assert again.duration is not None, "bound with a duration"
            for run in earlier:
                if firing.cause_at < shift(run.cause_at, again.duration, 1, project_zone):
                    return f"again after {again.duration.amount} {again.duration.unit}s"
            return None
        case "once per":
            this = _period(firing.cause_at, again.period, own_zone)
            if any(_period(run.cause_at, again.period, own_zone) == this for run in earlier):
                return f"again once per local {again.period}"
            return None
        case _:
            assert_never(again.kind)


def _same(per: str | None, run: Mapping[str, Stored], firing: Mapping[str, Stored]) -> bool:
    return per is None or run.get(per) == firing.get(per)


def _period(instant: int, period: str | None, where: ZoneInfo) -> int:
    day = local_date(instant, where)
    match period:
        case "year":
            return day // 10_000
        case "month":
            return day // 100
        case "week":
            year, week, _ = to_date(day).isocalendar()
            return year * 100 + week
        case _:
            return day
