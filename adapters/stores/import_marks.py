"""How far an import that is under way has come, written in the transaction of each batch: what is cut off goes on."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.stores.facts_record import RecordFacts


@dataclass(frozen=True, slots=True)
class Mark:
    """All lines up to `line` are settled. `offset` and `first`: a place of the source from which the lines after it can
    be read. `state`: the import's own, as JSON. `fingerprint`: equal as long as file and mapping are the same."""

    fingerprint: str
    line: int
    offset: int
    first: int
    state: str


class ImportMarks:
    """The marks of a facts store; writes belong to the transaction that is open on the store."""

    def __init__(self, store: RecordFacts) -> None:
        self._database = store.database

    def get(self, file: str, target: str) -> Mark | None:
        """The mark that an import of this file as this target left."""
        row = self._database.one(
            'SELECT fingerprint, line, "offset", first, state FROM _imports WHERE file = ? AND target = ?',
            (file, target),
        )
        return None if row is None else Mark(*row)

    def put(self, file: str, target: str, mark: Mark) -> None:
        """Remember how far it is."""
        self._database.put(
            "_imports",
            ("file", "target", "fingerprint", "line", "offset", "first", "state"),
            [(file, target, mark.fingerprint, mark.line, mark.offset, mark.first, mark.state)],
            key=("file", "target"),
        )

    def drop(self, file: str, target: str) -> None:
        """It is done, or begins anew."""
        self._database.run("DELETE FROM _imports WHERE file = ? AND target = ?", (file, target))
