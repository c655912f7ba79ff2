"""Batches of a file with what became of their rows: read here, or ahead of the storing in a process of its own.

Reading and storing take about as long as each other, and SQLite is fed by one process: with a second one that reads, a
large import takes as long as the longer half. Both ways run the same code over the same rows, so their results are the
same; a row crosses from process to process as stored values, a row that does not fit as its finding.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import subprocess
import sys
from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import tzinfo
from queue import Queue
from threading import Thread
from typing import BinaryIO

from adapters.importing.batches import Batch, batches
from adapters.importing.convert import Settled
from adapters.importing.dates import DateFormat
from adapters.importing.numbers import NumberFormat
from adapters.importing.recognition import Recognition
from adapters.importing.rows import RowReader, Table, Wrong
from adapters.sources.cells import Place, Source, SourceError
from engine.zones import zone

LARGE = 32 << 20
"""From this size of a file on (in the unit of the source, which is bytes for text) another process pays: it takes half
a second to start."""

AHEAD = 8
"""Batches that wait in memory for being stored, about 4 MB each."""

Written = tuple[NumberFormat | None, DateFormat | None]

_LENGTH = struct.Struct("Q")


@dataclass(frozen=True, slots=True)
class Read:
    """A batch, the rows of it that fit, and what is wrong with the others. `settled`: how the columns write numbers and
    dates, as far as it is known behind the batch. `position`: how much of the source is read."""

    batch: Batch
    table: Table
    wrong: list[Wrong]
    settled: tuple[Written, ...]
    position: int

    def bare(self) -> Read:
        """The same without the cells as they stand in the file."""
        cells = ((),) * len(self.batch.cells)
        return replace(self, batch=replace(self.batch, cells=cells), table=self.table.bare())


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read: a source from a place on, rows behind line `after` in batches of `size`. `settled`: see `Read`.
    `zone`: name of the zone of local times."""

    source: Source
    recognition: Recognition
    country_slot: str | None
    country: str | None
    zone: str
    settled: tuple[Written, ...]
    place: Place
    after: int
    size: int

    def reader(self) -> RowReader:
        """The reader of the rows."""
        settled = [
            Settled(replace(column.convention, number=number, date=day))
            for column, (number, day) in zip(self.recognition.columns, self.settled, strict=True)
        ]
        return RowReader(self.source, self.recognition, self.country_slot, self.country, settled)

    def in_zone(self, zone: tzinfo | None) -> Reading:
        """The same with another zone of local times. None: zones cannot go from process to process, their names can."""
        columns = [replace(c, convention=replace(c.convention, zone=zone)) for c in self.recognition.columns]
        return replace(self, recognition=replace(self.recognition, columns=tuple(columns)))


def here(reading: Reading, reader: RowReader) -> Generator[Read]:
    """The batches, read when they are asked for."""
    source = reading.source
    for batch in batches(source.stretches(reading.place), reading.size, after=reading.after):
        table, wrong = reader.read(batch.lines, batch.cells, text=batch.text)
        wrong += map(reader.read_broken, batch.broken)
        yield Read(batch, table, wrong, written(reader), source.position)


def written(reader: RowReader) -> tuple[Written, ...]:
    """How the columns write numbers and dates, as far as the reader knows it."""
    return tuple((known.convention.number, known.convention.date) for known in reader.settled)


def ahead(reading: Reading) -> Generator[Read]:
    """The same without the cells, read by a process of its own, which ends with the iterator. Raises what it raises."""
    program = f"import sys; sys.path[:] = {sys.path!r}; from adapters.importing import reading; reading.serve()"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        arrived: Queue[bytes] = Queue(AHEAD)
        # it does nothing but wait for bytes: the pipe between two processes holds less than a batch
        feeder = Thread(target=_feed, args=(process.stdout, arrived), daemon=True)
        try:
            with suppress(BrokenPipeError), process.stdin as asked:
                pickle.dump(reading.in_zone(None), asked)
            feeder.start()
            while data := arrived.get():
                read = pickle.loads(data)
                if read is None:
                    return
                if isinstance(read, Exception):
                    raise read
                yield read
            raise SourceError(
                f"the reading of `{reading.source.name}` was ended from outside: run the same import again"
            )
        finally:
            process.kill()
            while feeder.is_alive():
                with suppress(Exception):
                    arrived.get(timeout=0.1)


def _feed(pipe: BinaryIO, arrived: Queue[bytes]) -> None:
    """Whole messages into the queue; nothing where they end."""
    while len(head := pipe.read(_LENGTH.size)) == _LENGTH.size:
        arrived.put(pipe.read(*_LENGTH.unpack(head)))
    arrived.put(b"")


def answer(reading: Reading, out: BinaryIO) -> None:
    """Write the batches as messages, None behind the last, or what went wrong."""

    def send(message: Read | Exception | None) -> None:
        data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        out.write(_LENGTH.pack(len(data)))
        out.write(data)
        out.flush()

    try:
        reading = reading.in_zone(zone(reading.zone))
        for read in here(reading, reading.reader()):
            send(read.bare())
        send(None)
    except (SourceError, OSError, MemoryError) as error:
        send(error)


def serve() -> None:
    """The process that reads: what to read comes in on standard input, the batches go out on standard output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who stops the import stops us
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb", 1 << 20)
    with suppress(BrokenPipeError):  # the import is gone
        answer(pickle.load(sys.stdin.buffer), out)
    os._exit(0)


def pays(source: Source) -> bool:
    """Whether a process of its own pays for reading this source."""
    return source.size >= LARGE and (os.cpu_count() or 1) > 1
