"""All that is known of one person, and all that was decided about them, as plain data that they can read.

`VERSION` rises when a key goes or changes its meaning; keys may be added. Instants are in the project's zone with their
offset, values in the forms of `adapters.hook_payload`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from adapters.cli.workspace import instant_shown
from adapters.hook_payload import plain
from adapters.rights.files import folders_of, texts_of
from adapters.rights.forgetting import addresses_of
from adapters.stores import facts_erasing, facts_sql, ledger_disclosing
from engine import layout
from engine.records import OutboxRow

if TYPE_CHECKING:
    from adapters.cli.workspace import Workspace
    from adapters.rights.forgetting import Stores
    from adapters.stores.ledger import SqlLedger
    from dsl.types import Stored, Type

VERSION = 1


def disclosure(workspace: Workspace, stores: Stores, contact: str, instant: int) -> dict[str, Any]:
    """Everything, as of an instant (microseconds). Raises StoreError, LedgerError."""
    shown = _Shown(workspace.project.time_zone)
    known = next(stores.facts.contacts([contact]), None) is not None
    told: dict[str, Any] = {
        "version": VERSION,
        "project": workspace.project.name,
        "contact": contact,
        "at": shown.at(instant),
        "fields": _fields(stores, contact),
        "changes_of_fields": _changes(stores, contact, shown),
        "events": _events(stores, contact, shown),
        **_evidence(stores, contact, shown),
        **(_standing(workspace, stores, contact, instant) if known else {}),
        "decisions": _decisions(stores.ledger, contact, shown),
        "messages": _messages(stores, contact, shown),
        "not_imported": facts_erasing.quarantined(stores.facts.database, stores.facts.schema, contact),
    }
    if stores.project.rehearsal_ledger_path.exists():
        with stores.rehearsal() as own:
            told["rehearsed_decisions"] = _decisions(own, contact, shown)
    return told


class _Shown:
    """Instants as they are written."""

    def __init__(self, zone: str) -> None:
        self._zone = zone

    def at(self, instant: int) -> str:
        """An instant."""
        return instant_shown(instant, self._zone)

    def maybe(self, instant: int | None) -> str | None:
        """An instant, or none."""
        return None if instant is None else self.at(instant)

    def table(self, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
        """Rows with names; a column called `at`, or that ends so, `from` and `to` are instants."""
        instants = {n for n in names if n in {"at", "from", "to"} or n.endswith("_at")}
        return [{n: self.maybe(v) if n in instants else v for n, v in zip(names, row, strict=True)} for row in rows]


def _fields(stores: Stores, contact: str) -> dict[str, Any]:
    held = next(stores.facts.contacts([contact]), None)
    types = {name: field.type for name, field in stores.facts.schema.fields.items()}
    return {} if held is None else _plain(held.fields, types)


def _plain(values: Mapping[str, Stored], types: Mapping[str, Type]) -> dict[str, Any]:
    return {name: plain(value, types.get(name)) for name, value in values.items() if value is not None}


def _changes(stores: Stores, contact: str, shown: _Shown) -> list[dict[str, Any]]:
    fields = stores.facts.schema.fields
    sources = stores.facts.sources(contact)
    found = []
    for (name, old, new, at), (_, source) in zip(stores.facts.field_changes(contact), sources, strict=True):
        kind = fields[name].type if name in fields else None
        by = "import" if source is None else f"trigger {source}"
        found.append({"field": name, "old": plain(old, kind), "new": plain(new, kind), "at": shown.at(at), "by": by})
    return found


def _events(stores: Stores, contact: str, shown: _Shown) -> dict[str, list[dict[str, Any]]]:
    facts = stores.facts
    found: dict[str, list[dict[str, Any]]] = {}
    for name, event in facts.schema.events.items():
        types = {one.name: one.type for one in event.properties.values()}
        columns = (layout.EVENT_AT, layout.EVENT_ID, *types)
        of_contact = [facts_sql.among(layout.EVENT_CONTACT)]
        select = facts_sql.select(layout.event_table(name), columns, where=of_contact, order=columns[:2])
        rows = facts.database.rows(select, {"keys": facts.database.keys([contact])})
        if rows:
            found[name] = [
                {"at": shown.at(at), "id": id_, **_plain(dict(zip(types, values, strict=True)), types)}
                for at, id_, *values in rows
            ]
    return found


def _evidence(stores: Stores, contact: str, shown: _Shown) -> dict[str, Any]:
    database, table = stores.ledger.database, shown.table
    addresses = sorted(addresses_of(stores.facts, contact))
    consents = ledger_disclosing.consents(database, contact)
    suppressions = ledger_disclosing.suppressions(database, contact, addresses)
    return {
        "addresses_ever": addresses,
        "consents": table(("channel", "purpose", "state", "basis", "evidence", "at", "id"), consents),
        "suppressions": table(("channel", "address", "reason", "at"), suppressions),
        "lists": table(("list", "from", "to"), stores.ledger.lists_of(contact)),
        "memberships": table(("segment", "from", "to"), ledger_disclosing.memberships(database, contact)),
        "stages": table(("score", "stage", "from", "to"), ledger_disclosing.stages(database, contact)),
        "held_out": table(("trigger", "cause_at", "at"), ledger_disclosing.holdouts(database, contact)),
        "sent_elsewhere": table(("at", "channel", "category", "id"), ledger_disclosing.imported(database, contact)),
    }


def _standing(workspace: Workspace, stores: Stores, contact: str, instant: int) -> dict[str, Any]:
    """What playbooks say of them now, each clause with the values that it saw."""
    from adapters.cli.explaining import pictured

    picture = pictured(workspace, contact, instant, stores.facts, stores.ledger)
    kept = ("segments", "scores", "classes", "trigger_conditions", "not_fired", "offers")
    return {"now": {name: picture[name] for name in kept}}


def _decisions(ledger: SqlLedger, contact: str, shown: _Shown) -> list[dict[str, Any]]:
    return [
        {
            "trigger": firing.trigger,
            "cause_at": shown.at(firing.cause_at),
            "event": firing.event,
            "at": shown.at(judgement.at),
            "outcome": judgement.outcome,
            "reason": judgement.gate,
            "detail": judgement.detail,
            "until": shown.maybe(judgement.until),
            "key": firing.key,
        }
        for firing, judgement in ledger.judgements(contact)
    ]


def _messages(stores: Stores, contact: str, shown: _Shown) -> list[dict[str, Any]]:
    rows = list(stores.ledger.outbox(contact=contact))
    texts = texts_of(folders_of(stores.project), [row.message.key for row in rows])
    tries: dict[str, list[dict[str, Any]]] = {}
    names = ("marked_at", "ended_at", "outcome", "note")
    for key, *one in ledger_disclosing.tries(stores.ledger.database, contact):
        tries.setdefault(key, []).extend(shown.table(names, [one]))
    return [_message(row, texts.get(row.message.key, ()), tries.get(row.message.key, []), shown) for row in rows]


def _message(row: OutboxRow, texts: Sequence[str], tries: Sequence[Any], shown: _Shown) -> dict[str, Any]:
    message = row.message
    kept = [*texts, *([message.text] if message.text and not texts else [])]
    return {
        "at": shown.at(row.changed_at),
        "state": row.state,
        "kind": "message" if message.kind == "message" else f"to {message.channel} {message.address}",
        "trigger": message.trigger,
        "channel": message.channel,
        "template": message.template or None,
        "category": message.category,
        "purpose": message.purpose,
        "offer": message.offer,
        "tags": list(message.tags),
        "cause_at": shown.at(message.cause_at),
        "reserved_at": shown.at(message.reserved_at),
        "note": row.note,
        "tries": list(tries),
        "texts": kept,
        "key": message.key,
    }
