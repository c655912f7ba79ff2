"""Mails that came back, and the messages of the ledger that they are about."""

from __future__ import annotations

import mailbox
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from adapters.feedback.mails import LIMIT, Happened, Notice, notice_of
from adapters.feedback.messages import by_key
from adapters.feedback.reports import Report
from adapters.importing.identity import digest
from adapters.sources.cells import SourceError
from adapters.stores.ledger_database import Database

_EVENTS: Mapping[Happened, str] = {
    "bounced": "message_bounced",
    "deferred": "message_bounced",
    "delivered": "message_delivered",
    "relayed": "message_relayed",
    "complaint": "message_complained",
}


@dataclass(frozen=True, slots=True)
class Received:
    """A mail as it lies before us. `at`: when it came in, as far as we know."""

    name: str
    data: bytes
    at: int


@dataclass(frozen=True, slots=True)
class Read:
    """What became of mails: reports about messages of ours; those that report something and name no message of ours;
    and other mails, answers of absent people among them."""

    reports: tuple[Report, ...]
    unknown: tuple[Received, ...]
    other: tuple[Received, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many of each kind, by what happened."""
        counts: Counter[str] = Counter()
        for one in self.reports:
            word = one.event.removeprefix("message_")
            counts["deferred" if word == "bounced" and not one.permanent else word] += 1
        return counts


def read_mails(mails: Sequence[Received], database: Database, now: int) -> Read:
    """Read mails and find their messages. Raises LedgerError."""
    notices = [(mail, notice_of(mail.data)) for mail in mails]
    messages = by_key(database, [key for _, notice in notices if notice is not None for key in notice.keys])
    reports: list[Report] = []
    unknown: list[Received] = []
    for mail, notice in notices:
        if notice is None:
            continue
        message = next((messages[key] for key in notice.keys if key in messages), None)
        if message is None:
            unknown.append(mail)
            continue
        at = min(notice.at if notice.at is not None else mail.at, now)
        reports.append(
            Report(
                _EVENTS[notice.happened],
                f"mail:{digest(notice.id, message.key)}",
                at,
                now,
                message,
                permanent=notice.happened != "deferred",
                address_bad=notice.address_bad,
                note=_note(notice),
            )
        )
    return Read(tuple(reports), tuple(unknown), tuple(mail for mail, notice in notices if notice is None))


def _note(notice: Notice) -> str:
    return f"mail{f', status {notice.status}' if notice.status else ''}"


def mails_at(path: Path) -> Iterator[Received]:
    """The mails of a Maildir (`new` and `cur`), of a folder of files, of an mbox file, or one mail in a file; links are
    not followed, and nothing is changed. Raises SourceError if there is nothing to read."""
    if path.is_dir():
        folders = [path / name for name in ("new", "cur") if (path / name).is_dir()] or [path]
        files = sorted(one for folder in folders for one in folder.iterdir() if not one.is_symlink() and one.is_file())
        for one in files:
            yield _file(one)
    elif not path.is_file():
        raise SourceError(f"`{path}` is neither a file nor a folder")
    elif _begins_like_mbox(path):
        box = mailbox.mbox(path, create=False)
        try:
            stamp = path.stat().st_mtime_ns // 1_000
            for number, key in enumerate(box.iterkeys(), start=1):
                yield Received(f"{path.name} {number}", box.get_bytes(key)[:LIMIT], stamp)
        finally:
            box.close()
    else:
        yield _file(path)


def _begins_like_mbox(path: Path) -> bool:
    with path.open("rb") as opened:
        return opened.read(5) == b"From "


def _file(path: Path) -> Received:
    try:
        with path.open("rb") as opened:
            return Received(path.name, opened.read(LIMIT), path.stat().st_mtime_ns // 1_000)
    except OSError as error:
        raise SourceError(f"`{path}` cannot be read: {(error.strerror or str(error)).lower()}") from error
