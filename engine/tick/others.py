"""What was sent to other contacts than those who are judged, where caps speak of several: budgets, and those who share
a value. It is read as sparely as the caps allow, because in a month nearly everybody gets something.

* A cap that stops none of the candidates is asked by nobody, and reads nothing.
* Of a budget only the instants of what is inside are asked. One with `where` needs the messages themselves: it counts
  those of some contacts and not of others.
* Of those who share a value it is the messages of the present sharers, and what was recorded for their unit when it was
  reserved, whoever got it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dsl.model import Cap, Trigger
from engine.caps import Window, counts, limits, longest_reach, window_of
from engine.instants import DAY
from engine.protocols import LedgerRead
from engine.records import Contact, CountedMessage, Firing
from engine.tally import shared_caps, unit_in
from engine.tick.engine import Engine
from engine.zones import zone

MANY = 500
"""So many different values of a field are looked for; where there are more, everything is read."""


@dataclass(frozen=True, slots=True)
class Others:
    """`messages` of contacts who are not judged, and `beside`: id of a budget -> the instants of what is inside of it,
    but for messages in `messages` and those that are known anyhow."""

    messages: Sequence[CountedMessage] = ()
    beside: Mapping[str, Sequence[int]] = field(default_factory=dict)


def counted_for_others(
    engine: Engine,
    ledger: LedgerRead,
    judged: Mapping[str, Contact],
    due: Iterable[Firing],
    triggers: Mapping[str, Trigger],
    known: Collection[CountedMessage],
    as_of: int,
) -> Others:
    """See the module's head. `judged`: the contacts of `due`, those that exist; `known`: what counts for them."""
    asked = _asked(shared_caps(engine.model.caps.values()), {f.trigger for f in due}, triggers)
    if not asked:
        return Others()
    sharers = [cap for cap in asked if cap.shared_by is not None]
    spare = {cap.id: window for cap in asked if (window := _spare(cap, engine, as_of)) is not None}
    values = {cap.shared_by: _values(cap.shared_by, judged) for cap in sharers if cap.shared_by is not None}
    whole = [cap for cap in asked if cap.total and cap.id not in spare]
    if any(len(held) > MANY for held in values.values()):
        whole += sharers
        values = {}
    found = _all(engine, ledger, whole, as_of)
    found |= _sharing(engine, ledger, sharers, values, judged, as_of)
    own = {message.id for message in known}
    messages = [m for m in found.values() if m.id not in own and m.contact not in judged]
    own |= {message.id for message in messages}
    beside = {
        cap.id: [
            at
            for key, at, tags in ledger.counted_between(cap.channel, spare[cap.id].after, spare[cap.id].before)
            if key not in own and at <= as_of and (cap.tag is None or cap.tag in tags)
        ]
        for cap in asked
        if cap.id in spare
    }
    return Others(messages, beside)


def _asked(caps: Iterable[Cap], fired: Collection[str], triggers: Mapping[str, Trigger]) -> list[Cap]:
    """The caps that may stop a run of these triggers (by id)."""
    stopped = [t for name in fired if (t := triggers.get(name)) is not None and t.category == "promotional"]
    return [cap for cap in caps if any(limits(cap, s.channel, t.tags) for t in stopped for s in t.sends)]


def _spare(cap: Cap, engine: Engine, as_of: int) -> Window | None:
    """The window of a budget of which only instants are asked; None: of others."""
    if not cap.total or cap.where is not None:
        return None
    project = zone(engine.time_zone)
    return window_of(cap, as_of, project, project)


def _values(name: str, judged: Mapping[str, Contact]) -> frozenset[str | int]:
    """The values of a field that are shared with others; who has none is alone."""
    return frozenset(v for contact in judged.values() if (v := contact.fields.get(name)) is not None)


def _all(engine: Engine, ledger: LedgerRead, caps: Sequence[Cap], as_of: int) -> dict[str, CountedMessage]:
    """Everything that counts under some of the caps, by id."""
    if not caps:
        return {}
    found = ledger.counted(None, _since(engine, caps, as_of), _channels(caps))
    return {m.id: m for m in found if any(counts(cap, m) for cap in caps)}


def _sharing(
    engine: Engine,
    ledger: LedgerRead,
    caps: Sequence[Cap],
    values: Mapping[str, Collection[str | int]],
    judged: Mapping[str, Contact],
    as_of: int,
) -> dict[str, CountedMessage]:
    """What counts for those who share one of these values, or was recorded for the unit of one who is judged, by id."""
    mates: set[str] = set()
    units: set[tuple[str, str]] = set()
    for name, held in values.items():
        mates |= set(engine.facts.bearers(name, held)) if held else set()
        units |= {(name, unit_in(name, key, contact)) for key, contact in judged.items()}
    if not units:
        return {}
    since, channels = _since(engine, caps, as_of), _channels(caps)
    found = [*ledger.counted(mates, since, channels), *ledger.counted_for(units, since, channels)]
    return {m.id: m for m in found if any(counts(cap, m) for cap in caps)}


def _since(engine: Engine, caps: Sequence[Cap], as_of: int) -> int:
    return longest_reach(caps, as_of, zone(engine.time_zone)) - DAY


def _channels(caps: Sequence[Cap]) -> frozenset[str] | None:
    """The channels of which the caps speak; None: all."""
    named = {cap.channel for cap in caps}
    return None if None in named else frozenset(channel for channel in named if channel is not None)
