"""The journal of hand-overs: what left is remembered beside the ledger, and told to one that was put back."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.stores.handover_journal import HandoverJournal, JournalError, Standing
from adapters.stores.handover_restore import Restored, restore
from adapters.stores.ledger import SqlLedger
from adapters.stores.ledger_outbox import SqlOutbox
from engine.handover import hand_over
from engine.protocols import ChannelAdapter, Commit, Guarantee, Receipt, Rendered
from engine.records import Suppression
from tests.adapters.ledger_samples import NOW, consent, fill, fixed, ledger, message, render
from tests.limits import file_limit

HOST = "host"


class Sink:
    """A mail server that takes everything; `most`: the run is cut off behind so many."""

    guarantee = Guarantee(idempotent=False, retry_after_refusal=True, about="a mail server")

    def __init__(self, accepted: list[str], most: int = 1000) -> None:
        self.accepted = accepted
        self._most = most

    def hand_over(self, rendered: Rendered, commit: Commit) -> Receipt:
        if not commit():
            return Receipt("failed")
        self.accepted.append(rendered.key)
        self._most -= 1
        if not self._most:
            raise KeyboardInterrupt
        return Receipt("sent")

    def close(self) -> None:
        pass


def run(path: Path, channel: ChannelAdapter, batch: int = 3) -> None:
    with ledger(path) as store:
        journal = HandoverJournal(path.parent / "journal" / "j.jsonl", store, HOST)
        outbox = SqlOutbox(store, clock=fixed, alive=lambda _: False)
        hand_over(outbox, {"email": channel}, render, fixed, "me", batch=batch, journal=journal)
        journal.agreed()


def journal_of(path: Path, store: SqlLedger) -> HandoverJournal:
    return HandoverJournal(path.parent / "journal" / "j.jsonl", store, HOST)


def copy(path: Path, to: Path) -> None:
    with ledger(path) as store:
        store.database.rows("pragma wal_checkpoint(truncate)")
    shutil.copyfile(path, to)


@pytest.mark.parametrize("before", [0, 2, 5])
def test_a_ledger_put_back_learns_what_left_and_sends_nothing_twice(tmp_path: Path, before: int) -> None:
    path, backup = tmp_path / "ledger.db", tmp_path / "backup.db"
    messages = [message(n) for n in range(8)]
    accepted: list[str] = []
    with ledger(path) as store:
        fill(store, messages)
    if before:
        with pytest.raises(KeyboardInterrupt):
            run(path, Sink(accepted, before))
    copy(path, backup)
    run(path, Sink(accepted))
    shutil.copyfile(backup, path)
    with ledger(path) as store:
        journal = journal_of(path, store)
        missing = journal.standing().missing
        assert missing, "the ledger is older than the journal"
        told = restore(store, missing, NOW)
        journal.agreed()
        assert journal.standing().missing == ()
    assert 0 < told.messages <= 8
    run(path, Sink(accepted))
    assert max(Counter(accepted).values()) == 1
    with ledger(path) as store:
        states = {row.message.key: row.state for row in store.outbox()}
        assert set(accepted) | {k for k, s in states.items() if s == "uncertain"} == {m.key for m in messages}
        assert len(store.counted([m.contact for m in messages], 0)) == 8, "what may have left counts under every cap"


def test_decisions_made_after_the_backup_come_back_with_their_reservations(tmp_path: Path) -> None:
    path, backup = tmp_path / "ledger.db", tmp_path / "backup.db"
    with ledger(path):
        pass
    copy(path, backup)
    accepted: list[str] = []
    with ledger(path) as store:
        fill(store, [message(1), message(2)])
    run(path, Sink(accepted))
    shutil.copyfile(backup, path)
    with ledger(path) as store:
        journal = journal_of(path, store)
        assert restore(store, journal.standing().missing, NOW) == Restored(messages=2)
        assert [(row.message.key, row.state) for row in store.outbox()] == [("k1", "uncertain"), ("k2", "uncertain")]
        assert store.existing(["k1", "k2", "k3"]) == {"k1", "k2"}
        counted = store.counted(["c1", "c2"], 0)
        assert [(m.id, m.tags, m.category) for m in counted] == [
            ("k1", ("sale", "autumn"), "promotional"),
            ("k2", ("sale", "autumn"), "promotional"),
        ]
        assert [run_.key for run_ in store.handed_over("welcome", ["c1"])] == ["k1"]


def test_withdrawals_and_suppressions_come_back(tmp_path: Path) -> None:
    path, backup = tmp_path / "ledger.db", tmp_path / "backup.db"
    with ledger(path) as store:
        store.add_consents([consent("ana")])
    copy(path, backup)
    gone, stop = consent("ana", "withdrawn", at=NOW), Suppression("s1", "ben", None, None, "asked us", NOW)
    with ledger(path) as store:
        store.add_consents([gone])
        store.add_suppressions([stop])
        journal_of(path, store).evidence([consent("cleo"), gone], [stop])
    shutil.copyfile(backup, path)
    with ledger(path) as store:
        told = restore(store, journal_of(path, store).standing().missing, NOW)
        assert told == Restored(consents=1, suppressions=1)
        assert [(c.contact, c.state) for c in store.consents(NOW)] == [("ana", "withdrawn")]
        assert store.suppressions(NOW) == [stop]


def test_a_backup_of_rows_that_are_being_handed_over_is_noticed(tmp_path: Path) -> None:
    """The backup has the fence of the file; that the rows were over later, only the file knows."""
    path, backup = tmp_path / "ledger.db", tmp_path / "backup.db"
    accepted: list[str] = []
    with ledger(path) as store:
        fill(store, [message(1), message(2)])

    def point(name: str) -> None:
        if name == "rendered" and not backup.exists():
            with ledger(path) as other:
                other.database.rows(f"vacuum into '{backup}'")
                journal_of(path, other).agreed()  # another run ends meanwhile

    with ledger(path) as store:
        journal = journal_of(path, store)
        outbox = SqlOutbox(store, clock=fixed, alive=lambda _: True)
        hand_over(outbox, {"email": Sink(accepted)}, render, fixed, "me", journal=journal, on_point=point)
        journal.agreed()
    for file in tmp_path.glob("ledger.db*"):
        file.unlink()
    shutil.copyfile(backup, path)
    with ledger(path) as store:
        journal = journal_of(path, store)
        assert restore(store, journal.standing().missing, NOW).messages == 2
        journal.agreed()
    run(path, Sink(accepted))
    assert accepted == ["k1", "k2"]


def test_a_restored_ledger_counts_by_the_way_and_the_instant_at_which_it_left(tmp_path: Path) -> None:
    path, backup = tmp_path / "ledger.db", tmp_path / "backup.db"
    with ledger(path) as store:
        fill(store, [message(1)])
    copy(path, backup)
    later = replace(message(1), channel="sms", reserved_at=NOW + 5, local_date=20260922)
    with ledger(path) as store:
        with store.write() as writing:
            writing.withdraw("k1", "held", NOW, "goes another way")
            writing.reserve([later])
        rows = SqlOutbox(store, clock=fixed).claim("me", 9, NOW, ["sms"])
        journal_of(path, store).claimed(rows)
    shutil.copyfile(backup, path)
    with ledger(path) as store:
        restore(store, journal_of(path, store).standing().missing, NOW)
        (counted,) = store.counted(["c1"], 0)
        assert (counted.channel, counted.at, counted.local_date) == ("sms", NOW + 5, 20260922)
        (row,) = store.outbox()
        assert (row.message.channel, row.state) == ("sms", "uncertain")


def test_a_pause_since_the_backup_comes_back(tmp_path: Path) -> None:
    path, backup = tmp_path / "ledger.db", tmp_path / "backup.db"
    with ledger(path) as store:
        store.pause("old", "then")
    copy(path, backup)
    with ledger(path) as store:
        journal = journal_of(path, store)
        store.pause("*", "legal")
        journal.switched("*", "legal", NOW)
        store.resume("old")
        journal.switched("old", None, NOW)
        assert journal.standing().missing == ()
    shutil.copyfile(backup, path)
    with ledger(path) as store:
        restore(store, journal_of(path, store).standing().missing, NOW)
        assert store.paused() == {"*": "legal"}


def test_a_run_that_was_cut_off_is_no_restored_backup(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with ledger(path) as store:
        fill(store, [message(n) for n in range(5)])
    with pytest.raises(KeyboardInterrupt):
        run(path, Sink([], 2))
    with ledger(path) as store:
        assert journal_of(path, store).standing().missing == ()


def test_a_journal_that_is_gone_or_shorter_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with ledger(path) as store:
        fill(store, [message(1)])
        assert not journal_of(path, store).standing().gone, "there was none yet"
    run(path, Sink([]))
    file = tmp_path / "journal" / "j.jsonl"
    whole = file.read_bytes()
    with ledger(path) as store:
        journal = journal_of(path, store)
        assert not journal.standing().gone
        file.write_bytes(whole.split(b"\n")[0] + b"\n")
        assert journal.standing().gone
        file.unlink()
        assert journal.standing().gone
        assert not HandoverJournal(file, store, "another host").standing().gone
        journal.begin_anew()
        assert not journal.standing().gone


def test_a_half_line_was_never_acted_on(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with ledger(path) as store:
        fill(store, [message(1), message(2)])
    run(path, Sink([]))
    file = tmp_path / "journal" / "j.jsonl"
    with file.open("ab") as half:
        half.write(b'{"claim": {"key": "k9"')
    with ledger(path) as store:
        journal = journal_of(path, store)
        assert journal.standing().missing == ()
        journal.evidence(suppressions=[Suppression("s1", "ben", None, None, "asked us", NOW)])
    assert [next(iter(json.loads(line))) for line in file.read_text().splitlines()] == [
        "journal",
        "claim",
        "claim",
        "over",
        "suppression",
    ]


def test_no_address_and_no_text_stands_in_it(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with ledger(path) as store:
        fill(store, [message(1)])
    run(path, Sink([]))
    text = (tmp_path / "journal" / "j.jsonl").read_text()
    assert "example.ch" not in text
    assert (tmp_path / "journal" / "j.jsonl").stat().st_mode & 0o777 == 0o600


def test_what_cannot_be_written_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with ledger(path) as store:
        fill(store, [message(n) for n in range(3)])
        journal = journal_of(path, store)
        journal.agreed()
        rows = SqlOutbox(store, clock=fixed).claim("me", 9, NOW, ["email"])
        before = journal.path.read_bytes()
        with file_limit(len(before) + 10), pytest.raises(JournalError, match="nothing leaves without it"):
            journal.claimed(rows)
        assert journal.path.read_bytes() == before


def test_nothing_leaves_without_the_journal(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    accepted: list[str] = []
    with ledger(path) as store:
        fill(store, [message(1)])
    (tmp_path / "journal").write_text("a file where the folder should be")
    with pytest.raises(JournalError):
        run(path, Sink(accepted))
    assert accepted == []
    with ledger(path) as store:
        assert [row.state for row in store.outbox()] == ["queued"]


@pytest.mark.parametrize(
    ("lines", "told"), [(1, ": 1 line of it tells what"), (2_000, ": 2,000 lines of it tell what")]
)
def test_lines_that_the_ledger_does_not_know_are_counted_in_words(lines: int, told: str) -> None:
    with pytest.raises(JournalError, match=told):
        Standing(missing=({},) * lines).must_allow(Path("handovers.jsonl"))
