"""From a compiled tree to the statement that is kept (`engine.sql.statement`)."""

from __future__ import annotations

from sqlglot import exp

from engine.layout import CONTACTS, EVENT_AT, EVENT_CONTACT, KEY, Kind, event_table, storage
from engine.plan_types import ScorePlan
from engine.sql import build
from engine.sql.compile import CONTACT_ALIAS, Compiled, zone_part
from engine.sql.names import (
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
from engine.sql.statement import Asked, Shape, Statement
from engine.sql.text import SqlText, said
from engine.sql.whole_days import caused, extremes


def stated(compiled: Compiled) -> Statement:
    """The statement, in the words of its engine."""
    context = compiled.context
    labels = {consent_label(*pair): pair for pair in context.consents}
    kinds = {kind for kind, _ in context.names}
    return Statement(
        select=_text(compiled.select, compiled),
        packing=compiled.packing,
        tables={name: Shape(columns, key) for name, (columns, key) in columns_of(compiled).items()},
        needed={kind: compiled.needs(kind) for kind in sorted(kinds)},
        valuing=context.parameters.valuing(),
        asked=_asked(compiled),
        zones=dict(context.zones),
        fadings=dict(context.fadings),
        consents=tuple(labels[name] for name in compiled.needs("consent")),
        lists=tuple(sorted(context.lists)),
        sticky={score: _sticky(compiled, score) for score in compiled.needs("before")},
        caused=tuple(caused(context)),
        months=context.local_months,
        ranges=context.dialect.joins_ranges,
        runs=context.runs,
        among=context.among,
        flips=context.flips,
    )


def _text(tree: exp.Expression, compiled: Compiled) -> SqlText:
    return said(tree, compiled.context.dialect.name)


def _asked(compiled: Compiled) -> Asked:
    context = compiled.context
    every = _contacts(compiled).select(build.column(KEY, CONTACT_ALIAS))
    placed = compiled.needs("zone") or context.local_events or context.moments or context.flips
    return Asked(
        places=_text(zone_pairs(compiled), compiled) if placed else None,
        keys=_text(every, compiled) if compiled.needs("bucket") and not context.runs else None,
        oldest=tuple(_text(_oldest(event, compiled), compiled) for event in sorted(context.local_events)),
        extremes=tuple(_text(select, compiled) for select in extremes(context)),
    )


def _oldest(event: str, compiled: Compiled) -> exp.Select:
    """The instant of the oldest event of a type that matters."""
    oldest = exp.Select().select(exp.Min(this=build.column(EVENT_AT, EVENT)))
    oldest = oldest.from_(build.table(event_table(event), EVENT))
    return oldest.where(of_some(build.column(EVENT_CONTACT, EVENT), AMONG)) if compiled.context.among else oldest


def _sticky(compiled: Compiled, score: str) -> dict[str, int]:
    """The numbers of the stages of a score from the first that is kept on; few contacts stand as high."""
    definition = compiled.context.definitions["score", score]
    assert isinstance(definition, ScorePlan)
    first = min(n for n, s in enumerate(definition.stages) if s.sticky)
    return {s.name: n for n, s in enumerate(definition.stages) if n >= first}


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
