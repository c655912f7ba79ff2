"""Whether what caused a run that waits still stands (LANGUAGE.md §8.3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from dsl.model import OnEvent, Trigger
from dsl.types import Stored
from engine.fire import matching_events
from engine.interpret import Setting
from engine.protocols import Facts
from engine.records import Event, Firing


def causes_gone(
    firings: Sequence[Firing], triggers: Mapping[str, Trigger], facts: Facts, setting: Setting
) -> dict[str, str]:
    """Decision key -> "cause gone", for runs whose causing event was deleted since, or corrected to be somebody else's
    or one that `with (..)` of the cause does not let through. An event that was not corrected stays a cause, whatever
    became of its contact. `triggers` by id."""
    caused = [f for f in firings if f.event is not None and f.event_type in facts.schema.events]
    if not caused:
        return {}
    types = {f.event_type for f in caused if f.event_type is not None}
    loaded = facts.load({f.contact for f in caused}, types, setting.as_of)
    present = {(e.type, e.contact, e.id): e for d in loaded for events in d.events.values() for e in events}
    gone: set[str] = set()
    corrected: dict[str, list[tuple[Firing, Event]]] = defaultdict(list)
    for firing in caused:
        event = present.get((firing.event_type or "", firing.contact, firing.event or ""))
        if event is None:
            gone.add(firing.key)
        elif event.at != firing.cause_at or _known(event.properties) != _known(firing.properties):
            corrected[firing.trigger].append((firing, event))
    for name, pairs in corrected.items():
        cause = triggers[name].cause if name in triggers else None
        if isinstance(cause, OnEvent):
            mine = [(firing, event) for firing, event in pairs if event.type == cause.query.event]
            fitting = {event.id for event in matching_events(cause, facts, setting, [event for _, event in mine])}
            gone |= {firing.key for firing, event in mine if event.id not in fitting}
    return dict.fromkeys(gone, "cause gone")


def _known(properties: Mapping[str, Stored]) -> dict[str, Stored]:
    return {name: value for name, value in properties.items() if value is not None}
