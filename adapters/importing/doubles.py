"""Events that are stored already under another id: the same file imported once with an id column and once without."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlglot import exp

from adapters.importing.identity import content, digest
from adapters.importing.rows import Good
from adapters.importing.targets import AT, CONTACT, ID
from adapters.stores.facts_record import RecordFacts
from dsl.types import Stored
from engine import layout

MOST_TWINS = 50
"""Identical rows of one file that are looked for among the ids made of content."""


def _quoted(name: str, table: str) -> exp.Column:
    return exp.column(exp.to_identifier(name, quoted=True), table=table)


_ASKED = "_asked"


class Doubles:
    """Looks among the stored events of one type for the content of rows that are about to be stored."""

    def __init__(self, store: RecordFacts, event: str, properties: Collection[str]) -> None:
        self._store = store
        self._event = event
        self._properties = tuple(properties)
        names = (layout.EVENT_CONTACT, layout.EVENT_AT, layout.EVENT_ID, *self._properties)
        events = exp.Table(this=exp.to_identifier(layout.event_table(event), quoted=True), alias="e")
        asked = exp.Table(this=exp.to_identifier(_ASKED, quoted=True), alias="a")
        on = exp.and_(
            _quoted(layout.EVENT_CONTACT, "e").eq(_quoted("contact", "a")),
            _quoted(layout.EVENT_AT, "e").eq(_quoted("moment", "a")),
        )
        # a cross join keeps the order: few rows asked for, each found by the key of the table
        self._select = exp.select(*(_quoted(n, "e") for n in names)).from_(asked).join(events, join_type="cross")
        self._select = self._select.where(on)

    def count(self, rows: Sequence[Good]) -> int:
        """How many of the rows are stored under an id of the other kind: given by a file, or made of content."""
        asked = {(str(r.values[CONTACT]), int(r.values[AT] or 0)) for r in rows}
        stored: dict[tuple[Stored, Stored], list[tuple[str, dict[str, Stored]]]] = {}
        self._store.temporary(_ASKED, {"contact": "text", "moment": "integer"}, sorted(asked), ("contact", "moment"))
        for contact, at, id_, *values in self._store.query(self._select, {}):
            known: dict[str, Stored] = {n: v for n, v in zip(self._properties, values, strict=True) if v is not None}
            stored.setdefault((contact, at), []).append((str(id_), known))
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
