"""What a tick counts: contacts, members, stages, the data that is as expected. From an evaluation of everybody, or from
the ledger, which keeps who was where: then nothing is read but the numbers.

For that the ledger keeps two populations of a quality block as it keeps members of segments: whom the block speaks of,
and for each expected share those who do not meet it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dsl.model import ExpectedShare, Model, Quality
from engine.answer import count, stage_counts
from engine.evaluation import Evaluation, quality_label
from engine.protocols import LedgerRead
from engine.quality import judged
from engine.records import Figure
from engine.tick.report import Counts


def quality_populations(model: Model, now: Evaluation) -> dict[str, frozenset[str]]:
    """Name in the ledger -> the contacts of the evaluation that belong there."""
    found: dict[str, frozenset[str]] = {}
    for block in model.qualities.values():
        population = now.contacts
        if block.where is not None:
            population = found[_kept(block)] = now.conditions[quality_label(block)]
        for number, expected in enumerate(block.expects, start=1):
            if isinstance(expected, ExpectedShare):
                found[_kept(block, number)] = population - now.conditions[quality_label(block, number)]
    return found


def _kept(block: Quality, number: int | None = None) -> str:
    return f"quality {block.id}" if number is None else f"quality {block.id} {number} failing"


def of_evaluation(model: Model, now: Evaluation) -> Counts:
    """The counts of an evaluation of everybody."""
    stages: dict[str, dict[str, int]] = {}
    for name, score in model.scores.items():
        standing = stage_counts(now.stages, name) if score.stages else {}
        stages[name] = {stage.name: standing.get(stage.name, 0) for stage in score.stages}
    quality = {name: tuple(one.figure for one in judged(block, now)) for name, block in model.qualities.items()}
    return Counts(len(now.contacts), {name: count(now.segments, name) for name in now.segments}, stages, quality)


def of_ledger(model: Model, ledger: LedgerRead) -> Counts:
    """The counts of what the ledger keeps, inside the transaction of the tick that has recorded it."""
    members, standing, contacts = ledger.member_counts(), ledger.stage_counts(), ledger.known_count()
    stages = {
        name: {stage.name: standing.get((score.id, stage.name), 0) for stage in score.stages}
        for name, score in model.scores.items()
    }
    segments = {name: members.get(segment.id, 0) for name, segment in model.segments.items()}
    quality = {name: _figures(block, members, contacts) for name, block in model.qualities.items()}
    return Counts(contacts, segments, stages, quality)


def _figures(block: Quality, members: Mapping[str, int], contacts: int) -> Sequence[Figure]:
    population = contacts if block.where is None else members.get(_kept(block), 0)
    found: list[Figure] = []
    for number, expected in enumerate(block.expects, start=1):
        assert isinstance(expected, ExpectedShare), "what must be unique is looked at among all contacts"
        met = population - members.get(_kept(block, number), 0)
        found.append(Figure(block.id, number, met, population, expected.share))
    return tuple(found)
