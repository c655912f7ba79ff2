"""The statements of the facts store, as sqlglot trees rendered once per table. Plain reads do without: the library is
imported by who builds a tree. They are in the words of `adapters.stores.facts_database`.

Parameters are positional in writes (hot paths, `executemany`) and `:keys`, `:up_to` .. in reads.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from engine.layout import Kind

if TYPE_CHECKING:
    from sqlglot import exp


def quoted(name: str) -> str:
    """A name as an identifier, as sqlglot quotes it."""
    return '"' + name.replace('"', '""') + '"'


def _column(name: str) -> exp.Column:
    from sqlglot import exp

    return exp.column(name, quoted=True)


def _table(name: str, schema: str | None = None) -> exp.Table:
    from sqlglot import exp

    return exp.Table(this=exp.to_identifier(name, quoted=True), db=exp.to_identifier(schema))


@dataclass(frozen=True, slots=True)
class Where:
    """A condition of a select: `among` the texts or numbers bound to `:parameter` (`FactsDatabase.keys`), `at most` or
    `after` the value bound to it."""

    kind: Literal["among", "among numbers", "at most", "after"]
    column: str
    parameter: str

    def text(self) -> str:
        """The condition as text; `among` is one statement for any number of keys."""
        column, value = quoted(self.column), f":{self.parameter}"
        match self.kind:
            case "among":
                return f"{column} IN (SELECT value FROM each({value}))"  # noqa: S608  # a quoted name
            case "among numbers":
                return f"{column} IN (SELECT value FROM each_number({value}))"  # noqa: S608  # a quoted name
            case "at most":
                return f"{column} <= {value}"
            case "after":
                return f"{column} > {value}"


def select(table: str, columns: Sequence[str], *, where: Sequence[Where] = (), order: Sequence[str] = ()) -> str:
    """A select of these columns, conditions joined by `and`."""
    return _select(table, tuple(columns), tuple(where), tuple(order))


@lru_cache(maxsize=512)
def _select(table: str, columns: tuple[str, ...], where: tuple[Where, ...], order: tuple[str, ...]) -> str:
    """The one statement that is put together as text, with what `sqlglot` would make of it: to look at one contact
    takes less time than to import the library."""
    text = f"SELECT {', '.join(map(quoted, columns))} FROM {quoted(table)}"  # noqa: S608  # quoted names alone
    if where:
        text += " WHERE " + " AND ".join(test.text() for test in where)
    if order:
        text += " ORDER BY " + ", ".join(map(quoted, order))
    return text


def count_before(table: str, column: str) -> str:
    """How many rows have less than `:before` in a column."""
    return f"SELECT count(*) FROM {quoted(table)} WHERE {quoted(column)} < :before"  # noqa: S608  # quoted names


def some_before(table: str, key: str, column: str) -> str:
    """The keys of up to `:size` rows that have less than `:before` in a column."""
    select = f"SELECT {quoted(key)} FROM {quoted(table)}"  # noqa: S608  # quoted names
    return f"{select} WHERE {quoted(column)} < :before LIMIT :size"


def select_distinct(table: str, column: str) -> str:
    """The different values of a column."""
    return f"SELECT DISTINCT {quoted(column)} FROM {quoted(table)}"  # noqa: S608  # quoted names


@lru_cache(maxsize=8)
def bearers(table: str, key: str, columns: tuple[str, ...], *, folded: bool) -> str:
    """Key and these columns of the rows that have `:text` in one of them; text as well, for the same reason. `folded`:
    small letters, and all rows with letters that SQLite cannot make small."""
    names = [quoted(name) for name in columns]
    test = "LOWER({0}) = :text OR LENGTH({0}) <> bytes_of({0})" if folded else "{0} = :text"
    where = " OR ".join(test.format(name) for name in names)
    return f"SELECT {', '.join((quoted(key), *names))} FROM {quoted(table)} WHERE {where}"  # noqa: S608  # quoted names


def among(column: str, parameter: str = "keys", kind: Kind = "text") -> Where:
    """The column's value is among those bound to `:parameter`; `kind`: what the column holds."""
    return Where("among" if kind == "text" else "among numbers", column, parameter)


def at_most(column: str, parameter: str) -> Where:
    """`column <= :parameter`."""
    return Where("at most", column, parameter)


def after(column: str, parameter: str) -> Where:
    """`column > :parameter`."""
    return Where("after", column, parameter)


def delete(table: str, where: Where) -> str:
    """A delete of some rows."""
    return f"DELETE FROM {quoted(table)} WHERE {where.text()}"  # noqa: S608  # quoted names


@lru_cache(maxsize=256)
def insertion(table: str, columns: tuple[str, ...], key: tuple[str, ...], given: str) -> str:
    """An insert of all rows of the temporary table `given`; with `key`, see `insert`."""
    from sqlglot import exp

    rows = exp.select(*map(_column, columns)).from_(_table(given))
    return _inserting(table, columns, key, None, rows).sql("postgres")


@lru_cache(maxsize=256)
def correction(table: str, columns: tuple[str, ...], key: str, given: str) -> str:
    """An update of these columns of the rows that have a row of the same key in the temporary table `given`."""
    from sqlglot import exp

    tree = exp.Update(
        this=_table(table),
        expressions=[exp.EQ(this=_column(c), expression=exp.column(c, table=given, quoted=True)) for c in columns],
        from_=exp.From(this=_table(given)),
        where=exp.Where(
            this=exp.EQ(
                this=exp.column(key, table=table, quoted=True), expression=exp.column(key, table=given, quoted=True)
            )
        ),
    )
    return tree.sql("postgres")


def insert(table: str, columns: Sequence[str], *, key: Sequence[str] = (), schema: str | None = None) -> str:
    """An insert of one row; with `key`, a row that is there takes the new values (columns not named stay)."""
    if not key:  # as `sqlglot` says it: to fill a temporary table takes less time than to import the library
        into = quoted(table) if schema is None else f"{schema}.{quoted(table)}"
        names = ", ".join(map(quoted, columns))
        return f"INSERT INTO {into} ({names}) VALUES ({', '.join('?' for _ in columns)})"  # noqa: S608  # quoted names
    from sqlglot import exp

    values = exp.Values(expressions=[exp.Tuple(expressions=[exp.Placeholder() for _ in columns])])
    return _inserting(table, columns, key, schema, values).sql("sqlite")


def _inserting(
    table: str, columns: Sequence[str], key: Sequence[str], schema: str | None, rows: exp.Expression
) -> exp.Insert:
    from sqlglot import exp

    tree = exp.Insert(
        this=exp.Schema(this=_table(table, schema), expressions=[exp.to_identifier(c, quoted=True) for c in columns]),
        expression=rows,
    )
    if key:
        rest = [c for c in columns if c not in key]
        news = [exp.EQ(this=_column(c), expression=exp.column(c, table="excluded", quoted=True)) for c in rest]
        tree.set(
            "conflict",
            exp.OnConflict(
                conflict_keys=[exp.to_identifier(c, quoted=True) for c in key],
                action=exp.Var(this="DO UPDATE" if rest else "DO NOTHING"),
                expressions=news,
            ),
        )
    return tree


def update(table: str, columns: Sequence[str], where: str) -> str:
    """An update of these columns of the row whose column `where` equals the last parameter."""
    from sqlglot import exp

    tree = exp.Update(
        this=_table(table),
        expressions=[exp.EQ(this=_column(c), expression=exp.Placeholder()) for c in columns],
        where=exp.Where(this=exp.EQ(this=_column(where), expression=exp.Placeholder())),
    )
    return tree.sql("sqlite")


def lacking(table: str, column: str) -> str:
    """Those of the texts bound to `:keys` that no row has in its column."""
    held = f"SELECT 1 FROM {quoted(table)} WHERE {quoted(column)} = value"  # noqa: S608  # quoted names
    return f"SELECT value FROM each(:keys) WHERE NOT EXISTS ({held})"  # noqa: S608


def any_row(table: str) -> str:
    """One row of a table, if it has any."""
    from sqlglot import exp

    return exp.select("1").from_(_table(table)).limit(1).sql("sqlite")


def make_temporary(
    connection: sqlite3.Connection, name: str, columns: Mapping[str, Literal["text", "integer"]], key: Sequence[str]
) -> None:
    """(Re)make an empty temporary table; with a key it lies in the order of the key."""
    definitions = [f"{quoted(column)} {kind.upper()}" for column, kind in columns.items()]
    if key:
        definitions.append(f"PRIMARY KEY ({', '.join(map(quoted, key))})")
    table = f"temp.{quoted(name)}"
    connection.execute(f"DROP TABLE IF EXISTS {table}")
    # without rowid the key is the table itself
    connection.execute(f"CREATE TABLE {table} ({', '.join(definitions)})" + (" WITHOUT ROWID" if key else ""))


def temporary_shape(connection: sqlite3.Connection, name: str) -> tuple[list[tuple[str, str]], list[str]]:
    """The columns of a temporary table with what they hold, and its key; nothing if there is no such table."""
    rows = connection.execute("SELECT name, lower(type), pk FROM pragma_table_info(?, 'temp')", (name,)).fetchall()
    keyed = sorted((place, column) for column, _, place in rows if place)
    return [(column, kind) for column, kind, _ in rows], [column for _, column in keyed]


def empty_temporary(connection: sqlite3.Connection, name: str) -> None:
    """Take all rows out of a temporary table."""
    connection.execute(f"DELETE FROM temp.{quoted(name)}")  # noqa: S608  # a quoted name
