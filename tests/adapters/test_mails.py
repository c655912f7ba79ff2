from __future__ import annotations

import random
from dataclasses import replace
from email.message import EmailMessage

import pytest

from adapters.channels.mail import compose
from adapters.feedback.mails import Notice, notice_of
from tests.adapters.smtp_server import MESSAGE, NOW, config, parsed

KEY = "0123456789abcdef" * 2
SENT = compose(replace(MESSAGE, key=KEY), config(25), NOW).data


def dsn(
    action: str = "failed",
    status: str = "5.1.1",
    original: bytes | None = SENT,
    kind: str = "message/rfc822",
    diagnostic: str = "",
    to: str = "bounce@shop.example",
) -> bytes:
    """A delivery report as mail servers write it."""
    more = "" if not diagnostic else f"Diagnostic-Code: {diagnostic}\r\n"
    said = "" if not status else f"Status: {status}\r\n"
    head = (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\n"
        f"To: {to}\r\nDate: Fri, 20 Nov 2026 11:00:00 +0100\r\nMessage-ID: <r1@mx.example>\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="=b"\r\n\r\n'
        "--=b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n"
        "--=b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; anna@example.ch\r\nAction: {action}\r\n{said}{more}\r\n"
    ).encode()
    back = b"" if original is None else b"--=b\r\nContent-Type: " + kind.encode() + b"\r\n\r\n" + original + b"\r\n"
    return head + back + b"--=b--\r\n"


def arf(kind: str = "abuse") -> bytes:
    """A complaint as RFC 5965 has it."""
    return (
        b"From: fbl@mailbox.example\r\nTo: bounce@shop.example\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\n"
        b"Message-ID: <c1@mailbox.example>\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/report; report-type=feedback-report; boundary="=b"\r\n\r\n'
        b"--=b\r\nContent-Type: text/plain\r\n\r\nThis is a complaint.\r\n"
        b"--=b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: " + kind.encode() + b"\r\n"
        b"User-Agent: Some/1.0\r\nVersion: 1\r\n\r\n"
        b"--=b\r\nContent-Type: message/rfc822\r\n\r\n" + SENT + b"\r\n--=b--\r\n"
    )


def read(data: bytes) -> Notice:
    found = notice_of(data)
    assert found is not None
    return found


def test_our_own_mail_comes_back_with_its_key() -> None:
    assert parsed(SENT)["Message-ID"].startswith(f"<{KEY}@")
    found = read(dsn())
    assert (found.happened, found.status, found.keys[0]) == ("bounced", "5.1.1", KEY)
    assert found.at == 1_795_168_800_000_000
    assert found.id == read(dsn()).id
    headers = SENT.partition(b"\r\n\r\n")[0]
    assert read(dsn(original=headers, kind="text/rfc822-headers")).keys[0] == KEY


def test_the_key_in_the_address_that_the_report_went_to() -> None:
    assert read(dsn(original=None)).keys == ()
    assert read(dsn(original=None, to=f"bounce+{KEY}@shop.example")).keys == (KEY,)
    made = compose(replace(MESSAGE, key=KEY), config(25, bounce="bounce+{key}@shop.example"), NOW)
    assert made.sender == f"bounce+{KEY}@shop.example"


@pytest.mark.parametrize(
    ("action", "status", "happened", "bad"),
    [
        ("failed", "5.1.1", "bounced", True),
        ("Failed", "5.0.0", "bounced", True),
        ("failed", "5.7.1", "bounced", False),
        ("failed", "5.3.4", "bounced", False),
        ("failed", "5.2.2", "deferred", True),
        ("failed", "4.4.7", "deferred", True),
        ("failed", "", "deferred", True),
        ("delayed", "4.4.1", "deferred", True),
        ("delivered", "2.0.0", "delivered", True),
        ("relayed", "2.0.0", "relayed", True),
        ("expanded", "2.0.0", "relayed", True),
    ],
)
def test_hard_and_soft_are_told_apart(action: str, status: str, happened: str, bad: bool) -> None:
    found = read(dsn(action, status))
    assert (found.happened, found.address_bad) == (happened, bad)


def test_the_status_may_stand_in_the_diagnostic_alone() -> None:
    assert read(dsn(status="", diagnostic="smtp; 550 5.1.10 RESOLVER.ADR.RecipientNotFound")).status == "5.1.10"


@pytest.mark.parametrize("kind", ["abuse", "fraud", "virus", "other"])
def test_a_complaint(kind: str) -> None:
    found = read(arf(kind))
    assert (found.happened, found.keys[0]) == ("complaint", KEY)


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure", "dmarc", ""])
def test_what_is_no_complaint(kind: str) -> None:
    assert notice_of(arf(kind)) is None


def test_other_mail_is_no_report() -> None:
    answer = EmailMessage()
    answer["Subject"] = "I am away until Monday"
    answer["In-Reply-To"] = f"<{KEY}@shop.example>"
    answer.set_content("Status: 5.1.1\nAction: failed\n")
    for data in answer.as_bytes(), SENT, b"", b"\0" * 1_000, b"Content-Type: multipart/report\r\n\r\n":
        assert notice_of(data) is None


def test_whatever_mail_comes_is_read_to_an_end() -> None:
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(2_000))
    broken = [
        deep,
        b"Content-Type: message/delivery-status\r\n\r\n",
        b"Content-Type: message/feedback-report\r\n\r\n",
        dsn().replace(b"Status", b"St\xffatus").replace(b"rfc822;", b"\xff\xfe"),
        dsn().replace(b"report-type", b"=?utf-8?q?" + b"x" * 5_000),
        dsn(original=b"Message-ID: =?unknown?b?\xff?=\r\n" * 3_000),
        dsn().replace(b"Date: Fri", b"Date: 99999999999999999999999"),
    ]
    for data in broken:
        notice_of(data)
    source = random.Random(7)
    good = dsn() + arf()
    for _ in range(300):
        changed = bytearray(good)
        for _ in range(source.randrange(1, 40)):
            changed[source.randrange(len(changed))] = source.randrange(256)
        notice_of(bytes(changed[: source.randrange(len(changed))]))
