"""The project of the benchmarks: what its filled store holds is what imports would have left."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from adapters.cli.common import Workspace, open_workspace
from adapters.stores.facts import SqliteFacts
from adapters.stores.facts_writing import Counts
from benchmarks.happenings import COLUMNS, MEDIAN
from benchmarks.project import AS_OF, FILES, Size, make
from engine import layout

SIZE = Size(contacts=400, events=8_000)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bench")
    make(folder, SIZE)
    return folder


@pytest.fixture
def workspace(made: Path) -> Workspace:
    return open_workspace(made)


@pytest.fixture
def facts(workspace: Workspace) -> Iterator[SqliteFacts]:
    with workspace.facts() as opened:
        assert isinstance(opened, SqliteFacts)
        yield opened


def content(connection: sqlite3.Connection) -> str:
    seen = hashlib.sha256()
    for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall():
        if table != "_marks":  # they are random
            for row in sorted(map(repr, connection.execute(f'SELECT * FROM "{table}"').fetchall())):
                seen.update(row.encode())
    return seen.hexdigest()


def test_the_playbook_is_the_one_of_the_issue() -> None:
    plan = open_workspace(FILES).plan
    caps = sum(name.startswith("cap ") for name in plan.blocks)
    run_leaves = sum(users == ("trigger cart_rescue unless",) for users in plan.shared.values())
    assert len(plan.leaves) - run_leaves == 30
    assert (len(plan.segments), len(plan.scores), len(plan.causes), caps) == (10, 3, 20, 6)


def test_the_same_facts_every_time(facts: SqliteFacts, tmp_path: Path) -> None:
    make(tmp_path, SIZE)
    with open_workspace(tmp_path).facts() as again:
        assert isinstance(again, SqliteFacts)
        assert content(again.connection) == content(facts.connection)


def test_tables_and_indexes_are_those_of_a_new_store(facts: SqliteFacts, workspace: Workspace) -> None:
    written = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY 1, 2"
    with SqliteFacts.open(":memory:", workspace.project.schema, now=0) as new:
        assert facts.connection.execute(written).fetchall() == new.connection.execute(written).fetchall()


def test_every_row_has_a_number_of_its_own(facts: SqliteFacts) -> None:
    tables = (layout.CONTACTS, layout.fact_table("weather"), *map(layout.event_table, COLUMNS))
    numbers = [n for t in tables for (n,) in facts.connection.execute(f'SELECT _seq FROM "{t}"').fetchall()]
    assert sorted(numbers) == list(range(1, facts.last_seq() + 1))
    assert facts.position().last == facts.last_seq()
    assert not facts.connection.execute("SELECT * FROM _journal").fetchall()


def test_imports_find_nothing_to_change(facts: SqliteFacts) -> None:
    rows = [(c.key, dict(c.fields)) for c in facts.contacts()]
    assert facts.put_contacts(rows, at=AS_OF) == Counts(same=SIZE.contacts)
    for name in COLUMNS:
        events = list(facts.new_events(name, 0, 0, AS_OF))
        assert facts.put_events(name, events) == Counts(same=len(events))
        latest = facts.connection.execute("SELECT at FROM _latest WHERE event = ?", (name,)).fetchone()
        assert latest == (max(event.at for event in events),)


def test_some_contacts_do_much_and_most_little(facts: SqliteFacts) -> None:
    counts = dict.fromkeys((c.key for c in facts.contacts()), 0)
    late = 0
    for name in COLUMNS:
        events = sorted(facts.new_events(name, 0, 0, AS_OF), key=lambda event: event.seq)
        late += sum(after.at < before.at for before, after in pairwise(events))
        for event in events:
            counts[event.contact] += 1
    assert sum(counts.values()) == SIZE.events
    in_order = sorted(counts.values())
    assert MEDIAN / 2 <= in_order[SIZE.contacts // 2] <= MEDIAN * 2
    assert in_order[-1] > 40 * MEDIAN
    assert 20 <= late <= 200
