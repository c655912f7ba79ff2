"""A rendered message as Internet mail: fixed headers, one recipient, only CRLF line ends."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from adapters.channel_config import SmtpConfig
from adapters.channels.unsubscribe import Unsubscription, unsubscribe_headers
from adapters.mail_address import mail_address
from engine.protocols import Rendered

LONGEST_LINE = 998
"""Octets without the line end (RFC 5322)."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Unsendable(Exception):
    """A message that no mail server should be shown. The text is for people."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A mail as bytes (CRLF line ends, not yet dot-stuffed) with exactly one recipient. `utf8`: SMTPUTF8 is needed."""

    sender: str
    recipient: str
    data: bytes
    utf8: bool


def compose(message: Rendered, config: SmtpConfig, now: int, secret: str | None = None) -> Envelope:
    """The mail for a message. `now` in microseconds becomes the Date; `secret` signs the token to unsubscribe with.

    Bounces go to the channel's own address, whoever the sender is. The Message-ID is made from the message's key, so
    that a bounce or a server's log leads back to the decision. Raises Unsendable if an address is not exactly one
    usable address, a header would hold a control character, or a line would be longer than mail may have.
    """
    own = _own(config.sender)
    sender = own if message.sender is None else _one(message.sender, "sender's address")
    recipient = _one(config.to if config.to is not None else message.address, "address")
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = recipient
    mail["Subject"] = _clean(message.subject or "", "subject")
    mail["Date"] = format_datetime(_EPOCH + timedelta(microseconds=now))
    mail["Message-ID"] = f"<{_clean(message.key, 'key')}@{_ascii(own.domain)}>"
    if message.reply_to is not None:
        mail["Reply-To"] = _one(message.reply_to, "address for replies")
    elif config.reply_to is not None:
        mail["Reply-To"] = _own(config.reply_to)
    _body(mail, message)
    if message.language:  # after the body: setting content drops all Content-* headers
        mail["Content-Language"] = _clean(message.language, "language")
    bounce = _own(config.bounce.replace("{key}", message.key)) if config.bounce is not None else own
    replies = [] if message.reply_to is None else [_one(message.reply_to, "address for replies")]
    utf8 = not all(one.addr_spec.isascii() for one in (recipient, sender, bounce, *replies))
    data = mail.as_bytes(policy=SMTP.clone(utf8=True) if utf8 else SMTP)
    if message.purpose is not None:
        what = Unsubscription(message.contact, message.purpose, message.channel, message.key)
        data = unsubscribe_headers(config.list_unsubscribe, what, secret) + data
    # INVARIANT: \r and \n occur only as pairs, or a receiver with odd ideas of line ends sees a second message
    if re.search(rb"\r(?!\n)|(?<!\r)\n", data):
        raise Unsendable("the message has a bare line end")
    # a server may break a longer line where it likes, and the signature with it
    if max(map(len, data.split(b"\r\n"))) > LONGEST_LINE:
        raise Unsendable(f"a line of the message is longer than {LONGEST_LINE} octets")
    return Envelope(bounce.addr_spec, recipient.addr_spec, data, utf8)


def stuffed(data: bytes) -> bytes:
    """The bytes that follow DATA: lines that begin with a dot get another, and the final dot ends it (RFC 5321)."""
    lines = re.sub(rb"^\.", b"..", data, flags=re.MULTILINE)
    return (lines if lines.endswith(b"\r\n") else lines + b"\r\n") + b".\r\n"


def _body(mail: EmailMessage, message: Rendered) -> None:
    text, html = message.text, message.html
    if text is None and html is None:
        raise Unsendable("the message is empty")
    if text is not None:
        mail.set_content(text, cte="quoted-printable")
    if html is not None and text is not None:
        mail.add_alternative(html, subtype="html", cte="quoted-printable")
        mail.set_boundary(f"=_{message.key[:40]}_=")
    elif html is not None:
        mail.set_content(html, subtype="html", cte="quoted-printable")


def _one(text: str | None, what: str) -> Address:
    """The one address of a contact's field, without a name."""
    if not text:
        raise Unsendable(f"there is no {what}")
    found = mail_address(text) if "<" not in text and len(text) <= 320 else None
    if found is None:
        raise Unsendable(f"the {what} is not one usable mail address")
    return Address(username=found.username, domain=_ascii(found.domain))


def _own(text: str) -> Address:
    found = mail_address(text)
    if found is None:
        raise Unsendable("an address in `kadenz.yaml` is not usable")
    return Address(display_name=found.display_name, username=found.username, domain=_ascii(found.domain))


def _ascii(domain: str) -> str:
    """A domain as mail servers know it (`müller.ch` is `xn--mller-kva.ch`)."""
    if domain.isascii():
        return domain
    import idna

    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise Unsendable("the address has no usable domain") from error


def _clean(text: str, what: str) -> str:
    if any(ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u2028\u2029" for c in text):
        raise Unsendable(f"the {what} holds a control character")
    return text
