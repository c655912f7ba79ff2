"""Codes of one person each: the same for a contact and an offer by whatever way it comes, and guessed by nobody.

A code is 10 symbols of a keyed hash over offer and contact and a check symbol, in an alphabet without look-alikes. So
the ledger need not keep it: who holds which offer stands there, and the secret gives the code back. The check symbol
finds every single wrong symbol and every exchange of two.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from hashlib import sha256

from dsl.model import Offer
from engine.protocols import Facts

UNIQUE = "{unique}"
"""Stands in an offer's `code` for the person's own symbols."""

ALPHABET = "23456789ABCDEFGHJKMNPQRTVWXYZ"
"""A prime number of symbols, so that weights below it tell each mistake. Without 0 and O, 1, I and L, S and U."""

SYMBOLS = 10
LENGTH = SYMBOLS + 1
UNKNOWN = "XXXX-XXXX-XXX"
"""What is shown for a person's own symbols where the secret is not known."""


def symbols(secret: str, offer: str, contact: str) -> str:
    """The own symbols of a contact for the offer with this id, without hyphens."""
    text = f"{len(offer)}:{offer}{len(contact)}:{contact}"
    number = int.from_bytes(hmac.digest(secret.encode(), text.encode(), sha256), "big")
    drawn = ""
    for _ in range(SYMBOLS):
        number, place = divmod(number, len(ALPHABET))
        drawn += ALPHABET[place]
    # the weighted sum over all symbols, the last one among them, is nothing modulo 29
    last = -_weighted(drawn) * pow(LENGTH, -1, len(ALPHABET)) % len(ALPHABET)
    return drawn + ALPHABET[last]


def is_whole(code: str) -> bool:
    """Whether these are the symbols of some code, by their check symbol."""
    return len(code) == LENGTH and set(code) <= set(ALPHABET) and _weighted(code) % len(ALPHABET) == 0


def shown(code: str) -> str:
    """Symbols as people read them.

    >>> shown("7F3K92QMTXV")
    '7F3K-92QM-TXV'
    """
    return "-".join((code[:4], code[4:8], code[8:]))


def candidates(text: str) -> Iterator[str]:
    """The symbols of codes that a text may hold, whatever stands before and after them and however it is written."""
    plain = re.sub(r"[^0-9A-Z]", "", text.upper())
    for start in range(len(plain) - LENGTH + 1):
        if is_whole(plain[start : start + LENGTH]):
            yield plain[start : start + LENGTH]


def redeemed(
    facts: Facts, contacts: Collection[str], where: Mapping[str, str], secret: str, offer: str, up_to: int
) -> dict[str, int]:
    """When each contact redeemed its code of the offer with this id, up to an instant. `where`: event type -> the
    property that holds a code."""
    found: dict[str, int] = {}
    for data in facts.load(contacts, where, up_to):
        own = symbols(secret, offer, data.contact.key)
        for event, code in where.items():
            for one in data.events.get(event, ()):
                if own in candidates(str(one.properties.get(code) or "")):
                    found[data.contact.key] = min(one.at, found.get(data.contact.key, one.at))
    return found


def is_personal(offer: Offer) -> bool:
    """Whether each person has a code of its own."""
    return offer.code is not None and UNIQUE in offer.code


def personal(offer: Offer, contact: str, secret: str | None) -> Offer:
    """The offer as this contact gets it."""
    if offer.code is None or UNIQUE not in offer.code:
        return offer
    own = UNKNOWN if secret is None else shown(symbols(secret, offer.id, contact))
    return replace(offer, code=offer.code.replace(UNIQUE, own))


def _weighted(code: str) -> int:
    return sum(weight * ALPHABET.index(symbol) for weight, symbol in enumerate(code, start=1))
