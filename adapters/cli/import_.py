"""`kadenz import FILE --as TARGET`: shows what was recognised, stores it, and accounts for every row."""

from __future__ import annotations

import re
import sqlite3
import sys
import time
from contextlib import closing, contextmanager, nullcontext
from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from adapters.cli import import_progress
from adapters.cli.common import (
    CLEAN,
    FormatOption,
    ProjectOption,
    bad_input,
    drawn,
    journal_of,
    open_facts,
    open_ledger,
    open_project,
    say,
    say_json,
)
from adapters.clock import now
from adapters.wording import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from adapters.importing.account import ImportResult
    from adapters.importing.forgotten import Forgotten
    from adapters.importing.recognition import Options, Recognition
    from adapters.importing.replay import Origin
    from adapters.importing.targets import Target
    from adapters.project import Project
    from adapters.sources.cells import Source
    from adapters.stores.facts_record import RecordFacts
    from adapters.stores.ledger_witnessed import WitnessedLedger
    from adapters.stores.quarantine import Quarantined
    from engine.records import ListMode

_PANEL_AS = (
    "contacts, event:NAME, fact:NAME, list:NAME, consents, suppressions, messages (sends already made) or bounces (a "
    "mailbox)"
)


def command(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="CSV, xlsx, JSON Lines or Parquet; packed by gzip or not")
    ] = None,
    target: Annotated[str | None, typer.Option("--as", metavar="TARGET", help=_PANEL_AS)] = None,
    maps: Annotated[list[str] | None, typer.Option("--map", metavar="COLUMN=FIELD", help="fill a field")] = None,
    constants: Annotated[
        list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="one value for all rows")
    ] = None,
    number_format: Annotated[
        Literal["de", "en"] | None, typer.Option("--number-format", help="de: 1.234,50; en: 1,234.50")
    ] = None,
    date_format: Annotated[
        Literal["dmy", "mdy"] | None, typer.Option("--date-format", help="dmy: 31/12/2026; mdy: 12/31/2026")
    ] = None,
    encoding: Annotated[str | None, typer.Option("--encoding", help="if it is recognised wrongly")] = None,
    delimiter: Annotated[str | None, typer.Option("--delimiter", help="if it is recognised wrongly")] = None,
    sheet: Annotated[str | None, typer.Option("--sheet", help="of a workbook; else the first")] = None,
    add: Annotated[bool, typer.Option("--add", help="put these on the list, and keep who is on it")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="take these off the list")] = False,
    quiet: Annotated[
        bool,
        typer.Option("--quiet", help="contacts that are new have been there all along: their being here fires nothing"),
    ] = False,
    returned: Annotated[
        bool, typer.Option("--returned", help="take rows of people who were forgotten as well: they begin as new ones")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="read and judge every row, store nothing")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask before storing")] = False,
    progress: Annotated[
        bool | None,
        typer.Option("--progress/--no-progress", help="a bar on a terminal, else lines; without it a bar or nothing"),
    ] = None,
    report: Annotated[bool, typer.Option("--report", help="list what is in quarantine")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="CSV", help="with --report: write the rows to a file, to be mended")
    ] = None,
    replay: Annotated[
        Path | None,
        typer.Option("--replay", metavar="CSV", help="import rows that --report --out wrote and you mended"),
    ] = None,
    max_bad: Annotated[
        str | None, typer.Option("--max-bad", metavar="SHARE", help="store nothing if more rows do not fit, like 2%")
    ] = None,
    forget: Annotated[
        bool, typer.Option("--forget", help="drop what FILE has in quarantine, where it was replaced or is gone")
    ] = False,
    format: FormatOption = "text",
    project: ProjectOption = Path(),
) -> int:
    """Bring contacts, events, facts, consents, suppressions or past messages into the store.

    Bad rows go to the quarantine with line and reason, and the rest goes on. Exit 1 if there were any.
    """
    from adapters.importing import Options, recognise
    from adapters.importing import report as texts
    from adapters.sources.cells import SourceError
    from adapters.sources.files import open_source

    opened = open_project(project)
    if not opened.ok:
        raise bad_input("the project's files have mistakes\n" + drawn(opened, opened.diagnostics))
    if forget:
        if file is None:
            raise bad_input("name the FILE whose rows in quarantine are to be dropped: kadenz import FILE --forget")
        return _forget(opened, file, target, as_json=format == "json")
    if report:
        return _report(opened, file, target, out, as_json=format == "json")
    if target == "bounces":
        return _bounces(opened, file, dry_run=dry_run, as_json=format == "json")
    origin = None if replay is None else _origin(replay)
    if origin is not None:
        file, target = replay, origin.target
        add = add or (target.startswith("list:") and not remove)  # the list is more than its mended rows
    if file is None or target is None:
        raise bad_input("name a FILE and what it holds with --as: " + _PANEL_AS)
    aim = _aim(opened, target, add=add, remove=remove, of_contacts={"--quiet": quiet, "--returned": returned})
    options = Options(
        opened.time_zone,
        tuple(_pair(m, "--map COLUMN=FIELD") for m in maps or ()),
        dict(_pair(c, "--set FIELD=VALUE") for c in constants or ()),
        number_format,
        date_format,
        opened.country,
    )
    try:
        source = open_source(
            file, name=_remembered(file, opened), encoding=encoding, delimiter=_delimiter(delimiter), sheet=sheet
        )
        if origin is not None:
            source = _mended(opened, source, origin)
        found = recognise(source, aim, options)
        if format == "text":
            say(texts.recognised(found))
        if found.problems:
            if format == "json":
                say_json(found.as_json())
            raise bad_input("nothing was imported\n" + texts.refused(found))
        if sys.stdin.isatty() and sys.stdout.isatty() and not yes and not dry_run:
            typer.confirm("Import this?", default=True, abort=True, err=True)
        bring = partial(
            _import, opened, source, aim, found, options,
            mode=_mode(add=add, remove=remove), quiet=quiet, returned=returned, watch=progress,
            as_json=format == "json", replay=origin is not None,
        )  # fmt: skip
        if max_bad is not None and not dry_run:
            _refuse_bad(bring(dry_run=True), max_bad, as_json=format == "json")
        result = bring(dry_run=dry_run)
        _record(opened, source, aim, result)
    except SourceError as error:
        raise bad_input(str(error)) from error
    if format == "json":
        say_json(result.as_json())
    else:
        say("\n" + texts.account(result))
    return result.exit_code


def _of_contacts_alone(aim: Target, given: Mapping[str, bool]) -> None:
    for option, there in given.items():
        if there and aim.kind != "contacts":
            raise bad_input(f"{option} goes with --as contacts")


def _bounces(project: Project, file: Path | None, *, dry_run: bool, as_json: bool) -> int:
    from adapters.cli.import_bounces import import_bounces

    if file is None:
        raise bad_input("name the mailbox: a Maildir, a folder, an mbox file or one mail")
    return import_bounces(project, file, dry_run=dry_run, as_json=as_json)


def _aim(project: Project, target: str, *, add: bool, remove: bool, of_contacts: Mapping[str, bool]) -> Target:
    """What the rows become; Stop(3) where the options do not go with it."""
    from adapters.importing import read_target
    from adapters.importing.targets import Problem

    aim = read_target(target, project.schema)
    if isinstance(aim, Problem):
        raise bad_input(f"{aim.summary}: {aim.help}")
    if (add or remove) and (aim.kind != "list" or (add and remove)):
        raise bad_input("--add or --remove go with --as list:NAME; without them the file is the whole list")
    _of_contacts_alone(aim, of_contacts)
    if _code_of(project, aim) is None:
        return aim
    from adapters.importing.redeemed import without_contact

    return without_contact(aim)


def _mode(*, add: bool, remove: bool) -> ListMode:
    return "add" if add else "remove" if remove else "replace"


def _import(
    project: Project,
    source: Source,
    target: Target,
    found: Recognition,
    options: Options,
    *,
    dry_run: bool,
    mode: ListMode,
    quiet: bool,
    returned: bool,
    watch: bool | None,
    as_json: bool,
    replay: bool,
) -> ImportResult:
    from adapters.importing import run_import
    from adapters.importing.sinks import CONSEQUENTIAL
    from adapters.stores.facts import StoreError

    failures: tuple[type[Exception], ...] = (StoreError, sqlite3.Error, OSError)
    ledger = None
    code = _code_of(project, target)
    secret = None if code is None else _coupon_secret(project)
    evidence = quiet or target.kind in {"consents", "suppressions", "messages", "list"}
    evidence = evidence or (target.event is not None and target.event.name in CONSEQUENTIAL)
    if (evidence and not dry_run) or code is not None:
        from adapters.stores.ledger import LedgerError

        failures += (LedgerError,)
        ledger = _ledger(project)
    try:
        with (
            _leaving_out(project, returned=returned, dry_run=dry_run) as forgotten,
            _facts(project, dry_run=dry_run) as store,
            closing(ledger) if ledger else nullcontext(),
            import_progress.progress(watch, quiet=as_json, clock=time.monotonic) as told,
        ):
            redemptions = None
            if code is not None and target.event is not None and secret is not None and ledger is not None:
                from adapters.importing.redeemed import Redemptions

                redemptions = Redemptions(
                    target.event.name, code, secret, ledger.all_held_offers(), store, project.schema, project.time_zone
                )
            result = run_import(
                source,
                target,
                project.schema,
                store,
                ledger,
                options,
                now=now(),
                dry_run=dry_run,
                recognition=found,
                on_progress=told,
                mode=mode,
                quiet=quiet,
                resume=not replay,
                replay=replay,
                forgotten=forgotten,
                redemptions=redemptions,
            )
            if forgotten is not None and target.kind == "contacts" and not dry_run:
                _suppress_again(project, store)
            return result
    except failures as error:
        again = "" if dry_run else "; run the same import again, what is stored already stays as it is"
        raise bad_input(f"{error}{again}") from error


@contextmanager
def _leaving_out(project: Project, *, returned: bool, dry_run: bool) -> Iterator[Forgotten | None]:
    """Whose rows are not taken; nothing is opened where nobody was ever forgotten."""
    if not project.forgotten_path.exists():
        yield None
        return
    from adapters.rights.opening import left_out, opened

    with opened(project) as stores:
        found = left_out(stores, returned=returned and not dry_run)
        yield None if returned and dry_run else found


def _suppress_again(project: Project, store: RecordFacts) -> None:
    from adapters.rights.opening import stores_of
    from adapters.rights.returning import suppress_again

    with open_ledger(project) as ledger:
        suppress_again(stores_of(project, store, ledger), ledger.clock())


def _record(project: Project, source: Source, target: Target, result: ImportResult) -> None:
    """Write down who imported what: a digest of the file, for its name may be somebody's."""
    from adapters.importing.identity import digest
    from adapters.rights.auditing import record
    from adapters.stores.ledger import LedgerError

    if result.dry_run:
        return
    counts = result.counts
    told = {"rows": result.rows, "new": counts.new, "changed": counts.changed, "quarantined": result.quarantined}
    try:
        with open_ledger(project) as ledger:
            record(ledger, "import", target=target.label, file=digest(source.fingerprint()), **told)
    except LedgerError as error:
        raise bad_input(f"the rows are stored, but nobody could write down who imported them: {error}") from error


def _facts(project: Project, *, dry_run: bool = False) -> RecordFacts:
    from adapters.stores.facts import SqliteFacts

    if project.facts_record is None:
        if dry_run and not project.facts_path.exists():
            return SqliteFacts.open(":memory:", project.schema, now=now())
        return open_facts(project)
    from adapters.stores.facts_record_postgres import NoStore

    try:
        return open_facts(project, create=not dry_run)
    except NoStore:
        return SqliteFacts.open(":memory:", project.schema, now=now())


def _code_of(project: Project, target: Target) -> str | None:
    """The property of these events that holds the code of an offer, if one does."""
    if target.event is None or project.coupons is None:
        return None
    return dict(project.coupons.redeemed).get(target.event.name)


def _coupon_secret(project: Project) -> str:
    """The secret that gives codes back. Raises Stop(3) without it."""
    import os

    from adapters.channels.unsubscribe import secret_problem

    assert project.coupons is not None, "asked only where codes are redeemed"
    secret = os.environ.get(project.coupons.secret_env)
    if secret is None or (problem := secret_problem(secret)) is not None:
        problem = "is missing" if secret is None else problem
        raise bad_input(f"the secret for codes {problem}: set `{project.coupons.secret_env}`")
    return secret


def _ledger(project: Project) -> WitnessedLedger:
    from adapters.stores.ledger_witnessed import WitnessedLedger

    ledger = open_ledger(project)
    return WitnessedLedger(ledger, journal_of(project, ledger))


def _share(text: str) -> Decimal:
    """A share as people write it: `2%`, `0.5 %`."""
    found = re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]{1,6})?)\s*%", text.strip())
    if found is None or Decimal(found[1]) > 100:
        raise bad_input(f"`{text}` is no share of the rows, write it like 2%")
    return Decimal(found[1]) / 100


def _refuse_bad(judged: ImportResult, max_bad: str, *, as_json: bool) -> None:
    """Stop where more rows than wanted do not fit; nothing is stored yet."""
    from adapters.importing import report as texts

    if judged.quarantined <= _share(max_bad) * judged.rows:
        return
    refused = replace(judged, dry_run=False, refused=True)
    if as_json:
        say_json(refused.as_json())
    else:
        say("\n" + texts.account(refused))
    share = Decimal(100 * judged.quarantined) / judged.rows
    does = "does" if judged.quarantined == 1 else "do"
    raise bad_input(
        f"nothing was imported: {judged.quarantined:,} of {counted(judged.rows, 'row')} {does} not fit ({share:.1f} %),"
        f" more than --max-bad {max_bad} allows"
    )


def _origin(replay: Path) -> Origin:
    from adapters.importing.replay import origin
    from adapters.sources.cells import SourceError
    from adapters.sources.files import open_source

    try:
        return origin(open_source(replay))
    except SourceError as error:
        raise bad_input(str(error)) from error


def _mended(project: Project, source: Source, origin: Origin) -> Source:
    from adapters.importing.replay import Mended

    return Mended(source, origin.file, _quarantined(project, origin.file, origin.target))


def _quarantined(project: Project, file: str | None, target: str | None) -> list[Quarantined]:
    from adapters.stores.facts import StoreError
    from adapters.stores.quarantine import Quarantine

    try:
        with _facts(project) as store:
            return list(Quarantine(store).entries(file, target))
    except (StoreError, sqlite3.Error) as error:
        raise bad_input(str(error)) from error


def _report(project: Project, file: Path | None, target: str | None, out: Path | None, *, as_json: bool) -> int:
    from adapters.importing import report as texts
    from adapters.importing.replay import export

    name = None if file is None else _remembered(file, project)
    entries = _quarantined(project, name, target)
    if file is not None and not entries and not file.exists():
        raise bad_input(_nothing_of(name or "", {e.file for e in _quarantined(project, None, None)}))
    if out is not None:
        several = sorted({f"{e.file} --as {e.target}" for e in entries})
        if len(several) != 1:
            which = ", ".join(f"`{one}`" for one in several[:8])
            raise bad_input(f"name one FILE and --as: {which}" if several else "nothing is in quarantine")
        try:
            with out.open("w", encoding="utf-8-sig", newline="") as written:
                rows = export(entries, written)
        except OSError as error:
            raise bad_input(f"`{out}` cannot be written: {error.strerror or error}") from error
        if as_json:
            say_json({"out": str(out), "rows": rows})
        else:
            say(f"{counted(rows, 'row')} written: mend them, then kadenz import --replay {out}")
    elif as_json:
        say_json(texts.quarantine_json(entries))
    else:
        say(texts.quarantine(entries))
    return CLEAN


def _forget(project: Project, file: Path, target: str | None, *, as_json: bool) -> int:
    """Drop the file's rows in quarantine; of one target, if it is named."""
    from adapters.stores.facts import StoreError
    from adapters.stores.quarantine import Quarantine

    name = _remembered(file, project)
    try:
        with _facts(project) as store, store.transaction():
            dropped = Quarantine(store).forget(name, target)
            others = {e.file for e in Quarantine(store).entries()}
    except (StoreError, sqlite3.Error) as error:
        raise bad_input(str(error)) from error
    if not dropped and others:
        raise bad_input(_nothing_of(name, others))
    if as_json:
        say_json({"file": name, "forgotten": dropped})
    else:
        say(f"{name}: {counted(dropped, 'row')} dropped from the quarantine")
    return CLEAN


def _nothing_of(name: str, others: Collection[str]) -> str:
    there = ", ".join(f"`{other}`" for other in sorted(others)[:8])
    return f"`{name}` has nothing in quarantine: there is {there or 'no such file'}"


def _remembered(file: Path, project: Project) -> str:
    """The file's name in the quarantine: the same from wherever it is imported."""
    whole = file.resolve()
    if whole.is_relative_to(project.directory):
        return whole.relative_to(project.directory).as_posix()
    return whole.as_posix()


def _pair(text: str, form: str) -> tuple[str, str]:
    left, mark, right = text.rpartition("=") if form.startswith("--map") else text.partition("=")
    if not mark or not left.strip():
        raise bad_input(f"`{text}` is not of the form {form}")
    return left.strip(), right.strip()


def _delimiter(text: str | None) -> str | None:
    if text in {"tab", "\\t"}:
        return "\t"
    if text is not None and (len(text) != 1 or text in '"\r\n'):
        raise bad_input(f"`{text}` is no delimiter, give one character or `tab`")
    return text
