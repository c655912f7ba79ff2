"""No verb takes a whole table into Python: what becomes an object is what was asked for."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.stores.facts import SqliteFacts
from engine.records import Contact
from tests.cli.conftest import Kadenz

MANY = 400
FEW = 100
"""More contacts than this at a time are a table (`test` makes those that its blocks name)."""


@pytest.fixture
def large(start: Path, kadenz: Kadenz) -> Path:
    """The start project with many contacts more, after its first tick."""
    with (start / "data" / "contacts.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    key, mail = next(iter(rows[0])), "email"
    path = start / "data" / "more.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows({**rows[n % len(rows)], key: f"m{n}", mail: f"M{n}@example.ch"} for n in range(MANY))
    assert kadenz("import", path, "--as", "contacts", "--project", start).code == 0
    assert kadenz("run", "--project", start).code == 0
    return start


@pytest.fixture
def objects(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How many contacts of the store became objects since the last question."""
    made: list[str] = []
    real = SqliteFacts._contact

    def counted(self: SqliteFacts, key: str, values: tuple[object, ...]) -> Contact:
        made.append(key)
        return real(self, key, values)  # type: ignore[arg-type]  # handed through as they come

    monkeypatch.setattr(SqliteFacts, "_contact", counted)

    def since() -> int:
        told = len(made)
        made.clear()
        return told

    return since


VERBS = (
    ("explain", "m7"),
    ("explain", "m7@example.ch"),
    ("show", "shipped_to"),
    ("show", "shipped_to", "--list"),
    ("show", "--last"),
    ("show", "shipped_to", "--last", "--list"),
    ("show", "weekly"),
    ("show", "nights"),
    ("check",),
    ("lint",),
    ("test",),
    ("run", "--dry-run"),
)


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_a_verb_makes_objects_of_few_contacts(
    large: Path, kadenz: Kadenz, objects: Callable[[], int], verb: tuple[str, ...]
) -> None:
    objects()
    said = kadenz(*verb, "--project", large)
    assert said.code == 0, said.out + said.err
    told = objects()
    assert told < FEW
    assert (told > 0) == (verb[0] in ("explain", "test")), "the spy sees what is read"


def test_the_import_of_a_few_rows_reads_a_few_contacts(large: Path, kadenz: Kadenz, objects: Callable[[], int]) -> None:
    objects()
    few = large / "data" / "few.csv"
    lines = (large / "data" / "more.csv").read_text(encoding="utf-8").splitlines()
    few.write_text("\n".join(lines[:11]) + "\n", encoding="utf-8")
    assert kadenz("import", few, "--as", "contacts", "--project", large).code == 0
    assert objects() < FEW


HEAVY = ("sqlglot", "typer", "duckdb", "engine.plan", "adapters.importing", "adapters.running")
"""Each of them takes longer to import than one contact takes to be explained."""


@pytest.mark.parametrize("place", ["behind", "before"])
def test_who_explains_one_contact_imports_what_one_contact_needs(start: Path, kadenz: Kadenz, place: str) -> None:
    words = ["explain", "1001", "--project", str(start)]
    arguments = words if place == "behind" else [words[0], *words[2:], words[1]]
    told = kadenz(*arguments)
    assert told.code == 0, told.err
    program = (
        "import sys; from adapters.cli.main import run; code = run(sys.argv[1:]);"
        f"sys.exit(code or ' '.join(name for name in {HEAVY} if name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stderr.strip() == ""
    assert done.stdout.splitlines()[1:] == told.out.splitlines()[1:]  # the first line tells the minute


def test_explain_with_further_options_says_the_same(start: Path, kadenz: Kadenz) -> None:
    plain = kadenz("explain", "1001", "--project", start)
    assert (
        kadenz("explain", "1001", "--project", start, "--format", "text").out.splitlines()[1:]
        == (plain.out.splitlines()[1:])
    )
    assert kadenz("explain", "--project", start).code == 3, "nobody is named"
    assert kadenz("explain", "1001", "1002", "--project", start).code == 3


def test_the_last_tick_is_told_without_evaluating(large: Path, kadenz: Kadenz, monkeypatch: pytest.MonkeyPatch) -> None:
    def of(*words: str) -> dict[str, object]:
        said = kadenz("show", *words, "--project", large, "--format", "json")
        assert said.code == 0, said.err
        told: dict[str, object] = json.loads(said.out)
        return told

    fresh = of("shipped_to", "--list")
    more = large / "data" / "later.csv"
    lines = (large / "data" / "more.csv").read_text(encoding="utf-8").splitlines()
    more.write_text("\n".join((lines[0], lines[1].replace("m0", "later").replace("M0", "L0"))) + "\n", encoding="utf-8")
    assert kadenz("import", more, "--as", "contacts", "--project", large).code == 0
    monkeypatch.setattr("adapters.evaluating.Evaluating._ready", None)
    last = of("shipped_to", "--last", "--list")
    assert last["summary"] == fresh["summary"], "the contact that came later is not in what the tick recorded"
    assert last["rows"] == fresh["rows"] != []
    overview = of("--last")["summary"]
    assert isinstance(overview, dict)
    assert overview["segment_shipped_to"] == len(fresh["rows"])  # type: ignore[arg-type]  # a list
    assert overview["contacts"] == fresh["summary"]["contacts"]  # type: ignore[index]  # a dict


def test_what_the_last_tick_cannot_tell(start: Path, kadenz: Kadenz) -> None:
    for words, why in (
        (("--last",), "no tick yet"),
        (("shipped_to", "--last"), "no tick yet"),
        (("weekly", "--last"), "no segment and no score"),
        (("shipped_to", "--last", "--at", "2026-11-22T12:00Z"), "without --at"),
        (("--last", "--list"), "needs the name"),
        ((), "name a block"),
    ):
        said = kadenz("show", *words, "--project", start)
        assert (said.code, why in said.err) == (3, True), said.err


def test_the_stages_of_the_last_tick(start: Path, kadenz: Kadenz) -> None:
    score = 'score nearness "Where somebody lives"\n  +5 when country = CH\n  stage far from 0\n  stage near from 5\n'
    (start / "playbooks" / "nearness.play").write_text(score, encoding="utf-8")
    assert kadenz("run", "--project", start).code == 0
    counted = {}
    for words in ((), ("--last",)):
        said = kadenz("show", "nearness", *words, "--list", "--project", start, "--format", "json")
        assert said.code == 0, said.err
        told = json.loads(said.out)
        stages = {name: n for name, n in told["summary"].items() if name.startswith("stage_")}
        counted[words] = stages, sorted((row["contact"], row["stage"]) for row in told["rows"])
    assert counted[()] == counted[("--last",)]
    assert all(counted[()][0].values()), "somebody stands in each"
    overview = kadenz("show", "--last", "--project", start)
    near = counted[()][0]["stage_near"]
    line = next(line for line in overview.out.splitlines() if "score nearness, stage near" in line)
    assert line.split()[-1] == str(near)
