"""Signed webhooks in: `POST /webhooks/SOURCE`, as Standard Webhooks signs them.

The order is that of cost: the length, then the signature, then the content. What is answered with 202 is on the disk.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import assert_never

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from adapters.feedback.arrivals import Arrival, MailIn, WebhookIn
from adapters.feedback.inbox import InboxError
from adapters.web.bodies import TooLarge, body_of
from adapters.web.callbacks import sinch, twilio
from adapters.web.reception import Reception
from adapters.webhook_signature import refused

LIMIT = 256 * 1024
"""Octets of a body; a bounce mail brings the head of the mail that came back, and seldom all of it."""

MAIL = "message/rfc822"


def webhook_route(reception: Reception) -> Callable[[Request], Awaitable[Response]]:
    """What answers the route, with the source in the path."""

    async def webhook(request: Request) -> Response:
        source: str = request.path_params["source"]
        keys = reception.webhooks.get(source)
        if keys is None:
            return _said(404, "no such source")
        try:
            body = await body_of(request, LIMIT)
        except TooLarge:
            return _said(413, f"more than {LIMIT} octets")
        if source in reception.profiles:
            return await _of_provider(reception, source, body, request)
        id_ = request.headers.get("webhook-id")
        time, signatures = request.headers.get("webhook-timestamp"), request.headers.get("webhook-signature")
        at = reception.clock()
        why = refused(keys, id_, time, signatures, body, at // 1_000_000)
        if why is not None or id_ is None:
            return _said(401, why or "no id")
        mail = request.headers.get("content-type", "").partition(";")[0].strip().lower() == MAIL
        arrival: Arrival
        if mail and source in reception.mails:
            arrival = MailIn(body, at)
        elif (text := _object(body)) is not None:
            arrival = WebhookIn(source, id_, text, at)
        else:
            return _said(400, "the body is no JSON object in UTF-8")
        return await _kept(reception, arrival, id_)

    return webhook


async def _kept(reception: Reception, arrival: Arrival, id_: str) -> Response:
    try:
        await run_in_threadpool(reception.keep, arrival)
    except InboxError as error:
        reception.told(f"kadenz: {error}")
        return JSONResponse({"error": "try again later"}, status_code=503, headers={"Retry-After": "60"})
    return JSONResponse({"kept": id_}, status_code=202)


async def _of_provider(reception: Reception, source: str, body: bytes, request: Request) -> Response:
    """A status callback in a provider's own form."""
    (profile, url), keys, at = reception.profiles[source], reception.webhooks[source], reception.clock()
    try:
        match profile:
            case "twilio":
                found = twilio(body, request.headers, keys, url)
            case "sinch":
                found = sinch(body, request.headers, keys, at // 1_000_000)
            case _:
                assert_never(profile)
    except (ValueError, RecursionError):
        return _said(400, "no status callback of this provider")
    if found is None:
        return _said(401, "no signature")
    if found.body is None:
        return JSONResponse({"kept": None}, status_code=200)
    return await _kept(reception, WebhookIn(source, found.id, found.body, at), found.id)


def _object(body: bytes) -> str | None:
    """The text of a body that is a JSON object."""
    try:
        text = body.decode("utf-8")
        found = json.loads(text, parse_constant=_no_number)
        text.encode("utf-8")
    except (ValueError, RecursionError):
        return None
    return text if isinstance(found, dict) else None


def _no_number(name: str) -> object:
    raise ValueError(f"{name} is no number")


def _said(status: int, why: str) -> Response:
    return JSONResponse({"error": why}, status_code=status)
