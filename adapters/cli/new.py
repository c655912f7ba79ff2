"""`kadenz new`: playbook text that writes itself, for people to go on from."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.common import CLEAN, AtOption, ProjectOption, bad_input, instant_of, note, open_workspace, say

if TYPE_CHECKING:
    from adapters.testing.inventing import Written

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.callback()
def new() -> None:
    """Write playbook text to go on from."""


@app.command("test")
def write_test(
    segment: Annotated[str | None, typer.Option("--segment", metavar="S", help="the segment to test")] = None,
    trigger: Annotated[str | None, typer.Option("--trigger", metavar="T", help="the trigger to test")] = None,
    project: ProjectOption = Path(),
    at: AtOption = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE", help="where to write it (default playbooks/tests/NAME.play; - prints it)"
        ),
    ] = None,
) -> int:
    """A `test` with invented people on both sides of each boundary of a segment or a trigger. It passes as the
    playbooks stand, and fails when a boundary moves."""
    from adapters.testing.inventing import NothingToInvent, for_segment, for_trigger
    from engine.instants import local_date, scheduled_instant
    from engine.zones import zone

    workspace = open_workspace(project)
    if (segment is None) == (trigger is None):
        raise bad_input("say what the test is for: --segment S or --trigger T")
    name = segment or trigger or ""
    model = workspace.model
    known = model.segments if segment else model.triggers
    if name not in known:
        from difflib import get_close_matches

        close = get_close_matches(name, known, 1)
        hint = f"; did you mean `{close[0]}`?" if close else ""
        raise bad_input(f"there is no {'segment' if segment else 'trigger'} `{name}`{hint}")
    if any(one.name == f"{name} at its boundaries" for one in model.scenarios):
        raise bad_input(f"there is a test `{name} at its boundaries` already")
    place = zone(workspace.project.time_zone)
    asked = instant_of(at, workspace.project.time_zone)
    noon = scheduled_instant(local_date(asked, place), 12 * 60, place) if at is None else asked
    file = f"playbooks/tests/{name}.play"
    target = workspace.project.directory / file if out is None else out
    if str(out) != "-" and target.exists():
        raise bad_input(f"{target} is there already; name another with --out")
    try:
        found = (for_segment if segment else for_trigger)(workspace, name, noon, file)
    except NothingToInvent as error:
        raise bad_input(str(error)) from error
    if not found.outcome.passed:
        raise RuntimeError(f"the test that was written does not pass:\n{found.text}")
    if str(out) == "-":
        sys.stdout.write(found.text)
    else:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(found.text, encoding="utf-8")
        except OSError as error:
            raise bad_input(f"{target} cannot be written: {error.strerror or error}") from error
        say(f"{target}: written, and it passes")
    _tell(found, workspace.project.texts)
    return CLEAN


def _tell(found: Written, texts: Mapping[str, str]) -> None:
    """What nobody could be invented for, on standard error."""
    for item, answers in found.missing:
        clause = " ".join(item.span.text(texts[item.span.file]).split())
        what = f"{item.text} of `{clause}`" if item.kind == "boundary" else f"`{clause}`"
        note(f"kadenz: nobody was found for {what} ({', '.join(answers)}): line {item.span.line} of {item.span.file}")
