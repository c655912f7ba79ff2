"""A rendered message as Internet mail: one recipient, no header but ours, line ends in pairs."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.channels.mail import Unsendable, compose, stuffed
from tests.adapters.smtp_server import MESSAGE, NOW, Marker, Sink, channel, config, serving

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
