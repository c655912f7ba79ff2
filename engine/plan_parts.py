"""The small parts of a plan, read from their JSON: types, durations, windows, limits, stages."""

from __future__ import annotations

import re
from typing import Literal, cast

from dsl.model import Ago, Duration, Fading, InLast, Limit, LocalDates, LocalPeriod, SinceThen, Unit, Window
from dsl.types import Numeric, OneOf, SetOf, Type
from engine.plan_dump import Json, canonical
from engine.plan_schema import PLAIN, PlanError
from engine.plan_types import Step, TierPlan

DURATION = re.compile(r"(\d+) (local )?(minute|hour|day|week|month|year)")
FADING = re.compile(r"(halve|forget|lose (\d+) %) (every|after) (.+)")
NUMERIC = re.compile(r"(number|decimal|money|points)(?: ([A-Z]{3}))?(?: / (\d+))?")


def type_from_json(told: Json) -> Type:
    """A type; the names of one-of types are no part of a plan."""
    match told:
        case {"one of": [*members]}:
            return OneOf(tuple(map(text_of, members)))
        case {"ordered": [*members]}:
            return OneOf(tuple(map(text_of, members)), ordered=True)
        case {"set of": [*members]}:
            return SetOf(tuple(map(text_of, members)))
        case str() if told in PLAIN:
            return PLAIN[told]
        case str() if (found := NUMERIC.fullmatch(told)) is not None:
            return Numeric(found[1], int(found[3] or 1), found[2])
        case _:
            raise PlanError(f"this is no type: {short(told)}")


def read_window(told: Json) -> Window:
    """A window."""
    match told:
        case "since then":
            return SinceThen()
        case {"in last": duration}:
            return InLast(read_duration(duration))
        case {"ago": [far, near]}:
            return Ago(read_duration(far), read_duration(near))
        case {"local dates": [(int() | None) as first, (int() | None) as last]}:
            return LocalDates(first, last)
        case {"local period": str(name)}:
            return read_period(name)
        case _:
            raise PlanError(f"this is no window: {short(told)}")


def read_period(name: str) -> LocalPeriod:
    """A period by its name."""
    match name:
        case "today" | "yesterday" | "week" | "month" | "quarter" | "year":
            return LocalPeriod(name)
        case _:
            raise PlanError(f"this is no period: {short(name)}")


def read_duration(told: Json) -> Duration:
    """A duration in words, as `duration_text` has it."""
    found = DURATION.fullmatch(text_of(told))
    if found is None:
        raise PlanError(f"this is no duration: {short(told)}")
    return Duration(int(found[1]), cast(Unit, found[3]), local=found[2] is not None)


def read_fading(told: Json) -> Fading:
    """A fading in words, as `fading_text` has it."""
    found = FADING.fullmatch(text_of(told))
    if found is None:
        raise PlanError(f"this is no fading: {short(told)}")
    kind = cast(Literal["halve", "lose", "forget"], found[1].split()[0])
    return Fading(kind, read_duration(found[4]), int(found[2] or 0))


def read_limit(told: Json) -> Limit:
    """A limit."""
    match told:
        case {"at most": int(amount), "of": ("times" | "points") as of, "per": (str() | None) as per}:
            local = told.get("per local")
            if local in (None, "day", "week", "month"):
                return Limit(amount, of, per, local)
    raise PlanError(f"this is no limit: {short(told)}")


def read_step(told: Json) -> Step:
    """A stage of a score."""
    match told:
        case {"stage": str(name), "from": int(start), "leave below": int(leave)}:
            return Step(name, start, leave, read_duration(told["rest"]) if "rest" in told else None)
        case _:
            raise PlanError(f"this is no stage: {short(told)}")


def read_tier(told: Json) -> TierPlan:
    """A tier of a class."""
    match told:
        case {"tier": str(name), "edge": (int() | None) as edge}:
            return TierPlan(name, edge)
        case _:
            raise PlanError(f"this is no tier: {short(told)}")


def mapping(told: Json) -> dict[str, Json]:
    """A JSON object."""
    if not isinstance(told, dict):
        raise PlanError(f"names with values are meant here, not {short(told)}")
    return told


def items_of(told: Json) -> list[Json]:
    """A JSON list."""
    if not isinstance(told, list):
        raise PlanError(f"a list is meant here, not {short(told)}")
    return told


def text_of(told: Json) -> str:
    """A JSON text."""
    if not isinstance(told, str):
        raise PlanError(f"text is meant here, not {short(told)}")
    return told


def short(told: Json) -> str:
    """The beginning of a JSON, for messages."""
    text = canonical(told)
    return text if len(text) <= 60 else f"{text[:57]}..."
