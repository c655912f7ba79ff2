"""How far an import is: a bar on standard error where people watch, lines where a log is kept."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.importing.run import Progress

EVERY = 10.0
"""Seconds between two lines."""


@dataclass(slots=True)
class Pace:
    """Rows a second and the seconds that are left, as told by the rows of this run alone. `clock`: seconds."""

    clock: Callable[[], float]
    _begun: tuple[float, int, int] | None = field(default=None)

    def at(self, position: int, size: int, rows: int) -> tuple[int, int | None]:
        """Rows a second, and how many seconds are left where that can be told."""
        now = self.clock()
        if self._begun is None or rows == 0:
            self._begun = (now, position, rows)
        then, first_position, first_rows = self._begun
        seconds, read = now - then, position - first_position
        if seconds <= 0:
            return 0, None
        left = int((size - position) * seconds / read) if read > 0 else None
        return int((rows - first_rows) / seconds), left


def line(position: int, size: int, rows: int, pace: tuple[int, int | None]) -> str:
    """One line of a log: `importing: 45 %, 9,000,000 rows, 80,000 rows/s, 137 s left`."""
    share = f"{100 * position // size} %" if size else "0 %"
    if rows == 0:
        return f"looking for keys that come twice: {share}"
    rate, left = pace
    return f"importing: {share}, {rows:,} rows, {rate:,} rows/s" + ("" if left is None else f", {left:,} s left")


@contextmanager
def lines(write: Callable[[str], object], clock: Callable[[], float]) -> Iterator[Progress]:
    """A line now and then."""
    pace, last = Pace(clock), clock()

    def show(position: int, size: int, rows: int) -> None:
        nonlocal last
        told = pace.at(position, size, rows)
        if clock() - last >= EVERY:
            last = clock()
            write(line(position, size, rows, told) + "\n")

    yield show


@contextmanager
def bar(clock: Callable[[], float]) -> Iterator[Progress]:
    """A bar on standard error, gone at the end."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rows]:,} rows"),
        TextColumn("{task.fields[rate]:,} rows/s"),
        TextColumn("{task.fields[left]}"),
    )
    pace = Pace(clock)
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("reading", total=None, rows=0, rate=0, left="")

        def show(position: int, size: int, rows: int) -> None:
            rate, left = pace.at(position, size, rows)
            words = "looking for keys that come twice" if rows == 0 else "importing"
            until = "" if left is None else f"{left // 60}:{left % 60:02d} left"
            shown.update(task, description=words, total=size, completed=position, rows=rows, rate=rate, left=until)

        yield show


@contextmanager
def progress(wanted: bool | None, *, quiet: bool, clock: Callable[[], float]) -> Iterator[Progress | None]:
    """What the user asked for: None is a bar on a terminal, and nothing elsewhere or where the output is `quiet`."""
    terminal = sys.stderr.isatty()
    if wanted is False or (wanted is None and (quiet or not terminal)):
        yield None
    elif terminal:
        with bar(clock) as show:
            yield show
    else:
        with lines(sys.stderr.write, clock) as show:
            yield show
