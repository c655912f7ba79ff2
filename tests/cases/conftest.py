"""What the run of the cases says at its end: rows that no case covers, and cases in which order matters."""

from __future__ import annotations

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    from tests.cases.folder import Case, folders
    from tests.cases.test_coverage import rows

    left_out = [row for row in rows() if row["left_out_because"]]
    terminalreporter.line(f"cases: {len(left_out)} rows are left out (tests/cases/coverage.csv says why)")
    if terminalreporter.verbosity >= 0:
        for row in left_out:
            terminalreporter.line(f"  {row['id']}: {row['left_out_because']}")
    for case in map(Case.read, folders()):
        if why := case.settings.get("order_matters"):
            terminalreporter.line(f"  {case.name}: order matters, {why}")
