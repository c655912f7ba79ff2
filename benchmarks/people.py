"""The contacts of the benchmarks' project, and what they consent to: the same for the same number."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from dsl.types import Stored
from engine.instants import DAY
from engine.records import ConsentRecord

REGIONS = 50
COUNTRIES = ("CH",) * 55 + ("DE",) * 20 + ("AT",) * 10 + ("US",) * 8 + ("GB",) * 5 + (None,) * 2
ZONES = (None,) * 90 + ("America/New_York",) * 4 + ("Europe/London",) * 3 + ("Asia/Tokyo",) * 3
TIERS = ("basic",) * 80 + ("silver",) * 15 + ("gold",) * 5
GENDERS = ("female",) * 50 + ("male",) * 45 + ("other", None, None, None, None)
NAMES = (
    "Anna",
    "Ben",
    "Carla",
    "David",
    "Elena",
    "Fabian",
    "Giulia",
    "Hans",
    "Iris",
    "Jonas",
    "Kim",
    "Léa",
    "Marc",
    None,
)
INTERESTS = (None, "|coffee|", "|coffee|machines|", "|tea|", "|coffee|tea|", "|machines|", None, None)

FIELDS = (
    "email", "phone", "street", "first_name", "gender", "birth_date", "country", "zone", "language", "tier",
    "customer_since", "credit", "household_id", "region", "interests",
)  # fmt: skip
"""The columns of `rows`, after the key."""

SHARES = (("email", 80), ("sms", 40), ("letter", 50), ("phone_call", 20))
"""Of a hundred contacts so many consent to a channel; one in twenty of them has taken it back."""


def key(number: int) -> str:
    """The key of a contact: in the order of the numbers by code point as well, up to ten million."""
    return f"c{number:07}"


def rows(chance: Random, contacts: int) -> Iterator[tuple[Stored, ...]]:
    """Key and `FIELDS` of each contact, in the order of the keys."""
    draw = chance.random
    for number in range(contacts):
        hundred = int(draw() * 100)
        year, month, day = 1940 + int(draw() * 66), 1 + int(draw() * 12), 1 + int(draw() * 28)
        since = (2016 + int(draw() * 10)) * 10_000 + (1 + int(draw() * 12)) * 100 + 1 + int(draw() * 28)
        yield (
            key(number),
            f"{key(number)}@example.com" if hundred < 92 else None,
            f"+4179{number:07}" if hundred >= 30 else None,
            f"Lane {number % 9_973}" if hundred < 97 else None,
            NAMES[int(draw() * len(NAMES))],
            GENDERS[int(draw() * len(GENDERS))],
            year * 10_000 + month * 100 + day if draw() < 0.9 else None,
            COUNTRIES[int(draw() * len(COUNTRIES))],
            ZONES[int(draw() * len(ZONES))],
            "en",
            TIERS[int(draw() * len(TIERS))],
            since,
            int(draw() * 10_000) if hundred < 50 else None,
            f"h{number // 2:07}" if hundred < 70 else None,
            f"r{int(draw() * REGIONS):02}",
            INTERESTS[int(draw() * len(INTERESTS))],
        )


def consents(contacts: int, as_of: int) -> Iterator[ConsentRecord]:
    """The consent records, in the order of contacts."""
    chance = Random(f"consents of {contacts}")
    granted, withdrawn = as_of - 900 * DAY, as_of - 100 * DAY
    for number in range(contacts):
        contact = key(number)
        for channel, share in SHARES:
            place = chance.random() * 100
            if place >= share:
                continue
            name = f"{channel} {contact}"
            yield ConsentRecord(name, contact, "newsletter", channel, "granted", "consent", "made up", granted)
            if place * 20 < share:
                yield ConsentRecord(
                    f"{name} back", contact, "newsletter", channel, "withdrawn", "consent", "made up", withdrawn
                )
