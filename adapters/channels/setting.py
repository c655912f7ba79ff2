"""The channel of `set FIELD to VALUE`: the hand-over writes the contact's field in the facts store.

The store remembers the decision key of each change beside the change, in one transaction, so that a repeat has no
effect, also where the field was changed by somebody else in between.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Protocol

from adapters.stores.facts_migrations import StoreError
from dsl.schema import Schema
from dsl.types import Stored
from engine.protocols import Commit, Guarantee, Receipt, Rendered

GUARANTEE = Guarantee(
    idempotent=True,
    retry_after_refusal=True,
    about="exactly one change per decision; handing over again changes nothing",
)


class Settable(Protocol):
    """The facts store as this channel sees it."""

    @property
    def schema(self) -> Schema:
        """The fields that there are."""
        ...

    def set_field(self, key: str, contact: str, field: str, value: Stored, *, at: int, source: str) -> bool:
        """Set a field once for a decision key; False if there is no such contact."""
        ...


class FieldSetter:
    """Sets fields of contacts. `address` of a message is the field, `text` the value as JSON in stored form."""

    def __init__(self, facts: Settable, clock: Callable[[], int]) -> None:
        self._facts = facts
        self._clock = clock

    @property
    def guarantee(self) -> Guarantee:
        """One change per decision."""
        return GUARANTEE

    def hand_over(self, message: Rendered, commit: Commit) -> Receipt:
        """Set one field after `commit`."""
        field = message.address or ""
        if field not in self._facts.schema.fields:
            return Receipt("failed", f"there is no field `{field}` any more")
        if not commit():
            return Receipt("failed", "not handed over")
        try:
            known = self._facts.set_field(
                message.key,
                message.contact,
                field,
                json.loads(message.text or "null"),
                at=self._clock(),
                source=message.trigger,
            )
        except StoreError as error:
            return Receipt("later", str(error))
        return Receipt("sent") if known else Receipt("failed", "the contact is no longer in the store")

    def close(self) -> None:
        """The store is closed by whoever opened it."""
