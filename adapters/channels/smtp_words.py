"""What a mail server says, as text for notes and logs: one line, and no address, which is personal data."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"<?[^\s<>]+@[^\s<>]+>?")


def timed_out(error: BaseException) -> bool:
    """Whether it is silence; smtplib turns a time-out while reading into a disconnection that says so."""
    return isinstance(error, TimeoutError) or "timed out" in str(error)


def reply_text(code: int, reply: bytes) -> str:
    """A reply with its number."""
    return f"{code} {words_of(reply)}"[:300].strip()


def words_of(reply: bytes) -> str:
    """A reply without its number: servers like to repeat the address."""
    return _ADDRESS.sub("<address>", _text(reply))


def short(error: BaseException) -> str:
    """What an error says, or its name where it says nothing."""
    return _text(str(error).encode())[:200] or type(error).__name__


def _text(reply: bytes) -> str:
    words = reply.decode("utf-8", errors="replace")
    return "".join(c if c.isprintable() else " " for c in words)
