"""Ids that come twice in a file of events, found on the way: the account is as if all were counted first."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapters.importing import ImportResult
from adapters.stores.facts import Counts
from tests.adapters.importing.shop import Desk
from tests.adapters.importing.test_resumed import bring, cut_off, held

Row = dict[str, Any]

rows = st.lists(
    st.fixed_dictionaries(
        {"contact": st.sampled_from(["a", "b"]), "at": st.sampled_from(["2026-01-01", "2026-01-02", "2040-01-01"])},
        optional={
            "id": st.one_of(st.none(), st.integers(0, 6).map(str)),
            "amount": st.sampled_from(["1", "2", "many", None]),
            "product": st.sampled_from(["x", None]),
        },
    ),
    max_size=12,
)
LATE = [
    {"contact": "a", "at": "2026-01-01", "id": "1", "amount": "1"},
    {"contact": "a", "at": "2026-01-01", "id": None, "amount": "1"},
    {"contact": "a", "at": "2026-01-01", "id": None, "amount": "1"},
    {"contact": "b", "at": "2026-01-02", "id": "1", "product": "x"},
]


def account(desk: Desk, file: list[Row], batch: int) -> tuple[ImportResult, list[tuple[Any, ...]], object]:
    header: Row = {"contact": "a", "at": "2026-01-01", "id": "first", "amount": "1", "product": "x"}
    text = "\n".join(map(json.dumps, [header, *file]))
    result = desk.load(text, "event:purchase", name="file.jsonl", batch=batch)
    stored = desk.store.database.rows("SELECT _id, _contact, _at, amount, product FROM event_purchase ORDER BY _id")
    # events of both kinds in one file are doubles from batch to batch, which repeated ids have no part in
    return replace(result, doubles=0), stored, desk.quarantine()


@settings(max_examples=25, deadline=None)
@given(rows, rows, st.integers(1, 4))
@example([], LATE, 2)
@example([], LATE, 3)
def test_in_small_batches_as_in_one(before: list[Row], file: list[Row], batch: int) -> None:
    with TemporaryDirectory() as name:
        whole, parts = Desk(Path(name)), Desk(Path(name))
        for desk in (whole, parts):
            account(desk, before, 1_000)
        assert account(parts, file, batch) == account(whole, file, 1_000)
        whole.store.close()
        parts.store.close()


def corrected(store: Path) -> dict[str, list[tuple[object, ...]]]:
    """What the store holds; the marks of corrections for copies are random."""
    return {name: found for name, found in held(store).items() if name != "_journal"}


def test_cut_off_before_the_second_of_a_key(tmp_path: Path) -> None:
    """The run that goes on finds it, and accounts for what the run before it stored."""
    lines = ["id,contact,at,amount", *(f"e{n % 450},c{n % 7},2026-01-01,{n}" for n in range(600))]
    file, store = tmp_path / "file.csv", tmp_path / "facts.db"
    file.write_text("\n".join(lines) + "\n")
    whole = bring(file, tmp_path / "whole.db", "event:purchase")
    assert (whole.counts, whole.repeated) == (Counts(new=450, same=150), 150)
    cut_off(file, store, "event:purchase", 300)
    result = bring(file, store, "event:purchase")
    assert (result.resumed, result.counts, result.repeated) == (301, whole.counts, whole.repeated)
    assert corrected(store) == corrected(tmp_path / "whole.db")
    again = bring(file, store, "event:purchase")
    assert (again.resumed, again.counts) == (None, Counts(same=600))
