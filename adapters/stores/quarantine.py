"""Rows that could not be imported, with line and reason, until a later import of the same file mends them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from adapters.stores.facts_record import RecordFacts


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One row in quarantine. `row`: what stands there, as JSON. `reason`: a stable phrase; `detail`: a sentence."""

    file: str
    target: str
    line: int
    column: str | None
    reason: str
    detail: str
    row: str
    at: int


class Quarantine:
    """The quarantine of a facts store; writes belong to the transaction that is open on the store."""

    def __init__(self, store: RecordFacts) -> None:
        self._database = store.database

    def replace(self, file: str, target: str, first: int, last: int | None, entries: Iterable[Quarantined]) -> None:
        """What lines `first` to `last` (None: the end) of the file have in quarantine from now on."""
        self._database.run(
            "DELETE FROM _quarantine WHERE file = ? AND target = ? AND line >= ? AND line <= coalesce(?, line)",
            (file, target, first, last),
        )
        self._put(entries)

    def settle(self, file: str, target: str, lines: Iterable[int], entries: Iterable[Quarantined]) -> None:
        """What these lines of the file have in quarantine from now on; other lines keep theirs."""
        self._database.many(
            "DELETE FROM _quarantine WHERE file = ? AND target = ? AND line = ?",
            [(file, target, line) for line in lines],
        )
        self._put(entries)

    def _put(self, entries: Iterable[Quarantined]) -> None:
        # of several about one line the last one stands
        rows = {(e.file, e.target, e.line): (e.column, e.reason, e.detail, e.row, e.at) for e in entries}
        self._database.put(
            "_quarantine",
            ("file", "target", "line", "column", "reason", "detail", "row", "at"),
            [(*place, *told) for place, told in rows.items()],
            key=("file", "target", "line"),
        )

    def forget(self, file: str, target: str | None = None) -> int:
        """Drop all that the file has in quarantine, or what it has there as `target`; how many rows that were."""
        return self._database.run(
            "DELETE FROM _quarantine WHERE file = ? AND target = coalesce(?, target)", (file, target)
        )

    def entries(self, file: str | None = None, target: str | None = None) -> Iterator[Quarantined]:
        """What is in quarantine, by file, target and line; of one file, or one target, if they are given."""
        rows = self._database.rows(
            'SELECT file, target, line, "column", reason, detail, "row", at FROM _quarantine'
            " WHERE file = coalesce(?, file) AND target = coalesce(?, target) ORDER BY file, target, line",
            (file, target),
        )
        for row in rows:
            yield Quarantined(*row)
