"""Keys by hash: what makes a replay harmless, and what draws samples that stay.

A decision key names the trigger (by its oldest name), the contact and the occasion, and nothing else: no run, no
processing time, no plan version, no random number (reference/reliability.md §3.2).
"""

from __future__ import annotations

from hashlib import sha256

BUCKETS = 1_000_000
"""Into how many equal parts `bucket` cuts all contacts."""


def bucket(name: str, contact: str) -> int:
    """Where a contact stands among 0 .. BUCKETS - 1 under a name: the first 8 bytes of SHA-256 over both, as a
    fraction of 2^64, cut to whole buckets (LANGUAGE.md §8.7). Stable for ever, on every engine."""
    text = f"{len(name)}:{name}{len(contact)}:{contact}"
    return int.from_bytes(sha256(text.encode("utf-8")).digest()[:8], "big") * BUCKETS >> 64


def decision_key(trigger_id: str, contact: str, occasion: str) -> str:
    """32 hexadecimal digits of SHA-256 over the three parts, each preceded by its length."""
    parts = (trigger_id, contact, occasion)
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return sha256(text.encode("utf-8")).hexdigest()[:32]
