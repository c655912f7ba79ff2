"""What differs between engines, one switch each with its reason. Everything else in this package is one body of code.

The ground rules that need no switch: integers only, no LIKE (case-insensitive on SQLite), no casts, no text order but
by code point, every test closed over missing values before it is combined, remainders and divisions of negatives only
where cutting toward zero is meant (all engines do that).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlglot import exp

from engine.layout import Kind


def _typed(a: exp.Expression, b: exp.Expression) -> exp.Expression:
    # sqlglot's IntDiv goes through REAL on SQLite, which has 53 bits, and through NUMERIC on Postgres; `/` of two
    # integers is exact on both
    return exp.Div(this=a, expression=b, typed=True)


def _slashes(a: exp.Expression, b: exp.Expression) -> exp.Expression:
    # `/` of two integers is a float on DuckDB
    return exp.IntDiv(this=a, expression=b)


def _as_it_is(a: exp.Expression) -> exp.Expression:
    return a


def _not_real(a: exp.Expression) -> exp.Expression:
    """SQLite goes on in floating point where 64 bits do not suffice, and so would everything reckoned from it. The
    smallest integer has no absolute value, which is an error; written with `a` in it, or SQLite works it out ahead."""
    none = exp.Paren(this=exp.Is(this=exp.Paren(this=a.copy()), expression=exp.null()))
    least = exp.Sub(this=exp.Sub(this=none, expression=exp.Literal.number(2**63 - 1)), expression=exp.Literal.number(1))
    real = exp.EQ(this=exp.func("typeof", a.copy(), dialect="sqlite"), expression=exp.Literal.string("real"))
    return exp.Case(ifs=[exp.If(this=real, true=exp.Abs(this=least))], default=a)


@dataclass(frozen=True, slots=True)
class Depth:
    """How many signs may wait for their ends in a condition, whatever its single tests are made of, and in a value,
    where a statement is cut; `whole`: in all that stands around each other (`engine.sql.earliest.depth`), which is read
    without cutting."""

    conditions: int
    values: int
    whole: int


@dataclass(frozen=True, slots=True)
class Dialect:
    """The switches of one engine."""

    name: str
    divide: Callable[[exp.Expression, exp.Expression], exp.Expression]
    """Integer division, cut toward zero; operands are plain columns, literals, or in parentheses."""

    most_joins: int
    """How many tables one select may join; the rest goes into a further step."""

    sized: bool
    """Integers have sizes: literals and parameters are of 32 bits unless they say 64, sums of more (see `finished`).
    SQLite knows only 64 bits."""

    fitting: Callable[[exp.Expression], exp.Expression]
    """What was reckoned from values of users, or an error where it leaves 64 bits."""

    longest_name: int | None
    """How many bytes of a name count."""

    joins_ranges: bool
    """Local days of events by a join with the stretches of the zone's offsets, all of them matched against each event:
    DuckDB takes a look-up of the newest stretch for each event apart and puts it together again, which took most of
    the time of a pass. The others search the stretch in the key of the table, and only for events that count."""

    stored_frames: bool
    """Frames are put down as tables on their way (`AS MATERIALIZED`), so that no text of an expression is put
    wherever its name stands. SQLite goes through a frame row by row where `OFFSET 0` keeps it whole, and DuckDB reckons
    each step once anyhow; neither then needs the memory for all columns of all contacts."""

    deepest: Depth | None
    """How deep conditions and values may nest (`engine.sql.nesting`); None: deeper than the language lets them."""

    skips_missing: bool
    """The greatest and least of several are those that are not missing; SQLite knows none where one is missing."""

    text: exp.Expression
    """The type of a text column, compared and ordered by code point; a comparison takes the order of the column in
    it. SQLite and DuckDB do so by themselves, a Postgres database as it was made."""

    def column(self, kind: Kind) -> exp.Expression:
        """The type of a column."""
        return self.text.copy() if kind == "text" else exp.DataType.build("bigint")


_TEXT = exp.DataType.build("text")
_BY_CODE_POINT = exp.Collate(this=_TEXT.copy(), expression=exp.to_identifier("C", quoted=True))

SQLITE = Dialect(
    "sqlite",
    divide=_typed,
    most_joins=40,
    sized=False,
    fitting=_not_real,
    longest_name=None,
    joins_ranges=False,
    stored_frames=False,
    # random statements were read up to 186, and none was from 204 on
    deepest=Depth(conditions=40, values=30, whole=180),
    skips_missing=False,
    text=_TEXT,
)
"""SQLite's hard limit is 64 tables in a join. Its parser (until 3.46) holds a hundred signs; what stands around a
condition needs some of them."""

DUCKDB = Dialect(
    "duckdb",
    divide=_slashes,
    most_joins=40,
    sized=True,
    fitting=_as_it_is,
    longest_name=None,
    joins_ranges=True,
    stored_frames=False,
    deepest=None,
    skips_missing=True,
    text=_TEXT,
)

POSTGRES = Dialect(
    "postgres",
    divide=_typed,
    most_joins=40,
    sized=True,
    fitting=_as_it_is,
    longest_name=63,
    joins_ranges=False,
    stored_frames=True,
    deepest=None,
    skips_missing=True,
    text=_BY_CODE_POINT,
)
"""Postgres cuts longer names silently, and two that begin alike become one."""

DIALECTS = {d.name: d for d in (SQLITE, DUCKDB, POSTGRES)}
"""All engines, by sqlglot's name."""

_NARROW = (exp.EQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Limit, exp.WindowSpec)
"""Where the size of a literal does not matter: nothing is reckoned with it."""


def finished(tree: exp.Select, dialect: Dialect, parameters: Mapping[str, Kind]) -> exp.Select:
    """The statement with the sizes that its engine wants to know; `parameters` tells the kind of each one.

    Every number is of 64 bits, as on SQLite: without a cast `100000 * 100000` is an error on engines that take both for
    32 bits. A sum of 64-bit numbers is wider on DuckDB (128 bits) and Postgres (NUMERIC); cast back it is an error
    where it does not fit, which it is on SQLite too. The tree is changed in place.
    """
    if not dialect.sized:
        return tree
    for node in list(tree.walk()):
        match node:
            case exp.Placeholder():
                _cast(node, "text" if parameters[node.name] == "text" else "bigint")
            case exp.Literal() | exp.Neg(this=exp.Literal()) if node.find_ancestor(exp.Substring) is not None:
                pass  # places in a text are of 32 bits on Postgres
            case exp.Literal(is_string=False) if not isinstance(node.parent, (exp.Neg, *_NARROW)):
                _cast(node, "bigint")
            case exp.Neg(this=exp.Literal()) if not isinstance(node.parent, _NARROW):
                _cast(node, "bigint")
            case exp.Sum():
                whole: exp.Expression = node
                while isinstance(whole.parent, exp.Filter | exp.Window) and whole.parent.this is whole:
                    whole = whole.parent
                _cast(whole, "bigint")
    return tree


def _cast(node: exp.Expression, kind: str) -> None:
    cast = exp.Cast(to=exp.DataType.build(kind))
    node.replace(cast)
    cast.set("this", node)
