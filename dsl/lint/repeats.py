"""K0403, K0408: two segments that say the same, and one number that is written again and again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from fractions import Fraction

from dsl import model
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.canon import Form, Forms
from dsl.lint.finding import warning
from dsl.lint.view import View, blocks, heading, titled
from dsl.lint.walk import walk
from dsl.spans import Span
from dsl.types import Numeric

OFTEN = 3
"""A number that is written so often for the same thing is better named."""


def same_segments(view: View) -> Iterable[Diagnostic]:
    """Segments that hold the same contacts, because they say the same (order and defines aside)."""
    own = {one.name for one in fields(model.Block)}
    forms = Forms(view.model)
    first: dict[tuple[Form, ...], model.Segment] = {}
    for segment in view.model.segments.values():
        said = tuple(
            forms.of(getattr(segment, one.name)) for one in fields(segment) if one.name not in own and one.compare
        )
        other = first.setdefault(said, segment)
        if other is not segment:
            yield warning(
                "K0403",
                f"the segments `{other.name}` and `{segment.name}` say the same",
                heading(view, segment),
                "the same contacts",
                f"keep one of them, or let this one say `where in {other.name}`",
                block=titled(segment),
                secondary=[Label(heading(view, other), "the other one")],
            )


@dataclass(frozen=True, slots=True)
class _Use:
    """A number where it is written, the stretch that names what it is compared with, and the enclosing block."""

    number: Fraction
    of: Span
    at: Span
    block: str


def magic_numbers(view: View) -> Iterable[Diagnostic]:
    """The same number written at least three times for the same field, score or number from events."""
    forms = Forms(view.model)
    uses: dict[tuple[Form, Fraction], list[_Use]] = {}
    for block in blocks(view.model):
        for node in walk(block):
            for subject, use in _uses(node, forms, titled(block)):
                uses.setdefault((subject, use.number), []).append(use)
    for (_, number), found in uses.items():
        places = {(use.at.file, use.at.start): use for use in found}
        if len(places) >= OFTEN and number not in (0, 1):
            one, *more = places.values()
            value, written = view.source(one.of), view.source(one.at)
            yield warning(
                "K0408",
                f"`{written}` is written {len(places)} times for `{value}`",
                one.at,
                "here",
                f"give it a name, so that it changes in one place: `define NAME = {written}`, then compare with `NAME`",
                block=one.block,
                secondary=[Label(use.at, "again") for use in more],
            )


def _uses(node: object, forms: Forms, block: str) -> Iterator[tuple[Form, _Use]]:
    pairs: tuple[tuple[model.Value, model.Value], ...] = ()
    match node:
        case model.Compare(left=left, right=right):
            pairs = ((left, right), (right, left))
        case model.Between(value=value, low=low, high=high):
            pairs = ((value, low), (value, high))
        case model.InList(value=value, options=options):
            pairs = tuple((value, option) for option in options)
    for value, number in pairs:
        if isinstance(value, model.Const) or not isinstance(number, model.Const):
            continue
        if isinstance(number.type, Numeric) and isinstance(number.value, int):
            exact = Fraction(number.value, number.type.denominator)
            yield forms.of(value), _Use(exact, value.span, number.span, block)
