"""docs/guarantees.md tells the figures that were kept, and names proofs that exist."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from scripts import guarantees
from scripts.guarantees import FIGURES, PAGE, PARTS, ROOT, Kept, Part, counts, main, read, run, table, written


def test_the_page_tells_the_figures_that_were_kept() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert written(page, read()) == page, "run python -m scripts.guarantees --page"


def test_the_figures_are_those_of_parts_that_exist_and_passed() -> None:
    kept: dict[str, Kept] = json.loads(FIGURES.read_text(encoding="utf-8"))
    assert list(kept) == [part for part in PARTS if part in kept]
    assert [name for name, one in kept.items() if not one["passed"]] == []
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", one["date"]) for one in kept.values())


def test_the_proofs_that_the_page_names_exist() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE.read_text(encoding="utf-8"))
    assert len(named) > 15
    for file, test in named:
        text = (ROOT / file).read_text(encoding="utf-8")
        assert not test or f"def {test}(" in text, f"{file}::{test}"


def test_every_proof_of_the_folder_is_in_some_part() -> None:
    asked = {test.split("::")[0] for part in PARTS.values() for test in part.tests}
    proofs = {f"tests/torture/{file.name}" for file in (ROOT / "tests" / "torture").glob("test_*.py")}
    assert proofs <= asked
    assert all((ROOT / name).exists() for name in asked if name.startswith("tests/"))


@pytest.mark.parametrize(
    ("last", "found"),
    [
        ("== 5 passed in 1.20s ==", (5, 0)),
        ("== 1 failed, 4 passed, 2 skipped in 70.00s (0:01:10) ==", (4, 3)),
        ("== 2 errors in 0.10s ==", (0, 2)),
        ("== 3 passed, 4 deselected in 0.10s ==", (3, 0)),
        ("no tests ran", (0, 0)),
    ],
)
def test_what_pytest_counted(last: str, found: tuple[int, int]) -> None:
    assert counts(f"a line\n{last}\n") == found


def test_a_part_that_fails_loses_nothing_of_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With small parts in place of the long ones."""
    good, bad = tmp_path / "test_good.py", tmp_path / "test_bad.py"
    good.write_text("def test_it():\n    pass\n")
    bad.write_text("import pytest\ndef test_it():\n    pass\ndef test_left_out():\n    pytest.skip('no root')\n")
    page = tmp_path / "page.md"
    page.write_text(f"before\n{guarantees.BEGIN}{guarantees.END}after\n")
    monkeypatch.setattr(guarantees, "FIGURES", tmp_path / "figures.json")
    monkeypatch.setattr(guarantees, "PAGE", page)
    monkeypatch.setattr(guarantees, "PARTS", {n: Part((str(f),), n) for n, f in (("bad", bad), ("good", good))})
    assert main([]) == 1
    assert {name: (one["passed"], one["tests"]) for name, one in read().items()} == {
        "bad": (False, 1),
        "good": (True, 1),
    }
    assert "| bad |  | **not passed** |" in page.read_text()
    assert main(["good"]) == 0
    assert list(read()) == ["bad", "good"]
    assert main(["none"]) == 3


def test_figures_reach_the_table_with_date_and_machine() -> None:
    figures = {"cuts": {"cuts": 10_000, "broken": 0}}
    one = Kept(passed=True, tests=3, figures=figures, date="2026-01-01 10:00 UTC", seconds=1_200, machine="one")
    other = Kept(passed=True, tests=1, figures={}, date="2026-01-02 10:00 UTC", seconds=5, machine="two")
    told = table({"power": one, "disk": other})
    assert "| power | cuts: cuts 10,000, broken 0 | 3 passed | 2026-01-01 10:00 UTC, 1,200 s, machine 1 |" in told
    assert "Measured on: 2. two" in told
    assert "| kills | not run | | |" in told


def test_a_run_that_no_test_was_found_for_has_not_passed(tmp_path: Path) -> None:
    empty = tmp_path / "test_empty.py"
    empty.write_text("")
    assert not run(Part((str(empty),), "nothing"))["passed"]
