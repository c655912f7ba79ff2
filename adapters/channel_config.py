"""What `kadenz.yaml` says about a channel, as plain values. Passwords are named by environment variable, never held."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class FolderConfig:
    """Messages become files in `folder` (absolute). `address`: the contact field with the address, if it needs one."""

    folder: Path
    address: str | None = None


CONNECTIONS = 8
"""How many mails are under way at once where nobody says."""


@dataclass(frozen=True, slots=True)
class SmtpConfig:
    """Messages go to a mail server.

    `sender` is the From header ("Shop <news@shop.example>"), `bounce` the envelope sender (the sender's address where
    it is None), `to` the recipient of a team's notices. `timeout` in seconds holds for every step before the body.
    `list_unsubscribe`: at most one `https:` and one `mailto:` address; `{token}` in them is signed with the secret of
    the environment variable `unsubscribe_secret_env`.
    """

    host: str
    sender: str
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    address: str | None = None
    user: str | None = None
    password_env: str | None = None
    reply_to: str | None = None
    bounce: str | None = None
    to: str | None = None
    list_unsubscribe: tuple[str, ...] = ()
    unsubscribe_secret_env: str | None = None
    throttle: tuple[tuple[str, int], ...] = ()
    """Domain, or "default" for all others -> microseconds between two mails to it."""
    timeout: int = 30
    connections: int = CONNECTIONS
    """How many mails are under way at once, each on a connection of its own; a crash leaves at most so many of them
    `uncertain`."""

    @property
    def signs(self) -> bool:
        """Whether mails carry a token."""
        return any("{token}" in address for address in self.list_unsubscribe)


ROWS = 5_000
"""How many rows a batch file has at most where nobody says."""


@dataclass(frozen=True, slots=True)
class BatchConfig:
    """Messages become rows of batch files in `folder` (absolute), at most `rows` in each.

    `columns`: head -> what stands in the column, in order (`adapters.batch_columns`). `lines`: the lines of the postal
    address, each of contact fields that stand beside each other. `order`: rows stand by the priority of their trigger,
    or as they were decided."""

    folder: Path
    format: Literal["csv", "xlsx", "json", "jsonl"]
    address: str | None = None
    columns: tuple[tuple[str, str], ...] = ()
    lines: tuple[tuple[str, ...], ...] = ()
    order: str | None = None
    rows: int = ROWS


ChannelConfig = FolderConfig | SmtpConfig | BatchConfig
