"""What is expected of the data."""

from __future__ import annotations

from typing import Literal

from dsl.model.blocks import Block
from dsl.model.conditions import Condition
from dsl.model.values import FieldValue
from dsl.records import dataclass, field
from dsl.spans import Span

QualityKind = Literal["relevance", "uniqueness", "correctness", "freshness", "completeness", "consistency"]


@dataclass(frozen=True, slots=True)
class ExpectedShare:
    """`expect [KIND] P % where ..`: at least `share` millionths of the population satisfy it."""

    kind: QualityKind | None
    share: int
    where: Condition
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ExpectedUnique:
    """`expect FIELD, .. unique`: no two contacts of the population that have all of these fields have the same values
    in all of them."""

    fields: tuple[FieldValue, ...]
    span: Span = field(compare=False)
    kind: QualityKind = field(default="uniqueness", init=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality(Block):
    """What is expected of the data. `where`: of which contacts (None: all). `stops`: the triggers that send nothing
    while it fails; empty: all, None: none."""

    expects: tuple[ExpectedShare | ExpectedUnique, ...]
    where: Condition | None = None
    stops: tuple[str, ...] | None = None
