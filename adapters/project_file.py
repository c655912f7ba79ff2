"""`kadenz.yaml` as pydantic models; `adapters.project` makes plain values of them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from adapters.channel_config import CONNECTIONS, ROWS
from adapters.validating import Strict
from engine.rates import AT_LEAST


class FolderEntry(Strict):
    """A channel that writes messages as files."""

    kind: Literal["folder"]
    folder: str
    address: str | None = None


class SmtpEntry(Strict):
    """A channel that hands over to a mail server."""

    kind: Literal["smtp"]
    host: str
    from_: str = Field(alias="from")
    address: str | None = None
    port: int = Field(587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password_env: str | None = None
    reply_to: str | None = None
    bounce: str | None = None
    to: str | None = None
    list_unsubscribe: tuple[str, ...] | str = ()
    unsubscribe_secret_env: str | None = None
    throttle: dict[str, str] = Field(default_factory=dict)
    timeout: int = Field(30, ge=1, le=600)
    connections: int = Field(CONNECTIONS, ge=1, le=100)

    @property
    def unsubscribe(self) -> tuple[str, ...]:
        """`list_unsubscribe` as a list of addresses without `<` and `>`."""
        said = (self.list_unsubscribe,) if isinstance(self.list_unsubscribe, str) else self.list_unsubscribe
        return tuple(one.removeprefix("<").removesuffix(">") for one in said)


class BatchEntry(Strict):
    """A channel that hands over many messages in one file."""

    kind: Literal["batch"]
    folder: str
    format: Literal["csv", "xlsx", "json", "jsonl"]
    address: str | None = None
    columns: tuple[str, ...] | dict[str, str] = ()
    lines: tuple[str | tuple[str, ...], ...] = ()
    order: str | None = None
    rows: int = Field(ROWS, ge=1, le=100_000)


class OutcomeEntry(Strict):
    """Where an answer says the outcome in its JSON, and which values mean what ("*": any other, "": none)."""

    path: str
    accepted: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()


class AnswersEntry(Strict):
    """How the answers of a provider are read."""

    accepted: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()
    uncertain: tuple[str, ...] = ()
    outcome: OutcomeEntry | None = None
    id: str | None = None
    reason: str | None = None


class HttpEntry(Strict):
    """A channel that hands over to a provider by HTTP. What a profile gives may be left out."""

    kind: Literal["http"]
    profile: Literal["twilio", "sinch", "vonage", "onesignal"] | None = None
    url: str | None = None
    method: Literal["POST", "PUT"] = "POST"
    form: Literal["json", "form"] | None = None
    headers: dict[str, str] = Field(default_factory=dict)
    body: dict[str, JsonValue] | None = None
    answers: AnswersEntry = Field(default_factory=AnswersEntry.model_construct)
    address: str | None = None
    from_: str | None = Field(None, alias="from")
    account: str | None = None
    user: str | None = None
    secret_env: str | None = None
    to: str | None = None
    timeout: int = Field(60, ge=1, le=600)


class WebhookOutEntry(Strict):
    """A channel or a team that is a program with an address."""

    kind: Literal["webhook"]
    url: str
    secret_env: str | tuple[str, ...]
    address: str | None = None
    timeout: int = Field(30, ge=1, le=600)


ChannelEntry = Annotated[
    FolderEntry | SmtpEntry | BatchEntry | HttpEntry | WebhookOutEntry, Field(discriminator="kind")
]


class HookEntry(Strict):
    """A program that `call` tells. What does not belong to its kind is refused by `adapters.project_values`."""

    kind: str
    folder: str | None = None
    url: str | None = None
    secret_env: str | tuple[str, ...] | None = None
    timeout: int | None = Field(None, ge=1, le=600)


class PostgresEntry(Strict):
    """A store on a server."""

    kind: Literal["postgres"]
    address: str
    schema_: str | None = Field(None, alias="schema", min_length=1)
    password_env: str | None = None


class FactsEntry(Strict):
    """Where the facts lie (`kind`: `postgres` at `address`, else a file), which engine evaluates, and where the copies
    of the facts lie that have a place of their own (one on Postgres at `address`, where `kind` is `sqlite`)."""

    kind: Literal["sqlite", "postgres"] = "sqlite"
    engine: Literal["auto", "sqlite", "duckdb", "parquet", "postgres"] = "auto"
    folder: str | None = None
    address: str | None = None
    schema_: str | None = Field(None, alias="schema", min_length=1, max_length=63)
    password_env: str | None = None


class StoresEntry(Strict):
    """Stores that do not lie in the folder, and copies of those that do."""

    facts: FactsEntry = Field(default_factory=FactsEntry.model_construct)

    ledger: PostgresEntry | None = None


class LimitsEntry(Strict):
    """Safety limits."""

    per_tick: int | None = Field(None, ge=1)
    bounces: str | None = None
    complaints: str | None = None
    at_least: int = Field(AT_LEAST, ge=1)


class ServeEntry(Strict):
    """What `kadenz serve` does."""

    listen: str = "127.0.0.1:8080"


class GatesEntry(Strict):
    """Which changes need an approval."""

    widening: str | None = None
    priority: int | None = Field(None, ge=0, le=100)
    cap_loosened: bool = False
    caps_undecidable: bool = False
    quiet_shortened: bool = False
    transactional: bool = False
    consent_removed: bool = False


class ReviewEntry(Strict):
    """How changes are approved and activated."""

    gates: GatesEntry = Field(default_factory=GatesEntry.model_construct)
    approvers: tuple[str, ...] | dict[str, tuple[str, ...]] = ()
    band: str | None = None
    apply: Literal["optional", "required"] = "optional"


class WebhookEntry(Strict):
    """A program that reports to `kadenz serve`."""

    secrets_env: tuple[str, ...] | str
    accepts: tuple[str, ...] | str
    types: dict[str, str] = Field(default_factory=dict)
    fields_: dict[str, str] = Field(default_factory=dict, alias="fields")
    channel: str | None = None
    mails: bool = False
    profile: Literal["twilio", "sinch"] | None = None
    url: str = ""


class CouponsEntry(Strict):
    """Codes of one person each."""

    secret_env: str = Field(min_length=1)
    redeemed: dict[str, str] = Field(default_factory=dict)


class ProjectFile(Strict):
    """The whole file."""

    name: str
    time_zone: str
    country: str | None = None
    active_from: str | None = None
    settle: str = "5 minutes"
    store: str = ".kadenz"
    journal: str | None = None
    output: str = "out"
    languages: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ("marketing",)
    own_hosts: tuple[str, ...] = ()
    channels: dict[str, ChannelEntry] = Field(default_factory=dict)
    teams: dict[str, ChannelEntry] = Field(default_factory=dict)
    hooks: dict[str, HookEntry] = Field(default_factory=dict)
    coupons: CouponsEntry | None = None
    limits: LimitsEntry = Field(default_factory=LimitsEntry.model_construct)
    stores: StoresEntry = Field(default_factory=StoresEntry.model_construct)
    webhooks: dict[str, WebhookEntry] = Field(default_factory=dict)
    serve: ServeEntry = Field(default_factory=ServeEntry.model_construct)
    review: ReviewEntry = Field(default_factory=ReviewEntry.model_construct)
