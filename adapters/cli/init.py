"""`kadenz init`: start a project from a ready one."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated

import typer

from adapters.cli.common import CLEAN, bad_input, say

READY = ("start", "loop", "b2b", "shop", "retailer")
"""The ready projects, the smallest first."""

LEFT_OUT = frozenset({"__pycache__", ".kadenz", ".kadenz-journal", "out", "__init__.py"})

IGNORED = """\
# personal data: the store, and messages as files
.kadenz/
.kadenz-journal/
out/
"""


def command(
    directory: Annotated[Path, typer.Argument(help="the new project's folder")] = Path(),
    from_: Annotated[
        str, typer.Option("--from", metavar="NAME", help=f"which ready project: {', '.join(READY)}")
    ] = READY[0],
    project: Annotated[Path | None, typer.Option("--project", metavar="DIR", help="the same as the argument")] = None,
) -> int:
    """Start a project: copies a ready one into an empty folder, and touches nothing that is there."""
    target = (project or directory).resolve()
    if from_ not in READY:
        raise bad_input(f"there is no ready project `{from_}`; there are {', '.join(READY)}")
    written = copy_ready(from_, target)
    ignore = target / ".gitignore"
    if not ignore.exists():
        ignore.write_text(IGNORED, encoding="utf-8")
        written.append(ignore.name)
    say(f"Started from `{from_}` in {target}:")
    for name in written:
        say(f"  {name}")
    here = "" if target == Path.cwd() else f" --project {directory if project is None else project}"
    say(f"\nNext: kadenz check{here}, then kadenz test{here}.")
    if any(name.startswith("data/") for name in written):
        say("Invented data to try it with lie in data/: `kadenz import` brings them in, contacts first.")
    else:
        say(f"It comes without data: `kadenz import FILE --as contacts{here}` brings in your own.")
    return CLEAN


def copy_ready(name: str, target: Path) -> list[str]:
    """Copy a ready project; the files written, relative to `target`. Stop(3) if one of them is there already."""
    with as_file(files("playbooks").joinpath(name)) as source:
        wanted = sorted(
            path.relative_to(source)
            for path in source.rglob("*")
            if path.is_file() and not LEFT_OUT & set(path.relative_to(source).parts)
        )
        there = [path for path in wanted if (target / path).exists()]
        if there:
            raise bad_input(f"`{there[0]}` is in {target} already; nothing was written")
        try:
            for path in wanted:
                (target / path).parent.mkdir(parents=True, exist_ok=True)
                (target / path).write_bytes((source / path).read_bytes())
        except OSError as error:
            raise bad_input(f"{target} cannot be written: {(error.strerror or str(error)).lower()}") from error
    return [path.as_posix() for path in wanted]
