"""`kadenz show` of caps and quiet times: who may not be written to at an instant.

Contacts are gone through as rows of the few columns that decide, and only where the answer can name them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from adapters.cli.common import instant_shown
from engine.caps import full, longest_reach
from engine.instants import DAY
from engine.interpret import zones_of
from engine.layout import CONTACTS, KEY
from engine.quiet import quiet_until
from engine.records import Contact
from engine.tally import Tally, shared_fields, unit_under, with_units
from engine.zones import contact_zones, zone

if TYPE_CHECKING:
    from adapters.stores.facts_record import RecordFacts
    from adapters.stores.ledger import SqlLedger
    from dsl.model import Cap, Quiet
    from engine.caps import Full


def without_room(
    cap: Cap, inside: frozenset[str] | None, facts: RecordFacts, ledger: SqlLedger, now: int, project: str
) -> list[tuple[str, str, str]]:
    """Those of `inside` (None: of all contacts) for whom one more message finds no room: contact, how much is used,
    from when there is room. In order of contact. `project`: its zone."""
    several = cap.total or cap.shared_by is not None
    since = longest_reach([cap], now, zone(project)) - 3 * DAY
    channels = None if cap.channel is None else {cap.channel}
    found = ledger.counted(None, since, channels)
    messages = [m for m in found if several or inside is None or m.contact in inside]
    if not messages:
        return []
    fields = shared_fields([cap])
    # rows that were imported do not tell for which household
    untold = {m.contact for m in messages if any(field not in m.units for field in fields)}
    senders = {c.key: c for c in facts.contacts(untold)} if untold else {}
    tally = Tally()
    for message in messages:
        tally.add(with_units(message, fields, senders.get(message.contact)))
    members = {} if inside is None else {cap.name: inside}
    # those who count together and live in one zone are full together
    known: dict[tuple[tuple[str, str], str], Full | None] = {}
    rows = []
    for contact in _sharing(facts, fields) if several else facts.contacts({m.contact for m in messages}):
        unit = unit_under(cap, contact)
        if (inside is not None and contact.key not in inside) or not tally.used_by(unit):
            continue
        own = zones_of(contact, facts.schema, project).reckoning
        if (unit, own) not in known:
            known[unit, own] = full(cap, tally.under(cap, contact, members, ""), now, zone(own), zone(project))
        reason = known[unit, own]
        if reason is not None:
            room = instant_shown(reason.free_at, project)
            rows.append((contact.key, f"{reason.used} of {reason.limit}", room))
    return sorted(rows)


def _sharing(facts: RecordFacts, fields: Sequence[str]) -> Iterator[Contact]:
    """Every contact, with what tells where it lives and with whom it shares; one at a time, in no order."""
    schema = facts.schema
    asked = {name: None for name in (schema.zone_field, schema.country_field, *fields) if name is not None}
    asked.pop(schema.key, None)
    for key, *held in facts.every(CONTACTS, (KEY, *asked)):
        told = {name: value for name, value in zip(asked, held, strict=True) if value is not None}
        yield Contact(str(key), {schema.key: key, **told})


def quiet_now(
    quiet: Quiet, facts: RecordFacts, now: int, project: str, *, listed: bool
) -> tuple[int, Iterable[tuple[str, str]]]:
    """For how many contacts it is quiet, and if `listed` who they are, in order: contact, until when."""
    channel = quiet.channels[0] if quiet.channels else ""

    @cache
    def until(zones: tuple[str, ...]) -> str | None:
        found = quiet_until(now, channel, [quiet], zones)
        return None if found is None else instant_shown(found[1], project)

    ends: dict[str, list[tuple[str | None, str | None]]] = defaultdict(list)
    for place in facts.places():
        end = until(contact_zones(*place, project).all)
        if end is not None:
            ends[end].append(place)
    number, rows = 0, []
    for end, places in ends.items():
        for key in facts.residents(places):
            number += 1
            if listed:
                rows.append((key, end))
    return number, sorted(rows)
