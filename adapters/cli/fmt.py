"""`kadenz fmt`: playbooks in their one canonical layout."""

from __future__ import annotations

import difflib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.common import CLEAN, FINDINGS, ProjectOption, bad_input, note, say

if TYPE_CHECKING:
    from dsl.diagnostics import Diagnostic

ENDING = ".play"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file, or standard input (`path` None): its name as people write it, its bytes, its text as a project reads it
    (no byte order mark, line ends one newline)."""

    name: str
    path: Path | None
    raw: bytes
    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a sheet; with findings it is left alone."""

    sheet: Sheet
    text: str
    found: tuple[Diagnostic, ...]

    @property
    def changed(self) -> bool:
        """Whether the layout differs from what is there, byte for byte."""
        return not self.found and self.text.encode() != self.sheet.raw


def command(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILES", help="files or folders; `-` is standard input; else all of the project"),
    ] = None,
    project: ProjectOption = Path(),
    check: Annotated[bool, typer.Option("--check", help="write nothing; exit 1 if a file would change")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="write nothing; show what would change")] = False,
) -> int:
    """Lay playbooks out. A file with syntax errors is left alone, and the exit code is 1."""
    from dsl.fmt import format_text

    piped = [str(one) for one in files or []] == ["-"]
    sheets = [_standard_input()] if piped else list(_sheets(files, project))
    outcomes = []
    for sheet in sheets:  # all of them first: after a mistake of ours (exit 4) nothing has been written
        done = format_text(sheet.name, sheet.text)
        outcomes.append(Outcome(sheet, done.text, done.diagnostics))
    _report(outcomes)
    if diff:
        for one in outcomes:
            sys.stdout.write(_difference(one))
    if check:
        for one in outcomes:
            if one.changed and not diff and not piped:
                say(f"would change {one.sheet.name}")
    elif piped and not diff:
        sys.stdout.write("".join(one.text for one in outcomes if not one.found))
    elif not diff:
        _write_all(outcomes)
    unclean = any(one.found for one in outcomes) or (check and any(one.changed for one in outcomes))
    return FINDINGS if unclean else CLEAN


def _standard_input() -> Sheet:
    return _sheet("<stdin>", None, sys.stdin.buffer.read())


def _sheets(files: Sequence[Path] | None, project: Path) -> Iterable[Sheet]:
    """The files that are meant, each once; Stop(3) where one is missing or cannot be read."""
    from adapters.project import PROJECT_FILE

    if not files:
        if not (project / PROJECT_FILE).is_file():
            raise bad_input(f"there is no `{PROJECT_FILE}` in {project.resolve()}: name the files, or use --project")
        folder = project / "playbooks"
        return _in_folder(folder, project) if folder.is_dir() else []
    found: dict[Path, Sheet] = {}
    for one in files:
        if str(one) == "-":
            raise bad_input("`-` is standard input and stands alone")
        if not one.exists():
            raise bad_input(f"there is no file `{one}`")
        if one.is_file() and one.suffix != ENDING:
            raise bad_input(f"`{one}` is no playbook: their names end in `{ENDING}`")
        more = _in_folder(one, None) if one.is_dir() else [_read(one, str(one))]
        for sheet in more:
            assert sheet.path is not None, "read from a file"
            found.setdefault(sheet.path.resolve(), sheet)
    return found.values()


def _in_folder(folder: Path, root: Path | None) -> Iterable[Sheet]:
    """All playbooks below a folder, by path; named from `root` where it is given."""
    paths = sorted(p for p in folder.rglob(f"*{ENDING}") if not p.name.startswith("."))
    return [_read(p, (p if root is None else p.relative_to(root)).as_posix()) for p in paths]


def _read(path: Path, name: str) -> Sheet:
    if path.is_symlink() or not path.is_file():
        raise bad_input(f"`{name}` is not a plain file")
    try:
        return _sheet(name, path, path.read_bytes())
    except OSError as error:
        raise bad_input(f"`{name}` cannot be read: {error}") from error


def _sheet(name: str, path: Path | None, raw: bytes) -> Sheet:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise bad_input(f"`{name}`: byte {error.start + 1} is not UTF-8 text; save the file as UTF-8") from error
    return Sheet(name, path, raw, text.replace("\r\n", "\n").replace("\r", "\n"))


def _report(outcomes: Sequence[Outcome]) -> None:
    """Findings go to standard error: standard output is for text and differences."""
    found = [finding for one in outcomes for finding in one.found]
    if found:
        from dsl.report import render

        note(render(found, {one.sheet.name: one.sheet.text for one in outcomes}, colour=sys.stderr.isatty()))
    for one in outcomes:
        if one.found:
            note(f"left alone: {one.sheet.name}")


def _difference(one: Outcome) -> str:
    """A unified diff, empty where nothing changes. Only a newline ends a line here."""
    if not one.changed:
        return ""
    before, after = (_kept_ends(text) for text in (one.sheet.raw.decode(), one.text))
    lines = difflib.unified_diff(before, after, f"a/{one.sheet.name}", f"b/{one.sheet.name}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _kept_ends(text: str) -> list[str]:
    *lines, rest = text.split("\n")
    return [line + "\n" for line in lines] + ([rest] if rest else [])


def _write_all(outcomes: Sequence[Outcome]) -> None:
    changed = [one for one in outcomes if one.changed]
    for one in changed:
        _write(one)
        say(f"laid out {one.sheet.name}")
    same = sum(not one.found for one in outcomes) - len(changed)
    say(f"{_files(len(changed))} changed, {_files(same)} as before")


def _files(n: int) -> str:
    return f"{n} file" if n == 1 else f"{n} files"


def _write(one: Outcome) -> None:
    """Replace the file in one step, so that a crash leaves the old one; one that changed meanwhile is not touched."""
    path = one.sheet.path
    assert path is not None, "only files are written"
    beside: Path | None = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".new")
        beside = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(one.text.encode())
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(path, beside)
        if path.read_bytes() != one.sheet.raw:
            raise bad_input(f"`{one.sheet.name}` changed meanwhile and was left alone; run `kadenz fmt` again")
        beside.replace(path)
        beside = None
    except OSError as error:
        raise bad_input(f"`{one.sheet.name}` cannot be written: {error}") from error
    finally:
        if beside is not None:
            beside.unlink(missing_ok=True)
