"""SMTP servers that answer as a test tells them, and the channel and message that meet them."""

from __future__ import annotations

import asyncio
import contextlib
import email
import email.policy
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from adapters.channel_config import SmtpConfig
from adapters.channels.smtp import SmtpChannel
from engine.protocols import Rendered

NOW = 1_793_487_600_000_000

MESSAGE = Rendered(
    key="5f" * 32,
    contact="anna",
    channel="email",
    address="anna@example.ch",
    subject="Grüezi, Anna",
    text="Guten Tag\n.\nSchönes Wochenende\n",
    html="<p>Schön</p>\n",
    language="de",
    template="welcome",
    trigger="start",
    purpose="newsletter",
)


@dataclass
class Sink:
    """Replies as told, and keeps what it accepted."""

    replies: dict[str, str] = field(default_factory=dict)
    accepted: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    hang: float = 0
    drop: bool = False
    connections: int = 0

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "MAIL" in self.replies:
            return self.replies["MAIL"]
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "RCPT" in self.replies:
            return self.replies["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if "DOT" in self.replies:
            return self.replies["DOT"]
        content = envelope.content
        assert isinstance(content, bytes)
        self.accepted.append((str(envelope.mail_from), list(envelope.rcpt_tos), content))
        if self.drop:
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        if self.hang:
            await asyncio.sleep(self.hang)
        return "250 queued as 17"


class Refusing(SMTP):
    """An SMTP server that can refuse the DATA verb itself."""

    async def smtp_DATA(self, arg: str) -> None:
        reply = self.event_handler.replies.get("DATA")
        if reply:
            await self.push(reply)
        else:
            await super().smtp_DATA(arg)


class SinkController(Controller):
    def factory(self) -> SMTP:
        return Refusing(self.handler, **self.SMTP_kwargs)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def serving(sink: Sink, **options: Any) -> Iterator[int]:
    port = free_port()
    controller = SinkController(sink, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def config(port: int, **changes: Any) -> SmtpConfig:
    base = SmtpConfig(host="127.0.0.1", port=port, security="none", sender="Shop <news@shop.example>", timeout=2)
    return replace(base, **changes)


@contextlib.contextmanager
def channel(port: int, wait: float = 5, **changes: Any) -> Iterator[SmtpChannel]:
    made = SmtpChannel(config(port, **changes), None, lambda: NOW, wait_after_dot=wait)
    try:
        yield made
    finally:
        made.close()


@dataclass
class Marker:
    """Counts the calls of `commit`."""

    answer: bool = True
    calls: int = 0

    def __call__(self) -> bool:
        self.calls += 1
        return self.answer


def parsed(content: bytes) -> EmailMessage:
    made = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(made, EmailMessage)
    return made


def scripted(replies: list[bytes | None]) -> tuple[int, Callable[[], bytes]]:
    """A server that says these lines, one per line it hears; None closes. Gives port and what it heard."""
    server = socket.create_server(("127.0.0.1", 0))
    heard: list[bytes] = []

    def run() -> None:
        with server, contextlib.suppress(OSError):
            connection, _ = server.accept()
            with connection, connection.makefile("rb") as lines:
                connection.settimeout(3)
                in_data = False
                for reply in replies:
                    if reply is None:
                        return
                    connection.sendall(reply)
                    while line := lines.readline():
                        heard.append(line)
                        if not in_data or line == b".\r\n":
                            in_data = line.upper() == b"DATA\r\n"
                            break

    thread = threading.Thread(target=run, daemon=True)
    thread.start()

    def said() -> bytes:
        thread.join(4)
        return b"".join(heard)

    return int(server.getsockname()[1]), said


GREETING = [b"220 hi\r\n", b"250 hi\r\n", b"250 ok\r\n", b"250 ok\r\n"]


def certificate_in(folder: Path) -> Path:
    """Certificate and key in one file, made for this run."""
    pem = folder / "both.pem"
    try:
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
             "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
            check=True, capture_output=True,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no openssl command here to make a certificate")
    pem.write_bytes((folder / "key.pem").read_bytes() + (folder / "cert.pem").read_bytes())
    return pem
