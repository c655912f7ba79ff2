"""The small temporary tables that a statement joins, filled by Python for each evaluation."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import TypeVar

from sqlglot import exp

from dsl.model import Fading
from dsl.types import Stored
from engine.classes import Tiers
from engine.evaluation import Memory, Run, cause_value
from engine.fading import step_of, weights
from engine.keys import bucket
from engine.layout import CONTACTS, EVENT_AT, EVENT_CONTACT, KEY, Kind, event_table, storage
from engine.plan_types import ScorePlan
from engine.protocols import SqlFacts
from engine.sql import build
from engine.sql.compile import CONTACT_ALIAS, Compiled, zone_part
from engine.sql.context import (
    AMONG,
    BUCKETS,
    CLASSES,
    CONSENTS,
    CONTACT,
    DAYS,
    ENTERED,
    EVENT,
    LISTS,
    OFFSETS,
    ROW,
    RUNS,
    STAGES,
    ZONES,
    consent_label,
)
from engine.sql.passes import of_some
from engine.sql.whole_days import caused, extremes
from engine.sql.zone_table import by_month, offsets, reckon, unbroken
from engine.zones import contact_zones, zone

T = TypeVar("T")


def columns_of(compiled: Compiled) -> dict[str, tuple[dict[str, Kind], tuple[str, ...]]]:
    """The temporary tables of a statement: name -> columns and primary key."""
    context = compiled.context
    found: dict[str, tuple[dict[str, Kind], tuple[str, ...]]] = {}
    if context.among:  # first, because reading the others out may ask for it
        found[AMONG] = {CONTACT: "text"}, (CONTACT,)
    for name in sorted(context.fadings):
        later = ("later", "until") if context.flips else ()
        found[name] = dict.fromkeys(("step", "weight", *later), "integer"), ("step",)
    if zones := compiled.needs("zone"):
        roles: dict[str, Kind] = {"zone": "text", "country": "text"}
        found[ZONES] = {**roles, **dict.fromkeys(zones, "integer")}, ("zone", "country")
    if context.local_events:
        names = ("zone", "start", "shift", *(["month"] if context.local_months else []))
        names += ("until",) if context.dialect.joins_ranges else ()
        found[OFFSETS] = dict.fromkeys(names, "integer"), ("zone", "start")
    if context.moments:
        found[DAYS] = dict.fromkeys(("zone", "start", "shift"), "integer"), ("zone", "start")
    if scores := compiled.needs("before"):
        found[STAGES] = {CONTACT: "text", **{context.name("before", s): "integer" for s in scores}}, (CONTACT,)
    if context.consents:
        labels = compiled.needs("consent")
        found[CONSENTS] = {CONTACT: "text", **{context.name("consent", c): "integer" for c in labels}}, (CONTACT,)
    if context.lists:
        found[LISTS] = dict.fromkeys((CONTACT, "list"), "text"), (CONTACT, "list")
    if samples := compiled.needs("bucket"):
        found[BUCKETS] = {CONTACT: "text", **{context.name("bucket", s): "integer" for s in samples}}, (CONTACT,)
    if segments := compiled.needs("entered"):
        found[ENTERED] = {CONTACT: "text", **{context.name("entered", s): "integer" for s in segments}}, (CONTACT,)
    if classes := compiled.needs("tier"):
        found[CLASSES] = {CONTACT: "text", **{context.name("tier", c): "text" for c in classes}}, (CONTACT,)
    if context.runs:
        causes = {context.name("cause", n): storage(context.cause_types[n]) for n in compiled.needs("cause")}
        found[RUNS] = {ROW: "integer", CONTACT: "text", "since": "integer", **causes}, (ROW,)
    return found


def fill(
    compiled: Compiled,
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
    places = cache(lambda: _reckoning(compiled, facts, time_zone))
    ahead = cache(lambda: horizon_of(set(places().values())))
    if compiled.context.among:
        memory = _remembered(compiled, memory, among)
        tiers = {name: _of_those(tier, among) for name, tier in tiers.items()}
    for name, (columns, key) in columns_of(compiled).items():
        rows: Iterable[tuple[Stored, ...]]
        if name == AMONG:
            rows = ((contact,) for contact in sorted(among))
        elif name == CLASSES:
            rows = _class_rows(compiled, tiers)
        elif name in compiled.context.fadings:
            rows = _weight_rows(compiled.context.fadings[name], ahead() - as_of if compiled.context.flips else None)
        else:
            rows = _rows(name, compiled, facts, as_of, places, memory, runs)
        facts.temporary(name, columns, rows, key)
    return ahead() if compiled.context.flips else None


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


def _remembered(compiled: Compiled, memory: Memory, among: Collection[str]) -> Memory:
    """What is remembered of some contacts."""
    granted = (one for c in among for asked in compiled.context.consents if (one := (c, *asked)) in memory.consents)
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
    name: str, compiled: Compiled, facts: SqlFacts, as_of: int, places: Places, memory: Memory, runs: Sequence[Run]
) -> Iterator[tuple[Stored, ...]]:
    match name:
        case "_zones":
            return _zone_rows(compiled, as_of, places())
        case "_offsets":
            return _offset_rows(compiled, facts, as_of, places())
        case "_days":
            return _day_rows(compiled, facts, as_of, places(), runs)
        case "_stages":
            return _stage_rows(compiled, memory)
        case "_consents":
            return _consent_rows(compiled, memory)
        case "_lists":
            wanted_lists = sorted(compiled.context.lists)
            return ((contact, name) for name in wanted_lists for contact in sorted(memory.lists.get(name, ())))
        case "_buckets":
            return _bucket_rows(compiled, facts, runs)
        case "_entered":
            held = {name: memory.entered.get(name, {}) for name in compiled.needs("entered")}
            contacts = sorted(set().union(*held.values()))
            return ((contact, *(starts.get(contact) for starts in held.values())) for contact in contacts)
        case "_runs":
            return _run_rows(compiled, runs)
        case _:
            raise AssertionError(name)


def zone_pairs(compiled: Compiled) -> exp.Select:
    """The distinct zones and countries of all contacts that matter, as they are stored; empty where missing."""
    schema = compiled.context.schema
    roles = [
        exp.Literal.string("") if name is None else zone_part(name)
        for name in (schema.zone_field, schema.country_field)
    ]
    columns = [build.named(role, word) for role, word in zip(roles, ("zone", "country"), strict=True)]
    return _contacts(compiled).select(*columns).distinct()


def _contacts(compiled: Compiled) -> exp.Select:
    """A select from all contacts that matter."""
    query = exp.Select().from_(build.table(CONTACTS, CONTACT_ALIAS))
    return query.where(of_some(build.column(KEY, CONTACT_ALIAS), AMONG)) if compiled.context.among else query


def _zone_rows(compiled: Compiled, as_of: int, pairs: Mapping[tuple[str, str], str]) -> Iterator[tuple[Stored, ...]]:
    constants = [compiled.context.zones[name] for name in compiled.needs("zone")]
    numbers = _numbered(pairs)
    for (own, country), name in pairs.items():
        yield own, country, *(reckon(c, as_of, zone(name), numbers[name]) for c in constants)


def _reckoning(compiled: Compiled, facts: SqlFacts, time_zone: str) -> dict[tuple[str, str], str]:
    """For each zone and country of contacts the zone that reckons."""
    pairs = [(str(own), str(country)) for own, country in facts.query(zone_pairs(compiled), {})]
    return {(o, c): contact_zones(o or None, c or None, time_zone).reckoning for o, c in pairs}


def _numbered(pairs: Mapping[tuple[str, str], str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(sorted(set(pairs.values())))}


def _offset_rows(
    compiled: Compiled, facts: SqlFacts, as_of: int, pairs: Mapping[tuple[str, str], str]
) -> Iterator[tuple[Stored, ...]]:
    """The offsets of each zone from the oldest event on whose local day matters to as_of."""
    first = as_of
    for event in sorted(compiled.context.local_events):
        oldest = exp.Select().select(exp.Min(this=build.column(EVENT_AT, EVENT)))
        oldest = oldest.from_(build.table(event_table(event), EVENT))
        if compiled.context.among:
            oldest = oldest.where(of_some(build.column(EVENT_CONTACT, EVENT), AMONG))
        for (at,) in facts.query(oldest, {}):
            first = first if at is None else min(first, int(at))
    for name, number in _numbered(pairs).items():
        stretches: list[tuple[int, ...]] = list(offsets(zone(name), first, as_of))
        if compiled.context.local_months:
            stretches = list(by_month([(start, shift) for start, shift in stretches], as_of))
        if compiled.context.dialect.joins_ranges:
            ends = [*(start for start, *_ in stretches[1:]), as_of + 1]
            stretches = [(*stretch, end) for stretch, end in zip(stretches, ends, strict=True)]
        yield from ((number, *stretch) for stretch in stretches)


def _day_rows(
    compiled: Compiled, facts: SqlFacts, as_of: int, pairs: Mapping[tuple[str, str], str], runs: Sequence[Run]
) -> Iterator[tuple[Stored, ...]]:
    """The offsets of each zone between the first and the last of the instants whose whole local day matters."""
    found = [int(at) for q in extremes(compiled.context) for row in facts.query(q, {}) for at in row if at is not None]
    for name in caused(compiled.context):
        values = [cause_value(run, name, compiled.context.schema) for run in runs]
        found += [int(at) for at in values if at is not None]
    first, last = min(found, default=as_of), max(found, default=as_of)
    for name, number in _numbered(pairs).items():
        yield from ((number, *stretch) for stretch in unbroken(offsets(zone(name), first, last)))


def _stage_rows(compiled: Compiled, memory: Memory) -> Iterator[tuple[Stored, ...]]:
    """One row per contact whose stage is kept longer than it is entered; stages by number, -1 for none, for one that is
    no more, and for those below the first that is kept: few contacts stand as high."""
    scores = compiled.needs("before")
    numbers: dict[str, dict[str, int]] = {}
    for score in scores:
        definition = compiled.context.definitions["score", score]
        assert isinstance(definition, ScorePlan)
        first = min(n for n, s in enumerate(definition.stages) if s.sticky)
        numbers[score] = {s.name: n for n, s in enumerate(definition.stages) if n >= first}
    held = {
        score: {contact: numbers[score][stage] for contact, stage in stood.items() if stage in numbers[score]}
        for score in scores
        for stood in [memory.stages.get(score, {})]
    }
    for contact in sorted(set().union(*held.values())):
        yield contact, *(stood.get(contact, -1) for stood in held.values())


def _consent_rows(compiled: Compiled, memory: Memory) -> Iterator[tuple[Stored, ...]]:
    """One row per contact that consents to anything that is asked."""
    wanted = {consent_label(*pair): pair for pair in compiled.context.consents}
    pairs = [wanted[name] for name in compiled.needs("consent")]
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


def _class_rows(compiled: Compiled, tiers: Tiers) -> Iterator[tuple[Stored, ...]]:
    held = [tiers[name] for name in compiled.needs("tier")]
    for contact in sorted(set().union(*held)):
        yield contact, *(tier.get(contact) for tier in held)


def _bucket_rows(compiled: Compiled, facts: SqlFacts, runs: Sequence[Run]) -> Iterator[tuple[Stored, ...]]:
    """One row for each contact that matters, so that no engine is asked for a hash of its own."""
    names = compiled.needs("bucket")
    if compiled.context.runs:
        keys = sorted({run.contact for run in runs})
    else:
        every = _contacts(compiled).select(build.column(KEY, CONTACT_ALIAS))
        keys = [str(key) for (key,) in facts.query(every, {})]
    for key in keys:
        yield key, *(bucket(name, key) for name in names)


def _run_rows(compiled: Compiled, runs: Sequence[Run]) -> Iterator[tuple[Stored, ...]]:
    names = compiled.needs("cause")
    for n, run in enumerate(runs):
        yield n, run.contact, run.cause_at, *(cause_value(run, name, compiled.context.schema) for name in names)
