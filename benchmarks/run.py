"""All benchmarks, or some: `make bench`, `make bench-quick`.

    .venv-bench/bin/python -m benchmarks.run [--quick] [--only SUITE,..] [--engine NAME] [--rounds N] [--data FOLDER]

Prints a table, and writes `latest.json` (a list of figures, each with when and on what it was measured), `latest.md`
and `latest.svg` beside this module, the day's file in `history`, and the tables of docs/performance.md. With `--quick`
it writes the first three into `benchmarks/quick`, which is not kept in Git. With `--only`, `--engine` and `--contacts`
what was not measured again stays as it was, with its date. Ends with 1 if a suite failed or answers differ; a missed
target is told and is no failure.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.status import Status

from benchmarks import page, picture, telling
from benchmarks.figures import SUITES, Figure, Options
from benchmarks.machine import in_words, machine

FAILED = "failed"
"""The figure of a suite that did not end."""

HERE = Path(__file__).resolve().parent


def measured(names: Sequence[str], options: Options) -> Iterator[tuple[str, Figure]]:
    """The figures of these suites, each when it is known. A suite that fails ends with a figure that says why."""
    for name in names:
        options.say(name)
        try:
            for figure in importlib.import_module(SUITES[name]).figures(options):
                yield name, figure
        except Exception as error:  # noqa: BLE001  # the others are still worth their time
            yield name, Figure(FAILED, None, "", note=f"{type(error).__name__}: {error}")


def write(found: Mapping[str, Any], folder: Path, history: Path | None) -> None:
    """Write results as data, table and picture; to `history` as data under the day's date."""
    folder.mkdir(exist_ok=True)
    _dump(found["figures"], folder / "latest.json")
    (folder / "latest.md").write_text(telling.markdown(found), encoding="utf-8")
    (folder / "latest.svg").write_text(picture.svg(found), encoding="utf-8")
    if history is not None:
        history.mkdir(exist_ok=True)
        _dump(found, history / f"{found['at'][:10]}.json")


def _dump(data: object, path: Path) -> None:
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def joined(
    path: Path, names: Sequence[str], rows: Sequence[Mapping[str, Any]], *, partly: bool = False
) -> list[Mapping[str, Any]]:
    """The rows of this run, with those of the last time that it did not measure again, in the order of the suites.
    `partly`: of the suites `names` not everything was measured."""
    before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    before = before if isinstance(before, list) else []  # an older file has another form
    again = {(row["suite"], row["name"]) for row in rows}
    found = [
        row
        for row in before
        if row["suite"] in SUITES and (row["suite"], row["name"]) not in again and (partly or row["suite"] not in names)
    ]
    order = list(SUITES)
    return sorted([*found, *rows], key=lambda row: order.index(row["suite"]))


def main() -> None:
    """Measure, print, write."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--quick", action="store_true", help="small sizes: some minutes")
    options.add_argument("--only", default="", help=f"of {', '.join(SUITES)}; commas between")
    options.add_argument("--rounds", type=int, default=None, help="how often each entry is measured (3; quick: 2)")
    options.add_argument("--data", type=Path, default=HERE / "data", help="where filled projects are kept")
    options.add_argument("--contacts", type=int, help="at most so many, where the machine is too small for all")
    options.add_argument("--engine", help="SQLite, DuckDB or Postgres alone, in suites that measure several")
    chosen = options.parse_args()
    names = [name.strip() for name in chosen.only.split(",") if name.strip()] or list(SUITES)
    if unknown := [name for name in names if name not in SUITES]:
        raise SystemExit(f"there is no suite `{unknown[0]}`; there are {', '.join(SUITES)}")
    folder = HERE / "quick" if chosen.quick else HERE
    console = Console(stderr=True)
    rows: list[dict[str, Any]] = []
    on = machine()
    with tempfile.TemporaryDirectory() as scratch, console.status("benchmarks") as status:
        told = Options(
            quick=chosen.quick,
            rounds=chosen.rounds or (2 if chosen.quick else 3),
            data=chosen.data,
            scratch=Path(scratch),
            say=_teller(console, status),
            contacts=chosen.contacts,
            engine=chosen.engine,
        )
        where = {"at": f"{datetime.now(UTC):%Y-%m-%d %H:%M}", "machine": in_words(on)}
        for suite, figure in measured(names, told):
            rows.append({**figure.json(suite), **where})
            told.say(f"{suite}: {figure.name}: {telling.number(figure.figure, figure.unit)}")
    figures = joined(folder / "latest.json", names, rows, partly=bool(chosen.engine or chosen.contacts))
    found = {**where, "quick": chosen.quick, "machine": on, "figures": figures}
    write(found, folder, None if chosen.quick else HERE / "history")
    if not chosen.quick:
        page.renew()
    print(telling.text({**found, "figures": rows}))
    print(f"\nwritten: {folder.name}/latest.json, latest.md, latest.svg")
    sys.exit(any(row["equal"] is False or row["name"] == FAILED for row in rows))


def _teller(console: Console, status: Status) -> Callable[[str], None]:
    """Where a run stands: a line that moves on a terminal, one line after the other elsewhere."""

    def say(words: str) -> None:
        if console.is_terminal:
            status.update(words)
        else:
            console.print(f"{datetime.now(UTC):%H:%M:%S} {words}", highlight=False)

    return say


if __name__ == "__main__":
    main()
