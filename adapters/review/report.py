"""What a plan says, as data: text, Markdown, JSON and HTML are pure functions of it.

No personal data: counts of people, never keys; what stands in it besides counts are words of the playbooks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.review.volumes import Row, Volumes
from dsl.spans import Span
from engine.review import Kind
from engine.review.again import Again

VERSION = 1
"""Of the JSON: rises when a part changes its meaning or goes; parts may be added."""

SMALL = 10
"""Counts of people below this, and above none, are not told."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing that changed in a block. `before`, `after`: the words, None where there are none on that side."""

    kind: Kind
    clause: str
    before: str | None = None
    after: str | None = None
    through: str | None = None
    where: Span | None = None


@dataclass(frozen=True, slots=True)
class People:
    """How many a part of a block holds before and after, who come, who go; None: no such part on that side."""

    part: str
    before: int | None
    after: int | None
    entered: int
    left: int


@dataclass(frozen=True, slots=True)
class Example:
    """Somebody invented who comes into a part of a block, or goes. `side`: comes or goes; `words`: who it is."""

    part: str
    side: str
    words: str


@dataclass(frozen=True, slots=True)
class Block:
    """A block that changed. `status`: changed, new or gone; `was`: its earlier name, if another; `where`: its first
    line, in the head's text (None: gone)."""

    what: str
    name: str
    kind: Kind
    status: str
    clauses: Sequence[Clause] = ()
    people: Sequence[People] = ()
    was: str | None = None
    owner: str | None = None
    where: Span | None = None
    examples: Sequence[Example] = ()


@dataclass(frozen=True, slots=True)
class StageMoves:
    """Of a score: how many people stand in each stage before (rows) and after (columns); "" is no score."""

    score: str
    stages: Sequence[str]
    moves: Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was counted on: so many contacts, at an instant (ISO with offset), by an engine."""

    contacts: int
    at: str
    engine: str


@dataclass(frozen=True, slots=True)
class GateState:
    """A gate that the change comes through. `blocks`: which blocks, and why, in words; `approvers`: who may approve it;
    `line`: what they write into a commit; `by`, `why`: who has, and the reason given (None: nobody); `problems`: why
    other approvals do not count."""

    gate: str
    blocks: Sequence[str]
    approvers: Sequence[str]
    line: str
    by: str | None = None
    why: str | None = None
    problems: Sequence[str] = ()

    @property
    def met(self) -> bool:
        """Whether somebody who may has approved it."""
        return self.by is not None


@dataclass(frozen=True, slots=True)
class Report:
    """A whole plan. `snapshot` None: nothing was counted, and why stands in `uncounted`."""

    project: str
    base: str
    head: str
    clean: bool
    base_hash: str
    head_hash: str
    blocks: Sequence[Block] = ()
    stages: Sequence[StageMoves] = ()
    snapshot: Snapshot | None = None
    uncounted: str | None = None
    templates: Sequence[str] = ()
    """Templates whose text changed, and who sends them, in words."""
    settings: Sequence[str] = ()
    """Keys of kadenz.yaml and parts of schema.yaml that changed."""
    consents: Sequence[str] = ()
    """On which consents the changed triggers send: "email for marketing"."""
    reads: Sequence[str] = ()
    """Data that the head reads and the base did not; personal data is marked."""
    meetings: Sequence[str] = ()
    """Offers that can meet in one person, and could not before."""
    hazards: Sequence[str] = ()
    """Clock changes and leap days ahead that a changed trigger or quiet time meets."""
    forecast: Volumes | None = None
    """The recent past again with both versions, base first: what may be expected of as many days to come."""
    notes: Sequence[str] = field(default_factory=tuple)
    gates: Sequence[GateState] = ()
    """Gates of the base's kadenz.yaml that the change comes through."""
    again: Sequence[Again] = ()
    """Who would get a message again, because a trigger has another name without saying `was`."""

    @property
    def unmet(self) -> Sequence[GateState]:
        """The gates that nobody has approved who may."""
        return tuple(one for one in self.gates if not one.met)

    @property
    def changed(self) -> bool:
        """Whether there is anything to review."""
        return bool(self.blocks or self.templates or self.settings)


def told(count: int) -> str:
    """A count of people as a reviewer may read it.

    >>> told(0), told(3), told(12311)
    ('0', 'under 10', '12,311')
    """
    return f"under {SMALL}" if 0 < count < SMALL else f"{count:,}"


def signed(count: int, sign: str) -> str:
    """People who come or go.

    >>> signed(1204, "+"), signed(4, "-"), signed(0, "+")
    ('+1,204', 'under 10', '0')
    """
    return f"{sign}{count:,}" if count >= SMALL else told(count)


def count_line(report: Report) -> str:
    """The first line: how many blocks changed, and the greatest movements of people."""
    if not report.changed:
        return "nothing changes"
    n = len(report.blocks)
    parts = [f"{n} block{'' if n == 1 else 's'} changed"] if n else []
    if report.templates:
        parts.append(f"{len(report.templates)} template{'' if len(report.templates) == 1 else 's'} changed")
    if report.settings and not parts:
        parts.append("settings changed")
    if report.forecast is not None and (found := report.forecast.totals)[0] != found[1]:
        parts.append(f"messages {told(found[0])} -> {told(found[1])} in {report.forecast.span}")
    moves = [(b.name, p) for b in report.blocks if b.what in ("segment", "trigger") for p in b.people]
    moves = sorted(moves, key=lambda one: -(one[1].entered + one[1].left))[:3]
    words = [_movement(name, people) for name, people in moves if people.entered or people.left]
    return "; ".join(parts) + (": " + "; ".join(words) if words else "")


def _movement(name: str, people: People) -> str:
    word = {"members": ("enter", "leave")}.get(people.part, ("more meet", "fewer meet"))
    target = f"`{name}`" if people.part == "members" else f"`{people.part}` of `{name}`"
    parts = []
    if people.entered:
        parts.append(f"{signed(people.entered, '+')} {word[0]}")
    if people.left:
        parts.append(f"{signed(people.left, '-')} {word[1]}")
    return f"{', '.join(parts)} {target}"


def room_rows(found: Volumes) -> list[Row]:
    """What caps, budgets, quiet hours and offers kept from leaving: runs by what decided, triggers summed."""
    summed: dict[str, list[int]] = {}
    for row in found.ended:
        _, _, by = row.keys
        if by.split(" ", 1)[0] in ROOM:
            counts = summed.setdefault(by, [0] * len(row.counts))
            for n, count in enumerate(row.counts):
                counts[n] += count
    return [Row((by,), tuple(counts)) for by, counts in sorted(summed.items())]


ROOM = ("capped", "budget", "quiet", "deliver", "offer", "holdout")
"""The gates that take away what conditions and consent would let through."""


def number(count: int | None) -> int | str | None:
    """A count of people for programs: small ones as the text that people read."""
    return count if count is None or not 0 < count < SMALL else told(count)


def _forecast_json(found: Volumes) -> dict[str, Any]:
    def rows(table: Sequence[Row], names: Sequence[str]) -> list[dict[str, Any]]:
        return [
            {**dict(zip(names, row.keys, strict=True)), "before": number(row.counts[0]), "after": number(row.counts[1])}
            for row in table
        ]

    return {
        "from": found.start,
        "to": found.end,
        "rhythm": found.rhythm,
        "messages": rows(found.messages, ("trigger", "channel")),
        "taken_away": rows(room_rows(found), ("by",)),
        "capped_people": rows(found.capped, ("cap",)),
        "after_quiet_hours": rows(found.releases, ("at",)),
    }


def to_json(report: Report) -> dict[str, Any]:
    """The report for programs; keys are stable within a `version`. Small counts are the text "under 10"."""

    def place(span: Span | None) -> dict[str, Any] | None:
        if span is None:
            return None
        return {"file": span.file, "line": span.line, "column": span.column, "end_line": span.end_line}

    return {
        "version": VERSION,
        "project": report.project,
        "summary": count_line(report),
        "changed": report.changed,
        "base": {"commit": report.base, "definition_hash": report.base_hash},
        "head": {"commit": report.head, "clean": report.clean, "definition_hash": report.head_hash},
        "snapshot": None
        if report.snapshot is None
        else {
            "contacts": number(report.snapshot.contacts),
            "at": report.snapshot.at,
            "engine": report.snapshot.engine,
        },
        "uncounted": report.uncounted,
        "gates": [
            {
                "gate": one.gate,
                "met": one.met,
                "blocks": list(one.blocks),
                "approvers": list(one.approvers),
                "line": one.line,
                "by": one.by,
                "why": one.why,
                "problems": list(one.problems),
            }
            for one in report.gates
        ],
        "mailed_again": [{"gone": one.gone, "new": one.new, "people": number(one.people)} for one in report.again],
        "blocks": [
            {
                "what": block.what,
                "name": block.name,
                "was": block.was,
                "owner": block.owner,
                "status": block.status,
                "kind": block.kind,
                "where": place(block.where),
                "clauses": [
                    {
                        "kind": one.kind,
                        "clause": one.clause,
                        "before": one.before,
                        "after": one.after,
                        "through": one.through,
                        "where": place(one.where),
                    }
                    for one in block.clauses
                ],
                "people": [
                    {
                        "part": one.part,
                        "before": number(one.before),
                        "after": number(one.after),
                        "entered": number(one.entered),
                        "left": number(one.left),
                    }
                    for one in block.people
                ],
                "examples": [{"part": one.part, "side": one.side, "words": one.words} for one in block.examples],
            }
            for block in report.blocks
        ],
        "stages": [
            {
                "score": one.score,
                "moves": [
                    {"from": before or None, "to": after or None, "people": number(n)}
                    for (before, after), n in sorted(one.moves.items())
                ],
            }
            for one in report.stages
        ],
        "forecast": None if report.forecast is None else _forecast_json(report.forecast),
        "templates": list(report.templates),
        "settings": list(report.settings),
        "consents": list(report.consents),
        "reads": list(report.reads),
        "offers_meeting": list(report.meetings),
        "hazards": list(report.hazards),
        "notes": list(report.notes),
    }
