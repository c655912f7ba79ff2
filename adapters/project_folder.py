"""The files of a project, read as if nobody had looked at them yet: plain files inside the folder, no links, UTF-8."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dsl.diagnostics import Diagnostic, Label
from dsl.spans import Span, span_of

MAX_BYTES = 4_000_000
"""No more than this is read of any file; each kind of file has its own, smaller limit."""
MAX_FILES = 5_000


@dataclass(slots=True)
class Folder:
    """Reads files of a project; what cannot be read is reported (K0910). `texts` holds what was read, by path."""

    root: Path
    texts: dict[str, str] = field(default_factory=dict)
    found: list[Diagnostic] = field(default_factory=list)

    def read(self, name: str) -> str | None:
        """The text of a file, line ends made one newline and a BOM taken off; None if it is missing or not to be read.

        `name` is relative to the project, with slashes. A file that does not exist is no finding.
        """
        path = self.root.joinpath(*name.split("/"))
        if any(part.is_symlink() for part in self._chain(name)):
            self._refused(name, "links are not followed: a file of the project lies in the project")
            return None
        try:
            handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            self._refused(name, f"this file cannot be opened: {(error.strerror or '').lower()}")
            return None
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                self._refused(name, "this is not a plain file")
                return None
            data = file.read(MAX_BYTES + 1)
        return self._taken(name, data)

    def _taken(self, name: str, data: bytes | None) -> str | None:
        """Keep what was read, if it is text and not too much of it (None: more than MAX_BYTES)."""
        if data is None or len(data) > MAX_BYTES:
            self._refused(name, f"this file is larger than {MAX_BYTES // 1_000_000} MB")
            return None
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self._not_utf8(name, data, error.start)
            return None
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        self.texts[name] = text
        return text

    def files(self, below: str, ending: str) -> Iterator[tuple[str, str]]:
        """Path and text of all files below a folder whose names end so, sorted by path."""
        names = list(self._names(below, ending))
        if len(names) > MAX_FILES:
            self._refused(below, f"more than {MAX_FILES} files")
        for name in sorted(names)[:MAX_FILES]:
            text = self.read(name)
            if text is not None:
                yield name, text

    def _names(self, below: str, ending: str) -> Iterator[str]:
        top = self.root / below
        if top.is_symlink():
            self._refused(below, "links are not followed: a folder of the project lies in the project")
            return
        for folder, folders, files in os.walk(top):
            here = Path(folder)
            for name in sorted(folders):
                if (here / name).is_symlink():
                    self._refused(self._name(here / name), "links are not followed: a folder of the project lies in it")
            yield from (self._name(here / name) for name in files if name.endswith(ending) and not name.startswith("."))

    def _name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def _chain(self, name: str) -> Iterator[Path]:
        path = self.root
        for part in name.split("/"):
            path = path / part
            yield path

    def _refused(self, name: str, why: str) -> None:
        self.found.append(Diagnostic("K0910", why, Label(Span(name, 0, 0, 1, 1, 1, 1))))

    def _not_utf8(self, name: str, data: bytes, at: int) -> None:
        text = data.decode("utf-8-sig", errors="replace").replace("\r\n", "\n")
        self.texts[name] = text
        place = text.find("�")
        span = span_of(name, text, place, place + 1) if place >= 0 else Span(name, 0, 0, 1, 1, 1, 1)
        help_ = ("save the file as UTF-8",)
        self.found.append(Diagnostic("K0910", f"byte {at + 1} is not UTF-8 text", Label(span), help=help_))
