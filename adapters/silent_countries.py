"""Countries of several zones in which quiet hours and delivery windows leave no minute that is open in all of them.

A contact whose own zone is not known lives in all zones of its country (LANGUAGE.md §4): nothing would ever reach it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from adapters.project import Project
from dsl.bind.silence import WEEK, closed_minutes
from dsl.diagnostics import Diagnostic, Label
from dsl.model import And, Compare, Condition, Const, FieldValue, InList, Model, Quiet, Trigger
from dsl.names import listed
from dsl.types import OneOf

SEASONS = (datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC))
"""Clocks differ by season; a country that is silent in one of them is told."""


def silent_countries(project: Project, model: Model) -> Iterator[Diagnostic]:
    """A finding for the last quiet period, or the trigger, that leaves a country without a minute."""
    shifts = _shifts(project)
    if not shifts or not (model.quiets or any(t.deliver for t in model.triggers.values())):
        return
    silent: set[str] = set()
    for channel in project.schema.channels:
        closed = closed_minutes(model.quiets.values(), channel)
        countries = [c for c, seasons in shifts.items() if c not in silent and _silent(closed, seasons)]
        silent.update(countries)
        if countries:
            last = [q for q in model.quiets.values() if not q.channels or channel in q.channels][-1]
            yield _finding(
                f"no minute of the week is left to send {channel} in {listed(countries, last='and')}",
                Label(last.span, "quiet in one zone or another, all the time"),
                f"quiet `{last.name}`",
            )
    for trigger in model.triggers.values():
        if trigger.deliver is not None and trigger.sends:
            closing = [closed_minutes(_quiets(trigger, model), s.channel, trigger.deliver) for s in trigger.sends]
            countries = [
                country
                for country in _addressed(trigger.where, project.schema.country_field, shifts)
                if country not in silent and all(_silent(closed, shifts[country]) for closed in closing)
            ]
            if countries:
                yield _finding(
                    f"the window of `{trigger.name}` is never open in all zones of {listed(countries, last='and')}",
                    Label(trigger.span, "its `deliver between` is too short there"),
                    f"trigger `{trigger.name}`",
                )


def _finding(summary: str, label: Label, block: str) -> Diagnostic:
    return Diagnostic(
        "K0932",
        summary,
        label,
        help=(
            "who lives there and has no `zone` of its own would get nothing",
            "leave more room, name other countries in `where`, or declare the field of the zone `required`",
        ),
        block=block,
    )


def _quiets(trigger: Trigger, model: Model) -> list[Quiet]:
    return [] if trigger.category == "transactional" else list(model.quiets.values())


def _shifts(project: Project) -> dict[str, list[list[int]]]:
    """Country -> for each season the offsets of its zones in minutes; countries with one offset are left out, and all
    where every contact has a zone of its own or the countries are not listed."""
    schema = project.schema
    if schema.country_field is None or (schema.zone_field and schema.fields[schema.zone_field].required):
        return {}
    kind = schema.fields[schema.country_field].type
    if not isinstance(kind, OneOf):
        return {}
    from engine.zones import country_zones, zone

    found: dict[str, list[list[int]]] = {}
    for country in kind.members:
        zones = country_zones().get(country, ())
        seasons = [sorted({_offset(at.astimezone(zone(name))) for name in zones}) for at in SEASONS]
        if any(len(offsets) > 1 for offsets in seasons):
            found[country] = seasons
    return found


def _offset(local: datetime) -> int:
    return (local.utcoffset() or timedelta()) // timedelta(minutes=1)


def _silent(closed: bytes, seasons: list[list[int]]) -> bool:
    """Whether there is a season in which every minute is closed in some zone. `closed`: the local minutes of a week."""
    every = int.from_bytes(b"\1" * WEEK, "big")
    for offsets in seasons:
        together = 0
        for offset in offsets:
            turn = offset % WEEK
            together |= int.from_bytes(closed[turn:] + closed[:turn], "big")
        if together == every:
            return True
    return False


def _addressed(where: Condition | None, field: str | None, countries: Mapping[str, object]) -> list[str]:
    """The countries that a `where` lets through, as far as it names them."""
    found = list(countries)
    for part in where.items if isinstance(where, And) else (where,):
        match part:
            case Compare(op="=", left=FieldValue(name=name), right=Const(value=value)) if name == field:
                found = [c for c in found if c == value]
            case InList(value=FieldValue(name=name), options=options) if name == field:
                found = [c for c in found if c in {one.value for one in options}]
    return found
