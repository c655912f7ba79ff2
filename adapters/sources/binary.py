"""Files that are no tables: recognised by how they begin, so that nobody imports the bytes of a picture."""

from __future__ import annotations

import codecs

_KINDS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a compressed file (gzip) within a compressed file, unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a compressed file (7z), unpack it first"),
    (b"Rar!", "a compressed file (rar), unpack it first"),
    (b"SQLite format 3\0", "a database"),
    (b"{\\rtf", "a text document"),
)
_ALLOWED = {0x09, 0x0A, 0x0C, 0x0D, 0x1A}
_SHARE = 0.03
"""More control characters than this are no text; a slip in a real file stays far below."""


def no_table(start: bytes) -> str | None:
    """What the file is instead of a table, by its first bytes; None where it may be one."""
    for magic, kind in _KINDS:
        if start.startswith(magic):
            return kind
    if start.lstrip(b"\xef\xbb\xbf \t\r\n")[:15].lower().startswith((b"<!doctype html", b"<html")):
        return "a web page"
    wide = _wide(start)
    if wide is not None:
        text = start[: len(start) // 2 * 2].decode(wide, "replace")
        odd = sum(1 for c in text if (not c.isprintable() and c not in "\t\r\n\f\ufeff") or c == "\ufffd")
        return "binary data" if odd > _SHARE * len(text) + 1 else None
    odd = sum(1 for byte in start if (byte < 0x20 and byte not in _ALLOWED) or byte == 0x7F)
    return "binary data" if odd > _SHARE * len(start) and odd > 4 else None


def _wide(start: bytes) -> str | None:
    """The form of UTF-16, as `recognise_encoding` finds it."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    half = len(start) // 3
    if len(start) >= 4 and start[1::2].count(0) > half > start[::2].count(0):
        return "utf-16-le"
    return "utf-16-be" if len(start) >= 4 and start[::2].count(0) > half > start[1::2].count(0) else None
