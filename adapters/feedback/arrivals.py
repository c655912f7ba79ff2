"""What arrives, as the inbox keeps it: a closed set of plain values, each one line of JSON.

`at` is always the instant of arrival in microseconds, by this machine's clock.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Any, assert_never

from adapters.channels.unsubscribe import Unsubscription


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """Somebody followed a link that says which contact withdraws what."""

    what: Unsubscription
    at: int


@dataclass(frozen=True, slots=True)
class WebhookIn:
    """A signed webhook of the source `source`: the sender's id and the body, a JSON object as text."""

    source: str
    id: str
    body: str
    at: int


@dataclass(frozen=True, slots=True)
class MailIn:
    """A mail that came back: a bounce or a complaint, as the bytes that arrived."""

    data: bytes
    at: int


Arrival = Unsubscribe | WebhookIn | MailIn


def line_of(arrival: Arrival) -> dict[str, Any]:
    """The arrival as the inbox keeps it."""
    match arrival:
        case Unsubscribe(what, at):
            return {
                "unsubscribe": {"contact": what.contact, "purpose": what.purpose, "channel": what.channel},
                "key": what.key,
                "at": at,
            }
        case WebhookIn(source, id_, body, at):
            return {"webhook": source, "id": id_, "body": body, "at": at}
        case MailIn(data, at):
            return {"mail": b64encode(data).decode(), "at": at}
        case _:
            assert_never(arrival)


def arrival_of(line: dict[str, Any]) -> Arrival:
    """The arrival of a line. Raises ValueError for one that this version does not know."""
    match line:
        case {"unsubscribe": {"contact": contact, "purpose": purpose, "channel": channel}, "key": key, "at": int(at)}:
            return Unsubscribe(Unsubscription(contact, purpose, channel, key), at)
        case {"webhook": str(source), "id": str(id_), "body": str(body), "at": int(at)}:
            return WebhookIn(source, id_, body, at)
        case {"mail": str(mail), "at": int(at)}:
            return MailIn(b64decode(mail), at)
        case _:
            raise ValueError("a line that this version does not know")
