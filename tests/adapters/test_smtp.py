from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from asyncio import BaseTransport, WriteTransport
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Literal

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from adapters.channels.smtp import SmtpChannel
from adapters.channels.smtp_line import MailUnderWay
from engine.protocols import Unreachable
from tests.adapters.smtp_server import (
    GREETING,
    MESSAGE,
    NOW,
    Marker,
    Sink,
    SinkController,
    certificate_in,
    channel,
    config,
    free_port,
    parsed,
    scripted,
    serving,
)


def test_an_accepted_message() -> None:
    sink, marker = Sink(), Marker()
    with (
        serving(sink) as port,
        channel(port, reply_to="help@shop.example", list_unsubscribe=("mailto:out@shop.example",)) as c,
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
    return certificate_in(tmp_path_factory.mktemp("tls"))


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


# ---------------------------------------------------------------- several at once


def begun(channel: SmtpChannel, number: int) -> MailUnderWay:
    found = channel.announce(replace(MESSAGE, key=f"{number:064x}"))
    assert isinstance(found, MailUnderWay)
    return found


def test_several_mails_are_under_way_each_on_a_connection_of_its_own() -> None:
    sink = Sink()
    with serving(sink) as port, channel(port, connections=3) as c:
        for _ in range(2):
            mails = [begun(c, n) for n in range(3)]
            assert c.announce(MESSAGE) is None, "no line is free"
            for mail in mails:
                mail.go()
            assert [mail.reply().outcome for mail in mails] == ["sent"] * 3
    assert len(sink.accepted) == 6
    assert sink.connections == 3


def test_a_mail_without_its_dot_has_not_left() -> None:
    sink = Sink()
    with serving(sink) as port, channel(port, connections=3) as c:
        first, second, third = (begun(c, n) for n in range(3))
        second.drop()
        first.go()
        third.go()
        assert (first.reply().outcome, third.reply().outcome) == ("sent", "sent")
        assert c.hand_over(replace(MESSAGE, key="4" * 64), Marker()).outcome == "sent"
    keys = [str(parsed(content)["Message-ID"])[1:65] for _, _, content in sink.accepted]
    assert sorted(keys) == [f"{0:064x}", f"{2:064x}", "4" * 64]


@contextlib.contextmanager
def leaving(goodbye: bytes, context: ssl.SSLContext | None) -> Iterator[tuple[int, threading.Event]]:
    """A server that says goodbye within the text of a mail, when it is told to."""
    leave = threading.Event()

    def serve() -> None:
        plain, _ = listening.accept()
        with contextlib.ExitStack() as stack:
            line = stack.enter_context(plain if context is None else context.wrap_socket(plain, server_side=True))
            verbs = stack.enter_context(line.makefile("rb"))
            line.sendall(b"220 here\r\n")
            while not verbs.readline().startswith(b"DATA"):
                line.sendall(b"250 well\r\n")
            line.sendall(b"354 go on\r\n")
            leave.wait(20)
            line.sendall(goodbye)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listening.getsockname()[1], leave
        finally:
            leave.set()
            thread.join()


@pytest.mark.parametrize("goodbye", [b"", b"421 you were silent for too long\r\n"])
@pytest.mark.parametrize("security", ["none", "tls"])
def test_a_server_that_takes_leave_before_the_dot_is_noticed(
    certificate: Path, goodbye: bytes, security: Literal["none", "tls"]
) -> None:
    context = None
    if security == "tls":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    with leaving(goodbye, context) as (port, leave):
        trusting = ssl.create_default_context(cafile=str(certificate))
        made = SmtpChannel(config(port, security=security), None, lambda: NOW, tls=trusting)
        mail = begun(made, 1)
        assert not mail.gone()
        leave.set()
        while not mail.gone():
            time.sleep(0.01)
        mail.drop()
        made.close()


def test_a_server_that_takes_fewer_connections_gets_fewer() -> None:
    sink = Sink()

    class TwoAtOnce(SMTP):
        here = 0

        def connection_made(self, transport: BaseTransport) -> None:
            TwoAtOnce.here += 1
            if TwoAtOnce.here > 2:
                assert isinstance(transport, WriteTransport)
                transport.write(b"421 too many connections\r\n")
                transport.close()
            super().connection_made(transport)

        def connection_lost(self, error: Exception | None) -> None:
            TwoAtOnce.here -= 1
            super().connection_lost(error)

    class TwoController(SinkController):
        def factory(self) -> SMTP:
            return TwoAtOnce(self.handler, **self.SMTP_kwargs)

    controller = TwoController(sink, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        while TwoAtOnce.here:
            time.sleep(0.01)  # the controller has looked whether it answers
        with channel(controller.port, connections=8) as c:
            for turn in range(2):
                mails = [begun(c, 2 * turn), begun(c, 2 * turn + 1)]
                assert c.announce(MESSAGE) is None
                for mail in mails:
                    mail.go()
                assert [mail.reply().outcome for mail in mails] == ["sent", "sent"]
    finally:
        controller.stop()
    assert len(sink.accepted) == 4


def test_trouble_on_one_connection_is_none_of_the_others() -> None:
    sink = Sink(drop=True)
    with serving(sink) as port, channel(port, connections=2) as c:
        first, second = begun(c, 1), begun(c, 2)
        first.go()
        assert first.reply().outcome == "uncertain"
        sink.drop = False
        second.go()
        assert second.reply().outcome == "sent"
        assert c.hand_over(replace(MESSAGE, key="4" * 64), Marker()).outcome == "sent"


def test_silence_on_all_connections_is_waited_for_once() -> None:
    sink = Sink(hang=3)
    with serving(sink) as port, channel(port, wait=0.3, connections=4) as c:
        mails = [begun(c, n) for n in range(4)]
        for mail in mails:
            mail.go()
        assert [mail.reply().outcome for mail in mails] == ["uncertain"] * 4
