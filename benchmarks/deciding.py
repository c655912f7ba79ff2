"""How long a tick takes that decides and queues many candidates, beside bare inserts of the rows that it wrote.

The tick is whole: evaluation, causes, gates, arbitration under six caps, and one transaction with full durability. The
bare inserts put the same rows into the same tables of an empty ledger: one `executemany` a table, one transaction, the
same settings, indexes and triggers. Both in turns, each in a ledger of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter

from adapters.stores.facts import SqliteFacts
from adapters.stores.ledger import SqliteLedger
from benchmarks.figures import Figure, Options, Target
from dsl.check import check
from dsl.schema import Channel, EventType, Field, Schema
from dsl.types import OneOf, Text
from engine.instants import DAY, HOUR
from engine.plan import make_plan
from engine.records import ConsentRecord, CountedMessage, Event
from engine.sql.executor import SqlExecutor
from engine.tick import Engine, TickReport, tick

HOME = "Europe/Zurich"
START = 1_795_305_600_000_000  # 2026-11-22 00:00 UTC, a Sunday
TICK = START + 10 * HOUR

PLAYBOOK = """
cap weekly at most 2 messages per 7 days
cap emails_daily at most 2 emails per local day
cap sales at most 2 messages tagged sale per 3 days
cap home at most 20 messages per 30 days per household
cap room at most 3 messages per 14 days keeping 1 for priority >= 80
cap budget at most 900_000 messages per calendar month in total

trigger rescue
  on cart_added
  send email hello
  priority 80
  tags sale
  again after 2 days

trigger hello
  on visit with (page = "home")
  send email hello else send sms hello

trigger prices
  on visit with (page = "prices")
  send sms hello
  where country = CH or country = DE
  priority 40
"""

TABLES = ("firing", "judgement", "outbox", "reservation")


def schema() -> Schema:
    """Contacts with an address for two channels and a household."""
    fields: dict[str, Field] = {
        "id": Field("id", Text(), required=True),
        "email": Field("email", Text()),
        "phone": Field("phone", Text()),
        "household": Field("household", Text()),
        "country": Field("country", OneOf(("CH", "DE"), name="country")),
    }
    return Schema(
        key="id",
        fields=fields,
        events={
            "visit": EventType("visit", {"page": Field("page", Text())}),
            "cart_added": EventType("cart_added", {"product": Field("product", Text())}),
        },
        channels={"email": Channel("email", "email"), "sms": Channel("sms", "phone")},
        country_field="country",
        purposes=("marketing",),
    )


def fill(folder: Path, candidates: int) -> tuple[SqliteFacts, Path]:
    """Two candidates a contact: half as many contacts, five to a household, some of them with messages before."""
    contacts = [f"c{n:07}" for n in range(candidates // 2)]
    facts = SqliteFacts.open(folder / "facts.db", schema(), now=0)
    facts.put_contacts(
        (
            (
                key,
                {
                    "email": f"{key}@example.ch",
                    "phone": f"+4179{n:07}",
                    "household": f"h{n // 5}",
                    "country": "CH" if n % 2 else "DE",
                },
            )
            for n, key in enumerate(contacts)
        ),
        at=0,
    )
    facts.put_events(
        "cart_added", (Event("cart_added", f"a{n}", key, TICK - HOUR - n) for n, key in enumerate(contacts))
    )
    facts.put_events(
        "visit",
        (
            Event("visit", f"v{n}", key, TICK - HOUR + n, 0, {"page": "home" if n % 3 else "prices"})
            for n, key in enumerate(contacts)
        ),
    )
    ledger = folder / "before.db"
    with SqliteLedger.open(ledger, clock=lambda: 0) as opened:
        opened.add_consents(
            ConsentRecord(f"{channel} {key}", key, "marketing", channel, "granted", "consent", "benchmark", 0)
            for key in contacts
            for channel in ("email", "sms")
        )
        opened.add_messages(
            CountedMessage(f"m{n}", key, START - 8 * DAY, "email", "promotional", ("sale",), 20261114)
            for n, key in enumerate(contacts)
            if n % 4 == 0
        )
    return facts, ledger


def engine_of(facts: SqliteFacts, ledger: SqliteLedger) -> Engine:
    """The playbook above over these stores."""
    checked = check([("deciding.play", PLAYBOOK)], facts.schema, {"hello": frozenset({"email", "sms"})})
    assert checked.model is not None, [d.summary for d in checked.diagnostics]
    plan = make_plan(checked.model, facts.schema, HOME)
    return Engine(
        checked.model,
        plan.hash,
        plan.definition_hashes,
        SqlExecutor(plan, facts, HOME),
        facts,
        ledger,
        HOME,
        active_from=START,
    )


def _copy(source: Path, to: Path) -> Path:
    for suffix in ("", "-wal", "-shm"):
        Path(f"{to}{suffix}").unlink(missing_ok=True)
    to.write_bytes(source.read_bytes())
    return to


def a_tick(facts: SqliteFacts, path: Path) -> tuple[float, TickReport]:
    """One tick over a ledger: seconds, and what it did."""
    with SqliteLedger.open(path, clock=lambda: TICK) as ledger:
        engine = engine_of(facts, ledger)
        begun = perf_counter()
        report = tick(engine, TICK)
        return perf_counter() - begun, report


def rows_of(path: Path) -> Mapping[str, tuple[str, Sequence[tuple[object, ...]]]]:
    """Table -> the statement that inserts its rows, and the rows."""
    with SqliteLedger.open(path, clock=lambda: TICK) as ledger:
        found = {}
        for table in TABLES:
            rows = ledger.database.rows(f"select * from {table}")
            marks = ", ".join("?" * len(rows[0]))
            found[table] = f"insert into {table} values ({marks})", rows
        return found


def bare(path: Path, rows: Mapping[str, tuple[str, Sequence[tuple[object, ...]]]]) -> float:
    """The same rows into the same tables; seconds."""
    with SqliteLedger.open(path, clock=lambda: TICK) as ledger:
        begun = perf_counter()
        with ledger.transaction():
            for statement, values in rows.values():
                ledger.database.many(statement, values)
        return perf_counter() - begun


def figures(options: Options) -> Iterator[Figure]:
    """A tick beside the inserts alone."""
    candidates = 5_000 if options.quick else 100_000
    folder = options.scratch / "deciding"
    folder.mkdir()
    facts, before = fill(folder, candidates)
    ticks: list[float] = []
    inserts: list[float] = []
    with facts:
        for count in range(1, options.rounds + 1):
            options.say(f"round {count} of {options.rounds}")
            ledger = _copy(before, folder / "tick.db")
            took, report = a_tick(facts, ledger)
            ticks.append(took)
            inserts.append(bare(_copy(before, folder / "bare.db"), rows_of(ledger)))
    yield Figure(
        f"a tick with {candidates:,} candidates, {report.reserved:,} queued",
        median(ticks),
        "s",
        median(inserts),
        "bare inserts of the same rows",
        Target("at most", 10),
        note="evaluation, causes, gates and caps included",
    )
