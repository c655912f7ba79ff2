"""A server over a project folder: the socket, the inbox, the thread that takes it over, signals."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import uvicorn

from adapters.channel_config import SmtpConfig
from adapters.channels.unsubscribe import secret_problem
from adapters.cli.plain import CLEAN, Stop, bad_input
from adapters.cli.workspace import journal_of, open_facts, open_ledger
from adapters.clock import now
from adapters.feedback.arrivals import Arrival, line_of
from adapters.feedback.inbox import Inbox
from adapters.feedback.taking import take_over
from adapters.project import PROJECT_FILE, SCHEMA_FILE, ProjectNotFound, load
from adapters.stores.facts_migrations import StoreError
from adapters.stores.ledger_database import LedgerError
from adapters.web.app import make_app
from adapters.web.reception import Reception
from adapters.web.taker import Taker
from adapters.webhook_signature import key_of

if TYPE_CHECKING:
    from adapters.project import Project

WAIT = 0.5
"""Seconds that somebody waits for what he brought to be in the ledger; it is safe on the disk already."""

BACKLOG = 2_048
"""Connections that may wait to be taken."""

GRACE = 10
"""Seconds that requests under way have after a signal."""


@dataclass(frozen=True, slots=True)
class Signing:
    """Secrets by channel, and the `https:` addresses of mails."""

    secrets: Mapping[str, str]
    addresses: tuple[str, ...]


def signing_of(project: Project, env: Mapping[str, str]) -> Signing:
    """What reads tokens. Stop(3) where a secret is missing."""
    secrets: dict[str, str] = {}
    addresses: list[str] = []
    for name, config in project.channels.items():
        if not isinstance(config, SmtpConfig) or config.unsubscribe_secret_env is None:
            continue
        secret = env.get(config.unsubscribe_secret_env)
        problem = secret_problem(secret)
        if secret is None or problem is not None:
            raise bad_input(
                f"the secret of `{name}` for `list_unsubscribe` {problem}: set `{config.unsubscribe_secret_env}`"
            )
        secrets[name] = secret
        addresses += [one for one in config.list_unsubscribe if one.startswith("https:") and "{token}" in one]
    return Signing(secrets, tuple(addresses))


def webhook_keys(project: Project, env: Mapping[str, str]) -> Mapping[str, Sequence[bytes]]:
    """The keys of each source of webhooks: the present one, and those that still hold where they are set. Stop(3) where
    the present one is missing, or one is no key."""
    keys: dict[str, list[bytes]] = {}
    for name, source in project.webhooks.items():
        present = source.secrets_env[0]
        if not env.get(present):
            raise bad_input(f"the secret of the webhook `{name}` is missing: set `{present}`")
        keys[name] = []
        for variable in source.secrets_env:
            if secret := env.get(variable):
                key = key_of(secret) if source.profile is None else secret.encode()
                if key is None:
                    raise bad_input(f"`{variable}` is no secret: `whsec_` and 24 to 64 octets in base64")
                keys[name].append(key)
    return keys


def serve(project: Project, listen: str) -> int:
    """Serve until SIGTERM or SIGINT. Stop(3) where the address cannot be had, or a secret is missing."""
    signing = signing_of(project, os.environ)
    inbox, present = Inbox(project.inbox), _Present(project).look
    taker = Taker(lambda: _take(present(), inbox), _say)
    reception = Reception(
        name=project.name,
        languages=project.languages,
        keep=_keeping(inbox, taker),
        clock=now,
        language=lambda contact: _language(present(), contact),
        health=lambda: _health(inbox, taker),
        told=_say,
        secrets=signing.secrets,
        addresses=signing.addresses,
        webhooks=webhook_keys(project, os.environ),
        profiles={n: (s.profile, s.url) for n, s in project.webhooks.items() if s.profile is not None},
        mails=frozenset(name for name, source in project.webhooks.items() if source.mails),
    )
    with _socket(listen) as (listening, at):
        thread = threading.Thread(target=taker.run, name="taker", daemon=True)
        thread.start()
        config = uvicorn.Config(
            make_app(reception),
            http="h11",
            ws="none",
            lifespan="off",
            loop="asyncio",
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=GRACE,
        )
        _say(f"kadenz: {project.name}, http://{at}")
        _Server(config).run(sockets=[listening])
        taker.stop()
        thread.join(WAIT)
    _say("kadenz: stopped; what is not taken over yet waits for the next `kadenz serve` or `kadenz run`")
    return CLEAN


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at a signal, and end as any verb ends: uvicorn's own way raises the signal again at the end."""

        def stop(*_: object) -> None:
            self.force_exit = self.should_exit
            self.should_exit = True

        before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _keeping(inbox: Inbox, taker: Taker) -> Callable[[Arrival], None]:
    def keep(arrival: Arrival) -> None:
        inbox.put([line_of(arrival)])
        taker.wait(taker.arrived(), WAIT)

    return keep


class _Present:
    """The project as its files stand now; as they stood while they have mistakes."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._stamp = self._stamps()
        self._lock = threading.Lock()

    def look(self) -> Project:
        with self._lock:
            if (stamp := self._stamps()) != self._stamp:
                with contextlib.suppress(ProjectNotFound):
                    found = load(self._project.directory)
                    self._project = found if found.ok else self._project
                self._stamp = stamp
            return self._project

    def _stamps(self) -> tuple[object, ...]:
        stamps: list[object] = []
        for name in PROJECT_FILE, SCHEMA_FILE:
            with contextlib.suppress(OSError):
                found = (self._project.directory / name).stat()
                stamps.append((name, found.st_mtime_ns, found.st_size, found.st_ino))
        return tuple(stamps)


def _take(project: Project, inbox: Inbox) -> int:
    if not inbox.waiting():
        return 0  # no ledger is made for nothing
    try:
        with closing(open_ledger(project)) as ledger:
            return take_over(project, ledger, journal_of(project, ledger), lambda: open_facts(project))
    except Stop as stop:
        raise StoreError(stop.text.removeprefix("kadenz: ")) from stop


def _language(project: Project, contact: str) -> str | None:
    """The contact's language; None where it is not known now."""
    name = project.schema.language_field
    if name is None or (not project.facts_path.exists() and project.facts_record is None):
        return None
    with contextlib.suppress(StoreError, LedgerError, OSError, Stop), open_facts(project) as facts:
        found = next(iter(facts.contacts([contact])), None)
        value = None if found is None else found.fields.get(name)
        return value if isinstance(value, str) else None
    return None


def _health(inbox: Inbox, taker: Taker) -> tuple[bool, Mapping[str, Any]]:
    waits = inbox.waiting()
    told = {"taken_over": taker.total, "waiting": waits, "problem": taker.problem}
    return taker.problem is None, told


@contextmanager
def _socket(listen: str) -> Iterator[tuple[socket.socket, str]]:
    """The listening socket, and where it listens."""
    host, _, port = listen.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise bad_input(f"`{listen}` is no address; write it like 127.0.0.1:8080")
    bare = host.strip("[]")
    listening = socket.socket(socket.AF_INET6 if ":" in bare else socket.AF_INET)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((bare, int(port)))
            listening.listen(BACKLOG)
        except OSError as error:
            raise bad_input(f"nobody can listen at {listen}: {(error.strerror or str(error)).lower()}") from error
        yield listening, f"{host}:{listening.getsockname()[1]}"
    finally:
        listening.close()


def _say(line: str) -> None:
    """A line of the log, with the time of this machine in UTC."""
    at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    sys.stderr.write(f"{at} {line}\n")
    sys.stderr.flush()
