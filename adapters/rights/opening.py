"""The stores of a project, as the rights of people need them: together."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from adapters.cli.plain import bad_input
from adapters.cli.workspace import journal_of, open_facts, open_ledger
from adapters.rights.forgetting import Stores
from adapters.rights.tombstones import Tombstones
from adapters.stores.facts_database import StoreError

if TYPE_CHECKING:
    from adapters.project import Project
    from adapters.rights.returning import Away, Back
    from adapters.stores.facts_record import RecordFacts
    from adapters.stores.ledger import SqlLedger


def stores_of(project: Project, facts: RecordFacts, ledger: SqlLedger) -> Stores:
    """Stores that are open already."""
    stones = Tombstones(project.forgotten_path)
    return Stores(project, facts, ledger, journal_of(project, ledger), stones, os.environ)


@contextmanager
def opened(project: Project) -> Iterator[Stores]:
    """All stores of a project; Stop(3) where one cannot be opened. What goes wrong later is raised as it is."""
    with ExitStack() as held:
        try:
            facts = held.enter_context(open_facts(project))
            ledger = held.enter_context(open_ledger(project))
        except (OSError, StoreError) as error:
            raise bad_input(str(error)) from error
        yield stores_of(project, facts, ledger)


def left_out(stores: Stores, *, returned: bool) -> Away | Back | None:
    """Whose rows an import does not take; None where nobody was ever forgotten. `returned`: they are taken, and the
    list says that they are back. Raises RightsError."""
    from adapters.rights.returning import Away, Back

    known = stores.tombstones.read()
    hashes = stores.hashes(known)
    if hashes is None or not known.entries:
        return None
    away = Away(hashes, known.away)
    return Back(away, stores.tombstones, stores, stores.ledger.clock()) if returned else away
