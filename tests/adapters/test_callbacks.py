from __future__ import annotations

import hmac
import json
from base64 import b64encode
from typing import Any
from urllib.parse import urlencode

import pytest

from adapters.web.callbacks import Callback, sinch, twilio

URL = "https://shop.example/webhooks/texts"
TOKEN = b"a token of the provider"
NOW = 1_793_487_600


def twilio_post(url: str = URL, token: bytes = TOKEN, **values: str) -> tuple[bytes, dict[str, str]]:
    text = url + "".join(name + values[name] for name in sorted(values))
    made = b64encode(hmac.digest(token, text.encode(), "sha1")).decode()
    return urlencode(values).encode(), {"x-twilio-signature": made}


def sinch_post(token: bytes = TOKEN, at: int = NOW, **values: Any) -> tuple[bytes, dict[str, str]]:
    body = json.dumps({"type": "recipient_delivery_report_sms", **values}).encode()
    made = b64encode(hmac.digest(token, body + f".n-1.{at}".encode(), "sha256")).decode()
    head = "x-sinch-webhook-signature"
    return body, {head: made, f"{head}-nonce": "n-1", f"{head}-timestamp": str(at)}


def data_of(found: Callback | None) -> tuple[str, dict[str, Any]]:
    assert found is not None
    assert found.body is not None
    body = json.loads(found.body)
    return body["type"], body["data"]


def test_the_published_example_of_twilio() -> None:
    # https://www.twilio.com/docs/usage/security: address, values and signature with the token 12345
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    values = {
        "CallSid": "CA1234567890ABCDE", "Caller": "+14158675309", "Digits": "1234", "From": "+14158675309",
        "To": "+18005551212",
    }  # fmt: skip
    body, headers = twilio_post(url, b"12345", **values)
    assert headers["x-twilio-signature"] == "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    with pytest.raises(ValueError, match="no status"):
        twilio(body, headers, [b"12345"], url)


def test_twilio() -> None:
    found = twilio(*twilio_post(MessageSid="SM1", MessageStatus="delivered", To="+41791234567"), [TOKEN], URL)
    assert data_of(found) == ("message_delivered", {"provider_id": "SM1"})
    assert found is not None
    assert found.id == "SM1:delivered"
    for code, permanent in ("30005", True), ("30006", True), ("30003", False), ("30007", False), ("", False):
        post = twilio_post(MessageSid="SM1", MessageStatus="undelivered", ErrorCode=code)
        event, data = data_of(twilio(*post, [TOKEN], URL))
        assert (event, data["permanent"]) == ("message_bounced", permanent)
    for status in "queued", "sending", "sent", "later":
        found = twilio(*twilio_post(MessageSid="SM1", MessageStatus=status), [TOKEN], URL)
        assert found is not None
        assert found.body is None


def test_forged_callbacks_of_twilio() -> None:
    body, headers = twilio_post(MessageSid="SM1", MessageStatus="delivered")
    assert twilio(body, headers, [b"other", TOKEN], URL) is not None
    assert twilio(body, headers, [b"other"], URL) is None
    assert twilio(body, headers, [TOKEN], URL + "x") is None
    assert twilio(body + b"&To=1", headers, [TOKEN], URL) is None
    assert twilio(body.replace(b"SM1", b"SM2"), headers, [TOKEN], URL) is None
    assert twilio(body, {}, [TOKEN], URL) is None


def test_sinch() -> None:
    post = sinch_post(batch_id="01F", status="Delivered", client_reference="k", at_="", code=0)
    assert data_of(sinch(*post, [TOKEN], NOW)) == ("message_delivered", {"provider_id": "01F", "key": "k"})
    post = sinch_post(batch_id="01F", status="Failed", code=402)
    data = {"provider_id": "01F", "permanent": False, "reason": "Failed 402"}
    assert data_of(sinch(*post, [TOKEN], NOW)) == ("message_bounced", data)
    found = sinch(*sinch_post(batch_id="01F", status="Dispatched"), [TOKEN], NOW)
    assert found == Callback("01F:Dispatched", None)


def test_forged_callbacks_of_sinch() -> None:
    body, headers = sinch_post(batch_id="01F", status="Delivered")
    assert sinch(body, headers, [TOKEN], NOW + 300) is not None
    assert sinch(body, headers, [TOKEN], NOW + 301) is None
    assert sinch(body, headers, [TOKEN], NOW - 301) is None
    assert sinch(body, headers, [b"other"], NOW) is None
    assert sinch(body + b" ", headers, [TOKEN], NOW) is None
    for name in headers:
        assert sinch(body, {**headers, name: "1"}, [TOKEN], NOW) is None
        assert sinch(body, {k: v for k, v in headers.items() if k != name}, [TOKEN], NOW) is None
    with pytest.raises(ValueError, match="no delivery report"):
        sinch(*sinch_post(status="Delivered"), [TOKEN], NOW)
