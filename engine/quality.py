"""Quality of the data: what an evaluation says about the expectations of `quality` blocks. Shares are exact.

An executor answers, as contact-level conditions of `engine.evaluation.conditions_of` and `uniques_of`: who belongs to
the population, who satisfies each share, and who is alone with its values of the fields that should be unique.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from dsl.model import ExpectedShare, Model, Quality, Trigger
from engine.evaluation import Evaluation, quality_label
from engine.records import MILLIONTHS, Figure


@dataclass(frozen=True, slots=True)
class Judged:
    """An expectation at one instant: its figure, and the contacts of its population that do not meet it."""

    figure: Figure
    failing: frozenset[str]


def judged(block: Quality, evaluation: Evaluation) -> tuple[Judged, ...]:
    """All expectations of a block in order of the text."""
    return tuple(_judged(block, number, evaluation) for number in range(1, len(block.expects) + 1))


def _judged(block: Quality, number: int, evaluation: Evaluation) -> Judged:
    expected = block.expects[number - 1]
    label = quality_label(block, number)
    if isinstance(expected, ExpectedShare):
        population = evaluation.contacts if block.where is None else evaluation.conditions[quality_label(block)]
        wanted = expected.share
    else:
        population, wanted = evaluation.conditions[f"{label} known"], MILLIONTHS
    met = population & evaluation.conditions[label]
    return Judged(Figure(block.id, number, len(met), len(population), wanted), population - met)


def fails(block: Quality, evaluation: Evaluation) -> bool:
    """Whether some expectation of the block is not met."""
    return any(not one.figure.holds for one in judged(block, evaluation))


@dataclass(frozen=True, slots=True)
class Stop:
    """A block that fails and stops sending: of these triggers, of all if there are none. `why` is the detail of the
    refusals."""

    triggers: frozenset[str]
    why: str

    def stops(self, trigger: Trigger) -> bool:
        """Whether a trigger sends nothing because of it: transactional messages and notices alone go all the same."""
        speaks_of = not self.triggers or trigger.name in self.triggers
        return speaks_of and bool(trigger.sends) and trigger.category != "transactional"


def stops_of(model: Model, figures: Mapping[str, Sequence[Figure]]) -> tuple[Stop, ...]:
    """What is stopped by how the expectations of the blocks stand, in order of the text."""
    found: list[Stop] = []
    for block in model.qualities.values():
        if block.stops is None:
            continue
        failing = [figure for figure in figures[block.name] if not figure.holds]
        if failing:
            found.append(Stop(frozenset(block.stops), f"quality `{block.name}` fails: {failing[0].told}"))
    return tuple(found)


def failing_since(history: Iterable[tuple[int, Figure]]) -> int | None:
    """The tick from which on the block failed up to the last one of the history; None if it held then.
    `history`: (tick, figure) in order of time."""
    since: int | None = None
    for at, group in groupby(history, key=lambda kept: kept[0]):
        if all(figure.holds for _, figure in group):
            since = None
        elif since is None:
            since = at
    return since


def expected_shown(texts: Mapping[str, str], block: Quality, number: int) -> str:
    """An expectation (from 1) in the words of the playbook, on one line; `texts`: the playbooks by file."""
    span = block.expects[number - 1].span
    return " ".join(span.text(texts[span.file]).split()).removeprefix("expect ")
