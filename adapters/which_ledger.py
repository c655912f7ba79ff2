"""Which ledger a verb looks into: the live one at the present, a rehearsal's at any other instant.

Apart from `adapters.running`, because verbs that only look need nothing of what a run needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.clock import now

if TYPE_CHECKING:
    from adapters.cli.common import Workspace
    from adapters.stores.ledger import SqlLedger

PRESENT = 60 * 1_000_000
"""How far (microseconds) `--at` may lie from now for a run that reaches people."""


def is_present(at: int) -> bool:
    """Whether an instant counts as now."""
    return abs(at - now()) <= PRESENT


def open_ledger(workspace: Workspace, *, rehearsal: bool) -> SqlLedger:
    """The ledger of a run, or of a look at what one would do. A rehearsal's takes over the live one's evidence first.
    Raises LedgerError."""
    live = workspace.ledger()
    if not rehearsal:
        return live
    own = workspace.ledger(workspace.project.rehearsal_ledger_path)
    with live:
        own.sync_evidence(live)
    return own
