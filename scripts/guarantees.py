"""The figures of the last `make torture` and `make mutants` into docs/guarantees.md, between its marks.

python -m scripts.guarantees
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "guarantees.md"
FIGURES = ROOT / "docs" / "guarantees.json"
BEGIN, END = "<!-- figures -->\n", "<!-- end -->"


def table(figures: Mapping[str, Mapping[str, int]]) -> str:
    """One row a proof: what it did, and what it found."""
    rows = ["| proof | figures of the last run |", "|---|---|"]
    for proof, numbers in figures.items():
        told = ", ".join(f"{name} {number:,}" for name, number in numbers.items())
        rows.append(f"| {proof} | {told} |")
    return "\n".join(rows) + "\n"


def written(page: str, figures: Mapping[str, Mapping[str, int]]) -> str:
    """The page with these figures."""
    before, rest = page.split(BEGIN, 1)
    _, after = rest.split(END, 1)
    return f"{before}{BEGIN}\n{table(figures)}\n{END}{after}"


def main() -> None:
    """Write the page anew."""
    figures = json.loads(FIGURES.read_text(encoding="utf-8"))
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), figures), encoding="utf-8")


if __name__ == "__main__":
    main()
