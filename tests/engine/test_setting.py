"""`set FIELD to VALUE` and `call HOOK`: what a run changes, and what it tells."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from adapters.bench import benches
from adapters.channels.setting import FieldSetter
from dsl.types import Stored
from engine.protocols import Rendered
from engine.scenario import run_scenario
from tests.engine.world import SCHEMA, ZURICH, World, at, model_of, outcomes_of

START = "2026-05-01T00:00"


@pytest.fixture(params=["interpreter", "sql"])
def executor(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def worlds() -> Iterator[list[World]]:
    opened: list[World] = []
    yield opened
    for one in opened:
        one.close()


def world(worlds: list[World], text: str, executor: str = "interpreter") -> World:
    one = World(text, active_from=START, executor=executor)
    worlds.append(one)
    one.contact("anna", consent=None, plan="basic", visits=3)
    return one


def field(w: World, name: str) -> Stored:
    return next(w.facts.contacts(["anna"])).fields.get(name)


@pytest.mark.parametrize(
    ("clause", "name", "value"),
    [
        ("set plan to pro", "plan", "pro"),
        ("set visits to 12", "visits", 12),
        ("set height to 1.5", "height", 150),
        ("set turnover to 12", "turnover", 1200),
        ("set active to yes", "active", 1),
        ("set birth_date to 1990-02-28", "birth_date", 19900228),
        ('set first_name to "Änni"', "first_name", "Änni"),
        ("set first_name to event.page", "first_name", "home"),
        ("set visits to event.seconds", "visits", 7),
        ("set height to event.seconds", "height", 700),
        ("set turnover to visits", "turnover", 300),
        ("set signed_up to event.at", "signed_up", at("2026-05-04T09:00")),
        ("set plan to missing", "plan", None),
        ("set contact.plan to missing", "plan", None),
    ],
)
def test_what_a_field_is_set_to(worlds: list[World], clause: str, name: str, value: Stored) -> None:
    w = world(worlds, f"trigger t on visit\n  {clause}")
    w.event("visit", "anna", "2026-05-04T09:00", page="home", seconds=7)
    report = w.tick("2026-05-04T10:00")
    assert outcomes_of(report) == {"anna": ("queued", "reserved")}, "neither consent nor address is asked for"
    assert field(w, name) == value


def test_a_property_that_is_missing_makes_the_field_missing(worlds: list[World]) -> None:
    w = world(worlds, "trigger t on visit\n  set visits to event.seconds")
    w.event("visit", "anna", "2026-05-04T09:00")
    w.tick("2026-05-04T10:00")
    assert field(w, "visits") is None


def test_the_change_is_kept_with_its_trigger(worlds: list[World]) -> None:
    w = world(worlds, "trigger new_name was old_name on visit\n  set plan to pro")
    w.event("visit", "anna", "2026-05-04T09:00")
    w.tick("2026-05-04T10:00")
    assert w.facts.field_changes("anna")[-1] == ("plan", "basic", "pro", at("2026-05-04T10:00"))
    assert w.facts.sources("anna") == [("_key", None), ("plan", "old_name")]


def test_it_is_seen_from_the_next_tick_on(worlds: list[World], executor: str) -> None:
    text = (
        "segment pros where plan = pro\n"
        "trigger promote on visit\n  set plan to pro\n  priority 90\n"
        'trigger hello on visit where in pros\n  notify sales "a pro"\n'
        'trigger welcome on entering pros\n  notify sales "a new pro"\n'
        'trigger changed on plan changing to pro\n  notify sales "changed"\n'
    )
    w = world(worlds, text, executor)
    w.tick("2026-05-04T08:00")
    w.event("visit", "anna", "2026-05-04T09:00")
    first = w.tick("2026-05-04T10:00")
    assert {f.trigger: j.gate for f, j in first.decisions} == {"promote": "reserved", "hello": "where"}
    second = w.tick("2026-05-04T11:00")
    assert {f.trigger: j.gate for f, j in second.decisions} == {"welcome": "reserved", "changed": "reserved"}
    w.event("visit", "anna", "2026-05-04T12:00")
    third = w.tick("2026-05-04T12:00")
    assert {f.trigger: j.gate for f, j in third.decisions} == {"promote": "reserved", "hello": "reserved"}


def test_a_repeat_changes_nothing(worlds: list[World]) -> None:
    w = world(worlds, "trigger t on visit\n  set plan to pro")
    w.event("visit", "anna", "2026-05-04T09:00")
    w.tick("2026-05-04T10:00")
    (row,) = w.ledger.outbox()
    w.facts.put_contacts([("anna", {"plan": "plus"})], at=0)
    m = row.message
    again = Rendered(m.key, m.contact, m.channel, m.address, None, m.text, None, None, "", m.trigger)
    receipt = FieldSetter(w.facts, lambda: at("2026-05-04T11:00")).hand_over(again, lambda: True)
    assert receipt.outcome == "sent"
    assert field(w, "plan") == "plus", "the decision was carried out before; what an import said since stays"


def test_nothing_is_set_without_the_marker_or_the_contact(worlds: list[World]) -> None:
    w = world(worlds, "trigger t on visit\n  set plan to pro")
    setter = FieldSetter(w.facts, lambda: 0)
    message = Rendered("k", "anna", "set", "plan", None, '"pro"', None, None, "", "t")
    assert setter.hand_over(message, lambda: False).outcome == "failed"
    assert field(w, "plan") == "basic"
    stranger = Rendered("k", "nobody", "set", "plan", None, '"pro"', None, None, "", "t")
    assert setter.hand_over(stranger, lambda: True).outcome == "failed"
    gone = Rendered("k", "anna", "set", "no_field", None, '"pro"', None, None, "", "t")
    assert setter.hand_over(gone, lambda: True).outcome == "failed"
    assert setter.hand_over(message, lambda: True).outcome == "sent"
    assert field(w, "plan") == "pro"


def test_beside_a_message_it_happens_only_if_that_goes(worlds: list[World]) -> None:
    w = world(worlds, "trigger t on visit\n  send email hello\n  set plan to pro\n  call crm")
    w.event("visit", "anna", "2026-05-04T09:00")
    assert outcomes_of(w.tick("2026-05-04T10:00")) == {"anna": ("refused", "consent")}
    assert field(w, "plan") == "basic"
    w.consent("anna")
    w.event("visit", "anna", "2026-05-04T11:00")
    w.tick("2026-05-04T11:00")
    assert [(r.message.channel, r.state) for r in w.ledger.outbox()] == [
        ("email", "sent"),
        ("set", "sent"),
        ("call", "sent"),
    ]
    assert field(w, "plan") == "pro"


def test_a_run_that_sets_counts_for_again_and_stops_when_paused(worlds: list[World]) -> None:
    w = world(worlds, "trigger t on visit\n  set plan to pro\n  again never")
    w.event("visit", "anna", "2026-05-04T09:00")
    w.tick("2026-05-04T10:00", deliver=False)
    w.ledger.pause("t", "wait")
    w.tick("2026-05-04T10:30")
    assert field(w, "plan") == "basic"
    w.ledger.resume("t")
    w.event("visit", "anna", "2026-05-04T11:00")
    w.tick("2026-05-04T11:00")
    assert field(w, "plan") == "pro"
    w.event("visit", "anna", "2026-05-04T12:00")
    assert outcomes_of(w.tick("2026-05-04T12:00")) == {"anna": ("refused", "again")}


def test_a_call_bears_the_decision_s_key(worlds: list[World]) -> None:
    w = world(worlds, "trigger t on visit\n  call crm")
    w.event("visit", "anna", "2026-05-04T09:00")
    report = w.tick("2026-05-04T10:00")
    ((firing, _),) = report.decisions
    (row,) = w.ledger.outbox()
    assert (row.message.key, row.message.channel, row.message.address) == (firing.key, "call", "crm")
    assert row.message.text is None


SCENE = """
segment pros where plan = pro

trigger promote
  on visit
  set plan to pro
  call crm

trigger changed
  on plan changing
  send email hello
"""


@pytest.mark.parametrize(
    ("expectation", "seen"),
    [
        ("expect plan of anna = pro", None),
        ("expect plan of anna != pro", "`plan` of anna is pro"),
        ("expect plan of anna is missing", "`plan` of anna is pro"),
        ("expect first_name of anna is missing", None),
        ("expect turnover of anna = 12.50", None),
        ("expect turnover of anna = 12", "`turnover` of anna is 12.50 CHF"),
        ("expect anna gets call crm", None),
        ("expect anna gets email hello", None),
        ("expect anna in pros", None),
        ("expect plan of ben = basic", None),
        ("expect ben gets call crm", "ben gets nothing: no trigger fired"),
    ],
)
def test_in_a_test(executor: str, expectation: str, seen: str | None) -> None:
    text = (
        f'{SCENE}\ntest "sets"\n  at 2026-05-04 12:00\n'
        '  contact anna (plan = basic, email = "a@x", turnover = 12.50) consents to email\n    did visit 2 hours ago\n'
        f"  contact ben (plan = basic)\n  {expectation}\n"
    )
    model = model_of(text)
    result = run_scenario(model.scenarios[0], model, SCHEMA, ZURICH, executor, benches(executor, SCHEMA, ZURICH))
    assert [u.seen for u in result.unmet] == ([] if seen is None else [seen])
