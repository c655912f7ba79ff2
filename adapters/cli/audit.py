"""`kadenz audit`: who did what, whether the record is whole, and an anchor to keep elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.common import (
    CLEAN,
    FINDINGS,
    FormatOption,
    ProjectOption,
    bad_input,
    instant_shown,
    open_ledger,
    open_project,
    say,
    say_json,
    table,
)

if TYPE_CHECKING:
    from adapters.project import Project
    from adapters.stores.ledger import SqlLedger
    from adapters.stores.ledger_audit import Anchor


def command(
    project: ProjectOption = Path(),
    verify: Annotated[bool, typer.Option("--verify", help="look whether the record is whole; exit 1 if not")] = False,
    anchor: Annotated[
        Path | None,
        typer.Option(
            "--anchor",
            metavar="FILE",
            help="add to FILE how the record stands; with --verify: compare with what FILE says",
        ),
    ] = None,
    last: Annotated[int, typer.Option("--last", metavar="N", min=1, help="so many entries are listed")] = 50,
    format: FormatOption = "text",
) -> int:
    """List who did what: imports, forgetting, disclosures, pauses, settled messages, changed settings.

    Keep the anchor's file where nobody can write who can write the ledger: without one a record that was cut off or
    rewritten as a whole looks whole.
    """
    opened = open_project(project)
    with open_ledger(opened) as ledger:
        if verify:
            return _verify(ledger, anchor, format)
        if anchor is not None:
            _anchor(ledger, anchor, format)
        else:
            _list(opened, ledger, last, format)
    return CLEAN


def _verify(ledger: SqlLedger, file: Path | None, format: str) -> int:
    from adapters.stores.ledger_audit import head, problems

    anchors = [] if file is None else list(_read(file))
    if file is not None and not any(one.ledger == ledger.identity for one in anchors):
        raise bad_input(f"`{file}` says nothing of this ledger")
    wrong, stands = list(problems(ledger, anchors)), head(ledger)
    if format == "json":
        say_json({"entries": 0 if stands is None else stands.seq, "anchors": len(anchors), "problems": wrong})
    elif wrong:
        say("the audit record is NOT whole\n" + "\n".join(f"  {one}" for one in wrong))
    else:
        so_far = "no entry" if stands is None else f"{stands.seq:,} entries, the last one {stands.hash[:16]}"
        beside = f"; as {len(anchors):,} anchors say" if anchors else "; without an anchor its end may be missing"
        say(f"the audit record is whole: {so_far}{beside}")
    return FINDINGS if wrong else CLEAN


def _read(file: Path) -> Iterator[Anchor]:
    from adapters.stores.ledger_audit import Anchor

    try:
        for line in file.read_text(encoding="utf-8").splitlines():
            told = json.loads(line)
            yield Anchor(told["ledger"], told["seq"], told["hash"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise bad_input(f"`{file}` is no file of anchors: {error}") from error


def _anchor(ledger: SqlLedger, file: Path, format: str) -> None:
    from adapters.stores.ledger_audit import head

    stands = head(ledger)
    if stands is None:
        raise bad_input("the audit record has no entry yet")
    told = {"ledger": stands.ledger, "seq": stands.seq, "hash": stands.hash, "at": ledger.clock()}
    try:
        with file.open("a", encoding="utf-8") as written:
            written.write(json.dumps(told) + "\n")
    except OSError as error:
        raise bad_input(f"`{file}` cannot be written: {error.strerror or error}") from error
    if format == "json":
        say_json(told)
    else:
        say(f"{stands.seq:,} entries, the last one {stands.hash}: written to {file}. Keep it elsewhere.")


def _list(opened: Project, ledger: SqlLedger, last: int, format: str) -> None:
    from collections import deque

    from adapters.stores.ledger_audit import entries

    found = deque(entries(ledger.database), last)
    if format == "json":
        say_json(
            [
                {"seq": e.seq, "at": instant_shown(e.at, opened.time_zone), "who": e.who, "what": e.what,
                 "body": json.loads(e.body), "hash": e.hash}
                for e in found
            ]
        )  # fmt: skip
    elif not found:
        say("nothing has been written down yet")
    else:
        say(table([(e.seq, instant_shown(e.at, opened.time_zone), e.who, e.what, _told(e.body)) for e in found]))


def _told(body: str) -> str:
    return ", ".join(f"{name} {value}" for name, value in json.loads(body).items())
