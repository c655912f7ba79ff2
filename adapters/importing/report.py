"""What people read before and after an import, as plain text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from adapters.importing.account import FIRST_LINES, ImportResult, Reason
from adapters.importing.convert import UNKNOWN_ZONE, clip
from adapters.importing.recognition import Recognition
from adapters.importing.targets import ID
from adapters.sources.cells import one_line
from adapters.stores.quarantine import Quarantined
from adapters.wording import counted


def recognised(found: Recognition) -> str:
    """What was recognised, before anything is stored."""
    lines = [f"{found.file} as {found.target.label}: {', '.join(found.about)}", ""]
    rows = [("column", "field", "type", "example")]
    for column in found.columns:
        kind = f"{column.kind}, {column.chosen}" if column.chosen else column.kind
        if column.column is None:
            example = f"`{column.filled.constant}` for all rows"
        elif column.example is None:
            example = "(no value in the first rows that fits)"
        else:
            written, stored = column.example
            example = written if written == stored else f"{written} -> {stored}"
        rows.append((column.column or "(set)", column.filled.slot.shown, kind, example))
    lines += _table(rows)
    if found.unmapped:
        lines += ["", f"  left out: {', '.join(f'`{c}`' for c in found.unmapped)}"]
    lines += [f"  {note}" for note in found.notes]
    return "\n".join(lines)


def refused(found: Recognition) -> str:
    """Why nothing was read."""
    lines = []
    for problem in found.problems:
        lines.append(f"error: {problem.summary}")
        if problem.help:
            lines.append(f"  help: {problem.help}")
    return "\n".join(lines)


def account(result: ImportResult) -> str:
    """The summary at the end."""
    counts = result.counts
    stored = not (result.dry_run or result.refused)
    if result.refused:
        lines = [f"{_rows(result.rows)} read, {result.valid:,} could be stored, nothing was"]
    elif result.dry_run:
        lines = [f"dry run: {_rows(result.rows)} read, {result.valid:,} would be stored, nothing was"]
    else:
        parts = f"{counts.new:,} new, {counts.changed:,} changed, {counts.same:,} unchanged"
        lines = [f"{_rows(result.rows)} read: {parts}, {result.quarantined:,} quarantined"]
    if result.resumed is not None:
        lines.append(f"  an earlier run was cut off behind line {result.resumed:,}: this one went on there")
    if result.quarantined:
        lines += ["", *_table([("rows", "column", "reason", "lines", "example"), *map(_reason, result.reasons)])]
        if stored:
            lines += ["", "  mend these lines and import the file again; `kadenz import --report` lists them all"]
    if result.findings:
        does = "stored" if stored else "would be stored"
        many = _rows(sum(reason.count for reason in result.findings))
        lines += ["", f"  {many} {does} without a value that does not fit:"]
        lines += _table([("rows", "column", "reason", "lines", "example"), *map(_reason, result.findings)])
    if result.withdrawals_held:
        lines.append(f"  withdrawals of consent among them, without effect until mended: {result.withdrawals_held:,}")
    if result.everywhere:
        does = "is" if stored else "would be"
        lines.append(
            f"  withdrawals without a channel or a purpose: {result.everywhere:,}, each {does} recorded for every one"
            " of the project"
        )
    own_id = any(c.filled.slot.name == ID for c in result.recognition.columns)
    if counts.changed and own_id:
        lines.append("  changed: the id was there before with other values")
    if result.doubles:
        way = "without an id" if own_id else "with an id of their own"
        lines.append(
            f"  {_rows(result.doubles)} with contact, instant and values of events that are stored under another id"
            f" (imported {way}): they count twice if they are the same"
        )
    if result.repeated:
        some = "; ".join(f"`{clip(key)}`: lines {lines_}" for key, lines_ in result.first_repeated)
        many = "1 key occurs" if result.repeated == 1 else f"{result.repeated:,} keys occur"
        lines.append(f"  {many} more than once, the last row counts and the others are unchanged ({some})")
    if result.forgotten:
        lines.append(
            f"  {_rows(result.forgotten)} of people who were forgotten: not taken, and nothing of them is kept"
            " (`--returned` with --as contacts takes them as new people)"
        )
    if result.unknown_contacts:
        some = ", ".join(f"`{clip(key, 40)}`" for key in result.first_unknown)
        more = ", .." if len(result.first_unknown) >= FIRST_LINES else ""
        lines.append(
            f"  {_rows(result.unknown_contacts)} of contacts that the store does not have ({some}{more}): kept until"
            " the contact comes"
        )
    if result.listed is not None:
        are = "is" if result.listed.total == 1 else "are"
        left = f"{result.listed.removed:,} left it, " if result.listed.removed else ""
        lines.append(f"  list {result.recognition.target.list}: {left}{result.listed.total:,} {are} on it now")
    elif result.recognition.target.list is not None and stored:
        lines.append(f"  list {result.recognition.target.list}: no row fits, so it stays as it is")
    if result.ahead:
        lines.append(f"  {_rows(result.ahead)} with an instant more than a year ahead: is the date right?")
    return "\n".join(lines)


def _reason(reason: Reason) -> tuple[str, str, str, str, str]:
    lines = ", ".join(map(str, reason.lines)) + (", .." if reason.count > len(reason.lines) else "")
    return f"{reason.count:,}", reason.column or "", reason.reason, lines, reason.example


def _rows(count: int) -> str:
    return counted(count, "row")


def quarantine(entries: Iterable[Quarantined]) -> str:
    """What is in quarantine, by file."""
    lines: list[str] = []
    before = None
    for entry in entries:
        if (entry.file, entry.target) != before:
            before = (entry.file, entry.target)
            lines += [*([""] if lines else []), f"{entry.file} as {entry.target}"]
        lines.append(f"  line {entry.line}: {one_line(entry.detail)}")
        lines.append(f"    {_readable_row(entry.row)}")
    if lines:
        lines += ["", "mend the lines and import the file again; `kadenz import FILE --forget` drops those of a file"]
    return "\n".join(lines) if lines else "nothing is in quarantine"


def _readable_row(row: str) -> str:
    """The row as `column: cell`, fit for a terminal."""
    try:
        cells = json.loads(row)
    except ValueError:
        return one_line(row)
    if not isinstance(cells, dict):
        return one_line(row)
    known = ((k, v if isinstance(v, str) else json.dumps(v, ensure_ascii=False)) for k, v in cells.items() if v != "")
    return one_line(", ".join(f"{name}: {cell}" for name, cell in known))


def quarantine_json(entries: Iterable[Quarantined]) -> list[dict[str, object]]:
    """The same as plain data."""
    return [
        {
            "file": e.file,
            "as": e.target,
            "line": e.line,
            "column": e.column,
            "reason": e.reason,
            "detail": e.detail,
            "row": e.row,
            "stored": e.reason == UNKNOWN_ZONE,
        }
        for e in entries
    ]


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]) - 1)]
    cut = [[cell.ljust(width) for cell, width in zip(row, widths, strict=False)] + [row[-1]] for row in rows]
    return ["  " + "  ".join(row).rstrip() for row in cut]
