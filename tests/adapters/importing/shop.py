"""A small shop's schema and a way to import a file into a store in memory, for the tests of imports."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from adapters.importing import ImportResult, Options, Target, read_target, run_import
from adapters.importing.dates import DateFormat
from adapters.importing.numbers import NumberFormat
from adapters.sources.files import open_source
from adapters.stores.facts import SqliteFacts
from adapters.stores.facts_record import RecordFacts
from adapters.stores.quarantine import Quarantine, Quarantined
from dsl.schema import Channel, EventType, FactTable, Field, Schema, builtin_events
from dsl.types import NUMBER, Boolean, Date, DateTime, MonthDay, OneOf, Point, SetOf, Text, Type, Zone, decimal, money
from engine.records import ConsentRecord, CountedMessage, ListChange, ListMode, Suppression

R = TypeVar("R")
NOW = 1_790_000_000_000_000


def micro(text: str) -> int:
    """Microseconds of an instant in ISO form."""
    return int(datetime.fromisoformat(text).timestamp()) * 1_000_000


def fields(**types: Type) -> dict[str, Field]:
    return {name: Field(name, kind) for name, kind in types.items()}


def shop(**more: Field) -> Schema:
    own = fields(
        customer_id=Text(),
        name=Text(),
        gender=OneOf(("female", "male", "other")),
        birth_date=Date(),
        name_day=MonthDay(),
        turnover=money("CHF"),
        height=decimal(2),
        visits=NUMBER,
        newsletter=Boolean(),
        hobbies=SetOf(("bike", "ski")),
        home=Point(),
        zone=Zone(),
        country=Text(),
        seen=DateTime(),
    )
    own["email"] = Field("email", Text(), pii=True, normalise=("email", "lower"))
    own["phone"] = Field("phone", Text(), pii=True, normalise=("phone",))
    weather = fields(region=Text(), day=DateTime(), rain=NUMBER)
    return Schema(
        key="customer_id",
        fields={**own, **more},
        events={
            "purchase": EventType("purchase", fields(amount=money("CHF"), product=Text())),
            **builtin_events(),
        },
        facts={"weather": FactTable("weather", "region", "name", weather, "day")},
        channels={"email": Channel("email", "email"), "sms": Channel("sms", "phone")},
        zone_field="zone",
        country_field="country",
        purposes=("newsletter", "offers"),
        lists={"press": "Journalists", "staff": None},
    )


@dataclass
class Evidence:
    """A ledger that remembers what it was given."""

    consents: dict[str, ConsentRecord] = field(default_factory=dict)
    suppressions: dict[str, Suppression] = field(default_factory=dict)
    messages: dict[str, CountedMessage] = field(default_factory=dict)
    lists: dict[str, frozenset[str]] = field(default_factory=dict)
    quiet: set[str] = field(default_factory=set)
    arrived: set[str] = field(default_factory=set)

    def mark_quiet(self, contacts: Collection[str]) -> None:
        self.quiet |= set(contacts)

    def quiet_arrived(self, contacts: Collection[str]) -> None:
        self.arrived |= set(contacts) & self.quiet

    def add_consents(self, records: Iterable[ConsentRecord]) -> tuple[int, int]:
        return _add(self.consents, [(r.id, r) for r in records])

    def add_suppressions(self, entries: Iterable[Suppression]) -> tuple[int, int]:
        return _add(self.suppressions, [(e.id, e) for e in entries])

    def put_list(self, name: str, contacts: Collection[str], mode: ListMode) -> ListChange:
        before, given = self.lists.get(name, frozenset()), frozenset(contacts)
        now = {"replace": given, "add": before | given, "remove": before - given}[mode]
        self.lists[name] = now
        return ListChange(len(now - before), len(before - now), len(now))

    def listed(self, name: str) -> Mapping[str, int]:
        return dict.fromkeys(self.lists.get(name, frozenset()), 0)

    def add_messages(self, messages: Iterable[CountedMessage]) -> tuple[int, int]:
        return _add(self.messages, [(m.id, m) for m in messages])


def _add(known: dict[str, R], given: list[tuple[str, R]]) -> tuple[int, int]:
    new = 0
    for key, record in given:
        new += key not in known
        known.setdefault(key, record)
    return new, len(given) - new


class Desk:
    """A store in memory, a ledger, and `load` to import a file into them."""

    def __init__(self, folder: Path, schema: Schema | None = None) -> None:
        self.folder = folder
        self.schema = schema or shop()
        self.store: RecordFacts = SqliteFacts.open(":memory:", self.schema, now=NOW)
        self.ledger = Evidence()

    def load(
        self,
        content: str | bytes,
        target: str = "contacts",
        *,
        name: str = "file.csv",
        maps: Iterable[tuple[str, str]] = (),
        constants: dict[str, str] | None = None,
        number_format: NumberFormat | None = None,
        date_format: DateFormat | None = None,
        dry_run: bool = False,
        batch: int = 5_000,
        mode: ListMode = "replace",
        quiet: bool = False,
    ) -> ImportResult:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return self.load_file(
            path,
            target,
            maps,
            constants,
            number_format,
            date_format,
            dry_run=dry_run,
            batch=batch,
            mode=mode,
            quiet=quiet,
        )

    def load_file(
        self,
        path: Path,
        target: str = "contacts",
        maps: Iterable[tuple[str, str]] = (),
        constants: dict[str, str] | None = None,
        number_format: NumberFormat | None = None,
        date_format: DateFormat | None = None,
        *,
        dry_run: bool = False,
        batch: int = 5_000,
        zone: str = "Europe/Zurich",
        mode: ListMode = "replace",
        quiet: bool = False,
    ) -> ImportResult:
        aim = read_target(target, self.schema)
        assert isinstance(aim, Target), aim
        options = Options(zone, tuple(maps), constants or {}, number_format, date_format, country="CH")
        return run_import(
            open_source(path, name=path.name),
            aim,
            self.schema,
            self.store,
            self.ledger,
            options,
            now=NOW,
            dry_run=dry_run,
            mode=mode,
            quiet=quiet,
            batch=batch,
        )

    def contact(self, key: str) -> dict[str, object]:
        (found,) = self.store.contacts([key])
        return {name: value for name, value in found.fields.items() if name != "customer_id"}

    def quarantine(self) -> list[Quarantined]:
        return list(Quarantine(self.store).entries())
