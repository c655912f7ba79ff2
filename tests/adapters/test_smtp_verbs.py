"""Trouble at every verb of a whole session (STARTTLS and AUTH): what becomes of the message, and of the next one."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, Literal, cast

import pytest

from adapters.channels.mail import compose
from adapters.channels.smtp import SmtpChannel
from engine.protocols import Unreachable
from tests.adapters.smtp_server import MESSAGE, NOW, Marker, certificate_in, config, parsed

Kind = Literal["4xx", "5xx", "hang", "drop", "garbage"]
KINDS: tuple[Kind, ...] = ("4xx", "5xx", "hang", "drop", "garbage")
SPOKEN: dict[Kind, bytes] = {"4xx": b"451 try later\r\n", "5xx": b"550 no\r\n", "garbage": b"?? \xff\r\n"}
GOOD = {
    "EHLO": b"250-here\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n",
    "STARTTLS": b"220 go\r\n",
    "AUTH": b"235 welcome\r\n",
    "MAIL": b"250 ok\r\n",
    "RCPT": b"250 ok\r\n",
    "DATA": b"354 go\r\n",
    "DOT": b"250 taken\r\n",
    "RSET": b"250 ok\r\n",
    "QUIT": b"221 bye\r\n",
}


@dataclass
class Server:
    """Takes mail; at `trouble` (verb, kind) it does that instead, once. Keeps the bytes between DATA and the dot."""

    tls: ssl.SSLContext
    trouble: tuple[str, Kind] | None = None
    taken: list[bytes] = field(default_factory=list)
    connections: int = 0

    def talk(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            stack.enter_context(connection)
            lines = cast(BinaryIO, stack.enter_context(connection.makefile("rb")))
            connection.sendall(b"220 hi\r\n")
            while line := lines.readline():
                verb = line[:8].split()[0].decode().upper()
                said = self.answer(verb, connection, lines)
                if said == "good" and verb == "DATA":
                    body = []
                    while (part := lines.readline()) != b".\r\n":
                        if not part:
                            return
                        body.append(part)
                    if self.trouble is None or self.trouble[1] not in ("4xx", "5xx"):
                        self.taken.append(b"".join(body))
                    said = self.answer("DOT", connection, lines)
                if said == "over":
                    return
                if said == "good" and verb == "STARTTLS":
                    connection = stack.enter_context(self.tls.wrap_socket(connection, server_side=True))
                    lines = cast(BinaryIO, stack.enter_context(connection.makefile("rb")))

    def answer(self, verb: str, connection: socket.socket, lines: BinaryIO) -> Literal["good", "refused", "over"]:
        if self.trouble is None or self.trouble[0] != verb:
            connection.sendall(GOOD.get(verb, b"502 what\r\n"))
            return "good" if verb in GOOD else "refused"
        kind, self.trouble = self.trouble[1], None
        if kind in SPOKEN:
            connection.sendall(SPOKEN[kind])
            return "refused"
        if kind == "hang":
            while lines.readline():
                pass
        return "over"


@contextlib.contextmanager
def listening(server: Server) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as door:
        talks: list[threading.Thread] = []

        def run() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = door.accept()
                    server.connections += 1
                    connection.settimeout(10)
                    talks.append(threading.Thread(target=server.talk, args=(connection,), daemon=True))
                    talks[-1].start()

        waiter = threading.Thread(target=run, daemon=True)
        waiter.start()
        yield int(door.getsockname()[1])
        door.shutdown(socket.SHUT_RDWR)
    for thread in (waiter, *talks):
        thread.join(10)
        assert not thread.is_alive()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate_in(tmp_path_factory.mktemp("tls"))


@contextlib.contextmanager
def meeting(certificate: Path, *, hangs: bool) -> Iterator[tuple[Server, SmtpChannel]]:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    server, patience = Server(tls), 0.5 if hangs else 10
    with listening(server) as port:
        login = config(port, security="starttls", user="news", password_env="X", timeout=patience)
        trusting = ssl.create_default_context(cafile=str(certificate))
        made = SmtpChannel(login, "secret", lambda: NOW, wait_after_dot=patience, tls=trusting)
        try:
            yield server, made
        finally:
            made.close()


def numbered(number: int) -> str:
    return f"{number:064x}"


def handed(channel: SmtpChannel, number: int, marker: Marker) -> str:
    try:
        return channel.hand_over(replace(MESSAGE, key=numbered(number)), marker).outcome
    except Unreachable:
        return "unreachable"


def expected(verb: str, kind: Kind) -> str:
    """RFC 5321, and what the channel promises: after the dot only a clear reply counts."""
    match verb, kind:
        case (("MAIL" | "RCPT" | "DATA" | "DOT"), "4xx"):
            return "later"
        case (("RCPT" | "DATA" | "DOT"), "5xx"):
            return "failed"
        case "DOT", _:
            return "uncertain"
        case _:
            return "unreachable"


def keys(server: Server) -> list[str]:
    return [str(parsed(data)["Message-ID"]).strip("<>").partition("@")[0] for data in server.taken]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("verb", ["EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "DOT"])
def test_trouble_on_a_new_connection(certificate: Path, verb: str, kind: Kind) -> None:
    marker = Marker()
    with meeting(certificate, hangs=kind == "hang") as (server, made):
        server.trouble = (verb, kind)
        outcome = handed(made, 1, marker)
        assert outcome == expected(verb, kind)
        assert marker.calls == (verb == "DOT")
        assert handed(made, 2, Marker()) == "sent"
    # a lost reply is uncertain because the server did take it here
    assert keys(server) == [*([numbered(1)] if outcome == "uncertain" else []), numbered(2)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "DOT"])
def test_trouble_on_a_connection_that_was_used_before(certificate: Path, verb: str, kind: Kind) -> None:
    marker = Marker()
    with meeting(certificate, hangs=kind == "hang") as (server, made):
        assert handed(made, 0, Marker()) == "sent"
        server.trouble = (verb, kind)
        outcome = handed(made, 1, marker)
        # nothing was said yet that counts: a new connection is tried once
        assert outcome == ("sent" if expected(verb, kind) == "unreachable" else expected(verb, kind))
        assert marker.calls == (outcome == "sent" or verb == "DOT")
        assert handed(made, 2, Marker()) == "sent"
    assert keys(server) == [
        numbered(0),
        *([numbered(1)] if outcome in ("sent", "uncertain") else []),
        numbered(2),
    ]
    clean = expected(verb, kind) in ("later", "failed")
    assert server.connections == (1 if clean else 2), "a refusal keeps the connection"


# ---------------------------------------------------------------- ready to be signed


def test_what_the_server_receives_can_be_signed_as_it_was_composed(certificate: Path) -> None:
    text = ".\n..two dots\n.\n\ttab and  spaces  \n" + "ü" * 3000 + "\nFrom here\n\n\n"
    message = replace(MESSAGE, text=text, html=f"<p>{'x' * 5000}</p>\n.\n", subject="Grüezi " * 40)
    secret = "a secret of some length"
    with meeting(certificate, hangs=False) as (server, made):
        addresses = ("https://shop.example/{token}", "mailto:out@shop.example")
        signing = replace(made._config, list_unsubscribe=addresses)
        signed = SmtpChannel(signing, "secret", lambda: NOW, tls=made._tls, unsubscribe_secret=secret)
        assert signed.hand_over(message, Marker()).outcome == "sent"
        signed.close()
        composed = compose(message, signing, NOW, secret).data
    (received,) = server.taken
    # octet for octet the same: every DKIM canonicalisation of the one is that of the other (RFC 6376 §3.4)
    assert re.sub(rb"^\.", b"", received, flags=re.MULTILINE) == composed
    lines = composed.split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line or len(line) > 998 for line in lines)
    unfolded = re.sub(rb"\r\n[ \t]+", b" ", composed.partition(b"\r\n\r\n")[0]).split(b"\r\n")
    names = [line.partition(b":")[0] for line in unfolded]
    for once in b"From", b"Date", b"Message-ID", b"To", b"Subject", b"List-Unsubscribe", b"List-Unsubscribe-Post":
        assert names.count(once) == 1
    assert f"Message-ID: <{message.key}@shop.example>".encode() in unfolded
