"""Fields and facts that triggers watch: what changed since the tick before (LANGUAGE.md §8.18).

Neither has a history, so a change is a difference between what the facts say now and what the ledger saw at the tick
before. A contact that is new to the ledger has changed nothing; for one that it knows, a value that appears or
vanishes is a change like any other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from dsl.model import FactValue, FieldValue, Model, OnChange
from dsl.types import Stored
from engine.fire import Occurrence
from engine.protocols import Facts, LedgerWrite
from engine.records import Contact, Tick


@dataclass(frozen=True, slots=True)
class Changed:
    """What changed in one field: contact -> value now (None: missing), and how often it has changed so far."""

    now: Mapping[str, Stored]
    ordinals: Mapping[str, int]


def watched_of(model: Model) -> dict[str, FieldValue | FactValue]:
    """What some trigger asks for, by the name under which the ledger keeps it, sorted."""
    causes = [t.cause for t in model.triggers.values() if isinstance(t.cause, OnChange)]
    return {cause.watched: cause.of for cause in sorted(causes, key=lambda cause: cause.watched)}


def record_changes(
    model: Model,
    facts: Facts,
    ledger: LedgerWrite,
    known: Collection[str],
    last: Tick | None,
    as_of: int,
    among: Collection[str] | None = None,
) -> dict[str, Changed]:
    """Compare everything watched with the tick before and remember the present values. Of a fact table it is the row
    that is the contact's at `as_of`: a contact that comes to another row sees a change too.

    What nobody watched at the tick before only gets its baseline. `known`: contacts that the tick before saw; `among`:
    these alone are looked at.
    """
    fields = watched_of(model)
    if not fields:
        return {}
    values: dict[str, dict[str, Stored]] = {name: {} for name in fields}
    rows = _Rows(facts, as_of)
    for contact in facts.contacts(among):
        for name, of in fields.items():
            values[name][contact.key] = (
                contact.fields.get(of.name) if isinstance(of, FieldValue) else rows.value(of, contact)
            )
    watched = ledger.watched_fields()
    found: dict[str, Changed] = {}
    for name in fields:
        now, before = values[name], ledger.field_values(name, among)
        # a value that the ledger does not know is taken as it is now
        unknown = ledger.unknown_values(name) & now.keys()
        differing = {c for c, value in now.items() if before.get(c) != value} | unknown
        has_baseline = last is not None and watched.get(name) == last.as_of
        changed = (differing - unknown) & frozenset(known) if has_baseline else set()
        gone = {c: None for c in before if c not in now}
        ledger.record_field_values(name, {**{c: now[c] for c in differing}, **gone}, changed, as_of)
        found[name] = Changed({c: now[c] for c in changed}, ledger.field_changes(name, changed))
    return found


class _Rows:
    """Rows of fact tables at one instant, each read once."""

    def __init__(self, facts: Facts, as_of: int) -> None:
        self._facts = facts
        self._as_of = as_of
        self._rows: dict[tuple[str, Stored], Mapping[str, Stored]] = {}

    def value(self, of: FactValue, contact: Contact) -> Stored:
        """The column of the contact's row; None if there is none."""
        key = contact.fields.get(self._facts.schema.facts[of.table].matches)
        if key is None:
            return None
        if (of.table, key) not in self._rows:
            self._rows[of.table, key] = self._facts.fact_row(of.table, key, self._as_of) or {}
        return self._rows[of.table, key].get(of.column)


def change_occurrences(cause: OnChange, changed: Changed, as_of: int) -> Iterator[Occurrence]:
    """`on FIELD changing [to VALUE]`, `on TABLE.COLUMN changing`: at this tick's as_of."""
    for contact in sorted(changed.now):
        if cause.to is None or changed.now[contact] == cause.to.value:
            yield Occurrence(contact, f"change {cause.watched} {changed.ordinals.get(contact, 0)}", as_of)
