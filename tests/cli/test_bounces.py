from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from adapters.feedback.inbox import Inbox
from adapters.project import load
from tests.adapters.test_mails import KEY, arf, dsn
from tests.cli.conftest import Kadenz
from tests.cli.serving import served
from tests.cli.test_serve import soon
from tests.cli.test_webhooks_in import (
    OLD,
    SECRET,
    events,
    post,
    quarantined,
    ready,  # noqa: F401  # the fixture
    sent,
    shop,  # noqa: F401  # the fixture
    state,
    suppressed,
)


def bounces(kadenz: Kadenz, project: Path, path: Path, *options: str, code: int = 0) -> Mapping[str, Any]:
    said = kadenz("import", path, "--as", "bounces", "--project", project, "--format", "json", *options)
    assert said.code == code, said.out + said.err
    found: Mapping[str, Any] = json.loads(said.out)
    return found


def maildir(at: Path, **mails: bytes) -> Path:
    for name in "new", "cur", "tmp":
        (at / name).mkdir(parents=True)
    for name, data in mails.items():
        (at / "new" / name).write_bytes(data)
    return at


def test_a_hard_bounce_out_of_a_maildir(shop: Path, tmp_path: Path, kadenz: Kadenz) -> None:  # noqa: F811
    sent(shop, "uncertain", key=KEY)
    box = maildir(tmp_path / "box", one=dsn(), away=b"Subject: I am away\r\n\r\nUntil Monday\r\n")
    assert bounces(kadenz, shop, box, "--dry-run")["bounced"] == 1
    assert (state(shop, KEY), suppressed(shop)) == ("uncertain", [])
    for _ in range(2):
        counts = bounces(kadenz, shop, box)
        assert (counts["mails"], counts["bounced"], counts["other"], counts["of_no_message"]) == (2, 1, 1, [])
    (entry,) = suppressed(shop)
    assert (entry.address, entry.channel) == ("anna@old.example", "email")
    assert entry.reason == f"bounced: mail, status 5.1.1 (message {KEY[:16]})"
    (event,) = events(shop, "message_bounced")
    assert (event.contact, event.properties["trigger"]) == ("1001", "cart_reminder")
    assert state(shop, KEY) == "sent"


@pytest.mark.parametrize(
    ("mail", "kept", "barred"),
    [
        (dsn("delayed", "4.4.1"), None, False),
        (dsn("failed", "5.7.1"), "message_bounced", False),
        (dsn("delivered", "2.0.0"), "message_delivered", False),
        (arf(), "message_complained", True),
    ],
)
def test_what_else_comes_back(
    shop: Path, tmp_path: Path, kadenz: Kadenz, mail: bytes, kept: str | None, barred: bool  # noqa: F811
) -> None:  # fmt: skip
    sent(shop, "uncertain", key=KEY)
    path = tmp_path / "mail.eml"
    path.write_bytes(mail)
    bounces(kadenz, shop, path)
    names = ("message_bounced", "message_delivered", "message_complained")
    assert [name for name in names if events(shop, name)] == ([] if kept is None else [kept])
    assert bool(suppressed(shop)) == barred
    assert state(shop, KEY) == "sent"


def test_a_report_about_no_message_of_ours_changes_nothing(shop: Path, tmp_path: Path, kadenz: Kadenz) -> None:  # noqa: F811
    path = tmp_path / "all.mbox"
    path.write_bytes(b"From x Fri Nov 20 11:00:00 2026\n" + dsn().replace(b"\r\n", b"\n") + b"\n")
    assert bounces(kadenz, shop, path, code=1)["of_no_message"] == ["all.mbox 1"]
    assert not suppressed(shop)
    (tmp_path / "box").mkdir()
    (tmp_path / "box" / "link").symlink_to(path)
    assert bounces(kadenz, shop, tmp_path / "box")["mails"] == 0
    assert kadenz("import", tmp_path / "none", "--as", "bounces", "--project", shop).code == 3


def test_mails_that_a_mail_server_posts(shop: Path) -> None:  # noqa: F811
    path = shop / "kadenz.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "    mails: true\n", encoding="utf-8")
    sent(shop, key=KEY)
    as_mail = {"Content-Type": "message/rfc822"}
    with served(shop, PROVIDER_SECRET=SECRET, PROVIDER_OLD=OLD) as server:
        assert post(server, dsn(), headers=as_mail).status == 202
        assert post(server, b"Subject: I am away\r\n\r\n", "m-2", headers=as_mail).status == 202
        assert post(server, dsn(), "m-3", headers={**as_mail, "webhook-id": "m-4"}).status == 401
        assert soon(lambda: not Inbox(load(shop).inbox).waiting())
    assert [one.address for one in suppressed(shop)] == ["anna@old.example"]
    assert len(events(shop, "message_bounced")) == 1
    assert [(one.target, one.reason) for one in quarantined(shop)] == [("bounces", "no report")]
    shutil.rmtree(shop)
