"""Who is alive: a run holds an operating system lock on a file of its own, and loses it with its process.

The lock is for liveness alone. Safety rests on fence and marker: were a living owner taken for dead, a marked row would
become uncertain, or be repeated where a repeat has no effect, and an unmarked one could no longer be marked.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

_FOLDER = "runners"


@contextmanager
def runner(folder: Path | None) -> Iterator[str]:
    """A new owner name, alive until the block ends. `folder`: where the ledger lies (`SqliteLedger.folder`); None in
    memory, where no other process can be."""
    owner = uuid4().hex
    if folder is None:
        yield owner
        return
    path = folder / _FOLDER / owner
    path.parent.mkdir(exist_ok=True)
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    try:
        # INVARIANT: taken before the first claim under this name, which is never used again
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield owner
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)


def is_alive(folder: Path | None, owner: str) -> bool:
    """Whether the owner's process holds its lock. In memory nobody else is."""
    if folder is None:
        return False
    try:
        handle = os.open(folder / _FOLDER / owner, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        # shared, so that two who ask at once do not take each other for the owner
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def forget(folder: Path | None, owner: str) -> None:
    """Remove the file of a dead owner; it may be gone already."""
    if folder is not None:
        with suppress(OSError):
            (folder / _FOLDER / owner).unlink()
