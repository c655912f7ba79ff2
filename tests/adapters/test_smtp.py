from __future__ import annotations

import asyncio
import contextlib
import email
import email.policy
import re
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.channel_config import SmtpConfig
from adapters.channels.mail import Unsendable, compose, stuffed
from adapters.channels.smtp import SmtpChannel
from engine.protocols import Rendered, Unreachable

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


def test_an_accepted_message() -> None:
    sink, marker = Sink(), Marker()
    with (
        serving(sink) as port,
        channel(port, reply_to="help@shop.example", list_unsubscribe="mailto:out@shop.example") as c,
    ):
        receipt = c.hand_over(MESSAGE, marker)
        assert (receipt.outcome, receipt.provider_id) == ("sent", "queued as 17")
        assert marker.calls == 1
        assert not c.guarantee.idempotent
    ((sender, recipients, content),) = sink.accepted
    assert (sender, recipients) == ("news@shop.example", ["anna@example.ch"])
    assert content.isascii()
    mail = parsed(content)
    assert mail["From"] == "Shop <news@shop.example>"
    assert mail["To"] == "anna@example.ch"
    assert mail["Subject"] == "Grüezi, Anna"
    assert mail["Message-ID"] == f"<{MESSAGE.key}@shop.example>"
    assert mail["Date"] == "Sat, 31 Oct 2026 23:00:00 +0000"
    assert mail["Reply-To"] == "help@shop.example"
    assert mail["List-Unsubscribe"] == "<mailto:out@shop.example>"
    assert mail["Content-Language"] == "de"
    assert mail.get_content_type() == "multipart/alternative"
    text, html = mail.iter_parts()
    assert isinstance(text, EmailMessage)
    assert isinstance(html, EmailMessage)
    assert text.get_content().replace("\r\n", "\n") == MESSAGE.text
    assert html.get_content().replace("\r\n", "\n") == MESSAGE.html


def test_one_connection_carries_many_messages() -> None:
    sink = Sink()
    with serving(sink) as port, channel(port) as c:
        for n in range(5):
            assert c.hand_over(replace(MESSAGE, key=f"{n:064x}"), Marker()).outcome == "sent"
    assert len(sink.accepted) == 5
    assert sink.connections == 1


@pytest.mark.parametrize(
    ("verb", "reply", "outcome"),
    [
        ("MAIL", "451 try later", "later"),
        ("RCPT", "451 try later", "later"),
        ("RCPT", "550 no", "failed"),
        ("DATA", "451 try later", "later"),
        ("DATA", "550 no", "failed"),
    ],
)
def test_refusals_before_the_marker_free_the_message(verb: str, reply: str, outcome: str) -> None:
    sink, marker = Sink(replies={verb: reply}), Marker()
    with serving(sink) as port, channel(port) as c:
        receipt = c.hand_over(MESSAGE, marker)
        assert (receipt.outcome, receipt.note) == (outcome, reply)
        assert marker.calls == 0
        sink.replies.clear()
        assert c.hand_over(MESSAGE, marker).outcome == "sent"
    assert len(sink.accepted) == 1


@pytest.mark.parametrize(
    ("reply", "outcome"), [("452 full", "later"), ("554 spam", "failed"), ("421 closing", "later")]
)
def test_refusals_of_the_dot_are_definite(reply: str, outcome: str) -> None:
    sink, marker = Sink(replies={"DOT": reply}), Marker()
    with serving(sink) as port, channel(port) as c:
        assert c.hand_over(MESSAGE, marker).outcome == outcome
        assert marker.calls == 1
        sink.replies.clear()
        assert c.hand_over(MESSAGE, marker).outcome == "sent"
    assert len(sink.accepted) == 1


def test_notes_hold_no_address() -> None:
    with serving(Sink(replies={"RCPT": "550 5.1.1 <anna@example.ch>: unknown here"})) as port, channel(port) as c:
        assert c.hand_over(MESSAGE, Marker()).note == "550 5.1.1 <address>: unknown here"


@pytest.mark.parametrize("reply", ["999 what", "200 hm", "banana", "354 again"])
def test_a_reply_that_makes_no_sense_is_uncertain(reply: str) -> None:
    with serving(Sink(replies={"DOT": reply})) as port, channel(port) as c:
        assert c.hand_over(MESSAGE, Marker()).outcome == "uncertain"


def test_a_drop_after_accepting_is_uncertain() -> None:
    sink = Sink(drop=True)
    with serving(sink) as port, channel(port) as c:
        receipt = c.hand_over(MESSAGE, Marker())
        assert receipt.outcome == "uncertain"
    assert len(sink.accepted) == 1


def test_silence_after_the_dot_is_uncertain() -> None:
    sink = Sink(hang=1.0)
    with serving(sink) as port, channel(port, wait=0.2) as c:
        receipt = c.hand_over(MESSAGE, Marker())
        assert receipt.outcome == "uncertain"
        assert "no reply within 0.2 seconds" in receipt.note
    assert len(sink.accepted) == 1


def test_a_refused_marker_sends_nothing() -> None:
    sink, marker = Sink(), Marker(answer=False)
    with serving(sink) as port, channel(port) as c:
        assert c.hand_over(MESSAGE, marker).outcome != "sent"
        assert marker.calls == 1
        time.sleep(0.05)
        assert sink.accepted == []
        assert c.hand_over(MESSAGE, Marker()).outcome == "sent"
    assert len(sink.accepted) == 1


def test_a_failing_marker_sends_nothing() -> None:
    def commit() -> bool:
        raise RuntimeError("ledger gone")

    sink = Sink()
    with serving(sink) as port, channel(port) as c:
        with pytest.raises(RuntimeError):
            c.hand_over(MESSAGE, commit)
        time.sleep(0.05)
    assert sink.accepted == []


def test_nobody_listens() -> None:
    marker = Marker()
    with channel(free_port()) as c, pytest.raises(Unreachable, match="nobody listens at"):
        c.hand_over(MESSAGE, marker)
    assert marker.calls == 0


@pytest.mark.parametrize("code", ["421 closing", "530 authenticate first", "550 we take no mail from you"])
def test_a_refusal_of_the_session_is_unreachable(code: str) -> None:
    marker = Marker()
    with serving(Sink(replies={"MAIL": code})) as port, channel(port) as c, pytest.raises(Unreachable, match=code[:3]):
        c.hand_over(MESSAGE, marker)
    assert marker.calls == 0


def test_a_server_that_went_away_in_between_is_called_again() -> None:
    sink = Sink()
    port = free_port()
    with channel(port) as c:
        for _ in range(2):
            controller = SinkController(sink, hostname="127.0.0.1", port=port)
            controller.start()
            assert c.hand_over(MESSAGE, Marker()).outcome == "sent"
            controller.stop()
        with pytest.raises(Unreachable):
            c.hand_over(MESSAGE, Marker())
    assert len(sink.accepted) == 2


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


@pytest.mark.parametrize(
    "last",
    [
        pytest.param(b"\r\n", id="empty line"),
        pytest.param(b"x" * 20_000 + b"\r\n", id="endless line"),
        pytest.param(b"\xff\xfe\x00\r\n", id="bytes"),
        pytest.param(None, id="closed"),
    ],
)
def test_garbage_after_the_dot_is_uncertain(last: bytes | None) -> None:
    port, said = scripted([*GREETING, b"354 go\r\n", last])
    with channel(port, wait=1) as c:
        assert c.hand_over(MESSAGE, Marker()).outcome == "uncertain"
    assert said().count(b"\r\n.\r\n") == 1


@pytest.mark.parametrize("step", range(5))
@pytest.mark.parametrize("reply", [pytest.param(None, id="closed"), pytest.param(b"??\r\n", id="garbage")])
def test_trouble_before_the_marker_is_unreachable(step: int, reply: bytes | None) -> None:
    port, _ = scripted([*GREETING[:step], reply])
    marker = Marker()
    with channel(port) as c, pytest.raises(Unreachable):
        c.hand_over(MESSAGE, marker)
    assert marker.calls == 0


def test_silence_before_the_marker_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with channel(port, timeout=0.2) as c, pytest.raises(Unreachable, match="does not answer"):
            c.hand_over(MESSAGE, Marker())


# ---------------------------------------------------------------- encryption and password


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificate and key in one file, made for this run."""
    folder = tmp_path_factory.mktemp("tls")
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


def authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"news", b"secret")
    return AuthResult(success=good, handled=good)


@pytest.mark.parametrize("password", ["secret", "wrong"])
def test_starttls_and_password(certificate: Path, password: str) -> None:
    sink = Sink()
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(certificate)
    trusting = ssl.create_default_context(cafile=str(certificate))
    options = {
        "require_starttls": True,
        "tls_context": server_side,
        "auth_required": True,
        "authenticator": authenticate,
    }
    with serving(sink, **options) as port:
        login = config(port, security="starttls", user="news", password_env="X")
        made = SmtpChannel(login, password, lambda: NOW, tls=trusting)
        if password == "secret":
            assert made.hand_over(MESSAGE, Marker()).outcome == "sent"
        else:
            with pytest.raises(Unreachable, match="refuses user and password"):
                made.hand_over(MESSAGE, Marker())
        made.close()
        stranger = SmtpChannel(login, "secret", lambda: NOW)
        with pytest.raises(Unreachable, match="certificate"):
            stranger.hand_over(MESSAGE, Marker())
        stranger.close()
    assert len(sink.accepted) == (password == "secret")


def test_starttls_is_not_given_up() -> None:
    sink = Sink()
    with (
        serving(sink) as port,
        channel(port, security="starttls") as c,
        pytest.raises(Unreachable, match="does not offer"),
    ):
        c.hand_over(MESSAGE, Marker())
    assert sink.accepted == []


def test_a_missing_password_is_said() -> None:
    with serving(Sink()) as port:
        login = channel(port, user="news", password_env="SHOP_PASSWORD")
        with login as c, pytest.raises(Unreachable, match="SHOP_PASSWORD"):
            c.hand_over(MESSAGE, Marker())


# ---------------------------------------------------------------- injection

CONTROLS = [chr(n) for n in (*range(32), *range(127, 160))] + ["\u2028", "\u2029"]


@pytest.mark.parametrize("sign", CONTROLS, ids=[f"U+{ord(c):04X}" for c in CONTROLS])
def test_control_characters_reach_no_header(sign: str) -> None:
    evil = f"x{sign}Bcc: evil@example.com"
    for message in (
        replace(MESSAGE, subject=evil),
        replace(MESSAGE, address=f"anna@example.ch{sign}Bcc: evil@example.com"),
        replace(MESSAGE, address=f"anna{sign}@example.ch"),
        replace(MESSAGE, key=evil),
        replace(MESSAGE, language=evil),
    ):
        with pytest.raises(Unsendable):
            compose(message, config(25), NOW)


@pytest.mark.parametrize(
    "address",
    [
        "anna@example.ch, evil@example.com",
        "anna@example.ch;evil@example.com",
        "anna@example.ch evil@example.com",
        "Anna <anna@example.ch>",
        "<anna@example.ch>",
        "anna@example.ch> RCPT TO:<evil@example.com",
        '"a@b"@example.ch',
        "anna@@example.ch",
        "@example.ch",
        "anna@",
        "anna",
        "",
        "anna@[127.0.0.1]",
        "(x)anna@example.ch",
        "a" * 400 + "@example.ch",
    ],
)
def test_only_one_plain_address_is_a_recipient(address: str) -> None:
    sink, marker = Sink(), Marker()
    with serving(sink) as port, channel(port) as c:
        assert c.hand_over(replace(MESSAGE, address=address), marker).outcome == "failed"
    assert (marker.calls, sink.accepted) == (0, [])


def test_names_of_other_scripts() -> None:
    sink = Sink()
    with serving(sink, enable_SMTPUTF8=False) as port, channel(port) as c:
        assert c.hand_over(replace(MESSAGE, address="anna@müller.ch"), Marker()).outcome == "sent"
        receipt = c.hand_over(replace(MESSAGE, address="jürg@müller.ch"), Marker())
        assert (receipt.outcome, "letters" in receipt.note) == ("failed", True)
    with serving(sink, enable_SMTPUTF8=True) as port, channel(port) as c:
        assert c.hand_over(replace(MESSAGE, address="jürg@müller.ch"), Marker()).outcome == "sent"
    assert [r for _, r, _ in sink.accepted] == [["anna@xn--mller-kva.ch"], ["jürg@xn--mller-kva.ch"]]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300), st.booleans())
def test_line_ends_are_pairs_and_no_line_is_a_lone_dot(body: str, with_html: bool) -> None:
    message = replace(MESSAGE, text=body, html=body if with_html else None)
    data = stuffed(compose(message, config(25), NOW).data)
    assert re.search(rb"\r(?!\n)|(?<!\r)\n", data) is None
    assert data.endswith(b"\r\n.\r\n")
    assert data.split(b"\r\n")[:-2].count(b".") == 0


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=300))
def test_any_subject_stays_a_subject(subject: str) -> None:
    data = compose(replace(MESSAGE, subject=subject), config(25), NOW).data
    head = data.split(b"\r\n\r\n")[0]
    names = re.findall(rb"^([A-Za-z-]+):", head, re.MULTILINE)
    assert b" ".join(sorted(names)) == (b"Content-Language Content-Type Date From MIME-Version Message-ID Subject To")


def headers(data: bytes) -> list[tuple[str, str]]:
    return email.message_from_bytes(data, policy=email.policy.SMTP).items()


def test_a_sender_of_the_contact_s_own() -> None:
    message = replace(MESSAGE, sender="otto@shop.example", reply_to="replies@shop.example")
    made = compose(message, config(25), NOW)
    found = dict(headers(made.data))
    assert found["From"] == "otto@shop.example"
    assert found["Reply-To"] == "replies@shop.example"
    usual = compose(MESSAGE, config(25), NOW)
    assert made.sender == usual.sender, "bounces come back to the channel"
    assert dict(headers(usual.data))["Message-ID"] == found["Message-ID"]


@pytest.mark.parametrize(
    "address",
    [
        "otto@shop.example\r\nBcc: eve@evil.example",
        "otto@shop.example\nX: y",
        "otto@shop.example, eve@evil.example",
        "Otto <otto@shop.example>",
        "otto@shop.example\u2028",
        "otto",
        " ",
    ],
)
@pytest.mark.parametrize("where", ["sender", "reply_to"])
def test_nothing_but_one_address_becomes_a_sender(address: str, where: str) -> None:
    message = replace(MESSAGE, sender=address) if where == "sender" else replace(MESSAGE, reply_to=address)
    with pytest.raises(Unsendable):
        compose(message, config(25), NOW)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40))
def test_no_sender_adds_a_header(text: str) -> None:
    message = replace(MESSAGE, sender=f"a{text}@shop.example", reply_to=f"b@{text}.example")
    try:
        data = compose(message, config(25), NOW).data
    except Unsendable:
        return
    names = sorted(name for name, _ in headers(data))
    assert names == sorted(
        ["Content-Language", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Reply-To", "Subject", "To"]
    )
