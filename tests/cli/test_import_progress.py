"""How far an import is, told as a bar or as lines."""

from __future__ import annotations

import io

import pytest

from adapters.cli.import_progress import Pace, bar, line, lines, progress


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_pace_counts_the_rows_of_this_run_alone() -> None:
    clock = Clock()
    pace = Pace(clock)
    assert pace.at(10, 100, 0) == (0, None)
    clock.now = 5.0
    assert pace.at(90, 100, 0) == (0, None)
    clock.now = 6.0
    assert pace.at(20, 100, 1_000) == (1_000, None)
    resumed = Pace(clock)
    resumed.at(50, 100, 5_000)
    clock.now = 16.0
    assert resumed.at(75, 100, 25_000) == (2_000, 10)
    assert line(75, 100, 25_000, (2_000, 10)) == "importing: 75 %, 25,000 rows, 2,000 rows/s, 10 s left"


def test_a_line_now_and_then() -> None:
    clock, out = Clock(), io.StringIO()
    with lines(out.write, clock) as show:
        for second in range(45):
            clock.now = float(second)
            show(second, 100, max(0, second - 5) * 10)
    assert out.getvalue().splitlines() == [
        "importing: 10 %, 50 rows, 10 rows/s, 90 s left",
        "importing: 20 %, 150 rows, 10 rows/s, 80 s left",
        "importing: 30 %, 250 rows, 10 rows/s, 70 s left",
        "importing: 40 %, 350 rows, 10 rows/s, 60 s left",
    ]


def test_who_sees_what(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    for wanted, quiet, shown in [(None, False, False), (True, True, True), (False, False, False)]:
        with progress(wanted, quiet=quiet, clock=clock) as show:
            assert (show is not None) == shown


def test_a_bar(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    with bar(clock) as show:
        show(0, 100, 0)
        clock.now = 2.0
        show(50, 100, 1_000)
    assert capsys.readouterr().out == ""
