"""No step of a hand-over and no writing of a tick goes through a whole table: each statement finds its rows by index.

SQLite is asked how it would run what was run, with the same values. Its plans depend on no numbers here: a ledger keeps
no statistics.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from adapters.stores import ledger_rates
from adapters.stores.handover_journal import HandoverJournal
from adapters.stores.ledger import SqliteLedger
from adapters.stores.ledger_database import Bindings
from adapters.stores.ledger_outbox import SqlOutbox
from engine.protocols import Receipt
from engine.records import Judgement, OutboxRow
from tests.adapters.ledger_samples import FIRING, MESSAGE, NOW, fill, message

T = TypeVar("T")

FEW = {
    "applied",
    "pause",
    "counted_anew",
    "json_each",
    "tick",
    "meta",
    "definition",
    "activation",
    "last",
    "sqlite_schema",
}
"""What may be gone through: tables with a row for each trigger, definition or tick, and what a statement was given (and
the index of all open firings: they are asked for)."""


class Asked:
    """The statements that a ledger ran."""

    def __init__(self, ledger: SqliteLedger, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ledger = ledger
        self.statements: dict[str, Bindings] = {}
        database = ledger.database
        for name in ("rows", "run"):
            monkeypatch.setattr(database, name, self._kept(getattr(database, name)))
        many = database.many

        def many_kept(sql: str, bindings: Iterable[Bindings]) -> int:
            given = list(bindings)
            if given:
                self.statements[sql] = given[0]
            return many(sql, given)

        monkeypatch.setattr(database, "many", many_kept)

    def _kept(self, method: Callable[[str, Bindings], T]) -> Callable[..., T]:
        def kept(sql: str, bindings: Bindings = ()) -> T:
            self.statements[sql] = bindings
            return method(sql, bindings)

        return kept

    def scans(self) -> Iterator[tuple[str, str]]:
        """What would be gone through as a whole, and by which statement."""
        asked = dict(self.statements)
        for sql, bindings in asked.items():
            for *_, detail in self.ledger.database.rows(f"explain query plan {sql}", bindings):
                words = detail.split()
                if words[0] == "SCAN" and words[1] not in FEW and "USING INDEX firing_open" not in detail:
                    yield detail, sql


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Asked]:
    with SqliteLedger.open(tmp_path / "ledger.db", clock=lambda: NOW) as ledger:
        fill(ledger, map(message, range(9)))
        yield Asked(ledger, monkeypatch)


def test_each_step_of_a_hand_over(asked: Asked, tmp_path: Path) -> None:
    ledger = asked.ledger
    with ledger.write() as writing:
        writing.reserve([replace(MESSAGE, key="n1", contact="c1", kind="notice", channel="notify")])
    asked.statements.clear()
    outbox = SqlOutbox(ledger, clock=lambda: NOW, alive=lambda _: False)
    rows: list[OutboxRow] = []
    for owner in ("one", "two"):
        rows = list(outbox.claim(owner, 3, NOW, ["email", "notify"]))
        HandoverJournal(tmp_path / "journal", ledger, "here").claimed(rows)
        marked = [row for row in rows if outbox.mark(row, lambda: NOW, repeatable=True)]
        for row, receipt in zip(marked, (Receipt("sent"), Receipt("later"), Receipt("failed")), strict=False):
            outbox.result(row, receipt, NOW)
        outbox.recover(["email"])
    outbox.claim("three", 3, MESSAGE.expires_at + 1, ["email"])
    outbox.release("three")
    assert any("set state = 'committing'" in sql for sql in asked.statements), "something was marked"
    assert list(asked.scans()) == []


def test_the_rates_of_triggers(asked: Asked) -> None:
    asked.statements.clear()
    database = asked.ledger.database
    names: dict[str, str] = {}
    about = ledger_rates.Report("c1", NOW, None, None)
    ledger_rates.reported(database, [about], NOW - 1, ledger_rates.counted_anew(database), names)
    ledger_rates.how_many_sent(database, "welcome", NOW - 1)
    assert len(asked.statements) == 3
    assert list(asked.scans()) == []


def test_the_writing_of_a_tick(asked: Asked) -> None:
    fresh = replace(MESSAGE, key="fresh")
    asked.statements.clear()
    with asked.ledger.write() as writing:
        writing.record_firings([replace(FIRING, key="fresh")])
        writing.record_judgements([Judgement("fresh", NOW, "queued", "reserved")])
        writing.reserve([fresh])
        writing.withdraw("fresh", "held", NOW, "quiet")
        writing.open_firings()
        writing.existing(["fresh", "other"])
        writing.handed_over(fresh.trigger, [fresh.contact])
        writing.counted([fresh.contact], NOW - 1)
        list(writing.consents(NOW, [fresh.contact]))
        writing.held_offers([fresh.contact])
    assert any("insert into outbox" in sql for sql in asked.statements)
    assert list(asked.scans()) == []
