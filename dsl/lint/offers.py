"""K0414: two offers that one person can hold at the same time, because no group stands between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from dsl import model
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.finding import warning
from dsl.lint.reason import Bounds, Reasoner
from dsl.lint.view import View, titled

MOST_PAIRS = 2_000
"""More pairs of messages are not compared: text may be hostile."""

NEVER_ENDS = 9999_12_31


@dataclass(frozen=True, slots=True)
class _Carried:
    """A message that carries an offer: from which day it can be given, to which day it is held."""

    trigger: model.Trigger
    send: model.Send
    offer: model.Offer
    first: int
    last: int
    bounds: Bounds | None


def offers_meet(view: View) -> Iterable[Diagnostic]:
    """Pairs of offers that two triggers can bring to one person: their days overlap, nothing in the conditions of the
    triggers keeps their people apart, and no group chooses between them."""
    told: set[frozenset[str]] = set()
    compared = 0
    reasoner = Reasoner(view.model, view.schema)
    for one, other in combinations(_carried(view, reasoner), 2):
        pair = frozenset({one.offer.name, other.offer.name})
        if one.trigger is other.trigger or len(pair) < 2 or pair in told or _one_group(one.offer, other.offer):
            continue
        if max(one.first, other.first) > min(one.last, other.last):
            continue
        compared += 1
        if compared > MOST_PAIRS:
            return
        if reasoner.together([one.bounds, other.bounds]) is None:
            continue
        told.add(pair)
        names = f"`{one.offer.name}` and `{other.offer.name}`"
        yield warning(
            "K0414",
            f"the offers {names} can meet in one person",
            other.send.span,
            f"this can bring `{other.offer.name}`",
            f"put both into one group, for example `group {_group(one.offer, other.offer)} keep best`",
            "or keep their people or their days apart (`where`, `valid`)",
            block=titled(other.trigger),
            secondary=[Label(one.send.span, f"{titled(one.trigger)} can bring `{one.offer.name}`")],
        )


def _carried(view: View, reasoner: Reasoner) -> Iterator[_Carried]:
    for trigger in view.model.triggers.values():
        start = trigger.active_from[0] if trigger.active_from else view.starts or 0
        end = trigger.active_to[0] if trigger.active_to else NEVER_ENDS
        if isinstance(trigger.cause, model.OnDate):
            start = max(start, trigger.cause.day)
        bounds = reasoner.together(reasoner.bounds(one, holds=holds) for one, holds in _asked(trigger))
        for send in trigger.sends:
            offer = None if send.offer is None else view.model.offers[send.offer]
            if offer is None or bounds is None:
                continue
            first = max(start, offer.valid_from or 0)
            last = offer.valid_to or NEVER_ENDS
            if first <= min(end, last) and last >= view.today:
                yield _Carried(trigger, send, offer, first, last, bounds)


def _asked(trigger: model.Trigger) -> Iterator[tuple[model.Condition, bool]]:
    """What holds (or does not) for whom the trigger reaches."""
    if trigger.where is not None:
        yield trigger.where, True
    match trigger.cause:
        case model.OnSegment(segment=name, edge=edge):
            yield model.InSegment(name, span=trigger.span), edge == "entering"
        case model.OnWhen(condition=condition):
            yield condition, True


def _one_group(one: model.Offer, other: model.Offer) -> bool:
    return one.group is not None and one.group == other.group


def _group(one: model.Offer, other: model.Offer) -> str:
    return one.group or other.group or "discounts"
