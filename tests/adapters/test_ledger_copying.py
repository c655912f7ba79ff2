"""A rehearsal takes evidence over in ranges, and goes on where the last copy ended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest

from adapters.stores import ledger_copying
from adapters.stores.ledger import SqlLedger
from adapters.stores.ledger_outbox import SqlOutbox
from engine.protocols import Receipt
from engine.records import CountedMessage, Suppression
from tests.adapters.ledger_samples import NOW, consent, fill, ledger, message

pytestmark = pytest.mark.usefixtures("each_ledger")

PEOPLE = [f"c{n}" for n in range(10)]


@pytest.fixture(autouse=True)
def small_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_copying, "RANGE", 3)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Callable[[SqlLedger], list[int]]:
    """Counts the rows of each answer of a ledger from here on."""

    def watched(store: SqlLedger) -> list[int]:
        sizes: list[int] = []
        real = store.database.rows

        def counted(sql: str, bindings: Any = ()) -> list[tuple[Any, ...]]:
            found = real(sql, bindings)
            sizes.append(len(found))
            return found

        monkeypatch.setattr(store.database, "rows", counted)
        return sizes

    return watched


def known(store: SqlLedger) -> tuple[object, ...]:
    """What came from outside."""
    return (
        list(store.consents(NOW)),
        store.suppressions(NOW),
        store.counted(PEOPLE, 0),
        store.quiet_contacts(),
        store.listed("press"),
        store.paused(),
    )


def filled(path: Path) -> SqlLedger:
    live = ledger(path)
    live.add_consents([consent(name) for name in PEOPLE])
    live.add_suppressions([Suppression(f"s{name}", name, None, None, "asked us", NOW) for name in PEOPLE[5:]])
    live.add_messages(
        [CountedMessage(f"i{n}", name, NOW, "email", "service", (), 20260921) for n, name in enumerate(PEOPLE)]
    )
    live.mark_quiet(PEOPLE)
    live.put_list("press", PEOPLE)
    return live


def sent(live: SqlLedger, number: int) -> str:
    """Hand one message over; its key."""
    outgoing = message(number)
    fill(live, [outgoing], consented=False)
    outbox = SqlOutbox(live, clock=lambda: NOW, alive=lambda _: True)
    (row,) = outbox.claim("me", 1, NOW, ["email"])
    assert outbox.mark(row, lambda: NOW, repeatable=False)
    outbox.result(row, Receipt("sent"), NOW)
    outbox.release("me")
    return outgoing.key


def test_it_is_read_in_ranges_and_once(tmp_path: Path, read: Callable[[SqlLedger], list[int]]) -> None:
    live, rehearsal = filled(tmp_path / "ledger.db"), ledger()
    sizes = read(live)
    assert rehearsal.behind(live) == len(PEOPLE)
    rehearsal.sync_evidence(live)
    assert max(sizes) == ledger_copying.RANGE
    assert sum(sizes) >= 4 * len(PEOPLE), "everything came through these answers"
    sizes.clear()
    assert rehearsal.behind(live) == 0
    rehearsal.sync_evidence(live)
    assert sum(sizes) < len(PEOPLE), "marks, pauses and the versions of lists"
    assert known(rehearsal) == known(live)


def test_what_is_new_comes_next_time(tmp_path: Path, read: Callable[[SqlLedger], list[int]]) -> None:
    live, rehearsal = filled(tmp_path / "ledger.db"), ledger()
    rehearsal.sync_evidence(live)
    live.add_consents([consent("c1", "withdrawn", at=NOW)])
    live.add_suppressions([Suppression("late", None, "ana@example.ch", None, "asked us", NOW)])
    live.add_messages([CountedMessage("late", "c1", NOW, "sms", "service", (), 20260921)])
    live.mark_quiet(["late"])
    live.put_list("press", ["c1"], "remove")
    key = sent(live, 2)
    sizes = read(live)
    rehearsal.sync_evidence(live)
    assert max(sizes) <= ledger_copying.RANGE
    del sizes
    assert known(rehearsal) == known(live)
    assert key in {m.id for m in rehearsal.counted(["c2"], 0)}
    assert [held.key for held in rehearsal.held_offers(["c2"])] == [held.key for held in live.held_offers(["c2"])]


def test_a_live_ledger_from_a_backup_gives_its_numbers_out_again(tmp_path: Path) -> None:
    lost, rehearsal = filled(tmp_path / "lost.db"), ledger()
    lost.add_consents([consent("gone"), consent("gone", channel="sms")])
    rehearsal.sync_evidence(lost)
    restored = filled(tmp_path / "restored.db")
    restored.add_consents([consent("other"), consent("c1", "withdrawn", at=NOW), consent("more")])
    rehearsal.sync_evidence(restored)
    states = {(c.contact, c.channel): c.state for c in rehearsal.consents(NOW)}
    assert states["other", "email"] == states["more", "email"] == "granted"
    assert states["c1", "email"] == "withdrawn"


def test_of_one_contact_alone(tmp_path: Path, read: Callable[[SqlLedger], list[int]]) -> None:
    live, rehearsal = filled(tmp_path / "ledger.db"), ledger()
    key = sent(live, 1)
    live.add_consents([consent("c1", "withdrawn", at=NOW)])
    rehearsal.sync_evidence(live, ["c2"])
    sizes = read(live)
    rehearsal.sync_evidence(live, ["c1"])
    assert sum(sizes) < 2 * len(PEOPLE), "two consents, two messages, an offer, the list for all of them"
    assert {c.contact for c in rehearsal.consents(NOW)} == {"c1", "c2"}
    for contact in ("c1", "c2"):
        assert list(rehearsal.consents(NOW, [contact])) == list(live.consents(NOW, [contact]))
        assert {m.id for m in rehearsal.counted([contact], 0)} == {m.id for m in live.counted([contact], 0)}
        assert rehearsal.suppressions_of(contact, [], NOW) == live.suppressions_of(contact, [], NOW)
    assert key in {m.id for m in rehearsal.counted(["c1"], 0)}
    # and everybody afterwards, in the order in which it came
    rehearsal.sync_evidence(live)
    assert known(rehearsal)[0] == known(live)[0]
    assert known(rehearsal)[3:] == known(live)[3:]


def test_an_uncertain_message_counts_in_a_rehearsal_too(tmp_path: Path) -> None:
    live, rehearsal = ledger(tmp_path / "ledger.db"), ledger()
    outgoing = message(3)
    fill(live, [outgoing])
    outbox = SqlOutbox(live, clock=lambda: NOW, alive=lambda _: True)
    (row,) = outbox.claim("me", 1, NOW, ["email"])
    assert outbox.mark(row, lambda: NOW, repeatable=False)
    outbox.result(row, Receipt("uncertain", "no answer"), NOW)
    rehearsal.sync_evidence(live)
    assert [m.id for m in rehearsal.counted(["c3"], 0)] == [outgoing.key]


@pytest.mark.parametrize("asked", [None, ["c3"]])
@pytest.mark.parametrize("outcome", ["sent", "failed"])
def test_what_was_uncertain_counts_as_it_was_settled(
    tmp_path: Path, outcome: Literal["sent", "failed"], asked: list[str] | None
) -> None:
    live, rehearsal = ledger(tmp_path / "ledger.db"), ledger()
    for number in (3, 4):
        fill(live, [message(number)])
        outbox = SqlOutbox(live, clock=lambda: NOW, alive=lambda _: True)
        (row,) = outbox.claim("me", 1, NOW, ["email"])
        assert outbox.mark(row, lambda: NOW, repeatable=False)
        outbox.result(row, Receipt("uncertain", "no answer"), NOW)
    rehearsal.sync_evidence(live, asked)
    assert outbox.settle("k3", outcome, "the provider says so", NOW)
    for _ in range(2):
        rehearsal.sync_evidence(live, asked)
        for contact in ("c3", "c4"):
            assert {m.id for m in rehearsal.counted([contact], 0)} == {m.id for m in live.counted([contact], 0)}
            assert [h.key for h in rehearsal.held_offers([contact])] == [h.key for h in live.held_offers([contact])]
    assert len(live.counted(["c3"], 0)) == (outcome == "sent")
