"""The statements of a plan as text, for `kadenz compile --stage sql`."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from engine.layout import Kind
from engine.plan import Plan
from engine.sql import build
from engine.sql.compile import Compiled
from engine.sql.compiling import compile_classes, compile_plan
from engine.sql.dialects import DIALECTS
from engine.sql.stating import columns_of, zone_pairs


def to_sql(plan: Plan, dialect: str = "sqlite") -> list[tuple[str, str]]:
    """(title, SQL) of each statement of an evaluation, in order, pretty printed, parameters as named placeholders.

    The text depends on the plan alone: instants are parameters, and what Python reckons stands in temporary tables.
    """
    found: list[tuple[str, str]] = []
    if plan.classes:
        compiled = compile_classes(plan, dialect, tiers_alone=True)
        found += _statements(compiled, "classes, as of the last midnight", dialect)
    return found + _statements(compile_plan(plan, dialect), "evaluation", dialect)


def _statements(compiled: Compiled, title: str, dialect: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if compiled.needs("zone"):
        found.append(("zones and countries of the contacts", zone_pairs(compiled).sql(dialect, pretty=True)))
    for name, (columns, key) in columns_of(compiled).items():
        found.append((f"temporary table {name}", _create(name, columns, key, dialect)))
    return [*found, (title, compiled.select.sql(dialect, pretty=True))]


def parameters(compiled: Compiled) -> tuple[str, ...]:
    """The names of the parameters of a statement, sorted."""
    return tuple(sorted({p.name for p in compiled.select.find_all(exp.Placeholder)}))


def _create(name: str, columns: Mapping[str, Kind], key: tuple[str, ...], dialect: str) -> str:
    definitions: list[exp.Expression] = [
        exp.ColumnDef(this=exp.to_identifier(c, quoted=True), kind=DIALECTS[dialect].column(kind))
        for c, kind in columns.items()
    ]
    definitions.append(exp.PrimaryKey(expressions=[exp.to_identifier(c, quoted=True) for c in key]))
    properties = exp.Properties(expressions=[exp.TemporaryProperty()])
    shape = exp.Schema(this=build.table(name), expressions=definitions)
    return exp.Create(this=shape, kind="TABLE", properties=properties).sql(dialect, pretty=True)
