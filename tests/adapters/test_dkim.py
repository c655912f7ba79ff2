"""Our mails bear a signature: a relay signs what it gets from us (Kadenz signs nothing itself), hands it on, and the
receiver verifies it. Signer and verifier are dkimpy's, the key and its DNS record are made here."""

from __future__ import annotations

import base64
import shutil
import smtplib
import subprocess
from collections.abc import Callable
from dataclasses import replace

import dkim
import pytest

from adapters.channels.mail import compose
from adapters.channels.smtp import SmtpChannel
from engine.protocols import Rendered
from tests.adapters.smtp_server import MESSAGE, NOW, Marker, Sink, config, serving

SECRET = "a secret of some length"
DOMAIN, SELECTOR = b"shop.example", b"news"
SIGNED = [b"from", b"to", b"subject", b"date", b"message-id", b"list-unsubscribe", b"list-unsubscribe-post"]
"""What large receivers ask a bulk mail to have signed (RFC 8058 §4 for the last two)."""

TRICKY = replace(
    MESSAGE,
    subject="Grüezi " * 40,
    text=".\n..two dots\n.\n\ttab and  spaces  \n" + "ü" * 3000 + "\nFrom here\n\n\n",
    html=f"<p>{'x' * 5000}</p>\n.\n",
)

Key = tuple[bytes, bytes]


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Key:
    """A private key, and the text of the DNS record that publishes it."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl command here to make a key")
    file = tmp_path_factory.mktemp("dkim") / "key.pem"
    subprocess.run(["openssl", "genrsa", "-out", str(file), "2048"], check=True, capture_output=True)
    asked = ["openssl", "rsa", "-in", str(file), "-pubout", "-outform", "DER"]
    public = subprocess.run(asked, check=True, capture_output=True).stdout
    return file.read_bytes(), b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)


def signed(data: bytes, key: Key, canonical: bytes) -> bytes:
    """The mail with the signature of a relay."""
    how = (canonical, canonical)
    header: bytes = dkim.sign(data, SELECTOR, DOMAIN, key[0], canonicalize=how, include_headers=SIGNED)
    return header + data


def verifies(data: bytes, key: Key) -> bool:
    asked: list[bytes] = []

    def record(name: bytes, timeout: int = 5) -> bytes:
        del timeout
        asked.append(name)
        return key[1]

    good: bool = dkim.verify(data, dnsfunc=record)
    assert asked == [SELECTOR + b"._domainkey." + DOMAIN + b"."]
    return good


def received(message: Rendered, passed_on: Callable[[bytes], bytes] = lambda data: data) -> tuple[bytes, bytes]:
    """A mail as it was composed, and as it came to the receiver: from our channel to a relay, which does something to
    it, and on to the next server."""
    relay, receiver = Sink(), Sink()
    with serving(relay) as port, serving(receiver) as onward:
        to = config(port, list_unsubscribe=("https://shop.example/{token}", "mailto:out@shop.example"))
        ours = SmtpChannel(to, None, lambda: NOW, unsubscribe_secret=SECRET)
        assert ours.hand_over(message, Marker()).outcome == "sent"
        ours.close()
        ((sender, recipients, data),) = relay.accepted
        with smtplib.SMTP("127.0.0.1", onward) as client:
            client.sendmail(sender, recipients, passed_on(data))
    return compose(message, to, NOW, SECRET).data, receiver.accepted[0][2]


@pytest.mark.parametrize("canonical", [b"simple", b"relaxed"])
@pytest.mark.parametrize(
    "message", [MESSAGE, TRICKY, replace(TRICKY, html=None)], ids=["plain", "tricky", "text alone"]
)
def test_what_a_relay_signs_verifies_at_the_receiver(message: Rendered, canonical: bytes, key: Key) -> None:
    composed, came = received(message, lambda data: signed(data, key, canonical))
    assert verifies(came, key)
    header, ours = came[: -len(composed)], came[-len(composed) :]
    assert header.startswith(b"DKIM-Signature: ")
    assert ours == composed, "signing and passing on change no octet of ours"


@pytest.mark.parametrize("canonical", [b"simple", b"relaxed"])
def test_the_octets_that_we_compose_are_those_that_a_receiver_verifies(canonical: bytes, key: Key) -> None:
    """Signed as composed, under the strictest rule too: nothing on the way out touches them."""
    composed, came = received(TRICKY)
    signature = signed(composed, key, canonical)[: -len(composed)]
    assert verifies(signature + came, key)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"List-Unsubscribe-Post: List-Unsubscribe=One-Click", b"List-Unsubscribe-Post: None"),
        (b"From: Shop", b"From: Shqp"),
        (b"two dots", b"two d0ts"),
    ],
)
def test_what_is_changed_on_the_way_does_not_verify(before: bytes, after: bytes, key: Key) -> None:
    composed, _ = received(TRICKY)
    good = signed(composed, key, b"relaxed")
    assert good.count(before) == 1
    assert verifies(good, key)
    assert not verifies(good.replace(before, after), key)
