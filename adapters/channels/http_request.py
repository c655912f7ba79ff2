"""A rendered message as an HTTP request, in the form that `kadenz.yaml` or a profile gives.

Placeholders stand in the address, the headers and the body, and take values of a fixed set. A value is put in once, in
the form of its place (percent-encoded, JSON, form), and is never read again as a text with placeholders.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from adapters.channel_config import HttpConfig
from adapters.channels.http_guard import Request
from engine.protocols import Rendered

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")

IN_BODY = frozenset(
    {"account", "address", "address_digits", "channel", "contact", "html", "key", "language", "secret", "sender"}
    | {"subject", "template", "text", "trigger", "uuid"}
)
IN_HEADERS = frozenset({"account", "key", "language", "secret", "sender", "uuid"})
"""Without anything that a contact could have written."""
IN_URL = frozenset({"account", "address", "address_digits", "key", "uuid"})
"""Without secrets: addresses are what servers log."""

HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
OWN_HEADERS = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "accept-encoding", "expect", "upgrade", "te"}
)
"""Headers that the guard writes, or that would change how the request is read."""

_TYPES = {"json": "application/json", "form": "application/x-www-form-urlencoded"}


class Unsendable(Exception):
    """A message that makes no request. The text is for people, without personal data."""


def request_of(message: Rendered, config: HttpConfig, secret: str | None) -> Request:
    """The request for a message; the same for the same message. Raises Unsendable."""
    values = values_of(message, config, secret)
    url = PLACEHOLDER.sub(lambda found: _in_url(found[1], values), config.url)
    headers = [(name, PLACEHOLDER.sub(lambda found: values.get(found[1]) or "", text)) for name, text in config.headers]
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", _TYPES[config.form]))
    if config.user is not None:
        user = PLACEHOLDER.sub(lambda found: values.get(found[1]) or "", config.user)
        headers.append(("Authorization", "Basic " + b64encode(f"{user}:{secret or ''}".encode()).decode()))
    for name, text in headers:
        if not text.isascii() or not text.isprintable():
            raise Unsendable(f"the header `{name}` would hold characters that no header has")
    return Request(config.method, url, tuple(headers), _body(config, values))


def values_of(message: Rendered, config: HttpConfig, secret: str | None) -> Mapping[str, str | None]:
    """The values of the placeholders; None where there is none. Raises Unsendable without an address."""
    address = config.to if config.to is not None else message.address
    if not address and {"address", "address_digits"} & placeholders(config):
        raise Unsendable("there is no address")
    text = (message.text or "").strip()
    if not text and "text" in placeholders(config):
        raise Unsendable("the message has no text")
    return {
        "account": config.account,
        "address": address,
        "address_digits": re.sub(r"[^0-9]", "", address or "") or None,
        "channel": message.channel,
        "contact": message.contact,
        "html": message.html,
        "key": message.key,
        "language": message.language,
        "secret": secret,
        "sender": config.sender,
        "subject": message.subject,
        "template": message.template or None,
        "text": text or None,
        "trigger": message.trigger,
        "uuid": uuid_of(message.key),
    }


def uuid_of(key: str) -> str:
    """A decision key as the UUID that some providers want (RFC 9562, form of version 4): the same for the same key."""
    return str(uuid.UUID(bytes=hashlib.sha256(key.encode()).digest()[:16], version=4))


def placeholders(config: HttpConfig) -> frozenset[str]:
    """All that stand in a configuration."""
    texts = (config.url, config.body, config.user or "", *(text for _, text in config.headers))
    return frozenset(name for text in texts for name in PLACEHOLDER.findall(text))


def _in_url(name: str, values: Mapping[str, str | None]) -> str:
    value = values.get(name) or ""
    if value in (".", ".."):
        raise Unsendable("the address leads to another place")
    return quote(value, safe="")


def _body(config: HttpConfig, values: Mapping[str, str | None]) -> bytes:
    filled = _filled(json.loads(config.body), values)
    try:
        if config.form == "json":
            return json.dumps(filled, ensure_ascii=False, separators=(",", ":")).encode()
        return urlencode(list(_pairs(filled))).encode("ascii")
    except UnicodeEncodeError:
        raise Unsendable("the message has half characters") from None


_ABSENT = object()


def _filled(form: Any, values: Mapping[str, str | None]) -> Any:
    """A form with its values. A text that is one placeholder without a value is left out, with its key."""
    match form:
        case str():
            whole = PLACEHOLDER.fullmatch(form)
            if whole is not None and values.get(whole[1]) is None:
                return _ABSENT
            return PLACEHOLDER.sub(lambda found: values.get(found[1]) or "", form)
        case dict():
            filled = ((key, _filled(one, values)) for key, one in form.items())
            return {key: one for key, one in filled if one is not _ABSENT}
        case list():
            return [one for one in (_filled(one, values) for one in form) if one is not _ABSENT]
        case _:
            return form


def _pairs(filled: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in filled.items():
        for one in value if isinstance(value, list) else [value]:
            yield key, one if isinstance(one, str) else json.dumps(one)
