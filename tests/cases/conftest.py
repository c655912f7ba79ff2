"""What the run of the cases says: how to run a failing case again; rows that no case covers; where order matters."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from tests.cases.telling import command


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed and isinstance(item, pytest.Function) and "[" in item.name:
        case = item.name.split("[", 1)[1].rstrip("]").split("-")[-1]
        report.sections.append(("run it again", command(case)))
    return report


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
