"""A mail that a server has whole but for the final dot, the point of no return: behind it only a clear reply counts."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from time import monotonic

from adapters.channels.smtp_words import reply_text, short, timed_out, words_of
from engine.protocols import Receipt

Trouble = (OSError, smtplib.SMTPException)

SESSION_CODES = (421, 530, 534, 535, 538)
"""Replies that are about the session (closing, authentication), not about one message."""

DOT = b".\r\n"

_AT_LEAST = 0.01


class MailUnderWay:
    """Implements `engine.protocols.UnderWay` for one connection.

    `wait`: seconds for the reply, counted from the dot. `free` is called once, with whether the connection can carry
    another mail."""

    def __init__(self, server: smtplib.SMTP, wait: float, free: Callable[[smtplib.SMTP, bool], None]) -> None:
        self._server = server
        self._wait = wait
        self._free = free
        self._end = 0.0
        self._broken: BaseException | None = None

    def drop(self) -> None:
        """Close the line without a word: after 354 no verb but the body ends DATA, and the server forgets it."""
        self._free(self._server, False)

    def gone(self) -> bool:
        """Whether the server has hung up or said anything, which before the dot is only ever a goodbye."""
        sock = self._server.sock
        if sock is None:
            return True
        try:
            sock.settimeout(0)
            sock.recv(1)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            pass
        except OSError:
            return True
        else:
            return True
        sock.settimeout(self._wait)
        return False

    def go(self) -> None:
        """The final dot. What goes wrong stands in the receipt."""
        self._end = monotonic() + self._wait
        try:
            self._server.send(DOT)
        except Trouble as error:
            self._broken = error

    def reply(self) -> Receipt:
        """Wait for what the server says."""
        usable = False
        try:
            if self._broken is not None:
                raise self._broken
            assert self._server.sock is not None
            self._server.sock.settimeout(max(_AT_LEAST, self._end - monotonic()))
            code, reply = self._server.getreply()
            usable = code not in SESSION_CODES and (code == 250 or 400 <= code <= 599)
        except Trouble as error:
            if timed_out(error):
                return Receipt("uncertain", f"no reply within {self._wait:g} seconds after the message")
            return Receipt("uncertain", f"the connection broke after the message: {short(error)}")
        finally:
            self._free(self._server, usable)
        match code // 100:
            case 2 if code == 250:
                return Receipt("sent", reply_text(code, reply), provider_id=words_of(reply)[:200])
            case 4 | 5:
                return Receipt("later" if code < 500 else "failed", reply_text(code, reply))
            case _:
                return Receipt("uncertain", f"the server's reply makes no sense: {reply_text(code, reply)}")
