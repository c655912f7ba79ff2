"""What a tick needs, and what it reads of the ledger before it begins."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from dsl.model import Model, Trigger
from engine.evaluation import Executor, Memory, memory_of
from engine.instants import scheduled_instant
from engine.protocols import Facts, Ledger, LedgerRead
from engine.tick.choice import MEASURED, Costs, Passes
from engine.zones import zone


def _no_time() -> float:
    return 0.0


@dataclass(frozen=True)
class Engine:
    """Everything a tick needs, fixed for one definition of the playbooks.

    `active_from` (microseconds UTC) is kadenz.yaml's; `settle` in microseconds. `always_full`: why a tick has to
    evaluate everybody each time (`engine.horizon.always_full` says it of a plan); None: it need not. `stopwatch`
    answers seconds.
    """

    model: Model
    plan_hash: str
    definition_hashes: Mapping[str, str]
    executor: Executor
    facts: Facts
    ledger: Ledger
    time_zone: str
    active_from: int | None = None
    settle: int = 0
    always_full: str | None = "nobody has asked whether the plan can do with less"
    passes: Passes = "chosen"
    not_before: int | None = None
    """Nothing up to this instant fires a trigger, whatever the playbooks say: where a replay begins."""
    costs: Costs = MEASURED
    stopwatch: Callable[[], float] = _no_time


def memory_at(engine: Engine, ledger: LedgerRead, as_of: int, contacts: Collection[str] | None = None) -> Memory:
    """What an evaluation at `as_of` reads of the ledger (`engine.evaluation.memory_of`)."""
    return memory_of(engine.model, ledger, as_of, engine.time_zone, contacts)


def activity(engine: Engine, trigger: Trigger, recorded: Mapping[str, int], as_of: int) -> tuple[int, int | None]:
    """From when and to when a trigger is active: its clause, else kadenz.yaml, else from its first tick
    (LANGUAGE.md §5, trigger)."""
    start = _wall(trigger.active_from, engine.time_zone)
    if start is None:
        start = engine.active_from
    if start is None:
        start = recorded.get(trigger.id, as_of)
    if engine.not_before is not None:
        start = max(start, engine.not_before)
    end = _wall(trigger.active_to, engine.time_zone)
    if end is not None and trigger.active_to is not None and trigger.active_to[1] == 24 * 60:
        end -= 1  # a whole day: midnight belongs to the next one
    return start, end


def _wall(moment: tuple[int, int] | None, time_zone: str) -> int | None:
    return None if moment is None else scheduled_instant(moment[0], moment[1], zone(time_zone))
