"""One code for each person, by mail, by letter and on the phone; what comes back finds the person by it."""

from __future__ import annotations

import csv
import json
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.coupon_codes import shown, symbols
from adapters.importing import reading
from tests.cli.conftest import Kadenz

SECRET = "a secret of the shop"
NOW = datetime.now(UTC)
YAML = f"""\
name: shop
time_zone: UTC
active_from: "{NOW - timedelta(days=1):%Y-%m-%d}"
settle: 0 minutes
purposes: [newsletter]
coupons: {{secret_env: SHOP_COUPONS, redeemed: {{redeemed: code}}}}
channels:
  email: {{kind: folder, folder: out/email, address: email}}
  letter: {{kind: batch, folder: out/letter, format: csv, address: street}}
  calls: {{kind: batch, folder: out/calls, format: jsonl, address: phone}}
"""
SCHEMA = """\
contacts: {key: id, fields: {email: text, street: text, phone: text}}
events:
  signup: {properties: {how: text}}
  redeemed: {properties: {code: text, shop: text}}
"""
PLAY = """\
offer ten "10 %" code "TEN-{unique}" discount 10 % group discounts keep first
offer twenty "20 %" code "TWENTY-{unique}" discount 20 % group discounts keep first

trigger mails
  on signup with (how = "mail")
  send email hello with offer ten
  purpose newsletter
  priority 90

trigger letters
  on signup with (how = "letter")
  send letter hello with offer ten
  purpose newsletter
  priority 80

trigger calls
  on signup with (how = "call")
  send calls hello with offer twenty
  purpose newsletter
  priority 70
"""
TEMPLATE = "---\nchannel: [email, letter, calls]\nsubject: Hello\n---\nYour code is {{ offer.code }}.\n"
PEOPLE = ("anna", "ben", "carl")


def at(minutes: int) -> str:
    return f"{NOW + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"


def own(contact: str, offer: str = "ten") -> str:
    return f"{offer.upper()}-{shown(symbols(SECRET, offer, contact))}"


@pytest.fixture
def shop(tmp_path: Path, kadenz: Kadenz, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHOP_COUPONS", SECRET)
    home = tmp_path / "shop"
    channels = ("email", "letter", "calls")
    for name, text in {
        "kadenz.yaml": YAML,
        "schema.yaml": SCHEMA,
        "playbooks/a.play": PLAY,
        "templates/hello.txt.j2": TEMPLATE,
        "contacts.csv": "id,email,street,phone\n" + "".join(f"{c},{c}@shop.example,Weg,{c}\n" for c in PEOPLE),
        # anna by all three ways, ben by letter, carl by phone
        "signup.csv": "id,contact,at,how\n"
        + "".join(
            f"{n},{c},{at(-20 + n)},{h}\n"
            for n, (c, h) in enumerate(
                [("anna", "mail"), ("anna", "letter"), ("anna", "call"), ("ben", "letter"), ("carl", "call")]
            )
        ),
        "consents.csv": "contact,channel,purpose,state,evidence,at\n"
        + "".join(f"{c},{k},newsletter,granted,x,2026-01-01T00:00Z\n" for c in PEOPLE for k in channels),
    }.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    for kind, name in (("contacts", "contacts"), ("event:signup", "signup"), ("consents", "consents")):
        said = kadenz("--project", home, "import", home / f"{name}.csv", "--as", kind)
        assert said.code == 0, said
    return home


def codes(home: Path) -> dict[tuple[str, str], str]:
    """(channel, contact) -> code, as it stands in what left."""
    found = {}
    for path in (home / "out/email").glob("*.txt"):
        text = path.read_text()
        contact, code = re.search(r"^contact: (\w+)$", text, re.M), re.search(r"Your code is (\S+)\.", text)
        assert contact is not None
        assert code is not None
        found["email", contact[1]] = code[1]
    for path in (home / "out/letter").glob("*.csv"):
        with path.open(newline="") as file:
            found |= {("letter", row["contact"]): row["offer_code"] for row in csv.DictReader(file)}
    for path in (home / "out/calls").glob("*.jsonl"):
        rows = map(json.loads, path.read_text().splitlines())
        found |= {("calls", row["contact"]): row["offer_code"] for row in rows}
    return found


def test_one_code_by_every_way_and_never_two_offers_of_a_group(shop: Path, kadenz: Kadenz) -> None:
    assert kadenz("--project", shop, "run").code == 0
    # anna holds `ten`, so that the call with `twenty` is refused; the letter repeats her own code
    assert codes(shop) == {
        ("email", "anna"): own("anna"),
        ("letter", "anna"): own("anna"),
        ("letter", "ben"): own("ben"),
        ("calls", "carl"): own("carl", "twenty"),
    }
    refused = kadenz("--project", shop, "explain", "anna").out
    assert "holds offer `ten` of group `discounts`" in refused


def test_what_is_redeemed_finds_its_person_or_is_told(
    shop: Path, kadenz: Kadenz, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert kadenz("--project", shop, "run").code == 0
    wrong = own("ben")[:-1] + ("2" if own("ben")[-1] != "2" else "3")
    rows = [
        ("till 1", "", own("anna").lower().replace("-", " ")),  # written otherwise
        ("till 2", "", own("anna")),  # a second time
        ("till 3", "carl", own("ben")),  # somebody else's
        ("till 4", "", own("zoe")),  # nobody's
        ("till 5", "", wrong),  # mistyped
        ("till 6", "ben", "SUMMER"),  # an ordinary code, and the contact is known
        ("till 7", "", ""),
        ("till 8", "carl", own("carl", "twenty")),
        ("till 9", "", own("ben", "twenty")),  # an offer that he does not hold
    ]
    lines = [f"{id_},{contact},{at(60 + n)},{code}\n" for n, (id_, contact, code) in enumerate(rows)]
    lines.append(f"early,,{at(-3000)},{own('ben')}\n")  # before it was given
    (shop / "till.csv").write_text("id,contact,at,code\n" + "".join(lines))

    def bring() -> dict[str, str]:
        said = kadenz("--project", shop, "import", shop / "till.csv", "--as", "event:redeemed")
        assert said.code == 1, said
        kept = kadenz("--project", shop, "import", "--report", "--format", "json")
        return {json.loads(one["row"])["id"]: one["reason"] for one in json.loads(kept.out)}

    told = {
        "till 2": "code used before",
        "till 3": "code of somebody else",
        "till 4": "code that nobody holds",
        "till 5": "no code of a person",
        "till 7": "required value missing",
        "till 9": "code that nobody holds",
        "early": "code that is over",
    }
    assert bring() == told
    assert bring() == told, "importing it again changes nothing"
    # a file so large that another process would read it: what is refused is kept with its content all the same
    monkeypatch.setattr(reading, "LARGE", 0)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert bring() == told


def test_a_file_without_contacts_is_enough(shop: Path, kadenz: Kadenz) -> None:
    assert kadenz("--project", shop, "run").code == 0
    today = f"{datetime.now(UTC):%Y-%m-%d}T00:00Z"  # a till that knows the day alone
    (shop / "till.csv").write_text(f"at,code\n{today},{own('ben')}\n{today},{own('ben')}\n")
    said = kadenz("--project", shop, "import", shop / "till.csv", "--as", "event:redeemed")
    assert (said.code, "code used before" in said.out) == (1, True), said
    told = json.loads(kadenz("--project", shop, "show", "ten", "--list", "--format", "json").out)
    assert (told["summary"]["messages"], told["summary"]["redeemed"]) == (3, 1)
    lines = [line for line in kadenz("--project", shop, "show", "ten", "--list").out.splitlines() if "sent" in line]
    assert ["00:00" in line for line in lines if "ben" in line] == [True]
    assert ["00:00" in line for line in lines if "anna" in line] == [False, False]


def test_without_the_secret_nothing_leaves_and_nothing_is_imported(
    shop: Path, kadenz: Kadenz, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SHOP_COUPONS")
    said = kadenz("--project", shop, "run")
    assert said.code == 3
    assert "set `SHOP_COUPONS`" in said.out + said.err
    assert codes(shop) == {}
    (shop / "till.csv").write_text(f"at,code\n{at(0)},{own('ben')}\n")
    said = kadenz("--project", shop, "import", shop / "till.csv", "--as", "event:redeemed")
    assert (said.code, "set `SHOP_COUPONS`" in said.err) == (3, True)
    monkeypatch.setenv("SHOP_COUPONS", SECRET)
    assert kadenz("--project", shop, "run").code == 0
    assert len(codes(shop)) == 4


def test_a_code_that_nobody_can_sign_is_a_mistake(shop: Path, kadenz: Kadenz) -> None:
    (shop / "kadenz.yaml").write_text(re.sub("coupons: .*\n", "", YAML))
    said = kadenz("--project", shop, "check")
    assert (said.code, said.out.count("K0903") + said.err.count("K0903")) == (1, 2), said
