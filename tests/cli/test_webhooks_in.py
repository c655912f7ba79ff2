from __future__ import annotations

import json
import shutil
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from adapters.cli.main import run
from adapters.cli.workspace import journal_of, open_facts, open_ledger
from adapters.feedback.inbox import Inbox
from adapters.project import load
from adapters.stores.ledger_outbox import SqlOutbox
from adapters.stores.quarantine import Quarantine, Quarantined
from adapters.webhook_signature import PREFIX, key_of, signature
from engine.handover import hand_over
from engine.protocols import Receipt, Rendered
from engine.records import Event, Outgoing, Suppression
from tests.adapters.test_callbacks import TOKEN, sinch_post, twilio_post
from tests.cli.conftest import Kadenz
from tests.cli.serving import Answer, Served, served, signed_project
from tests.cli.test_serve import soon, withdrawn

SECRET = PREFIX + b64encode(b"n" * 32).decode()
OLD = PREFIX + b64encode(b"o" * 32).decode()
OTHER = PREFIX + b64encode(b"x" * 32).decode()
KEY = "5f" * 32
CONFIG = """
webhooks:
  provider:
    secrets_env: [PROVIDER_SECRET, PROVIDER_OLD]
    accepts: [message_delivered, message_clicked, message_bounced, message_complained, unsubscribed, purchase]
    types: {email.bounced: message_bounced, email.clicked: message_clicked}
    fields: {email.to: address}
    channel: email
"""


def post(
    server: Served,
    body: bytes | Mapping[str, Any],
    id_: str = "m-1",
    *,
    secret: str = SECRET,
    at: int | None = None,
    headers: Mapping[str, str] | None = None,
    source: str = "provider",
) -> Answer:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    seconds = int(time.time()) if at is None else at
    key = key_of(secret)
    assert key is not None
    signed = {
        "webhook-id": id_,
        "webhook-timestamp": str(seconds),
        "webhook-signature": signature(key, id_, seconds, data),
        "Content-Type": "application/json",
    }
    return server.ask("POST", f"/webhooks/{source}", data, {**signed, **(headers or {})})


def events(project: Path, name: str) -> list[Event]:
    with open_facts(load(project)) as facts:
        return list(facts.new_events(name, 0, 0, 2**62))


def quarantined(project: Path) -> list[Quarantined]:
    with open_facts(load(project)) as facts:
        return list(Quarantine(facts).entries())


def suppressed(project: Path) -> list[Suppression]:
    with closing(open_ledger(load(project))) as ledger:
        return list(ledger.suppressions(2**62))


class Lost:
    """A channel whose answer is lost behind the marker."""

    from engine.protocols import Guarantee

    guarantee = Guarantee(idempotent=False, retry_after_refusal=True, about="")

    def __init__(self, outcome: str = "uncertain") -> None:
        self._outcome = outcome

    def hand_over(self, message: Rendered, commit: Any) -> Receipt:
        assert commit()
        return Receipt("sent" if self._outcome == "sent" else "uncertain", "", "SM-77")

    def close(self) -> None:
        pass


def sent(project: Path, outcome: str = "sent", key: str = KEY, address: str = "anna@old.example") -> None:
    """Leave a message to contact 1001 in the ledger as handed over."""
    opened = load(project)
    with closing(open_ledger(opened)) as ledger:
        now = ledger.clock()
        with ledger.write() as writing:
            writing.reserve(
                [
                    Outgoing(
                        key, "message", "cart_reminder", "1001", "email", "cart_reminder", None, "promotional",
                        "newsletter", ("cart",), address, now, now, now + 10**12, 20_261_128,
                    )
                ]
            )  # fmt: skip
        rendered = Rendered(key, "1001", "email", address, "s", "t", None, None, "cart_reminder", "cart_reminder")
        with ledger.owner() as owner:
            done = hand_over(
                SqlOutbox(ledger, clock=ledger.clock), {"email": Lost(outcome)}, lambda _: rendered, ledger.clock,
                owner, journal=journal_of(opened, ledger),
            )  # fmt: skip
        assert done.of_state("sent" if outcome == "sent" else "uncertain") == 1


def state(project: Path, key: str = KEY) -> str:
    with closing(open_ledger(load(project))) as ledger:
        (row,) = (row for row in ledger.outbox() if row.message.key == key)
        return row.state


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = tmp_path_factory.mktemp("ready") / "project"
    assert run(["init", str(project)]) == 0
    for name in "contacts", "consents":
        file = str(project / "data" / f"{name}.csv")
        assert run(["import", file, "--as", name, "--project", str(project)]) == 0
    return signed_project(project, more=CONFIG)


@pytest.fixture
def shop(ready: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(ready, tmp_path / "project"))


@pytest.fixture
def server(shop: Path) -> Iterator[Served]:
    with served(shop, PROVIDER_SECRET=SECRET, PROVIDER_OLD=OLD) as running:
        yield running


PURCHASE = {
    "type": "purchase",
    "timestamp": "2026-11-20T10:00:00.250Z",
    "data": {"contact": "1001", "amount": 12.5, "nobody_knows": 1},
}


def test_an_event_of_the_schema_comes_in_once(server: Served, shop: Path) -> None:
    for _ in range(2):
        assert post(server, PURCHASE).status == 202
    assert soon(lambda: not Inbox(load(shop).inbox).waiting())
    (event,) = events(shop, "purchase")
    assert (event.id, event.contact, event.at) == ("provider:m-1", "1001", 1_795_168_800_250_000)
    assert event.properties == {"amount": 1_250}


def test_whatever_is_tampered_with_is_refused(server: Served, shop: Path) -> None:
    now = int(time.time())
    refusals = {
        "id": post(server, PURCHASE, headers={"webhook-id": "m-2"}),
        "time": post(server, PURCHASE, at=now, headers={"webhook-timestamp": str(now - 1)}),
        "key": post(server, PURCHASE, secret=OTHER),
        "stale": post(server, PURCHASE, at=now - 320),
        "future": post(server, PURCHASE, at=now + 320),
        "no signature": post(server, PURCHASE, headers={"webhook-signature": ""}),
    }
    data = json.dumps(PURCHASE).encode()
    key = key_of(SECRET)
    assert key is not None
    signed = {"webhook-id": "m-1", "webhook-timestamp": str(now), "webhook-signature": signature(key, "m-1", now, data)}
    refusals["body"] = server.ask("POST", "/webhooks/provider", data.replace(b"1001", b"1002"), signed)
    assert {name: answer.status for name, answer in refusals.items()} == dict.fromkeys(refusals, 401)
    assert post(server, b"x" * 300_000).status == 413
    assert post(server, PURCHASE, source="nobody").status == 404
    for body in b"[]", b"{", b"\xff{}", b'{"a": NaN}', b'"\\ud800"', b"[" * 100_000:
        assert post(server, body).status == 400, body[:20]
    assert not Inbox(load(shop).inbox).waiting()
    assert not events(shop, "purchase")


def test_an_old_key_holds_while_it_is_named(server: Served, shop: Path) -> None:
    assert post(server, PURCHASE, secret=OLD).status == 202
    assert soon(lambda: len(events(shop, "purchase")) == 1)


def test_a_click_is_about_the_message_that_its_key_names(server: Served, shop: Path) -> None:
    sent(shop)
    click = {"type": "email.clicked", "data": {"message_id": f"<{KEY}@shop.example>", "at": 1_795_168_800}}
    assert post(server, click).status == 202
    assert soon(lambda: len(events(shop, "message_clicked")) == 1)
    (event,) = events(shop, "message_clicked")
    assert (event.contact, event.at) == ("1001", 1_795_168_800_000_000)
    assert event.properties == {
        "trigger": "cart_reminder", "channel": "email", "template": "cart_reminder", "tags": "|cart|",
    }  # fmt: skip


@pytest.mark.parametrize("by", [{"key": KEY}, {"provider_id": "SM-77"}])
def test_a_report_that_carries_the_message_resolves_uncertainty(
    server: Served, shop: Path, by: Mapping[str, str]
) -> None:
    sent(shop, "uncertain")
    assert state(shop) == "uncertain"
    assert post(server, {"type": "message_delivered", "data": by}).status == 202
    assert soon(lambda: state(shop) == "sent")
    assert soon(lambda: len(events(shop, "message_delivered")) == 1)


def test_a_permanent_bounce_suppresses_the_address_that_the_message_went_to(server: Served, shop: Path) -> None:
    sent(shop)
    bounce = {"type": "email.bounced", "data": {"key": KEY, "reason": "5.1.1 no such mailbox"}}
    for _ in range(2):
        assert post(server, bounce, "b-1").status == 202
    assert soon(lambda: len(suppressed(shop)) == 1)
    (entry,) = suppressed(shop)
    assert (entry.contact, entry.address, entry.channel) == (None, "anna@old.example", "email")
    assert entry.reason == f"bounced: webhook provider 5.1.1 no such mailbox (message {KEY[:16]})"
    assert soon(lambda: len(events(shop, "message_bounced")) == 1)


def test_a_bounce_that_is_not_permanent_suppresses_nobody(server: Served, shop: Path) -> None:
    sent(shop, "uncertain")
    assert post(server, {"type": "message_bounced", "data": {"key": KEY, "permanent": False}}).status == 202
    assert soon(lambda: state(shop) == "sent")
    assert soon(lambda: not Inbox(load(shop).inbox).waiting())
    assert not suppressed(shop)
    assert not events(shop, "message_bounced")


def test_a_complaint_without_a_message_is_found_by_the_address(server: Served, shop: Path) -> None:
    with open_facts(load(shop)) as facts:
        (contact,) = facts.contacts(["1001"])
    address = contact.fields["email"]
    complaint = {"type": "message_complained", "data": {"email": {"to": f" {str(address).upper()} "}}}
    assert post(server, complaint).status == 202
    assert soon(lambda: [one.address for one in suppressed(shop)] == [address])
    (event,) = events(shop, "message_complained")
    assert (event.contact, event.properties) == ("1001", {"channel": "email"})


def test_unsubscribed_withdraws_what_the_message_was_for(server: Served, shop: Path) -> None:
    sent(shop)
    assert post(server, {"type": "unsubscribed", "data": {"key": KEY}}).status == 202
    assert soon(lambda: len(withdrawn(shop, "1001")) == 1)


def test_what_does_not_fit_is_in_quarantine_with_its_reason(server: Served, shop: Path, kadenz: Kadenz) -> None:
    sent(shop)
    bad: dict[str, dict[str, Any]] = {
        "q-1": {"type": "cart_added", "data": {"contact": "1001"}},
        "q-2": {"type": "purchase", "data": {"amount": 1}},
        "q-3": {"type": "purchase", "data": {"contact": "1001", "amount": "a lot"}},
        "q-4": {"type": "message_clicked", "data": {"key": KEY, "contact": "1002"}},
        "q-5": {"type": "purchase", "timestamp": "yesterday", "data": {"contact": "1001"}},
        "q-6": {"type": "purchase", "data": [1]},
        "q-7": {"data": {}},
    }
    for id_, body in bad.items():
        assert post(server, body, id_).status == 202
    good = {"type": "purchase", "data": {"contact": "1001", "amount": 3}}
    assert post(server, good, "q-8").status == 202
    assert soon(lambda: not Inbox(load(shop).inbox).waiting())
    assert {(entry.file.rpartition(" ")[2], entry.reason) for entry in quarantined(shop)} == {
        ("q-1", "not accepted"),
        ("q-2", "no contact"),
        ("q-3", "wrong type"),
        ("q-4", "other contact"),
        ("q-5", "no instant"),
        ("q-6", "no data"),
        ("q-7", "not accepted"),
    }
    assert [event.id for event in events(shop, "purchase")] == ["provider:q-8"]
    assert kadenz("import", "--report", "--project", shop).code == 0


def test_status_callbacks_in_the_form_of_a_provider(shop: Path) -> None:
    more = "  texts: {profile: sinch, secrets_env: SINCH, accepts: [message_delivered, message_bounced]}\n"
    more += "  other: {profile: twilio, secrets_env: SINCH, accepts: message_delivered}\n"
    path = shop / "kadenz.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + more, encoding="utf-8")
    assert [one.code for one in load(shop).diagnostics] == ["K0903"]
    more = more.replace("profile: twilio", "profile: twilio, url: 'https://shop.example/webhooks/other'")
    path.write_text(text + more, encoding="utf-8")
    sent(shop, "uncertain")
    body, headers = sinch_post(at=int(time.time()), batch_id="SM-77", status="Delivered")
    with served(shop, PROVIDER_SECRET=SECRET, SINCH=TOKEN.decode()) as server:
        assert server.ask("POST", "/webhooks/texts", body + b" ", headers).status == 401
        for _ in range(2):
            assert server.ask("POST", "/webhooks/texts", body, headers).status == 202
        url = "https://shop.example/webhooks/other"
        body, headers = twilio_post(url, MessageSid="SM-77", MessageStatus="sent")
        assert server.ask("POST", "/webhooks/other", body, headers).status == 200
        body, headers = twilio_post(url, CallSid="1")
        assert server.ask("POST", "/webhooks/other", body, headers).status == 400
        assert soon(lambda: not Inbox(load(shop).inbox).waiting())
    assert state(shop) == "sent"
    assert [event.id for event in events(shop, "message_delivered")] == ["texts:SM-77:Delivered"]


def test_nothing_is_kept_of_who_was_forgotten(shop: Path, kadenz: Kadenz) -> None:
    said = kadenz("forget", "1001", "--yes", "--project", shop)
    assert said.code == 0, said.out + said.err
    with served(shop, PROVIDER_SECRET=SECRET, PROVIDER_OLD=OLD) as server:
        bodies: list[dict[str, Any]] = [
            PURCHASE,
            {"type": "unsubscribed", "data": {"contact": "1001"}},
            {"type": "purchase", "data": {"contact": "1001", "amount": "a lot"}},
            {"type": "cart_added", "data": {"contact": "1001"}},
            {"type": "purchase", "data": {"contact": "1002", "amount": 1}},
        ]
        for number, body in enumerate(bodies):
            assert post(server, body, f"f-{number}").status == 202
        assert soon(lambda: len(events(shop, "purchase")) == 1)
        assert soon(lambda: not Inbox(load(shop).inbox).waiting())
    assert [one.contact for one in events(shop, "purchase")] == ["1002"]
    assert not events(shop, "unsubscribed")
    assert not quarantined(shop)
    assert not withdrawn(shop, "1001")


def test_a_missing_secret_is_bad_input(shop: Path, kadenz_process: Kadenz) -> None:
    from tests.cli.serving import SECRET as SIGNING

    said = kadenz_process("serve", "--project", shop, SHOP_SECRET=SIGNING)
    assert said.code == 3
    assert "set `PROVIDER_SECRET`" in said.err
    said = kadenz_process("serve", "--project", shop, SHOP_SECRET=SIGNING, PROVIDER_SECRET="short")
    assert said.code == 3
    assert "whsec_" in said.err


def test_mistakes_in_the_file_are_found(shop: Path) -> None:
    path = shop / "kadenz.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("purchase]", "purchse, message_sent]").replace("    channel: email\n", "    channel: post\n", 1)
        .replace("  provider:", "  Provider X:"),
        encoding="utf-8",
    )  # fmt: skip
    found = [(one.code, one.summary) for one in load(shop).diagnostics]
    assert sorted(found) == [
        ("K0904", "`message_sent` is what Kadenz hands over itself"),
        ("K0908", "`Provider X` is no name for a webhook"),
        ("K0909", "there is no channel `post`"),
        ("K0909", "there is no event type `purchse`"),
    ]


def test_bounces_and_unsubscriptions_by_import_change_the_ledger_too(shop: Path, kadenz: Kadenz) -> None:
    rows = {
        "message_bounced": {"contact": "1001", "at": "2026-11-20T10:00Z", "channel": "email", "id": "b1"},
        "message_complained": {"contact": "1002", "at": "2026-11-20T10:00Z", "id": "c1"},
        "unsubscribed": {"contact": "1003", "at": "2026-11-20T10:00Z", "channel": "email", "id": "u1"},
    }
    for _ in range(2):
        for name, row in rows.items():
            file = shop / f"{name}.jsonl"
            file.write_text(json.dumps(row) + "\n", encoding="utf-8")
            assert kadenz("import", file, "--as", f"event:{name}", "--project", shop).code == 0
    with open_facts(load(shop)) as facts:
        one, two = (str(c.fields["email"]) for c in facts.contacts(["1001", "1002"]))
    assert [(s.address, s.channel, s.reason) for s in suppressed(shop)] == [
        (one, "email", "bounced (event b1)"),
        (two, "email", "complaint (event c1)"),
    ]
    assert [r.evidence for r in withdrawn(shop, "1003")] == ["event unsubscribed u1"]


def test_a_bounce_of_before_suppresses_the_address_of_then(shop: Path, kadenz: Kadenz) -> None:
    with open_facts(load(shop)) as facts:
        (contact,) = facts.contacts(["1001"])
    file = shop / "moved.jsonl"
    file.write_text(json.dumps({"customer_id": "1001", "email": "new@example.ch"}) + "\n", encoding="utf-8")
    assert kadenz("import", file, "--as", "contacts", "--project", shop).code == 0
    file = shop / "bounced.jsonl"
    file.write_text(json.dumps({"contact": "1001", "at": "2026-11-20T10:00Z", "id": "b2"}) + "\n", encoding="utf-8")
    assert kadenz("import", file, "--as", "event:message_bounced", "--project", shop).code == 0
    assert [one.address for one in suppressed(shop)] == [contact.fields["email"]]
