"""Providers whose request is known: the keys of a channel that need not be written.

Each profile is what its provider documents; the pages are named beside them. What `kadenz.yaml` says goes before it.
None of them signs up anybody: `account`, `from` and the secret are the project's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from adapters.channel_config import READ_BY_STATUS, Answers


@dataclass(frozen=True, slots=True)
class Profile:
    """The keys of one provider. `needs`: keys that `kadenz.yaml` must give."""

    url: str
    body: Mapping[str, Any]
    needs: tuple[str, ...]
    form: Literal["json", "form"] = "json"
    headers: tuple[tuple[str, str], ...] = ()
    user: str | None = None
    answers: Answers = READ_BY_STATUS


PROFILES: Mapping[str, Profile] = {
    # https://www.twilio.com/docs/messaging/api/message-resource (create), https://www.twilio.com/docs/usage/your-request-to-twilio
    # `account` is the account SID; with an API key `user` is the key's SID. Errors have a number in `code`.
    "twilio": Profile(
        url="https://api.twilio.com/2010-04-01/Accounts/{account}/Messages.json",
        form="form",
        body={"To": "{address}", "From": "{sender}", "Body": "{text}"},
        user="{account}",
        needs=("account", "from", "secret_env", "address"),
        answers=Answers(id_path="sid", reason_path="code"),
    ),
    # https://developers.sinch.com/docs/sms/api-reference/sms/batches (send)
    # `account` is the service plan; other regions have another `url` (https://eu.sms.api.sinch.com/..)
    "sinch": Profile(
        url="https://us.sms.api.sinch.com/xms/v1/{account}/batches",
        headers=(("Authorization", "Bearer {secret}"),),
        body={"from": "{sender}", "to": ["{address}"], "body": "{text}", "client_reference": "{key}"},
        needs=("account", "from", "secret_env", "address"),
        answers=Answers(id_path="id", reason_path="code"),
    ),
    # https://developer.vonage.com/en/api/messages (send a message, channel sms; basic authentication)
    # `account` is the API key, the secret the API secret; numbers go without a plus
    "vonage": Profile(
        url="https://api.nexmo.com/v1/messages",
        user="{account}",
        body={
            "message_type": "text",
            "channel": "sms",
            "to": "{address_digits}",
            "from": "{sender}",
            "text": "{text}",
            "client_ref": "{key}",
        },
        needs=("account", "from", "secret_env", "address"),
        answers=Answers(id_path="message_uuid", reason_path="title"),
    ),
    # https://documentation.onesignal.com/reference/push-notification
    # https://documentation.onesignal.com/reference/idempotent-notification-requests (`idempotency_key`, for 30 days)
    # `account` is the app, `address` the field with the id of the subscription; nobody there is a 200 without an id
    "onesignal": Profile(
        url="https://api.onesignal.com/notifications?c=push",
        headers=(("Authorization", "Key {secret}"),),
        body={
            "app_id": "{account}",
            "target_channel": "push",
            "include_subscription_ids": ["{address}"],
            "headings": {"en": "{subject}"},
            "contents": {"en": "{text}"},
            "idempotency_key": "{uuid}",
        },
        needs=("account", "secret_env", "address"),
        answers=Answers(
            outcome_path="id",
            outcomes=(("*", "accepted"), ("", "refused")),
            id_path="id",
        ),
    ),
}
