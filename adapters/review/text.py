"""A plan as text for a terminal: the count line first, then block by block; readable without colour."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.cli.workspace import table
from adapters.review.report import (
    Block,
    Clause,
    Example,
    GateState,
    People,
    Report,
    StageMoves,
    count_line,
    room_rows,
    signed,
    told,
)
from adapters.review.volumes import Volumes
from engine.review.again import Again

_MARKS = {"new": "+", "gone": "-", "changed": "~"}


def as_text(report: Report) -> str:
    """The whole plan."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield count_line(report)
    yield from gate_lines(report)
    yield from (f"! {again_words(one)}" for one in report.again)
    yield f"  base {report.base[:12]}, head {_head(report)}"
    if report.snapshot is not None:
        where = report.snapshot
        yield f"  counted on {told(where.contacts)} contacts at {where.at} ({where.engine})"
    elif report.uncounted is not None and report.changed:
        yield f"  nothing was counted: {report.uncounted}"
    for block in report.blocks:
        yield ""
        yield from block_lines(block)
    for matrix in report.stages:
        yield ""
        yield f"people by stage of {matrix.score} (before down, after across)"
        yield table(stage_rows(matrix), right=range(1, len(matrix.stages) + 1))
    if report.forecast is not None:
        yield ""
        yield from forecast_lines(report.forecast)
    for title, found in sections(report):
        yield ""
        yield title
        yield from (f"  {line}" for line in found)


def gate_lines(report: Report) -> Iterator[str]:
    """The gates: first those that nobody has approved, with who may and how."""
    for gate in report.unmet:
        yield f"! needs an approval: {gate_words(gate.gate)}"
        yield from (f"    {one}" for one in gate.blocks)
        yield f"    {who_may(gate)}"
        if gate.approvers:
            yield f"      {gate.line}"
        yield from (f"    does not count: {one}" for one in gate.problems)
    for gate in report.gates:
        if gate.met:
            yield f"  approved: {gate_words(gate.gate)}, by {gate.by}: {gate.why}"


def again_words(one: Again) -> str:
    """Who would be mailed again by a trigger under another name."""
    return (
        f"{told(one.people)} people had a message of `{one.gone}`, which is gone, and meet the conditions of the new "
        f"`{one.new}`: with `was {one.was}` in it nobody gets it again"
    )


def gate_words(gate: str) -> str:
    """A gate's name in words.

    >>> gate_words("quiet_shortened")
    'quiet shortened'
    """
    return gate.replace("_", " ")


def who_may(gate: GateState) -> str:
    """Who may approve a gate, and how."""
    if not gate.approvers:
        return "nobody may approve it: kadenz.yaml of the base names no approvers for it"
    may = " or ".join(gate.approvers)
    return f"{may} may approve it, with an empty commit on this branch in whose message stands"


def _head(report: Report) -> str:
    return report.head[:12] if report.clean else f"{report.head[:12]} with changes that are not committed"


def block_lines(block: Block) -> Iterator[str]:
    """One block: what it is, what changed in it, whom that moves."""
    place = "" if block.where is None else f"  ({block.where.file}:{block.where.line})"
    owner = "" if block.owner is None else f"  owner {block.owner}"
    was = "" if block.was is None else f" was {block.was}"
    status = "" if block.status == "changed" else f" ({block.status})"
    yield f"{_MARKS[block.status]} {block.what} {block.name}{was}: {block.kind}{status}{place}{owner}"
    rows = [(one.clause, clause_words(one)) for one in block.clauses]
    if rows:
        yield table(rows, indent="    ")
    for people in block.people:
        yield f"    people  {people_words(people)}"
    yield from (f"    {example_words(one)}" for one in block.examples)


def clause_words(clause: Clause) -> str:
    """What a clause said and says."""
    if clause.through is not None:
        return f"reads {clause.through}, which changed ({clause.kind})"
    return f"{clause.before or 'nothing'} -> {clause.after or 'nothing'}  ({clause.kind})"


def people_words(people: People) -> str:
    """Who is in a part of a block before and after."""
    whole = people.part in ("members", "score")
    none = "none" if whole else "everybody"
    before, after = (none if one is None else told(one) for one in (people.before, people.after))
    moved = f"{signed(people.entered, '+')} enter, {signed(people.left, '-')} leave"
    part = "" if whole else f" ({people.part})"
    return f"{before} -> {after}: {moved}{part}"


def example_words(example: Example) -> str:
    """Who comes or goes, invented.

    >>> example_words(Example("members", "comes", "(orders = 15)"))
    'comes, for example (invented): (orders = 15)'
    >>> example_words(Example("where", "goes", "(age = 3)"))
    'where: goes, for example (invented): (age = 3)'
    """
    part = "" if example.part == "members" else f"{example.part}: "
    return f"{part}{example.side}, for example (invented): {example.words}"


def forecast_lines(found: Volumes) -> Iterator[str]:
    """What would have left in the recent past, before and after."""
    yield f"messages of the last {found.span} again, with both versions ({found.rhythm})"
    for title, rows in forecast_tables(found):
        if title:
            yield f"  {title}"
        yield table(rows, indent="    ", right=(len(rows[0]) - 2, len(rows[0]) - 1))


def forecast_tables(found: Volumes) -> Iterator[tuple[str, list[list[str]]]]:
    """The tables of a forecast, each with a title and heads; those without rows left out."""
    for title, heads, rows in (
        ("", ("trigger", "channel"), found.messages),
        ("kept from leaving", ("by",), room_rows(found)),
        ("people whom a cap stopped or delayed", ("cap",), found.capped),
        ("left at once after quiet hours", ("at",), found.releases),
    ):
        if rows:
            yield title, [[*heads, "before", "after"], *([*row.keys, *map(told, row.counts)] for row in rows)]


def stage_rows(matrix: StageMoves) -> list[list[str]]:
    """The matrix with its heads."""
    rows = [["", *(stage or "none" for stage in matrix.stages)]]
    for before in matrix.stages:
        rows.append([before or "none", *(told(matrix.moves.get((before, after), 0)) for after in matrix.stages)])
    return rows


def sections(report: Report) -> Iterator[tuple[str, list[str]]]:
    """What stands behind the blocks, each with its title, where there is any."""
    for title, found in (
        ("templates", report.templates),
        ("settings", report.settings),
        ("sent on these consents", report.consents),
        ("data read for the first time", report.reads),
        ("offers that can meet in one person from now on", report.meetings),
        ("clock changes and leap days ahead", report.hazards),
        ("notes", report.notes),
    ):
        if found:
            yield title, list(found)
