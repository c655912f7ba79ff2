"""What a benchmark tells: ratios, targets, tables, the picture."""

from __future__ import annotations

import importlib
import json
import platform
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree as ET

import pytest

from benchmarks import figures, machine, picture, run, telling
from benchmarks.figures import SUITES, Figure, Options, Target

SMALL = Options(quick=True, rounds=1, data=Path("none"), scratch=Path("none"), say=lambda _: None)


def test_a_target_is_met_exactly() -> None:
    assert Target("at most", 1.3).met(1.3)
    assert not Target("at most", 1.3).met(1.31)
    assert Target("at least", 20).met(20)
    assert not Target("at least", 20).met(19.9)


def test_ratio_and_target() -> None:
    assert Figure("a", 2.6, "s", 2.0, target=Target("at most", 1.3)).met
    assert Figure("a", 0.1, "s", 2.0, inverted=True).ratio == 20
    assert Figure("a", 1_400, "MB", target=Target("at most", 1_500, "figure")).met
    assert Figure("a", 1_600, "MB", target=Target("at most", 1_500, "figure")).met is False
    assert Figure("a", None, "s", 2.0, target=Target("at most", 1.3)).met is None
    assert Figure("a", 1.0, "s").ratio is None


def test_unequal_answers_meet_nothing() -> None:
    assert Figure("a", 1.0, "s", 2.0, target=Target("at most", 1.3), equal=False).met is False


def results(*found: Figure) -> dict[str, object]:
    on = machine.machine()
    where = {"at": "2026-11-22 12:00", "machine": machine.in_words(on)}
    rows = [{**f.json("some suite"), **where} for f in found]
    return {"at": "2026-11-22 12:00", "quick": True, "machine": on, "figures": rows}


FOUND = (
    Figure("full evaluation", 13.0, "s", 10.0, "by hand", Target("at most", 1.2), equal=True, note="a | b"),
    Figure("hourly tick", 0.5, "s", 20.0, "a full pass", Target("at least", 20), inverted=True),
    Figure("memory", 1_234.5, "MB", target=Target("at most", 1_500, "figure")),
    Figure("other engine", None, "s", note="not installed"),
    Figure("small", 1.0, "s", line=("SQLite", 100_000)),
    Figure("large", 11.0, "s", line=("SQLite", 1_000_000)),
)


def test_the_table_tells_every_figure() -> None:
    told = telling.text(results(*FOUND)).splitlines()
    assert [line.split() for line in told if line.startswith("full evaluation")] == [
        ["full", "evaluation", "13", "s", "10", "s", "1.3", "at", "most", "1.2", "NO"]
    ]
    assert sum(line.endswith("yes") for line in told) == 2
    assert "    not installed" in told


def test_markdown_has_a_row_for_every_figure() -> None:
    lines = telling.markdown(results(*FOUND)).splitlines()
    assert sum(line.startswith("| ") for line in lines) == len(FOUND) + 1
    assert "[1] beside by hand; a | b  " in lines


@pytest.mark.parametrize(
    ("figure", "expected"), [(FOUND[0], 1.2 / 1.3), (FOUND[1], 2.0), (FOUND[2], 1_500 / 1_234), (FOUND[3], None)]
)
def test_the_margin_is_over_one_where_a_target_is_met(figure: Figure, expected: float | None) -> None:
    row = figure.json("s")
    found = picture.margin(row) if row["target"] else None
    assert found == (None if expected is None else pytest.approx(expected, rel=1e-3))


def test_the_picture_is_xml_with_a_bar_a_target_and_a_line() -> None:
    tree = ET.fromstring(picture.svg(results(*FOUND)))
    names = [element.tag.rpartition("}")[2] for element in tree.iter()]
    assert names.count("polyline") == 1
    assert names.count("circle") == 2
    words = " ".join(element.text or "" for element in tree.iter())
    assert "hourly tick" in words
    assert "1.3, at most 1.2" in words


def test_what_was_measured_another_day_says_so() -> None:
    found = results(*FOUND)
    assert "Measured" not in telling.markdown(found)
    rows = found["figures"]
    assert isinstance(rows, list)
    rows[1]["at"] = "2026-11-20 08:00"
    (line,) = [line for line in telling.markdown(found).splitlines() if line.startswith("Measured")]
    assert line.startswith("Measured 2026-11-20 on ")
    assert line.rstrip().endswith(": hourly tick.")


def test_the_machine_is_named_without_host_and_paths() -> None:
    told = json.dumps(machine.machine())
    assert machine.machine()["cores"]
    assert platform.node() not in told.split('"')
    assert str(Path.home()) not in told


def test_a_suite_that_fails_is_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_: Options) -> Iterator[Figure]:
        yield FOUND[0]
        raise ValueError("no such thing")

    module = ModuleType("failing")
    vars(module)["figures"] = failing
    monkeypatch.setitem(sys.modules, "failing", module)
    monkeypatch.setattr(run, "SUITES", {"bad": "failing"})
    first, second = run.measured(["bad"], SMALL)
    assert first == ("bad", FOUND[0])
    assert (second[1].name, second[1].note) == (run.FAILED, "ValueError: no such thing")


def test_every_suite_is_there() -> None:
    for module in SUITES.values():
        assert callable(importlib.import_module(module).figures)


def test_figures_of_other_suites_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "SUITES", {"some suite": "x", "another": "y"})
    run.write(results(*FOUND), tmp_path, tmp_path / "history")
    latest = tmp_path / "latest.json"
    rows = json.loads(latest.read_text())
    assert {"name", "figure", "unit", "baseline", "ratio", "target", "met", "at", "machine"} <= set(rows[0])
    assert json.loads((tmp_path / "history" / "2026-11-22.json").read_text())["figures"] == rows
    again = {**rows[0], "figure": 99.0, "at": "2026-11-23 12:00"}
    new = {**again, "suite": "another"}
    assert run.joined(latest, ["some suite"], [again]) == [again], "what is not measured any more is gone"
    assert run.joined(latest, ["some suite"], [again], partly=True) == [*rows[1:], again]
    assert run.joined(latest, ["another"], [new]) == [*rows, new], "the former ones keep their day"
    assert figures.rounded(1.23456) == 1.235


def test_sizes_stay_within_what_is_allowed() -> None:
    small = replace(SMALL, contacts=100_000)
    assert SMALL.size(1_000_000, 20_000_000) == (1_000_000, 20_000_000)
    assert small.size(1_000_000, 20_000_000) == (100_000, 2_000_000)
    assert small.size(20_000, 400_000) == (20_000, 400_000)
