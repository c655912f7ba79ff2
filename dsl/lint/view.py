"""What a rule of the linter sees: a project that checks, and a date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dsl.model import Block, Cap, Class, Define, Model, Offer, Quiet, Score, Segment, Trigger
from dsl.parse import Parsed
from dsl.schema import Schema
from dsl.spans import Span


@dataclass(frozen=True, slots=True)
class Part:
    """One body of a template as it stands in its file: `name` is "text" or "html"; `span` is where to point at."""

    name: str
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Message:
    """A template as the linter sees it. Several share a name and differ by language; no channels: made for all."""

    name: str
    channels: frozenset[str]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class View:
    """A project without errors. `trees` and `model` are of the same texts.

    `today` (yyyymmdd) is the date in the project's zone that dates are measured by. `messages`: its templates;
    `mail`: the channels that carry emails; `starts`: the day from which triggers without `active from` send (yyyymmdd,
    None: at once).
    """

    model: Model
    schema: Schema
    trees: Sequence[Parsed]
    today: int
    messages: Sequence[Message] = ()
    mail: frozenset[str] = frozenset()
    starts: int | None = None
    texts: Mapping[str, str] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "texts", {one.file: one.text for one in self.trees})

    def source(self, span: Span) -> str:
        """The text that a span covers, on one line; empty for a file that is no playbook."""
        return " ".join(span.text(self.texts.get(span.file, "")).split())


def blocks(model: Model) -> Iterator[Block]:
    """All blocks with a name, kind by kind."""
    groups: tuple[Mapping[str, Block], ...] = (
        model.defines,
        model.segments,
        model.scores,
        model.classes,
        model.triggers,
        model.caps,
        model.quiets,
        model.offers,
    )
    known = {id(group) for group in groups}
    for group in groups:
        yield from group.values()
    for more in (getattr(model, name) for name in model.__slots__):
        # kinds of blocks that no rule speaks of by name
        if isinstance(more, Mapping) and id(more) not in known:
            yield from (block for block in more.values() if isinstance(block, Block))


def titled(block: Block) -> str:
    """The block as messages name it: "trigger `cart_rescue`"."""
    return f"{_KINDS.get(type(block), type(block).__name__.lower())} `{block.name}`"


def heading(view: View, block: Block) -> Span:
    """The first line of a block: what findings about a whole block underline."""
    span = block.span
    text = span.text(view.texts.get(span.file, ""))
    first = text.split("\n", 1)[0].rstrip()
    return Span(
        span.file, span.start, span.start + len(first), span.line, span.column, span.line, span.column + len(first)
    )


_KINDS: Mapping[type[Block], str] = {
    Define: "define",
    Segment: "segment",
    Score: "score",
    Class: "class",
    Trigger: "trigger",
    Cap: "cap",
    Quiet: "quiet",
    Offer: "offer",
}
