"""What a tick has given out so far: messages that count, runs, offers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.records import HandedOver, HeldOffer
from engine.tally import Tally


class GivenOffers:
    """The offers that are given out, those of this tick among them."""

    def __init__(self, held: Mapping[str, Sequence[HeldOffer]], counts: Mapping[str, int]) -> None:
        self._held = {contact: list(offers) for contact, offers in held.items()}
        self.counts = dict(counts)

    def of(self, contact: str, without: str) -> list[HeldOffer]:
        """What the contact holds, in order, leaving out what the message with the key `without` carries."""
        return [h for h in self._held.get(contact, ()) if h.key != without]

    def carried_by(self, key: str, contact: str) -> HeldOffer | None:
        """What the message with this key carries."""
        return next((h for h in self._held.get(contact, ()) if h.key == key), None)

    def give(self, held: HeldOffer) -> None:
        """Hand one out."""
        self._held.setdefault(held.contact, []).append(held)
        self.counts[held.offer] = self.counts.get(held.offer, 0) + 1

    def take_back(self, key: str, contact: str) -> None:
        """What the message with this key carried is free again."""
        if (held := self.carried_by(key, contact)) is not None:
            self._held[contact].remove(held)
            self.counts[held.offer] = max(0, self.counts.get(held.offer, 0) - 1)


@dataclass(slots=True)
class Room:
    """What this tick has given out so far."""

    counted: Tally = field(default_factory=Tally)
    offers: GivenOffers = field(default_factory=lambda: GivenOffers({}, {}))
    handed_over: dict[tuple[str, str], list[HandedOver]] = field(default_factory=lambda: defaultdict(list))
