"""docs/performance.md says what `latest.json` says."""

from __future__ import annotations

from benchmarks import page
from benchmarks.figures import SUITES
from tests.benchmarks.test_figures import FOUND, results

TEXT = """# Performance

<!-- figures: machine -->
old
<!-- end -->
Words that stay.
<!-- figures: some suite -->
<!-- end -->
<!-- figures: another suite -->
<!-- end -->
<!-- figures: others -->
<!-- end -->
"""


def test_figures_stand_between_the_marks() -> None:
    found = page.filled(TEXT, results(*FOUND))
    assert "old" not in found
    assert "Measured 2026-11-22 on" in found
    assert found.count("| full evaluation [1] |") == 1
    assert found.count("Not measured yet.") == 1
    assert page.filled(found, results(*FOUND)) == found
    assert "Words that stay." in found


def test_suites_without_a_mark_stand_among_the_others() -> None:
    found = page.filled(TEXT.replace("some suite", "a suite"), results(*FOUND))
    assert "**some suite**" in found


def test_the_page_says_what_was_measured() -> None:
    latest = page.latest_results()
    text = page.PAGE.read_text(encoding="utf-8")
    assert page.filled(text, latest) == text
    assert {row["suite"] for row in latest["figures"]} <= set(SUITES)
