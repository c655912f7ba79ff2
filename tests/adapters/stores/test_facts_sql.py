"""The one statement that is put together as text says what a tree of sqlglot would say."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from adapters.stores import facts_sql

NAMES = st.text(st.sampled_from("aZ_9 .'\"`;[]?:-é"), min_size=1, max_size=6)
TESTS = st.builds(
    facts_sql.Where, st.sampled_from(("among", "among numbers", "at most", "after")), NAMES, st.just("given")
)


def as_tree(test: facts_sql.Where) -> exp.Expression:
    column, value = exp.column(test.column, quoted=True), exp.Placeholder(this=test.parameter)
    match test.kind:
        case "at most":
            return exp.LTE(this=column, expression=value)
        case "after":
            return exp.GT(this=column, expression=value)
        case _:
            word = "each" if test.kind == "among" else "each_number"
            values = exp.select("value").from_(exp.Anonymous(this=word, expressions=[value]))
            return exp.In(this=column, query=exp.Subquery(this=values))


@given(NAMES, st.lists(NAMES, min_size=1, max_size=3), st.lists(TESTS, max_size=3), st.lists(NAMES, max_size=2))
def test_a_select_is_what_its_tree_would_be(
    table: str, columns: list[str], tests: list[facts_sql.Where], order: list[str]
) -> None:
    tree = exp.select(*(exp.column(c, quoted=True) for c in columns)).from_(
        exp.Table(this=exp.to_identifier(table, quoted=True))
    )
    if tests:
        tree = tree.where(*(as_tree(test) for test in tests))
    if order:
        tree = tree.order_by(*(exp.column(c, quoted=True) for c in order))
    assert facts_sql.select(table, columns, where=tests, order=order) == tree.sql("sqlite", normalize_functions=False)
