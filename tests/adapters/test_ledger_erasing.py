"""Erasing from a ledger, on each database: rows go or lose their name, totals stay, guards stand again; and the lines
of the journal lose the name in their length."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.stores import ledger_erasing
from adapters.stores.handover_erasing import without
from adapters.stores.ledger import SqlLedger
from adapters.stores.ledger_database import LedgerError
from adapters.stores.ledger_erasing import LedgerErased, erase, finish, remembered
from adapters.stores.ledger_invariants import broken
from adapters.stores.ledger_outbox import SqlOutbox
from engine.protocols import Receipt
from engine.records import CountedMessage, Suppression
from tests.adapters.ledger_samples import NOW, fill, fixed, ledger, message

SENT, QUEUED = message(1), replace(message(2), contact="c1", address="c1@example.ch")


def lived(made: SqlLedger) -> None:
    """One message of c1 is sent, one waits; c3 has one that waits."""
    fill(made, [SENT])
    with made.owner() as owner:
        outbox = SqlOutbox(made, clock=fixed)
        (row,) = outbox.claim(owner, 1, NOW, ["email"])
        assert outbox.mark(row, fixed, repeatable=False)
        outbox.result(row, Receipt("sent", provider_id="c1@example.ch"), NOW)
    fill(made, [QUEUED, message(3)])
    made.add_suppressions([Suppression("s1", None, "c1@example.ch", "email", "c1 said so", NOW)])
    made.add_messages([CountedMessage("order of c1", "c1", NOW, "email", "promotional", (), 20260921)])
    made.put_list("press", ["c1", "c3"])
    made.mark_quiet(["c1"])


def everything(made: SqlLedger) -> str:
    """All rows of all tables, as text."""
    tables = sorted(made.database.tables() - {"sqlite_sequence"})
    return "\n".join(str(row) for name in tables for row in made.database.rows(f"select * from {name}"))


def named(contact: str, made: SqlLedger) -> bool:
    """Whether somebody stands in any row as a word: names of owners are made of random letters."""
    return re.search(rf"\b{contact}\b", everything(made)) is not None


def gone(made: SqlLedger, **lines: str) -> LedgerErased:
    return erase(made, {"c1": "~0"}, ["c1@example.ch"], lines, lambda text: f"hash of {len(text)}", NOW)


@pytest.mark.usefixtures("each_ledger")
def test_rows_lose_their_name_or_go_and_totals_stay(tmp_path: Path) -> None:
    with ledger(tmp_path / "ledger.db") as made:
        lived(made)
        assert named("c1", made)
        before = len(made.counted(None, 0))
        told = gone(made, stone="a line")
        assert (told.aborted, told.in_hands) == (1, 0)
        assert not named("c1", made)
        assert len(made.counted(None, 0)) == before - 1  # what will not leave does not count
        assert {row.message.contact: row.state for row in made.outbox()}.keys() == {"~0", "c3"}
        assert [row.state for row in made.outbox(contact="~0")] == ["sent", "suppressed"]
        assert [(j.outcome, j.gate) for _, j in made.judgements("~0")][-1:] == [("refused", "erased")]
        assert list(made.listed("press")) == ["c3"]
        assert list(broken(made.database)) == []
        assert remembered(made.database) == {"stone": "a line"}
        assert ledger_erasing.unfinished(made.database)
        assert finish(made)
        assert not ledger_erasing.unfinished(made.database)
        assert gone(made) == LedgerErased()


@pytest.mark.usefixtures("each_ledger")
def test_a_budget_with_where_does_not_fill_up_again(tmp_path: Path) -> None:
    """What a household shares goes with the person; that a budget held for somebody says nothing about anybody."""
    with ledger(tmp_path / "ledger.db") as made:
        fill(made, [replace(SENT, units={"phone": "=+41790000000", "in total budget": "yes"}), message(3)])
        with made.owner() as owner:
            outbox = SqlOutbox(made, clock=fixed)
            (row, _) = outbox.claim(owner, 2, NOW, ["email"])
            assert outbox.mark(row, fixed, repeatable=False)
            outbox.result(row, Receipt("sent"), NOW)
        gone(made)
        assert {m.contact: dict(m.units) for m in made.counted(None, 0)} == {
            "~0": {"in total budget": "yes"},
            "c3": {},
        }
        assert "+41790000000" not in everything(made)


@pytest.mark.usefixtures("each_ledger")
def test_the_guards_stand_again(tmp_path: Path) -> None:
    with ledger(tmp_path / "ledger.db") as made:
        lived(made)
        gone(made)
        for statement in ("delete from consent", "delete from judgement", "delete from outbox",
                          "update outbox set state = 'queued' where state = 'sent'"):  # fmt: skip
            with pytest.raises(LedgerError), made.transaction():
                made.database.run(statement)
        with pytest.raises(LedgerError), made.transaction(), made.database.unguarded():
            made.database.script("delete from consent; select broken")
        assert made.database.rows("select count(*) from consent") == [(1,)]
        with pytest.raises(LedgerError), made.transaction():
            made.database.run("delete from consent")


text = st.text(min_size=1, max_size=12).filter(lambda t: "\n" not in json.dumps(t, ensure_ascii=False))
maybe = st.none() | text


@given(
    contact=text,
    event=maybe,
    firing=st.booleans(),
    held=st.booleans(),
    beside=st.lists(text, max_size=2),
    drawn=st.booleans(),
)
def test_a_line_of_the_journal_keeps_its_length_and_loses_the_name(
    *, contact: str, event: str | None, firing: bool, held: bool, beside: list[str], drawn: bool
) -> None:
    budget = {"in total budget": "yes"} if drawn else {}
    claim = {
        "key": "k" * 32, "fence": 1, "kind": "message", "contact": contact, "event": event,
        "properties": {"what": contact}, "units": {"phone": "=" + contact, **budget}, "stood": None,
        "held": ["k" * 32, contact, "ten", 1, None, None, None, None] if held else None,
        "firing": [contact, 1, 2] if firing else None,
        "beside": [["k", "notify", "sales", one] for one in beside],
    }  # fmt: skip
    line = json.dumps({"claim": claim}, ensure_ascii=False).encode()
    found = without(line, lambda key: "~0123456789abcdef" if key == contact else None, lambda _: False)
    assert len(found) == len(line)
    told = json.loads(found)["claim"]
    assert told["contact"] in ("~0123456789abcdef", "~")
    assert (told["properties"], told["firing"], told["beside"]) == ({}, None, [])
    assert told["units"] == budget
    assert told["held"] is None or told["held"][1] == told["contact"]
    assert without(line, lambda _: None, lambda _: True) == line


def test_evidence_of_theirs_goes_from_the_journal() -> None:
    consent = json.dumps({"consent": ["i", "c1", "newsletter", "email", "withdrawn", "consent", "", 1]}).encode()
    address = json.dumps({"suppression": ["i", None, "c1@x.example", None, "bounce", 1]}).encode()
    for line in (consent, address):
        found = without(line, lambda key: "~" if key == "c1" else None, lambda one: one == "c1@x.example")
        assert (len(found), json.loads(found)) == (len(line), {})
        assert without(line, lambda _: None, lambda _: False) == line
