"""All benchmarks, or some: `make bench`, `make bench-quick`.

    .venv-bench/bin/python -m benchmarks.run [--quick] [--only SUITE,..] [--rounds N] [--data FOLDER]

Prints a table, and writes `latest.json`, `latest.md` and `latest.svg` beside this module, the day's file in `history`,
and the tables of docs/performance.md. With `--quick` it writes the first three into `benchmarks/quick`, which is not
kept in Git. With `--only` the other suites' figures stay as they were. Ends with 1 if a suite failed or answers differ;
a missed target is told and is no failure.
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
from benchmarks.machine import machine

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
    data = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
    (folder / "latest.json").write_text(data, encoding="utf-8")
    (folder / "latest.md").write_text(telling.markdown(found), encoding="utf-8")
    (folder / "latest.svg").write_text(picture.svg(found), encoding="utf-8")
    if history is not None:
        history.mkdir(exist_ok=True)
        (history / f"{found['at'][:10]}.json").write_text(data, encoding="utf-8")


def kept(path: Path, names: Sequence[str]) -> list[dict[str, Any]]:
    """The figures of other suites from the last time."""
    if not path.exists():
        return []
    return [row for row in json.loads(path.read_text(encoding="utf-8"))["figures"] if row["suite"] not in names]


def main() -> None:
    """Measure, print, write."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--quick", action="store_true", help="small sizes: some minutes")
    options.add_argument("--only", default="", help=f"of {', '.join(SUITES)}; commas between")
    options.add_argument("--rounds", type=int, default=None, help="how often each entry is measured (3; quick: 2)")
    options.add_argument("--data", type=Path, default=HERE / "data", help="where filled projects are kept")
    options.add_argument("--contacts", type=int, help="at most so many, where the machine is too small for all")
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
            chosen.quick,
            chosen.rounds or (2 if chosen.quick else 3),
            chosen.data,
            Path(scratch),
            _teller(console, status),
            chosen.contacts,
        )
        for suite, figure in measured(names, told):
            rows.append(figure.json(suite))
            told.say(f"{suite}: {figure.name}: {telling.number(figure.figure, figure.unit)}")
    order = list(SUITES)
    figures = sorted([*kept(folder / "latest.json", names), *rows], key=lambda row: order.index(row["suite"]))
    found = {"at": f"{datetime.now(UTC):%Y-%m-%d %H:%M}", "quick": chosen.quick, "machine": on, "figures": figures}
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
