"""The SQL executor over a copy of the facts on another engine, which follows before each question."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from dsl.model import Condition
from dsl.types import Stored
from engine.classes import Standings
from engine.evaluation import EVERYTHING, Evaluation, Memory, Run, Scope
from engine.plan import Plan
from engine.sql.executor import SqlExecutor
from engine.sql.statements import Statements

if TYPE_CHECKING:
    from adapters.stores.facts_engine import Carried, EngineFacts
    from adapters.stores.facts_record import RecordFacts


class FollowingExecutor:
    """Implements `engine.evaluation.Executor` on `copy`, which holds what `source` holds whenever it is asked: inside
    a snapshot of `source`, the state of that snapshot.

    `told` hears of each time of following. Raises StoreError where a value does not fit into the copy.
    """

    def __init__(
        self,
        plan: Plan,
        source: RecordFacts,
        copy: EngineFacts,
        time_zone: str,
        told: Callable[[Carried], None] = lambda _: None,
        statements: Statements | None = None,
    ) -> None:
        self._source = source
        self._copy = copy
        self._told = told
        self._executor = SqlExecutor(plan, copy, time_zone, statements)

    def standings(self, as_of: int, memory: Memory) -> Standings:
        """See `engine.evaluation.Executor`."""
        self._told(self._copy.follow(self._source))
        return self._executor.standings(as_of, memory)

    def evaluate(self, as_of: int, memory: Memory, scope: Scope = EVERYTHING) -> Evaluation:
        """See `engine.evaluation.Executor`."""
        self._told(self._copy.follow(self._source))
        return self._executor.evaluate(as_of, memory, scope)

    def values(self, define: str, as_of: int, memory: Memory) -> Iterator[tuple[str, Stored]]:
        """See `engine.evaluation.Executor`."""
        self._told(self._copy.follow(self._source))
        return self._executor.values(define, as_of, memory)

    def hold(self, condition: Condition, runs: Sequence[Run], as_of: int, memory: Memory) -> frozenset[str]:
        """See `engine.evaluation.Executor`."""
        self._told(self._copy.follow(self._source))
        return self._executor.hold(condition, runs, as_of, memory)
