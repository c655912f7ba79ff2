"""A plan as the comment of a pull request: the count line, a table, and the detail folded."""

from __future__ import annotations

import html
from collections.abc import Iterator

from adapters.review.report import Block, Report, count_line, signed, told
from adapters.review.text import (
    again_words,
    clause_words,
    example_words,
    forecast_tables,
    gate_words,
    people_words,
    sections,
    stage_rows,
    who_may,
)

MARK = "<!-- kadenz plan -->"
"""By this line a comment finds the one it replaces."""

MOST = 60_000
"""Signs of a comment; a forge takes 65,536 bytes or refuses the whole."""


def as_markdown(report: Report) -> str:
    """The comment. What is longer than a forge takes is cut behind a whole section, and says so."""
    head = "\n".join(_head(report)) + "\n"
    parts = ["\n".join(part) + "\n" for part in _folded(report)]
    kept = head
    for number, part in enumerate(parts):
        if len((kept + part).encode()) > MOST:
            left = len(parts) - number
            return kept + f"\n_{left} more section{'' if left == 1 else 's'}: run `{_command(report)}`._\n"
        kept += part
    return kept


def _command(report: Report) -> str:
    return f"kadenz plan --base {report.base[:12]}"


def _head(report: Report) -> Iterator[str]:
    yield MARK
    yield f"**{_plain(count_line(report))}**"
    for gate in report.unmet:
        yield ""
        yield f"**Needs an approval: {gate_words(gate.gate)}.** {'; '.join(map(_plain, gate.blocks))}"
        yield ""
        yield _plain(who_may(gate)) + (f" {_code(gate.line)}" if gate.approvers else "")
        yield from (f"* does not count: {_plain(one)}" for one in gate.problems)
    for gate in report.gates:
        if gate.met:
            yield ""
            yield f"Approved: {gate_words(gate.gate)}, by {_plain(gate.by or '')}: {_plain(gate.why or '')}"
    for one in report.again:
        yield ""
        yield f"**{_plain(again_words(one))}.**"
    if report.blocks:
        yield ""
        yield "| block | change | before | after | come | go | owner |"
        yield "|---|---|---:|---:|---:|---:|---|"
        for block in report.blocks:
            yield from _rows(block)
    yield ""
    if report.snapshot is not None:
        where = report.snapshot
        yield f"Counted on {told(where.contacts)} contacts at {where.at}, {where.engine}."
    elif report.uncounted is not None and report.changed:
        yield f"Counts are missing: {report.uncounted}."
    yield ""


def _rows(block: Block) -> Iterator[str]:
    name = f"{block.what} {_code(block.name)}" + (f" (was {_code(block.was)})" if block.was else "")
    kind = block.kind if block.status == "changed" else f"{block.kind} ({block.status})"
    owner = _plain(block.owner or "")
    if not block.people:
        yield f"| {name} | {kind} | | | | | {owner} |"
    for people in block.people:
        what = name if people.part in ("members", "score") else f"{name} `{people.part}`"
        whole = "everybody" if people.part not in ("members", "score") else ""
        before, after = (whole if one is None else told(one) for one in (people.before, people.after))
        yield (
            f"| {what} | {kind} | {before} | {after} | {signed(people.entered, '+')} | {signed(people.left, '-')} "
            f"| {owner} |"
        )


def _folded(report: Report) -> Iterator[list[str]]:
    if report.blocks:
        lines = ["<details><summary>What changed, clause by clause</summary>", ""]
        for block in report.blocks:
            lines.append(f"* {block.what} {_code(block.name)}: {block.kind}")
            lines += [f"  * {_plain(one.clause)}: {_code(clause_words(one))}" for one in block.clauses]
            lines += [f"  * people: {people_words(one)}" for one in block.people]
            lines += [f"  * {_plain(example_words(one))}" for one in block.examples]
        yield [*lines, "", "</details>", ""]
    for matrix in report.stages:
        head, *rows = stage_rows(matrix)
        yield [
            f"<details><summary>People by stage of {_code(matrix.score)}</summary>",
            "",
            "| before \\ after | " + " | ".join(head[1:]) + " |",
            "|---" + "|---:" * (len(head) - 1) + "|",
            *("| " + " | ".join(row) + " |" for row in rows),
            "",
            "</details>",
            "",
        ]
    if report.forecast is not None:
        again = f"Messages of the last {report.forecast.span} again, with both versions"
        lines = [f"<details><summary>{again}</summary>", "", _plain(report.forecast.rhythm)]
        for title, (head, *rows) in forecast_tables(report.forecast):
            lines += ["", *([title.capitalize() + ":", ""] if title else [])]
            lines += ["| " + " | ".join(head) + " |", "|---" * (len(head) - 2) + "|---:|---:|"]
            lines += ["| " + " | ".join(map(_plain, row)) + " |" for row in rows]
        yield [*lines, "", "</details>", ""]
    for title, found in sections(report):
        lines = [f"<details><summary>{title.capitalize()} ({len(found)})</summary>", ""]
        yield [*lines, *(f"* {_plain(line)}" for line in found), "", "</details>", ""]
    yield [f"Definition hash `{report.head_hash[:16]}`; `{_command(report)}` makes this plan again."]


def _code(text: str) -> str:
    """Text as code, whatever is in it."""
    fence = "``" if "`" in text else "`"
    pad = " " if "`" in text else ""
    return f"{fence}{pad}{text.replace('|', chr(92) + '|')}{pad}{fence}"


def _plain(text: str) -> str:
    """Text that a forge takes for nothing else: no HTML, no mention, no cell of a table."""
    return html.escape(text, quote=False).replace("|", "\\|").replace("@", "&#64;")
