"""How a reader of a mail says that no more should come: `List-Unsubscribe`, with one click where there is a token.

A token says which contact withdraws what, and a keyed hash makes it impossible to invent one. It has no expiry: a link
in an old mail must work. It is signed, not encrypted: whoever has the link can read the contact's key in it.
"""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import astuple, dataclass

LEAST_SECRET = 16
"""How many characters a secret has at least."""

_MARK = b"kadenz unsubscribe 1\0"
"""Hashed before the text, so that a hash of the same secret made for something else is none of ours."""


@dataclass(frozen=True, slots=True)
class Unsubscription:
    """What a token stands for: a contact, the purpose and the channel, and the decision key of the mail it stood in."""

    contact: str
    purpose: str
    channel: str
    key: str


def token_of(what: Unsubscription, secret: str) -> str:
    """The token: letters, digits, `-`, `_` and one dot. The same for the same values and secret."""
    text = json.dumps(astuple(what), ensure_ascii=False, separators=(",", ":")).encode()
    return f"{_letters(text)}.{_letters(_hash(text, secret))}"


def read_token(token: str, secret: str) -> Unsubscription | None:
    """What a token stands for; None if it was not made by `token_of` with this secret, letter by letter."""
    head, dot, tail = token.partition(".")
    text = _bytes(head)
    mac = _bytes(tail)
    if not dot or text is None or mac is None or not hmac.compare_digest(mac, _hash(text, secret)):
        return None
    # signed with our secret, so it is what `token_of` wrote
    return Unsubscription(*json.loads(text))


def secret_problem(secret: str | None) -> str | None:
    """Why a secret cannot be used; None if it can."""
    if not secret:
        return "is missing"
    return None if len(secret) >= LEAST_SECRET else f"is shorter than {LEAST_SECRET} characters"


def unsubscribe_headers(addresses: tuple[str, ...], what: Unsubscription, secret: str | None) -> bytes:
    """The header lines for these addresses (`https:` before `mailto:`), each ended by CRLF; empty without addresses.

    `{token}` in an address becomes the token. An `https:` address with a token is one that works with one click, which
    `List-Unsubscribe-Post` says (RFC 8058). The lines are made here and not by the email library, which writes a long
    address as an encoded word that no reader follows.
    """
    if not addresses:
        return b""
    filled = [(a, a.replace("{token}", token_of(what, secret or "")) if "{token}" in a else a) for a in addresses]
    filled.sort(key=lambda pair: not pair[0].startswith("https:"))
    lines = "List-Unsubscribe: " + ",\r\n ".join(f"<{address}>" for _, address in filled) + "\r\n"
    if any(raw.startswith("https:") and "{token}" in raw for raw in addresses):
        lines += "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    return lines.encode("ascii")


def unsubscribe_link(addresses: tuple[str, ...], what: Unsubscription, secret: str | None) -> str | None:
    """The address for the body of a message: that of the header, with the same token, `https:` before `mailto:`; None
    without addresses."""
    ordered = sorted(addresses, key=lambda address: not address.startswith("https:"))
    return ordered[0].replace("{token}", token_of(what, secret or "")) if ordered else None


def _hash(text: bytes, secret: str) -> bytes:
    return hmac.digest(secret.encode(), _MARK + text, "sha256")


def _letters(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes | None:
    """The bytes of letters that `_letters` made; None for any other spelling of them."""
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None
    return data if _letters(data) == text else None
