"""The account of an import: what became of each row.

INVARIANT: `rows == new + changed + same + quarantined + forgotten` (dry run, or refused: `rows == valid + quarantined +
forgotten`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.importing.recognition import Recognition
from adapters.importing.rows import Fitting, Wrong
from adapters.importing.sinks import everywhere
from adapters.importing.targets import AT, CONTACT, Problem
from adapters.stores.facts_record import Counts, RecordFacts
from engine.records import ListChange

FIRST_LINES = 5
YEAR = 366 * 86_400 * 1_000_000
KNOWN = 300_000
"""Contacts that are remembered as known, so that the store is not asked again."""


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
    `forgotten`: rows of people who were forgotten; nothing of them is kept.
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
    forgotten: int = 0
    repeated: int = 0
    first_repeated: tuple[tuple[str, str], ...] = ()
    first_unknown: tuple[str, ...] = ()
    ahead: int = 0
    listed: ListChange | None = None
    """What became of the list, if the rows are one."""
    refused: bool = False
    """More rows do not fit than the user allows: nothing was stored, and `counts` are none."""
    resumed: int | None = None
    """The line up to which an earlier run of the same import had come; its rows are counted."""

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
            **({"refused": True} if self.refused else {}),
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
            "forgotten": self.forgotten,
            "repeated_keys": self.repeated,
            "first_unknown": list(self.first_unknown),
            "more_than_a_year_ahead": self.ahead,
            **({} if self.resumed is None else {"resumed_after_line": self.resumed}),
            **({} if self.listed is None else {"left": self.listed.removed, "on_the_list": self.listed.total}),
        }


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

    def restore(self, saved: Sequence[Mapping[str, Any]]) -> None:
        """Go on from reasons as plain data."""
        for reason in saved:
            key = (reason["reason"], reason["column"])
            self._counts[key] = reason["count"]
            self._lines[key] = list(reason["lines"])
            self._examples[key] = reason["example"]

    def reasons(self) -> tuple[Reason, ...]:
        return tuple(
            Reason(key[0], key[1], count, tuple(sorted(self._lines[key])), self._examples[key])
            for key, count in self._counts.most_common()
        )


class Account:
    """What has been counted so far. `as_json` and `restore` carry it over to the run that goes on."""

    def __init__(self) -> None:
        self.rows = 0
        self.valid = 0
        self.counts = Counts()
        self.unknown = 0
        self.everywhere = 0
        self.withdrawals_held = 0
        self.doubles = 0
        self.forgotten = 0
        self.ahead = 0
        self.first_unknown: list[str] = []
        self._known: set[str] = set()
        self._quarantined = _Tally()
        self._findings = _Tally()

    def count(self, rows: int, good: Fitting, wrong: Sequence[Wrong]) -> None:
        """Take in a batch: how many rows it has, those that fit, and what is wrong with the others."""
        self.rows += rows
        self.valid += len(good)
        self._quarantined.add(wrong)
        self._findings.add(good.findings)

    def superseded(self, rows: int) -> None:
        """Rows whose key comes again further down."""
        self.valid += rows
        self.counts += Counts(same=rows)

    def count_consents(self, good: Fitting, wrong: Sequence[Wrong]) -> None:
        """Withdrawals that mean everything, and those that are held in quarantine."""
        self.everywhere += sum(1 for r in good.goods() if everywhere(r.values))
        self.withdrawals_held += sum(1 for r in wrong if r.values.get("state") == "withdrawn")

    def count_ahead(self, good: Fitting, now: int) -> None:
        """Rows whose instant lies more than a year ahead."""
        late, ats = now + YEAR, good.known(AT)
        if not good.full(AT) or max(ats, default=0) > late:  # type: ignore[type-var, operator]
            self.ahead += sum(1 for at in ats if isinstance(at, int) and at > late)

    def count_unknown(self, store: RecordFacts, good: Fitting) -> None:
        """Rows of contacts that the store does not have."""
        contacts = good.known(CONTACT)
        if self._known.issuperset(contacts):
            return
        asked = {key for key in set(contacts).difference(self._known) if isinstance(key, str)}
        unknown = store.unknown_contacts(asked)
        if len(self._known) > KNOWN:
            self._known.clear()
        self._known |= asked - unknown
        if not unknown:
            return
        for key in map(str, contacts):
            if key in unknown:
                self.unknown += 1
                if len(self.first_unknown) < FIRST_LINES and key not in self.first_unknown:
                    self.first_unknown.append(key)

    def result(self, found: Recognition, *, dry_run: bool) -> ImportResult:
        """The account as it stands."""
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
            self.forgotten,
            first_unknown=tuple(self.first_unknown),
            ahead=self.ahead,
        )

    def as_json(self) -> dict[str, Any]:
        """The counts as plain data."""
        return {
            **{name: getattr(self, name) for name in _NUMBERS},
            "counts": [self.counts.new, self.counts.changed, self.counts.same],
            "first_unknown": self.first_unknown,
            "quarantined": [r.as_json() for r in self._quarantined.reasons()],
            "findings": [r.as_json() for r in self._findings.reasons()],
        }

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Go on from the counts of an earlier run."""
        for name in _NUMBERS:
            setattr(self, name, saved.get(name, 0))  # marks of earlier releases lack some
        self.counts = Counts(*saved["counts"])
        self.first_unknown = list(saved["first_unknown"])
        self._quarantined.restore(saved["quarantined"])
        self._findings.restore(saved["findings"])


_NUMBERS = ("rows", "valid", "unknown", "everywhere", "withdrawals_held", "doubles", "ahead", "forgotten")
