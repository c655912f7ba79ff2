"""The state of the tick before, reckoned anew (LANGUAGE.md §5, trigger): where definitions were edited since, with the
new text; and for contacts that were imported quietly since, as if it had seen them.

What a tick remembers of them is what the tick before would have seen: stages that are left lower than entered, and
intervals of membership, go on from there. So neither an edit nor a quiet import alone fires anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dsl.model import Model, OnWhen
from engine.evaluation import Evaluation, Executor, Memory, Named, Scope
from engine.protocols import Facts, LedgerRead
from engine.records import Tick


@dataclass(frozen=True, slots=True)
class Anew:
    """What is reckoned anew: populations and scores that were edited since the tick before, by name, and contacts that
    came quietly. `edited` and `quietly` are the state of that tick for the ones and the others. `known`: the contacts
    that it saw; asked for where something was edited.
    """

    populations: frozenset[str]
    scores: frozenset[str]
    edited: Evaluation | None
    quietly: Evaluation | None
    known: frozenset[str]
    quiet: frozenset[str]
    at: int
    """The instant of the tick before."""

    def members(self, population: str, recorded: frozenset[str]) -> frozenset[str]:
        """Who was inside. `recorded`: by the ledger."""
        if population in self.populations and self.edited is not None:
            return members_of(self.edited, population) & (self.known | self.quiet)
        return recorded if self.quietly is None else recorded | (members_of(self.quietly, population) & self.quiet)

    def stages(self, score: str, recorded: Mapping[str, str]) -> Mapping[str, str]:
        """Who stood where. `recorded`: by the ledger."""
        if score in self.scores and self.edited is not None:
            seen = self.known | self.quiet
            return {c: stage for c, stage in self.edited.stages[score].items() if c in seen}
        if self.quietly is None:
            return recorded
        return {**recorded, **{c: s for c, s in self.quietly.stages[score].items() if c in self.quiet}}

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
    """What is reckoned anew, by one evaluation of everybody; None if nothing is. `hashes`: of the definitions now;
    `memory`: what an evaluation as of the tick before reads of the ledger, with the stages that it left."""
    edited = edited_since(model, hashes, ledger)
    known = ledger.known_contacts()
    quiet = _quiet(facts, ledger, known)
    if not edited and not quiet:
        return None
    before = executor.evaluate(last.as_of, memory)
    return Anew(*_names(edited), before, before, known, quiet, last.as_of)


def anew_apart(
    edited: frozenset[Named], executor: Executor, facts: Facts, ledger: LedgerRead, last: Tick, memory: Memory
) -> Anew | None:
    """The same without evaluating everything about everybody: what was edited about all contacts, and everything about
    those who came quietly."""
    imported = ledger.quiet_contacts()
    quiet = _quiet(facts, ledger, ledger.known_contacts(imported))
    if not edited and not quiet:
        return None
    before = executor.evaluate(last.as_of, memory, Scope(only=edited)) if edited else None
    quietly = executor.evaluate(last.as_of, memory, Scope(among=quiet)) if quiet else None
    known = ledger.known_contacts() if edited else frozenset()
    return Anew(*_names(edited), before, quietly, known, quiet, last.as_of)


def edited_since(model: Model, hashes: Mapping[str, str], ledger: LedgerRead) -> frozenset[Named]:
    """The populations and scores that have another text than at the tick before."""
    recorded = ledger.definitions()
    return frozenset(n for n, held in compared(model).items() if recorded.get(held) != hashes.get(held))


def compared(model: Model) -> dict[Named, str]:
    """Everything that a tick compares with the tick before, with the name of its definition."""
    found: dict[Named, str] = {}
    for name, (_, definition) in populations(model).items():
        found[named(model, name)] = definition
    found.update((("score", name), f"score {score.id}") for name, score in model.scores.items())
    return found


def _names(edited: frozenset[Named]) -> tuple[frozenset[str], frozenset[str]]:
    """Populations and scores apart."""
    scores = frozenset(name for kind, name in edited if kind == "score")
    return frozenset(name for kind, name in edited if kind != "score"), scores


def _quiet(facts: Facts, ledger: LedgerRead, known: frozenset[str]) -> frozenset[str]:
    """Those who were imported quietly since the tick before, as far as they are there."""
    quiet = ledger.quiet_contacts() - known
    return frozenset(contact.key for contact in facts.contacts(quiet)) if quiet else quiet


def populations(model: Model) -> dict[str, tuple[str, str]]:
    """Everything whose members the ledger keeps: name -> (its name in the ledger, the name of its definition). The
    condition of `when` is a segment without a name."""
    found = {name: (segment.id, f"segment {segment.id}") for name, segment in model.segments.items()}
    for trigger in model.triggers.values():
        if isinstance(trigger.cause, OnWhen):
            found[f"trigger {trigger.name} when"] = (f"trigger {trigger.id}", f"cause {trigger.id}")
    return found


def named(model: Model, population: str) -> Named:
    """What an evaluation calls a population."""
    return "segment" if population in model.segments else "condition", population


def members_of(evaluation: Evaluation, population: str) -> frozenset[str]:
    """Who was inside of a population."""
    found = evaluation.segments.get(population)
    return evaluation.conditions[population] if found is None else found
