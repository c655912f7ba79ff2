"""Status callbacks of providers of text messages, in their own forms, turned into webhooks as ours are.

| profile | signed by | form |
|---|---|---|
| `twilio` | `X-Twilio-Signature`: HMAC-SHA-1 of the address and the sorted form values | https://www.twilio.com/docs/usage/security#validating-requests, https://www.twilio.com/docs/messaging/guides/track-outbound-message-status |
| `sinch` | `x-sinch-webhook-signature`: HMAC-SHA-256 of `body.nonce.timestamp` | https://developers.sinch.com/docs/sms/api-reference/sms/webhooks |

Twilio signs no time, so an old callback may come again: its id is made of message and status, and it changes nothing.
A failure suppresses a number only where the provider says that there is no such number, or that it takes no texts.
"""  # noqa: E501  # addresses

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from adapters.webhook_signature import TOLERANCE

TWILIO_NO_SUCH_NUMBER = ("30005", "30006")
"""Unknown destination; landline or unreachable carrier (https://www.twilio.com/docs/api/errors)."""

_SINCH_FAILED = ("Failed", "Rejected", "Aborted", "Expired", "Cancelled", "Deleted")


@dataclass(frozen=True, slots=True)
class Callback:
    """What a callback says, as a webhook of ours: its id and its body. `body` None: nothing that we keep."""

    id: str
    body: str | None


def twilio(body: bytes, headers: Mapping[str, str], keys: Sequence[bytes], url: str) -> Callback | None:
    """A status callback; None if nobody who knows a key signed it for this address. Raises ValueError if it is none."""
    values = parse_qsl(body.decode("utf-8"), keep_blank_values=True)
    text = url + "".join(name + value for name, value in sorted(values))
    if not _signed(headers.get("x-twilio-signature", ""), text.encode(), keys, "sha1"):
        return None
    given = dict(values)
    sid, status = given.get("MessageSid", ""), given.get("MessageStatus", "")
    if not sid or not status:
        raise ValueError("no status of a message")
    code = given.get("ErrorCode", "")
    said: str | None
    match status:
        case "delivered":
            said = _said("message_delivered", {"provider_id": sid})
        case "failed" | "undelivered":
            permanent = code in TWILIO_NO_SUCH_NUMBER
            said = _said("message_bounced", {"provider_id": sid, "permanent": permanent, "reason": f"error {code}"})
        case _:
            said = None
    return Callback(f"{sid}:{status}", said)


def sinch(body: bytes, headers: Mapping[str, str], keys: Sequence[bytes], now: int) -> Callback | None:
    """A delivery report of a recipient; None if nobody who knows a key signed it within the tolerance. `now` in
    seconds. Raises ValueError if it is none."""
    nonce, time = (
        headers.get("x-sinch-webhook-signature-nonce", ""),
        headers.get("x-sinch-webhook-signature-timestamp", ""),
    )
    signed = body + f".{nonce}.{time}".encode()
    if not nonce or not time.isascii() or not time.isdigit() or len(time) > 12 or abs(int(time) - now) > TOLERANCE:
        return None
    if not _signed(headers.get("x-sinch-webhook-signature", ""), signed, keys, "sha256"):
        return None
    given = json.loads(body)
    if not isinstance(given, dict) or not isinstance(batch := given.get("batch_id"), str):
        raise ValueError("no delivery report")
    status = str(given.get("status", ""))
    data: dict[str, object] = {"provider_id": batch, "at": given.get("at")}
    if isinstance(key := given.get("client_reference"), str):
        data["key"] = key
    if status == "Delivered":
        said = _said("message_delivered", data)
    elif status in _SINCH_FAILED:
        said = _said("message_bounced", {**data, "permanent": False, "reason": f"{status} {given.get('code', '')}"})
    else:
        said = None
    return Callback(f"{batch}:{status}", said)


def _said(event: str, data: Mapping[str, object]) -> str:
    return json.dumps({"type": event, "data": {name: value for name, value in data.items() if value is not None}})


def _signed(given: str, data: bytes, keys: Sequence[bytes], how: str) -> bool:
    good = False
    for key in keys:
        good |= hmac.compare_digest(b64encode(hmac.digest(key, data, how)), given.encode("utf-8", "replace"))
    return good
