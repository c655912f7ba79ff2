"""Lists that are kept by hand: a file is the whole list, or a part that comes or goes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.importing import Problem, read_target
from adapters.importing.report import account
from adapters.stores.facts import Counts
from tests.adapters.importing.shop import Desk, shop


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    made.load("customer_id\na\nb\nc\n")
    yield made
    made.store.close()


def test_a_file_is_the_whole_list(desk: Desk) -> None:
    first = desk.load("customer_id\na\nb\nzoe\n", "list:press")
    assert (first.counts, first.unknown_contacts, first.first_unknown) == (Counts(new=3), 1, ("zoe",))
    second = desk.load("contact,remark\nb,x\nc,y\nc,again\n", "list:press", batch=1)
    assert second.counts == Counts(new=1, same=2)
    assert desk.ledger.lists["press"] == {"b", "c"}
    assert "list press: 2 left it, 2 are on it now" in account(second)
    assert second.as_json()["left"] == 2


def test_some_come_and_some_go(desk: Desk) -> None:
    desk.load("customer_id\na\nb\n", "list:press")
    assert desk.load("customer_id\nb\nc\n", "list:press", mode="add").counts == Counts(new=1, same=1)
    assert desk.load("customer_id\na\nzoe\n", "list:press", mode="remove").counts == Counts(changed=1, same=1)
    assert desk.ledger.lists["press"] == {"b", "c"}


def test_what_does_not_fit_empties_no_list(desk: Desk) -> None:
    desk.load("customer_id\na\n", "list:press")
    result = desk.load('customer_id,x\n"",1\n', "list:press")
    assert result.quarantined == 1
    assert desk.ledger.lists["press"] == {"a"}
    assert "no row fits, so it stays as it is" in account(result)
    desk.load("customer_id\n", "list:press")  # a header alone says that nobody is on it
    assert desk.ledger.lists["press"] == frozenset()


def test_a_dry_run_changes_nothing(desk: Desk) -> None:
    assert desk.load("customer_id\na\n", "list:press", dry_run=True).valid == 1
    assert desk.ledger.lists == {}


def test_a_list_that_is_not_declared() -> None:
    assert read_target("list:pres", shop()) == Problem("schema.yaml has no list `pres`", "did you mean `press`")
