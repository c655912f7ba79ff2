"""`kadenz replay`: a period once more, through the code that decides in production; nothing leaves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.common import (
    CLEAN,
    EngineOption,
    FormatOption,
    ProjectOption,
    Workspace,
    bad_input,
    instant_of,
    instant_shown,
    note,
    open_workspace,
    say_json,
)

if TYPE_CHECKING:
    from adapters.engine_choice import Asked
    from adapters.replaying import Rhythm
    from adapters.review.volumes import Volumes

RECORDED = "at the instants at which `run` ticked"


def command(
    start: Annotated[str, typer.Option("--from", metavar="T", help="the instant before the first that counts")],
    end: Annotated[str | None, typer.Option("--to", metavar="T", help="the last instant; by default now")] = None,
    project: ProjectOption = Path(),
    every: Annotated[
        str | None, typer.Option("--every", metavar="D", help="tick each 15m, 1h, 1d; by default where `run` ticked")
    ] = None,
    by_event: Annotated[
        bool, typer.Option("--by-event", help="tick at each event that starts a trigger, and each full hour")
    ] = False,
    base: Annotated[
        str | None, typer.Option("--base", metavar="REF", help="replay the playbooks of a commit beside those here")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="write the page with charts there (HTML)")
    ] = None,
    format: FormatOption = "text",
    engine: EngineOption = "auto",
) -> int:
    """Run a period again with a virtual clock: what would have left, by day, trigger and channel; who was held back by
    what; what came at once after quiet hours. With --base the playbooks of a commit beside those here."""
    workspace = open_workspace(project)
    zone = workspace.project.time_zone
    first, last = instant_of(start, zone), instant_of(end, zone)
    if last <= first:
        raise bad_input("--to lies before --from")
    if every is not None and by_event:
        raise bad_input("--every or --by-event, not both")
    found = replayed(workspace, first, last, every, by_event=by_event, base=base, engine=engine)
    if out is not None:
        from adapters.review.volumes_page import page

        _write(out, page(found, workspace.project.name))
    if format == "json":
        from adapters.review.volumes import to_json

        say_json(to_json(found))
    else:
        from adapters.review.volumes_text import as_text

        typer.echo(as_text(found), nl=False)
    return CLEAN


def replayed(
    workspace: Workspace,
    first: int,
    last: int,
    every: str | None,
    *,
    by_event: bool,
    base: str | None,
    engine: Asked,
) -> Volumes:
    """The replay of one version, or of two. Stop(3) where the rhythm, the commit or a store cannot be used."""
    from adapters.replaying import TooManyTicks, replay
    from adapters.review.volumes import volumes
    from adapters.stores.facts import StoreError
    from adapters.stores.ledger import LedgerError

    zone = workspace.project.time_zone
    versions = {"here": workspace}
    if base is not None:
        from adapters.review.opening import open_pair

        pair = open_pair(workspace, base)
        versions = {pair.commit[:12]: pair.base, "here": workspace}
    notes: list[str] = []
    try:
        with workspace.facts() as facts, workspace.ledger() as ledger, facts.snapshot():
            rhythm, words = _rhythm(every, by_event=by_event)
            if rhythm.kind == "recorded" and not ledger.ticks(first, last):
                raise bad_input("`run` did not tick in this period: give a rhythm with --every or --by-event")
            if rhythm.kind != "recorded":
                notes.append("another rhythm than that of `run` is another question: caps and waits meet other ticks")
            notes.append(
                "facts are read as they are stored now; what people did about messages that really left stays in"
            )
            sums = {
                name: replay(one, facts, ledger, first, last, rhythm, engine, _progress(name, len(versions)))
                for name, one in versions.items()
            }
    except TooManyTicks as error:
        raise bad_input(f"{error}: choose a longer --every, or a shorter period") from error
    except (StoreError, LedgerError) as error:
        raise bad_input(str(error)) from error

    def shown(at: int) -> str:
        return instant_shown(at, zone)

    return volumes(sums, shown(first), shown(last), words, shown, notes)


def _rhythm(every: str | None, *, by_event: bool) -> tuple[Rhythm, str]:
    from adapters.daemon.serving import interval
    from adapters.replaying import Rhythm

    if by_event:
        return Rhythm("event"), "at each event that starts a trigger, when runs are due, and each full hour"
    if every is not None:
        return Rhythm("every", interval(every)), f"every {every}"
    return Rhythm("recorded"), RECORDED


def _progress(name: str, versions: int) -> Callable[[int, int], None]:
    """A line now and then, where it takes long."""
    from time import monotonic

    last = monotonic()

    def told(done: int, whole: int) -> None:
        nonlocal last
        if monotonic() - last >= 5:
            last = monotonic()
            note(f"replaying{'' if versions == 1 else ' ' + name}: {100 * done // whole} %")

    return told


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise bad_input(f"cannot write {path}: {(error.strerror or str(error)).lower()}") from error
