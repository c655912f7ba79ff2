"""The inbox: what came in from outside is on the disk here before anybody is told that it was taken.

One file of JSON lines beside the journal of hand-overs, flushed at each arrival, so that a withdrawal is safe while the
ledger is locked, away, or just being put back. Whoever takes it over (`kadenz serve`, `kadenz run`) sets the file aside
under a number first and deletes it when everything in it is stored; one that is cut off in between is taken over again,
which changes nothing. What is stored has left the inbox: it holds personal data no longer than that.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from adapters.stores.facts_migrations import StoreError
from adapters.stores.turns import wait

NAME = "arrivals.jsonl"
PATIENCE = 30.0
"""Seconds to wait for somebody else who takes the inbox over."""

Line = dict[str, Any]


class InboxError(StoreError):
    """The inbox cannot be read or written. The text is for people."""


class Inbox:
    """The inbox in a folder. Several processes may write at once, one at a time takes over."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / NAME

    def put(self, lines: Sequence[Line]) -> None:
        """Write arrivals down; they are on the disk when this returns. Raises InboxError: they are not."""
        data = "".join(json.dumps(line, ensure_ascii=True) + "\n" for line in lines).encode()
        with self._told("written"), self._locked() as handle:
            end = os.fstat(handle).st_size
            try:
                rest = data
                while rest:
                    rest = rest[os.write(handle, rest) :]
                os.fsync(handle)
            except OSError:
                os.ftruncate(handle, end)  # a half line would hide what comes after it
                raise

    def waiting(self) -> bool:
        """Whether anything is there; cheap."""
        try:
            return bool(self._path.stat().st_size) or bool(self._aside())
        except OSError:
            return bool(self._aside())

    @contextmanager
    def taking(self, patience: float = PATIENCE) -> Iterator[bool]:
        """The right to take over, until the block ends; False where somebody else has it and keeps it."""
        with self._told("read"):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(self._folder / "arrivals.lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            yield wait(lambda: _tried(handle), patience, lambda: None)
        finally:
            os.close(handle)

    def aside(self) -> Sequence[Path]:
        """Set what has come in aside, for whoever has the right; the files to be taken over, oldest first."""
        with self._told("read"):
            if self._path.exists():
                with self._locked() as handle:
                    if os.fstat(handle).st_size:
                        last = max((int(one.stem.rpartition("-")[2]) for one in self._aside()), default=0)
                        self._path.rename(self._folder / f"arrivals-{last + 1:06}.jsonl")
                        _sync(self._folder)
            return self._aside()

    def read(self, path: Path) -> list[Line]:
        """The arrivals of a file that was set aside. A last line without an end was never told to be taken."""
        with self._told("read"):
            whole, _, _ = path.read_bytes().rpartition(b"\n")
            return [json.loads(line) for line in whole.split(b"\n") if line]

    def done(self, path: Path) -> None:
        """Everything in the file is stored."""
        with self._told("written"):
            path.unlink()
            _sync(self._folder)

    def _aside(self) -> list[Path]:
        return sorted(self._folder.glob("arrivals-[0-9]*.jsonl"))

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """The file that stands under the name now, locked, and cut off behind its last whole line."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        while True:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
                if not self._is(handle):
                    continue  # it was set aside while we waited for the lock
                size = os.fstat(handle).st_size
                if size == 0:
                    _sync(self._folder)
                elif os.pread(handle, 1, size - 1) != b"\n":
                    whole = self._path.read_bytes().rfind(b"\n") + 1
                    os.ftruncate(handle, whole)
                yield handle
                return
            finally:
                os.close(handle)

    def _is(self, handle: int) -> bool:
        try:
            return os.path.samestat(os.fstat(handle), self._path.stat())
        except FileNotFoundError:
            return False

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as error:
            why = (getattr(error, "strerror", None) or str(error)).lower()
            raise InboxError(f"the inbox {self._path} cannot be {what}: {why}") from error


def _tried(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
