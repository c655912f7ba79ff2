"""Batch files in a folder: exactly one file per batch id, whole or not there, whatever was interrupted.

Beside the files the hidden folder `.batches` holds, for each batch, what is being made and what was made:

| there | it says |
|---|---|
| `ID.part` | the bytes, not yet handed over |
| `ID.open` and `ID.part` | the record of the batch is written too; nothing has been handed over |
| `ID.open` alone | the bytes got their name, which is the hand-over; the manifest may be missing |
| `ID.done` | the manifest is there as well |

The rename of `ID.part` to the file's name is the one step that counts. So it is known afterwards what was handed over
also where somebody has taken the file away. Whoever makes a batch holds the lock of the folder: what somebody else
finds unfinished under the lock belongs to a run that died, and is taken away. A record holds decision keys, and
nothing of a person.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.protocols import Receipt

BATCH_POINTS: tuple[str, ...] = ("written", "recorded", "renamed", "told")
"""Where a crash may be asked for, once for each batch: between "marked" of its last row and "handed over"."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A file to be made. `keys`: the decision keys of its rows, in order; `about` is told in the manifest."""

    id: str
    name: str
    data: bytes
    keys: tuple[str, ...]
    about: Mapping[str, Any]


def batch_id(channel: str, keys: Sequence[str]) -> str:
    """The id of a batch of these messages: 16 hex digits, the same for the same messages."""
    return hashlib.sha256("\n".join([channel, *sorted(keys)]).encode()).hexdigest()[:16]


def _no_point(_: str) -> None:
    """Where no crash is asked for."""


class BatchFiles:
    """The batches of one folder. Several processes may make some at once."""

    def __init__(self, folder: Path, point: Callable[[str], None] = _no_point) -> None:
        self._folder = folder
        self._hidden = folder / ".batches"
        self._point = point
        self._read: set[str] = set()
        self._handed_over: dict[str, str] = {}

    def ready(self) -> None:
        """Make the folders. Raises OSError where no file can be made."""
        self._hidden.mkdir(parents=True, exist_ok=True)
        for folder in (self._folder, self._hidden):
            if not os.access(folder, os.W_OK | os.X_OK):
                raise PermissionError(13, "permission denied")

    def handed_over(self) -> Mapping[str, str]:
        """Decision key -> name of the file in which it was handed over. Each record is read once. Raises OSError."""
        if not self._hidden.is_dir():
            return {}
        with self._locked():
            self._tidy()
            for path in sorted(self._hidden.glob("*.done")):
                if path.name not in self._read:
                    record = json.loads(path.read_bytes())
                    self._handed_over |= dict.fromkeys(record["keys"], record["manifest"]["file"])
                    self._read.add(path.name)
            return self._handed_over

    def put(self, batch: Batch) -> Receipt:
        """Make the file; the receipt holds for each of its rows. `later`: nothing was handed over."""
        part, opened = self._hidden / f"{batch.id}.part", self._hidden / f"{batch.id}.open"
        try:
            with self._locked():
                self._tidy()
                _write(part, batch.data)
                self._point("written")
                _write(opened, _json({"keys": list(batch.keys), "manifest": manifest(batch)}))
                _flush(self._hidden)
                self._point("recorded")
                part.replace(self._folder / batch.name)
                self._point("renamed")
                return self._named(batch)
        except OSError as error:
            return Receipt("later", f"cannot write into {self._folder}: {(error.strerror or str(error)).lower()}")

    def _named(self, batch: Batch) -> Receipt:
        """The file has its name. What goes wrong now takes nothing back."""
        try:
            _flush(self._folder)
            _flush(self._hidden)
        except OSError:
            return Receipt("uncertain", f"{batch.name} is there, but the disk may forget it", batch.name)
        # a manifest that cannot be written is written by whoever comes next
        with contextlib.suppress(OSError):
            self._tell(self._hidden / f"{batch.id}.open")
            self._point("told")
        return Receipt("sent", provider_id=batch.name)

    def _tell(self, opened: Path) -> None:
        told = json.loads(opened.read_bytes())["manifest"]
        path, hidden = self._folder / f"{told['file']}.manifest.json", self._hidden / f"{opened.stem}.manifest"
        _write(hidden, _json(told))
        hidden.replace(path)
        _flush(self._folder)
        opened.replace(opened.with_suffix(".done"))
        _flush(self._hidden)

    def _tidy(self) -> None:
        """End what dead runs left: under the lock nobody else is at work here."""
        for part in self._hidden.glob("*.part"):
            # the record first: a record without its bytes says that they were handed over
            part.with_suffix(".open").unlink(missing_ok=True)
            _flush(self._hidden)
            part.unlink()
        for opened in self._hidden.glob("*.open"):
            self._tell(opened)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        handle = os.open(self._hidden / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def manifest(batch: Batch) -> dict[str, Any]:
    """What is told of a file beside it."""
    return {
        "file": batch.name,
        "batch": batch.id,
        **batch.about,
        "rows": len(batch.keys),
        "bytes": len(batch.data),
        "sha256": hashlib.sha256(batch.data).hexdigest(),
    }


def _json(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _flush(folder: Path) -> None:
    """Make names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
