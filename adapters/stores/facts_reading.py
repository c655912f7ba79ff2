"""How contacts and events are read on engines beside SQLite: by trees, some contacts at a time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import groupby
from types import TracebackType
from typing import Self

from sqlglot import exp

from adapters.stores.facts_touched import bearers, places, residents
from adapters.stores.facts_writing import batches
from dsl.schema import Schema
from dsl.types import Stored
from engine import layout
from engine.answer import Table, gathered
from engine.layout import Kind
from engine.protocols import SqlFacts
from engine.records import Contact, ContactData, Event
from engine.sql.text import SqlText

PAGE = 500
"""Contacts that are read at a time: memory holds the events of so many."""


def column(name: str) -> exp.Column:
    """A quoted column."""
    return exp.column(name, quoted=True)


def table(name: str) -> exp.Table:
    """A quoted table."""
    return exp.Table(this=exp.to_identifier(name, quoted=True))


class EngineReading(SqlFacts, ABC):
    """The reading half of `engine.protocols.SqlFacts`, by sqlglot trees alone, page by page."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._fields = tuple(name for name in schema.fields if name != schema.key)

    # ------------------------------------------------------------ what an engine adds

    @property
    @abstractmethod
    def dialect(self) -> str:
        """The sqlglot dialect."""

    @abstractmethod
    def query(self, sql: exp.Expression | SqlText, parameters: Mapping[str, Stored]) -> Iterator[tuple[Stored, ...]]:
        """Run one select; parameters are the named placeholders of the tree (those that it does not have are passed
        over). Raises StoreError where a number leaves 64 bits: no answer rather than a wrong one."""

    def columns(self, sql: exp.Expression | SqlText, parameters: Mapping[str, Stored], width: int) -> Table:
        """See `engine.protocols.SqlFacts`."""
        return gathered(self.query(sql, parameters), width)

    @abstractmethod
    def temporary(
        self,
        name: str,
        columns: Mapping[str, Kind],
        rows: Iterable[Sequence[Stored]],
        key: Sequence[str] = (),
    ) -> None:
        """See `engine.protocols.SqlFacts`."""

    @abstractmethod
    def snapshot(self) -> AbstractContextManager[None]:
        """See `engine.protocols.Facts`."""

    @abstractmethod
    def close(self) -> None:
        """Close the connection; temporary tables go with it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ------------------------------------------------------------ reading

    @property
    def schema(self) -> Schema:
        """The schema whose tables these are."""
        return self._schema

    def contacts(self, keys: Collection[str] | None = None) -> Iterator[Contact]:
        """See `engine.protocols.Facts`."""
        with self.snapshot():
            for page in self._pages(keys):
                yield from page

    def _pages(self, keys: Collection[str] | None) -> Iterator[list[Contact]]:
        """Contacts in order of key, some at a time, so that no answer stays half read while others are asked for."""
        text = exp.select(column(layout.KEY), *map(column, self._fields)).from_(table(layout.CONTACTS))
        text = text.order_by(column(layout.KEY))
        if keys is not None:
            for chunk in batches(sorted(set(keys)), PAGE):
                yield self._contacts(*_among(text, layout.KEY, chunk))
            return
        page = self._contacts(text.limit(PAGE), {})
        later = text.where(exp.GT(this=column(layout.KEY), expression=exp.Placeholder(this="last"))).limit(PAGE)
        while page:
            yield page
            page = self._contacts(later, {"last": page[-1].key})

    def _contacts(self, text: exp.Select, parameters: Mapping[str, Stored]) -> list[Contact]:
        found = []
        for key, *values in self.query(text, parameters):
            fields: dict[str, Stored] = {self._schema.key: key}
            fields |= {name: v for name, v in zip(self._fields, values, strict=True) if v is not None}
            found.append(Contact(str(key), fields))
        return found

    def load(self, keys: Collection[str] | None, event_types: Collection[str], up_to: int) -> Iterator[ContactData]:
        """See `engine.protocols.Facts`; events by (at, id)."""
        types = tuple(dict.fromkeys(event_types))
        with self.snapshot():
            for page in self._pages(keys):
                if not page:
                    continue
                held = {name: self._events_of(name, page, up_to, between=keys is None) for name in types}
                for contact in page:
                    yield ContactData(contact, {name: held[name].get(contact.key, ()) for name in types})

    def _events_of(
        self, name: str, page: Sequence[Contact], up_to: int, *, between: bool
    ) -> dict[str, tuple[Event, ...]]:
        """The events of a page of contacts; `between`: no contact lies between them that is not on the page."""
        text = self._events(name).where(_compared(exp.LTE, layout.EVENT_AT, "up_to"))
        text = text.order_by(*map(column, (layout.EVENT_CONTACT, layout.EVENT_AT, layout.EVENT_ID)))
        if between:
            text = text.where(
                _compared(exp.GTE, layout.EVENT_CONTACT, "first"), _compared(exp.LTE, layout.EVENT_CONTACT, "last")
            )
            parameters: dict[str, Stored] = {"first": page[0].key, "last": page[-1].key}
        else:
            text, parameters = _among(text, layout.EVENT_CONTACT, [c.key for c in page])
        rows = self.query(text, {**parameters, "up_to": up_to})
        return {
            contact: tuple(events)
            for contact, events in groupby((self._event(name, row) for row in rows), lambda event: event.contact)
        }

    def _events(self, name: str) -> exp.Select:
        own = (layout.EVENT_CONTACT, layout.EVENT_AT, layout.EVENT_ID, layout.SEQ)
        columns = [*own, *self._schema.events[name].properties]
        return exp.select(*map(column, columns)).from_(table(layout.event_table(name)))

    def _event(self, name: str, row: Sequence[Stored]) -> Event:
        contact, at, id_, seq, *values = row
        properties = self._schema.events[name].properties
        known = {p: v for p, v in zip(properties, values, strict=True) if v is not None}
        return Event(name, str(id_), str(contact), int(at or 0), int(seq or 0), known)

    def new_events(
        self,
        event_type: str,
        after_seq: int,
        before: int,
        as_of: int,
        *,
        ahead: bool = True,  # noqa: ARG002  # no test is saved by it
    ) -> Iterator[Event]:
        """See `engine.protocols.Facts`."""
        arrived, due = _compared(exp.GT, layout.SEQ, "seq"), _compared(exp.GT, layout.EVENT_AT, "before")
        text = self._events(event_type).where(_compared(exp.LTE, layout.EVENT_AT, "as_of"), exp.or_(arrived, due))
        text = text.order_by(column(layout.EVENT_AT), column(layout.EVENT_ID))
        for row in self.query(text, {"as_of": as_of, "seq": after_seq, "before": before}):
            yield self._event(event_type, row)

    def fact_row(self, table_: str, key: Stored, as_of: int) -> Mapping[str, Stored] | None:
        """See `engine.protocols.Facts`."""
        fact = self._schema.facts[table_]
        columns = tuple(fact.columns)
        text = exp.select(*map(column, columns)).from_(table(layout.fact_table(table_)))
        text = text.where(_compared(exp.EQ, fact.key, "key"))
        parameters: dict[str, Stored] = {"key": key}
        if fact.time is not None:
            text = text.where(_compared(exp.LTE, fact.time, "as_of"))
            text = text.order_by(exp.Ordered(this=column(fact.time), desc=True, nulls_first=False)).limit(1)
            parameters["as_of"] = as_of
        rows = list(self.query(text, parameters))
        return {c: v for c, v in zip(columns, rows[0], strict=True) if v is not None} if rows else None

    def bearers(self, field: str, values: Collection[str | int], modulo: int | None = None) -> Iterator[str]:
        """See `engine.protocols.Facts`."""
        return bearers(self, field, values, modulo)

    def places(self) -> Iterator[tuple[str | None, str | None]]:
        """See `engine.protocols.Facts`."""
        return places(self)

    def residents(self, places: Collection[tuple[str | None, str | None]]) -> Iterator[str]:
        """See `engine.protocols.Facts`."""
        return residents(self, places)

    def count(self) -> int:
        """See `engine.protocols.Facts`."""
        ((found,),) = self.query(exp.select(exp.Count(this=exp.Star())).from_(table(layout.CONTACTS)), {})
        return int(found or 0)


def _compared(kind: Callable[..., exp.Expression], name: str, parameter: str) -> exp.Expression:
    return kind(this=column(name), expression=exp.Placeholder(this=parameter))


def _among(text: exp.Select, name: str, keys: Sequence[str]) -> tuple[exp.Select, dict[str, Stored]]:
    names = [f"key_{n}" for n in range(len(keys))]
    test = exp.In(this=column(name), expressions=[exp.Placeholder(this=n) for n in names])
    return text.where(test), dict(zip(names, keys, strict=True))
