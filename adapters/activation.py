"""Whether the playbooks that are about to run are those that were applied, where the project wants that."""

from __future__ import annotations

from adapters.cli.workspace import Workspace, instant_shown
from adapters.review_config import from_text
from adapters.stores.ledger import SqlLedger
from adapters.stores.ledger_applied import Applied, active
from adapters.stores.ledger_database import Database, LedgerError


class NotApplied(LedgerError):
    """The playbooks here are not what is active, and must be. The text is for people."""


def is_required(here: bool, standing: Applied | None) -> bool:
    """Whether only applied playbooks run: where kadenz.yaml says so (`here`), or said so when it was last applied; a
    change cannot free itself of it."""
    return here or (standing is not None and from_text(standing.review).apply)


def not_applied(database: Database, hash_: str, time_zone: str, *, here: bool) -> str | None:
    """Why playbooks of a definition hash may not run, in words; None where they may."""
    standing = active(database)
    if not is_required(here, standing):
        return None
    if standing is None:
        return "no plan was ever applied"
    if standing.hash != hash_:
        since = instant_shown(standing.at, time_zone)
        return (
            f"these playbooks ({hash_[:12]}) were not: {standing.hash[:12]} is active, by {standing.who} since {since}"
        )
    return None


def must_be_applied(workspace: Workspace, ledger: SqlLedger) -> None:
    """Raises NotApplied where these playbooks may not run."""
    project = workspace.project
    why = not_applied(ledger.database, workspace.plan.hash, project.time_zone, here=project.review.apply)
    if why is not None:
        raise NotApplied(
            f"only playbooks that were applied run here (`review: apply`), and {why}; nothing was decided, nothing left"
        )
