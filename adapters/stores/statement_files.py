"""The statements of plans as files in the store's folder, so that a run does not begin with making them.

A file's name is the key by which it is asked for, and its first line the digest of the rest. One that is not whole, or
that anything else has been at, is passed over and written anew; to delete the folder costs the next run half a second.
"""

from __future__ import annotations

import os
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

MOST = 64
"""So many files are kept, those that were made last; a plan has a handful."""


class StatementFiles:
    """Implements `engine.sql.statements.Kept` in a folder, which is made when something is put there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def program(self) -> str:
        """The digest of the sources that make statements; empty where they cannot be read."""
        return _program()

    def get(self, key: str) -> str | None:
        """The text as it was put; None if it is not there, or not whole."""
        if not self.program:
            return None
        try:
            head, _, text = (self._folder / f"{key}.json").read_text(encoding="utf-8").partition("\n")
        except (OSError, UnicodeDecodeError):
            return None
        return text if head == _digest(key, text) else None

    def put(self, key: str, text: str) -> None:
        """Keep a text; where that cannot be, nothing happens."""
        if not self.program:
            return
        own = self._folder / f"{key}.{os.getpid()}.new"
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            own.write_text(f"{_digest(key, text)}\n{text}", encoding="utf-8")
            own.replace(self._folder / f"{key}.json")  # as a whole, or not at all
            self._clear()
        except OSError:
            with suppress(OSError):
                own.unlink(missing_ok=True)

    def _clear(self) -> None:
        """Remove what is more than enough, files that somebody did not finish among them."""
        found = sorted(self._folder.iterdir(), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        for path in found[MOST:]:
            path.unlink(missing_ok=True)


def _digest(key: str, text: str) -> str:
    return sha256(f"{key}\n{text}".encode()).hexdigest()


@cache
def _program() -> str:
    """A digest over the sources of this program and the version of the library that writes SQL: no statement is that
    of a program which would make another one."""
    found, sources = sha256(), 0
    for package in ("dsl", "engine"):
        spec = find_spec(package)
        for place in spec.submodule_search_locations or () if spec is not None else ():
            for path in sorted(Path(place).rglob("*.py")):
                found.update(path.relative_to(place).as_posix().encode() + b"\0")
                found.update(path.read_bytes() + b"\0")
                sources += 1
    try:
        found.update(version("sqlglot").encode())
    except PackageNotFoundError:
        return ""
    return found.hexdigest() if sources else ""
