"""Puts the figures of `latest.json` into docs/performance.md, between its marks.

    .venv/bin/python -m benchmarks.page

A mark is a line `<!-- figures: NAME -->`; what stands between it and the next `<!-- end -->` is written anew. NAME is
a suite, `machine`, or `others` for the suites that have no mark of their own. `make bench` does this at its end.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks import telling
from benchmarks.machine import in_words

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "performance.md"
LATEST = HERE / "latest.json"

MARK = re.compile(r"(?P<mark><!-- figures: (?P<name>[^>]+?) -->\n).*?(?P<end><!-- end -->)", re.DOTALL)


def filled(text: str, results: Mapping[str, Any]) -> str:
    """The page's text with the figures of these results between its marks."""
    marked = {found["name"] for found in MARK.finditer(text)}

    def between(found: re.Match[str]) -> str:
        return f"{found['mark']}\n{_told(found['name'], marked, results)}\n{found['end']}"

    return MARK.sub(between, text)


def _told(name: str, marked: set[str], results: Mapping[str, Any]) -> str:
    if name == "machine":
        return f"Measured {results['at'][:10]} on {in_words(results['machine'])}.\n"
    suites = dict.fromkeys(row["suite"] for row in results["figures"])
    if name == "others":
        return "\n".join(
            f"**{suite}**\n\n{telling.markdown(results, suite)}" for suite in suites if suite not in marked
        )
    return telling.markdown(results, name) if name in suites else "Not measured yet.\n"


def latest_results(latest: Path = LATEST) -> dict[str, Any]:
    """The figures of `latest.json`, with the day and the machine of the newest of them."""
    rows = json.loads(latest.read_text(encoding="utf-8"))
    newest = max(rows, key=lambda row: row["at"])
    return {"at": newest["at"], "machine": newest["machine"], "figures": rows}


def renew(page: Path = PAGE, latest: Path = LATEST) -> None:
    """Write the page anew."""
    results = latest_results(latest)
    page.write_text(filled(page.read_text(encoding="utf-8"), results), encoding="utf-8")


if __name__ == "__main__":
    renew()
