"""The `smtp` channel: a mail server, spoken to verb by verb, with the marker just before the point of no return.

Up to the final dot nothing has left, though the server has the whole text: any trouble frees the message, and a
connection that ends there takes it back (RFC 5321 §4.1.1.4). The marker is written then, the dot follows, and from
there on only a clear reply counts: 250 is sent, 4xx and 5xx are refusals, and a time-out, a dropped connection or a
reply that is no reply leaves the message `uncertain`. The wait after the dot is long (RFC 5321 asks for ten minutes),
since a false time-out would make copies.
"""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
from collections.abc import Callable

from adapters.channel_config import SmtpConfig
from adapters.channels.alone import alone
from adapters.channels.mail import Envelope, Unsendable, compose, stuffed
from adapters.channels.smtp_line import DOT, SESSION_CODES, MailUnderWay, Trouble
from adapters.channels.smtp_words import reply_text, short, timed_out
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


class SmtpChannel:
    """Hands mail to one server over connections that are kept while they work, at most `SmtpConfig.connections` at
    once; implements `engine.protocols.Abreast`.

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
        self._idle: list[smtplib.SMTP] = []
        self._busy = 0
        self._most = config.connections

    @property
    def guarantee(self) -> Guarantee:
        """At most one hand-over."""
        return GUARANTEE

    @property
    def gathers(self) -> bool:
        """The server waits for each dot, and not for long."""
        return False

    def hand_over(self, message: Rendered, commit: Commit) -> Receipt:
        """Hand one mail over; `commit` is called when the server has all of it but the final dot.

        Raises Unreachable before `commit` if the server is away or refuses us altogether, and where the secret is
        missing that signs unsubscriptions: no mail leaves that one could not unsubscribe from.
        Raises NotYet where the recipient's domain must wait for its rate.
        """
        return alone(self, message, commit, "every connection carries a mail that is under way")

    def announce(self, message: Rendered) -> MailUnderWay | Receipt | None:
        """See `engine.protocols.Abreast`: give the server a mail but for the final dot. Raises as `hand_over` does."""
        if self._config.signs and (problem := secret_problem(self._secret)) is not None:
            raise Unreachable(
                f"the secret for `list_unsubscribe` {problem}: set `{self._config.unsubscribe_secret_env}`"
            )
        if self._busy >= self._most:
            return None
        try:
            envelope = compose(message, self._config, self._clock(), self._secret)
        except Unsendable as error:
            return Receipt("failed", str(error))
        domain = envelope.recipient.rpartition("@")[2].lower()
        if (until := self._throttle.ask(domain, self._clock())) is not None:
            raise NotYet(domain, until)
        if self._idle:
            # a connection that the server closed meanwhile: nothing was said about this message yet
            with contextlib.suppress(*Trouble):
                return self._begin(self._idle.pop(), envelope)
        try:
            return self._begin(self._connect(), envelope)
        except Trouble as error:
            if self._busy:
                # many servers take only so many connections from one client: those that are there have to do
                self._most = self._busy
                self._throttle.give_back(domain)
                return None
            raise Unreachable(self._words(error)) from error

    def close(self) -> None:
        """Say goodbye on each connection, if there is anybody to say it to."""
        for connection in self._idle:
            with contextlib.suppress(*Trouble):
                if connection.sock is not None:
                    connection.sock.settimeout(2)
                connection.quit()
            connection.close()
        self._idle.clear()

    # ------------------------------------------------------------ before the marker

    def _begin(self, server: smtplib.SMTP, envelope: Envelope) -> MailUnderWay | Receipt:
        """MAIL, RCPT, DATA and the text. Raises what smtplib and sockets raise; the connection is closed then."""
        refusal: Receipt | None = None
        try:
            refusal = self._announced(server, envelope)
            if refusal is not None:
                reset, _ = self._say(server, "RSET")
                self._keep(server, usable=reset == 250)
                return refusal
            assert server.sock is not None
            server.sock.settimeout(self._wait_after_dot)
            server.send(stuffed(envelope.data)[: -len(DOT)])
        except BaseException as error:
            server.close()
            if refusal is not None and isinstance(error, Trouble):
                return refusal
            raise
        self._busy += 1
        return MailUnderWay(server, self._wait_after_dot, self._free)

    def _free(self, server: smtplib.SMTP, usable: bool) -> None:
        self._busy -= 1
        self._keep(server, usable=usable)

    def _keep(self, server: smtplib.SMTP, *, usable: bool) -> None:
        if usable and server.sock is not None:
            server.sock.settimeout(self._config.timeout)
            self._idle.append(server)
        else:
            server.close()

    def _announced(self, server: smtplib.SMTP, envelope: Envelope) -> Receipt | None:
        """None when the server waits for the text."""
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
            if ours or code in SESSION_CODES or not 400 <= code <= 599:
                raise smtplib.SMTPResponseException(code, reply)
            return Receipt("later" if code < 500 else "failed", reply_text(code, reply))
        return None

    def _say(self, server: smtplib.SMTP, line: str) -> tuple[int, bytes]:
        """One verb and its reply. UTF-8 only where SMTPUTF8 was agreed; smtplib refuses line ends in a verb."""
        server.command_encoding = "ascii" if line.isascii() else "utf-8"
        server.putcmd(line)
        return server.getreply()

    def _connect(self) -> smtplib.SMTP:
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
            assert server.sock is not None
            # the dot follows a text that is still on its way, and must not wait for its acknowledgement
            server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
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
        return server

    def _context(self) -> ssl.SSLContext:
        return self._tls if self._tls is not None else ssl.create_default_context()

    def _words(self, error: BaseException) -> str:
        where = f"{self._config.host}:{self._config.port}"
        match error:
            case smtplib.SMTPAuthenticationError(smtp_code=code) if code >= 500:
                return f"{where} refuses user and password"
            case smtplib.SMTPNotSupportedError():
                return f"{where} does not offer what `kadenz.yaml` asks for: {short(error)}"
            case smtplib.SMTPResponseException(smtp_code=code, smtp_error=reply):
                return f"{where} refuses: {reply_text(code, reply if isinstance(reply, bytes) else reply.encode())}"
            case ssl.SSLError():
                return f"{where} has no usable certificate or encryption: {short(error)}"
            case socket.gaierror():
                return f"the name {self._config.host} is not known"
            case _ if timed_out(error):
                return f"{where} does not answer"
            case ConnectionRefusedError():
                return f"nobody listens at {where}"
            case _:
                return f"{where} cannot be reached: {short(error)}"
