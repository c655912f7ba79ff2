"""Batch files: one for each batch, all its rows in it, and nothing of what may not leave."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.channel_config import BatchConfig
from adapters.channels import batch_files
from adapters.channels.batch import BatchChannel
from adapters.stores.ledger import SqlLedger
from adapters.stores.ledger_outbox import SqlOutbox
from engine.handover import HandedOverSummary, Recovered, hand_over
from engine.protocols import Rendered, TableRow
from engine.records import OutboxRow
from tests.adapters.ledger_samples import NOW, consent, fill, fixed, ledger, message, render

pytestmark = pytest.mark.usefixtures("each_ledger")


def tabled(row: OutboxRow) -> Rendered:
    made = render(row)
    cells = {"key": made.key, "contact": made.contact, "text": made.text}
    return replace(made, table=TableRow(cells, int(made.key[1:]) % 2, row.message.local_date))


def channel(folder: Path, rows: int = 5_000, **how: object) -> BatchChannel:
    return BatchChannel("letter", BatchConfig(folder, "csv", rows=rows), **how)  # type: ignore[arg-type]


def filled(*numbers: int) -> SqlLedger:
    store = ledger()
    fill(store, [message(number, "letter") for number in numbers])
    return store


def run(
    store: SqlLedger,
    letters: BatchChannel,
    batch: int = 2,
    rendered: Callable[[OutboxRow], Rendered] = tabled,
    owner: str = "me",
) -> HandedOverSummary:
    outbox = SqlOutbox(store, clock=fixed)
    return hand_over(outbox, {"letter": letters}, rendered, fixed, owner, batch=batch)


def files(folder: Path) -> dict[str, list[str]]:
    """Each file with its decision keys, as a reader sees them."""
    found = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found[path.name] = [row["key"] for row in csv.DictReader(file)]
    return found


def states(store: SqlLedger) -> dict[str, str]:
    return {row.message.key: row.state for row in store.outbox()}


def test_a_run_makes_one_file_across_claims_with_its_manifest(tmp_path: Path) -> None:
    store = filled(1, 2, 3, 4, 5)
    assert run(store, channel(tmp_path)).of_state("sent") == 5
    ((name, keys),) = files(tmp_path).items()
    assert keys == ["k1", "k3", "k5", "k2", "k4"], "by rank, then as decided"
    told = json.loads((tmp_path / f"{name}.manifest.json").read_bytes())
    data = (tmp_path / name).read_bytes()
    assert told == {
        "file": name,
        "batch": name.removeprefix("letter-20260921-").removesuffix(".csv"),
        "channel": "letter",
        "format": "csv",
        "rows": 5,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    assert {p.name for p in (tmp_path / ".batches").iterdir()} == {"lock", f"{told['batch']}.done"}
    assert [row.message.key for row in store.outbox() if row.state != "sent"] == []
    assert store.database.rows("select distinct provider_id from attempt") == [(name,)]


def test_a_run_without_rows_makes_no_file(tmp_path: Path) -> None:
    store = filled(1)
    store.add_consents([consent("c1", "withdrawn", channel="letter", at=NOW)])
    assert run(store, channel(tmp_path / "letters")).of_state("suppressed") == 1
    assert files(tmp_path / "letters") == {}
    assert run(filled(), channel(tmp_path / "none")).counts == {}
    assert not (tmp_path / "none").exists()


def test_a_file_has_as_many_rows_as_the_channel_says(tmp_path: Path) -> None:
    store = filled(1, 2, 3, 4, 5)
    run(store, channel(tmp_path, rows=2), batch=3)
    assert sorted(map(len, files(tmp_path).values())) == [1, 2, 2]
    assert sorted(key for keys in files(tmp_path).values() for key in keys) == ["k1", "k2", "k3", "k4", "k5"]
    assert set(states(store).values()) == {"sent"}


def test_a_withdrawal_before_the_markers_is_not_in_the_file(tmp_path: Path) -> None:
    store = filled(1, 2, 3)

    def withdrawing(row: OutboxRow) -> Rendered:
        if row.message.key == "k3":
            store.add_consents([consent("c1", "withdrawn", channel="letter", at=NOW)])
        return tabled(row)

    run(store, channel(tmp_path), rendered=withdrawing)
    assert list(files(tmp_path).values()) == [["k3", "k2"]]
    assert states(store) == {"k1": "suppressed", "k2": "sent", "k3": "sent"}


def test_the_next_run_makes_a_file_of_its_own(tmp_path: Path) -> None:
    store, letters = filled(1), channel(tmp_path)
    run(store, letters)
    fill(store, [message(2, "letter")])
    run(store, letters)
    assert sorted(files(tmp_path).values()) == [["k1"], ["k2"]]


def test_a_row_that_fits_into_no_file_fails_alone(tmp_path: Path) -> None:
    store = filled(1, 2)

    def rendered(row: OutboxRow) -> Rendered:
        made = tabled(row)
        assert made.table is not None
        bad = {**made.table.cells, "text": "A\x00B"} if made.key == "k1" else made.table.cells
        return replace(made, table=replace(made.table, cells=bad))

    run(store, channel(tmp_path), rendered=rendered)
    assert list(files(tmp_path).values()) == [["k2"]]
    assert next((row.state, row.note) for row in store.outbox()) == ("failed", "`text` holds a control character")


def test_a_folder_that_cannot_be_made_leaves_the_rows_queued(tmp_path: Path) -> None:
    (tmp_path / "letters").write_text("in the way")
    store = filled(1, 2)
    summary = run(store, channel(tmp_path / "letters"))
    assert "cannot write into" in summary.unreachable["letter"]
    assert set(states(store).values()) == {"queued"}


def test_a_disk_that_fails_before_the_rename_frees_the_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = filled(1, 2)

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full)
        run(store, channel(tmp_path))
    assert files(tmp_path) == {}
    assert set(states(store).values()) == {"queued"}
    assert [row.note for row in store.outbox()] == [f"cannot write into {tmp_path}: no space left on device"] * 2
    store.database.run("update outbox set not_before = null")
    run(store, channel(tmp_path))
    assert list(files(tmp_path).values()) == [["k1", "k2"]]


def test_a_message_that_stands_in_a_file_stands_in_no_second_one(tmp_path: Path) -> None:
    """A ledger that was put back from a backup, whose rows are repeated as the channel allows."""
    run(filled(1, 2), channel(tmp_path))
    (before,) = files(tmp_path)
    again = ledger()
    fill(again, [message(number, "letter") for number in (2, 3)])
    run(again, channel(tmp_path))
    assert sorted(files(tmp_path).values()) == [["k1", "k2"], ["k3"]]
    assert next(row.note for row in again.outbox()) == f"stands in {before}"
    assert set(states(again).values()) == {"sent"}


def test_a_name_that_the_disk_does_not_confirm_makes_no_second_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is there, the disk does not say that it stays: its row comes again in the same run, with others."""
    store = filled(1, 2)
    store.database.run("update outbox set not_before = ? where key = 'k2'", (NOW + 1,))
    letters, flush = channel(tmp_path), batch_files._flush
    failed: list[Path] = []

    def fails_once(folder: Path) -> None:
        if folder == tmp_path and files(tmp_path) and not failed:
            failed.append(folder)
            raise OSError(5, "Input/output error")
        flush(folder)

    monkeypatch.setattr(batch_files, "_flush", fails_once)
    run(store, letters)
    assert failed
    assert list(files(tmp_path).values()) == [["k1"]]
    store.database.run("update outbox set not_before = null")
    run(store, letters)
    assert sorted(files(tmp_path).values()) == [["k1"], ["k2"]]
    assert states(store) == {"k1": "sent", "k2": "sent"}


def test_a_rehearsal_made_again_writes_the_same_bytes(tmp_path: Path) -> None:
    run(filled(1, 2), channel(tmp_path, remembers=False))
    (before,) = [(path.name, path.read_bytes()) for path in tmp_path.glob("*.csv")]
    run(filled(1, 2), channel(tmp_path, remembers=False))
    assert [(path.name, path.read_bytes()) for path in tmp_path.glob("*.csv")] == [before]


def test_somebody_who_took_the_file_away_before_the_result_has_it(tmp_path: Path) -> None:
    """The file left, the run died before it could say so, the printer fetched the file: it is not made again."""
    store = filled(1, 2)

    class Died(BaseException):
        pass

    def dies(point: str) -> None:
        if point == "handed over":
            raise Died

    outbox = SqlOutbox(store, clock=fixed, alive=lambda owner: owner != "dead")
    with pytest.raises(Died):
        hand_over(outbox, {"letter": channel(tmp_path)}, tabled, fixed, "dead", on_point=dies)
    for path in tmp_path.glob("letter-*"):
        path.unlink()
    # the first row was answered; the other one is marked and has no result
    store.database.run("update outbox set state = 'committing', owner = 'dead' where key = 'k2'")
    store.add_consents([consent("c2", "withdrawn", channel="letter", at=NOW)])
    summary = hand_over(outbox, {"letter": channel(tmp_path)}, tabled, fixed, "me")
    assert summary.recovered.sent >= 1
    assert summary.recovered.queued == 0
    assert states(store) == {"k1": "sent", "k2": "sent"}
    assert list(tmp_path.glob("letter-*")) == []


def test_what_is_recovered_says_nothing_of_batches_where_there_are_none(tmp_path: Path) -> None:
    assert run(filled(1), channel(tmp_path)).recovered == Recovered()
