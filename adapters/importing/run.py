"""The import itself: rows in, batches stored, bad rows into quarantine, an account at the end that adds up.

INVARIANT: `rows == new + changed + same + quarantined` (dry run: `rows == valid + quarantined`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import islice

from adapters.importing.convert import Bad
from adapters.importing.doubles import Doubles
from adapters.importing.identity import Occurrences
from adapters.importing.recognition import Options, Recognition, recognise
from adapters.importing.repeats import Repeats, key_slots
from adapters.importing.rows import Good, RowReader, Wrong
from adapters.importing.sinks import EvidenceSink, Listing, Writer, everywhere, normalised_address, writer_for
from adapters.importing.targets import AT, CONTACT, Problem, Target
from adapters.sources.cells import Broken, Row, Source
from adapters.stores.facts import Counts, SqliteFacts
from adapters.stores.quarantine import Quarantine, Quarantined
from dsl.schema import Schema
from engine.records import ListChange, ListMode

BATCH = 5_000
FIRST_LINES = 5
YEAR = 366 * 86_400 * 1_000_000

Progress = Callable[[int, int, int], None]
"""Called now and then with position and size of the source, and rows read."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why rows were quarantined: the phrase, the column, how many, the first lines and one sentence as an example."""

    reason: str
    column: str | None
    count: int
    lines: tuple[int, ...]
    example: str

    def as_json(self) -> dict[str, object]:
        """The same as plain data."""
        lines = list(self.lines)
        return {
            "reason": self.reason,
            "column": self.column,
            "count": self.count,
            "lines": lines,
            "example": self.example,
        }


@dataclass(frozen=True, slots=True)
class ImportResult:
    """The account of an import. `problems`: nothing was read at all, and why.

    `unknown_contacts`: rows of contacts that the store does not have (yet); they are stored.
    `first_unknown`: some of these contacts. `ahead`: rows whose instant lies more than a year ahead.
    `everywhere`: withdrawals that name no channel or no purpose, recorded for all of the project.
    `withdrawals_held`: rows in quarantine that withdraw consent.
    `doubles`: events that are stored already under another id.
    `repeated`: keys that the file has more than once, the last row counts; `first_repeated`: key and lines of some.
    """

    recognition: Recognition
    dry_run: bool = False
    rows: int = 0
    counts: Counts = field(default_factory=Counts)
    valid: int = 0
    quarantined: int = 0
    reasons: tuple[Reason, ...] = ()
    findings: tuple[Reason, ...] = ()
    """What does not fit of rows that are stored without it."""
    unknown_contacts: int = 0
    everywhere: int = 0
    withdrawals_held: int = 0
    doubles: int = 0
    repeated: int = 0
    first_repeated: tuple[tuple[str, str], ...] = ()
    first_unknown: tuple[str, ...] = ()
    ahead: int = 0
    listed: ListChange | None = None
    """What became of the list, if the rows are one."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Why nothing could be read."""
        return self.recognition.problems

    @property
    def exit_code(self) -> int:
        """0: all good, 1: something was quarantined or stored without a value, 3: nothing could be read."""
        return 3 if self.problems else 1 if self.quarantined or self.findings else 0

    def as_json(self) -> dict[str, object]:
        """The account as plain data."""
        return {
            **self.recognition.as_json(),
            "dry_run": self.dry_run,
            "rows": self.rows,
            "new": self.counts.new,
            "changed": self.counts.changed,
            "same": self.counts.same,
            "valid": self.valid,
            "quarantined": self.quarantined,
            "reasons": [r.as_json() for r in self.reasons],
            "findings": [r.as_json() for r in self.findings],
            "unknown_contacts": self.unknown_contacts,
            "withdrawn_everywhere": self.everywhere,
            "withdrawals_held": self.withdrawals_held,
            "doubles": self.doubles,
            "repeated_keys": self.repeated,
            "first_unknown": list(self.first_unknown),
            "more_than_a_year_ahead": self.ahead,
            **({} if self.listed is None else {"left": self.listed.removed, "on_the_list": self.listed.total}),
        }


def run_import(
    source: Source,
    target: Target,
    schema: Schema,
    store: SqliteFacts,
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
) -> ImportResult:
    """Import a file. Each batch is one transaction with its quarantine, so that an import can be cut off anywhere and
    run again. `sink` is needed for consents, suppressions, messages and lists, except in a dry run.
    `mode`: a list is replaced as a whole at the end, or these contacts are put on it or taken off it. `quiet`: contacts
    that are new set off no trigger by being there (needs `sink`).

    `now`: microseconds, for changes of fields and for quarantine. A recognition that was shown already can be given.
    Raises StoreError, sqlite3.Error or SourceError if the store or the file fails on the way.
    """
    found = recognition or recognise(source, target, options)
    if found.problems:
        return ImportResult(found, dry_run)
    reader = RowReader(source, found, schema.country_field, options.country)
    account = _Account()
    quarantine = Quarantine(store)
    slots = key_slots(target, schema, {c.filled.slot.name for c in found.columns})
    with closing(Occurrences()) as occurrences, closing(Repeats(slots)) as repeats:
        repeated = bool(slots) and _repeats(source, found, schema, options, repeats, batch)
        doubles = _doubles(target, schema, store)
        writer: Writer | None = None
        if not dry_run:
            writer = writer_for(target, schema, store, sink, occurrences, zone=options.zone, now=now, mode=mode)
        line = 1
        for rows in _batches(source.rows(), batch):
            read = [reader.read(row) for row in rows]
            good = [r for r in read if isinstance(r, Good)]
            wrong = [r for r in read if isinstance(r, Wrong)]
            if repeated:
                before = len(good)
                good = repeats.merge(good)
                account.superseded(before - len(good))
            good, late = _judge(good, target, schema, store, found, reader)
            wrong += late
            account.count(rows, good, wrong)
            if doubles is not None:
                account.doubles += doubles.count(good)
            if writer is not None:
                last = rows[-1].line
                if quiet and sink is not None:
                    # before they are there: a tick in between must not find them without the mark
                    sink.mark_quiet(store.unknown_contacts({str(r.values[schema.key]) for r in good}))
                _store(writer, good, wrong, store, quarantine, account, source.name, target.label, (line, last), now)
                line = last + 1
            account.ahead += sum(1 for r in good if isinstance(at := r.values.get(AT), int) and at > now + YEAR)
            if target.kind == "consents":
                account.count_consents(good, wrong)
            if target.kind in {"event", "messages", "consents", "list"}:
                account.count_unknown(store, good)
            if on_progress is not None:
                on_progress(source.position, source.size, account.rows)
        if not dry_run:
            with store.transaction():
                quarantine.replace(source.name, target.label, line, None, ())
        change: ListChange | None = None
        if isinstance(writer, Listing) and (account.valid or account.valid == account.rows):
            change = writer.finish()  # a file of which nothing fits empties no list
        result = replace(
            account.result(found, dry_run=dry_run),
            listed=change,
            first_unknown=tuple(account.first_unknown),
            ahead=account.ahead,
        )
        return replace(result, repeated=repeats.count(), first_repeated=repeats.first()) if repeated else result


def _repeats(
    source: Source, found: Recognition, schema: Schema, options: Options, repeats: Repeats, batch: int
) -> bool:
    """Whether the file has a key more than once; then all its good rows are in `repeats`."""
    wanted = set(repeats.slots)
    keys = replace(found, columns=tuple(c for c in found.columns if c.filled.slot.name in wanted))
    for recognition in (keys, found):
        # the keys alone first: few files have one twice, and all cells need only be read for those
        repeats.clear()
        reader = RowReader(source, recognition, schema.country_field, options.country)
        for rows in _batches(source.rows(), batch):
            repeats.see([r for r in map(reader.read, rows) if isinstance(r, Good)])
        if not repeats.count():
            return False
    return True


def _doubles(target: Target, schema: Schema, store: SqliteFacts) -> Doubles | None:
    name = target.event.name if target.event is not None else "message_sent" if target.kind == "messages" else None
    if name is None or store.last_seq() == 0:
        return None
    return Doubles(store.connection, name, schema.events[name].properties)


def _batches(rows: Iterable[Row | Broken], size: int) -> Iterator[list[Row | Broken]]:
    source = iter(rows)
    while batch := list(islice(source, size)):
        yield batch


def _store(
    writer: Writer,
    good: Sequence[Good],
    wrong: Sequence[Wrong],
    store: SqliteFacts,
    quarantine: Quarantine,
    account: _Account,
    file: str,
    target: str,
    lines: tuple[int, int],
    now: int,
) -> None:
    with store.transaction():
        account.counts += writer.write(good)
        # what these lines had in quarantine from an import before is settled now, one way or the other
        quarantine.replace(
            file,
            target,
            lines[0],
            lines[1],
            (
                Quarantined(file, target, w.line, w.column, w.reason, w.detail, w.raw, now)
                for w in (*wrong, *_findings(good))
            ),
        )


def _judge(
    good: Sequence[Good],
    target: Target,
    schema: Schema,
    store: SqliteFacts,
    found: Recognition,
    reader: RowReader,
) -> tuple[list[Good], list[Wrong]]:
    """What only the whole row, or the store, can tell."""
    match target.kind:
        case "contacts":
            filled = {c.filled.slot.name for c in found.columns}
            required = {f.name for f in schema.fields.values() if f.required} - {schema.key}
            if not any(required - r.values.keys() for r in good) and required <= filled:
                return list(good), []
            return _known_or_whole(good, schema, store, required, reader)
        case "suppressions":
            return _reachable(good, schema, reader)
        case "consents":
            return _meant(good, schema, found, reader)
        case _:
            return list(good), []


def _known_or_whole(
    good: Sequence[Good], schema: Schema, store: SqliteFacts, required: Collection[str], reader: RowReader
) -> tuple[list[Good], list[Wrong]]:
    """A contact that is new must bring its required fields; one that is known keeps what it has."""
    new = store.unknown_contacts({str(r.values[schema.key]) for r in good})
    kept: list[Good] = []
    wrong: list[Wrong] = []
    for row in good:
        lacking = sorted(set(required) - row.values.keys())
        if lacking and row.values[schema.key] in new:
            detail = f"`{lacking[0]}` is missing, and required of a contact that is new"
            wrong.append(reader.wrong(row.row, lacking[0], "required value missing", detail))
        else:
            kept.append(row)
    return kept, wrong


def _meant(
    good: Sequence[Good], schema: Schema, found: Recognition, reader: RowReader
) -> tuple[list[Good], list[Wrong]]:
    """Who agrees says to what; who withdraws without saying it means everything. An empty state is neither."""
    told = any(c.filled.slot.name == "state" for c in found.columns)
    kept: list[Good] = []
    wrong: list[Wrong] = []
    for row in good:
        state = row.values.get("state")
        lacking = next((n for n in ("purpose", "channel") if row.values.get(n) is None), None)
        if told and state is None:
            lacking, detail = "state", "`state` is missing: write `granted` or `withdrawn`"
        elif lacking is not None and state != "withdrawn":
            detail = f"`{lacking}` is missing, and required where consent is granted"
        elif lacking is not None and not (schema.channels if lacking == "channel" else schema.purposes):
            detail = f"`{lacking}` is missing, and this project has none: name them in kadenz.yaml"
        else:
            kept.append(row)
            continue
        bad = reader.wrong(row.row, lacking, "required value missing", detail)
        wrong.append(replace(bad, values=row.values))
    return kept, wrong


def _reachable(good: Sequence[Good], schema: Schema, reader: RowReader) -> tuple[list[Good], list[Wrong]]:
    """A suppression names a contact or an address, and the address is kept as the contact's field normalises it."""
    kept: list[Good] = []
    wrong: list[Wrong] = []
    for row in good:
        address, channel = row.values.get("address"), row.values.get("channel")
        if address is None and row.values.get(CONTACT) is None:
            detail = "names neither a contact nor an address"
            wrong.append(reader.wrong(row.row, None, "required value missing", detail))
            continue
        if isinstance(address, str):
            done = normalised_address(schema, address, channel if isinstance(channel, str) else None)
            if isinstance(done, tuple):
                finding = Bad(*done)
                wrong.append(reader.wrong(row.row, "address", finding.reason, finding.detail))
                continue
            row = replace(row, values={**row.values, "address": done})  # noqa: PLW2901 - the same row, mended
        kept.append(row)
    return kept, wrong


def _findings(good: Sequence[Good]) -> list[Wrong]:
    return [r.finding for r in good if r.finding is not None]


class _Tally:
    """Findings counted by reason and column."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str | None]] = Counter()
        self._lines: dict[tuple[str, str | None], list[int]] = {}
        self._examples: dict[tuple[str, str | None], str] = {}

    def add(self, found: Sequence[Wrong]) -> None:
        for finding in found:
            key = (finding.reason, finding.column)
            self._counts[key] += 1
            lines = self._lines.setdefault(key, [])
            if len(lines) < FIRST_LINES:
                lines.append(finding.line)
            self._examples.setdefault(key, finding.detail)

    def reasons(self) -> tuple[Reason, ...]:
        return tuple(
            Reason(key[0], key[1], count, tuple(sorted(self._lines[key])), self._examples[key])
            for key, count in self._counts.most_common()
        )


class _Account:
    """What has been counted so far."""

    def __init__(self) -> None:
        self.rows = 0
        self.valid = 0
        self.counts = Counts()
        self.unknown = 0
        self.everywhere = 0
        self.withdrawals_held = 0
        self.doubles = 0
        self.ahead = 0
        self.first_unknown: list[str] = []
        self._quarantined = _Tally()
        self._findings = _Tally()

    def count(self, rows: Sequence[object], good: Sequence[Good], wrong: Sequence[Wrong]) -> None:
        self.rows += len(rows)
        self.valid += len(good)
        self._quarantined.add(wrong)
        self._findings.add(_findings(good))

    def superseded(self, rows: int) -> None:
        """Rows whose key comes again further down."""
        self.valid += rows
        self.counts += Counts(same=rows)

    def count_consents(self, good: Sequence[Good], wrong: Sequence[Wrong]) -> None:
        self.everywhere += sum(1 for r in good if everywhere(r.values))
        self.withdrawals_held += sum(1 for r in wrong if r.values.get("state") == "withdrawn")

    def count_unknown(self, store: SqliteFacts, good: Sequence[Good]) -> None:
        unknown = store.unknown_contacts({str(r.values[CONTACT]) for r in good})
        for row in good:
            key = str(row.values[CONTACT])
            if key in unknown:
                self.unknown += 1
                if len(self.first_unknown) < FIRST_LINES and key not in self.first_unknown:
                    self.first_unknown.append(key)

    def result(self, found: Recognition, *, dry_run: bool) -> ImportResult:
        reasons = self._quarantined.reasons()
        return ImportResult(
            found,
            dry_run,
            self.rows,
            self.counts,
            self.valid,
            sum(reason.count for reason in reasons),
            reasons,
            self._findings.reasons(),
            self.unknown,
            self.everywhere,
            self.withdrawals_held,
            self.doubles,
        )
