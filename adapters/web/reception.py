"""What the routes of `kadenz serve` need of the world."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from adapters.feedback.arrivals import Arrival


@dataclass(frozen=True, slots=True)
class Reception:
    """What the routes need of the world.

    `keep` puts an arrival on the disk and may wait until it is taken over (raises InboxError: it is not kept).
    `secrets`: channel -> the secret that signs its tokens. `addresses`: the `https:` addresses of `list_unsubscribe`.
    `webhooks`: source -> its keys; `mails`: those of them that may bring mails, `profiles`: those that
    speak as a provider does, with the address it calls. `language` asks for the language of a
    contact, and may know none. `health`: whether all is well, and what there is to say. `clock` in microseconds.
    """

    name: str
    languages: Sequence[str]
    keep: Callable[[Arrival], None]
    clock: Callable[[], int]
    language: Callable[[str], str | None]
    health: Callable[[], tuple[bool, Mapping[str, Any]]]
    told: Callable[[str], None]
    secrets: Mapping[str, str] = field(default_factory=dict)
    addresses: Sequence[str] = ()
    webhooks: Mapping[str, Sequence[bytes]] = field(default_factory=dict)
    mails: frozenset[str] = frozenset()
    profiles: Mapping[str, tuple[Literal["twilio", "sinch"], str]] = field(default_factory=dict)
