"""The events of the benchmarks' project, contact by contact: the same for the same numbers.

Each event has a place in the order of arrival, all over two years; its time is the time of that place, or up to three
days earlier where it came late.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from itertools import accumulate
from math import exp, log
from random import Random
from statistics import NormalDist

from benchmarks.people import key
from dsl.types import Stored
from engine.instants import DAY

SPAN = 730 * DAY
MEDIAN, ONE_IN_A_HUNDRED = 6, 213
LATE_ONE_IN, LATE_BY = 128, 3 * DAY

CATEGORIES = ("coffee", "tea", "accessories", "machines")
PRODUCTS = tuple((f"{category} {n}", category) for category in CATEGORIES for n in range(12))
CHANNELS = ("email", "email", "email", "email", "email", "sms", "letter", "phone_call")
TEMPLATES = ("news", "sale", "coffee", "machines", "birthday", "winback", "gold", "miss_you")
TOPICS = ("question", "question", "complaint", "return")

COLUMNS = {
    "visit": ("page", "category"),
    "message_opened": ("trigger", "channel", "template", "offer", "tags"),
    "cart_added": ("cart_id", "product", "category", "amount"),
    "purchase": ("order_id", "product", "category", "amount", "quantity"),
    "support_contacted": ("topic", "rating"),
}
"""The properties that are filled, by event type."""

KINDS = (
    ("visit",) * 128
    + ("message_opened",) * 51
    + ("cart_added",) * 36
    + ("purchase",) * 31
    + ("support_contacted",) * 10
)
"""An event type for each of 256."""


def counts(chance: Random, contacts: int, events: int) -> Iterator[int]:
    """How many events each contact has, `events` together: lognormal (before all is scaled to the number of events)."""
    normal = NormalDist()
    spread = log(ONE_IN_A_HUNDRED / MEDIAN) / normal.inv_cdf(0.99)
    weights = array("d", (exp(spread * normal.inv_cdf(chance.random() or 0.5)) for _ in range(contacts)))
    factor = events / sum(weights)
    done = 0
    for number, so_far in enumerate(accumulate(weights), start=1):
        until = events if number == contacts else min(int(so_far * factor), events)
        yield until - done
        done = until


def places(chance: Random, events: int) -> array[int]:
    """The numbers 0 to `events` - 1 in any order (Fisher and Yates)."""
    found = array("I", range(events))
    draw = chance.random
    for last in range(events - 1, 0, -1):
        other = int(draw() * (last + 1))
        found[last], found[other] = found[other], found[last]
    return found


def happenings(chance: Random, contacts: int, events: int, until: int) -> Iterator[tuple[str, int, tuple[Stored, ...]]]:
    """Event type, place in the order of arrival, and contact, instant, id and properties of each event; contact by
    contact in the order of keys, then in the order of arrival."""
    order = places(chance, events)
    begin, step = until - SPAN, SPAN // max(events, 1)
    draw = chance.random
    first = 0
    for number, count in enumerate(counts(chance, contacts, events)):
        contact = key(number)
        for place in sorted(order[first : first + count]):
            bits = int(draw() * 2**52)
            kind = KINDS[bits & 255]
            at = begin + place * step + 1 + (bits >> 8) % step
            if not (bits >> 8) % LATE_ONE_IN:
                at -= (bits >> 15) % LATE_BY
            yield kind, place, (contact, at, f"{kind[0]}{place:08}", *properties(kind, bits >> 8, place))
        first += count


def properties(kind: str, bits: int, place: int) -> tuple[Stored, ...]:
    """What an event of this type says; `bits` are 44 random ones."""
    product, category = PRODUCTS[(bits >> 7) % 48]
    match kind:
        case "visit":
            return f"/page/{(bits >> 7) % 400}", CATEGORIES[(bits >> 17) & 3] if (bits >> 19) & 15 else None
        case "message_opened":
            template = TEMPLATES[(bits >> 10) & 7]
            return template, CHANNELS[(bits >> 7) & 7], template, None, None
        case "cart_added":
            return f"k{place // 2}", product, category, 200 + (bits >> 13) % 8_000 * ((bits >> 30) % 4 + 1)
        case "purchase":
            amount = None if not (bits >> 34) & 63 else 300 + (bits >> 13) % 12_000 * ((bits >> 30) % 4 + 1)
            return f"o{place // 2}", product, category, amount, 1 + (bits >> 40) % 3
        case _:
            return TOPICS[(bits >> 7) & 3], None if (bits >> 9) & 1 else 10 + (bits >> 10) % 41
