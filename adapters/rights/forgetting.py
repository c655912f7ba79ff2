"""Forgetting a person everywhere, in an order that can be cut off anywhere and goes on.

First the list of the forgotten says so (`adapters.rights.tombstones`): from then on nothing leaves until every store
has carried it out. Then the ledger (whatever waited is over from here on), the facts with their copies, the
rehearsal's ledger, the journal of hand-overs, and the files. What a store has carried out stands in the store, so
that one that is put back from a backup is told apart, and the same steps make it forget again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import uuid4

from adapters.rights.auditing import record
from adapters.rights.files import Cleaned, clean, folders_of
from adapters.rights.secret import Hashes, RightsError, hashes_of
from adapters.rights.tombstones import Forgotten, HiddenSuppression, Known, Tombstones
from adapters.stores import facts_erasing, ledger_erasing
from adapters.stores.facts_database import StoreError
from adapters.stores.facts_erasing import Erased
from adapters.stores.ledger import SqliteLedger, SqlLedger
from adapters.stores.ledger_erasing import LedgerErased
from adapters.wording import counted

if TYPE_CHECKING:
    from adapters.project import Project
    from adapters.stores.facts_record import RecordFacts
    from adapters.stores.handover_journal import HandoverJournal
    from dsl.schema import Schema


@dataclass(frozen=True, slots=True)
class Stores:
    """Everything that may know a person."""

    project: Project
    facts: RecordFacts
    ledger: SqlLedger
    journal: HandoverJournal
    tombstones: Tombstones
    environment: Mapping[str, str]

    @property
    def stale(self) -> list[str]:
        """What has not carried out everything that the list says, in words."""
        return [name for name, lacking in self.lacking(self.tombstones.read()).items() if lacking]

    def lacking(self, known: Known) -> dict[str, list[Forgotten]]:
        """Of each store, who is to be forgotten there."""
        done: dict[str, Collection[str]] = {
            "the ledger": frozenset(ledger_erasing.remembered(self.ledger.database)),
            "the facts": facts_erasing.carried_out(self.facts.database),
            "the files": known.cleaned,
            "the rehearsal": {one.id for one in known.forgotten},
        }
        if known.forgotten and self.project.rehearsal_ledger_path.exists():
            with self.rehearsal() as own:
                done["the rehearsal"] = frozenset(ledger_erasing.remembered(own.database))
        return {name: [one for one in known.forgotten if one.id not in ids] for name, ids in done.items()}

    def rehearsal(self) -> SqliteLedger:
        """The ledger of rehearsals."""
        return SqliteLedger.open(self.project.rehearsal_ledger_path, clock=self.ledger.clock)

    def hashes(self, known: Known, *, make: bool = False) -> Hashes | None:
        """The hashes that the list was written with; None where nobody was ever forgotten. Raises RightsError."""
        own = hashes_of(self.tombstones.path.parent, self.environment, make=make)
        checks = {one.check for one in known.forgotten}
        if checks and (own is None or checks != {own.check}):
            raise RightsError(
                f"the secret behind {self.tombstones.path} is another one than it was written with, or gone: put "
                "`forgotten.key` back beside it (or what KADENZ_FORGOTTEN_SECRET was). Nothing leaves until then, "
                "for nobody could tell who was forgotten"
            )
        return own


_NO_FACTS, _NO_LEDGER, _NO_FILES = Erased(0, 0, 0, 0), LedgerErased(), Cleaned()


@dataclass(frozen=True, slots=True)
class Result:
    """What was forgotten, where. `copies` of the facts that followed; `suppressed`: addresses
    that stay so; `left`: what is still to do, for people."""

    facts: Erased = _NO_FACTS
    ledger: LedgerErased = _NO_LEDGER
    rehearsal: LedgerErased = _NO_LEDGER
    journal: int = 0
    files: Cleaned = _NO_FILES
    copies: tuple[str, ...] = ()
    suppressed: int = 0
    left: tuple[str, ...] = ()

    @property
    def found(self) -> bool:
        """Whether anything was known of anybody."""
        facts = (self.facts.contacts, self.facts.events, self.facts.changes, self.facts.quarantined)
        ledgers = (n for one in (self.ledger, self.rehearsal) for n in (one.kept, one.gone))
        return any((*facts, *ledgers, self.journal))


def addresses_of(facts: RecordFacts, contact: str) -> frozenset[str]:
    """Every address that was ever known of a contact."""
    fields = address_fields(facts.schema)
    now = next(facts.contacts([contact]), None)
    held: set[object] = set() if now is None else {now.fields.get(name) for name in fields}
    for name, old, new, _ in facts.field_changes(contact):
        if name in fields:
            held |= {old, new}
    return frozenset(one for one in held if isinstance(one, str))


def address_fields(schema: Schema) -> tuple[str, ...]:
    """The fields with addresses: those of channels, and whatever is normalised as one."""
    named = {channel.address for channel in schema.channels.values()}
    fields = (f for f in schema.fields.values() if f.name in named or {"email", "phone"} & set(f.normalise))
    return tuple(f.name for f in fields if f.name != schema.key)


def forget(stores: Stores, contact: str, now: int) -> Result:
    """Forget a contact, by key, everywhere. Raises LedgerError, StoreError: `carry_out` finishes what was begun."""
    reconcile(stores)
    known = stores.tombstones.read()
    hashes = stores.hashes(known, make=True)
    assert hashes is not None, "it was made"
    addresses = addresses_of(stores.facts, contact)
    hidden = _hidden(stores, hashes, contact, addresses)
    stone = Forgotten(uuid4().hex, now, hashes.contact(contact), f"~{uuid4().hex[:16]}", hashes.check, hidden)
    stores.tombstones.add([stone.line])
    # the order, before it is carried out: what is cut off was asked for all the same
    record(stores.ledger, "forget", id=stone.id, contact=stone.contact)
    result = carry_out(stores, now, contact=contact, addresses=addresses)
    return replace(result, suppressed=len({one.address for one in hidden}))


def _hidden(stores: Stores, hashes: Hashes, contact: str, addresses: Collection[str]) -> tuple[HiddenSuppression, ...]:
    """What is suppressed of them now. Who is suppressed by name is so at each address that nobody else has."""
    fields = address_fields(stores.facts.schema)
    standing = ledger_erasing.suppressed(stores.ledger.database, contact, addresses)
    own = [one for one in addresses if all(key == contact for key, _ in stores.facts.bearing(fields, one))]
    found = {
        HiddenSuppression(hashes.address(address), entry.channel)
        for entry in standing
        for address in (own if entry.address is None else (entry.address,))
    }
    return tuple(sorted(found, key=lambda one: (one.address, one.channel or "")))


def reconcile(stores: Stores) -> None:
    """What the ledger knows of the list and the file does not is written into the file. Raises RightsError."""
    held = {one.id for one in stores.tombstones.read().entries}
    remembered = ledger_erasing.remembered(stores.ledger.database)
    stores.tombstones.add([line for id_, line in remembered.items() if id_ not in held])


def carry_out(stores: Stores, now: int, *, contact: str | None = None, addresses: Collection[str] = ()) -> Result:
    """Do whatever the list says and some store has not done: after a cut, or after a backup was put back. `contact`,
    `addresses`: of whom is being forgotten now. Raises LedgerError, StoreError."""
    reconcile(stores)
    known = stores.tombstones.read()
    hashes = stores.hashes(known)
    if hashes is None:
        return Result()
    lacking = stores.lacking(known)
    # after a restore a hash alone is known: who is it, of those whom a store names?
    alone = None if contact is None or len(lacking["the facts"]) > 1 else [contact]
    keys = _among(hashes, alone or facts_erasing.everybody(stores.facts.database), lacking["the facts"])
    theirs = frozenset(addresses).union(*(addresses_of(stores.facts, key) for key in keys))
    who = Who.of(hashes, known, theirs)
    alone = None if contact is None or len(lacking["the ledger"]) > 1 else [contact]
    # what waits is over first. A tick that has read the facts before may still write about them: so once more when
    # they are gone from there, and whoever has read them before that begins anew
    ledger = _ledger(stores, stores.ledger, hashes, lacking["the ledger"], alone, now, done=False)
    rehearsal, made = _rehearsal(stores, hashes, known, lacking["the rehearsal"], now)
    facts, left = _facts(stores, keys, lacking["the facts"])
    later = _ledger(stores, stores.ledger, hashes, lacking["the ledger"], alone, now, done=True)
    ledger = replace(ledger, gone=ledger.gone + later.gone, aborted=ledger.aborted + later.aborted)
    copies, failed = _copies(stores)
    left += [*failed, *_unfinished(stores)]
    lines, files = 0, Cleaned()
    if cleaning := lacking["the files"]:
        lines = stores.journal.erase(who.nameless, who.address)
        made |= {key for one in cleaning for key in ledger_erasing.keys_of(stores.ledger.database, one.nameless)}
        files = clean(folders_of(stores.project), made, who.anything)
        _without_pages(stores.project)
        left += [f"{one} holds rows of theirs: delete it, or take them out" for one in files.left]
        stores.tombstones.cleaned([one.id for one in cleaning])
        if ledger.in_hands:
            # whoever hands over holds something of theirs: what is written of it goes at the next run
            stores.tombstones.again([one.id for one in cleaning])
    return Result(facts, ledger, rehearsal, lines, files, tuple(copies), 0, tuple(left))


@dataclass(frozen=True, slots=True)
class Who:
    """Who was forgotten and is away, asked by key and by address."""

    hashes: Hashes
    keys: Mapping[str, str]
    """Hash of a key -> the key under which rows count on."""
    hidden: Collection[str]
    """Hashes of addresses."""
    addresses: Collection[str]
    """Known addresses, in small letters."""

    @classmethod
    def of(cls, hashes: Hashes, known: Known, addresses: Collection[str]) -> Who:
        """Everybody who is away, and the addresses of whom is being forgotten."""
        away = known.away
        keys = {one.contact: one.nameless for one in known.forgotten if one.contact in away}
        return cls(hashes, keys, frozenset(known.suppressions), frozenset(one.casefold() for one in addresses))

    def nameless(self, key: str) -> str | None:
        """The key under which somebody's rows count on; None for everybody else, also for who came back."""
        return self.keys.get(self.hashes.contact(key))

    def address(self, address: str) -> bool:
        """Whether an address was theirs, as far as is known."""
        return address.casefold() in self.addresses or self.hashes.address(address) in self.hidden

    def anything(self, text: str) -> bool:
        """Whether a text is a key or an address of theirs."""
        return self.nameless(text) is not None or self.address(text)


def _among(hashes: Hashes, keys: Iterable[str], sought: Sequence[Forgotten]) -> dict[str, str]:
    """Those of some keys who are sought -> the key under which their rows count on."""
    if not sought:
        return {}
    wanted = {one.contact: one.nameless for one in sought}
    found = ((key, wanted.get(hashes.contact(key))) for key in set(keys))
    return {key: nameless for key, nameless in found if nameless is not None}


def _without_pages(project: Project) -> None:
    """The pages of `kadenz outbox` show many people and are made in a moment: none is left."""
    from adapters.preview.pages import NotOurs, page, write_pages

    if not project.outbox_folder.exists():
        return
    index = page(f"{project.name}: outbox", ["Make these pages anew with `kadenz outbox`."], [])
    with suppress(NotOurs):  # somebody put files of their own there: we have never written into it
        write_pages(project.outbox_folder, {"index.html": index})


def _ledger(
    stores: Stores,
    ledger: SqlLedger,
    hashes: Hashes,
    lacking: Sequence[Forgotten],
    alone: Sequence[str] | None,
    now: int,
    *,
    done: bool,
) -> LedgerErased:
    """Erase in a ledger. `alone`: who it is, where that is known; `done`: the ledger has carried it out then."""
    if not lacking:
        return LedgerErased()
    database = ledger.database
    contacts = _among(hashes, alone or ledger_erasing.contacts_of(database), lacking)
    hidden = {one.address for stone in lacking for one in stone.suppressions}
    standing = [a for (a,) in database.rows("select distinct address from suppression where address is not null")]
    theirs = [address for address in standing if hashes.address(address) in hidden]
    # an address that somebody else has as well stays suppressed for them
    fields = address_fields(stores.facts.schema)
    gone = [one for one in theirs if all(key in contacts for key, _ in stores.facts.bearing(fields, one))]
    lines = {one.id: one.line for one in lacking} if done else {}
    return ledger_erasing.erase(ledger, contacts, gone, lines, hashes.id, now)


def _rehearsal(
    stores: Stores, hashes: Hashes, known: Known, lacking: Sequence[Forgotten], now: int
) -> tuple[LedgerErased, set[str]]:
    """The same for the rehearsal's ledger, where there is one; and the keys of what it made, whose files are ours."""
    if not stores.project.rehearsal_ledger_path.exists():
        return LedgerErased(), set()
    with stores.rehearsal() as own:
        erased = _ledger(stores, own, hashes, lacking, None, now, done=True)
        return erased, {key for one in known.forgotten for key in ledger_erasing.keys_of(own.database, one.nameless)}


def _facts(stores: Stores, keys: Collection[str], lacking: Sequence[Forgotten]) -> tuple[Erased, list[str]]:
    """Rows first; bytes may have to wait for who reads, which is told."""
    erased = Erased(0, 0, 0, 0)
    try:
        if lacking:
            erased = stores.facts.erase(keys, [one.id for one in lacking])
        stores.facts.finish_erasing()
    except StoreError as error:
        if not stores.facts.unfinished_erasing():
            raise
        return erased, [str(error)]
    return erased, []


def _unfinished(stores: Stores) -> Iterator[str]:
    """Write the ledgers anew; what has to wait."""
    if not ledger_erasing.finish(stores.ledger):
        yield "the ledger could not be written anew: another process reads it"
    if stores.project.rehearsal_ledger_path.exists():
        with stores.rehearsal() as own:
            if not ledger_erasing.finish(own):
                yield "the rehearsal's ledger could not be written anew: another process reads it"


def _copies(stores: Stores) -> tuple[list[str], list[str]]:
    """Bring the copies of the facts along: those that followed, and what is told of the others, which follow at their
    next use."""
    from adapters.copy_opening import existing, open_copy
    from adapters.stores.turns import PATIENCE

    done: list[str] = []
    left: list[str] = []
    for engine in existing(stores.project):
        try:
            with open_copy(stores.project, engine, patience=PATIENCE, waiting=lambda _: None) as copy:
                copy.follow(stores.facts)
            done.append(engine)
        except StoreError as error:
            left.append(f"the copy on {engine} has not followed yet: {error}")
    return done, left


def must_allow(stores: Stores, now: int) -> None:
    """Raise RightsError where somebody who was forgotten is known to a store from which something may leave. What only
    files and rehearsals have still to do is done."""
    reconcile(stores)
    known = stores.tombstones.read()
    if not known.entries:
        return
    stores.hashes(known)
    lacking = stores.lacking(known)
    if behind := [name for name in ("the ledger", "the facts") if lacking[name]]:
        many = len({one.id for name in behind for one in lacking[name]})
        knows = "know" if len(behind) > 1 else "knows"
        raise RightsError(
            f"{' and '.join(behind)} {knows} {counted(many, 'person', 'people')} who should be forgotten. Was "
            "something put back from a backup, or `kadenz forget` cut off? Nothing leaves until "
            "`kadenz resume --after-restore` has carried it out"
        )
    if lacking["the files"] or lacking["the rehearsal"]:
        carry_out(stores, now)
