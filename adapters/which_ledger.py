"""Which ledger a verb looks into: the live one at the present, a rehearsal's at any other instant.

Apart from `adapters.running`, because verbs that only look need nothing of what a run needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.cli.workspace import note
from adapters.clock import now

if TYPE_CHECKING:
    from collections.abc import Collection

    from adapters.cli.common import Workspace
    from adapters.stores.ledger import SqlLedger

LONG = 200_000
"""So many consents take longer to be taken over than somebody waits without a word."""

PRESENT = 60 * 1_000_000
"""How far (microseconds) `--at` may lie from now for a run that reaches people."""


def is_present(at: int) -> bool:
    """Whether an instant counts as now."""
    return abs(at - now()) <= PRESENT


def open_ledger(workspace: Workspace, *, rehearsal: bool, contacts: Collection[str] | None = None) -> SqlLedger:
    """The ledger of a run, or of a look at what one would do. A rehearsal's takes over the live one's evidence first;
    `contacts`: that of these is enough. Raises LedgerError."""
    live = workspace.ledger()
    if not rehearsal:
        return live
    own = workspace.ledger(workspace.project.rehearsal_ledger_path)
    with live:
        if contacts is None and (many := own.behind(live)) >= LONG:
            note(f"kadenz: the rehearsal takes over {many:,} consents of the live ledger, once")
        own.sync_evidence(live, contacts)
    return own
