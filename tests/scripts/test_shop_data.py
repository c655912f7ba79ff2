"""The invented shop: the same bytes every time, and plausible."""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from collections import Counter
from pathlib import Path

import pytest

from scripts.shop_data import BAD_CONTACTS, EVENT_FILES, Written, generate

HASH = "79a141cce60d55023377b7bb21e81af2cbb877aa4772074dcfa4f93110db97e5"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return generate(tmp_path_factory.mktemp("shop"), contacts=400, events=8_000)


def digest(folder: Path) -> str:
    seen = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        seen.update(path.name.encode() + b"\0" + path.read_bytes())
    return seen.hexdigest()


def table(path: Path, delimiter: str = ",", encoding: str = "utf-8") -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def test_the_same_bytes_every_time(shop: Written, tmp_path: Path) -> None:
    generate(tmp_path, contacts=400, events=8_000)
    assert digest(tmp_path) == digest(shop.folder) == HASH


def test_another_seed_gives_other_people(shop: Written, tmp_path: Path) -> None:
    generate(tmp_path, contacts=400, events=8_000, seed=8)
    assert digest(tmp_path) != digest(shop.folder)


def test_as_many_as_asked_for(shop: Written) -> None:
    assert shop.events == 8_000
    assert shop.rows["contacts.csv"] == 400 + BAD_CONTACTS
    for name, rows in shop.rows.items():
        text = (shop.folder / name).read_bytes()
        assert text.count(b"\n") == rows + (0 if name.endswith(".jsonl") else 1)
    assert set(EVENT_FILES) <= set(shop.rows)


def test_contacts_are_written_as_german_excel_does(shop: Written) -> None:
    data = (shop.folder / "contacts.csv").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        data.decode("utf-8")
    rows = table(shop.folder / "contacts.csv", ";", "cp1252")[:-BAD_CONTACTS]
    assert {row["Zeitzone"] for row in rows} == {"", "America/New_York"}
    assert {row["Sprache"] for row in rows} == {"", "de", "fr", "en"}
    assert any(row["Guthaben"].endswith(",00") for row in rows)
    assert all(len(row["Kunde seit"].split(".")) == 3 for row in rows)
    lacking = Counter(name for row in rows for name, cell in row.items() if not cell)
    assert 0 < lacking["Geburtsdatum"] < 200
    assert 0 < lacking["E-Mail"] < 60
    assert (shop.folder / "bestellungen.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_some_agreed_some_opposed_most_bought_little(shop: Written) -> None:
    consents = table(shop.folder / "consents.csv")
    by_email = {row["contact"] for row in consents if row["channel"] == "email" and row["state"] == "granted"}
    assert 180 < len(by_email) < 320
    assert any(row["state"] == "withdrawn" for row in consents)
    assert table(shop.folder / "suppressions.csv")
    orders = table(shop.folder / "bestellungen.csv", ";", "utf-8-sig")
    counts = sorted(Counter(row["Kunde"] for row in orders).values(), reverse=True)
    assert sum(counts[:40]) > 0.3 * sum(counts), "a tenth of the customers gives a third of the orders or more"
    assert len(counts) < 380, "some never buy"


def test_december_is_busier_than_july(shop: Written) -> None:
    months = Counter(json.loads(line)["at"][5:7] for line in lines(shop.folder / "visits.jsonl"))
    assert months["12"] > 1.8 * months["07"]


def test_nothing_lies_after_the_last_day(shop: Written) -> None:
    for name in EVENT_FILES:
        if name.endswith(".jsonl"):
            instants = [json.loads(line)["at"] for line in lines(shop.folder / name)]
        elif name != "bestellungen.csv":
            instants = [row["at"] for row in table(shop.folder / name)]
        assert min(instants) >= "2024-11-2"
        assert max(instants) <= "2026-11-20T23:59:59Z"


def test_it_does_not_read_the_clock(monkeypatch: pytest.MonkeyPatch, shop: Written, tmp_path: Path) -> None:
    monkeypatch.setattr("time.time", lambda: sys.exit("the clock was read"))
    generate(tmp_path, contacts=400, events=8_000)
    assert digest(tmp_path) == digest(shop.folder)
