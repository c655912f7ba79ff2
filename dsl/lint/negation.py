"""K0406: a negation over a field that may be missing, where nobody said what then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator

from dsl import model
from dsl.diagnostics import Diagnostic
from dsl.lint.finding import warning
from dsl.lint.reason import Reasoner
from dsl.lint.view import View, blocks, titled
from dsl.lint.walk import children, joined, roots, value_meant, walk
from dsl.model import Block, Condition
from dsl.names import listed
from dsl.spans import Span

_Settled = Callable[[Hashable], bool]
"""Whether a field is surely known here, or it is said what holds when it is missing."""


def over_missing(view: View) -> Iterable[Diagnostic]:
    """Each negated test of a field that is not required, unless the same condition says `is known` or `is missing`."""
    reasoner = Reasoner(view.model, view.schema)
    for block in blocks(view.model):
        events = _events(block)
        for root in roots(block):
            for test, direct, fields in _open(reasoner, root, root.span, _never, holds=True):
                doubtful = [
                    one
                    for one in fields
                    if not _is_required(
                        view,
                        one,
                        _cause(block)
                        if isinstance(one, model.EventValue) and one.of == "cause"
                        else events.get(id(root)),
                    )
                ]
                if doubtful:
                    yield _told(view, test, doubtful, titled(block), direct=direct)


def _told(
    view: View, span: Span, fields: list[model.FieldValue | model.EventValue], block: str, *, direct: bool
) -> Diagnostic:
    names = [view.source(one.span) or one.name for one in fields]
    said = view.source(span)
    known = " and ".join(f"{name} is known" for name in names)
    missing = " or ".join(f"{name} is missing" for name in names)
    which = listed(names, last="and")
    if direct:
        advice = (
            f"if those are not meant: `({said} and {known})`",
            f"if they are meant: `({said} or {missing})`",
        )
    else:
        advice = (
            f"if those are not meant, add `and {known}` beside the whole `not (..)`",
            f"if they are meant, add `or {missing}`",
        )
    return warning(
        "K0406",
        f"this also holds where {which} {'is' if len(names) == 1 else 'are'} missing",
        span,
        "a negation is the exact complement" if direct else "inside a `not`, which is the exact complement",
        *advice,
        block=block,
    )


def _open(
    reasoner: Reasoner, node: Condition, span: Span, settled: _Settled, *, holds: bool, direct: bool = False
) -> Iterator[tuple[Span, bool, list[model.FieldValue | model.EventValue]]]:
    """Negated tests, whether the negation is their own (`direct`), and their fields that nothing around them settles.

    `span`: where the test stands, with its own word of negation.
    """
    match node:
        case model.Not(item=item):
            single = not isinstance(item, model.And | model.Or | model.Not)
            around = node.span if single else item.span
            yield from _open(reasoner, item, around, settled, holds=not holds, direct=single)
        case model.And(items=items) | model.Or(items=items):
            both = isinstance(node, model.And) == holds
            said = [_settles(reasoner, item, holds=holds, both=both) for item in items]
            often = Counter(subject for one in said for subject in one)
            for item, own in zip(items, said, strict=True):
                yield from _open(reasoner, item, item.span, _beside(settled, often, own), holds=holds)
        case model.IsKnown() | model.InSegment() | model.Consents() | model.Did() | model.DefinedCondition():
            return
        case _ if not holds:
            fields = {reasoner.subject(one): one for one in _fields(reasoner, node)}
            left = [one for subject, one in fields.items() if not settled(subject)]
            if left:
                yield span, direct, left


def _never(_subject: Hashable) -> bool:
    return False


def _beside(around: _Settled, often: Counter[Hashable], own: frozenset[Hashable]) -> _Settled:
    """What is settled around a part of a chain: outside the chain, or by another part of it."""
    return lambda subject: around(subject) or often[subject] > (subject in own)


def _settles(reasoner: Reasoner, node: Condition, *, holds: bool, both: bool) -> frozenset[Hashable]:
    """What a part of a chain settles for its siblings: beside `and` what it makes known; beside `or` what it says
    about missing values."""
    if both:
        return reasoner.known_when(node, holds=holds)
    while isinstance(node, model.Not):
        node, holds = node.item, not holds
    if isinstance(node, model.IsKnown) and not holds:
        return frozenset({reasoner.subject(node.value)})
    if isinstance(node, model.And | model.Or) and isinstance(node, model.Or) == holds:
        return frozenset[Hashable]().union(
            *(_settles(reasoner, part, holds=holds, both=False) for part in joined(node))
        )
    return frozenset()


def _fields(reasoner: Reasoner, node: object) -> Iterator[model.FieldValue | model.EventValue]:
    """The fields that a test reads itself, not those of a filter over events."""
    todo, seen = list(children(node)), set[str]()
    while todo:
        part = todo.pop()
        if isinstance(part, model.DefinedValue):
            if part.name in seen:
                continue
            seen.add(part.name)
            part = value_meant(part, reasoner.project)
        if isinstance(part, model.FieldValue | model.EventValue):
            yield part
        elif not isinstance(part, model.EventQuery | model.DefinedValue):
            todo.extend(children(part))


def _events(block: Block) -> dict[int, str]:
    """The event that a filter speaks of, by the identity of the filter."""
    return {id(one.where): one.event for one in walk(block) if isinstance(one, model.EventQuery)}


def _is_required(view: View, value: model.FieldValue | model.EventValue, event: str | None) -> bool:
    if isinstance(value, model.FieldValue):
        declared = view.schema.fields.get(value.name)
        return value.name == view.schema.key or (declared is not None and declared.required)
    if event is None or event not in view.schema.events:
        return False
    declared = view.schema.events[event].properties.get(value.name)
    return value.name in ("at", "id") if declared is None else declared.required


def _cause(block: Block) -> str | None:
    if isinstance(block, model.Trigger) and isinstance(block.cause, model.OnEvent):
        return block.cause.query.event
    return None
