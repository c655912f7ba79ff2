"""How long one evaluation takes on each engine: the SQL executor, and the same playbook as one statement by hand.

    .venv/bin/python -m benchmarks.evaluate [--contacts 20000] [--events 500000] [--engines sqlite,duckdb,postgres]
        [--interpret]

Prints seconds (median of three, taken in turns) and ratios; seconds differ by machine, ratios hardly do. All answers
are compared, the interpreter's too where that one runs.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from adapters.stores.facts import SqliteFacts
from benchmarks import by_hand
from dsl.check import check
from dsl.schema import EventType, Field, Schema
from dsl.types import NUMBER, Date, OneOf, Text, Type, Zone, money
from engine.evaluation import Evaluation, Memory
from engine.instants import DAY
from engine.interpret import InterpreterExecutor
from engine.plan import make_plan
from engine.protocols import SqlFacts
from engine.records import Event
from engine.sql.executor import SqlExecutor
from engine.zones import contact_zones, zone

if TYPE_CHECKING:
    from adapters.stores.facts_engine import EngineFacts

HOME = "Europe/Zurich"
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


def rounds(times: int, works: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """Median seconds of each, taken in turns, so that a busy minute of the machine hits all of them."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(times):
        for name, work in works.items():
            found[name].append(timed(1, work))
    return {name: median(seconds) for name, seconds in found.items()}


@contextmanager
def engines(names: Sequence[str], folder: Path, store: SqliteFacts) -> Iterator[dict[str, SqlFacts]]:
    """The stores on all engines, with the same contents."""
    found: dict[str, SqlFacts] = {"sqlite": store}
    with ExitStack() as stack:
        copies: dict[str, EngineFacts] = {}
        if "duckdb" in names:
            from adapters.stores.facts_duckdb import DuckFacts

            copies["duckdb"] = stack.enter_context(DuckFacts.open(folder / "f.duckdb", store.schema))
        if "postgres" in names:
            from adapters.stores.facts_postgres import PostgresFacts
            from tests import postgres

            address, namespace = postgres.server(), postgres.namespace()
            copies["postgres"] = stack.enter_context(PostgresFacts.open(address, store.schema, namespace=namespace))
        for name, copy in copies.items():
            print(f"{f'copying to {name}':<28}{timed(1, partial(copy.fill, store)):8.2f} s")
        yield {name: held for name, held in {**found, **copies}.items() if name in names}


def hand_written(name: str, facts: SqlFacts) -> Callable[[], object]:
    """The statement by hand on an engine; it reads all rows, as the executor does."""
    told = by_hand.text(name, AS_OF, zone(HOME), {"US": contact_zones(None, "US", HOME).reckoning})
    connection = facts.connection  # type: ignore[attr-defined]  # each of the three has one

    def run() -> object:
        facts.temporary("weights", {"step": "integer", "weight": "integer"}, by_hand.weight_rows(), ("step",))
        return connection.execute(told).fetchall()

    return run


def main() -> None:
    """Fill the stores in a temporary folder, time, compare, print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--contacts", type=int, default=20_000)
    options.add_argument("--events", type=int, default=500_000)
    options.add_argument(
        "--engines", default="sqlite,duckdb", help="of sqlite, duckdb and postgres, with commas between"
    )
    options.add_argument("--interpret", action="store_true", help="also time the interpreter, and compare the answers")
    chosen = options.parse_args()
    names = chosen.engines.split(",")
    schema = shop_schema()
    checked = check([("bench.play", PLAYBOOK)], schema, {})
    if checked.model is None:
        raise SystemExit("\n".join(d.summary for d in checked.diagnostics))
    plan = make_plan(checked.model, schema, HOME)
    with tempfile.TemporaryDirectory() as folder, SqliteFacts.open(Path(folder) / "f.db", schema, now=0) as store:
        print(f"{'filling the store':<28}{timed(1, partial(fill, store, chosen.contacts, chosen.events)):8.2f} s")
        with engines(names, Path(folder), store) as stores:
            works: dict[str, Callable[[], object]] = {}
            answers: dict[str, Evaluation] = {}
            same = True
            for name, facts in stores.items():
                sql = SqlExecutor(plan, facts, HOME)
                works[f"{name} by hand"] = hand = hand_written(name, facts)
                works[f"{name} executor"] = partial(sql.evaluate, AS_OF, Memory())
                found = answers[name] = sql.evaluate(AS_OF, Memory())
                told = (found.segments, found.scores["engagement"], found.stages["engagement"])
                same = same and by_hand.answer(hand()) == told  # type: ignore[arg-type]  # rows
            seconds = rounds(3, works)
            first = next(iter(seconds.values()))
            print(f"{'':<28}{'seconds':>10}{'to by hand':>12}{'to the first':>14}")
            for name in stores:
                bare = seconds[f"{name} by hand"]
                for line in (f"{name} by hand", f"{name} executor"):
                    print(f"{line:<28}{seconds[line]:10.2f}{seconds[line] / bare:12.2f}{seconds[line] / first:14.2f}")
            if chosen.interpret:
                plain = InterpreterExecutor(checked.model, store, HOME)
                slow = timed(1, lambda: answers.update(interpreter=plain.evaluate(AS_OF, Memory())))
                print(f"{'interpreter':<28}{slow:10.2f}{'':>12}{slow / first:14.2f}")
        same = same and all(found == next(iter(answers.values())) for found in answers.values())
        print("answers equal" if same else "ANSWERS DIFFER")


if __name__ == "__main__":
    main()
