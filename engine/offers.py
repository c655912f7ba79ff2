"""Offers: who holds which, how many are given out, and whether a message may carry one (LANGUAGE.md §5, offer).

An offer is held from the reservation of the message that carries it to the end of its `valid` days. Group, worth and
last day are kept with the reservation, as they were then: what was given out stays as it is when the text is edited.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from dsl.model import Offer
from engine.records import HeldOffer


def held_of(offer: Offer, key: str, contact: str, at: int) -> HeldOffer:
    """What the message with this decision key makes the contact hold."""
    amount, unit = offer.worth or (None, None)
    return HeldOffer(key, contact, offer.id, at, offer.group, amount, unit, offer.valid_to)


def held_by(offers: Iterable[HeldOffer]) -> dict[str, list[HeldOffer]]:
    """By contact, in the order given."""
    found: dict[str, list[HeldOffer]] = {}
    for held in offers:
        found.setdefault(held.contact, []).append(held)
    return found


def active(held: Sequence[HeldOffer], group: str, today: int) -> HeldOffer | None:
    """The offer of a group that is active on the contact's local date, if one is. `held`: the contact's, in the order
    in which they were given out. Each one ended the one before it, so only the last of the group can be active."""
    last = next((h for h in reversed(held) if h.group == group), None)
    return last if last is not None and is_valid(last, today) else None


def holds(held: Sequence[HeldOffer], offer: str, today: int) -> bool:
    """Whether the offer with this id is active on the contact's local date; without a group it ends by its days
    alone."""
    mine = next((h for h in reversed(held) if h.offer == offer), None)
    if mine is None or mine.group is None:
        return mine is not None and is_valid(mine, today)
    return active(held, mine.group, today) == mine


def is_valid(held: HeldOffer, today: int) -> bool:
    """Whether its last day has not passed."""
    return held.last_day is None or today <= held.last_day


def not_valid(offer: Offer, today: int) -> str | None:
    """Why an offer is given to nobody on this local date, or None."""
    if offer.valid_from is not None and today < offer.valid_from:
        return f"offer `{offer.name}` is not valid yet"
    if offer.valid_to is not None and today > offer.valid_to:
        return f"offer `{offer.name}` is over"
    return None


def given_out(offer: Offer, counts: Mapping[str, int]) -> str | None:
    """Why no more of an offer is left, or None. `counts`: how many messages carry each, by id."""
    used = counts.get(offer.id, 0)
    if offer.total is None or used < offer.total:
        return None
    return f"offer `{offer.name}` is given out ({used} of {offer.total})"


def second_one(offer: Offer, held: Sequence[HeldOffer], today: int, names: Mapping[str, str]) -> str | None:
    """Why the group of an offer refuses it beside the one that the contact holds, or None. The same offer again is no
    second one. `names`: id of an offer -> its name now."""
    holding = None if offer.group is None else active(held, offer.group, today)
    if holding is None or holding.offer == offer.id:
        return None
    told = f"holds offer `{names.get(holding.offer, holding.offer)}` of group `{offer.group}`"
    if offer.keep == "first":
        return f"{told}, which keeps the first"
    amount, unit = offer.worth or (0, "")
    if holding.unit == unit and holding.worth is not None and amount > holding.worth:
        return None
    return f"{told}, and `{offer.name}` is no greater one"
