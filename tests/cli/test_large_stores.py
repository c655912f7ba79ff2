"""No verb takes a whole table into Python: what becomes an object is what was asked for."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.stores import ledger_copying
from adapters.stores.facts import SqliteFacts
from adapters.stores.ledger_database import Bindings, Row
from adapters.stores.ledger_sqlite import SqliteDatabase
from engine.records import Contact
from tests.cli.conftest import Kadenz

MANY = 400
FEW = 100
"""More contacts than this at a time are a table (`test` makes those that its blocks name)."""
KEY_AND_MORE = 3
"""A row with more columns is a record. Keys of all contacts are read for what speaks of all: who consents, say."""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the project of `large` is kept once it was made: making it takes longer than most verbs take."""
    return tmp_path_factory.mktemp("large") / "project"


@pytest.fixture
def large(kept: Path, tmp_path: Path, kadenz: Kadenz, request: pytest.FixtureRequest) -> Path:
    """The start project with many contacts more, and a consent of each, after its first tick."""
    if not kept.exists():
        made: Path = request.getfixturevalue("start")
        _enlarge(made, kadenz)
        shutil.copytree(made, kept)
    return Path(shutil.copytree(kept, tmp_path / "large"))


def _enlarge(project: Path, kadenz: Kadenz) -> None:
    for name in ("contacts", "consents"):
        with (project / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        key = next(iter(rows[0]))
        path = project / "data" / ("more.csv" if name == "contacts" else "more_consents.csv")
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            for n in range(MANY):
                mail = {"email": f"M{n}@example.ch"} if "email" in rows[0] else {}
                writer.writerow({**rows[n % len(rows)], key: f"m{n}", **mail})
        assert kadenz("import", path, "--as", name, "--project", project).code == 0
    (project / "playbooks" / "more.play").write_text(BLOCKS, encoding="utf-8")
    said = kadenz("run", "--project", project)
    assert said.code == 0, said.err


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


LATER = "2027-02-01T12:00Z"
"""A rehearsal: its ledger takes over what the live one knows."""

BLOCKS = """
define far = country = US
define where_to = country
cap household "One a week where people live together"
  at most 1 message per 7 days per city
cap budget "A thousand a day, everybody together"
  at most 1000 messages per 24 hours in total
"""

VERBS = (
    ("explain", "m7"),
    ("explain", "m7@example.ch"),
    ("show", "shipped_to"),
    ("show", "shipped_to", "--list"),
    ("show", "--last"),
    ("show", "shipped_to", "--last", "--list"),
    ("show", "weekly"),
    ("show", "nights"),
    ("show", "nights", "--list"),
    ("show", "far"),
    ("show", "where_to", "--list"),
    ("show", "household"),
    ("show", "budget", "--list"),
    ("show", "shipped_to", "--at", LATER),
    ("show", "far", "--at", LATER),
    ("explain", "m7", "--at", LATER),
    ("check",),
    ("lint",),
    ("test",),
    ("run", "--dry-run"),
    ("run", "--dry-run", "--at", LATER),
)


@pytest.fixture
def records(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each answer of a ledger had that tells whole records of consent, messages or the outbox."""
    sizes: list[int] = []
    real = SqliteDatabase.rows

    def counted(self: SqliteDatabase, sql: str, bindings: Bindings = ()) -> list[Row]:
        found = real(self, sql, bindings)
        if found and len(found[0]) > KEY_AND_MORE:
            sizes.append(len(found))
        return found

    monkeypatch.setattr(SqliteDatabase, "rows", counted)
    monkeypatch.setattr(ledger_copying, "RANGE", FEW - 1)
    return sizes


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_a_verb_makes_objects_of_few_contacts(
    large: Path, kadenz: Kadenz, objects: Callable[[], int], records: list[int], verb: tuple[str, ...]
) -> None:
    objects()
    said = kadenz(*verb, "--project", large)
    assert said.code in ((0, 1) if verb == ("lint",) else (0,)), said.out + said.err  # nothing uses the definitions
    told = objects()
    assert told < FEW
    assert max(records, default=0) < FEW
    if LATER in verb and verb[0] != "explain":
        assert sum(records) > MANY, "a rehearsal takes all consents over, range by range"
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
