"""A disk that loses what was not flushed: the file layer below SQLite keeps the image that a power cut would leave.

Writes that came after the last flush of their file may have reached the disk or not, each by itself, and the last one
in part, in sectors of 512 bytes (reliability.md §6.3). What lies in shared memory is gone.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

SECTOR = 512


@dataclass(slots=True)
class _Kept:
    """One file: what is on the disk for certain, and what was written since."""

    flushed: bytearray = field(default_factory=bytearray)
    since: list[tuple[int, bytes] | int] = field(default_factory=list)
    """A write (offset, data), or a length that the file was cut to."""

    def image(self, chance: random.Random) -> bytes:
        """What a power cut would leave."""
        left = bytearray(self.flushed)
        for one in self.since:
            if chance.random() < 0.5:
                continue
            if isinstance(one, tuple) and chance.random() < 0.3:
                sectors = len(one[1]) // SECTOR
                one = one[0], one[1][: SECTOR * chance.randint(0, sectors)]  # noqa: PLW2901  # torn
            _apply(left, one)
        return bytes(left)

    def flush(self) -> None:
        """Everything so far is on the disk."""
        for one in self.since:
            _apply(self.flushed, one)
        self.since.clear()


def _apply(to: bytearray, one: tuple[int, bytes] | int) -> None:
    if isinstance(one, int):
        del to[one:]
        return
    offset, data = one
    if len(to) < offset:
        to.extend(bytes(offset - len(to)))
    to[offset : offset + len(data)] = data


class Disk(apsw.VFS):
    """The file layer of this machine, remembering. `on_step` is called after each write, cut and flush."""

    def __init__(self) -> None:
        self.usual = apsw.vfs_names()[0]
        super().__init__("losing", self.usual)
        self.files: dict[str, _Kept] = {}
        self.on_step: Callable[[], None] = lambda: None

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:
        path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        return _File(self, name, flags, self.files.setdefault(path, _Kept()))

    def xDelete(self, filename: str, syncdir: bool) -> None:
        self.files.pop(filename, None)
        super().xDelete(filename, syncdir)

    def cut(self, chance: random.Random) -> Mapping[str, bytes]:
        """The files as a power cut at this instant would leave them, by path."""
        return {path: kept.image(chance) for path, kept in self.files.items()}


class _File(apsw.VFSFile):
    def __init__(self, disk: Disk, name: Any, flags: list[int], kept: _Kept) -> None:
        super().__init__(disk.usual, name, flags)
        self._disk = disk
        self._kept = kept

    def xWrite(self, data: bytes, offset: int) -> None:
        super().xWrite(data, offset)
        self._kept.since.append((offset, bytes(data)))
        self._disk.on_step()

    def xTruncate(self, size: int) -> None:
        super().xTruncate(size)
        self._kept.since.append(size)
        self._disk.on_step()

    def xSync(self, flags: int) -> None:
        super().xSync(flags)
        self._kept.flush()
        self._disk.on_step()


@contextmanager
def losing_disk() -> Iterator[Disk]:
    """Every file that SQLite opens inside lies on such a disk."""
    disk = Disk()
    apsw.set_default_vfs("losing")
    try:
        yield disk
    finally:
        apsw.set_default_vfs(disk.usual)
        disk.unregister()


def put_back(image: Mapping[str, bytes], folder: Path) -> None:
    """The files of an image into another folder."""
    folder.mkdir()
    for path, data in image.items():
        (folder / Path(path).name).write_bytes(data)
