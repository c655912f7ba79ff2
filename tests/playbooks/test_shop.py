"""The shop of the demo, small: ten days of runs, judged from the outside by what was written and what was imported."""

from __future__ import annotations

import csv
import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.cli.common import Workspace, open_workspace
from adapters.engine_choice import Asked
from engine.instants import to_datetime
from engine.records import OutboxRow
from engine.zones import zone
from scripts.demo import IMPORTS, TICKS
from scripts.shop_data import generate
from tests.playbooks.running import checked_clean, copied, imported, letters, quick_folder, ticked

ZURICH = zone("Europe/Zurich")
X = "Bergröstung"


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop after its ten days: `rows` of the outbox, `outcomes` (trigger, outcome, gate) -> how many."""

    workspace: Workspace
    data: Path
    rows: tuple[OutboxRow, ...]
    outcomes: Counter[tuple[str, str, str]]


def lived(project: Path, data: Path, engine: Asked) -> Shop:
    workspace = open_workspace(project)
    outcomes: Counter[tuple[str, str, str]] = Counter()
    for at in TICKS:
        outcomes.update(ticked(workspace, at, engine).report.outcomes)
    with workspace.ledger(workspace.project.rehearsal_ledger_path) as ledger:
        return Shop(workspace, data, tuple(ledger.outbox()), outcomes)


@pytest.fixture(scope="module")
def shops() -> Iterator[dict[str, Shop]]:
    """The same shop on both executors."""
    with quick_folder() as folder:
        project = copied("shop", folder / "sql")
        generate(folder / "data", contacts=500, events=15_000)
        for name, target, maps in IMPORTS:
            imported(project, folder / "data" / name, target, maps, exit_code=int(name == "contacts.csv"))
        shutil.copytree(project, folder / "interpreter")
        yield {name: lived(folder / name, folder / "data", name) for name in ("sql", "interpreter")}


@pytest.fixture
def shop(shops: dict[str, Shop]) -> Shop:
    return shops["sql"]


def table(path: Path, delimiter: str = ",", encoding: str = "utf-8") -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def messages(shop: Shop) -> list[OutboxRow]:
    return [row for row in shop.rows if row.message.kind == "message"]


def local(shop: Shop, row: OutboxRow) -> datetime:
    """When it was given out, on the contact's own clock."""
    contacts = table(shop.data / "contacts.csv", ";", "cp1252")
    own = next(r for r in contacts if r["Kundennummer"] == row.message.contact)
    return to_datetime(row.message.reserved_at, zone(own["Zeitzone"]) if own["Zeitzone"] else ZURICH)


def test_it_checks_and_its_tests_pass(tmp_path: Path) -> None:
    checked_clean(copied("shop", tmp_path / "shop"))


def test_both_executors_decide_the_same(shops: dict[str, Shop]) -> None:
    sql, interpreter = shops["sql"], shops["interpreter"]
    assert sql.outcomes == interpreter.outcomes
    assert [r.message for r in sql.rows] == [r.message for r in interpreter.rows]
    assert letters(sql.workspace) == letters(interpreter.workspace)


def test_segments_are_what_the_files_say(shop: Shop) -> None:
    """Reckoned anew from the files, by hand, without anything of ours but the time zones."""
    now = datetime(2026, 11, 20, 22, 30, tzinfo=ZURICH).astimezone(UTC)
    year_ago = datetime(2025, 11, 20, 22, 30, tzinfo=ZURICH).astimezone(UTC)
    people = {r["Kundennummer"]: r for r in table(shop.data / "contacts.csv", ";", "cp1252")[:500]}
    orders: dict[str, list[tuple[datetime, str, Decimal]]] = defaultdict(list)
    for order in table(shop.data / "bestellungen.csv", ";", "utf-8-sig"):
        at = datetime.strptime(order["Zeitpunkt"], "%d.%m.%Y %H:%M:%S").replace(tzinfo=ZURICH).astimezone(UTC)
        amount = Decimal(order["Betrag"].replace(".", "").replace(",", "."))
        if at <= now:
            orders[order["Kunde"]].append((at, order["Artikel"], amount))
    this_year = {key: [o for o in own if o[0] > year_ago] for key, own in orders.items()}
    looked: Counter[str] = Counter()
    for line in (shop.data / "visits.jsonl").read_text(encoding="utf-8").splitlines():
        visit = json.loads(line)
        if visit["category"] == "machines" and now - timedelta(days=14) < datetime.fromisoformat(visit["at"]) <= now:
            looked[visit["contact"]] += 1
    state: dict[str, str] = {}
    for row in sorted(table(shop.data / "consents.csv"), key=lambda row: row["at"]):
        if row["channel"] == "email" and datetime.fromisoformat(row["at"]) <= now:
            state[row["contact"]] = row["state"]

    def of_thirty_to_fifty(person: dict[str, str]) -> bool:
        if person["Geschlecht"] != "female" or not person["Geburtsdatum"]:
            return False
        day, month, year = (int(part) for part in person["Geburtsdatum"].split("."))
        today = now.astimezone(zone(person["Zeitzone"] or "Europe/Zurich"))
        return 30 <= today.year - year - ((today.month, today.day) < (month, day)) <= 50

    lately = {k for k, own in orders.items() if any(o[0] > now - timedelta(days=365) and o[1] == X for o in own)}
    expected = {
        "customers": set(orders),
        "regulars": {key for key, own in this_year.items() if len(own) >= 4},
        "vips": {key for key, own in this_year.items() if sum(o[2] for o in own) > 400},
        "asleep": {key for key, own in orders.items() if max(own)[0] <= now - timedelta(days=180)},
        "looks_at_machines": {key for key, times in looked.items() if times >= 3},
        "subscribers": {key for key, how in state.items() if how == "granted"},
        "offices": {key for key, person in people.items() if person["Firma"]},
        "abroad": {key for key, person in people.items() if person["Zeitzone"] not in ("", "Europe/Zurich")},
        "without_x": {key for key, person in people.items() if of_thirty_to_fifty(person)} - lately,
    }
    with shop.workspace.ledger(shop.workspace.project.rehearsal_ledger_path) as ledger:
        for name, members in expected.items():
            assert members, name
            assert set(ledger.members(name)) == members, name


def test_every_trigger_speaks_and_every_rule_holds_something_back(shop: Shop) -> None:
    sent = Counter(row.message.trigger for row in shop.rows if row.state == "sent")
    assert {"welcome", "birthday", "cart_rescue", "similar_offer"} <= set(sent)
    gates = {gate for _, _, gate in shop.outcomes}
    assert {"quiet", "capped", "consent", "where", "wait", "reserved"} <= gates


def test_every_message_became_one_file(shop: Shop) -> None:
    assert {row.state for row in shop.rows} == {"sent"}
    names = letters(shop.workspace)
    assert len(names) == len(set(names)) == len(shop.rows)


def test_the_last_run_again_sends_nothing(shop: Shop) -> None:
    result = ticked(shop.workspace, TICKS[-1])
    assert result.handed_over is not None
    assert not result.handed_over.counts
    assert len(letters(shop.workspace)) == len(shop.rows)


def test_nobody_is_written_to_without_consent(shop: Shop) -> None:
    records = sorted(table(shop.data / "consents.csv"), key=lambda row: row["at"])
    for row in messages(shop):
        when = to_datetime(row.message.reserved_at).strftime("%Y-%m-%dT%H:%M:%SZ")
        own = [
            r
            for r in records
            if (r["contact"], r["channel"]) == (row.message.contact, row.message.channel) and r["at"] <= when
        ]
        assert own
        assert own[-1]["state"] == "granted"


def test_nobody_who_opposed_is_written_to(shop: Shop) -> None:
    suppressed = table(shop.data / "suppressions.csv")
    for row in messages(shop):
        when = to_datetime(row.message.reserved_at).strftime("%Y-%m-%dT%H:%M:%SZ")
        opposed = [r for r in suppressed if r["at"] <= when]
        assert row.message.contact not in {r["contact"] for r in opposed}
        assert row.message.address not in {r["address"] for r in opposed if r["address"]}


def test_nobody_is_woken(shop: Shop) -> None:
    for row in messages(shop):
        assert 8 <= local(shop, row).hour < 21


def test_no_more_than_one_a_day_and_three_a_week(shop: Shop) -> None:
    instants: dict[str, list[datetime]] = defaultdict(list)
    for row in messages(shop):
        instants[row.message.contact].append(to_datetime(row.message.reserved_at))
    earlier: dict[str, list[datetime]] = defaultdict(list)
    for sent in table(shop.data / "messages.csv"):
        earlier[sent["contact"]].append(datetime.fromisoformat(sent["at"]))
    days = Counter((row.message.contact, local(shop, row).date()) for row in messages(shop))
    assert set(days.values()) == {1}
    for contact, own in instants.items():
        for at in own:
            before = [t for t in own + earlier[contact] if at - timedelta(days=7) < t <= at]
            assert len(before) <= 3


def test_a_birthday_is_the_birthday(shop: Shop) -> None:
    born = {r["Kundennummer"]: r["Geburtsdatum"] for r in table(shop.data / "contacts.csv", ";", "cp1252")}
    for row in messages(shop):
        if row.message.trigger == "birthday":
            assert born[row.message.contact].startswith(local(shop, row).strftime("%d.%m."))


def test_a_similar_offer_comes_a_week_after_a_click_without_a_purchase(shop: Shop) -> None:
    clicks = {}
    for line in (shop.data / "clicks.jsonl").read_text(encoding="utf-8").splitlines():
        click = json.loads(line)
        clicks[click["id"]] = click
    found = [row for row in messages(shop) if row.message.trigger == "similar_offer"]
    assert found
    orders = table(shop.data / "bestellungen.csv", ";", "utf-8-sig")
    for row in found:
        clicked = datetime.fromisoformat(clicks[row.message.event or ""]["at"])
        sent = to_datetime(row.message.reserved_at)
        assert timedelta(days=7) <= sent - clicked < timedelta(days=10)
        for order in orders:
            if order["Kunde"] == row.message.contact:
                at = datetime.strptime(order["Zeitpunkt"], "%d.%m.%Y %H:%M:%S").replace(tzinfo=ZURICH)
                assert not clicked < at <= sent


def test_messages_speak_the_language_of_the_contact(shop: Shop) -> None:
    languages = {r["Kundennummer"]: r["Sprache"] for r in table(shop.data / "contacts.csv", ";", "cp1252")}
    folder = shop.workspace.project.rehearsal_folder
    seen = set()
    for path in (folder / "email").glob("*.txt"):
        head = dict(line.split(": ", 1) for line in path.read_text(encoding="utf-8").split("\n\n")[0].splitlines())
        assert head["language"] == (languages[head["contact"]] or "de")
        seen.add(head["language"])
    assert seen == {"de", "fr", "en"}
