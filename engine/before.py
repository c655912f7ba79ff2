"""The state of the tick before, reckoned anew (LANGUAGE.md §5, trigger): where definitions were edited since, with the
new text; and for contacts that were imported quietly since, as if it had seen them.

What a tick remembers of them is what the tick before would have seen: stages that are left lower than entered, and
intervals of membership, go on from there. So neither an edit nor a quiet import alone fires anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dsl.model import Model, OnWhen
from engine.evaluation import Evaluation, Executor, Memory
from engine.protocols import Facts, LedgerRead
from engine.records import Tick


@dataclass(frozen=True, slots=True)
class Anew:
    """What is reckoned anew: populations and scores that were edited since the tick before, by name, and contacts that
    came quietly. `before` is the state of that tick, `known` the contacts that it saw."""

    populations: frozenset[str]
    scores: frozenset[str]
    before: Evaluation
    known: frozenset[str]
    quiet: frozenset[str]
    at: int
    """The instant of the tick before."""

    def members(self, population: str, recorded: frozenset[str]) -> frozenset[str]:
        """Who was inside. `recorded`: by the ledger."""
        inside = members_of(self.before, population)
        if population in self.populations:
            return inside & (self.known | self.quiet)
        return recorded | (inside & self.quiet)

    def stages(self, score: str, recorded: Mapping[str, str]) -> Mapping[str, str]:
        """Who stood where. `recorded`: by the ledger."""
        seen = self.known | self.quiet if score in self.scores else self.quiet
        anew = {c: stage for c, stage in self.before.stages[score].items() if c in seen}
        return anew if score in self.scores else {**recorded, **anew}

    def remembered(self, memory: Memory, midnight: int) -> Memory:
        """What a tick remembers: of what was edited only what the new text confirms. `midnight`: the last one, which
        classes read; where no tick came after it, it remembers what the tick before left."""
        held = self._confirmed(memory)
        if held.midnight is None or midnight < self.at:
            return held
        return replace(held, midnight=self._confirmed(held.midnight))

    def _confirmed(self, memory: Memory) -> Memory:
        stages = {name: self.stages(name, held) for name, held in memory.stages.items()}
        entered = {
            name: {c: held[c] for c in self.members(name, frozenset(held)).intersection(held)}
            for name, held in memory.entered.items()
        }
        return replace(memory, stages=stages, entered=entered)


def anew(
    model: Model,
    hashes: Mapping[str, str],
    executor: Executor,
    facts: Facts,
    ledger: LedgerRead,
    last: Tick,
    memory: Memory,
) -> Anew | None:
    """What is reckoned anew; None if nothing is. `hashes`: of the definitions now; `memory`: what an evaluation as of
    the tick before reads of the ledger, with the stages that it left."""
    recorded = ledger.definitions()

    def edited(name: str) -> bool:
        return recorded.get(name) != hashes.get(name)

    found = frozenset(name for name, (_, definition) in populations(model).items() if edited(definition))
    scores = frozenset(name for name, score in model.scores.items() if edited(f"score {score.id}"))
    known = ledger.known_contacts()
    quiet = ledger.quiet_contacts() - known
    if quiet:
        quiet = frozenset(contact.key for contact in facts.contacts(quiet))
    if not found and not scores and not quiet:
        return None
    before = executor.evaluate(last.as_of, memory)
    return Anew(found, scores, before, known, quiet, last.as_of)


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
