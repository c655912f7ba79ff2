"""Rows of people who were forgotten: they are left out before anything of them is stored, in quarantine neither."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from adapters.importing.rows import Fitting, Rows, Wrong


class Forgotten(Protocol):
    """Knows who was forgotten."""

    def away(self, keys: Collection[str], /) -> frozenset[str]:
        """Those of some contacts whose rows are not taken."""
        ...


def without(forgotten: Forgotten, slot: str, good: Fitting, wrong: Sequence[Wrong]) -> tuple[Fitting, list[Wrong]]:
    """The rows of everybody else. `slot`: where the contact's key stands."""
    keys = good.known(slot)
    told = {row.line: key for row in wrong if isinstance(key := row.values.get(slot), str)}
    away = forgotten.away({key for key in (*keys, *told.values()) if isinstance(key, str)})
    if not away:
        return good, list(wrong)
    kept = Rows([row for row, key in zip(good.goods(), keys, strict=True) if key not in away])
    return kept, [row for row in wrong if told.get(row.line) not in away]
