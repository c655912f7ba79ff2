"""`kadenz resume`: what was paused may leave again; and what may leave after a ledger was put back from a backup."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.common import (
    CLEAN,
    ProjectOption,
    bad_input,
    journal_of,
    open_facts,
    open_ledger,
    open_project,
    say,
)
from adapters.cli.pause import ALL, names_of, trigger_id
from adapters.clock import now
from adapters.wording import counted

if TYPE_CHECKING:
    from adapters.project import Project
    from adapters.stores.ledger import SqlLedger


def command(
    trigger: Annotated[str | None, typer.Argument(help="the trigger that was paused")] = None,
    project: ProjectOption = Path(),
    all_: Annotated[
        bool, typer.Option("--all", help="take back `kadenz pause --all`; triggers paused by name stay")
    ] = False,
    after_restore: Annotated[
        bool,
        typer.Option("--after-restore", help="tell a ledger from a backup what may have left since, from the journal"),
    ] = False,
    new_journal: Annotated[
        bool,
        typer.Option("--new-journal", help="begin another journal of hand-overs, where the old one is lost for good"),
    ] = False,
) -> int:
    """Take a pause back. What was held goes through every gate again at the next run; its time may have passed."""
    from adapters.rights.auditing import record
    from adapters.stores.ledger import LedgerError

    opened = open_project(project)
    if [trigger is not None, all_, after_restore, new_journal].count(True) != 1:
        raise bad_input("give a trigger, --all, --after-restore or --new-journal; `kadenz pause` lists what is paused")
    try:
        with open_ledger(opened) as ledger:
            if after_restore:
                _after_restore(opened, ledger)
                record(ledger, "after restore")
            elif new_journal:
                journal = journal_of(opened, ledger)
                journal.begin_anew()
                record(ledger, "new journal")
                say(f"the journal of hand-overs is {journal.path} from now on")
            else:
                _resume(opened, ledger, trigger)
    except LedgerError as error:
        raise bad_input(str(error)) from error
    return CLEAN


def _resume(opened: Project, ledger: SqlLedger, trigger: str | None) -> None:
    known = {*ledger.activations(), *ledger.paused()}
    name = ALL if trigger is None else trigger_id(opened, trigger, known)
    at = ledger.clock()
    there = ledger.resume(name, at)
    if there:
        from adapters.rights.auditing import record

        journal_of(opened, ledger).switched(name, None, at)
        record(ledger, "resume", trigger=name)
    left = ledger.paused()
    what = "everything" if trigger is None else f"`{trigger}`"
    say(f"{what} may leave again" if there else f"{what} was not paused")
    names = names_of(opened)
    if left:
        say("still paused: " + ("everything" if ALL in left else ", ".join(f"`{names.get(n, n)}`" for n in left)))


def _after_restore(opened: Project, ledger: SqlLedger) -> None:
    """What may have left since the backup becomes uncertain; withdrawals and suppressions come back."""
    from adapters.running import copy_messages_anew
    from adapters.stores.facts_database import StoreError
    from adapters.stores.handover_restore import restore

    journal = journal_of(opened, ledger)
    standing = journal.standing()
    if standing.gone:
        standing.must_allow(journal.path)
    # first, so that a second try does it again where this one goes no further
    try:
        with open_facts(opened) as facts:
            copy_messages_anew(facts)
    except StoreError as error:
        raise bad_input(f"{error}; then run `kadenz resume --after-restore` again") from error
    if not standing.missing:
        say("the ledger knows everything that the journal tells; nothing had to be done")
        _forget_again(opened, ledger)
        return
    told = restore(ledger, standing.missing, now())
    journal.agreed()
    _forget_again(opened, ledger)
    say(f"{counted(told.messages, 'message')} may have left since the backup: uncertain now, counted under every cap,")
    say("and never sent again without your word.")
    if told.consents or told.suppressions:
        say(f"{counted(told.consents, 'withdrawal')} and {counted(told.suppressions, 'suppression')} came back.")
    if told.switches:
        say("What was paused or resumed since is so again: `kadenz pause` lists it.")
    say("Import what else came in since the backup (consents, lists, bounces) before the next `kadenz run`.")


def _forget_again(opened: Project, ledger: SqlLedger) -> None:
    """Whoever was forgotten and is known again, from the backup, is forgotten there as well."""
    from adapters.stores.facts_database import StoreError
    from adapters.stores.ledger_erasing import ever_forgotten

    if not opened.forgotten_path.exists() and not ever_forgotten(ledger.database):
        return
    from adapters.rights.forgetting import carry_out
    from adapters.rights.opening import stores_of
    from adapters.rights.returning import suppress_again

    try:
        with open_facts(opened) as facts:
            stores = stores_of(opened, facts, ledger)
            result = carry_out(stores, ledger.clock())
            suppress_again(stores, ledger.clock())
    except StoreError as error:
        raise bad_input(f"{error}; then run `kadenz resume --after-restore` again") from error
    if result.found:
        say("Who was forgotten since the backup is forgotten again.")
    for one in result.left:
        say(f"still to do (`kadenz store --follow` does it): {one}")
