"""What was recognised about a file before anything is stored: columns, fields, conventions, an example of each.

Conventions are settled per column from the first rows. Where they leave it open, another column of the same file
may tell; where none does, the user is asked: a guess would store wrong amounts and wrong days in silence.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone, tzinfo
from itertools import islice

from adapters.importing import dates, numbers
from adapters.importing.choices import chooser
from adapters.importing.columns import Filled, fold, map_columns
from adapters.importing.convert import (
    Bad,
    Convention,
    Converter,
    Settled,
    clip,
    converter,
    is_missing,
    normalised,
    plain_text,
)
from adapters.importing.places import point_of
from adapters.importing.targets import AT, CONTACT, ID, Problem, Target
from adapters.sources.cells import Cell, Literal, Row, Source
from dsl.types import Boolean, Date, DateTime, MonthDay, Numeric, Stored, Type, describe
from engine.zones import zone as engine_zone

SAMPLE_ROWS = 5_000
"""Rows that conventions are settled from."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the user decides about an import. `zone`: name of the zone of local times. `country`: ISO code for phone
    numbers that have none."""

    zone: str
    maps: Sequence[tuple[str, str]] = ()
    constants: Mapping[str, str] = field(default_factory=dict)
    number_format: numbers.NumberFormat | None = None
    date_format: dates.DateFormat | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One slot that will be filled: from which column (None: a constant), how read, and an example of it."""

    filled: Filled
    column: str | None
    kind: str
    convention: Convention
    chosen: str
    example: tuple[str, str] | None

    def converter(self, settled: Settled | None = None) -> Converter:
        """The converter of this column. `settled`: what it finds out about the column's convention on the way."""
        slot = self.filled.slot
        if slot.choices is not None:
            return chooser(slot.choices)
        return converter(slot.field, settled or self.convention, address=slot.address)


@dataclass(frozen=True, slots=True)
class Recognition:
    """Everything that is shown before an import. With `problems` nothing can be imported."""

    file: str
    target: Target
    about: tuple[str, ...]
    columns: tuple[Column, ...]
    unmapped: tuple[str, ...]
    unfilled: tuple[str, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]
    width: int

    def as_json(self) -> dict[str, object]:
        """The recognition as plain data."""
        return {
            "file": self.file,
            "as": self.target.label,
            "format": list(self.about),
            "columns": [
                {
                    "column": c.column,
                    "field": c.filled.slot.shown,
                    "type": c.kind,
                    "convention": c.chosen or None,
                    "example": None if c.example is None else {"written": c.example[0], "stored": c.example[1]},
                }
                for c in self.columns
            ],
            "unmapped": list(self.unmapped),
            "unfilled": list(self.unfilled),
            "problems": [{"summary": p.summary, "help": p.help} for p in self.problems],
            "notes": list(self.notes),
        }


def recognise(source: Source, target: Target, options: Options) -> Recognition:
    """Look at the header and the first rows. Never writes, never raises for what the file holds."""
    zone = engine_zone(options.zone)
    mapped = map_columns(source.columns, target, options.maps, options.constants)
    problems = list(mapped.problems)
    samples = _samples(source, mapped.filled)
    number_votes = _votes(mapped.filled, samples, (Numeric,), numbers.evidence)
    date_votes = _votes(mapped.filled, samples, (Date, DateTime, MonthDay), dates.evidence)
    columns = []
    for filled in mapped.filled:
        place = filled.column
        sample = [filled.constant] if place is None else samples[place]
        convention, chosen = Convention(zone=zone), ""
        name = None if place is None else source.columns[place] or f"column {place + 1}"
        match filled.slot.field.type:
            case Numeric():
                number, chosen = _number_convention(name, place, number_votes, options, problems)
                convention = Convention(number=number, zone=zone)
            case Date() | DateTime() | MonthDay() as kind:
                order, chosen = _date_convention(name, place, date_votes, options, problems)
                if isinstance(kind, DateTime) and _has_local_times(sample, order, zone):
                    chosen = ", ".join(filter(None, (chosen, f"local times in {options.zone}")))
                convention = Convention(date=order, zone=zone)
            case _:
                pass
        columns.append(_column(filled, name, sample, convention, chosen, options, problems))
    mixed = _mixed(columns, number_votes, numbers.DESCRIBED.items())
    mixed += _mixed(columns, date_votes, dates.DESCRIBED.items())
    filled_names = {f.slot.name for f in mapped.filled}
    filled_names |= {point for name in filled_names if (point := point_of(name)) is not None}
    unfilled = tuple(
        s.shown for s in target.slots if s.name not in filled_names and not s.needed and point_of(s.name) is None
    )
    missing = [
        s.shown
        for s in target.slots
        if s.field.required and not s.needed and s.name not in filled_names and target.kind in {"event", "fact"}
    ]
    problems += [Problem(f"no column for `{m}`, which is required", "map one with --map") for m in missing]
    return Recognition(
        source.name,
        target,
        tuple(source.recognised),
        tuple(columns),
        mapped.unmapped,
        unfilled,
        tuple(problems),
        (*_notes(target, {f.slot.name: f for f in mapped.filled}), *_id_hint(source, target, mapped.filled), *mixed),
        len(source.columns),
    )


def _notes(target: Target, filled: Mapping[str, Filled]) -> tuple[str, ...]:
    notes = []
    if target.kind in {"event", "messages"} and ID not in filled:
        notes.append(
            "no id column: each row gets an id from its contact, instant and values, so that importing it again"
            " changes nothing"
        )
    if target.kind == "consents" and "basis" not in filled:
        notes.append("no basis column: every row counts as `consent`")
    if target.kind == "consents" and "state" not in filled:
        notes.append("no state column: every row counts as `granted`")
    if target.kind == "messages" and "category" not in filled:
        notes.append("no category column: every row counts as `promotional`")
    if target.kind == "suppressions" and AT not in filled:
        notes.append("no time column: suppressed from now on")
    key = target.slots[0].name
    lacking = [s.shown for s in target.slots if s.field.required and s.name not in filled]
    lacking = [name for name in lacking if name != key]
    if target.kind == "contacts" and lacking and key in filled:
        names = ", ".join(f"`{name}`" for name in lacking)
        notes.append(f"no column for {names}, which is required: rows of contacts that are new go to the quarantine")
    return tuple(notes)


_ID_NAME = re.compile(r"(id|nr|no|nummer|number)$")


def _id_hint(source: Source, target: Target, filled: Sequence[Filled]) -> tuple[str, ...]:
    """A column that looks like the id of the events, where none is mapped."""
    names = {f.slot.name for f in filled}
    if target.kind not in {"event", "messages"} or ID in names:
        return ()
    taken = {f.column for f in filled if f.slot.name in {CONTACT, AT}}
    own = fold(f"{target.event.name if target.event else 'message'}_id")
    likely = [
        n for n, column in enumerate(source.columns) if n not in taken and (_ID_NAME.search(fold(column)) is not None)
    ]
    likely.sort(key=lambda n: fold(source.columns[n]) != own)
    if not likely:
        return ()
    values: dict[int, set[str]] = {n: set() for n in likely}
    for row in islice(source.rows(), SAMPLE_ROWS):
        for n in list(values):
            cell = row.cells[n] if isinstance(row, Row) and n < len(row.cells) else None
            text = "" if is_missing(cell) else plain_text(cell)
            if isinstance(row, Row) and (not text or text in values[n]):
                del values[n]
            else:
                values[n].add(text)
    found = next((n for n in likely if values.get(n)), None)
    if found is None:
        return ()
    name = source.columns[found]
    both = [f"--map {shlex.quote(f'{name}={f.slot.shown}')}" for f in filled if f.column == found]
    options = " ".join([f"--map {shlex.quote(f'{name}=id')}", *both])
    return (f"`{name}` looks like an id: with `{options}` a correction replaces its event, and no event counts twice",)


def _samples(source: Source, filled: Sequence[Filled]) -> dict[int, list[Cell]]:
    """The known cells of the first rows, by column."""
    wanted = sorted({f.column for f in filled if f.column is not None})
    found: dict[int, list[Cell]] = {column: [] for column in wanted}
    for row in islice(source.rows(), SAMPLE_ROWS):
        if isinstance(row, Row):
            for column in wanted:
                if column < len(row.cells) and not is_missing(row.cells[column]):
                    found[column].append(row.cells[column])
    return found


@dataclass(slots=True)
class Said:
    """How many values of a sample say one thing, and the first of them."""

    value: str
    count: int = 1


Votes = dict[int, dict[str, Said]]
"""Column -> what its sample says ("de", "en", "dmy", "mdy", "ambiguous") -> the values that say it."""

MAJORITY = 3
"""So many times more values than the others must have the convention that a mixed column is read in."""


def _votes(
    filled: Sequence[Filled],
    samples: dict[int, list[Cell]],
    kinds: tuple[type[Type], ...],
    ask: Callable[[str], str | None],
) -> Votes:
    votes: Votes = {}
    for one in filled:
        if one.column is not None and isinstance(one.slot.field.type, kinds):
            said: dict[str, Said] = {}
            for cell in samples[one.column]:
                if isinstance(cell, str) and not isinstance(cell, Literal):
                    word = ask(cell)
                    if word is not None and word in said:
                        said[word].count += 1
                    elif word is not None:
                        said[word] = Said(cell)
            votes[one.column] = said
    return votes


def _settled(said: Mapping[str, Said]) -> str | None:
    """The convention that the values of a column agree on, all or by far the most of them."""
    told = sorted((s.count, word) for word, s in said.items() if word != "ambiguous")
    if not told:
        return None
    return told[-1][1] if len(told) == 1 or told[-1][0] >= MAJORITY * told[0][0] else None


def _mixed(columns: Sequence[Column], votes: Votes, described: Iterable[tuple[str, str]]) -> list[str]:
    """Columns that were read in the convention of most of their values."""
    notes = []
    words = dict(described)
    for column in columns:
        said = {w: s for w, s in votes.get(column.filled.column or 0, {}).items() if w != "ambiguous"}
        own = column.convention.number or column.convention.date
        if column.filled.column is not None and len(said) == 2 and own in said:
            other = next(s for w, s in said.items() if w != own)
            notes.append(
                f"`{column.column}` is read with {words[own]}; {other.count:,} of its first values, like"
                f" `{clip(other.value)}`, {'is' if other.count == 1 else 'are'} written otherwise and go to the"
                " quarantine"
            )
    return notes


def _number_convention(
    name: str | None, place: int | None, votes: Votes, options: Options, problems: list[Problem]
) -> tuple[numbers.NumberFormat | None, str]:
    said = votes.get(-1 if place is None else place, {})
    word, how = _convention(said, {_settled(v) for k, v in votes.items() if k != place} - {None}, options.number_format)
    if word in {"de", "en"}:
        chosen: numbers.NumberFormat = "de" if word == "de" else "en"
        return chosen, numbers.DESCRIBED[chosen] + how if said else ""
    if said:
        problems.append(
            Problem(
                f"column `{name}` {_open_question(said, 'with a decimal comma or a decimal point')}",
                "say which with --number-format de (1.234,50) or --number-format en (1,234.50)",
            )
        )
    return "en" if place is None else None, ""


def _date_convention(
    name: str | None, place: int | None, votes: Votes, options: Options, problems: list[Problem]
) -> tuple[dates.DateFormat | None, str]:
    said = votes.get(-1 if place is None else place, {})
    word, how = _convention(said, {_settled(v) for k, v in votes.items() if k != place} - {None}, options.date_format)
    if word in {"dmy", "mdy"}:
        chosen: dates.DateFormat = "dmy" if word == "dmy" else "mdy"
        return chosen, dates.DESCRIBED[chosen] + how if said else ""
    if said:
        problems.append(
            Problem(
                f"column `{name}` {_open_question(said, 'day first or month first')}",
                "say which with --date-format dmy (31/12/2026) or --date-format mdy (12/31/2026)",
            )
        )
    return None, ""


def _convention(said: Mapping[str, Said], others: set[str | None], asked: str | None) -> tuple[str | None, str]:
    """The convention of a column, and a few words on how it was found where that is not from its own values."""
    if asked is not None:
        return asked, ", as you said"
    own = _settled(said)
    if own is not None:
        return own, ""
    if (set(said) <= {"ambiguous"}) and len(others) == 1:
        return next(iter(others)), ", as in the other columns"
    return None, ""


def _open_question(said: Mapping[str, Said], which: str) -> str:
    told = [s.value for word, s in said.items() if word != "ambiguous"]
    if len(told) > 1:
        return f"holds both `{clip(told[0])}` and `{clip(told[1])}`, so it is not clear what is written {which}"
    return f"can be read in two ways: `{clip(said['ambiguous'].value)}` may be written {which}"


def _has_local_times(sample: Sequence[Cell], order: dates.DateFormat | None, zone: tzinfo) -> bool:
    """Whether any of the first cells gives an instant only together with a zone: another zone, another instant."""
    other = timezone(timedelta(hours=23, minutes=59))
    for cell in sample[:200]:
        if isinstance(cell, str):
            here = dates.parse_instant(cell, order, zone) if len(cell) < 60 else None
            if here is not None and here != dates.parse_instant(cell, order, other):
                return True
        elif isinstance(cell, datetime) and cell.tzinfo is not None:
            continue  # Parquet knows of UTC
        elif cell is not None and not isinstance(cell, bool):
            return True
    return False


def _column(
    filled: Filled,
    name: str | None,
    sample: Sequence[Cell],
    convention: Convention,
    chosen: str,
    options: Options,
    problems: list[Problem],
) -> Column:
    slot = filled.slot
    column = Column(filled, name, describe(slot.field.type), convention, chosen, None)
    convert = column.converter()
    example: tuple[str, str] | None = None
    for cell in sample[:200]:
        value = convert(cell)
        if "phone" in slot.field.normalise:
            whole = normalised(value, slot.field, options.country)
            value = value if isinstance(whole, Bad) else whole  # a row may name a country of its own
        if isinstance(value, Bad):
            if filled.constant is not None:
                problems.append(Problem(f"--set {slot.shown}: {value.detail}"))
            continue
        if value is not None:
            example = (clip(cell, 40), shown(value, slot.field.type))
            break
    return Column(filled, name, column.kind, convention, chosen, example)


def shown(value: Stored, kind: Type) -> str:
    """A stored value for people: money with its point, dates and instants in ISO form."""
    match kind, value:
        case Numeric(denominator=d, currency=currency), int():
            digits = len(str(d)) - 1
            sign = "-" if value < 0 else ""
            whole, rest = divmod(abs(value), d)
            number = f"{sign}{whole}.{rest:0{digits}d}" if digits else f"{value}"
            return f"{number} {currency}" if currency else number
        case Boolean(), _:
            return "yes" if value else "no"
        case Date(), int():
            return f"{value // 10_000:04d}-{value // 100 % 100:02d}-{value % 100:02d}"
        case MonthDay(), int():
            return f"{value // 100:02d}-{value % 100:02d}"
        case DateTime(), int():
            moment = dates.EPOCH + value * dates.MICROSECOND
            return moment.isoformat().replace("+00:00", "Z")
        case _:
            return clip(value, 40)
