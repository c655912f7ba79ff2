"""Decision keys: what makes a replay harmless.

The key names the trigger (by its oldest name), the contact and the occasion, and nothing else: no run, no processing
time, no plan version, no random number (reference/reliability.md §3.2).
"""

from __future__ import annotations

from hashlib import sha256


def decision_key(trigger_id: str, contact: str, occasion: str) -> str:
    """32 hexadecimal digits of SHA-256 over the three parts, each preceded by its length."""
    parts = (trigger_id, contact, occasion)
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return sha256(text.encode("utf-8")).hexdigest()[:32]
