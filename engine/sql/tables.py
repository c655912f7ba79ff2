"""The small temporary tables that a statement joins, filled by Python for each evaluation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, assert_never

from sqlglot import exp

from dsl.types import Boolean, Date, DateTime, MonthDay, Numeric, OneOf, Point, SetOf, Stored, Text, Type, Zone
from engine.evaluation import Memory, Run, cause_value
from engine.fading import weights
from engine.keys import bucket
from engine.layout import CONTACTS, KEY
from engine.plan_types import ScorePlan
from engine.protocols import SqlFacts
from engine.sql import build
from engine.sql.compile import CONTACT_ALIAS, Compiled, zone_part
from engine.sql.context import BUCKETS, CONSENTS, CONTACT, ROW, RUNS, STAGES, ZONES
from engine.sql.zone_table import reckon
from engine.zones import contact_zones, zone

Kind = Literal["text", "integer"]


def storage(type_: Type) -> Kind:
    """How values of a type are stored (the table in `dsl.types`)."""
    match type_:
        case Text() | OneOf() | SetOf() | Point() | Zone():
            return "text"
        case Numeric() | Boolean() | Date() | MonthDay() | DateTime():
            return "integer"
        case _:
            assert_never(type_)


def columns_of(compiled: Compiled) -> dict[str, tuple[dict[str, Kind], tuple[str, ...]]]:
    """The temporary tables of a statement: name -> columns and primary key."""
    context = compiled.context
    found: dict[str, tuple[dict[str, Kind], tuple[str, ...]]] = {}
    for name in sorted(context.fadings):
        found[name] = {"step": "integer", "weight": "integer"}, ("step",)
    if zones := compiled.needs("zone"):
        roles: dict[str, Kind] = {"zone": "text", "country": "text"}
        found[ZONES] = {**roles, **dict.fromkeys(zones, "integer")}, ("zone", "country")
    if scores := compiled.needs("before"):
        found[STAGES] = {CONTACT: "text", **{context.name("before", s): "integer" for s in scores}}, (CONTACT,)
    if context.consents:
        found[CONSENTS] = dict.fromkeys((CONTACT, "channel", "purpose"), "text"), (CONTACT, "channel", "purpose")
    if samples := compiled.needs("bucket"):
        found[BUCKETS] = {CONTACT: "text", **{context.name("bucket", s): "integer" for s in samples}}, (CONTACT,)
    if context.runs:
        causes = {context.name("cause", n): storage(context.cause_types[n]) for n in compiled.needs("cause")}
        found[RUNS] = {ROW: "integer", CONTACT: "text", "since": "integer", **causes}, (ROW,)
    return found


def fill(compiled: Compiled, facts: SqlFacts, as_of: int, time_zone: str, memory: Memory, runs: Sequence[Run]) -> None:
    """Make and fill the temporary tables of a statement for one evaluation."""
    for name, (columns, key) in columns_of(compiled).items():
        facts.temporary(name, columns, _rows(name, compiled, facts, as_of, time_zone, memory, runs), key)


def _rows(
    name: str, compiled: Compiled, facts: SqlFacts, as_of: int, time_zone: str, memory: Memory, runs: Sequence[Run]
) -> Iterator[tuple[Stored, ...]]:
    match name:
        case "_zones":
            return _zone_rows(compiled, facts, as_of, time_zone)
        case "_stages":
            return _stage_rows(compiled, memory)
        case "_consents":
            wanted = compiled.context.consents
            return ((c, channel, purpose) for c, channel, purpose in memory.consents if (channel, purpose) in wanted)
        case "_buckets":
            return _bucket_rows(compiled, facts, runs)
        case "_runs":
            return _run_rows(compiled, runs)
        case _:
            return iter(list(enumerate(weights(compiled.context.fadings[name]))))


def zone_pairs(compiled: Compiled) -> exp.Select:
    """The distinct zones and countries of all contacts, as they are stored; empty where missing."""
    schema = compiled.context.schema
    roles = [
        exp.Literal.string("") if name is None else zone_part(name)
        for name in (schema.zone_field, schema.country_field)
    ]
    columns = [build.named(role, word) for role, word in zip(roles, ("zone", "country"), strict=True)]
    return exp.Select().from_(build.table(CONTACTS, CONTACT_ALIAS)).select(*columns).distinct()


def _zone_rows(compiled: Compiled, facts: SqlFacts, as_of: int, time_zone: str) -> Iterator[tuple[Stored, ...]]:
    constants = [compiled.context.zones[name] for name in compiled.needs("zone")]
    for own, country in list(facts.query(zone_pairs(compiled), {})):
        reckoning = contact_zones(str(own) or None, str(country) or None, time_zone).reckoning
        yield own, country, *(reckon(c, as_of, zone(reckoning)) for c in constants)


def _stage_rows(compiled: Compiled, memory: Memory) -> Iterator[tuple[Stored, ...]]:
    """One row per contact that stood anywhere; stages by number, -1 for none or one that is no more."""
    scores = compiled.needs("before")
    numbers: dict[str, dict[str, int]] = {}
    for score in scores:
        definition = compiled.context.definitions["score", score]
        assert isinstance(definition, ScorePlan)
        numbers[score] = {s.name: n for n, s in enumerate(definition.stages)}
    held = {score: memory.stages.get(score, {}) for score in scores}
    for contact in sorted(set().union(*(set(h) for h in held.values()))):
        yield contact, *(numbers[s].get(held[s].get(contact, ""), -1) for s in scores)


def _bucket_rows(compiled: Compiled, facts: SqlFacts, runs: Sequence[Run]) -> Iterator[tuple[Stored, ...]]:
    """One row for each contact that matters, so that no engine is asked for a hash of its own."""
    names = compiled.needs("bucket")
    if compiled.context.runs:
        keys = sorted({run.contact for run in runs})
    else:
        every = exp.Select().select(build.column(KEY, CONTACT_ALIAS)).from_(build.table(CONTACTS, CONTACT_ALIAS))
        keys = [str(key) for (key,) in facts.query(every, {})]
    for key in keys:
        yield key, *(bucket(name, key) for name in names)


def _run_rows(compiled: Compiled, runs: Sequence[Run]) -> Iterator[tuple[Stored, ...]]:
    names = compiled.needs("cause")
    for n, run in enumerate(runs):
        yield n, run.contact, run.cause_at, *(cause_value(run, name, compiled.context.schema) for name in names)
