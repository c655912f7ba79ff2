"""Mails that come back, read: delivery reports (RFC 3464) and complaints (feedback reports, RFC 5965).

Anybody can send a mail that looks like one. So it counts only with the key of a message of ours in it, which hardly
anybody knows who has not seen the mail: in the Message-ID of the mail that came back, in what answers refer to, in the
address that it was sent to, or anywhere else in it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Literal

from engine.instants import from_datetime

LIMIT = 256 * 1024
"""Octets of a mail that are read; a report stands at its beginning."""

MOST_KEYS = 50

Happened = Literal["bounced", "deferred", "delivered", "relayed", "complaint"]

_KEY = re.compile(rb"(?<![0-9a-f])(?:[0-9a-f]{32}){1,2}(?![0-9a-f])")
_STATUS = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}")
_NO_COMPLAINT = ("not-spam", "auth-failure", "dmarc")

_OF_THE_MESSAGE = ("5.3.4", "5.6.", "5.7.")
"""Permanent refusals that say nothing of the address: too large, a matter of content, of policy or reputation."""

_FULL = "5.2.2"
"""The mailbox is full, which passes."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a mail reports. `keys`: what might be the key of a message of ours, the likeliest first. `status`: as RFC
    3463 has it. `address_bad`: of a bounce, that it is the address which is no good. `at`: microseconds, where the mail
    says it. `id`: the same for the same mail."""

    happened: Happened
    id: str
    keys: tuple[str, ...]
    at: int | None
    status: str = ""
    address_bad: bool = True


def notice_of(data: bytes) -> Notice | None:
    """What a mail reports; None for any other mail, one that cannot be read among them."""
    try:
        mail = message_from_bytes(data[:LIMIT])
        parts = list(mail.walk())
        happened = _delivery(parts) or _complaint(parts)
    except (ValueError, LookupError, RecursionError, AttributeError, TypeError):
        return None  # the library takes no care of what a hostile mail can hold
    if happened is None:
        return None
    what, status = happened
    own = str(mail.get("Message-ID", "")).strip() or hashlib.sha256(data).hexdigest()
    bad = not status.startswith(_OF_THE_MESSAGE)
    return Notice(what, hashlib.sha256(own.encode("utf-8", "replace")).hexdigest()[:32], _keys(mail, parts, data),
                  _date(mail), status, bad)  # fmt: skip


def _delivery(parts: Sequence[Message]) -> tuple[Happened, str] | None:
    """The worst that is reported of a recipient."""
    found: list[tuple[Happened, str]] = []
    for part in parts:
        if part.get_content_type() != "message/delivery-status":
            continue
        blocks = part.get_payload()
        for block in blocks if isinstance(blocks, list) else ():
            if isinstance(block, Message) and (action := str(block.get("Action", "")).strip().lower()):
                found.append(_of_action(action, _status(block)))
    order: tuple[Happened, ...] = ("bounced", "deferred", "relayed", "delivered")
    return min(found, key=lambda one: order.index(one[0]), default=None)


def _of_action(action: str, status: str) -> tuple[Happened, str]:
    match action:
        case "failed":
            return ("bounced" if status.startswith("5") and status != _FULL else "deferred"), status
        case "delivered":
            return "delivered", status
        case "relayed" | "expanded":
            return "relayed", status
        case _:
            return "deferred", status


def _status(block: Message) -> str:
    for name in "Status", "Diagnostic-Code":
        found = _STATUS.search(str(block.get(name, "")))
        if found is not None:
            return found[0]
    return ""


def _complaint(parts: Sequence[Message]) -> tuple[Happened, str] | None:
    for part in parts:
        if part.get_content_type() == "message/feedback-report":
            inner = part.get_payload()
            fields = inner[0] if isinstance(inner, list) and inner else part
            kind = str(fields.get("Feedback-Type", "")).strip().lower() if isinstance(fields, Message) else ""
            return None if not kind or kind in _NO_COMPLAINT else ("complaint", "")
    return None


def _keys(mail: Message, parts: Sequence[Message], data: bytes) -> tuple[str, ...]:
    def candidates() -> Iterator[str]:
        # of the mail that came back, then of what this one answers, then anywhere
        for part in parts[1:]:
            yield str(part.get("Message-ID", ""))
            if part.get_content_type() == "text/rfc822-headers":
                payload = part.get_payload()
                yield from re.findall(r"(?im)^message-id:.*(?:\n[ \t].*)*", payload if isinstance(payload, str) else "")
        yield str(mail.get("In-Reply-To", ""))
        yield str(mail.get("References", ""))
        yield data[:LIMIT].decode("latin-1")

    found: dict[str, None] = {}
    for text in candidates():
        for key in _KEY.findall(text.encode("latin-1", "replace").lower()):
            found.setdefault(key.decode(), None)
            if len(found) >= MOST_KEYS:
                return tuple(found)
    return tuple(found)


def _date(mail: Message) -> int | None:
    try:
        moment = parsedate_to_datetime(str(mail.get("Date", "")))
        return from_datetime(moment) if moment.tzinfo is not None and 1970 <= moment.year <= 2200 else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
