"""How far ahead an evaluation can say that its answers stay as they are, and which plans that does not help.

Up to the horizon each contact sees at most one other date begin, and a duration of months or years before or after an
instant moves along with the instant. So what depends on a date is decided by looking at it now and behind the next
local midnight, and what depends on an instant changes at one that is reckoned by adding. Behind the horizon nothing is
said: whoever goes on from an evaluation evaluates everything again. That is once a day, and once more around clock
changes and the ends of months where months are asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from zoneinfo import ZoneInfo

from dsl.model import Ago, Duration, InLast
from engine.instants import (
    DAY,
    both_instants,
    clock_breaks,
    local_date,
    next_date,
    next_day,
    offset_changes,
    shift,
    to_datetime,
)
from engine.plan import Plan
from engine.plan_types import InsideFor, Nearby
from engine.zones import zone

Move = tuple[Duration, int]
"""A duration and a direction: 1 is later."""


def always_full(plan: Plan) -> str | None:
    """Why a tick of this plan has to evaluate all contacts each time, in words; None if it need not.

    Where contacts are compared with each other, what happens to one of them changes the answer about others.
    """
    if plan.classes:
        return f"class `{plan.classes[0].name}` ranks all contacts"
    if plan.uniques:
        name = next(iter(plan.uniques)).split(" ")[1]
        return f"quality `{name}` looks for contacts with the same values"
    return None


def horizon(plan: Plan, as_of: int, zones: Iterable[str]) -> int:
    """The last instant of which an evaluation at `as_of` speaks. `zones`: those that reckon for contacts."""
    project = zone(plan.time_zone)
    ends = [next_date(next_date(as_of, place), place) for place in {*map(zone, zones), project}]
    if plan.classes:
        ends.append(next_date(as_of, project))
    last = min(ends)
    return min([last, *(_uneven(move, as_of, last, project) for move in _moves(plan))]) - 1


def _moves(plan: Plan) -> set[Move]:
    """The durations by which the plan moves the instant of an evaluation, those of months and years."""
    found: set[Move] = set()
    for node in _parts(
        (tuple(plan.leaves.values()), tuple(plan.definitions.values()), tuple(plan.conditions.values()))
    ):
        match node:
            case InLast(duration=duration) | InsideFor(duration=duration):
                found.add((duration, -1))
            case Ago(far=far, near=near):
                found |= {(far, -1), (near, -1)}
            case Nearby(kind=kind, duration=duration):
                found.add((duration, 1 if kind == "in next" else -1))
    return {(d, sign) for d, sign in found if d.unit in ("month", "year")}


def _parts(node: object) -> Iterator[object]:
    if isinstance(node, tuple):
        for item in node:
            yield from _parts(item)
    elif is_dataclass(node):
        yield node
        for f in fields(node):
            yield from _parts(getattr(node, f.name))


def _uneven(move: Move, as_of: int, last: int, project: ZoneInfo) -> int:
    """The first instant in (as_of, last] that does not move as far as `as_of` does; `last` if there is none.

    How far it moves may change where the clock shows midnight or is changed, and where it shows a time of day at which
    it is changed in the days to which the instants move.
    """
    duration, sign = move
    length = shift(as_of, duration, sign, project) - as_of
    there = as_of + length
    found = set(clock_breaks(as_of, last, project))
    for change in offset_changes(there - 4 * DAY, there + (last - as_of) + 4 * DAY, project):
        for moment in (to_datetime(change - 1, project), to_datetime(change, project)):
            minutes = moment.hour * 60 + moment.minute + (1 if moment.second else 0)
            day, end = local_date(as_of, project), local_date(last, project)
            while day <= end:
                found.update(both_instants(day, minutes, project))
                day = next_day(day)
    for at in sorted(found):
        if as_of < at <= last and shift(at, duration, sign, project) - at != length:
            return at
    return last
