"""Standard Webhooks: a body with an id and a time, signed with a key that both sides have (standardwebhooks.com).

The signature is `v1,` and the HMAC-SHA-256 of `id.time.body` in base64; a header may hold several, apart by blanks. A
secret is `whsec_` and the key in base64, 24 to 64 octets.
"""

from __future__ import annotations

import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Literal

PREFIX = "whsec_"

TOLERANCE = 5 * 60
"""Seconds that the time of a webhook may lie from ours, in either direction."""

LONGEST_ID = 200

Refusal = Literal["no id", "no time", "too old", "too far ahead", "no signature"]
"""Why a webhook is not taken."""

_ID = re.compile(r"[!-~]{1,200}")
_TIME = re.compile(r"[0-9]{1,12}")


def key_of(secret: str) -> bytes | None:
    """The key of a secret; None if it is none.

    >>> key_of("whsec_" + "A" * 32) == bytes(24)
    True
    >>> key_of("whsec_short")
    """
    try:
        key = b64decode(secret.strip().removeprefix(PREFIX), validate=True)
    except ValueError:
        return None
    return key if 24 <= len(key) <= 64 else None


def signature(key: bytes, id_: str, seconds: int, body: bytes) -> str:
    """One signature, as the header has it. `seconds` since 1970 UTC."""
    return "v1," + b64encode(_mac(key, id_, str(seconds), body)).decode()


def refused(
    keys: Sequence[bytes], id_: str | None, time: str | None, signatures: str | None, body: bytes, now: int
) -> Refusal | None:
    """Why a webhook with these three headers is not to be taken; None if one of `keys` signed it within the tolerance.

    `now` in seconds since 1970 UTC. Every key is tried against every signature, in constant time each."""
    if id_ is None or _ID.fullmatch(id_) is None:
        return "no id"
    if time is None or _TIME.fullmatch(time) is None:
        return "no time"
    if int(time) < now - TOLERANCE:
        return "too old"
    if int(time) > now + TOLERANCE:
        return "too far ahead"
    given = [part[3:] for part in (signatures or "")[:4_000].split(" ") if part.startswith("v1,")]
    good = False
    for key in keys:
        made = b64encode(_mac(key, id_, time, body))
        for one in given:
            good |= hmac.compare_digest(made, one.encode("utf-8", "replace"))
    return None if good else "no signature"


def _mac(key: bytes, id_: str, time: str, body: bytes) -> bytes:
    return hmac.digest(key, f"{id_}.{time}.".encode() + body, "sha256")
