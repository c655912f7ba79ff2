"""The `smtp` channel: a mail server, spoken to verb by verb, with the marker just before the point of no return.

Up to the server's 354 nothing has left: any trouble frees the message. Then `commit` writes the marker, the body goes
out with its final dot, and from there on only a clear reply counts: 250 is sent, 4xx and 5xx are refusals, and a
time-out, a dropped connection or a reply that is no reply leaves the message `uncertain`. The wait after the dot is
long (RFC 5321 asks for ten minutes), since a false time-out would make copies.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import ssl
from collections.abc import Callable

from adapters.channel_config import SmtpConfig
from adapters.channels.mail import Envelope, Unsendable, compose, stuffed
from adapters.channels.throttle import Throttle
from adapters.channels.unsubscribe import secret_problem
from engine.protocols import Commit, Guarantee, NotYet, Receipt, Rendered, Unreachable

Clock = Callable[[], int]
"""Gives the present in microseconds since 1970 UTC."""

GUARANTEE = Guarantee(
    idempotent=False,
    retry_after_refusal=True,
    about="at most one hand-over per message; what may have left is uncertain and is never sent again by itself",
)

WAIT_AFTER_DOT = 600.0

_SESSION_CODES = (421, 530, 534, 535, 538)
"""Replies that are about the session (closing, authentication), not about one message."""

Trouble = (OSError, smtplib.SMTPException)


class SmtpChannel:
    """Hands mail to one server over a connection that is kept while it works.

    `password` and `unsubscribe_secret` come from the environment (the caller reads it); `wait_after_dot` in seconds;
    `tls` for tests and private certificate authorities.
    """

    def __init__(
        self,
        config: SmtpConfig,
        password: str | None,
        clock: Clock,
        *,
        unsubscribe_secret: str | None = None,
        wait_after_dot: float = WAIT_AFTER_DOT,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._config = config
        self._password = password
        self._clock = clock
        self._secret = unsubscribe_secret
        self._throttle = Throttle(dict(config.throttle))
        self._wait_after_dot = wait_after_dot
        self._tls = tls
        self._connection: smtplib.SMTP | None = None

    @property
    def guarantee(self) -> Guarantee:
        """At most one hand-over."""
        return GUARANTEE

    def hand_over(self, message: Rendered, commit: Commit) -> Receipt:
        """Hand one mail over; `commit` is called after the server's 354 and before the body.

        Raises Unreachable before `commit` if the server is away or refuses us altogether, and where the secret is
        missing that signs unsubscriptions: no mail leaves that one could not unsubscribe from.
        Raises NotYet where the recipient's domain must wait for its rate.
        """
        if self._config.signs and (problem := secret_problem(self._secret)) is not None:
            raise Unreachable(
                f"the secret for `list_unsubscribe` {problem}: set `{self._config.unsubscribe_secret_env}`"
            )
        try:
            envelope = compose(message, self._config, self._clock(), self._secret)
        except Unsendable as error:
            return Receipt("failed", str(error))
        domain = envelope.recipient.rpartition("@")[2].lower()
        if (until := self._throttle.ask(domain, self._clock())) is not None:
            raise NotYet(domain, until)
        reused = self._connection is not None
        try:
            refusal = self._announce(envelope)
        except Trouble as error:
            self._drop()
            if not reused:
                raise Unreachable(self._words(error)) from error
            # the server closed an idle connection: nothing was said about this message yet
            try:
                refusal = self._announce(envelope)
            except Trouble as again:
                self._drop()
                raise Unreachable(self._words(again)) from again
        if refusal is not None:
            return refusal
        try:
            go = commit()
        except BaseException:
            self._drop()
            raise
        if not go:
            # after 354 no verb but the body ends DATA: dropping the line makes the server forget it
            self._drop()
            return Receipt("failed", "not handed over")
        return self._body(stuffed(envelope.data))

    def close(self) -> None:
        """Say goodbye, if there is anybody to say it to."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(*Trouble):
                if connection.sock is not None:
                    connection.sock.settimeout(2)
                connection.quit()
            connection.close()

    # ------------------------------------------------------------ before the marker

    def _announce(self, envelope: Envelope) -> Receipt | None:
        """MAIL, RCPT, DATA; None when the server waits for the body. Raises what smtplib and sockets raise."""
        server = self._connected()
        options = ""
        if envelope.utf8:
            if not server.has_extn("smtputf8"):
                return Receipt("failed", "the server takes no address with letters beyond a to z")
            options = " SMTPUTF8 BODY=8BITMIME"
        steps = (f"MAIL FROM:<{envelope.sender}>{options}", f"RCPT TO:<{envelope.recipient}>", "DATA")
        for step in steps:
            code, reply = self._say(server, step)
            good = code == 354 if step == "DATA" else code in (250, 251, 252)
            if good:
                continue
            # a server that takes no mail from our sender refuses all of them: nothing is given up for that
            ours = step.startswith("MAIL") and code >= 500
            if ours or code in _SESSION_CODES or not 400 <= code <= 599:
                raise smtplib.SMTPResponseException(code, reply)
            return self._refused(server, code, reply)
        return None

    def _refused(self, server: smtplib.SMTP, code: int, reply: bytes) -> Receipt:
        try:
            reset, _ = self._say(server, "RSET")
        except Trouble:
            reset = -1
        if reset != 250:
            self._drop()
        return Receipt("later" if code < 500 else "failed", _reply(code, reply))

    def _say(self, server: smtplib.SMTP, line: str) -> tuple[int, bytes]:
        """One verb and its reply. UTF-8 only where SMTPUTF8 was agreed; smtplib refuses line ends in a verb."""
        server.command_encoding = "ascii" if line.isascii() else "utf-8"
        server.putcmd(line)
        return server.getreply()

    def _connected(self) -> smtplib.SMTP:
        if self._connection is not None:
            return self._connection
        config = self._config
        server: smtplib.SMTP
        if config.security == "tls":
            server = smtplib.SMTP_SSL(timeout=config.timeout, context=self._context())
        else:
            server = smtplib.SMTP(timeout=config.timeout)
        try:
            # smtplib takes the name for TLS from this attribute, which only its constructor sets
            server._host = config.host  # type: ignore[attr-defined]
            code, reply = server.connect(config.host, config.port)
            if code != 220:
                raise smtplib.SMTPConnectError(code, reply)
            server.ehlo_or_helo_if_needed()
            if config.security == "starttls":
                server.starttls(context=self._context())
                server.ehlo_or_helo_if_needed()
            if config.user is not None:
                if self._password is None:
                    raise Unreachable(f"the password for {config.host} is missing: set `{config.password_env}`")
                server.login(config.user, self._password)
        except BaseException:
            server.close()
            raise
        self._connection = server
        return server

    def _context(self) -> ssl.SSLContext:
        return self._tls if self._tls is not None else ssl.create_default_context()

    # ------------------------------------------------------------ after the marker

    def _body(self, data: bytes) -> Receipt:
        server = self._connection
        assert server is not None
        try:
            assert server.sock is not None
            server.sock.settimeout(self._wait_after_dot)
            server.send(data)
            code, reply = server.getreply()
            server.sock.settimeout(self._config.timeout)
        except Trouble as error:
            self._drop()
            if _timed_out(error):
                return Receipt("uncertain", f"no reply within {self._wait_after_dot:g} seconds after the message")
            return Receipt("uncertain", f"the connection broke after the message: {_short(error)}")
        match code // 100:
            case 2 if code == 250:
                return Receipt("sent", _reply(code, reply), provider_id=_ADDRESS.sub("<address>", _text(reply))[:200])
            case 4 | 5:
                if code in _SESSION_CODES:
                    self._drop()
                return Receipt("later" if code < 500 else "failed", _reply(code, reply))
            case _:
                self._drop()
                return Receipt("uncertain", f"the server's reply makes no sense: {_reply(code, reply)}")

    def _drop(self) -> None:
        """Close the line without a word."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _words(self, error: BaseException) -> str:
        where = f"{self._config.host}:{self._config.port}"
        match error:
            case smtplib.SMTPAuthenticationError(smtp_code=code) if code >= 500:
                return f"{where} refuses user and password"
            case smtplib.SMTPNotSupportedError():
                return f"{where} does not offer what `kadenz.yaml` asks for: {_short(error)}"
            case smtplib.SMTPResponseException(smtp_code=code, smtp_error=reply):
                return f"{where} refuses: {_reply(code, reply if isinstance(reply, bytes) else reply.encode())}"
            case ssl.SSLError():
                return f"{where} has no usable certificate or encryption: {_short(error)}"
            case socket.gaierror():
                return f"the name {self._config.host} is not known"
            case _ if _timed_out(error):
                return f"{where} does not answer"
            case ConnectionRefusedError():
                return f"nobody listens at {where}"
            case _:
                return f"{where} cannot be reached: {_short(error)}"


def _timed_out(error: BaseException) -> bool:
    """smtplib turns a time-out while reading into a disconnection that says so."""
    return isinstance(error, TimeoutError) or "timed out" in str(error)


def _text(reply: bytes) -> str:
    words = reply.decode("utf-8", errors="replace")
    return "".join(c if c.isprintable() else " " for c in words)


_ADDRESS = re.compile(r"<?[^\s<>]+@[^\s<>]+>?")


def _reply(code: int, reply: bytes) -> str:
    """The reply for notes and logs: servers like to repeat the address, which is personal data."""
    return f"{code} {_ADDRESS.sub('<address>', _text(reply))}"[:300].strip()


def _short(error: BaseException) -> str:
    return _text(str(error).encode())[:200] or type(error).__name__
