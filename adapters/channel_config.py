"""What `kadenz.yaml` says about a channel, as plain values. Passwords are named by environment variable, never held."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, assert_never


@dataclass(frozen=True, slots=True)
class FolderConfig:
    """Messages become files in `folder` (absolute). `address`: the contact field with the address, if it needs one."""

    folder: Path
    address: str | None = None


@dataclass(frozen=True, slots=True)
class CouponConfig:
    """Codes of one person each are signed with the secret of the environment variable `secret_env`. `redeemed`: event
    type -> its property that holds a code; such an event finds its contact by the code."""

    secret_env: str
    redeemed: tuple[tuple[str, str], ...] = ()


CONNECTIONS = 8
"""How many mails are under way at once where nobody says."""


@dataclass(frozen=True, slots=True)
class SmtpConfig:
    """Messages go to a mail server.

    `sender` is the From header ("Shop <news@shop.example>"), `bounce` the envelope sender (the sender's address where
    it is None; `{key}` in it becomes the decision key), `to` the recipient of a team's notices. `timeout` in seconds
    holds for every step before the body. `list_unsubscribe`: at most one `https:` and one `mailto:` address; `{token}`
    in them is signed with the secret of the environment variable `unsubscribe_secret_env`.
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


Meaning = Literal["accepted", "refused", "later", "stop", "uncertain"]
"""What an answer says: taken, refused for good, refused for now, no message of ours is taken, nobody knows."""

STATUSES: tuple[tuple[str, Meaning], ...] = (
    ("2xx", "accepted"),
    ("3xx", "stop"),
    ("303", "uncertain"),
    ("401", "stop"),
    ("402", "stop"),
    ("403", "stop"),
    ("407", "stop"),
    ("408", "later"),
    ("409", "uncertain"),
    ("425", "later"),
    ("429", "later"),
    ("4xx", "refused"),
)
"""What statuses mean where nobody says; all others leave it open whether the message was taken."""


@dataclass(frozen=True, slots=True)
class Answers:
    """How the answers of a provider are read.

    `statuses`: "404" or "4xx" -> meaning, the later line before an earlier one of the same word, a number before its
    class. `outcome_path`: where an accepted answer says the outcome in its JSON, `outcomes` the values that can stand
    there ("*": any, "": none). `id_path`: the provider's number of the message; `reason_path`: a code of an error."""

    statuses: tuple[tuple[str, Meaning], ...] = STATUSES
    outcome_path: str | None = None
    outcomes: tuple[tuple[str, Meaning], ...] = ()
    id_path: str | None = None
    reason_path: str | None = None


READ_BY_STATUS = Answers()


@dataclass(frozen=True, slots=True)
class HttpConfig:
    """Messages go to a provider's HTTP interface, one request each.

    `url`, `headers` and `body` (the JSON of what is sent, as text) hold placeholders like `{text}`; see
    `adapters.channels.http_request`. `own_hosts`: see `adapters.channels.http_guard`. `timeout` in seconds."""

    url: str
    body: str
    method: Literal["POST", "PUT"] = "POST"
    form: Literal["json", "form"] = "json"
    headers: tuple[tuple[str, str], ...] = ()
    answers: Answers = READ_BY_STATUS
    address: str | None = None
    sender: str | None = None
    account: str | None = None
    user: str | None = None
    secret_env: str | None = None
    to: str | None = None
    timeout: int = 60
    own_hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WebhookConfig:
    """Messages or calls go to a program's address, signed; see `adapters.channels.webhook`. `secret_envs`: the first
    secret is the new one where keys are changed. `own_hosts`: see `adapters.channels.http_guard`. `timeout` in seconds.
    """

    url: str
    secret_envs: tuple[str, ...]
    address: str | None = None
    timeout: int = 30
    own_hosts: tuple[str, ...] = ()


ChannelConfig = FolderConfig | SmtpConfig | BatchConfig | HttpConfig | WebhookConfig

HookConfig = FolderConfig | WebhookConfig


def secrets_of(config: ChannelConfig) -> tuple[str, ...]:
    """The names of the environment variables that a channel needs."""
    match config:
        case FolderConfig() | BatchConfig():
            return ()
        case SmtpConfig(password_env=password, unsubscribe_secret_env=signing):
            return tuple(name for name in (password, signing) if name is not None)
        case HttpConfig(secret_env=secret):
            return () if secret is None else (secret,)
        case WebhookConfig(secret_envs=secrets):
            return secrets
        case _:
            assert_never(config)
