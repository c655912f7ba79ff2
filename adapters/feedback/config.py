"""What `kadenz.yaml` says about who may report to us, as plain values. Secrets are named by environment variable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class WebhookSource:
    """A program that sends signed webhooks to `/webhooks/NAME`.

    `secrets_env`: environment variables with secrets, the present one and those that still hold. `accepts`: event types
    of the schema. `types`: its word for an event -> ours. `fields`: its name of a value below `data` (parts apart by
    dots) -> ours. `channel`: of reports that do not say one. `mails`: a body of the type `message/rfc822` is a bounce
    or a complaint.
    """

    secrets_env: tuple[str, ...]
    accepts: tuple[str, ...]
    types: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    channel: str | None = None
    mails: bool = False
    profile: Literal["twilio", "sinch"] | None = None
    """Status callbacks in the form of this provider, signed as it signs."""
    url: str = ""
    """Of `twilio`: the address under which it knows us, for that is what it signs."""
