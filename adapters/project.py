"""A project as it lies in a folder: `kadenz.yaml`, `schema.yaml`, playbooks and templates, read and checked.

Stage 0 of the way of the data: files in, `Project` out. All findings are values in `Project.diagnostics`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from adapters.channel_config import (
    ChannelConfig,
    CouponConfig,
    FolderConfig,
    HookConfig,
    SmtpConfig,
    WebhookConfig,
)
from adapters.engine_choice import Pinned
from adapters.feedback.config import WebhookSource
from adapters.project_codes import CODES
from adapters.project_folder import Folder
from adapters.review_config import ReviewConfig
from adapters.store_config import PostgresConfig
from adapters.template_file import Template, read_template
from dsl.diagnostics import Diagnostic, has_errors, in_reading_order
from dsl.kept import Kept
from dsl.schema import Schema, builtin_events
from engine.rates import NO_LIMIT, RateLimits

if TYPE_CHECKING:
    from adapters.project_file import ChannelEntry, FactsEntry, PostgresEntry, ProjectFile, WebhookEntry

__all__ = ["CODES", "Limits", "Project", "ProjectNotFound", "load"]

PROJECT_FILE = "kadenz.yaml"
SCHEMA_FILE = "schema.yaml"


class ProjectNotFound(Exception):
    """There is no `kadenz.yaml` in the folder. The text is for people; the exit code is 3."""


@dataclass(frozen=True, slots=True)
class Limits:
    """`per_tick`: a tick that would queue more messages queues none and asks; None is no limit. `rates`: what of the
    messages of a trigger may come back before it stops itself."""

    per_tick: int | None = None
    rates: RateLimits = NO_LIMIT


@dataclass(frozen=True, slots=True)
class Project:
    """A project, with everything that could be read of it. Instants and durations are microseconds.

    `sources` are the playbooks, (path, text), sorted by path; paths are relative to `directory`, with slashes.
    `texts` holds every text that was read, by path, for drawing findings. If `diagnostics` holds errors, the rest is
    what could be made out.
    """

    directory: Path
    name: str
    time_zone: str
    country: str | None
    settle: int
    active_from: int | None
    languages: tuple[str, ...]
    schema: Schema
    channels: Mapping[str, ChannelConfig]
    teams: Mapping[str, ChannelConfig]
    hooks: Mapping[str, HookConfig]
    limits: Limits
    review: ReviewConfig
    ledger_server: PostgresConfig | None
    facts_record: PostgresConfig | None
    """Where the facts themselves lie on a server; None: in `facts_path`."""
    engine: Pinned
    parquet_path: Path
    facts_server: PostgresConfig | None
    store: Path
    journal: Path
    output: Path
    sources: tuple[tuple[str, str], ...]
    templates: tuple[Template, ...]
    diagnostics: tuple[Diagnostic, ...]
    texts: Mapping[str, str] = field(repr=False)
    webhooks: Mapping[str, WebhookSource] = field(default_factory=dict)
    """Who reports to `kadenz serve`, by name."""
    coupons: CouponConfig | None = None
    listen: str = "127.0.0.1:8080"
    """Where `kadenz serve` listens if nobody says."""

    @property
    def facts_path(self) -> Path:
        """Contacts, events and fact tables, where `facts_record` is None."""
        return self.store / "facts.db"

    @property
    def duckdb_path(self) -> Path:
        """The copy of the facts on DuckDB; it can be deleted at any time."""
        return self.store / "facts.duckdb"

    @property
    def ledger_path(self) -> Path:
        """Decisions and messages at the present, where `ledger_server` is None."""
        return self.store / "ledger.db"

    @property
    def statements_path(self) -> Path:
        """The statements of plans; it can be deleted at any time."""
        return self.store / "statements"

    @property
    def journal_path(self) -> Path:
        """What may have left, beside the store and no part of its backups."""
        return self.journal / "handovers.jsonl"

    @property
    def inbox(self) -> Path:
        """The folder with what came in from outside and is not stored yet; beside the journal, for the same reason."""
        return self.journal

    @property
    def forgotten_path(self) -> Path:
        """Who was forgotten, beside the store and no part of its backups."""
        return self.journal / "forgotten.jsonl"

    @property
    def rehearsal_ledger_path(self) -> Path:
        """Decisions and messages of runs at another time than now."""
        return self.store / "rehearsal.db"

    @property
    def rehearsal_folder(self) -> Path:
        """Where every channel writes in a rehearsal, one folder each."""
        return self.output / "rehearsal"

    @property
    def outbox_folder(self) -> Path:
        """Where `kadenz outbox` writes its pages; it can be deleted at any time."""
        return self.output / "outbox"

    @property
    def ok(self) -> bool:
        """Whether there are no errors."""
        return not has_errors(self.diagnostics)


def load(directory: Path, kept: Kept | None = None, folder: Folder | None = None) -> Project:
    """Read the project in `directory`; `kept` has what was made of its files in the last round. `folder`: where its
    files come from, if not from there.

    Raises ProjectNotFound if it has no `kadenz.yaml`; anything else that is wrong is in `Project.diagnostics`.
    """
    directory = directory.resolve()
    kept = kept or Kept()
    folder = folder or Folder(directory)
    text = folder.read(PROJECT_FILE)
    if text is None and not folder.found:
        raise ProjectNotFound(f"there is no `{PROJECT_FILE}` in {directory}: start a project with `kadenz init`")
    schema_text = folder.read(SCHEMA_FILE)
    sources = tuple(folder.files("playbooks", ".play"))
    found = folder.found
    templates = []
    for name, source in folder.files("templates", ".j2"):
        template, problems = kept.of(read_template, name, source)
        found.extend(problems)
        if template is not None:
            templates.append(template)
    schema = _schema(schema_text, found, kept)
    return _project(directory, text or "", schema, sources, templates, found, folder.texts, kept)


def _schema(text: str | None, found: list[Diagnostic], kept: Kept) -> Schema:
    from dsl.diagnostics import Label
    from dsl.spans import span_of

    if text is None:
        if not any(d.primary.span.file == SCHEMA_FILE for d in found):
            help_ = ("`kadenz schema infer FILE` writes one from a CSV",)
            label = Label(span_of(SCHEMA_FILE, "", 0, 0))
            found.append(Diagnostic("K0910", f"there is no `{SCHEMA_FILE}` in this project", label, help=help_))
        return _NO_SCHEMA
    schema, problems = kept.of(_read_schema, text)
    found.extend(problems)
    return schema


_NO_SCHEMA = Schema("key", {}, builtin_events())


def _read_schema(text: str) -> tuple[Schema, list[Diagnostic]]:
    from adapters.schema_file import schema_of
    from adapters.yaml_reading import read_yaml

    document, found = read_yaml(SCHEMA_FILE, text)
    if document is None:
        return _NO_SCHEMA, found
    schema, more = schema_of(document)
    return schema, [*found, *more]


def _project(
    directory: Path,
    text: str,
    schema: Schema,
    sources: tuple[tuple[str, str], ...],
    templates: Iterable[Template],
    found: list[Diagnostic],
    texts: Mapping[str, str],
    kept: Kept,
) -> Project:
    from adapters.project_file import ProjectFile
    from adapters.project_values import checked, declared
    from adapters.validating import validate
    from adapters.yaml_reading import read_yaml

    fallback = {"name": directory.name or "project", "time_zone": "UTC"}
    document, problems = kept.of(read_yaml, PROJECT_FILE, text)
    found.extend(problems)
    if document is None:
        parsed = ProjectFile.model_validate(fallback)
        values = checked(None, parsed, schema, found)
    else:
        parsed, problems = validate(ProjectFile, document, fallback)
        found.extend(problems)
        values = checked(document, parsed, schema, found)
    channels = declared(document, "channels", schema, found)
    teams = declared(document, "teams", schema, found)
    hooks = declared(document, "hooks", schema, found)
    return Project(
        directory=directory,
        name=parsed.name,
        time_zone=values.time_zone,
        country=values.country,
        settle=values.settle,
        active_from=values.active_from,
        languages=values.languages,
        schema=replace(schema, channels=channels, teams=tuple(teams), hooks=tuple(hooks), purposes=parsed.purposes),
        channels={n: _channel(directory, parsed, parsed.channels[n]) for n in channels if n in parsed.channels},
        teams={n: _channel(directory, parsed, parsed.teams[n]) for n in teams if n in parsed.teams},
        hooks={n: hook for n in hooks if (hook := _hook(directory, parsed, n)) is not None},
        limits=Limits(parsed.limits.per_tick, values.rates),
        review=values.review,
        ledger_server=_server(parsed.stores.ledger),
        engine=parsed.stores.facts.engine,
        parquet_path=directory / (parsed.stores.facts.folder or f"{parsed.store}/parquet"),
        facts_record=_facts_server(parsed.stores.facts, "postgres"),
        facts_server=_facts_server(parsed.stores.facts, "sqlite"),
        store=directory / parsed.store,
        journal=directory / (parsed.journal or f"{parsed.store.rstrip('/')}-journal"),
        output=directory / parsed.output,
        sources=sources,
        templates=tuple(templates),
        diagnostics=tuple(in_reading_order(found)),
        texts=texts,
        webhooks={name: _webhook(entry) for name, entry in parsed.webhooks.items()},
        coupons=_coupons(parsed),
        listen=parsed.serve.listen,
    )


def _webhook(entry: WebhookEntry) -> WebhookSource:
    def several(said: tuple[str, ...] | str) -> tuple[str, ...]:
        return (said,) if isinstance(said, str) else said

    return WebhookSource(
        secrets_env=several(entry.secrets_env),
        accepts=several(entry.accepts),
        types=entry.types,
        fields=entry.fields_,
        channel=entry.channel,
        mails=entry.mails,
        profile=entry.profile,
        url=entry.url,
    )


def _coupons(parsed: ProjectFile) -> CouponConfig | None:
    entry = parsed.coupons
    return None if entry is None else CouponConfig(entry.secret_env, tuple(entry.redeemed.items()))


def _hook(directory: Path, parsed: ProjectFile, name: str) -> HookConfig | None:
    entry = parsed.hooks.get(name)
    if entry is None:
        return None
    if entry.kind == "webhook" and entry.url is not None and entry.secret_env is not None:
        return _webhook_out(parsed, entry.url, entry.secret_env, entry.timeout or 30)
    return None if entry.folder is None else FolderConfig(directory / entry.folder)


def _webhook_out(
    parsed: ProjectFile, url: str, secrets: str | tuple[str, ...], timeout: int, address: str | None = None
) -> WebhookConfig:
    names = (secrets,) if isinstance(secrets, str) else secrets
    return WebhookConfig(url, names, address, timeout, parsed.own_hosts)


def _server(entry: PostgresEntry | None) -> PostgresConfig | None:
    return None if entry is None else PostgresConfig(entry.address, entry.schema_, entry.password_env)


def _facts_server(entry: FactsEntry, kind: Literal["sqlite", "postgres"]) -> PostgresConfig | None:
    """The server of an entry of this kind: that of the facts themselves, or of their copy."""
    if entry.kind != kind or entry.address is None:
        return None
    return PostgresConfig(entry.address, entry.schema_, entry.password_env)


def _channel(directory: Path, parsed: ProjectFile, entry: ChannelEntry) -> ChannelConfig:
    from adapters.project_batch import batch_config
    from adapters.project_file import BatchEntry, FolderEntry, HttpEntry, WebhookOutEntry
    from adapters.project_values import intervals

    if isinstance(entry, FolderEntry):
        return FolderConfig(directory / entry.folder, entry.address)
    if isinstance(entry, BatchEntry):
        return batch_config(directory, entry)
    if isinstance(entry, WebhookOutEntry):
        return _webhook_out(parsed, entry.url, entry.secret_env, entry.timeout, entry.address)
    if isinstance(entry, HttpEntry):
        from adapters.project_http import http_config

        return http_config(entry, parsed.own_hosts)
    return SmtpConfig(
        host=entry.host,
        sender=entry.from_,
        port=entry.port,
        security=entry.security,
        address=entry.address,
        user=entry.user,
        password_env=entry.password_env,
        reply_to=entry.reply_to,
        bounce=entry.bounce,
        to=entry.to,
        list_unsubscribe=entry.unsubscribe,
        unsubscribe_secret_env=entry.unsubscribe_secret_env,
        throttle=intervals(entry.throttle),
        timeout=entry.timeout,
        connections=entry.connections,
    )
