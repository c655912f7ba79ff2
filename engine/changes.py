"""Fields that triggers watch: what changed since the tick before (LANGUAGE.md §8.18).

Fields have no history, so a change is a difference between what the facts say now and what the ledger saw at the tick
before. A contact that is new to the ledger has changed nothing; for one that it knows, a value that appears or
vanishes is a change like any other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from dsl.model import Model, OnChange
from dsl.types import Stored
from engine.fire import Occurrence
from engine.protocols import Facts, LedgerWrite
from engine.records import Tick


@dataclass(frozen=True, slots=True)
class Changed:
    """What changed in one field: contact -> value now (None: missing), and how often it has changed so far."""

    now: Mapping[str, Stored]
    ordinals: Mapping[str, int]


def watched_fields(model: Model) -> list[str]:
    """The fields that some trigger asks for, sorted."""
    return sorted({t.cause.of.name for t in model.triggers.values() if isinstance(t.cause, OnChange)})


def record_changes(
    model: Model, facts: Facts, ledger: LedgerWrite, known: Collection[str], last: Tick | None, as_of: int
) -> dict[str, Changed]:
    """Compare every watched field with the tick before and remember the present values.

    A field that nobody watched at the tick before only gets its baseline. `known`: contacts that the tick before saw.
    """
    fields = watched_fields(model)
    if not fields:
        return {}
    values: dict[str, dict[str, Stored]] = {name: {} for name in fields}
    for contact in facts.contacts():
        for name in fields:
            values[name][contact.key] = contact.fields.get(name)
    watched = ledger.watched_fields()
    found: dict[str, Changed] = {}
    for name in fields:
        now, before = values[name], ledger.field_values(name)
        differing = {c for c, value in now.items() if before.get(c) != value}
        has_baseline = last is not None and watched.get(name) == last.as_of
        changed = differing & frozenset(known) if has_baseline else set()
        gone = {c: None for c in before if c not in now}
        ledger.record_field_values(name, {**{c: now[c] for c in differing}, **gone}, changed, as_of)
        found[name] = Changed({c: now[c] for c in changed}, ledger.field_changes(name, changed))
    return found


def change_occurrences(cause: OnChange, changed: Changed, as_of: int) -> Iterator[Occurrence]:
    """`on FIELD changing [to VALUE]`: at this tick's as_of."""
    for contact in sorted(changed.now):
        if cause.to is None or changed.now[contact] == cause.to.value:
            yield Occurrence(contact, f"change {cause.of.name} {changed.ordinals.get(contact, 0)}", as_of)
