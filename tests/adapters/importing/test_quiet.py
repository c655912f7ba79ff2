"""Quiet imports: contacts that are new are marked before they are there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adapters.importing.shop import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_those_that_are_new_and_fit_are_marked(desk: Desk) -> None:
    desk.load("customer_id,visits\nold,1\n")
    desk.load("customer_id,visits\nold,2\nnew,3\nbad,many\n", quiet=True, batch=1)
    assert desk.ledger.quiet == desk.ledger.arrived == {"new"}
    desk.load("customer_id,visits\nloud,2\n")
    assert desk.ledger.quiet == {"new"}


def test_a_dry_run_marks_nobody(desk: Desk) -> None:
    desk.load("customer_id,visits\nnew,3\n", quiet=True, dry_run=True)
    assert desk.ledger.quiet == set()
