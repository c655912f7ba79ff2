"""A statement as JSON, and back. What is read can be nothing but data of the classes named here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from dsl.model import Duration, Fading
from engine.sql import moments, zone_table
from engine.sql.packing import Packing, Place
from engine.sql.statement import Asked, Shape, Statement
from engine.sql.text import SqlText

_MOMENTS = (
    moments.Now,
    moments.Moved,
    moments.Length,
    moments.Fixed,
    moments.Earlier,
    moments.Since,
    moments.DayBefore,
    moments.PeriodBefore,
    moments.Oldest,
    moments.Horizon,
    moments.Until,
    moments.Valuing,
)
_ZONES = (
    zone_table.Today,
    zone_table.DayStart,
    zone_table.RecentStart,
    zone_table.PeriodEdge,
    zone_table.PeriodDay,
    zone_table.LeapYear,
    zone_table.RecursEdge,
    zone_table.ZoneNumber,
    zone_table.NextDate,
    zone_table.Behind,
)
_OTHERS = (Statement, Asked, Shape, SqlText, Packing, Place, Duration, Fading)

_CLASSES: Mapping[str, type] = {kind.__name__: kind for kind in (*_MOMENTS, *_ZONES, *_OTHERS)}


def written(statement: Statement) -> str:
    """The JSON: tuples as lists, a mapping as {"": [[key, value], ..]}, a record as {its class: [its fields]}."""
    return json.dumps(_plain(statement), ensure_ascii=False, separators=(",", ":"))


def read(text: str) -> Statement | None:
    """The statement; None if the text is none of this program's."""
    try:
        found = _made(json.loads(text))
    except (ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, Statement) else None


def _plain(node: object) -> Any:
    match node:
        case None | bool() | int() | str():
            return node
        case tuple():
            return [_plain(item) for item in node]
        case Mapping():
            return {"": [[_plain(key), _plain(value)] for key, value in node.items()]}
        case _:
            name = type(node).__name__
            assert is_dataclass(node), f"{name} is no record"
            assert _CLASSES.get(name) is type(node), f"{name} is not kept"
            return {name: [_plain(getattr(node, f.name)) for f in fields(node)]}


def _made(node: Any) -> Any:
    match node:
        case list():
            return tuple(map(_made, node))
        case dict():
            ((name, held),) = node.items()
            if name == "":
                return {_made(key): _made(value) for key, value in held}
            return _CLASSES[name](*map(_made, held))
        case _:
            return node
