"""Edits of definitions: the state of the tick before, reckoned anew with the new text (LANGUAGE.md §5, trigger).

What a tick remembers of edited scores and segments is what the tick before would have seen by the new text: stages
that are left lower than entered, and intervals of membership, go on from there. So an edit alone fires nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from dsl.model import Model, OnWhen
from engine.evaluation import Evaluation, Executor, Memory
from engine.protocols import LedgerRead
from engine.records import Tick


@dataclass(frozen=True, slots=True)
class Edits:
    """What was edited since the tick before, by name; `before` is its state with the new text. `known`: contacts that
    it saw."""

    populations: frozenset[str]
    scores: frozenset[str]
    before: Evaluation
    known: Collection[str]

    def members(self, population: str) -> frozenset[str]:
        """Who was inside by the new text."""
        return members_of(self.before, population).intersection(self.known)

    def stages(self, score: str) -> dict[str, str]:
        """Who stood where by the new text."""
        return {c: stage for c, stage in self.before.stages[score].items() if c in self.known}

    def remembered(self, memory: Memory) -> Memory:
        """What a tick remembers: of what was edited only what the new text confirms."""
        stages = {name: self.stages(name) if name in self.scores else held for name, held in memory.stages.items()}
        entered = {
            name: {c: at for c, at in held.items() if c in self.members(name)} if name in self.populations else held
            for name, held in memory.entered.items()
        }
        return replace(memory, stages=stages, entered=entered)


def edits_of(
    model: Model, hashes: Mapping[str, str], executor: Executor, ledger: LedgerRead, last: Tick, memory: Memory
) -> Edits | None:
    """What was edited since the tick before; None if nothing was. `hashes`: of the definitions now; `memory`: what an
    evaluation as of the tick before reads of the ledger, with the stages that it left."""
    recorded = ledger.definitions()

    def edited(name: str) -> bool:
        return recorded.get(name) != hashes.get(name)

    found = frozenset(name for name, (_, definition) in populations(model).items() if edited(definition))
    scores = frozenset(name for name, score in model.scores.items() if edited(f"score {score.id}"))
    if not found and not scores:
        return None
    return Edits(found, scores, executor.evaluate(last.as_of, memory), ledger.known_contacts())


def populations(model: Model) -> dict[str, tuple[str, str]]:
    """Everything whose members the ledger keeps: name -> (its name in the ledger, the name of its definition). The
    condition of `when` is a segment without a name."""
    found = {name: (segment.id, f"segment {segment.id}") for name, segment in model.segments.items()}
    for trigger in model.triggers.values():
        if isinstance(trigger.cause, OnWhen):
            found[f"trigger {trigger.name} when"] = (f"trigger {trigger.id}", f"cause {trigger.id}")
    return found


def members_of(evaluation: Evaluation, population: str) -> frozenset[str]:
    """Who was inside of a population."""
    found = evaluation.segments.get(population)
    return evaluation.conditions[population] if found is None else found
