"""Results in text and in Markdown: one row a figure, the suites below each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from benchmarks.machine import in_words

Row = Mapping[str, Any]

HEAD = ("", "figure", "baseline", "ratio", "target", "met")


def number(found: float | None, unit: str = "") -> str:
    """A number for people, with its unit."""
    if found is None:
        return "-"
    shown = f"{found:,.0f}" if abs(found) >= 100 else f"{found:.3g}"
    return f"{shown} {unit}".strip()


def cells(row: Row) -> tuple[str, ...]:
    """The cells of a row."""
    met = {True: "yes", False: "NO", None: ""}[row["met"]]
    return (
        row["name"],
        number(row["figure"], row["unit"]),
        "" if row["baseline"] is None else number(row["baseline"], row["unit"]),
        "" if row["ratio"] is None else number(row["ratio"]),
        row["target"] or "",
        met,
    )


def remarks(row: Row) -> str:
    """What else there is to say of a row."""
    unequal = "ANSWERS DIFFER" if row["equal"] is False else ""
    against = f"beside {row['against']}" if row["against"] else ""
    return "; ".join(part for part in (unequal, against, row["note"]) if part)


def text(results: Mapping[str, Any]) -> str:
    """A table for the terminal."""
    rows = [(row["suite"], cells(row), remarks(row)) for row in results["figures"]]
    widths = [max(len(line[n]) for line in (HEAD, *(c for _, c, _ in rows))) for n in range(len(HEAD))]
    lines = [in_words(results["machine"])]
    for suite, group in groupby(rows, key=lambda row: row[0]):
        lines += ["", suite, _aligned(HEAD, widths)]
        for _, line, remark in group:
            lines.append(_aligned(line, widths))
            if remark:
                lines.append(f"    {remark}")
    return "\n".join(lines)


def _elsewhen(rows: Sequence[Row], results: Mapping[str, Any]) -> list[str]:
    """Which rows are of another day than most of the table says, or of another machine."""
    here = _occasion(results)
    others: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        occasion = _occasion(row) if "at" in row else here
        if occasion != here:
            others.setdefault(occasion, []).append(row["name"])
    return [
        f"Measured {day} on {machine}: {'all of it' if len(names) == len(rows) else ', '.join(names)}."
        for (day, machine), names in others.items()
    ]


def _occasion(told: Mapping[str, Any]) -> tuple[str, str]:
    return told["at"][:10], in_words(told["machine"]).rpartition(", load")[0]


def _aligned(line: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = zip(line, widths, strict=True)
    return "  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]).rstrip()


def markdown(results: Mapping[str, Any], suite: str | None = None) -> str:
    """The tables of all suites, or of one, each with its remarks below."""
    lines = [] if suite else [f"{in_words(results['machine'])}; {results['at']}", ""]
    for name, group in groupby(results["figures"], key=lambda row: row["suite"]):
        if suite not in (None, name):
            continue
        rows = list(group)
        notes: list[str] = []
        lines += [f"**{name}**", ""] if suite is None else []
        lines += ["| | figure | baseline | ratio | target | met |", "|---|---:|---:|---:|---:|---|"]
        for row in rows:
            first, *rest = cells(row)
            if remark := remarks(row):
                notes.append(remark)
                first += f" [{len(notes)}]"
            lines.append(f"| {' | '.join([first, *rest])} |")
        lines += ["", *(f"[{n}] {note}  " for n, note in enumerate(notes, start=1)), ""]
        lines += [f"{line}  " for line in _elsewhen(rows, results)]
    return "\n".join(lines).rstrip() + "\n"
