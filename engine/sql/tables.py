"""The small temporary tables that a statement joins, filled by Python for each evaluation."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import TypeVar

from dsl.model import Fading
from dsl.schema import Schema
from dsl.types import Stored
from engine.classes import Tiers
from engine.evaluation import Memory, Run, cause_value
from engine.fading import step_of, weights
from engine.keys import bucket
from engine.protocols import SqlFacts
from engine.sql.names import AMONG, CLASSES
from engine.sql.statement import Statement
from engine.sql.zone_table import by_month, offsets, reckon, unbroken
from engine.zones import contact_zones, zone

T = TypeVar("T")


def fill(
    statement: Statement,
    facts: SqlFacts,
    as_of: int,
    time_zone: str,
    memory: Memory,
    runs: Sequence[Run],
    tiers: Tiers,
    among: Collection[str] = (),
    horizon_of: Callable[[Iterable[str]], int] = lambda _: 0,
) -> int | None:
    """Make and fill the temporary tables of a statement for one evaluation, and say its horizon if it has one.

    `among`: the contacts of a statement that speaks of some alone; about others nothing is filled in. `horizon_of`:
    how far a statement that tells flips looks ahead, by the names of the zones that reckon for contacts.
    """
    places = cache(lambda: _reckoning(statement, facts, time_zone))
    ahead = cache(lambda: horizon_of(set(places().values())))
    if statement.among:
        memory = _remembered(statement, memory, among)
        tiers = {name: _of_those(tier, among) for name, tier in tiers.items()}
    for name, shape in statement.tables.items():
        rows: Iterable[tuple[Stored, ...]]
        if name == AMONG:
            rows = ((contact,) for contact in sorted(among))
        elif name == CLASSES:
            rows = _class_rows(statement, tiers)
        elif name in statement.fadings:
            rows = _weight_rows(statement.fadings[name], ahead() - as_of if statement.flips else None)
        else:
            rows = _rows(name, statement, facts, as_of, places, memory, runs)
        facts.temporary(name, shape.columns, rows, shape.key)
    return ahead() if statement.flips else None


Places = Callable[[], dict[tuple[str, str], str]]
"""For each zone and country of contacts the zone that reckons; asked of the store once."""


def _weight_rows(fading: Fading, ahead: int | None) -> Iterator[tuple[int, ...]]:
    """The weights by age in steps; looking ahead also the least that is left so many microseconds later, and the age at
    which it is another one."""
    held, step = weights(fading), step_of(fading)
    if ahead is None:
        yield from enumerate(held)
        return
    crossed, until = ahead // step + 1, len(held)
    found = []
    for age in range(len(held) - 1, -1, -1):
        later = held[age + crossed] if age + crossed < len(held) else 0
        found.append((age, held[age], later, until * step))
        if age and held[age - 1] != held[age]:
            until = age
    yield from found


def _remembered(statement: Statement, memory: Memory, among: Collection[str]) -> Memory:
    """What is remembered of some contacts."""
    granted = (one for c in among for asked in statement.consents if (one := (c, *asked)) in memory.consents)
    return Memory(
        frozenset(granted),
        {name: _of_those(held, among) for name, held in memory.stages.items()},
        {name: _of_those(held, among) for name, held in memory.entered.items()},
        {name: held.intersection(among) for name, held in memory.lists.items()},
    )


def _of_those(held: Mapping[str, T], among: Collection[str]) -> dict[str, T]:
    """What is known of some contacts, found by looking for each of them: there are fewer of them."""
    return {contact: held[contact] for contact in among if contact in held}


def _rows(
    name: str, statement: Statement, facts: SqlFacts, as_of: int, places: Places, memory: Memory, runs: Sequence[Run]
) -> Iterator[tuple[Stored, ...]]:
    match name:
        case "_zones":
            return _zone_rows(statement, as_of, places())
        case "_offsets":
            return _offset_rows(statement, facts, as_of, places())
        case "_days":
            return _day_rows(statement, facts, as_of, places(), runs)
        case "_stages":
            return _stage_rows(statement, memory)
        case "_consents":
            return _consent_rows(statement, memory)
        case "_lists":
            return ((contact, name) for name in statement.lists for contact in sorted(memory.lists.get(name, ())))
        case "_buckets":
            return _bucket_rows(statement, facts, runs)
        case "_entered":
            held = {name: memory.entered.get(name, {}) for name in statement.needs("entered")}
            contacts = sorted(set().union(*held.values()))
            return ((contact, *(starts.get(contact) for starts in held.values())) for contact in contacts)
        case "_runs":
            return _run_rows(statement, runs, facts.schema)
        case _:
            raise AssertionError(name)


def _zone_rows(statement: Statement, as_of: int, pairs: Mapping[tuple[str, str], str]) -> Iterator[tuple[Stored, ...]]:
    constants = [statement.zones[name] for name in statement.needs("zone")]
    numbers = _numbered(pairs)
    for (own, country), name in pairs.items():
        yield own, country, *(reckon(c, as_of, zone(name), numbers[name]) for c in constants)


def _reckoning(statement: Statement, facts: SqlFacts, time_zone: str) -> dict[tuple[str, str], str]:
    """For each zone and country of contacts the zone that reckons."""
    assert statement.asked.places is not None, "a statement that reckons by zones asks for them"
    pairs = [(str(own), str(country)) for own, country in facts.query(statement.asked.places, {})]
    return {(o, c): contact_zones(o or None, c or None, time_zone).reckoning for o, c in pairs}


def _numbered(pairs: Mapping[tuple[str, str], str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(sorted(set(pairs.values())))}


def _offset_rows(
    statement: Statement, facts: SqlFacts, as_of: int, pairs: Mapping[tuple[str, str], str]
) -> Iterator[tuple[Stored, ...]]:
    """The offsets of each zone from the oldest event on whose local day matters to as_of."""
    first = as_of
    for oldest in statement.asked.oldest:
        for (at,) in facts.query(oldest, {}):
            first = first if at is None else min(first, int(at))
    for name, number in _numbered(pairs).items():
        stretches: list[tuple[int, ...]] = list(offsets(zone(name), first, as_of))
        if statement.months:
            stretches = list(by_month([(start, shift) for start, shift in stretches], as_of))
        if statement.ranges:
            ends = [*(start for start, *_ in stretches[1:]), as_of + 1]
            stretches = [(*stretch, end) for stretch, end in zip(stretches, ends, strict=True)]
        yield from ((number, *stretch) for stretch in stretches)


def _day_rows(
    statement: Statement, facts: SqlFacts, as_of: int, pairs: Mapping[tuple[str, str], str], runs: Sequence[Run]
) -> Iterator[tuple[Stored, ...]]:
    """The offsets of each zone between the first and the last of the instants whose whole local day matters."""
    found = [int(at) for q in statement.asked.extremes for row in facts.query(q, {}) for at in row if at is not None]
    for name in statement.caused:
        values = [cause_value(run, name, facts.schema) for run in runs]
        found += [int(at) for at in values if at is not None]
    first, last = min(found, default=as_of), max(found, default=as_of)
    for name, number in _numbered(pairs).items():
        yield from ((number, *stretch) for stretch in unbroken(offsets(zone(name), first, last)))


def _stage_rows(statement: Statement, memory: Memory) -> Iterator[tuple[Stored, ...]]:
    """One row per contact whose stage is kept longer than it is entered; stages by number, -1 for none, for one that is
    no more, and for those below the first that is kept: few contacts stand as high."""
    held = {
        score: {contact: numbers[stage] for contact, stage in stood.items() if stage in numbers}
        for score in statement.needs("before")
        for stood, numbers in [(memory.stages.get(score, {}), statement.sticky[score])]
    }
    for contact in sorted(set().union(*held.values())):
        yield contact, *(stood.get(contact, -1) for stood in held.values())


def _consent_rows(statement: Statement, memory: Memory) -> Iterator[tuple[Stored, ...]]:
    """One row per contact that consents to anything that is asked."""
    pairs = statement.consents
    if len(pairs) == 1:
        ((asked, wish),) = pairs
        yield from (
            (c, 1) for c in sorted(c for c, channel, purpose in memory.consents if channel == asked and purpose == wish)
        )
        return
    held: dict[tuple[str, str], set[str]] = {pair: set() for pair in pairs}
    for contact, channel, purpose in memory.consents:
        if (channel, purpose) in held:
            held[channel, purpose].add(contact)
    for contact in sorted(set().union(*held.values())):
        yield contact, *(int(contact in held[pair]) for pair in pairs)


def _class_rows(statement: Statement, tiers: Tiers) -> Iterator[tuple[Stored, ...]]:
    held = [tiers[name] for name in statement.needs("tier")]
    for contact in sorted(set().union(*held)):
        yield contact, *(tier.get(contact) for tier in held)


def _bucket_rows(statement: Statement, facts: SqlFacts, runs: Sequence[Run]) -> Iterator[tuple[Stored, ...]]:
    """One row for each contact that matters, so that no engine is asked for a hash of its own."""
    names = statement.needs("bucket")
    if statement.runs:
        keys = sorted({run.contact for run in runs})
    else:
        assert statement.asked.keys is not None, "a statement over contacts asks for them"
        keys = [str(key) for (key,) in facts.query(statement.asked.keys, {})]
    for key in keys:
        yield key, *(bucket(name, key) for name in names)


def _run_rows(statement: Statement, runs: Sequence[Run], schema: Schema) -> Iterator[tuple[Stored, ...]]:
    names = statement.needs("cause")
    for n, run in enumerate(runs):
        yield n, run.contact, run.cause_at, *(cause_value(run, name, schema) for name in names)
