"""The `webhook` channel against a program that verifies what it gets as the specification says."""

from __future__ import annotations

import contextlib
import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.channels import open_channels
from adapters.channels.http_guard import GuardedHttp
from adapters.channels.webhook import WebhookChannel, pause_of
from adapters.project import Project, load
from adapters.stores.ledger_outbox import RETRY_DELAYS, SqlOutbox
from adapters.webhook_signature import key_of, refused
from engine.handover import hand_over
from engine.protocols import Receipt, Rendered, Unreachable
from tests.adapters.http_server import MESSAGE, Heard, Provider, providing, saying
from tests.adapters.ledger_samples import fill, fixed, ledger, message, render
from tests.adapters.smtp_server import Marker, free_port

NOW = 1_614_265_330
OLD, NEW = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_" + b64encode(b"n" * 24).decode()
HOUR = 3_600_000_000
CALL = Rendered("ab" * 32, "anna", "call", "crm", None, '{"id": "Grüezi"}\n', None, None, "call crm", "taken")


@contextlib.contextmanager
def channel(url: str, *secrets: str | None, timeout: float = 3, **options: Any) -> Iterator[WebhookChannel]:
    named = {f"SECRET_{n}": secret for n, secret in enumerate(secrets or (OLD,))}
    http = GuardedHttp(own_hosts={"127.0.0.1"}, timeout=timeout)
    made = WebhookChannel(url, named, lambda: NOW * 1_000_000 + 5, http, **options)
    try:
        yield made
    finally:
        made.close()


def good(heard: Heard, secret: str, now: int = NOW) -> bool:
    """As a receiver with this secret sees it."""
    key = key_of(secret)
    assert key is not None
    told = heard.headers
    given = (told["webhook-id"], told["webhook-timestamp"], told["webhook-signature"])
    return refused([key], *given, heard.body, now) is None


def test_a_call_as_it_arrives() -> None:
    with providing() as provider, channel(provider.url("/hook?x=1"), calls=True) as c:
        assert c.hand_over(CALL, Marker()).outcome == "sent"
        assert c.guarantee.idempotent
    (heard,) = provider.heard
    assert (heard.method, heard.path, heard.headers["content-type"]) == ("POST", "/hook?x=1", "application/json")
    assert heard.body == '{"id": "Grüezi"}\n'.encode()
    assert (heard.headers["webhook-id"], heard.headers["webhook-timestamp"]) == (CALL.key, str(NOW))
    # by hand, as the specification words it
    signed = f"{CALL.key}.{NOW}.".encode() + heard.body
    made = b64encode(hmac.digest(b64decode(OLD.removeprefix("whsec_")), signed, "sha256")).decode()
    assert heard.headers["webhook-signature"] == f"v1,{made}"
    assert good(heard, OLD)
    assert not good(heard, NEW)
    assert not good(replace(heard, body=heard.body + b" "), OLD)
    assert not good(replace(heard, headers={**heard.headers, "webhook-id": "other"}), OLD)
    assert not good(heard, OLD, NOW + 301)


def test_keys_are_changed_without_a_gap() -> None:
    with providing() as provider, channel(provider.url(), NEW, OLD) as c:
        assert c.hand_over(MESSAGE, Marker()).outcome == "sent"
    (heard,) = provider.heard
    assert len(heard.headers["webhook-signature"].split(" ")) == 2
    assert (good(heard, OLD), good(heard, NEW), good(heard, "whsec_" + "A" * 32)) == (True, True, False)


def test_a_message_as_it_arrives() -> None:
    with providing() as provider, channel(provider.url()) as c:
        for _ in range(2):
            assert c.hand_over(MESSAGE, Marker()).outcome == "sent"
    first, second = provider.heard
    assert first == second
    assert first.json() == {
        "id": MESSAGE.key, "channel": "sms", "contact": "anna", "address": "+41791234567", "language": "de",
        "trigger": "start", "template": "hello", "subject": None, "text": MESSAGE.text, "html": None,
    }  # fmt: skip


@pytest.mark.parametrize("status", [301, 308, 400, 401, 403, 404, 409, 429, 500, 503])
def test_only_2xx_is_a_yes(status: int) -> None:
    with providing() as provider, channel(provider.url()) as c:
        provider.will(status, None, Location="http://127.0.0.1/")
        receipt = c.hand_over(MESSAGE, Marker())
        assert (receipt.outcome, receipt.note) == ("later", f"status {status}")
        assert receipt.again is not None
        assert receipt.again.patient
        assert 0 <= receipt.again.spread < 250
        provider.will(202)
        assert c.hand_over(MESSAGE, Marker()).outcome == "sent"


def test_waits_differ_between_messages() -> None:
    with providing() as provider, channel(provider.url()) as c:
        provider.will(500)
        receipts = [c.hand_over(replace(MESSAGE, key=f"{n:064x}"), Marker()) for n in range(20)]
        again = c.hand_over(replace(MESSAGE, key=f"{0:064x}"), Marker())
    spreads = [receipt.again.spread for receipt in receipts if receipt.again]
    assert len(set(spreads)) > 10
    assert again == receipts[0]


def test_it_waits_as_long_as_it_is_asked_to() -> None:
    with providing() as provider, channel(provider.url()) as c:
        provider.will(429, None, Retry_After="7200")
        receipt = c.hand_over(MESSAGE, Marker())
    assert receipt.again is not None
    assert receipt.again.after == 2 * HOUR
    for header, seconds in (("99999999999", 86_400), ("-5", 0), ("", 0), ("x" * 999, 0), (None, 0), ("1e9", 0)):
        assert pause_of(header, NOW) == seconds
    for header in ("Fri, 31 Dec 9999 23:59:59 GMT", "Fri, 31 Dec 2021 23:59:59 -0000"):
        assert pause_of(header, NOW) == 86_400
    assert pause_of("Thu, 25 Feb 2021 15:02:20 GMT", NOW) == 10


def test_who_wants_nothing_more_is_told_nothing_more() -> None:
    for alone in (True, False):
        with providing() as provider, channel(provider.url(), alone=alone) as c:
            provider.will(410)
            assert c.hand_over(MESSAGE, Marker()).outcome == "failed"
            marker = Marker()
            if alone:
                with pytest.raises(Unreachable, match="wants nothing more"):
                    c.hand_over(CALL, marker)
            else:
                assert c.hand_over(CALL, marker).outcome == "later"
            assert (len(provider.heard), marker.calls) == (1, 0)


def test_a_lost_answer_is_uncertain_and_asks_for_more() -> None:
    for pieces in ([None], [b"HTTP/1.1 2"], [1.0]):
        with saying(*pieces) as port, channel(f"http://127.0.0.1:{port}/", timeout=0.3) as c:
            receipt = c.hand_over(MESSAGE, Marker())
            assert receipt.outcome == "uncertain"
            assert receipt.again is not None
            assert receipt.again.patient


def test_one_that_is_away_stops_no_other() -> None:
    marker = Marker()
    with channel(f"http://127.0.0.1:{free_port()}/", alone=False) as c:
        receipt = c.hand_over(MESSAGE, marker)
    assert (receipt.outcome, marker.calls) == ("later", 0)
    with channel(f"http://127.0.0.1:{free_port()}/") as c, pytest.raises(Unreachable, match="nobody listens"):
        c.hand_over(MESSAGE, marker)


@pytest.mark.parametrize("secret", [None, "", "whsec_", "whsec_AAAA", "not base64!"])
def test_nothing_leaves_unsigned(secret: str | None) -> None:
    with (
        providing() as provider,
        channel(provider.url(), OLD, secret) as c,
        pytest.raises(Unreachable, match="SECRET_1"),
    ):
        c.hand_over(MESSAGE, Marker())
    assert provider.heard == []


# ---------------------------------------------------------------- in the ledger


def test_it_is_told_until_it_says_yes_with_one_id(tmp_path: Path) -> None:
    """Beyond the tries that other channels have, with waits that grow, until 2xx or the message's time is over."""
    clock = [fixed()]
    with ledger(tmp_path / "ledger.db") as store, providing() as provider:
        fill(store, [replace(message(1), expires_at=fixed() + 100 * 24 * HOUR)])
        provider.replies[:] = [(503, {}, b"")] * 9 + [(204, {}, b"")]
        waits = []
        with channel(provider.url()) as c, store.owner() as owner:
            outbox = SqlOutbox(store, clock=lambda: clock[0])
            for _ in range(10):
                hand_over(outbox, {"email": c}, render, lambda: clock[0], owner)
                (row,) = store.outbox()
                if row.state == "queued":
                    assert row.not_before is not None
                    waits.append(row.not_before - clock[0])
                    clock[0] = row.not_before
        assert row.state == "sent"
    assert len({heard.headers["webhook-id"] for heard in provider.heard}) == 1
    assert len(provider.heard) == 10
    usual = [*RETRY_DELAYS, *[RETRY_DELAYS[-1]] * 4]
    assert all(delay <= wait < 1.25 * delay for wait, delay in zip(waits, usual, strict=True))


def test_its_time_is_the_end(tmp_path: Path) -> None:
    clock = [fixed()]
    with ledger(tmp_path / "ledger.db") as store, providing() as provider:
        fill(store, [replace(message(1), expires_at=fixed() + HOUR)])
        provider.will(429, None, Retry_After="4000")
        with channel(provider.url()) as c, store.owner() as owner:
            hand_over(SqlOutbox(store, clock=lambda: clock[0]), {"email": c}, render, lambda: clock[0], owner)
        (row,) = store.outbox()
    assert (row.state, row.note) == ("failed", "given up, its time passes before the next try: status 429")


# ---------------------------------------------------------------- kadenz.yaml

SCHEMA = "contacts:\n  key: customer_id\n  fields:\n    phone: text\n"
CRM = '{kind: webhook, url: "https://crm.example/kadenz", secret_env: [NEW, OLD]}'


def project(folder: Path, entry: str, group: str = "hooks", own: str = "[]") -> Project:
    text = f"name: Shop\ntime_zone: Europe/Zurich\nown_hosts: {own}\n{group}:\n  crm: {entry}\n"
    (folder / "kadenz.yaml").write_text(text, encoding="utf-8")
    (folder / "schema.yaml").write_text(SCHEMA, encoding="utf-8")
    return load(folder)


@pytest.mark.parametrize(
    ("entry", "code", "told"),
    [
        (CRM, "", ""),
        (CRM.replace("https:", "http:"), "K0904", "only https: is spoken"),
        (CRM.replace("crm.example", "10.1.2.3"), "K0904", "it leads to a private network"),
        (CRM.replace("/kadenz", "/{key}"), "K0904", "has no placeholders"),
        (CRM.replace("[NEW, OLD]", "[]"), "K0904", "a webhook is always signed"),
        ('{kind: webhook, url: "https://crm.example/"}', "K0903", "secret_env"),
        ("{kind: webhook, secret_env: A}", "K0903", "url"),
    ],
)
@pytest.mark.parametrize("group", ["hooks", "channels", "teams"])
def test_what_kadenz_yaml_may_say(tmp_path: Path, group: str, entry: str, code: str, told: str) -> None:
    found = project(tmp_path, entry, group).diagnostics
    assert [d.code for d in found] == ([code] if code else [])
    assert all(told in d.summary for d in found)


def test_hooks_teams_and_channels_are_told(tmp_path: Path) -> None:
    with providing() as provider:
        entry = f'{{kind: webhook, url: "{provider.url()}", secret_env: [NEW, OLD]}}'
        secrets = {"NEW": NEW, "OLD": OLD}
        for group, name in (("hooks", "call"), ("teams", "notify"), ("channels", "crm")):
            found = project(tmp_path, entry, group, "[127.0.0.1]")
            assert found.diagnostics == ()
            opened = open_channels(found, rehearsal=False, clock=lambda: NOW * 1_000_000, environment=secrets)[name]
            assert opened.guarantee.idempotent
            assert opened.hand_over(CALL, lambda: True) == Receipt("sent", "status 200")
            opened.close()
            away = open_channels(found, rehearsal=True, clock=lambda: 0, environment={})[name]
            assert away.hand_over(CALL, lambda: True).outcome == "sent"
    hook, team, whole = provider.heard
    assert all(good(heard, NEW) and good(heard, OLD) for heard in provider.heard)
    assert json.loads(hook.body) == {"id": "Grüezi"}
    assert team.json()["text"] == whole.json()["text"] == CALL.text
    assert Provider().heard == []
