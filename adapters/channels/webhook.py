"""The `webhook` channel: a program's own address, told at least once, always with the same id, signed each time.

The form is that of Standard Webhooks (https://github.com/standard-webhooks/standard-webhooks, spec): the headers
`webhook-id` (the decision key, so that the other side can tell a repeat), `webhook-timestamp` (seconds, of this try)
and `webhook-signature` (one `v1,..` for each key, so that keys can be changed without a gap). 2xx is the only yes. All
else is tried again until the message's time passes, later and later and not all at once; 410 says that nobody wants it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from adapters.channels.http_guard import Answer, GuardedHttp, Lost, Request
from adapters.webhook_signature import key_of, signature
from engine.protocols import Again, Commit, Guarantee, Receipt, Rendered, Unreachable

GUARANTEE = Guarantee(
    idempotent=True,
    retry_after_refusal=True,
    about="at least once until a 2xx or the deadline, always with the same id",
)

LONGEST_PAUSE = 24 * 3600
"""Seconds that the other side can ask us to wait."""

_SPREAD = 250
"""Thousandths by which a wait is made longer at most."""


class WebhookChannel:
    """Tells one program.

    `secrets`: environment variable -> its value (the caller reads it), the new one first. `calls`: messages are calls
    of a hook, whose text is the body. `alone`: no other program is told by the same channel, so that one that is away
    can stop it; else its messages wait by themselves."""

    def __init__(
        self,
        url: str,
        secrets: Mapping[str, str | None],
        clock: Callable[[], int],
        http: GuardedHttp,
        *,
        calls: bool = False,
        alone: bool = True,
    ) -> None:
        self._url = url
        self._secrets = secrets
        self._clock = clock
        self._http = http
        self._calls = calls
        self._alone = alone
        self._gone = False

    @property
    def guarantee(self) -> Guarantee:
        """At least once, with the same id."""
        return GUARANTEE

    def hand_over(self, message: Rendered, commit: Commit) -> Receipt:
        """Tell it one message; `commit` is called when the connection stands.

        Raises Unreachable before `commit` where a secret is missing or is no key, and where the program is away or
        wants nothing more, if it is `alone`."""
        keys = []
        for name, secret in self._secrets.items():
            key = key_of(secret) if secret else None
            if key is None:
                wrong = "is no key (`whsec_` and 24 to 64 octets in base64)" if secret else "is missing"
                raise Unreachable(f"the secret that signs {wrong}: set `{name}`")
            keys.append(key)
        seconds = self._clock() // 1_000_000
        if self._gone:
            return self._away("it wants nothing more (status 410)", message, seconds)
        body = ((message.text or "") if self._calls else body_of(message)).encode("utf-8", "replace")
        signed = " ".join(signature(key, message.key, seconds, body) for key in keys)
        headers = (
            ("Content-Type", "application/json"),
            ("webhook-id", message.key),
            ("webhook-timestamp", str(seconds)),
            ("webhook-signature", signed),
        )
        try:
            answer = self._http.send(Request("POST", self._url, headers, body), commit)
        except Unreachable as error:
            return self._away(str(error), message, seconds)
        except Lost as error:
            return Receipt("uncertain", str(error), again=_again(message, seconds))
        return Receipt("failed", "not handed over") if answer is None else self._read(answer, message, seconds)

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def _read(self, answer: Answer, message: Rendered, seconds: int) -> Receipt:
        note = f"status {answer.status}"
        if 200 <= answer.status < 300:
            return Receipt("sent", note)
        if answer.status == 410:
            self._gone = True
            return Receipt("failed", f"{note}: it wants nothing more")
        return Receipt(
            "later", note, again=_again(message, seconds, pause_of(answer.headers.get("retry-after"), seconds))
        )

    def _away(self, told: str, message: Rendered, seconds: int) -> Receipt:
        if self._alone:
            raise Unreachable(told)
        return Receipt("later", told, again=_again(message, seconds))


def body_of(message: Rendered) -> str:
    """A message as JSON with sorted keys, the same at each repeat as long as the message is."""
    told = {
        "id": message.key,
        "channel": message.channel,
        "contact": message.contact,
        "address": message.address,
        "language": message.language,
        "trigger": message.trigger,
        "template": message.template or None,
        "subject": message.subject,
        "text": message.text,
        "html": message.html,
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def pause_of(header: str | None, seconds: int) -> int:
    """How long the other side asks us to wait (`Retry-After`: seconds, or an instant), in seconds; 0 where it does not.

    >>> pause_of("120", 0), pause_of("Thu, 01 Jan 1970 00:10:00 GMT", 500), pause_of("soon", 0)
    (120, 100, 0)
    """
    text = (header or "").strip()
    if text.isascii() and text.isdecimal():
        return min(int(text[:9]), LONGEST_PAUSE)
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return 0
    until = until if until.tzinfo is not None else until.replace(tzinfo=UTC)
    wait = until - datetime.fromtimestamp(seconds, UTC)
    return max(0, min(int(wait.total_seconds()), LONGEST_PAUSE))


def _again(message: Rendered, seconds: int, pause: int = 0) -> Again:
    # a hash instead of chance: another one for each message and try, and a run can be repeated
    drawn = hashlib.sha256(f"{message.key} {seconds}".encode()).digest()
    return Again(after=pause * 1_000_000, spread=int.from_bytes(drawn[:4]) % _SPREAD, patient=True)
