"""The audit record: any edit, drop, swap, cut or rewrite is found, the last two by an anchor."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from adapters.stores import ledger_audit
from adapters.stores.ledger import SqlLedger
from adapters.stores.ledger_audit import Entry, append, head, problems
from tests.adapters.ledger_samples import ledger

ROWS = 12


def filled(path: Path) -> SqlLedger:
    made = ledger(path)
    for n in range(ROWS):
        append(made, f"user{n % 3}@host", "import", {"rows": n})
    return made


def rewrite(made: SqlLedger, entries: list[Entry]) -> None:
    """Put other entries in the place of those that are there, as who owns the file can."""
    with made.transaction(), made.database.unguarded():
        made.database.run("delete from audit")
        rows = [(e.seq, e.at, e.who, e.what, e.body, e.before, e.hash) for e in entries]
        made.database.many(
            "insert into audit (seq, at, who, what, body, before, hash) values (?, ?, ?, ?, ?, ?, ?)", rows
        )


def chained(made: SqlLedger, entries: list[Entry]) -> list[Entry]:
    """The same as a chain that is whole in itself."""
    found: list[Entry] = []
    for seq, e in enumerate(entries, 1):
        before = found[-1].hash if found else str(made.identity)
        fresh = Entry(seq, e.at, e.who, e.what, e.body, before, "")
        found.append(Entry(seq, e.at, e.who, e.what, e.body, before, fresh.reckoned))
    return found


def edited(chance: random.Random, e: Entry) -> Entry:
    values = [e.seq, e.at, e.who, e.what, e.body, e.before, e.hash]
    place = chance.choice((1, 2, 3, 4, 5, 6))
    old = values[place]
    values[place] = old + chance.choice((-1, 1)) if isinstance(old, int) else f"{old}{chance.choice('0 x')}"
    return Entry(*values)  # type: ignore[arg-type]


def tampered(kind: str, chance: random.Random, made: SqlLedger, entries: list[Entry]) -> list[Entry]:
    n = chance.randrange(len(entries))
    match kind:
        case "edit":
            return [edited(chance, e) if i == n else e for i, e in enumerate(entries)]
        case "drop":
            return entries[:n] + entries[n + 1 :]
        case "swap":
            m = chance.choice([i for i in range(len(entries)) if i != n])
            a, b = entries[n], entries[m]
            other = {n: Entry(a.seq, b.at, b.who, b.what, b.body, b.before, b.hash),
                     m: Entry(b.seq, a.at, a.who, a.what, a.body, a.before, a.hash)}  # fmt: skip
            return [other.get(i, e) for i, e in enumerate(entries)]
        case "cut":
            return entries[:n]
        case _:
            changed = [Entry(e.seq, e.at, e.who, e.what, '{"rows":99}', e.before, e.hash) if i == n else e
                       for i, e in enumerate(entries)]  # fmt: skip
            return chained(made, changed)


@pytest.mark.parametrize("kind", ["edit", "drop", "swap", "cut", "rewrite"])
def test_a_hundred_of_each_are_all_found_with_the_anchor(tmp_path: Path, kind: str) -> None:
    chance = random.Random(kind)
    with filled(tmp_path / "ledger.db") as made:
        entries, anchor = list(ledger_audit.entries(made.database)), head(made)
        assert anchor is not None
        assert list(problems(made, [anchor])) == []
        for _ in range(100):
            rewrite(made, tampered(kind, chance, made, entries))
            assert list(problems(made, [anchor]))
            assert list(problems(made)) or kind in {"drop", "cut", "rewrite"}
        rewrite(made, entries)
        assert list(problems(made, [anchor])) == []
        append(made, "a", "pause", {})  # what comes later is no matter
        assert list(problems(made, [anchor])) == []


def test_nobody_changes_it_through_the_program(tmp_path: Path) -> None:
    from adapters.stores.ledger_database import LedgerError

    with filled(tmp_path / "ledger.db") as made:
        for statement in ("update audit set who = 'x'", "delete from audit"):
            with pytest.raises(LedgerError), made.transaction():
                made.database.run(statement)


@pytest.mark.usefixtures("each_ledger")
def test_the_chain_is_the_same_on_every_database(tmp_path: Path) -> None:
    with filled(tmp_path / "ledger.db") as made:
        assert [e.seq for e in ledger_audit.entries(made.database)] == list(range(1, ROWS + 1))
        assert list(problems(made)) == []
        assert ledger_audit.last_of(made.database, "import") == '{"rows":11}'
