"""Saves of a project's files, as they happen: folders are watched, not files, so that an editor that writes beside a
file and renames, a new folder, and a file that comes back are all seen. What comes within a moment is one change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Self

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

QUIET = 0.1
"""Seconds without a further save after which a change is whole."""

LONGEST = 20
"""So many times `QUIET` a change may last while saves go on; then it is told as it is."""

SUFFIXES = frozenset({".play", ".yaml", ".yml", ".j2"})
APART = frozenset({".git", ".kadenz", ".venv", "out", "__pycache__"})
"""Folders in which nothing is part of a project's text."""


class Saves:
    """An iterator of changes, each the files that were saved, moved or deleted (relative to the folder, with slashes).
    Blocks until there is one. Use it as a context manager: inside, nothing is missed."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory.resolve()
        self._seen: SimpleQueue[str] = SimpleQueue()
        self._observer = Observer()

    def __enter__(self) -> Self:
        self._observer.schedule(_Handler(self._directory, self._seen), str(self._directory), recursive=True)
        self._observer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._observer.stop()
        self._observer.join()

    def __iter__(self) -> Iterator[frozenset[str]]:
        while True:
            yield self.next()

    def next(self, timeout: float | None = None) -> frozenset[str]:
        """The next change; empty if there is none within so many seconds (None: waits for it)."""
        try:
            found = {self._seen.get(timeout=timeout)}
        except Empty:
            return frozenset()
        for _ in range(LONGEST):
            try:
                found.add(self._seen.get(timeout=QUIET))
            except Empty:
                break
            found |= self._drained()
        return frozenset(found)

    def _drained(self) -> set[str]:
        found = set()
        while True:
            try:
                found.add(self._seen.get_nowait())
            except Empty:
                return found


class _Handler(FileSystemEventHandler):
    """Puts the names of what changed into a queue; runs in the thread of the observer."""

    def __init__(self, directory: Path, seen: SimpleQueue[str]) -> None:
        self._directory = directory
        self._seen = seen

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Whatever changes text; to read a file changes nothing."""
        if event.event_type in ("opened", "closed_no_write"):
            return
        for path in (event.src_path, getattr(event, "dest_path", "")):
            place = Path(str(path))
            if not path or not place.is_relative_to(self._directory):
                continue
            inside = place.relative_to(self._directory)
            wanted = place.suffix in SUFFIXES or (event.is_directory and event.event_type in ("moved", "deleted"))
            if wanted and not APART & set(inside.parts):
                self._seen.put(inside.as_posix())
