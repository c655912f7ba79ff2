"""How often the disk is asked to keep what was written: a mail costs one flush, that of its marker.

The file layer below SQLite counts. What a flush brings to the disk is everything that was written to the log before.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from adapters.stores.ledger import SqliteLedger
from adapters.stores.ledger_outbox import SqlOutbox
from engine.protocols import Receipt
from tests.adapters.ledger_samples import NOW, fill, message


class Flushes(apsw.VFS):
    """The file layer of this machine, counting flushes of logs."""

    def __init__(self) -> None:
        self.usual = apsw.vfs_names()[0]
        super().__init__("counting", self.usual)
        self.number = 0

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:
        return _File(self, name, flags)


class _File(apsw.VFSFile):
    def __init__(self, layer: Flushes, name: Any, flags: list[int]) -> None:
        super().__init__(layer.usual, name, flags)
        self._layer = layer
        self._is_log = bool(flags[0] & apsw.SQLITE_OPEN_WAL)

    def xSync(self, flags: int) -> None:
        self._layer.number += self._is_log
        super().xSync(flags)


@pytest.fixture
def flushes() -> Iterator[Flushes]:
    layer = Flushes()
    apsw.set_default_vfs("counting")
    yield layer
    apsw.set_default_vfs(layer.usual)
    layer.unregister()


def test_a_mail_costs_one_flush(flushes: Flushes, tmp_path: Path) -> None:
    with SqliteLedger.open(tmp_path / "ledger.db", clock=lambda: NOW) as ledger:
        fill(ledger, map(message, range(6)))
        outbox = SqlOutbox(ledger, clock=lambda: NOW, alive=lambda _: True)
        first, second, third = outbox.claim("owner", 3, NOW, ["email"])
        told: list[int] = []

        def flushed() -> int:
            before = sum(told)
            told.append(flushes.number - start - before)
            return told[-1]

        start = flushes.number
        assert outbox.mark(first, lambda: NOW, repeatable=False)
        assert flushed() == 1
        assert outbox.result(first, Receipt("sent"), NOW) == "sent"
        assert flushed() == 0, "the marker of the next one brings it to the disk"
        assert outbox.mark(second, lambda: NOW, repeatable=False)
        assert flushed() == 1
        # a refusal may not be forgotten: its marker alone would say that it may have left
        assert outbox.result(second, Receipt("failed", "no such user"), NOW) == "failed"
        assert flushed() == 1
        assert outbox.mark(third, lambda: NOW, repeatable=False)
        assert outbox.result(third, Receipt("sent"), NOW) == "sent"
        assert flushed() == 1
        # several markers are one flush, and so are their results
        rows = outbox.claim("owner", 3, NOW, ["email"])
        assert flushed() == 1
        assert list(outbox.mark_all(rows, lambda: NOW, repeatable=False)) == [True] * 3
        assert list(outbox.results([(row, Receipt("sent")) for row in rows], NOW)) == ["sent"] * 3
        assert flushed() == 1
        # whoever reads what was sent and keeps how far it read, reads what is on the disk
        assert len(list(ledger.handed_over_events())) == 5
        assert flushed() == 1
        outbox.release("owner")
        assert flushed() == 1, "at the end of a run all results are there"
