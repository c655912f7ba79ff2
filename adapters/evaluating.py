"""The executor of one verb: chosen by name or size, opened when it is first asked, and given back at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Self

from adapters.engine_choice import COPIES, Choice
from adapters.stores.facts_migrations import StoreError
from dsl.model import Condition, Model
from dsl.types import Stored
from engine.classes import Standings
from engine.evaluation import EVERYTHING, Evaluation, Executor, Memory, Run, Scope
from engine.plan import Plan

if TYPE_CHECKING:
    from adapters.stores.facts_engine import Carried, EngineFacts
    from adapters.stores.facts_record import RecordFacts
    from engine.sql.statements import Statements


class Evaluating:
    """Implements `engine.evaluation.Executor` over `facts`, or over a copy of them that `open_copy` opens.

    A copy is used by one process at a time, from the first question until `close`. Where the choice was by size alone,
    SQLite answers what is asked about some contacts and not all (as ticks do), and everything where the copy cannot be
    used now; `choice` says what answered. `begins` hears how far the copy is
    behind before it follows (None: it starts over), `told` of each time that it followed. `statements`: of this plan,
    to be used again. Raises StoreError where a
    copy that was asked for cannot be used.
    """

    def __init__(
        self,
        model: Model,
        plan: Plan,
        facts: RecordFacts,
        time_zone: str,
        choice: Choice,
        open_copy: Callable[[Choice], AbstractContextManager[EngineFacts]],
        begins: Callable[[int | None], None] = lambda _: None,
        told: Callable[[str, Carried], None] = lambda *_: None,
        statements: Statements | None = None,
    ) -> None:
        self._model = model
        self._plan = plan
        self._facts = facts
        self._zone = time_zone
        self._open_copy = open_copy
        self._begins = begins
        self._told = told
        self._statements = statements
        self._held = ExitStack()
        self._executor: Executor | None = None
        self._at_hand: Executor | None = None
        self._wanted = choice
        self.choice = choice

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the copy back. What was answered stays; the next question opens it again."""
        self._executor = None
        self._held.close()

    @property
    def used(self) -> bool:
        """Whether it was asked anything since it was opened."""
        return self._executor is not None or self._at_hand is not None

    def _ready(self) -> Executor:
        if self._executor is None:
            self._executor = self._opened()
        return self._executor

    def _opened(self) -> Executor:
        if self._wanted.engine in COPIES and not self._wanted.record:
            try:
                opened = self._following()
            except StoreError as error:
                self._held.close()
                if not self._wanted.free:
                    raise
                self._wanted = Choice("sqlite", f"the copy cannot be used now: {error}", free=True, notable=True)
            else:
                self.choice = self._wanted
                return opened
        self.choice = self._wanted
        return self._here("interpreter" if self._wanted.engine == "interpreter" else "sql")

    def _here(self, name: str) -> Executor:
        from adapters.executors import executor

        return executor(name, self._model, self._plan, self._facts, self._zone, self._statements)

    def _for_some(self) -> Executor:
        """For a question about some contacts: a copy that the size alone chose is not worth opening for it."""
        if not self._wanted.free or self._executor is not None:
            return self._ready()
        if self._at_hand is None:
            self._at_hand = self._here("sql")
            self.choice = Choice("sqlite", "it was asked about some contacts, not all", free=True)
        return self._at_hand

    def _following(self) -> Executor:
        from adapters.copies import FollowingExecutor

        copy = self._held.enter_context(self._open_copy(self._wanted))
        self._begins(copy.behind(self._facts))
        self._told(self._wanted.engine, copy.follow(self._facts))
        return FollowingExecutor(self._plan, self._facts, copy, self._zone, statements=self._statements)

    def standings(self, as_of: int, memory: Memory) -> Standings:
        """See `engine.evaluation.Executor`."""
        return self._ready().standings(as_of, memory)

    def evaluate(self, as_of: int, memory: Memory, scope: Scope = EVERYTHING) -> Evaluation:
        """See `engine.evaluation.Executor`."""
        ready = self._ready() if scope.among is None else self._for_some()
        return ready.evaluate(as_of, memory, scope)

    def values(self, define: str, as_of: int, memory: Memory) -> Iterator[tuple[str, Stored]]:
        """See `engine.evaluation.Executor`."""
        return self._ready().values(define, as_of, memory)

    def hold(self, condition: Condition, runs: Sequence[Run], as_of: int, memory: Memory) -> frozenset[str]:
        """See `engine.evaluation.Executor`."""
        return self._for_some().hold(condition, runs, as_of, memory)
