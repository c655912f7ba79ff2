"""The schema of a plan as JSON, whole, and read back: a plan can be carried out without the project's files."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar, cast, get_args

from dsl.schema import Channel, EventType, FactTable, Field, Kept, Normalisation, Schema
from dsl.types import Boolean, Date, DateTime, MonthDay, Numeric, OneOf, Point, SetOf, Text, Type, Zone

T = TypeVar("T")
Json = Any
"""Plain JSON data."""

PLAIN = {type(t).__name__.lower(): t for t in (Text(), Boolean(), Date(), MonthDay(), DateTime(), Point(), Zone())}
"""Types that are told by their name."""


class PlanError(ValueError):
    """What was to be read is no plan. The text is for people and says where."""


def at(place: str, read: Callable[[Json], T], told: Json) -> T:
    """Read a part; an error names its place."""
    try:
        return read(told)
    except PlanError as error:
        raise PlanError(f"{place}: {error}") from error


def schema_json(schema: Schema) -> Json:
    """A schema without the places in files from which it was read."""
    return {
        "key": schema.key,
        "fields": _fields_json(schema.fields),
        "events": {
            name: {
                "properties": _fields_json(event.properties),
                "about": event.about,
                "builtin": event.builtin,
                "keep": None if event.keep is None else [event.keep.amount, event.keep.unit],
            }
            for name, event in schema.events.items()
        },
        "facts": {
            name: {"key": t.key, "matches": t.matches, "columns": _fields_json(t.columns), "time": t.time}
            for name, t in schema.facts.items()
        },
        "channels": {name: channel.address for name, channel in schema.channels.items()},
        "teams": list(schema.teams),
        "hooks": list(schema.hooks),
        "zone_field": schema.zone_field,
        "country_field": schema.country_field,
        "language_field": schema.language_field,
        "preferred_field": schema.preferred_field,
        "purposes": list(schema.purposes),
        "lists": dict(schema.lists),
    }


def schema_from_json(told: Json) -> Schema:
    """The schema of `schema_json`; `PlanError` for what is none."""
    held = typed(dict, told)
    return Schema(
        typed(str, held.get("key")),
        _named(held.get("fields"), _field),
        _named(held.get("events"), _event),
        _named(held.get("facts"), _fact),
        _named(held.get("channels"), lambda name, address: Channel(name, optional(address))),
        _texts(held.get("teams")),
        _texts(held.get("hooks")),
        optional(held.get("zone_field")),
        optional(held.get("country_field")),
        optional(held.get("language_field")),
        optional(held.get("preferred_field")),
        _texts(held.get("purposes")),
        _named(held.get("lists"), lambda _, title: optional(title)),
    )


def typed(kind: type[T], told: Json) -> T:
    """JSON of one kind (true and false are no numbers)."""
    if type(told) is not kind:
        raise PlanError(f"{WORDS[kind]} is meant here, not {json.dumps(told, ensure_ascii=False)[:60]}")
    return told


WORDS: dict[type, str] = {
    dict: "a set of names",
    list: "a list",
    str: "text",
    bool: "yes or no (true, false)",
    int: "a whole number",
}


def optional(told: Json) -> str | None:
    """Text, or null."""
    return None if told is None else typed(str, told)


def _texts(told: Json) -> tuple[str, ...]:
    return tuple(typed(str, one) for one in typed(list, told))


def _fields_json(held: Any) -> Json:
    return {
        name: {
            "type": _type_json(one.type),
            "required": one.required,
            "pii": one.pii,
            "normalise": list(one.normalise),
            "about": one.about,
        }
        for name, one in held.items()
    }


def _type_json(type_: Type) -> Json:
    """A type as the schema has it, with its name."""
    match type_:
        case Numeric(kind=kind, denominator=denominator, currency=currency):
            return {"number": kind, "denominator": denominator, "currency": currency}
        case OneOf(members=members, ordered=ordered, name=name):
            return {"one of": list(members), "ordered": ordered, "name": name}
        case SetOf(members=members):
            return {"set of": list(members)}
        case _:
            return type(type_).__name__.lower()


def _type(told: Json) -> Type:
    match told:
        case {"number": kind, "denominator": denominator, "currency": currency}:
            return Numeric(typed(str, kind), typed(int, denominator), optional(currency))
        case {"one of": members, "ordered": ordered, "name": name}:
            return OneOf(_texts(members), typed(bool, ordered), optional(name))
        case {"set of": members}:
            return SetOf(_texts(members))
        case str() if told in PLAIN:
            return PLAIN[told]
        case _:
            raise PlanError(f"this is no type: {json.dumps(told, ensure_ascii=False)[:60]}")


def _named(told: Json, read: Callable[[str, Json], T]) -> dict[str, T]:
    return {name: at(name, partial(read, name), one) for name, one in typed(dict, told).items()}


def _field(name: str, told: Json) -> Field:
    held = typed(dict, told)
    normalise = _texts(held.get("normalise"))
    if not set(normalise) <= set(get_args(Normalisation)):
        raise PlanError(f"unknown normalisation among {', '.join(normalise)}")
    return Field(
        name,
        _type(held.get("type")),
        typed(bool, held.get("required")),
        typed(bool, held.get("pii")),
        cast("tuple[Normalisation, ...]", normalise),
        optional(held.get("about")),
    )


def _event(name: str, told: Json) -> EventType:
    held = typed(dict, told)
    properties = _named(held.get("properties"), _field)
    return EventType(
        name, properties, optional(held.get("about")), typed(bool, held.get("builtin")), _kept(held.get("keep"))
    )


def _kept(told: Json) -> Kept | None:
    match told:
        case None:
            return None
        case [int(amount), ("day" | "week" | "month" | "year") as unit]:
            return Kept(amount, unit)
        case _:
            raise PlanError(f"this is no time for which events are kept: {json.dumps(told)[:60]}")


def _fact(name: str, told: Json) -> FactTable:
    held = typed(dict, told)
    columns = _named(held.get("columns"), _field)
    return FactTable(
        name, typed(str, held.get("key")), typed(str, held.get("matches")), columns, optional(held.get("time"))
    )
