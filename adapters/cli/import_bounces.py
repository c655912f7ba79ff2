"""`kadenz import PATH --as bounces`: mails that came back, out of a mailbox."""

from __future__ import annotations

from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.cli.common import CLEAN, FINDINGS, bad_input, journal_of, open_ledger, say, say_json
from adapters.cli.workspace import open_facts
from adapters.wording import counted

if TYPE_CHECKING:
    from adapters.project import Project

TARGET = "bounces"

MOST_NAMED = 5

_WORDS = {
    "bounced": "permanent bounces",
    "deferred": "bounces that pass",
    "delivered": "delivered",
    "relayed": "passed on",
    "complained": "complaints",
}


def import_bounces(project: Project, path: Path, *, dry_run: bool, as_json: bool) -> int:
    """Read a Maildir, a folder, an mbox file or one mail, and account for every mail. Stop(3) where it cannot be read
    or stored; the exit code is 1 where a report names no message of this project."""
    from adapters.feedback import reports
    from adapters.feedback.bounces import Read, mails_at, read_mails
    from adapters.sources.cells import SourceError
    from adapters.stores.facts_migrations import StoreError
    from adapters.stores.ledger_database import LedgerError
    from adapters.stores.ledger_witnessed import WitnessedLedger

    counts: dict[str, int] = dict.fromkeys(_WORDS, 0)
    unknown: list[str] = []
    other = total = 0
    try:
        with closing(open_ledger(project)) as ledger, open_facts(project) as facts:
            sink, mails = WitnessedLedger(ledger, journal_of(project, ledger)), mails_at(path)
            while some := list(islice(mails, 500)):
                read: Read = read_mails(some, ledger.database, ledger.clock())
                if not dry_run:
                    reports.record(read.reports, ledger, sink)
                    reports.store(read.reports, facts)
                total += len(some)
                other += len(read.other)
                unknown += [one.name for one in read.unknown]
                for word, count in read.counts.items():
                    counts[word] += count
    except (SourceError, OSError, LedgerError, StoreError) as error:
        raise bad_input(str(error)) from error
    if as_json:
        say_json({"dry_run": dry_run, "mails": total, **counts, "other": other, "of_no_message": unknown})
    else:
        say(f"{counted(total, 'mail')} read{', nothing stored' if dry_run else ''}")
        for word, shown in _WORDS.items():
            say(f"  {shown:<20} {counts[word]:>6,}")
        say(f"  {'no report':<20} {other:>6,}")
        say(f"  {'of no message here':<20} {len(unknown):>6,}")
        for name in unknown[:MOST_NAMED]:
            say(f"    {name}")
    return FINDINGS if unknown else CLEAN
