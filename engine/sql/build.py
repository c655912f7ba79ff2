"""Small builders of sqlglot trees: quoted names, balanced connectors, closed tests. Nothing here knows the language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from sqlglot import exp

from engine.layout import Kind

OPTIONS = "options"
"""The rows of a choice (`chosen`)."""


def column(name: str, table: str) -> exp.Column:
    """A quoted column of a table alias."""
    return exp.column(name, table=table, quoted=True)


def table(name: str, alias: str | None = None) -> exp.Table:
    """A quoted table."""
    found = exp.Table(this=exp.to_identifier(name, quoted=True))
    if alias is not None:
        found.set("alias", exp.TableAlias(this=exp.to_identifier(alias, quoted=True)))
    return found


def named(expression: exp.Expression, name: str) -> exp.Alias:
    """`expression AS "name"`."""
    return exp.Alias(this=expression, alias=exp.to_identifier(name, quoted=True))


def number(value: int) -> exp.Expression:
    """A literal of the plan's own (never a value of a user: those are parameters)."""
    return exp.Literal.number(value)


def parens(expression: exp.Expression) -> exp.Expression:
    """In parentheses, unless it is atomic."""
    plain = (exp.Column, exp.Literal, exp.Placeholder, exp.Paren, exp.Func, exp.Boolean, exp.Case)
    if isinstance(expression, plain) and not isinstance(expression, exp.Connector):
        return expression
    return exp.Paren(this=expression)


def _balanced(
    items: Sequence[exp.Expression], join: Callable[[exp.Expression, exp.Expression], exp.Expression]
) -> exp.Expression:
    # a long chain nests as deep as it is long, and SQLite stops at a depth of 1000
    if len(items) == 1:
        return items[0]
    middle = len(items) // 2
    return join(parens(_balanced(items[:middle], join)), parens(_balanced(items[middle:], join)))


def all_true(items: Sequence[exp.Expression]) -> exp.Expression:
    """AND; true over nothing."""
    return _balanced(items, lambda a, b: exp.And(this=a, expression=b)) if items else exp.true()


def any_true(items: Sequence[exp.Expression]) -> exp.Expression:
    """OR; false over nothing."""
    return _balanced(items, lambda a, b: exp.Or(this=a, expression=b)) if items else exp.false()


def total(items: Sequence[exp.Expression]) -> exp.Expression:
    """The sum; 0 over nothing."""
    return _balanced(items, lambda a, b: exp.Add(this=a, expression=b)) if items else number(0)


def minus(a: exp.Expression, b: exp.Expression) -> exp.Expression:
    """`a - b`."""
    return exp.Sub(this=parens(a), expression=parens(b))


def times(a: exp.Expression, b: exp.Expression | int) -> exp.Expression:
    """`a * b`; nothing to do for the factor 1."""
    if b == 1:
        return a
    return exp.Mul(this=parens(a), expression=number(b) if isinstance(b, int) else parens(b))


def rest(a: exp.Expression, b: exp.Expression) -> exp.Expression:
    """The remainder; its sign is that of `a`."""
    return exp.Mod(this=parens(a), expression=parens(b))


def not_(a: exp.Expression) -> exp.Expression:
    """NOT."""
    return exp.Not(this=parens(a))


def compared(op: str, a: exp.Expression, b: exp.Expression) -> exp.Expression:
    """`a op b`."""
    kinds: dict[str, Callable[..., exp.Expression]] = {
        "=": exp.EQ,
        "<": exp.LT,
        "<=": exp.LTE,
        ">": exp.GT,
        ">=": exp.GTE,
    }
    return kinds[op](this=parens(a), expression=parens(b))


def known(a: exp.Expression) -> exp.Expression:
    """`a IS NOT NULL`."""
    return exp.Not(this=exp.Is(this=parens(a), expression=exp.null()))


def missing(kind: Kind) -> exp.Expression:
    """NULL of a kind (a bare one is text on Postgres)."""
    return exp.Cast(this=exp.null(), to=exp.DataType.build("text" if kind == "text" else "bigint"))


def closed(test: exp.Expression) -> exp.Expression:
    """A test in which something may be missing, closed: missing is false."""
    return exp.Coalesce(this=test, expressions=[exp.false()])


def or_zero(a: exp.Expression) -> exp.Expression:
    """0 where it is missing."""
    return exp.Coalesce(this=a, expressions=[number(0)])


def case(*branches: tuple[exp.Expression, exp.Expression], default: exp.Expression | None = None) -> exp.Case:
    """CASE WHEN .. THEN .. ELSE .. END."""
    return exp.Case(ifs=[exp.If(this=test, true=value) for test, value in branches], default=default)


def chosen(kind: Literal["greatest", "least"], items: Sequence[exp.Expression]) -> exp.Expression:
    """The greatest or least of values that are not missing, each of them written once: an aggregate over rows."""
    rows = exp.Values(expressions=[exp.Tuple(expressions=[item]) for item in items])
    alias = exp.TableAlias(
        this=exp.to_identifier(OPTIONS, quoted=True), columns=[exp.to_identifier("option", quoted=True)]
    )
    aggregate = exp.Max if kind == "greatest" else exp.Min
    select = exp.Select(expressions=[aggregate(this=column("option", OPTIONS))]).from_(table(OPTIONS))
    select.set("with_", exp.With(expressions=[exp.CTE(this=rows, alias=alias)]))
    return exp.Subquery(this=select)


def options_of(node: exp.Expression) -> list[exp.Expression]:
    """The items of what `chosen` made; nothing of what it did not."""
    ahead = node.this.args.get("with_") if isinstance(node, exp.Subquery) else None
    rows = None if ahead is None else ahead.expressions[0].this
    return [row.expressions[0] for row in rows.expressions] if isinstance(rows, exp.Values) else []


def flag(test: exp.Expression) -> exp.Expression:
    """1 or 0."""
    return case((test, number(1)), default=number(0))


def filtered(aggregate: exp.Expression, test: exp.Expression | None) -> exp.Expression:
    """`aggregate FILTER (WHERE test)`."""
    return aggregate if test is None else exp.Filter(this=aggregate, expression=exp.Where(this=test))


def joined(query: exp.Select, source: exp.Expression, on: exp.Expression, *, left: bool = False) -> exp.Select:
    """The query with one more join."""
    return query.join(source, on=on, join_type="LEFT" if left else "", copy=False)
