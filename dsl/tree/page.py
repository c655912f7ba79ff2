"""The blocks of a page, those among them that did not parse too."""

from __future__ import annotations

from dsl.records import dataclass
from dsl.tree.blocks import Define, Segment
from dsl.tree.classes import Class
from dsl.tree.leaves import Name, Node
from dsl.tree.limits import Cap, Quiet, Suppress
from dsl.tree.offers import Offer
from dsl.tree.quality import Quality
from dsl.tree.scenarios import Test
from dsl.tree.scores import Score
from dsl.tree.triggers import Trigger


@dataclass(frozen=True, slots=True)
class Broken(Node):
    """A block with a syntax error, or of a kind that this version does not carry out; its name still counts, so
    that what refers to it is not reported as well."""

    keyword: str
    name: Name | None


Block = Segment | Define | Score | Class | Trigger | Cap | Quiet | Suppress | Quality | Offer | Test | Broken
