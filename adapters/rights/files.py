"""Files that we wrote and that are about people who were forgotten: messages of folder channels, calls of hooks,
notices, rehearsals, rows of lists.

Ours is what lies below `output` of kadenz.yaml and in the folders that its channels, teams and hooks name. What
somebody has fetched from there is theirs to delete.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from zipfile import BadZipFile, ZipFile

from adapters.channel_config import BatchConfig, FolderConfig
from adapters.rights.secret import RightsError

if TYPE_CHECKING:
    from adapters.project import Project

Theirs = Callable[[str], bool]
"""Whether a text is the key, or an address, of somebody who was forgotten."""

_HEAD = 4_096
_NAMED = 12
"""So many letters of a message's key stand in the name of its file (`channels.folder.file_name`)."""
_CELL = re.compile(r"<t(?: [^>]*)?>([^<]*)</t>")
_LISTS = {".csv": ",", ".tsv": "\t"}


@dataclass(frozen=True, slots=True)
class Cleaned:
    """How many files were deleted, and how many written anew without some of their rows; `left`: workbooks with rows of
    theirs, which somebody must delete by hand."""

    deleted: int = 0
    rewritten: int = 0
    left: tuple[str, ...] = ()


def folders_of(project: Project) -> list[Path]:
    """The folders whose files are ours, outer ones only."""
    kinds = (FolderConfig, BatchConfig)
    configs = (*project.channels.values(), *project.teams.values(), *project.hooks.values())
    named = {one.folder.resolve() for one in configs if isinstance(one, kinds)} | {project.output.resolve()}
    return [one for one in sorted(named) if not any(other in one.parents for other in named)]


def texts_of(folders: Collection[Path], keys: Collection[str]) -> dict[str, list[str]]:
    """What our files say of the messages with these keys, as far as they are there."""
    named = {key[:_NAMED]: key for key in keys}
    found: dict[str, list[str]] = {}
    for path in _files(folders) if named else ():
        key = named.get(_mark(path))
        if key is not None:
            found.setdefault(key, []).append(path.read_text(encoding="utf-8", errors="replace"))
    return found


def _mark(path: Path) -> str:
    """The letters of a message's key in a file's name."""
    return path.name.removeprefix(".").split(".", 1)[0].rsplit("-", 1)[-1][:_NAMED]


def clean(folders: Collection[Path], keys: Collection[str], theirs: Theirs) -> Cleaned:
    """Delete the files of messages with these keys and every other file about somebody who is `theirs`; take their rows
    out of lists. Links are not followed. Raises RightsError where a file cannot be read or deleted."""
    named = frozenset(key[:_NAMED] for key in keys)
    whole = frozenset(keys)

    def told(text: str) -> bool:
        return text in whole or theirs(text)

    deleted = rewritten = 0
    left: list[str] = []
    for path in _files(folders):
        try:
            if path.suffix == ".xlsx":
                left += [str(path)] if _in_workbook(path, told) else []
                continue
            match _without(path, named, told):
                case None:
                    path.unlink(missing_ok=True)
                    deleted += 1
                case bytes() as data:
                    _replace(path, data)
                    rewritten += 1
                case _:
                    pass
        except OSError as error:
            raise RightsError(f"{path} is about somebody who is to be forgotten, and stays: {error}") from error
    return Cleaned(deleted, rewritten, tuple(left))


def _files(folders: Collection[Path]) -> Iterator[Path]:
    for folder in folders:
        for place, inner, names in os.walk(folder, followlinks=False):
            inner.sort()
            for name in sorted(names):
                path = Path(place) / name
                if path.is_file() and not path.is_symlink():
                    yield path


def _without(path: Path, named: Collection[str], theirs: Theirs) -> bytes | bool | None:
    """None: the file is theirs. Bytes: what it is without their rows. True: nothing in it is theirs."""
    if _mark(path) in named:
        return None
    end = next((one for one in reversed(path.suffixes) if one != ".part"), "")
    if end in _LISTS:
        return _rows(path.read_bytes(), _LISTS[end], theirs)
    if end == ".jsonl":
        return _lines(path.read_bytes(), theirs)
    if end == ".json":
        return _in_list(path.read_bytes(), theirs)
    with path.open("rb") as file:
        head = file.read(_HEAD).decode("utf-8", "replace")
    told = (line.partition(": ") for line in head.split("\n\n", 1)[0].splitlines())
    return None if any(name in ("contact", "to") and theirs(value) for name, _, value in told) else True


def _rows(data: bytes, comma: str, theirs: Theirs) -> bytes | bool:
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    text = data.removeprefix(mark).decode("utf-8", "surrogateescape")
    first = text.partition("\n")[0]
    if comma == "," and first.count(";") > first.count(","):
        comma = ";"
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=comma))
    # a cell that begins like a formula was written with an apostrophe before it
    kept = [row for row in rows if not any(theirs(cell) or theirs(cell.removeprefix("'")) for cell in row)]
    if len(kept) == len(rows):
        return True
    written = io.StringIO(newline="")
    quoting: Literal[0, 1] = csv.QUOTE_ALL if first.startswith('"') else csv.QUOTE_MINIMAL
    end = "\r\n" if "\r\n" in text else "\n"
    csv.writer(written, delimiter=comma, lineterminator=end, quoting=quoting).writerows(kept)
    return mark + written.getvalue().encode("utf-8", "surrogateescape")


def _lines(data: bytes, theirs: Theirs) -> bytes | bool:
    lines = data.splitlines(keepends=True)
    kept = [line for line in lines if not _in_json(line, theirs)]
    return b"".join(kept) if len(kept) < len(lines) else True


def _in_list(data: bytes, theirs: Theirs) -> bytes | bool | None:
    """A table is a list of rows; anything else is about one person."""
    try:
        held = json.loads(data)
    except ValueError:
        return True
    if not isinstance(held, list):
        return None if _in_json(data, theirs) else True
    kept = [row for row in held if not _in_json(json.dumps(row).encode(), theirs)]
    return True if len(kept) == len(held) else (json.dumps(kept, ensure_ascii=False, indent=2) + "\n").encode()


def _in_workbook(path: Path, theirs: Theirs) -> bool:
    try:
        with ZipFile(path) as book:
            parts = [name for name in book.namelist() if name.startswith("xl/") and name.endswith(".xml")]
            texts = (book.read(name).decode("utf-8", "replace") for name in parts)
            return any(theirs(unescape(cell)) for text in texts for cell in _CELL.findall(text))
    except BadZipFile:
        return False


def _in_json(data: bytes, theirs: Theirs) -> bool:
    try:
        waiting: list[Any] = [json.loads(data)]
    except ValueError:
        return False
    while waiting:
        match waiting.pop():
            case dict() as held:
                waiting.extend(held.values())
            case list() as held:
                waiting.extend(held)
            case str() as text if theirs(text):
                return True
            case _:
                pass
    return False


def _replace(path: Path, data: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
