"""`kadenz store`: where the data lie, how large they are, and how far each copy of the facts is behind."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adapters.cli.common import (
    CLEAN,
    FINDINGS,
    FormatOption,
    ProjectOption,
    Workspace,
    bad_input,
    open_workspace,
    say,
    say_json,
    table,
    waiting_told,
)

if TYPE_CHECKING:
    from adapters.engine_choice import EngineName
    from adapters.project import Project
    from adapters.stores.facts import SqliteFacts


@dataclass(frozen=True, slots=True)
class Place:
    """One store. `bytes`: None where it does not lie in files of ours. `state`: half a sentence."""

    what: str
    where: str
    bytes: int | None
    state: str
    ok: bool = True


def command(
    project: ProjectOption = Path(),
    follow: Annotated[
        bool, typer.Option("--follow", help="bring every copy along, and finish an erasure that was cut off")
    ] = False,
    format: FormatOption = "text",
) -> int:
    """Where facts, decisions and copies of the facts lie, how large they are, and how far each copy is behind."""
    from adapters.stores.facts import StoreError

    workspace = open_workspace(project)
    with workspace.facts() as facts:
        try:
            if follow:
                facts.finish_erasing()
            choice = workspace.choice(facts, "auto")
            places = [*_own(workspace, facts), *_copies(workspace, facts, follow=follow)]
        except StoreError as error:
            raise bad_input(str(error)) from error
    if format == "json":
        data: dict[str, Any] = {"stores": [asdict(place) for place in places]}
        data["engine"] = {"name": choice.engine, "why": choice.why}
        say_json(data)
    else:
        say(table([(p.what, p.where, _size(p.bytes), p.state) for p in places], indent="", right=(2,)))
        say(f"\nshow and run evaluate on {choice.engine}: {choice.why}")
    return CLEAN if all(place.ok for place in places) else FINDINGS


def _own(workspace: Workspace, facts: SqliteFacts) -> list[Place]:
    project = workspace.project
    state = f"{facts.last_seq():,} rows have arrived, {facts.count():,} contacts"
    found = [Place("facts", _shown(project, project.facts_path), _bytes(project.facts_path), state)]
    if facts.unfinished_erasing():
        state = "bytes of somebody who was erased may still lie here; --follow finishes that"
        found.append(Place("facts", _shown(project, project.facts_path), None, state, ok=False))
    ledgers = {"rehearsal": project.rehearsal_ledger_path}
    if project.ledger_server is None:
        ledgers = {"decisions": project.ledger_path, **ledgers}
    else:
        with workspace.ledger() as ledger:
            found.append(Place("decisions", ledger.database.name, None, ""))
    found += [Place(what, _shown(project, path), _bytes(path), "") for what, path in ledgers.items() if path.exists()]
    return found


def _copies(workspace: Workspace, facts: SqliteFacts, *, follow: bool) -> list[Place]:
    from adapters.copy_opening import existing

    return [_copy(workspace.project, facts, engine, follow=follow) for engine in existing(workspace.project)]


def _copy(project: Project, facts: SqliteFacts, engine: EngineName, *, follow: bool) -> Place:
    from adapters.copy_opening import open_copy
    from adapters.stores.facts import StoreError
    from adapters.stores.turns import PATIENCE, Busy

    where, size = _place(project, engine)
    try:
        with open_copy(project, engine, patience=PATIENCE if follow else 0, waiting=waiting_told) as copy:
            if follow:
                carried = copy.follow(facts)
                state = f"up to date; {carried.rows:,} rows carried over"
            else:
                behind = copy.behind(facts)
                state = "empty, or of another history: made anew when it is used" if behind is None else _behind(behind)
    except Busy as error:
        return Place(f"copy, {engine}", where, size, f"in use: {error}", ok=not follow)
    except StoreError as error:
        return Place(f"copy, {engine}", where, size, str(error), ok=False)
    return Place(f"copy, {engine}", where, _place(project, engine)[1], state)


def _behind(changes: int) -> str:
    return f"{changes:,} changes behind" if changes else "up to date"


def _place(project: Project, engine: EngineName) -> tuple[str, int | None]:
    match engine:
        case "duckdb":
            return _shown(project, project.duckdb_path), _bytes(project.duckdb_path)
        case "parquet":
            files = [path for path in project.parquet_path.rglob("*") if path.is_file()]
            return _shown(project, project.parquet_path), sum(path.stat().st_size for path in files)
        case _:
            server = project.facts_server
            return "" if server is None else server.address, None


def _shown(project: Project, path: Path) -> str:
    return str(path.relative_to(project.directory)) if path.is_relative_to(project.directory) else str(path)


def _bytes(path: Path) -> int:
    """Of the file and what lies beside it (write-ahead logs)."""
    return sum(
        p.stat().st_size for p in (path, *(path.with_name(path.name + end) for end in ("-wal", ".wal"))) if p.exists()
    )


def _size(count: int | None) -> str:
    if count is None:
        return ""
    return f"{count / 1_000_000:,.1f} MB"
