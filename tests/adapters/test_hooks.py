"""Hooks: what kadenz.yaml may say of them, and the files that calls become."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.channels import open_channels
from adapters.hook_payload import payload, plain
from adapters.project import load
from dsl.schema import EventType, Field, Schema
from dsl.types import Boolean, Date, DateTime, MonthDay, Numeric, SetOf, Stored, Text, Type, decimal, money
from engine.protocols import Rendered
from engine.records import Outgoing
from tests.cli.conftest import Kadenz, kadenz  # noqa: F401  # the fixture

SCHEMA = """contacts:
  key: customer_id
  fields:
    email: {type: text, normalise: [email]}
    plan: "one of [basic, plus]"
events:
  purchase:
    properties:
      amount: money CHF
"""
PROJECT = """name: Shop
time_zone: Europe/Zurich
active_from: "2026-05-01"
hooks:
  crm:
    kind: folder
    folder: out/crm
"""
PLAY = """trigger taken
  on purchase
  set plan to plus
  call crm
"""


def project(folder: Path, text: str = PROJECT) -> Path:
    (folder / "playbooks").mkdir(parents=True)
    (folder / "kadenz.yaml").write_text(text, encoding="utf-8")
    (folder / "schema.yaml").write_text(SCHEMA, encoding="utf-8")
    (folder / "playbooks" / "all.play").write_text(PLAY, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("entry", "code", "told"),
    [
        ("{kind: http, folder: x}", "K0904", "a hook of kind `http` is not carried out yet"),
        ("{kind: folder}", "K0903", "`folder` is missing in `crm`"),
        ("{kind: folder, folder: x, url: y}", "K0902", "url"),
        ("{folder: x}", "K0903", "kind"),
    ],
)
def test_only_what_works_is_taken(tmp_path: Path, entry: str, code: str, told: str) -> None:
    text = PROJECT.partition("hooks:")[0] + f"hooks:\n  crm: {entry}\n"
    found = [d for d in load(project(tmp_path / "p", text)).diagnostics if d.severity == "error"]
    assert [d.code for d in found] == [code]
    assert told in found[0].summary
    assert found[0].primary.span.file == "kadenz.yaml"


@pytest.mark.parametrize(
    ("kind", "role", "field", "codes"),
    [
        ("text", "", "preferred_channel", []),
        ('"one of [email, letter]"', "  preferred_channel: plan\n", "plan", []),
        ("number", "", None, []),
        ("number", "  preferred_channel: preferred_channel\n", None, ["K0909"]),
        ("text", "  preferred_channel: no_such\n", None, ["K0909"]),
    ],
)
def test_the_field_with_the_preferred_channel(
    tmp_path: Path, kind: str, role: str, field: str | None, codes: list[str]
) -> None:
    folder = project(tmp_path / "p")
    text = SCHEMA.replace("  fields:\n", f"{role}  fields:\n    preferred_channel: {kind}\n")
    (folder / "schema.yaml").write_text(text, encoding="utf-8")
    found = load(folder)
    assert [d.code for d in found.diagnostics] == codes
    assert found.schema.preferred_field == field


@pytest.mark.parametrize("name", ["set", "call"])
def test_no_channel_takes_the_name_of_an_action(tmp_path: Path, name: str) -> None:
    text = PROJECT + f"channels:\n  {name}: {{kind: folder, folder: x}}\n"
    assert [d.code for d in load(project(tmp_path / "p", text)).diagnostics] == ["K0908"]


def test_a_call_is_one_file_also_after_a_repeat(tmp_path: Path) -> None:
    found = load(project(tmp_path / "p"))
    assert found.schema.hooks == ("crm",)
    channel = open_channels(found, rehearsal=False, clock=lambda: 0, environment={})["call"]
    assert channel.guarantee.idempotent
    call = Rendered("ab" * 16, "anna", "call", "crm", None, '{"id": "x"}\n', None, None, "call crm", "taken")
    for _ in range(2):
        assert channel.hand_over(call, lambda: True).outcome == "sent"
    (file,) = (tmp_path / "p/out/crm").iterdir()
    assert (file.name, file.read_text(encoding="utf-8")) == (f"{'ab' * 16}.json", '{"id": "x"}\n')
    assert channel.hand_over(replace(call, key="cd"), lambda: False).outcome == "failed"
    assert channel.hand_over(replace(call, address="erp"), lambda: True).note == "there is no hook `erp`"
    assert len(list((tmp_path / "p/out/crm").iterdir())) == 1


KINDS: list[tuple[Stored, Type, object]] = [
    (12, Numeric(), 12),
    (1250, money("CHF"), "12.50"),
    (-5, money("CHF"), "-0.05"),
    (1500, decimal(3), "1.500"),
    (1, Boolean(), True),
    (20260228, Date(), "2026-02-28"),
    (228, MonthDay(), "02-28"),
    (0, DateTime(), "1970-01-01T00:00:00Z"),
    ("|bike|ski|", SetOf(("bike", "ski")), ["bike", "ski"]),
    ('a "b"', Text(), 'a "b"'),
    (None, Text(), None),
]


@pytest.mark.parametrize(("stored", "kind", "told"), KINDS)
def test_values_in_json(stored: Stored, kind: Type, told: object) -> None:
    assert plain(stored, kind) == told


def test_what_a_call_says() -> None:
    schema = Schema("id", {}, {"purchase": EventType("purchase", {"amount": Field("amount", money("CHF"))})})
    message = Outgoing(
        key="k", kind="notice", trigger="taken", contact='a"b', channel="call", template="", offer=None,
        category="promotional", purpose="marketing", tags=(), address="crm", cause_at=0, reserved_at=1, expires_at=2,
        local_date=19700101, event_type="purchase", event="e1", properties={"amount": 1250},
    )  # fmt: skip
    assert json.loads(payload(message, schema)) == {
        "id": "k",
        "hook": "crm",
        "trigger": "taken",
        "contact": 'a"b',
        "at": "1970-01-01T00:00:00Z",
        "event": {"type": "purchase", "id": "e1", "properties": {"amount": "12.50"}},
    }
    assert json.loads(payload(replace(message, event_type=None, event=None), schema))["event"] is None


def test_a_rehearsal_sets_nothing_and_writes_files(tmp_path: Path, kadenz: Kadenz) -> None:  # noqa: F811
    folder = project(tmp_path / "p")
    (folder / "contacts.csv").write_text("customer_id,email,plan\nanna,anna@example.ch,basic\n", encoding="utf-8")
    (folder / "purchases.csv").write_text("id,contact,at,amount\ne1,anna,2026-05-04 09:00,12.50\n", encoding="utf-8")
    assert kadenz("--project", folder, "import", folder / "contacts.csv", "--as", "contacts").code == 0
    imported = kadenz("--project", folder, "import", folder / "purchases.csv", "--as", "event:purchase")
    assert imported.code == 0, imported.out + imported.err
    ran = kadenz("--project", folder, "run", "--at", "2026-05-04 10:00")
    assert ran.code == 0, ran.out + ran.err
    (call,) = (folder / "out/rehearsal/call/crm").iterdir()
    told = json.loads(call.read_text(encoding="utf-8"))
    assert (told["contact"], told["event"]["properties"]) == ("anna", {"amount": "12.50"})
    (would,) = (folder / "out/rehearsal/set").iterdir()
    assert "to: plan" in would.read_text(encoding="utf-8")
    explained = kadenz("--project", folder, "explain", "anna", "--format", "json")
    assert json.loads(explained.out)["fields"]["plan"] == "basic"
    assert not (folder / "out/crm").exists()
