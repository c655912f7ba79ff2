"""Who was forgotten: a list in a file that is no part of the stores' backups, `forgotten.jsonl` beside the journal.

A store that is put back from a backup knows people again who were forgotten since. Each store keeps the ids of the
lines that it has carried out; a line that one of them lacks must be carried out there before anything leaves. The
live ledger keeps the lines themselves, so that a file that is lost, or of another machine, is written again from
there.

No line names anybody. A person is a keyed hash of the key (`adapters.rights.secret`); of addresses that were
suppressed a keyed hash stays, so that they are suppressed again where they come back.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.rights.secret import RightsError
from adapters.stores.ledger_erasing import line_of


@dataclass(frozen=True, slots=True)
class HiddenSuppression:
    """A suppression of an address, by its keyed hash; `channel` None: all of them."""

    address: str
    channel: str | None


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Somebody was forgotten at an instant (microseconds). `contact`: the keyed hash of the key; `nameless`: the key
    under which the ledger's rows count on; `check` tells which secret the hashes are of."""

    id: str
    at: int
    contact: str
    nameless: str
    check: str
    suppressions: tuple[HiddenSuppression, ...] = ()

    @property
    def line(self) -> str:
        """As it is written."""
        hidden = [[one.address, one.channel] for one in self.suppressions]
        held = {"at": self.at, "contact": self.contact, "nameless": self.nameless, "check": self.check}
        return line_of({"id": self.id, "forgotten": {**held, "suppressed": hidden}})


@dataclass(frozen=True, slots=True)
class Returned:
    """Somebody who was forgotten was imported again, as a new person, because somebody said so."""

    id: str
    at: int
    contact: str

    @property
    def line(self) -> str:
        """As it is written."""
        return line_of({"id": self.id, "returned": {"at": self.at, "contact": self.contact}})


Entry = Forgotten | Returned


def entry_of(line: str) -> Entry | None:
    """A line as it was written; None for one of another kind. Raises ValueError, KeyError."""
    data: Mapping[str, Any] = json.loads(line)
    if "forgotten" in data:
        told = data["forgotten"]
        hidden = tuple(HiddenSuppression(*one) for one in told["suppressed"])
        return Forgotten(data["id"], told["at"], told["contact"], told["nameless"], told["check"], hidden)
    if "returned" in data:
        told = data["returned"]
        return Returned(data["id"], told["at"], told["contact"])
    return None


@dataclass(frozen=True, slots=True)
class Known:
    """What the file says. `cleaned`: ids of those whose files on this machine were looked through."""

    entries: tuple[Entry, ...] = ()
    cleaned: frozenset[str] = frozenset()

    @property
    def forgotten(self) -> Sequence[Forgotten]:
        """Everybody who was forgotten, oldest first."""
        return [one for one in self.entries if isinstance(one, Forgotten)]

    @property
    def away(self) -> frozenset[str]:
        """Hashes of the keys of those who were forgotten and have not come back."""
        found: dict[str, bool] = {}
        for one in self.entries:
            found[one.contact] = isinstance(one, Forgotten)
        return frozenset(contact for contact, gone in found.items() if gone)

    @property
    def suppressions(self) -> Mapping[str, frozenset[str | None]]:
        """Hash of an address -> the channels for which it was suppressed (None: all)."""
        found: dict[str, frozenset[str | None]] = {}
        for one in self.forgotten:
            for hidden in one.suppressions:
                found[hidden.address] = found.get(hidden.address, frozenset()) | {hidden.channel}
        return found


class Tombstones:
    """The file at `path`. Several processes may write at once. All calls may raise RightsError."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Known:
        """What the file says; nothing where there is none. A last line that was cut off was never acted on."""
        try:
            if not self.path.exists():
                return Known()
            with self._locked(os.O_RDONLY, fcntl.LOCK_SH) as handle:
                data = _all(handle)
            entries: list[Entry] = []
            cleaned: set[str] = set()
            for line in data[: data.rfind(b"\n") + 1].decode().splitlines():
                told = json.loads(line)
                if "cleaned" in told:
                    cleaned.add(told["cleaned"])
                elif "again" in told:
                    cleaned.discard(told["again"])
                elif (entry := entry_of(line)) is not None:
                    entries.append(entry)
            return Known(tuple(entries), frozenset(cleaned))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise RightsError(f"the list of the forgotten {self.path} cannot be read: {error}") from error

    def add(self, lines: Collection[str]) -> None:
        """Append lines; on the disk when this returns."""
        if not lines:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self._locked(os.O_RDWR | os.O_CREAT | os.O_APPEND, fcntl.LOCK_EX) as handle:
                data = _all(handle)
                if data and not data.endswith(b"\n"):
                    os.ftruncate(handle, data.rfind(b"\n") + 1)
                os.write(handle, "".join(line + "\n" for line in lines).encode())
                os.fsync(handle)
            folder = os.open(self.path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise RightsError(f"the list of the forgotten {self.path} cannot be written: {why}") from error

    def cleaned(self, ids: Collection[str]) -> None:
        """Remember that the files of this machine hold nothing of these any more."""
        self.add([line_of({"cleaned": one}) for one in ids])

    def again(self, ids: Collection[str]) -> None:
        """Remember that the files are to be looked through once more: somebody was writing meanwhile."""
        self.add([line_of({"again": one}) for one in ids])

    @contextmanager
    def _locked(self, flags: int, how: int) -> Iterator[int]:
        handle = os.open(self.path, flags, 0o600)
        try:
            fcntl.flock(handle, how)
            yield handle
        finally:
            os.close(handle)


def _all(handle: int) -> bytes:
    return os.pread(handle, os.fstat(handle).st_size, 0)
