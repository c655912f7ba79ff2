"""Whose facts changed since somebody read them last, and who has some value in a field; without reading whole tables.

Rows that are new have an arrival number above the last one read, and so have contacts and fact rows that changed. What
was corrected or is gone stands in the journal (`facts_journal`), with whom it is about. Two things come about by the
clock alone: an event that was dated ahead comes to be, and a row of a fact table with a time becomes the newest.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from sqlglot import exp

from adapters.stores import facts_journal, facts_sql
from adapters.stores.facts_database import FactsDatabase
from dsl.schema import FactTable, Schema
from dsl.types import Stored
from engine import layout
from engine.protocols import SqlFacts
from engine.records import Position, Touched

CHUNK = 500
"""Values that one statement asks for: some engines bound the number of parameters."""


def touched(
    database: FactsDatabase,
    schema: Schema,
    since: Position,
    events: Collection[str],
    tables: Collection[str],
    span: tuple[int, int],
    most: int,
) -> Touched:
    """See `engine.protocols.Facts.touched`."""
    if not facts_journal.knows(database, since):
        return Touched(everybody="the facts have another history than the tick before read")
    found: set[str] = set()
    for name in _lines(database, schema, since, events, tables, (span, most + 1)):
        if name is None:
            return Touched(everybody="the journal names a change without saying whom it is about")
        found.add(name)
        if len(found) > most:
            return Touched(everybody=f"more than {most:,} contacts have new data")
    return Touched(frozenset(found))


def _lines(
    database: FactsDatabase,
    schema: Schema,
    since: Position,
    events: Collection[str],
    tables: Collection[str],
    bounds: tuple[tuple[int, int], int],
) -> Iterator[str | None]:
    """Everybody who is touched, with repeats, up to so many of each kind; None: somebody, there is no telling who."""
    span, most = bounds
    past = {"last": since.last}
    ahead = {"before": span[0], "as_of": span[1]}
    arrived = [facts_sql.after(layout.SEQ, "last")]

    def some(table: str, column: str, where: Sequence[facts_sql.Where], bound: Mapping[str, int]) -> Iterator[str]:
        return _first(database.different(facts_sql.select(table, (column,), where=where), bound, most))

    yield from some(layout.CONTACTS, layout.KEY, arrived, past)
    yield from _journal(database, layout.CONTACTS, since)
    for name in sorted(events):
        table = layout.event_table(name)
        yield from some(table, layout.EVENT_CONTACT, arrived, past)
        yield from _journal(database, table, since)
        latest = database.one("SELECT at FROM _latest WHERE event = ?", (name,))
        # rare in life, and it needs a pass over the table
        if since.latest > span[0] and latest is not None and latest[0] > span[0]:
            due = [facts_sql.after(layout.EVENT_AT, "before"), facts_sql.at_most(layout.EVENT_AT, "as_of")]
            yield from some(table, layout.EVENT_CONTACT, due, ahead)
    for name in sorted(tables):
        yield from _of_facts(database, schema, schema.facts[name], since, span)


def _of_facts(
    database: FactsDatabase, schema: Schema, fact: FactTable, since: Position, span: tuple[int, int]
) -> Iterator[str | None]:
    """The contacts who look at rows of a fact table that are new, changed or gone."""
    table = layout.fact_table(fact.name)
    arrived = [facts_sql.after(layout.SEQ, "last")]
    select = facts_sql.select(table, (fact.key,), where=arrived)
    keys: set[str | None] = set(_first(database.rows(select, {"last": since.last})))
    keys |= set(_journal(database, table, since))
    if fact.time is not None:
        due = [facts_sql.after(fact.time, "before"), facts_sql.at_most(fact.time, "as_of")]
        select = facts_sql.select(table, (fact.key,), where=due)
        keys |= set(_first(database.rows(select, {"before": span[0], "as_of": span[1]})))
    if None in keys:
        yield None
    elif keys:
        yield from _looking(database, schema, fact.matches, keys)


def _first(rows: Iterable[Sequence[Stored]]) -> Iterator[str]:
    return (row[0] for row in rows)  # type: ignore[misc]  # keys are text; those of fact tables only pass through


def _journal(database: FactsDatabase, table: str, since: Position) -> Iterator[str | None]:
    lines = database.rows(
        'SELECT DISTINCT about FROM _journal WHERE "table" = ? AND n > ?',
        (table, since.line),
    )
    return _first(lines)


def _looking(database: FactsDatabase, schema: Schema, field: str, keys: Collection[Stored]) -> Iterator[str]:
    """The contacts whose rows of a fact table these are."""
    column = layout.KEY if field == schema.key else field
    among = facts_sql.among(column, kind=layout.storage(schema.fields[field].type))
    select = facts_sql.select(layout.CONTACTS, (layout.KEY,), where=[among])
    return _first(database.rows(select, {"keys": database.keys(keys)}))


def bearers(facts: SqlFacts, field: str, values: Collection[str | int], modulo: int | None) -> Iterator[str]:
    """See `engine.protocols.Facts.bearers`."""
    column: exp.Expression = _column(facts, field)
    if modulo is not None:
        column = exp.Mod(this=column, expression=exp.Literal.number(modulo))
    wanted = sorted(values)
    for start in range(0, len(wanted), CHUNK):
        chunk: dict[str, Stored] = {f"value_{n}": value for n, value in enumerate(wanted[start : start + CHUNK])}
        test = exp.In(this=column.copy(), expressions=[exp.Placeholder(this=name) for name in chunk])
        text = exp.select(exp.column(layout.KEY, quoted=True)).from_(exp.to_identifier(layout.CONTACTS, quoted=True))
        yield from (str(key) for (key,) in facts.query(text.where(test), chunk))


def places(facts: SqlFacts) -> Iterator[tuple[str | None, str | None]]:
    """See `engine.protocols.Facts.places`."""
    roles = (facts.schema.zone_field, facts.schema.country_field)
    columns = [_column(facts, name) for name in roles if name is not None]
    if not columns:
        yield None, None
        return
    text = exp.select(*columns)
    for row in facts.query(text.from_(exp.to_identifier(layout.CONTACTS, quoted=True)).distinct(), {}):
        found = iter([None if value is None else str(value) for value in row])
        own, country = (None if name is None else next(found) for name in roles)
        yield own, country


def residents(facts: SqlFacts, places: Collection[tuple[str | None, str | None]]) -> Iterator[str]:
    """See `engine.protocols.Facts.residents`."""
    wanted = list(places)
    for start in range(0, len(wanted), CHUNK):
        bound: dict[str, Stored] = {}
        tests = [_at(facts, place, n, bound) for n, place in enumerate(wanted[start : start + CHUNK])]
        text = exp.select(exp.column(layout.KEY, quoted=True)).from_(exp.to_identifier(layout.CONTACTS, quoted=True))
        yield from (str(key) for (key,) in facts.query(text.where(exp.or_(*tests)), bound))


def _at(facts: SqlFacts, place: tuple[str | None, str | None], number: int, bound: dict[str, Stored]) -> exp.Expression:
    """Whether a contact is at a place; the values go to `bound`."""
    test: exp.Expression = exp.true()
    for role, value in zip((facts.schema.zone_field, facts.schema.country_field), place, strict=True):
        if role is None:
            continue
        held: exp.Expression = exp.Is(this=_column(facts, role), expression=exp.null())
        if value is not None:
            name = f"place_{number}_{len(bound)}"
            bound[name] = value
            held = exp.EQ(this=_column(facts, role), expression=exp.Placeholder(this=name))
        test = exp.And(this=test, expression=held)
    return exp.Paren(this=test)


def _column(facts: SqlFacts, name: str) -> exp.Column:
    return exp.column(layout.KEY if name == facts.schema.key else name, quoted=True)
