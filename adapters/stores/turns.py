"""One process at a time uses a copy of the facts: it holds an operating system lock, and loses it with its process.

DuckDB lets one process write to a file, and a copy must not go on while somebody evaluates on it. Whoever comes second
waits a while, and knows for whom.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from adapters.stores.facts_migrations import StoreError

PATIENCE = 60.0
"""Seconds to wait for a copy; a tick of a large project takes less."""

PAUSE = 0.05


class Busy(StoreError):
    """Somebody else uses the copy, and went on using it."""


def wait(attempt: Callable[[], bool], patience: float, waiting: Callable[[], None]) -> bool:
    """Try until it works or `patience` (seconds) is over; `waiting` is called before the first wait. Whether it did."""
    end = time.monotonic() + patience
    told = False
    while not attempt():
        if time.monotonic() >= end:
            return False
        if not told:
            waiting()
            told = True
        time.sleep(PAUSE)
    return True


@contextmanager
def turn(path: Path, patience: float, waiting: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock of a copy, a file of its own at `path`, until the block ends. `waiting` hears who holds it.

    Raises Busy if it is not free within `patience` seconds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        if not wait(lambda: _locked(handle), patience, lambda: waiting(_holder(path))):
            raise Busy(f"{_holder(path)} uses the copy of the facts that {path.name} stands for")
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(path: Path) -> str:
    text = path.read_text(encoding="utf-8", errors="replace").strip()
    return f"process {text}" if text.isdigit() else "another process"
