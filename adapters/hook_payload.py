"""What `call HOOK` tells another program: one JSON object, its values in forms that programs read."""

from __future__ import annotations

import json
from typing import Any

from dsl.schema import Schema
from dsl.types import Boolean, Date, DateTime, MonthDay, Numeric, SetOf, Stored, Type
from engine.instants import to_datetime
from engine.records import Outgoing


def payload(message: Outgoing, schema: Schema) -> str:
    """The call as JSON with sorted keys: `id` (the key, the same at each repeat), hook, trigger, contact, `at` (the
    cause), and the event with its id and properties where an event caused the run."""
    event: dict[str, Any] | None = None
    if message.event_type is not None:
        known = schema.events.get(message.event_type)
        types = {} if known is None else {name: one.type for name, one in known.properties.items()}
        event = {
            "type": message.event_type,
            "id": message.event,
            "properties": {name: plain(value, types.get(name)) for name, value in message.properties.items()},
        }
    told = {
        "id": message.key,
        "hook": message.address,
        "trigger": message.trigger,
        "contact": message.contact,
        "at": _instant(message.cause_at),
        "event": event,
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True, indent=2) + "\n"


def plain(value: Stored, kind: Type | None) -> Any:
    """A stored value as JSON: whole numbers and booleans as such, decimals and money as text ("12.50"), dates and
    instants in ISO form (UTC), sets as lists.

    >>> from dsl.types import money
    >>> plain(-1250, money("CHF"))
    '-12.50'
    """
    if value is None:
        return None
    match kind:
        case Boolean():
            return bool(value)
        case Numeric(denominator=1):
            return int(value)
        case Numeric(denominator=unit):
            whole, rest = divmod(abs(int(value)), unit)
            return f"{'-' if int(value) < 0 else ''}{whole}.{rest:0{len(str(unit)) - 1}}"
        case Date():
            day = int(value)
            return f"{day // 10_000:04}-{day // 100 % 100:02}-{day % 100:02}"
        case MonthDay():
            return f"{int(value) // 100:02}-{int(value) % 100:02}"
        case DateTime():
            return _instant(int(value))
        case SetOf():
            return [member for member in str(value).split("|") if member]
    return value


def _instant(micros: int) -> str:
    return to_datetime(micros).isoformat().replace("+00:00", "Z")
