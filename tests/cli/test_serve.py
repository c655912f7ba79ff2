from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPException
from pathlib import Path

import pytest

from adapters.channels.unsubscribe import Unsubscription, token_of
from adapters.cli.main import run
from adapters.cli.workspace import open_facts, open_ledger
from adapters.feedback.inbox import Inbox
from adapters.project import load
from engine.records import ConsentRecord, Event
from tests.cli.conftest import Kadenz
from tests.cli.serving import SECRET, Served, served, signed_project

KEY = "5f" * 32
FORM = b"List-Unsubscribe=One-Click"
ONE_CLICK = {"Content-Type": "application/x-www-form-urlencoded"}


def link(contact: str, secret: str = SECRET, channel: str = "email", key: str = KEY) -> str:
    return "/out/" + token_of(Unsubscription(contact, "newsletter", channel, key), secret)


def records(project: Path, contact: str) -> list[ConsentRecord]:
    with closing(open_ledger(load(project))) as ledger:
        return [
            ConsentRecord(*row)
            for row in ledger.database.rows(
                "select id, contact, purpose, channel, state, basis, evidence, at from consent where contact = ?"
                " order by at, seq",
                (contact,),
            )
        ]


def withdrawn(project: Path, contact: str) -> list[ConsentRecord]:
    return [one for one in records(project, contact) if one.state == "withdrawn"]


def events(project: Path, name: str = "unsubscribed") -> list[Event]:
    with open_facts(load(project)) as facts:
        return list(facts.new_events(name, 0, 0, 2**62))


def soon(holds: Callable[[], bool]) -> bool:
    """Whether it holds before long: another process works at it."""
    for _ in range(600):
        if holds():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = tmp_path_factory.mktemp("ready") / "project"
    assert run(["init", str(project)]) == 0
    for name in "contacts", "consents":
        file = str(project / "data" / f"{name}.csv")
        assert run(["import", file, "--as", name, "--project", str(project)]) == 0
    return signed_project(project)


@pytest.fixture
def shop(ready: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(ready, tmp_path / "project"))


@pytest.fixture
def server(shop: Path) -> Iterator[Served]:
    with served(shop) as running:
        yield running


def test_get_shows_a_button_and_changes_nothing(server: Served, shop: Path) -> None:
    before = records(shop, "1001")
    for method in "GET", "HEAD", "GET":
        answer = server.ask(method, link("1001"))
        assert answer.status == 200
    assert '<form method="post">' in answer.body
    assert "First steps" in answer.body
    assert answer.headers["cache-control"] == "no-store"
    assert records(shop, "1001") == before
    assert not events(shop)
    assert not Inbox(load(shop).inbox).waiting()


def test_post_twice_gives_one_record_and_one_event(server: Served, shop: Path) -> None:
    for _ in range(2):
        assert server.ask("POST", link("1001"), FORM, ONE_CLICK).status == 200
    (record,) = withdrawn(shop, "1001")
    assert (record.purpose, record.channel) == ("newsletter", "email")
    assert record.evidence == f"one-click unsubscribe (message {KEY[:16]})"
    assert soon(lambda: len(events(shop)) == 1)
    (event,) = events(shop)
    assert (event.id, event.contact, event.at) == (record.id, "1001", record.at)
    assert event.properties == {"channel": "email"}
    assert server.ask("GET", "/healthz").status == 200
    assert not withdrawn(shop, "1002")


def test_after_a_new_consent_the_same_link_withdraws_it_too(server: Served, shop: Path, kadenz: Kadenz) -> None:
    assert server.ask("POST", link("1001"), FORM, ONE_CLICK).status == 200
    again = shop / "again.jsonl"
    at = max(one.at for one in records(shop, "1001"))
    row = {"contact": "1001", "purpose": "newsletter", "channel": "email", "evidence": "form", "state": "granted"}
    instant = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at // 1_000_000 + 1))
    again.write_text(json.dumps({**row, "at": instant}) + "\n")
    assert kadenz("import", again, "--as", "consents", "--project", shop).code == 0
    time.sleep(1.1)
    assert server.ask("POST", link("1001"), FORM, ONE_CLICK).status == 200
    assert [one.state for one in records(shop, "1001")] == ["granted", "withdrawn", "granted", "withdrawn"]
    assert soon(lambda: len(events(shop)) == 2)


def test_forged_and_truncated_tokens_are_refused(server: Served, shop: Path) -> None:
    good = link("1001")
    head, _, tail = good.rpartition(".")
    other = link("1002").rpartition("/")[2].partition(".")[0]
    forged = [
        good[:-1],
        good + "A",
        head,
        f"{head}.",
        f"/out/{other}.{tail}",
        link("1001", "another secret of some length"),
        link("1001", channel="letter"),
        "/out/" + "A" * 5_000,
        "/out/.",
    ]
    for path in forged:
        for method in "GET", "POST":
            assert server.ask(method, path, FORM if method == "POST" else None).status == 404, path
    assert server.ask("POST", good, b"x" * 5_000).status == 413
    assert server.ask("PUT", good).status == 405
    assert not withdrawn(shop, "1001")
    assert not Inbox(load(shop).inbox).waiting()


def test_the_page_speaks_the_language_of_the_reader(server: Served) -> None:
    shown = server.ask("GET", link("1001"), headers={"Accept-Language": "fr-CH, de;q=0.5"}).body
    assert 'lang="fr"' in shown
    assert "désabonner" in shown
    form = b"List-Unsubscribe=One-Click&language=it"
    assert 'lang="it"' in server.ask("POST", link("1001"), form, ONE_CLICK).body
    assert 'lang="en"' in server.ask("POST", link("1001"), b"\xff&" * 50, {"Accept-Language": ";;q=x"}).body


def test_a_withdrawal_while_the_ledger_is_locked_is_kept_and_taken_over_later(server: Served, shop: Path) -> None:
    with closing(open_ledger(load(shop))) as ledger:
        with ledger.transaction():
            for contact in "1001", "1002", "1003":
                assert server.ask("POST", link(contact), FORM, ONE_CLICK).status == 200
            assert Inbox(load(shop).inbox).waiting()
        assert soon(lambda: all(withdrawn(shop, one) for one in ("1001", "1002", "1003")))
    assert soon(lambda: not Inbox(load(shop).inbox).waiting())


def test_what_a_server_did_not_take_over_the_next_run_does_before_anything_leaves(shop: Path, kadenz: Kadenz) -> None:
    with closing(open_ledger(load(shop))) as ledger, ledger.transaction(), served(shop) as server:
        assert server.ask("POST", link("1001"), FORM, ONE_CLICK).status == 200
        server.kill()
    assert not withdrawn(shop, "1001")
    assert Inbox(load(shop).inbox).waiting()
    # a look changes nothing
    assert kadenz("run", "--dry-run", "--project", shop).code == 0
    assert not withdrawn(shop, "1001")
    assert kadenz("run", "--project", shop).code == 0
    assert withdrawn(shop, "1001")
    assert len(events(shop)) == 1
    assert not Inbox(load(shop).inbox).waiting()


def test_of_a_thousand_posts_during_a_restart_none_is_lost(shop: Path) -> None:
    contacts = [f"reader-{number}" for number in range(1_000)]
    rest, lock = list(contacts), threading.Lock()
    answered: list[str] = []
    port = 0
    with served(shop) as first:
        port = first.port
        running = [first]

        def post() -> None:
            while True:
                with lock:
                    if not rest:
                        return
                    contact = rest.pop()
                while True:
                    # as a mail provider does: again, until somebody says that it is done
                    try:
                        if running[0].ask("POST", link(contact), FORM, ONE_CLICK).status == 200:
                            break
                    except (OSError, HTTPException):
                        time.sleep(0.02)
                with lock:
                    answered.append(contact)

        threads = [threading.Thread(target=post) for _ in range(16)]
        for thread in threads:
            thread.start()
        assert soon(lambda: len(answered) > 200)
        first.kill()
        at_the_kill = len(answered)
        with served(shop, port=port) as second:
            running[0] = second
            for thread in threads:
                thread.join(120)
            assert soon(lambda: not Inbox(load(shop).inbox).waiting())
    assert 200 < at_the_kill < 1_000
    assert sorted(answered) == sorted(contacts)
    with closing(open_ledger(load(shop))) as ledger:
        found = [
            contact for (contact,) in ledger.database.rows("select contact from consent where contact like 'reader-%'")
        ]
    assert sorted(found) == sorted(contacts)
    assert sorted(one.contact for one in events(shop)) == sorted(contacts)


def test_no_contact_and_no_token_stands_in_the_log(shop: Path) -> None:
    path = link("1001")
    with served(shop) as server:
        server.ask("GET", path)
        server.ask("POST", path, FORM, ONE_CLICK)
        server.ask("GET", path[:-1])
    told = "".join(server.log)
    assert "GET asked 200" in told
    assert "POST posted 200" in told
    assert "GET asked 404" in told
    for secret in "1001", path.rpartition("/")[2][:12], SECRET, KEY[:16]:
        assert secret not in told


def test_a_missing_secret_and_a_bad_address_are_bad_input(shop: Path, kadenz_process: Kadenz) -> None:
    said = kadenz_process("serve", "--project", shop)
    assert said.code == 3
    assert "set `SHOP_SECRET`" in said.err
    said = kadenz_process("serve", "--project", shop, "--listen", "nowhere", SHOP_SECRET=SECRET)
    assert said.code == 3
    assert "write it like 127.0.0.1:8080" in said.err
