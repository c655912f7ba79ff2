"""Lists of contacts that are kept by hand: who is on one, since when, and who was.

Nothing is taken out: whoever leaves a list keeps the row with the instant, and every change is a version of the list.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import assert_never

from adapters.stores.ledger_database import Database, Row
from engine.records import ListChange, ListMode, ListVersion


def listed(database: Database, name: str, contacts: Collection[str] | None = None) -> Mapping[str, int]:
    """Who is on a list -> since when; `contacts`: of these alone."""
    select = "select contact, added_at from list_entry where list = ? and removed_at is null"
    if contacts is None:
        return dict(database.rows(select + " order by contact", (name,)))
    among = " ".join((select, "and contact in (select value from each(?)) order by contact"))
    return dict(database.rows(among, (name, database.keys(contacts))))


def versions(database: Database, name: str) -> Sequence[ListVersion]:
    """The versions of a list, oldest first."""
    select = "select number, at, added, removed, total from list_version where list = ? order by number"
    return [ListVersion(name, *row) for row in database.rows(select, (name,))]


def history(database: Database, contact: str) -> Sequence[tuple[str, int, int | None]]:
    """The lists that a contact is or was on: name, added, removed (None: is on it), in order."""
    select = "select list, added_at, removed_at from list_entry where contact = ? order by added_at, list"
    return list(database.rows(select, (contact,)))


def put(database: Database, name: str, contacts: Collection[str], mode: ListMode, at: int) -> ListChange:
    """Make a list what is said: exactly these contacts, or these as well, or without these. A version is kept if
    anybody came or went, and of the first one in any case. Called inside a write transaction."""
    before, given = frozenset(listed(database, name)), frozenset(contacts)
    match mode:
        case "replace":
            added, removed = given - before, before - given
        case "add":
            added, removed = given - before, frozenset[str]()
        case "remove":
            added, removed = frozenset[str](), given & before
        case _:
            assert_never(mode)
    database.run(
        "update list_entry set removed_at = ?1 where list = ?2 and removed_at is null"
        " and contact in (select value from each(?3))",
        (at, name, database.keys(sorted(removed))),
    )
    database.run(
        "insert into list_entry (list, contact, added_at) select ?1, value, ?2 from each(?3)",
        (name, at, database.keys(sorted(added))),
    )
    known = versions(database, name)
    total = len(before) + len(added) - len(removed)
    if added or removed or not known:
        database.run(
            "insert into list_version values (?, ?, ?, ?, ?, ?)",
            (name, len(known) + 1, at, len(added), len(removed), total),
        )
    return ListChange(len(added), len(removed), total)


def mirror(database: Database, source: Database, size: int) -> None:
    """Make every list what it is in `source`, history included; lists whose versions are equal already are. `size`: so
    many entries are in memory at a time. Called inside a write transaction."""
    own, other = _versions_by_list(database), _versions_by_list(source)
    for name in sorted(name for name in {*own, *other} if own.get(name) != other.get(name)):
        for table in ("list_entry", "list_version"):
            database.run(f"delete from {table} where list = ?", (name,))  # noqa: S608  # one of two names
        database.many("insert into list_version values (?, ?, ?, ?, ?, ?)", other.get(name, ()))
        after = 0
        while found := source.rows(_ENTRIES, (name, after, size)):
            database.many(
                "insert into list_entry (list, contact, added_at, removed_at) values (?, ?, ?, ?)",
                (row[1:] for row in found),
            )
            after = found[-1][0]


_ENTRIES = """
select id, list, contact, added_at, removed_at from list_entry where list = ? and id > ? order by id limit ?
"""


def _versions_by_list(database: Database) -> Mapping[str, Sequence[Row]]:
    select = "select list, number, at, added, removed, total from list_version order by list, number"
    return {name: list(rows) for name, rows in groupby(database.rows(select), key=itemgetter(0))}
