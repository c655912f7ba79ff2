"""Going on where an import was cut off: what a mark must know, and when it still holds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from adapters.importing.account import Account
from adapters.importing.batches import Batch
from adapters.importing.convert import Settled
from adapters.importing.identity import digest
from adapters.importing.reading import Written
from adapters.importing.recognition import Options, Recognition
from adapters.importing.sinks import Writer
from adapters.importing.targets import Target
from adapters.sources.cells import Place, Source
from adapters.stores.facts_record import RecordFacts
from adapters.stores.import_marks import ImportMarks, Mark


@dataclass(frozen=True, slots=True)
class Saved:
    """What an earlier run left: its account, where it was, what it knew. `unchecked`: keys may come twice."""

    line: int
    place: Place
    account: Mapping[str, Any]
    settled: Sequence[tuple[Any, Any]]
    doubles: bool
    hashed: bool
    unchecked: bool


def resumable(target: Target, writer: Writer | None) -> bool:
    """Lists change at the end, all at once; messages are few. Both begin anew, which changes nothing."""
    return writer is not None and target.kind not in {"list", "messages"}


@dataclass(frozen=True, slots=True)
class Resumption:
    """The mark of one import. `saved`: of a run before that was cut off, if there was one."""

    marks: ImportMarks
    file: str
    target: str
    fingerprint: str
    found: Recognition
    saved: Saved | None

    @classmethod
    def find(
        cls, source: Source, target: Target, found: Recognition, options: Options, store: RecordFacts
    ) -> Resumption:
        """The mark of this import; what a run with another file, mapping or schema left does not hold."""
        columns = [
            [c.filled.slot.name, repr(c.filled.slot.field), c.filled.column, c.filled.constant, c.chosen]
            for c in found.columns
        ]
        fingerprint = digest(source.fingerprint(), options.zone, options.country, columns)
        marks = ImportMarks(store)
        mark = marks.get(source.name, target.label)
        saved = None
        if mark is not None and mark.fingerprint == fingerprint:
            state = json.loads(mark.state)
            settled = [(number, day) for number, day in state["settled"]]
            place = Place(mark.offset, mark.first)
            # marks of earlier releases say nothing of it: their files were looked through first
            unchecked = state.get("unchecked", False)
            saved = Saved(mark.line, place, state["account"], settled, state["doubles"], state["hashed"], unchecked)
        return cls(marks, source.name, target.label, fingerprint, found, saved)

    def settled(self) -> Sequence[Settled]:
        """The conventions of the columns as the run before knew them."""
        assert self.saved is not None
        return [
            Settled(replace(column.convention, number=number, date=day))
            for column, (number, day) in zip(self.found.columns, self.saved.settled, strict=True)
        ]

    def put(
        self,
        batch: Batch,
        account: Account,
        settled: Sequence[Written],
        *,
        doubles: bool,
        hashed: bool,
        unchecked: bool,
    ) -> None:
        """Leave the mark behind a batch, in its transaction."""
        flags = {"doubles": doubles, "hashed": hashed, "unchecked": unchecked}
        state = json.dumps({"account": account.as_json(), "settled": settled, **flags})
        mark = Mark(self.fingerprint, batch.last, batch.place.offset, batch.place.line, state)
        self.marks.put(self.file, self.target, mark)
