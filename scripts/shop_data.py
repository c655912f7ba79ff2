"""Invented people and their two years in a Swiss coffee shop: files as a shop's systems export them.

Everything comes from one seed and no clock, so that the same call writes the same bytes on every machine. Only
`Random.random` is used: its numbers are the same in every version of Python, those of its other methods are not.
"""

from __future__ import annotations

import json
import math
import sys
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import TypeVar

from scripts.shop_time import AWAY, DAYS, FIRST_DAY, HOME, Clock
from scripts.shop_words import COMPANIES, NAMES, PLACES, PRODUCTS, STREETS, Product

BAD_CONTACTS = 3
"""Rows with mistakes at the end of contacts.csv, for the quarantine."""


@dataclass(slots=True)
class Person:
    """One contact while the data is made. `joined` is a day index (negative: before the two years)."""

    key: str
    language: str
    country: str
    gender: str
    away: bool
    joined: int
    activity: float
    office: bool
    cells: dict[str, str] = field(default_factory=dict)
    email: bool = False
    subscribed: int | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: file name -> rows."""

    folder: Path
    rows: dict[str, int]

    @property
    def events(self) -> int:
        """All events together."""
        return sum(n for name, n in self.rows.items() if name in EVENT_FILES)


EVENT_FILES = {
    "visits.jsonl": "visit",
    "carts.csv": "cart_added",
    "bestellungen.csv": "purchase",
    "clicks.jsonl": "message_clicked",
    "subscriptions.csv": "newsletter_subscribed",
    "webinars.csv": "webinar_registered",
    "forms.csv": "contact_details_given",
}
"""File -> the event type that it holds."""


def generate(folder: Path, contacts: int = 20_000, events: int = 500_000, seed: int = 7) -> Written:
    """Write all files into `folder` (made if need be). `events` is met exactly, if it leaves room for the visits.

    Raises OSError if the folder cannot be written.
    """
    return _Shop(Random(seed), contacts, events).write(folder)


T = TypeVar("T")


class _Dice:
    """Choices made from `Random.random` alone."""

    def __init__(self, random: Random) -> None:
        self.random = random.random

    def below(self, n: int) -> int:
        return int(self.random() * n)

    def one(self, options: Sequence[T]) -> T:
        return options[self.below(len(options))]

    def happens(self, probability: float) -> bool:
        return self.random() < probability

    def weighted(self, sums: Sequence[float]) -> int:
        """An index with the probability of its share; `sums` are running totals."""
        return bisect_right(sums, self.random() * sums[-1], 0, len(sums) - 1)

    def normal(self) -> float:
        """Normally distributed (Box and Muller)."""
        return math.sqrt(-2 * math.log(1 - self.random())) * math.cos(2 * math.pi * self.random())


_BERG_WEEK = (date(2025, 11, 10), date(2025, 11, 20))
"""A year ago Bergröstung was on offer, and many bought it for the last time."""


def _season(day: int) -> float:
    """How busy the shop is on a day: before Christmas most of all, little in summer, more on weekends."""
    when = FIRST_DAY + timedelta(days=day)
    month = (0.85, 0.9, 1.0, 0.95, 0.85, 0.75, 0.65, 0.7, 0.95, 1.1, 1.5, 1.9)[when.month - 1]
    week = (1.0, 0.95, 0.95, 1.0, 1.05, 1.2, 1.15)[when.weekday()]
    sale = 2.2 if when.month == 11 and 24 <= when.day <= 30 and when.weekday() in (4, 5, 6, 0) else 1.0
    sale = 1.6 if _BERG_WEEK[0] <= when <= _BERG_WEEK[1] else sale
    growth = 0.8 + 0.4 * day / DAYS
    return month * week * sale * growth


class _Shop:
    def __init__(self, random: Random, contacts: int, events: int) -> None:
        self.dice = _Dice(random)
        self.clock = Clock()
        self.wanted = events
        self.product_sums = list(accumulate(p.share for p in PRODUCTS))
        self.day_sums = [0.0, *accumulate(_season(day) for day in range(DAYS))]
        self.people = [self._person(number) for number in range(1, contacts + 1)]
        self.consents: list[tuple[int, str, str, str, str, str]] = []
        self.carts: list[tuple[int, str, int, int]] = []
        self.purchases: list[tuple[int, str, int, int]] = []
        self.clicks: list[tuple[int, str, str]] = []
        self.subscriptions: list[tuple[int, str, str]] = []
        self.webinars: list[tuple[int, str, str]] = []
        self.forms: list[tuple[int, str]] = []
        self.sessions: list[tuple[int, int]] = []
        self.messages: list[tuple[int, str, str, str]] = []
        self.suppressions: list[tuple[int, str, str, str, str]] = []

    # ------------------------------------------------------------ people

    def _person(self, number: int) -> Person:
        dice = self.dice
        roll = dice.random()
        country = (
            "CH" if roll < 0.86 else "LI" if roll < 0.88 else "DE" if roll < 0.92 else "AT" if roll < 0.94 else "US"
        )
        if country == "CH":
            language = "de" if dice.happens(0.68) else "fr"
        else:
            language = "en" if country == "US" else "de"
        if dice.happens(0.04):
            language = "en"
        gender = "female" if dice.happens(0.54) else "male"
        # a third of the customers were there before; the others join during the two years
        joined = -dice.below(1500) if dice.happens(0.4) else self._day()
        office = dice.happens(0.12)
        person = Person(
            key=f"K{number:06}",
            language=language,
            country=country,
            gender=gender,
            away=country == "US",
            joined=joined,
            activity=round(math.exp(1.1 * dice.normal()) * (2 if office else 1), 6),
            office=office,
        )
        self._cells(person, number)
        return person

    def _day(self, first: int = 0) -> int:
        """A day of the two years from `first` on, by season."""
        low = self.day_sums[first]
        at = low + self.dice.random() * (self.day_sums[DAYS] - low)
        return min(DAYS - 1, max(first, bisect_right(self.day_sums, at) - 1))

    def _cells(self, person: Person, number: int) -> None:
        dice = self.dice
        women, men, families = NAMES[person.language]
        first = dice.one((women if person.gender == "female" else men).split())
        last = dice.one(families.split())
        person.email = dice.happens(0.95)
        plain = _plain(f"{first}.{last}".lower())
        born = date(2026, 1, 1) - timedelta(days=int(365.25 * (18 + 62 * min(dice.random(), dice.random() + 0.25))))
        place = PLACES[f"CH {'fr' if person.language == 'fr' else 'de'}" if person.country == "CH" else person.country]
        postcode, _, city = dice.one(place.split("|")).partition(" ")
        street = f"{dice.one(STREETS[person.language].split('|'))} {1 + dice.below(120)}"
        role = dice.random()
        since = FIRST_DAY + timedelta(days=person.joined)
        person.cells = {
            "Kundennummer": person.key,
            "E-Mail": f"{plain}{number}@example.{'ch' if person.country == 'CH' else 'com'}" if person.email else "",
            "Vorname": first if dice.happens(0.97) else "",
            "Nachname": last,
            "Geschlecht": person.gender if dice.happens(0.92) else ("other" if dice.happens(0.2) else ""),
            "Geburtsdatum": f"{born:%d.%m.%Y}" if dice.happens(0.78) else "",
            "Sprache": person.language if dice.happens(0.97) else "",
            "Strasse": street if dice.happens(0.8) else "",
            "PLZ": postcode,
            "Ort": city,
            "Land": person.country,
            "Zeitzone": AWAY if person.away and dice.happens(0.96) else "",
            "Kunde seit": f"{since:%d.%m.%Y}",
            "Firma": f"{last} {dice.one(COMPANIES.split('|'))}" if person.office else "",
            "Rolle": ("decision_maker" if role < 0.3 else "influencer" if role < 0.6 else "user")
            if person.office and dice.happens(0.85)
            else "",
            "Guthaben": _german(500 * (1 + dice.below(250))) if dice.happens(0.06) else "",
        }

    # ------------------------------------------------------------ what they did

    def _time(self, person: Person, day: int) -> int:
        """An instant of that day on the person's own clock, in UTC seconds."""
        dice = self.dice
        if person.away:
            return self.clock.utc(day, 7 * 3600 + dice.below(10 * 3600), AWAY)
        # mornings and, more often, evenings
        hour = 7 + 15 * max(dice.random(), dice.random() * 0.9 + 0.05)
        return self.clock.utc(day, int(hour * 3600), HOME)

    def _live(self) -> None:
        """Subscriptions and leads, then sessions with carts and purchases, until 45 % of the wanted events are there:
        the others are visits."""
        for person in self.people:
            self._join(person)
        self._leads()
        sums = list(accumulate(p.activity * (1 if p.joined < 0 else 1 - p.joined / DAYS) for p in self.people))
        wanted = int(self.wanted * 0.45)
        while self._without_visits() < wanted:
            person = self.people[self.dice.weighted(sums)]
            self._session(person, self._day(max(0, person.joined)))

    def _without_visits(self) -> int:
        return (
            len(self.carts) + len(self.purchases) + len(self.clicks) + len(self.subscriptions)
            + len(self.webinars) + len(self.forms)
        )  # fmt: skip

    def _join(self, person: Person) -> None:
        """Subscriptions, with the consent that follows most of them; letters; those who opposed."""
        dice = self.dice
        if person.email and dice.happens(0.78):
            day = person.joined if dice.happens(0.7) else self._day(max(0, person.joined))
            person.subscribed = day
            at = (
                self._time(person, max(-2, day))
                if day >= -2
                else self.clock.utc(-2, 43_200 - 86_400 * (-2 - day), HOME)
            )
            if day >= 0:
                self.subscriptions.append((at, person.key, dice.one(("checkout", "footer", "fair", "webinar"))))
            if dice.happens(0.88):
                self._consent(at + 60 + dice.below(900), person, "email", "granted", "double opt-in")
                if dice.happens(0.06):
                    gone = self._time(person, self._day(max(0, day)))
                    self._consent(max(gone, at + 3600), person, "email", "withdrawn", "unsubscribe link")
        if person.cells["Strasse"] and dice.happens(0.5):
            at = self.clock.utc(-2, 0, HOME) if person.joined < 0 else self._time(person, person.joined)
            self._consent(at, person, "letter", "granted", "order form")
        if dice.happens(0.012):
            at = self._time(person, self._day(max(0, person.joined)))
            if person.email and dice.happens(0.5):
                reason = dice.one(("hard bounce", "complaint"))
                self.suppressions.append((at, "", person.cells["E-Mail"], "email", reason))
            else:
                self.suppressions.append((at, person.key, "", "", "asked not to be contacted"))

    def _consent(self, at: int, person: Person, channel: str, state: str, how: str) -> None:
        self.consents.append((at, person.key, channel, state, "consent", how))

    def _leads(self) -> None:
        dice = self.dice
        topics = ("Kaffee im Büro", "Maschinen richtig pflegen", "Wasser und Härte")
        for person in self.people:
            if not person.office:
                continue
            for _ in range(min(6, int(person.activity * 2 * dice.random()))):
                self.webinars.append(
                    (self._time(person, self._day(max(0, person.joined))), person.key, dice.one(topics))
                )
            if dice.happens(min(0.9, 0.25 * person.activity)):
                # whoever asks, asks lately: offices change their machine once in some years
                day = max(0, person.joined, DAYS - 1 - int(200 * dice.random() ** 2))
                self.forms.append((self._time(person, day), person.key))

    def _session(self, person: Person, day: int) -> None:
        dice = self.dice
        at = self._time(person, day)
        self.sessions.append((at, int(person.key[1:]) - 1))
        if person.subscribed is not None and person.subscribed <= day and dice.happens(0.14):
            self.clicks.append((at - 20 - dice.below(60), person.key, _campaign(day)))
        if not dice.happens(0.42):
            return
        product = self._product(person, day)
        amount = product.price if product.price > 10_000 else product.price * (1 + dice.below(4))
        added = at + 60 + dice.below(900)
        self.carts.append((added, person.key, PRODUCTS.index(product), amount))
        if product.category != "machines" and dice.happens(0.55):
            later = dice.below(5400) if dice.happens(0.85) else 14_400 + dice.below(14_400)
            self._purchase(added + 120 + later, person, product, amount)
        elif product.category == "machines" and dice.happens(0.08):
            self._purchase(added + 3600, person, product, amount)

    def _purchase(self, at: int, person: Person, product: Product, amount: int) -> None:
        if at < self.clock.utc(DAYS - 1, 22 * 3600, HOME):
            self.purchases.append((at, person.key, PRODUCTS.index(product), amount))

    def _product(self, person: Person, day: int) -> Product:
        if _BERG_WEEK[0] <= FIRST_DAY + timedelta(days=day) <= _BERG_WEEK[1] and self.dice.happens(0.7):
            return PRODUCTS[0]
        if person.office and self.dice.happens(0.12):
            return PRODUCTS[-1 - self.dice.below(2)]
        return PRODUCTS[self.dice.weighted(self.product_sums)]

    def _visits(self) -> list[tuple[int, str, str]]:
        """One visit a session, then further ones until the events are as many as wanted."""
        dice = self.dice
        left = max(0, self.wanted - self._without_visits())
        end = self.clock.utc(DAYS - 1, 23 * 3600, HOME)
        visits: list[tuple[int, str, str]] = []
        for at, number in self.sessions[:left]:
            visits.append((at, self.people[number].key, self._page(self.people[number])))
        while len(visits) < left and self.sessions:
            at, number = dice.one(self.sessions)
            later = min(at + 30 + dice.below(1200), end)
            visits.append((later, self.people[number].key, self._page(self.people[number])))
        return sorted(visits)

    def _page(self, person: Person) -> str:
        roll = self.dice.random()
        if person.office and roll < 0.4:
            return "machines"
        return "coffee" if roll < 0.6 else "tea" if roll < 0.75 else "accessories" if roll < 0.95 else "machines"

    def _send(self) -> None:
        """Newsletters that the old system sent in the last weeks: caps count them."""
        for name, day, share in _NEWSLETTERS:
            at = self.clock.utc(day, 10 * 3600, HOME)
            for person in self.people:
                if person.subscribed is not None and person.subscribed < day and self.dice.happens(share):
                    self.messages.append((at + self.dice.below(1800), person.key, name, "promotional"))

    # ------------------------------------------------------------ files

    def write(self, folder: Path) -> Written:
        """Make everything and write it."""
        self._live()
        visits = self._visits()
        self._send()
        folder.mkdir(parents=True, exist_ok=True)
        rows: dict[str, int] = {}
        shown, local = self.clock.shown, self.clock.local

        def put(name: str, lines: Iterable[str], encoding: str = "utf-8", end: str = "\n") -> None:
            listed = list(lines)
            text = end.join(listed) + end
            (folder / name).write_bytes(text.encode(encoding))
            rows[name] = len(listed) - (0 if name.endswith(".jsonl") else 1)

        # as Excel writes it on a German computer: semicolons, Windows-1252, 31.12.1990, 1.234,50
        header = list(self.people[0].cells) if self.people else []
        table = [*(p.cells for p in self.people), *_with_mistakes(self.people)]
        put("contacts.csv", [";".join(header), *(";".join(r.values()) for r in table)], "cp1252", "\r\n")
        # and as it does with "CSV UTF-8": semicolons, a byte order mark
        orders = (
            f"B{n:07};{key};{local(at)};{PRODUCTS[p].name};{PRODUCTS[p].category};{_german(amount)}"
            for n, (at, key, p, amount) in enumerate(sorted(self.purchases), 1)
        )
        put("bestellungen.csv", ["Bestellung;Kunde;Zeitpunkt;Artikel;Warengruppe;Betrag", *orders], "utf-8-sig", "\r\n")
        carts = (
            f"C{n:07},{key},{shown(at)},{PRODUCTS[p].name},{PRODUCTS[p].category},{amount // 100}.{amount % 100:02}"
            for n, (at, key, p, amount) in enumerate(sorted(self.carts), 1)
        )
        put("carts.csv", ["cart_id,contact,at,product,category,amount", *carts])
        put("visits.jsonl", (_visit(n, shown(at), key, page) for n, (at, key, page) in enumerate(visits, 1)))
        put("clicks.jsonl", (_click(n, shown(at), k, c) for n, (at, k, c) in enumerate(sorted(self.clicks), 1)))
        put(
            "subscriptions.csv",
            ["contact,at,source", *(f"{k},{shown(at)},{source}" for at, k, source in sorted(self.subscriptions))],
        )
        put(
            "webinars.csv",
            ["contact,at,topic", *(f"{k},{shown(at)},{topic}" for at, k, topic in sorted(self.webinars))],
        )
        put("forms.csv", ["contact,at,form", *(f"{key},{shown(at)},Büro-Offerte" for at, key in sorted(self.forms))])
        put(
            "consents.csv",
            [
                "contact,purpose,channel,state,basis,evidence,at",
                *(
                    f"{key},newsletter,{channel},{state},{basis},{how},{_early(at)}"
                    for at, key, channel, state, basis, how in sorted(self.consents)
                ),
            ],
        )
        put(
            "suppressions.csv",
            [
                "contact,address,channel,reason,at",
                *(f"{k},{a},{channel},{reason},{shown(at)}" for at, k, a, channel, reason in sorted(self.suppressions)),
            ],
        )
        put(
            "messages.csv",
            [
                "contact,at,channel,template,category,trigger",
                *(
                    f"{k},{shown(at)},email,{name},{category},newsletter"
                    for at, k, name, category in sorted(self.messages)
                ),
            ],
        )
        return Written(folder, rows)


_NEWSLETTERS = (
    ("oktober", DAYS - 37, 0.7),
    ("autumn", DAYS - 17, 0.7),
    ("advent", DAYS - 8, 0.45),
    ("advent_tea", DAYS - 6, 0.3),
    ("black_week", DAYS - 3, 0.4),
)
"""Name, day, and to how many of the subscribers it went."""


def _campaign(day: int) -> str:
    """The newsletter whose link was clicked on a day."""
    known = [name for name, sent, _ in _NEWSLETTERS if sent <= day]
    return known[-1] if known else f"newsletter_{1 + day // 30:02}"


def _visit(number: int, at: str, key: str, category: str) -> str:
    row = {"id": f"v{number:07}", "contact": key, "at": at, "page": f"/{category}", "category": category}
    return json.dumps(row, separators=(",", ":"))


def _click(number: int, at: str, key: str, template: str) -> str:
    row = {"id": f"m{number:07}", "contact": key, "at": at, "channel": "email", "template": template}
    return json.dumps(row, separators=(",", ":"))


def _early(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _german(cents: int) -> str:
    """1.234,50.

    >>> _german(123450)
    '1.234,50'
    """
    return f"{cents // 100:,}".replace(",", ".") + f",{cents % 100:02}"


_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "é": "e", "è": "e", "ê": "e", "ç": "c", "ô": "o", "ë": "e"})


def _plain(text: str) -> str:
    return text.translate(_LETTERS).replace(" ", "").replace("'", "")


def _with_mistakes(people: Sequence[Person]) -> list[dict[str, str]]:
    """Rows as people type them on a bad day: a day that is none, an address that is none, a language nobody speaks."""
    mistakes = (("Geburtsdatum", "31.02.1985"), ("E-Mail", "keine@"), ("Sprache", "klingonisch"))
    return [
        {**people[n % len(people)].cells, "Kundennummer": f"K9{n:05}", column: text}
        for n, (column, text) in enumerate(mistakes[:BAD_CONTACTS])
        if people
    ]


if __name__ == "__main__":
    print(generate(Path(sys.argv[1])).rows)
