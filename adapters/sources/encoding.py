"""Which characters a file is written in: byte order marks first, then what the bytes themselves say."""

from __future__ import annotations

import codecs
import re

from adapters.sources.raw import RawFile

CHUNK = 1 << 20

NAMES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with byte order mark",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252",
}
"""Python's name -> what people call it."""

_ASCII = re.compile(r"[\x00-\x7f]+")
_BROKEN = re.compile("[\ud800-\udfff]+")


def recognise_encoding(raw: RawFile) -> str:
    """Python's name of the encoding of a text file. Reads the whole file once, a megabyte at a time.

    Bytes that are mostly valid UTF-8 are UTF-8 (the few broken lines go to the quarantine later); otherwise
    Windows-1252, as Excel writes it. Raises SourceError if the file cannot be read to its end.
    """
    with raw.open() as opened:
        file = opened.file
        start = file.read(4096)
        if start.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if len(start) >= 4 and start[1::2].count(0) > len(start) // 3 > start[::2].count(0):
            return "utf-16-le"
        if len(start) >= 4 and start[::2].count(0) > len(start) // 3 > start[1::2].count(0):
            return "utf-16-be"
        good = bad = 0
        decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        chunk = start
        while chunk:
            text = decoder.decode(chunk)
            if not text.isascii():
                # what is not ASCII, then what of it is no character
                special = len(_ASCII.sub("", text))
                broken = len(text) - len(_BROKEN.sub("", text))
                good += special - broken
                bad += broken
            chunk = file.read(CHUNK)
        bad += len(decoder.decode(b"", final=True))
    return "utf-8" if bad == 0 or good > bad else "cp1252"
