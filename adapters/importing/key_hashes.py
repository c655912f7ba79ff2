"""Whether a file names a key more than once, found out with eight bytes a key, most of them on disk."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from contextlib import suppress
from tempfile import TemporaryFile
from typing import IO

PARTS = 256
IN_MEMORY = 500_000
"""Hashes that are kept in memory before they go to disk."""


class KeyHashes:
    """Hashes of the keys of a file, in parts by their last byte: keys that are equal lie in one part.

    Two keys may have one hash by chance; so what `twice` finds is a suspicion, and what it does not find is certain.
    """

    def __init__(self) -> None:
        self._fresh = array("q")
        self._file: IO[bytes] | None = None
        self._pieces: list[list[tuple[int, int]]] = [[] for _ in range(PARTS)]

    def add(self, keys: Iterable[Hashable]) -> None:
        """Take in some keys."""
        self._fresh.extend(map(hash, keys))
        if len(self._fresh) >= IN_MEMORY:
            self._put_away()

    def _put_away(self) -> None:
        if self._file is None:
            self._file = TemporaryFile()  # noqa: SIM115 - closed by `close`
        parts = [array("q") for _ in range(PARTS)]
        for number in self._fresh:
            parts[number & 255].append(number)
        for part, pieces in zip(parts, self._pieces, strict=True):
            if part:
                pieces.append((self._file.tell(), len(part)))
                part.tofile(self._file)
        self._fresh = array("q")

    def twice(self, at_most: int) -> set[int] | None:
        """The hashes that came more than once; None if these are more than `at_most`. Ask once, at the end."""
        found: set[int] = set()
        for numbers in self._whole_parts():
            if len(set(numbers)) < len(numbers):
                found.update(number for number, count in Counter(numbers).items() if count > 1)
                if len(found) > at_most:
                    return None
        return found

    def _whole_parts(self) -> Iterator[array[int]]:
        if self._file is None:
            yield self._fresh
            return
        self._put_away()
        for pieces in self._pieces:
            whole = array("q")
            for offset, count in pieces:
                self._file.seek(offset)
                whole.fromfile(self._file, count)
            yield whole

    def close(self) -> None:
        """Throw the hashes away."""
        with suppress(OSError):
            if self._file is not None:
                self._file.close()
