"""All blocks of a project."""

from __future__ import annotations

from collections.abc import Mapping

from dsl.model.blocks import Define, Segment
from dsl.model.classes import Class
from dsl.model.limits import Cap, Quiet, Suppress
from dsl.model.offers import Offer
from dsl.model.quality import Quality
from dsl.model.scenarios import Scenario
from dsl.model.scores import Score
from dsl.model.triggers import Trigger
from dsl.records import dataclass, field


@dataclass(frozen=True, slots=True)
class Model:
    """All blocks of a project by name, in order of file and line. `order` lists segments, scores, classes and
    defines so that each stands after what it reads (references form no cycle)."""

    defines: Mapping[str, Define] = field(default_factory=dict)
    segments: Mapping[str, Segment] = field(default_factory=dict)
    scores: Mapping[str, Score] = field(default_factory=dict)
    triggers: Mapping[str, Trigger] = field(default_factory=dict)
    caps: Mapping[str, Cap] = field(default_factory=dict)
    quiets: Mapping[str, Quiet] = field(default_factory=dict)
    offers: Mapping[str, Offer] = field(default_factory=dict)
    scenarios: tuple[Scenario, ...] = ()
    order: tuple[str, ...] = ()
    suppresses: Mapping[str, Suppress] = field(default_factory=dict)
    qualities: Mapping[str, Quality] = field(default_factory=dict)
    classes: Mapping[str, Class] = field(default_factory=dict)
