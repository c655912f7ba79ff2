"""`kadenz store`: where the data lie, how large they are, and how far each copy of the facts is behind."""

from __future__ import annotations

from collections.abc import Sequence
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
    open_facts,
    open_workspace,
    reach_ledger,
    say,
    say_json,
    table,
    waiting_told,
)

if TYPE_CHECKING:
    from adapters.engine_choice import Choice, EngineName
    from adapters.project import Project
    from adapters.stores.facts_record import RecordFacts


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
    from adapters.stores.facts_database import StoreError

    workspace = open_workspace(project)
    try:
        facts = open_facts(workspace.project)
    except (OSError, StoreError) as error:
        _say([_facts_away(workspace.project, str(error)), *_others(workspace.project)], None, format)
        return FINDINGS
    with facts:
        try:
            if follow:
                facts.finish_erasing()
                _finish_ledgers(workspace.project)
            choice = workspace.choice(facts, "auto")
            copies = _copies(workspace, facts, follow=follow)
            places = [*_facts(workspace.project, facts), *_others(workspace.project), *copies]
        except StoreError as error:
            raise bad_input(str(error)) from error
    _say(places, choice, format)
    return CLEAN if all(place.ok for place in places) else FINDINGS


def _finish_ledgers(project: Project) -> None:
    """Write the ledgers anew where bytes of somebody who was forgotten may still lie."""
    from adapters.stores.ledger_database import LedgerError
    from adapters.stores.ledger_erasing import finish

    own = project.rehearsal_ledger_path
    try:
        for path in (None, *([own] if own.exists() else [])):
            with reach_ledger(project, path, create=True) as ledger:
                if not finish(ledger):
                    raise bad_input("bytes of somebody who was forgotten may still lie in a ledger that others read")
    except LedgerError as error:
        raise bad_input(str(error)) from error


def _say(places: Sequence[Place], choice: Choice | None, format: str) -> None:
    if format == "json":
        data: dict[str, Any] = {"stores": [asdict(place) for place in places]}
        data["engine"] = None if choice is None else {"name": choice.engine, "why": choice.why}
        say_json(data)
        return
    say(table([(p.what, p.where, _size(p.bytes), p.state) for p in places], indent="", right=(2,)))
    if choice is not None:
        say(f"\nshow and run evaluate on {choice.engine}: {choice.why}")


def _facts(project: Project, facts: RecordFacts) -> list[Place]:
    state = f"{facts.last_seq():,} rows have arrived, {facts.count():,} contacts"
    own = project.facts_record is None
    where = _shown(project, project.facts_path) if own else facts.place
    found = [Place("facts", where, _bytes(project.facts_path) if own else None, state)]
    if facts.unfinished_erasing():
        state = "bytes of somebody who was erased may still lie here; --follow finishes that"
        found.append(Place("facts", where, None, state, ok=False))
    return found


def _facts_away(project: Project, why: str) -> Place:
    where = _shown(project, project.facts_path) if project.facts_record is None else "on Postgres"
    return Place("facts", where, None, why, ok=False)


def _others(project: Project) -> list[Place]:
    """The ledgers, and the journal of what may have left."""
    files = {"rehearsal": project.rehearsal_ledger_path, "journal of hand-overs": project.journal_path}
    found = []
    if project.ledger_server is None:
        files = {"decisions": project.ledger_path, **files}
    else:
        found.append(_ledger_on_server(project))
    return found + [
        Place(what, _shown(project, path), _bytes(path), "") for what, path in files.items() if path.exists()
    ]


def _ledger_on_server(project: Project) -> Place:
    from adapters.stores.ledger_database import LedgerError, NoLedger

    try:
        with reach_ledger(project, create=False) as ledger:
            return Place("decisions", ledger.database.name, None, "")
    except NoLedger:
        return Place("decisions", "on Postgres", None, "there are none yet")
    except LedgerError as error:
        return Place("decisions", "on Postgres", None, str(error), ok=False)


def _copies(workspace: Workspace, facts: RecordFacts, *, follow: bool) -> list[Place]:
    from adapters.copy_opening import existing

    return [_copy(workspace.project, facts, engine, follow=follow) for engine in existing(workspace.project)]


def _copy(project: Project, facts: RecordFacts, engine: EngineName, *, follow: bool) -> Place:
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
