"""Lines of a text file, a block of them at a time, with the place in the file where each block begins."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from adapters.sources.cells import Place

BLOCK = 1 << 20
"""Bytes that are read at once."""

MAX_LINE = 1 << 20
"""Bytes of one line; what is longer is no table."""

_PLAIN = {"utf-8", "utf-8-sig", "cp1252", "iso8859-1", "iso8859-15", "ascii"}


class Overlong(str):
    """The beginning of a line that is longer than MAX_LINE; the rest was passed over."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines, with their ends as they stand in the file. `place`: of the first one."""

    lines: list[str]
    place: Place


def plain(encoding: str) -> bool:
    """Whether a byte 10 or 13 is the end of a line in this encoding, whatever stands before it."""
    return codecs.lookup(encoding).name in _PLAIN


def blocks(file: BinaryIO, encoding: str, start: Place, size: int = BLOCK) -> Iterator[Block]:
    """The file's lines from a place on, decoded; bytes that are no characters stay visible (surrogateescape).
    `size`: bytes that are read at once."""
    offset, number = start.offset, start.line
    file.seek(offset)
    carry = b""
    while data := file.read(size):
        data = carry + data if carry else data
        # a carriage return alone ends a line too; the last byte may be the first half of one with a line feed
        cut = max(data.rfind(b"\n"), data.rfind(b"\r", 0, len(data) - 1)) + 1
        if not cut:
            if len(data) <= MAX_LINE:
                carry = data
                continue
            long, ending = _skip(file)
            line = Overlong(_decoded(data[:200], encoding, offset) + "\n")
            yield Block([line], Place(offset, number))
            offset, number, carry = offset + len(data) + long, number + 1, ending
            continue
        lines = _split(_decoded(data[:cut], encoding, offset))
        yield Block(lines, Place(offset, number))
        offset, number, carry = offset + cut, number + len(lines), data[cut:]
    if carry:
        yield Block(_split(_decoded(carry, encoding, offset)), Place(offset, number))


def _split(text: str) -> list[str]:
    return [_capped(line) for line in lines] if _long(lines := io.StringIO(text, newline="").readlines()) else lines


def _long(lines: list[str]) -> bool:
    return max(map(len, lines), default=0) > MAX_LINE


def _capped(line: str) -> str:
    return Overlong(line[:200] + "\n") if len(line) > MAX_LINE else line


def _skip(file: BinaryIO) -> tuple[int, bytes]:
    """Pass over the rest of a line: how many bytes that were, and what was read behind it."""
    passed = 0
    while data := file.read(BLOCK):
        at = data.find(b"\n") + 1
        if at:
            return passed + at, data[at:]
        passed += len(data)
    return passed, b""


def _decoded(data: bytes, encoding: str, offset: int) -> str:
    if encoding == "utf-8-sig" and offset:
        encoding = "utf-8"  # a mark further down is a character like others
    return data.decode(encoding, "surrogateescape")
