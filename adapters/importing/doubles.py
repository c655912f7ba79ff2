"""Events that are stored already under another id: the same file imported once with an id column and once without."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence

from sqlglot import exp

from adapters.importing.identity import content, digest
from adapters.importing.rows import Good
from adapters.importing.targets import AT, CONTACT, ID
from dsl.types import Stored
from engine import layout

MOST_TWINS = 50
"""Identical rows of one file that are looked for among the ids made of content."""


def _quoted(name: str, table: str) -> exp.Column:
    return exp.column(exp.to_identifier(name, quoted=True), table=table)


def _part(path: str) -> exp.Expression:
    # by its plain name: sqlglot's own function becomes `->`, which gives JSON instead of the value
    return exp.Anonymous(this="json_extract", expressions=[exp.column("value"), exp.Literal.string(path)])


class Doubles:
    """Looks among the stored events of one type for the content of rows that are about to be stored."""

    def __init__(self, connection: sqlite3.Connection, event: str, properties: Collection[str]) -> None:
        self._connection = connection
        self._event = event
        self._properties = tuple(properties)
        names = (layout.EVENT_CONTACT, layout.EVENT_AT, layout.EVENT_ID, *self._properties)
        asked = exp.select(
            exp.alias_(_part("$[0]"), "contact"),
            exp.alias_(_part("$[1]"), "moment"),
        ).from_(exp.func("json_each", exp.Placeholder(this="asked")))
        events = exp.Table(this=exp.to_identifier(layout.event_table(event), quoted=True), alias="e")
        on = exp.and_(
            _quoted(layout.EVENT_CONTACT, "e").eq(exp.column("contact", table="a")),
            _quoted(layout.EVENT_AT, "e").eq(exp.column("moment", table="a")),
        )
        tree = exp.select(*(_quoted(n, "e") for n in names)).from_(asked.subquery("a"))
        # a cross join keeps the order: few rows asked for, each found by the key of the table
        self._sql = tree.join(events, join_type="cross").where(on).sql("sqlite")

    def count(self, rows: Sequence[Good]) -> int:
        """How many of the rows are stored under an id of the other kind: given by a file, or made of content."""
        asked = {(r.values[CONTACT], r.values[AT]) for r in rows}
        stored: dict[tuple[Stored, Stored], list[tuple[str, dict[str, Stored]]]] = {}
        for contact, at, id_, *values in self._connection.execute(self._sql, {"asked": json.dumps(sorted(asked))}):
            known = {n: v for n, v in zip(self._properties, values, strict=True) if v is not None}
            stored.setdefault((contact, at), []).append((id_, known))
        return sum(1 for r in rows if self._twin(r, stored.get((r.values[CONTACT], r.values[AT]), ())))

    def _twin(self, row: Good, stored: Sequence[tuple[str, Mapping[str, Stored]]]) -> bool:
        own = row.values.get(ID)
        given = {n: v for n, v in row.values.items() if v is not None and n not in {CONTACT, AT, ID}}
        for id_, known in stored:
            # a property that one of them lacks may be the very column that was the id the other time
            shared = given.keys() & known.keys()
            if id_ == own or any(known[n] != given[n] for n in shared) or (given and known and not shared):
                continue
            if self._made_of_content(id_, row.values, known) == (own is not None):
                return True
        return False

    def _made_of_content(self, id_: str, values: Mapping[str, Stored], known: Mapping[str, Stored]) -> bool:
        base = digest(self._event, values[CONTACT], values[AT], content(known))
        return id_ == base or any(id_ == digest(base, n) for n in range(1, MOST_TWINS))
