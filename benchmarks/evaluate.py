"""How long one evaluation takes: interpreter, SQL executor, and one bare pass in SQL by hand, on one generated store.

    .venv/bin/python -m benchmarks.evaluate [--contacts 20000] [--events 500000] [--interpret]

Prints seconds (median of three) and ratios; seconds differ by machine, ratios hardly do. The answer of the SQL
executor is compared with the interpreter's where that one runs.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

from adapters.stores.facts import SqliteFacts
from dsl.check import check
from dsl.schema import EventType, Field, Schema
from dsl.types import NUMBER, Date, OneOf, Text, Type, Zone, money
from engine.evaluation import Memory
from engine.instants import DAY
from engine.interpret import InterpreterExecutor
from engine.plan import make_plan
from engine.records import Event
from engine.sql.executor import SqlExecutor

AS_OF = 1_795_348_800_000_000  # 2026-11-22 12:00 UTC
PRODUCTS = ("coffee", "grinder", "machine", "cups")

PLAYBOOK = """
segment customers
  where did purchase

segment regulars
  where number of purchase in last 1 year >= 4

segment spenders
  where sum of purchase.amount in last 1 year > 500

segment asleep
  where in customers and last purchase older than 180 days

segment without_coffee
  where gender = female
    and age of birth_date between 30 and 50
    and did not purchase with (product = coffee) in last 365 days

segment lookers
  where did visit at least 3 times in last 14 days

segment this_month
  where did visit this month

segment birthdays
  where birth_date anniversary in next 7 days

segment swiss_regulars
  where in regulars and country = CH

segment warm
  where engagement >= 30 and not in asleep

score engagement
  +1 on visit in last 90 days at most 15 points
  +8 on cart_added in last 60 days
  +5 on purchase
  +1 per 100 of sum of purchase.amount in last 1 year at most 20 points
  -15 when country != CH
  halve every 30 days
  keep between 0 and 100
  stage aware from 0
  stage ready from 40 leave below 35
"""

BY_HAND = (
    "SELECT _contact, COUNT(*), COUNT(*) FILTER (WHERE _at > :year), SUM(amount) FILTER (WHERE _at > :year), "
    "MAX(_at), COUNT(*) FILTER (WHERE product = 'coffee' AND _at > :year) "
    "FROM event_purchase WHERE _at <= :as_of GROUP BY _contact",
    "SELECT _contact, COUNT(*) FILTER (WHERE _at > :fortnight), COUNT(*) FILTER (WHERE _at > :month) "
    "FROM event_visit WHERE _at <= :as_of GROUP BY _contact",
    "SELECT _contact, COUNT(*) FROM event_cart_added WHERE _at <= :as_of GROUP BY _contact",
)


def shop_schema() -> Schema:
    """A small shop."""

    def fields(**types: Type) -> dict[str, Field]:
        return {name: Field(name, type_) for name, type_ in types.items()}

    countries, products = OneOf(("CH", "DE", "US")), OneOf(PRODUCTS)
    return Schema(
        key="customer_id",
        fields=fields(
            customer_id=Text(), gender=OneOf(("female", "male")), birth_date=Date(), country=countries, zone=Zone()
        ),
        events={
            "purchase": EventType("purchase", fields(amount=money("CHF"), product=products, quantity=NUMBER)),
            "visit": EventType("visit", fields(page=Text())),
            "cart_added": EventType("cart_added", fields(product=products)),
        },
        zone_field="zone",
        country_field="country",
    )


def fill(store: SqliteFacts, contacts: int, events: int) -> None:
    """Contacts in two zones, events over two years, the same for the same numbers."""
    chance = random.Random(2026)
    keys = [f"c{n:07}" for n in range(contacts)]
    store.put_contacts(
        (
            key,
            {
                "gender": chance.choice(("female", "male")),
                "birth_date": chance.randint(1940, 2005) * 10_000 + chance.randint(1, 12) * 100 + chance.randint(1, 28),
                "country": chance.choice(("CH", "CH", "CH", "DE", "US")),
                "zone": chance.choice(("Europe/Zurich", "America/New_York", None)),
            },
        )
        for key in keys
    )
    share = {"visit": 60, "purchase": 25, "cart_added": 15}
    for name, percent in share.items():
        store.put_events(name, _events(chance, name, keys, events * percent // 100))


def _events(chance: random.Random, name: str, keys: list[str], count: int) -> Iterator[Event]:
    for n in range(count):
        properties: dict[str, str | int | None] = {}
        if name != "visit":
            properties["product"] = chance.choice(PRODUCTS)
        if name == "purchase":
            properties |= {"amount": chance.randint(500, 20_000), "quantity": chance.randint(1, 3)}
        at = AS_OF - chance.randint(0, 730 * DAY)
        yield Event(name, f"{name}{n}", chance.choice(keys), at, properties=properties)


def timed(times: int, work: Callable[[], object]) -> float:
    """Median seconds."""
    found = []
    for _ in range(times):
        start = perf_counter()
        work()
        found.append(perf_counter() - start)
    return median(found)


def main() -> None:
    """Fill a store in a temporary folder, time, compare, print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--contacts", type=int, default=20_000)
    options.add_argument("--events", type=int, default=500_000)
    options.add_argument("--interpret", action="store_true", help="also time the interpreter, and compare the answers")
    chosen = options.parse_args()
    schema = shop_schema()
    checked = check([("bench.play", PLAYBOOK)], schema, {})
    if checked.model is None:
        raise SystemExit("\n".join(d.summary for d in checked.diagnostics))
    plan = make_plan(checked.model, schema, "Europe/Zurich")
    with tempfile.TemporaryDirectory() as folder, SqliteFacts.open(Path(folder) / "f.db", schema, now=0) as store:
        start = perf_counter()
        fill(store, chosen.contacts, chosen.events)
        print(f"{'filling the store':<24}{perf_counter() - start:8.2f} s")
        sql = SqlExecutor(plan, store, "Europe/Zurich")
        bounds = {"as_of": AS_OF, "year": AS_OF - 365 * DAY, "month": AS_OF - 22 * DAY, "fortnight": AS_OF - 14 * DAY}

        def by_hand() -> None:
            for text in BY_HAND:
                store.connection.execute(text, bounds).fetchall()

        bare = timed(3, by_hand)
        full = timed(3, lambda: sql.evaluate(AS_OF, Memory()))
        print(f"{'bare SQL by hand':<24}{bare:8.2f} s      1.0")
        print(f"{'SQL executor':<24}{full:8.2f} s {full / bare:8.1f}")
        if chosen.interpret:
            plain = InterpreterExecutor(checked.model, store, "Europe/Zurich")
            slow = timed(1, lambda: plain.evaluate(AS_OF, Memory()))
            print(f"{'interpreter':<24}{slow:8.2f} s {slow / bare:8.1f}")
            same = plain.evaluate(AS_OF, Memory()) == sql.evaluate(AS_OF, Memory())
            print("answers equal" if same else "ANSWERS DIFFER")


if __name__ == "__main__":
    main()
