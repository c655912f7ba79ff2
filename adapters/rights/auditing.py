"""What is written into the audit record, and by whom."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from getpass import getuser
from hashlib import sha256
from platform import node
from typing import TYPE_CHECKING, Any

from adapters.stores import ledger_audit

if TYPE_CHECKING:
    from adapters.project import Project
    from adapters.stores.ledger import SqlLedger

ACTOR = "KADENZ_ACTOR"
"""The variable that says who acts, where that is not the user of the machine: a service, or somebody behind one."""


def actor(environment: Mapping[str, str]) -> str:
    """Who acts: a name, and the machine."""
    given = environment.get(ACTOR, "").strip()
    if given:
        return given[:200]
    try:
        user = getuser()
    except (KeyError, OSError):  # a container may have no name for its user
        user = str(os.getuid())
    return f"{user}@{node()}"


def record(ledger: SqlLedger, what: str, **body: Any) -> None:
    """Write down what was done. No key of a contact, no address and no text of anybody belongs into `body`.

    Raises LedgerError."""
    ledger_audit.append(ledger, actor(os.environ), what, body)


def record_settings(ledger: SqlLedger, project: Project, plan_hash: str) -> None:
    """Write down that another text decides from now on, where it does: hashes of kadenz.yaml and schema.yaml, and the
    plan's. Raises LedgerError."""
    texts = {name: _digest(project.texts.get(name, "")) for name in ("kadenz.yaml", "schema.yaml")}
    body = {**texts, "plan": plan_hash}
    last = ledger_audit.last_of(ledger.database, "settings")
    if last is None or json.loads(last) != body:
        record(ledger, "settings", **body)


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
