"""The executors by name, over a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl.model import Model
from engine.evaluation import Executor
from engine.plan import Plan
from engine.protocols import SqlFacts

if TYPE_CHECKING:
    from engine.sql.statements import Statements

EXECUTORS: tuple[str, ...] = ("interpreter", "sql")


def executor(
    name: str,
    model: Model,
    plan: Plan,
    facts: SqlFacts,
    time_zone: str,
    statements: Statements | None = None,
) -> Executor:
    """`interpreter` or `sql`, for this model and its plan; `statements` of this plan are used again."""
    if name == "interpreter":
        from engine.interpret import InterpreterExecutor

        return InterpreterExecutor(model, facts, time_zone)
    from engine.sql.executor import SqlExecutor

    return SqlExecutor(plan, facts, time_zone, statements)
