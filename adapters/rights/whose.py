"""Whom somebody asks for: by key, or by an address that one contact has. Also somebody who is no contact any more, or
not yet, and of whom something is known all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.cli.plain import Stop, bad_input
from adapters.stores import facts_erasing, ledger_erasing

if TYPE_CHECKING:
    from adapters.rights.forgetting import Stores


def key_of(text: str, stores: Stores) -> str:
    """The key. Raises Stop(3) where nothing is known of anybody like that."""
    from adapters.cli.explaining import key_of as contact_of

    try:
        return contact_of(text, stores.facts, stores.project.country)
    except Stop as none:
        database = stores.ledger.database
        if any(ledger_erasing.knows(database, table, text) for table in ledger_erasing.TABLES):
            return text
        if text in facts_erasing.everybody(stores.facts.database):
            return text
        if "have" in none.text and "contacts" in none.text:
            raise
        raise bad_input(f"nothing is known of `{text}`, neither by key nor by address") from none
