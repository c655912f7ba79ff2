"""The import itself: rows in, batches stored, bad rows into quarantine, an account at the end that adds up."""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace

from adapters.importing.account import Account, ImportResult, Reason
from adapters.importing.batches import Batch, batches
from adapters.importing.convert import Settled
from adapters.importing.doubles import Doubles
from adapters.importing.forgotten import Forgotten, without
from adapters.importing.gathering import Waiting, bare, room
from adapters.importing.identity import Occurrences
from adapters.importing.judging import judge
from adapters.importing.key_hashes import KeyHashes
from adapters.importing.reading import Read, Reading, Written, ahead, here, pays, written
from adapters.importing.recognition import Options, Recognition, recognise
from adapters.importing.redeemed import Redemptions
from adapters.importing.repeats import Repeats, key_slots
from adapters.importing.resuming import Resumption, resumable
from adapters.importing.rows import Fitting, RowReader, Rows
from adapters.importing.sinks import Events, EvidenceSink, Listing, Writer, writer_for
from adapters.importing.targets import CONTACT, Target
from adapters.sources.cells import BEGIN, Place, Source, SourceError
from adapters.stores.facts_record import AlreadyStored, Counts, RecordFacts
from adapters.stores.import_marks import ImportMarks
from adapters.stores.quarantine import Quarantine, Quarantined
from dsl.schema import Schema
from engine.records import ListChange, ListMode

__all__ = ["BATCH", "ImportResult", "Progress", "Reason", "run_import"]

BATCH = 50_000
"""Rows of one transaction at least: many, because pages that several of them change are written once. `gathering` says
how many of these batches are stored together."""

SUSPECTS = 1_000_000
"""Keys that may come twice, as many as are remembered; with more of them all keys are counted."""

Progress = Callable[[int, int, int], None]
"""Called now and then with position and size of the source, and rows read."""


def run_import(
    source: Source,
    target: Target,
    schema: Schema,
    store: RecordFacts,
    sink: EvidenceSink | None,
    options: Options,
    *,
    now: int,
    dry_run: bool = False,
    recognition: Recognition | None = None,
    on_progress: Progress | None = None,
    batch: int = BATCH,
    mode: ListMode = "replace",
    quiet: bool = False,
    resume: bool = False,
    replay: bool = False,
    forgotten: Forgotten | None = None,
    redemptions: Redemptions | None = None,
) -> ImportResult:
    """Import a file. Each batch is one transaction with its quarantine, so that an import can be cut off anywhere and
    run again. `sink` is needed for consents, suppressions, messages and lists, except in a dry run.
    `mode`: a list is replaced as a whole at the end, or these contacts are put on it or taken off it. `quiet`: contacts
    that are new set off no trigger by being there (needs `sink`). `resume`: go on where an earlier run of the same
    import was cut off, and leave a mark for a later one. `replay`: the rows are some of the file (`replay.Mended`), and
    the quarantine of its other lines stays. `forgotten`: whose rows are not taken. `redemptions`: events that name
    their contacts by a code.

    `now`: microseconds, for changes of fields and for quarantine. A recognition that was shown already can be given.
    Raises StoreError, sqlite3.Error, OSError or SourceError if the store or the file fails on the way.
    """
    found = recognition or recognise(source, target, options)
    if found.problems:
        return ImportResult(found, dry_run)
    with ExitStack() as stack:
        occurrences = stack.enter_context(closing(Occurrences()))
        slots = key_slots(target, schema, {c.filled.slot.name for c in found.columns})
        repeats = stack.enter_context(closing(Repeats(slots)))
        writer: Writer | None = None
        if not dry_run:
            stack.enter_context(store.many_writes())
            writer = writer_for(target, schema, store, sink, occurrences, zone=options.zone, now=now, mode=mode)
        run = _Run(
            source,
            target,
            schema,
            store,
            sink,
            options,
            found,
            writer,
            repeats,
            now,
            batch,
            quiet,
            on_progress,
            replay,
            forgotten,
            redemptions,
        )
        mark = Resumption.find(source, target, found, options, store) if resume and resumable(target, writer) else None
        stack.enter_context(_without_collector())
        return run.finish(run.through(mark), dry_run=dry_run)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Rows hold no cycles, and there are so many of them that looking for some takes as long as reading them."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@dataclass(frozen=True, slots=True)
class _Run:
    """One import under way: what does not change from batch to batch."""

    source: Source
    target: Target
    schema: Schema
    store: RecordFacts
    sink: EvidenceSink | None
    options: Options
    found: Recognition
    writer: Writer | None
    repeats: Repeats
    now: int
    batch: int
    quiet: bool
    on_progress: Progress | None
    replay: bool
    forgotten: Forgotten | None
    redemptions: Redemptions | None

    def through(self, mark: Resumption | None) -> _State:
        """All batches, from the mark on."""
        stamp = self.source.changed()
        state = self._start(mark)
        try:
            self._all(state, mark, stamp)
        except _Repeated:
            state = self._rewound(state)
            self._all(state, mark, stamp)
        return state

    def _all(self, state: _State, mark: Resumption | None, stamp: object) -> None:
        with closing(self._reads(state)) as reads:
            for read in reads:
                if self.source.changed() != stamp:
                    raise SourceError(f"`{self.source.name}` was changed while it was read: run the same import again")
                self._one(read, state, mark)
                if self.on_progress is not None:
                    self.on_progress(read.position, self.source.size, state.account.rows)
        self._flush(state, mark)

    def _rewound(self, state: _State) -> _State:
        """The beginning again, with all keys of the file counted: rows up to `state.line` are stored, each as new."""
        assert isinstance(self.writer, Events)
        self.writer.begin_anew()
        with self.store.transaction():
            ImportMarks(self.store).drop(self.source.name, self.target.label)
        return _State(
            self._reader(), Account(), state.doubles, repeated=True, resumed=state.resumed, stored_upto=state.line
        )

    def _start(self, mark: Resumption | None) -> _State:
        saved = None if mark is None else mark.saved
        if mark is None or saved is None:
            # the plain insert of events tells by itself whether a key is there already: look only then
            later = isinstance(self.writer, Events) and bool(self.repeats.slots)
            repeated = not later and bool(self.repeats.slots) and _repeats(self)
            return _State(self._reader(), Account(), self._doubles(), repeated, unchecked=later)
        doubles = self._doubles() if saved.doubles else None
        state = _State(self._reader(mark.settled()), Account(), doubles, unchecked=saved.unchecked)
        state.account.restore(saved.account)
        state.line, state.place, state.resumed = saved.line, saved.place, saved.line
        if saved.hashed and isinstance(self.writer, Events):
            # which of several equal rows one is, only the rows before it tell
            reader = self._reader()
            for batch in batches(self.source.stretches(BEGIN), self.batch):
                if batch.lines and batch.lines[0] > saved.line:
                    break
                upto = sum(1 for line in batch.lines if line <= saved.line)
                good, _ = reader.read(batch.lines[:upto], batch.cells[:upto])
                self.writer.number(good)
        return state

    def _reader(self, settled: Sequence[Settled] = ()) -> RowReader:
        return RowReader(self.source, self.found, self.schema.country_field, self.options.country, settled)

    def _doubles(self) -> Doubles | None:
        event = self.target.event
        name = event.name if event is not None else "message_sent" if self.target.kind == "messages" else None
        if name is None or not self.store.holds_events(name):
            return None
        return Doubles(self.store, name, self.schema.events[name].properties)

    def _reads(self, state: _State) -> Generator[Read]:
        """What is to be stored, from where the state is on."""
        reading = Reading(
            self.source, self.found, self.schema.country_field, self.options.country,
            self.options.zone, written(state.reader), state.place, state.line, self.batch,
        )  # fmt: skip
        # of events the values alone are needed; of other rows, and of redemptions, which are judged here, their cells
        plain = isinstance(self.writer, Events) and self.redemptions is None
        apart = plain and not self.replay and pays(self.source)
        return ahead(reading) if apart else here(reading, state.reader)

    def _one(self, read: Read, state: _State, mark: Resumption | None) -> None:
        account, reader = state.account, state.reader
        batch, table, wrong = read.batch, read.table, list(read.wrong)
        state.settled = read.settled
        good: Fitting = table
        if state.repeated:
            rows = self.repeats.merge(table.goods())
            account.superseded(len(table) - len(rows))
            good = Rows(rows)
        good, late = judge(good, self.target, self.schema, self.store, self.found, reader, self.redemptions)
        wrong += late
        if self.forgotten is not None:
            slot = self.schema.key if self.target.kind == "contacts" else CONTACT
            before = len(good) + len(wrong)
            good, wrong = without(self.forgotten, slot, good, wrong)
            account.forgotten += before - len(good) - len(wrong)
        account.count(len(batch), good, wrong)
        if state.doubles is not None:
            account.doubles += state.doubles.count(good.goods())
        account.count_ahead(good, self.now)
        if self.target.kind == "consents":
            account.count_consents(good, wrong)
        if self.target.kind in {"event", "messages", "consents", "list"}:
            account.count_unknown(self.store, good)
        if self.writer is None:
            state.line, state.place = batch.last, batch.place
            return
        new: Collection[str] = ()
        if self.quiet and self.sink is not None:
            # before they are there: a tick in between must not find them without the mark
            new = self.store.unknown_contacts({str(key) for key in good.known(self.schema.key)})
            self.sink.mark_quiet(new)
        gathers = isinstance(self.writer, Events) and self.writer.likely_new and not (state.repeated or self.replay)
        state.waiting.add(batch, bare(good) if gathers else good, wrong, lines=self.replay)
        if not gathers or state.waiting.rows >= room(account.rows, self.batch):
            self._flush(state, mark)
        if new and self.sink is not None:
            self.sink.quiet_arrived(new)

    def _flush(self, state: _State, mark: Resumption | None) -> None:
        """Store what waits."""
        batch = state.waiting.last
        if self.writer is None or batch is None:
            return
        good = state.waiting.fitting()
        try:
            self._store(self.writer, batch, good, state, mark)
        except AlreadyStored:
            if state.unchecked and _repeats(self):
                raise _Repeated from None
            state.unchecked = False
            self._store(self.writer, batch, good, state, mark)
        state.line, state.place = batch.last, batch.place
        state.waiting = Waiting()

    def _store(self, writer: Writer, batch: Batch, good: Fitting, state: _State, mark: Resumption | None) -> None:
        """Store what waits; `good` are its rows, `batch` is the last of it."""
        file, target = self.source.name, self.target.label
        with self.store.transaction():
            state.account.counts += self._written(writer, good, state)
            # what these lines had in quarantine from an import before is settled now, one way or the other
            entries = [
                Quarantined(file, target, w.line, w.column, w.reason, w.detail, w.raw, self.now)
                for w in (*state.waiting.wrong, *good.findings)
            ]
            if self.replay:
                Quarantine(self.store).settle(file, target, state.waiting.lines, entries)
            else:
                Quarantine(self.store).replace(file, target, state.line + 1, batch.last, entries)
            if mark is not None and not state.repeated:
                hashed = isinstance(writer, Events) and writer.hashed
                doubles, unchecked = state.doubles is not None, state.unchecked
                mark.put(batch, state.account, state.settled, doubles=doubles, hashed=hashed, unchecked=unchecked)

    def _written(self, writer: Writer, good: Fitting, state: _State) -> Counts:
        """Store the rows. Of a key that this import stored before it knew that it comes again, the last row corrects
        what is stored, and counts as new: so the account is the same as if all keys had been counted first."""
        ours, rest = self.repeats.begun(good.goods(), state.stored_upto) if state.stored_upto else ([], [])
        if not ours or not isinstance(writer, Events):
            return writer.write(good)
        writer.compare(Rows(ours))
        return Counts(new=len(ours)) + writer.compare(Rows(rest))

    def finish(self, state: _State, *, dry_run: bool) -> ImportResult:
        """What is left to do behind the last batch, and the account."""
        account = state.account
        if not dry_run and not self.replay:
            with self.store.transaction():
                Quarantine(self.store).replace(self.source.name, self.target.label, state.line + 1, None, ())
                ImportMarks(self.store).drop(self.source.name, self.target.label)
        change: ListChange | None = None
        if isinstance(self.writer, Listing) and (account.valid or account.valid == account.rows):
            change = self.writer.finish()  # a file of which nothing fits empties no list
        result = replace(account.result(self.found, dry_run=dry_run), listed=change, resumed=state.resumed)
        if not state.repeated:
            return result
        return replace(result, repeated=self.repeats.count(), first_repeated=self.repeats.first())


class _Repeated(Exception):
    """The file has a key more than once, and rows of it are stored already."""


@dataclass(slots=True)
class _State:
    """How far an import has come. `line`: all up to it is settled; `place`: where the lines after it are read.
    `unchecked`: keys may come twice, all rows up to `line` were new. `stored_upto`: rows up to this line were stored
    before it was known that keys come twice."""

    reader: RowReader
    account: Account
    doubles: Doubles | None
    repeated: bool = False
    line: int = 0
    place: Place = BEGIN
    resumed: int | None = None
    unchecked: bool = False
    stored_upto: int = 0
    settled: Sequence[Written] = ()
    waiting: Waiting = field(default_factory=Waiting)


def _repeats(run: _Run) -> bool:
    """Whether the file has a key more than once; then all its good rows are in `run.repeats`."""
    wanted = set(run.repeats.slots)
    keys = replace(run.found, columns=tuple(c for c in run.found.columns if c.filled.slot.name in wanted))
    # the keys alone first: few files have one twice, and all cells need only be read for those
    reader = RowReader(run.source, keys, run.schema.country_field, run.options.country)
    with closing(KeyHashes()) as hashes:
        for stretch in run.source.stretches(BEGIN):
            table, _ = reader.read(stretch.lines, stretch.cells, text=stretch.text)
            hashes.add(run.repeats.hashed(table))
            if run.on_progress is not None:
                run.on_progress(run.source.position, run.source.size, 0)
        suspects = hashes.twice(SUSPECTS)
    if suspects is not None and not suspects:
        return False
    reader = RowReader(run.source, run.found, run.schema.country_field, run.options.country)
    for batch in batches(run.source.stretches(BEGIN), run.batch):
        table, _ = reader.read(batch.lines, batch.cells)
        run.repeats.see(table.goods(), suspects)
    return bool(run.repeats.count())
