"""The bytes of a file, packed by gzip or not, with errors as people read them and a fingerprint of what was read."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from adapters.sources.cells import SourceError

GZIP = b"\x1f\x8b"
_ENDS = 1 << 16
"""Bytes at the beginning and at the end of a file that its fingerprint holds."""


@dataclass(frozen=True, slots=True)
class Bytes:
    """An open file: `file` gives its content unpacked, `position` how far the file on disk is read."""

    file: BinaryIO
    position: Callable[[], int]


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file on disk. `name`: as messages call it."""

    path: Path
    name: str

    @contextmanager
    def open(self) -> Iterator[Bytes]:
        """The content. Raises SourceError if the file cannot be read, also on the way."""
        try:
            with self.path.open("rb") as raw:
                start = raw.read(2)
                raw.seek(0)
                if start == GZIP:
                    with gzip.GzipFile(fileobj=raw, mode="rb") as unpacked:
                        yield Bytes(unpacked, raw.tell)  # type: ignore[arg-type]
                else:
                    yield Bytes(raw, raw.tell)
        except EOFError as error:
            raise SourceError(f"`{self.name}` is cut off: the compressed file ends too early, copy it again") from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise SourceError(f"`{self.name}` is damaged and cannot be unpacked, copy it again") from error
        except OSError as error:
            raise SourceError(f"`{self.name}` cannot be read: {error.strerror or error}") from error

    def start(self) -> bytes:
        """The first bytes of the content."""
        with self.open() as opened:
            return opened.file.read(4096)

    @property
    def packed(self) -> bool:
        """Whether the file is compressed."""
        try:
            with self.path.open("rb") as raw:
                return raw.read(2) == GZIP
        except OSError as error:
            raise SourceError(f"`{self.name}` cannot be read: {error.strerror or error}") from error

    @property
    def size(self) -> int:
        """Bytes on disk."""
        try:
            return self.path.stat().st_size
        except OSError as error:
            raise SourceError(f"`{self.name}` cannot be read: {error.strerror or error}") from error

    @property
    def kind(self) -> str:
        """The kind of file by its name, without `.gz`: `.csv`."""
        bare = self.path.with_suffix("") if self.path.suffix.casefold() == ".gz" else self.path
        return bare.suffix.casefold()

    def stamp(self) -> tuple[int, int]:
        """Size and time of the last change: cheap to ask between batches."""
        try:
            found = self.path.stat()
        except OSError as error:
            raise SourceError(f"`{self.name}` cannot be read: {error.strerror or error}") from error
        return found.st_size, found.st_mtime_ns

    def fingerprint(self) -> str:
        """Size, time of the last change, and a hash of both ends."""
        size, changed = self.stamp()
        digest = hashlib.sha256()
        try:
            with self.path.open("rb") as raw:
                digest.update(raw.read(_ENDS))
                raw.seek(max(0, size - _ENDS))
                digest.update(raw.read(_ENDS))
        except OSError as error:
            raise SourceError(f"`{self.name}` cannot be read: {error.strerror or error}") from error
        return f"{size}-{changed}-{digest.hexdigest()[:32]}"
