"""The journal of hand-overs: what may have left, in a file that is no part of the ledger's backups.

A ledger that is put back from a backup has forgotten what left since, and would send it again and count it under no
cap. So every claim is written here, and flushed, before one of its rows can be marked. A row of the file that the
ledger does not know at its fence says that the ledger is older than the world: nothing leaves then until `restore`
has told it (reliability.md §3.8: keys alone are not enough, reservations must come back as well).

The file is JSON, one object a line: its identity first, then claimed rows, and withdrawals and suppressions, which a
backup forgets in the same way. No address and no text of a message to a contact stands in it; of the notices beside a
message, which a restore makes anew where nobody had claimed them, the team, field or hook, and the text. A line that
was cut off by a crash was never acted on, and is taken away.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from adapters.stores.handover_erasing import Nameless, without
from adapters.stores.handover_states import stood
from adapters.stores.ledger import SqlLedger
from adapters.stores.ledger_database import LedgerError
from adapters.stores.ledger_rows import consent_values, suppression_values
from adapters.wording import counted
from engine.records import ConsentRecord, OutboxRow, Suppression


class JournalError(LedgerError):
    """The journal cannot be read or written, or knows more than the ledger. The text is for people."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How journal and ledger stand to each other: `missing` lines of the file tell what the ledger does not know."""

    missing: tuple[Mapping[str, Any], ...] = ()
    gone: bool = False
    """The ledger knows a longer file than this one, or another one."""

    def must_allow(self, path: Path) -> None:
        """Raise JournalError where nothing may leave."""
        if self.missing:
            told = f"{counted(len(self.missing), 'line')} of it {'tells' if len(self.missing) == 1 else 'tell'}"
            raise JournalError(
                f"the ledger is older than the journal {path}: {told} what the ledger "
                "does not know. Was it put back from a backup, or made anew? Nothing leaves until "
                "`kadenz resume --after-restore` has told it what may have left since"
            )
        if self.gone:
            raise JournalError(
                f"the journal of hand-overs {path} is gone, or shorter than the ledger says. Put it back where it was; "
                "if it is lost for good and the ledger was not put back from a backup, `kadenz resume --new-journal` "
                "begins another one. Nothing leaves until then"
            )


class HandoverJournal:
    """The journal at `path` for a ledger; implements `engine.handover.Journal`. Several processes may
    write at once."""

    def __init__(self, path: Path, ledger: SqlLedger, host: str) -> None:
        """`host`: this machine's name; a ledger on a server is fed from several, each with a journal of its own."""
        self.path = path
        self._ledger = ledger
        self._database = ledger.database
        self._host = host
        self._claimed: list[tuple[str, int]] = []

    # ------------------------------------------------------------ writing

    def claimed(self, rows: Sequence[OutboxRow]) -> None:
        """See `engine.handover.Journal`. Raises JournalError: nothing of these rows may leave then."""
        if rows:
            self._append([*self._claims(rows)])
            self._claimed += [(row.message.key, row.fence) for row in rows]

    def finished(self) -> None:
        """Each row that was claimed has a result, or is back in the queue: a ledger in which it is still claimed is
        older than that. Raises JournalError."""
        over, self._claimed = self._claimed, []
        if over:
            self._append([{"over": over}])

    def switched(self, trigger: str, why: str | None, at: int) -> None:
        """Write down that a trigger id (or "*") was paused, or with `why` None resumed. Raises JournalError."""
        self._append([{"switch": [trigger, why, at]}])

    def evidence(self, consents: Iterable[ConsentRecord] = (), suppressions: Iterable[Suppression] = ()) -> None:
        """Write withdrawals and suppressions down, after the ledger has them. Raises JournalError."""
        lines: list[dict[str, Any]] = [{"consent": consent_values(c)} for c in consents if c.state == "withdrawn"]
        lines += [{"suppression": suppression_values(s)} for s in suppressions]
        if lines:
            self._append(lines)

    def _claims(self, rows: Sequence[OutboxRow]) -> Iterator[dict[str, Any]]:
        keys = self._database.keys([row.message.key for row in rows])
        units: dict[str, str] = dict(self._database.rows(_UNITS, (keys,)))
        firings = {row[0]: list(row[1:]) for row in self._database.rows(_FIRINGS, (keys,))}
        states = {
            row.message.key: stood(self._database, firing[0], row.message.contact, row.message.event_type)
            for row in rows
            if (firing := firings.get(row.message.key)) is not None
        }
        held = {row[0]: list(row) for row in self._database.rows(_HELD, (keys,))}
        beside: dict[str, list[list[Any]]] = defaultdict(list)
        for key, *notice in self._database.rows(_BESIDE, (keys,)):
            beside[key].append(notice)
        for row in rows:
            m = row.message
            line = {
                "key": m.key,
                "fence": row.fence,
                "kind": m.kind,
                "trigger": m.trigger,
                "contact": m.contact,
                "channel": m.channel,
                "template": m.template,
                "offer": m.offer,
                "category": m.category,
                "purpose": m.purpose,
                "tags": list(m.tags),
                "cause_at": m.cause_at,
                "reserved_at": m.reserved_at,
                "expires_at": m.expires_at,
                "local_date": m.local_date,
                "event_type": m.event_type,
                "event": m.event,
                "properties": dict(m.properties),
                "units": json.loads(units.get(m.key, "{}")),
                "held": held.get(m.key),
                "firing": firings.get(m.key),
                "stood": states.get(m.key),
                "beside": beside.get(m.key, []),
            }
            yield {"claim": line}

    def _append(self, lines: Sequence[Mapping[str, Any]]) -> None:
        data = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
        try:
            with self._locked(fcntl.LOCK_EX) as handle:
                end = os.fstat(handle).st_size
                try:
                    _write(handle, data)
                    os.fsync(handle)
                except OSError:
                    # a half line would hide what comes after it
                    os.ftruncate(handle, end)
                    raise
        except OSError as error:
            raise JournalError(
                f"the journal of hand-overs {self.path} cannot be written ({(error.strerror or str(error)).lower()}); "
                "nothing leaves without it"
            ) from error

    @contextmanager
    def _locked(self, how: int) -> Iterator[int]:
        """The file, made with its identity if it is not there, cut off behind its last whole line."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = _locked_file(self.path)
        try:
            size = os.fstat(handle).st_size
            if size == 0:
                _write(handle, (json.dumps({"journal": uuid4().hex, "version": 1}) + "\n").encode())
                os.fsync(handle)
                _sync_folder(self.path.parent)
            elif (whole := _whole(handle, size)) < size:
                os.ftruncate(handle, whole)
            fcntl.flock(handle, how)
            yield handle
        finally:
            os.close(handle)

    # ------------------------------------------------------------ comparing

    def standing(self) -> Standing:
        """Whether the ledger knows what the file says beyond the place that they last agreed on. Raises JournalError
        where the file cannot be read."""
        known: dict[str, int] = dict(
            self._database.rows("select id, position from journal where host = ?", (self._host,))
        )
        try:
            if not self.path.exists():
                return Standing(gone=bool(known))
            with self._locked(fcntl.LOCK_SH) as handle:
                identity, start = _identity(handle)
                position = known.get(identity, start)
                if position > os.fstat(handle).st_size:
                    return Standing(gone=True)
                missing = tuple(self._unknown(_lines(handle, position)))
                return Standing(missing, gone=bool(known) and identity not in known and not missing)
        except (OSError, ValueError, KeyError) as error:
            raise JournalError(f"the journal of hand-overs {self.path} cannot be read: {error}") from error

    def _unknown(self, lines: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        held = list(lines)
        over = {tuple(row) for line in held for row in line.get("over", ())}
        switched = {line["switch"][0]: line for line in held if "switch" in line}  # the last word on each
        for line in held:
            if "claim" in line:
                claim = line["claim"]
                row = self._database.one("select fence, state from outbox where key = ?", (claim["key"],))
                # a row that was claimed as the backup was made has the fence of the file; the file knows how it went on
                behind = (
                    row is not None and row == (claim["fence"], "claimed") and (claim["key"], claim["fence"]) in over
                )
                if row is None or row[0] < claim["fence"] or behind:
                    yield line
                continue
            for kind, known in _EVIDENCE.items():
                if kind in line and self._database.one(known, (line[kind][0],)) is None:
                    yield line
        for trigger, line in switched.items():
            found = self._database.one("select why from pause where trigger_id = ?", (trigger,))
            _, why, at = line["switch"]
            if (None if found is None else found[0]) != why or (why is None and not self._counts_anew(trigger, at)):
                yield line

    def _counts_anew(self, trigger: str, at: int) -> bool:
        """Whether the ledger knows of a resume at that time, from which on the trigger's rates are counted anew."""
        row = self._database.one("select at from counted_anew where trigger_id = ?", (trigger,))
        return row is not None and row[0] >= at

    def agreed(self) -> None:
        """Remember in the ledger how far the file goes: what stands there is known. Raises LedgerError."""
        try:
            with self._locked(fcntl.LOCK_SH) as handle:
                identity, start = _identity(handle)
                size = self._settled(handle, start)
        except (OSError, ValueError, KeyError) as error:
            raise JournalError(f"the journal of hand-overs {self.path} cannot be read: {error}") from error
        with self._ledger.transaction():
            self._database.run(
                "insert into journal (id, host, position) values (?, ?, ?)"
                " on conflict (id) do update set position = excluded.position"
                " where journal.position < excluded.position",
                (identity, self._host, size),
            )

    def _settled(self, handle: int, start: int) -> int:
        """How far the file can be taken as known: up to the first claim whose rows are still in somebody's hands."""
        known: dict[str, int] = dict(
            self._database.rows("select id, position from journal where host = ?", (self._host,))
        )
        identity, _ = _identity(handle)
        end = os.fstat(handle).st_size
        in_hands = {
            (key, fence)
            for key, fence in self._database.rows(
                "select key, fence from outbox where state in ('claimed', 'committing')"
            )
        }
        if not in_hands:
            return end
        for at, line in _placed(handle, known.get(identity, start)):
            if "claim" in line and (line["claim"]["key"], line["claim"]["fence"]) in in_hands:
                return at
        return end

    def erase(self, nameless: Nameless, gone: Callable[[str], bool]) -> int:
        """Take people out of every line (`adapters.stores.handover_erasing`); how many lines were theirs. The file is
        written beside and takes the old one's place as a whole. Raises JournalError."""
        if not self.path.exists():
            return 0
        try:
            with self._locked(fcntl.LOCK_EX) as handle:
                old = os.pread(handle, os.fstat(handle).st_size, 0).split(b"\n")
                new = [old[0], *(without(line, nameless, gone) if line else line for line in old[1:])]
                changed = sum(1 for was, now in zip(old, new, strict=True) if was != now)
                if changed:
                    _replace(self.path, b"\n".join(new))
        except (OSError, ValueError, KeyError) as error:
            raise JournalError(f"the journal of hand-overs {self.path} cannot be written anew: {error}") from error
        return changed

    def begin_anew(self) -> None:
        """Forget every other journal of this machine: the file that stands here is the one. For an operator who knows
        that the old one is lost. Raises JournalError, LedgerError."""
        with self._ledger.transaction():
            self._database.run("delete from journal where host = ?", (self._host,))
        self.agreed()


_EVIDENCE = {
    "consent": "select 1 from consent where id = ?",
    "suppression": "select 1 from suppression where id = ?",
}
_UNITS = "select key, units from reservation where key in (select value from each(?1))"
_FIRINGS = "select key, occasion, seen_at, due_at from firing where key in (select value from each(?1))"
_BESIDE = """
select main.key, notice.key, notice.channel, notice.address, notice.text
from firing join outbox as main on main.key = firing.key join outbox as notice
  on notice.trigger_id = main.trigger_id and notice.contact = main.contact and notice.cause_at = main.cause_at
  and notice.event_type is not distinct from main.event_type and notice.event is not distinct from main.event
where main.key in (select value from each(?1)) and notice.key <> main.key and notice.kind = 'notice'
  and notice.state in ('held', 'queued', 'claimed')
order by main.key, notice.id
"""
_HELD = """
select key, contact, offer, at, offer_group, worth, unit, last_day from held_offer
where key in (select value from each(?1))
"""


def _write(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]


def _locked_file(path: Path) -> int:
    """The file at `path`, made if it is not there, locked. Another one may have taken its place while we waited."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if path.exists() and os.path.samestat(os.fstat(handle), path.stat()):
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _replace(path: Path, data: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        _write(handle, data)
        os.fsync(handle)
    finally:
        os.close(handle)
    part.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _whole(handle: int, size: int) -> int:
    """Where the last whole line ends."""
    end = size
    while end > 0:
        start = max(0, end - 65_536)
        at = os.pread(handle, end - start, start).rfind(b"\n")
        if at >= 0:
            return start + at + 1
        end = start
    return 0


def _identity(handle: int) -> tuple[str, int]:
    """The identity of the file, and where its first row begins."""
    head = os.pread(handle, 4096, 0).split(b"\n", 1)[0]
    return str(json.loads(head)["journal"]), len(head) + 1


def _lines(handle: int, position: int) -> Iterator[Mapping[str, Any]]:
    return (line for _, line in _placed(handle, position))


def _placed(handle: int, position: int) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The lines from a place on, each with where it begins."""
    with os.fdopen(os.dup(handle), "rb") as file:
        file.seek(position)
        for line in file:
            yield position, json.loads(line)
            position += len(line)
