"""The routes of `kadenz serve`, as an ASGI application. Pages of other tasks are routes beside these.

INVARIANT: nothing is answered with success before it is on the disk, and a GET changes nothing: scanners of mail
providers follow every link (RFC 8058).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.channels.unsubscribe import Unsubscription, read_token
from adapters.feedback.arrivals import Unsubscribe
from adapters.feedback.inbox import InboxError
from adapters.web import pages
from adapters.web.bodies import TooLarge, body_of
from adapters.web.reception import Reception
from adapters.web.webhooks import webhook_route

FORM_LIMIT = 4_096
"""Octets of a form; more is refused unread."""

LONGEST_TOKEN = 2_048

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


def make_app(reception: Reception, more: Sequence[BaseRoute] = ()) -> ASGIApp:
    """The application. `more`: routes of other pages."""
    unsubscribing = _Unsubscribing(reception)

    async def health(_: Request) -> Response:
        well, told = await run_in_threadpool(reception.health)
        return JSONResponse(dict(told), status_code=200 if well else 503)

    routes: list[BaseRoute] = [Route("/healthz", health, methods=["GET"], name="health")]
    for path, query in dict.fromkeys((*map(_route, reception.addresses), ("/unsubscribe/{token}", None))):
        asked, posted = unsubscribing.routes(query)
        routes.append(Route(path, asked, methods=["GET"], name="unsubscribe"))
        routes.append(Route(path, posted, methods=["POST"], name="unsubscribe"))
    routes.append(Route("/webhooks/{source}", webhook_route(reception), methods=["POST"], name="webhook"))
    return _Logged(Starlette(routes=[*routes, *more]), reception.told)


def _route(address: str) -> tuple[str, str | None]:
    """Path and the name of the query's part with the token (None: it stands in the path) of an address."""
    parts = urlsplit(address)
    named = next((name for name, value in parse_qsl(parts.query) if value == "{token}"), None)
    return parts.path or "/", named


class _Unsubscribing:
    def __init__(self, reception: Reception) -> None:
        self._reception = reception

    def routes(self, query: str | None) -> tuple[Callable[[Request], Any], Callable[[Request], Any]]:
        """What answers GET, and what answers POST, with the token in the path or in this part of the query."""

        def token(request: Request) -> str:
            given: str = request.path_params["token"] if query is None else request.query_params.get(query, "")
            return given

        async def asked(request: Request) -> Response:
            what = self._read(token(request))
            if what is None:
                return self._wrong(request)
            language = await self._language(request, what)
            return HTMLResponse(pages.asking(language, self._reception.name), headers=HEADERS)

        async def posted(request: Request) -> Response:
            what = self._read(token(request))
            if what is None:
                return self._wrong(request)
            try:
                form = await body_of(request, FORM_LIMIT)
            except TooLarge:
                return Response(status_code=413)
            try:
                await run_in_threadpool(self._reception.keep, Unsubscribe(what, self._reception.clock()))
            except InboxError as error:
                self._reception.told(f"kadenz: {error}")
                return Response("try again later\n", status_code=503, headers={"Retry-After": "60"})
            return HTMLResponse(pages.done(self._spoken(request, _said(form))), headers=HEADERS)

        return asked, posted

    def _read(self, token: str) -> Unsubscription | None:
        """What the token stands for, if its channel's secret signed it."""
        if len(token) > LONGEST_TOKEN:
            return None
        for channel, secret in self._reception.secrets.items():
            what = read_token(token, secret)
            if what is not None and what.channel == channel:
                return what
        return None

    def _wrong(self, request: Request) -> Response:
        return HTMLResponse(pages.wrong(self._spoken(request)), status_code=404, headers=HEADERS)

    async def _language(self, request: Request, what: Unsubscription) -> str:
        return self._spoken(request, await run_in_threadpool(self._reception.language, what.contact))

    def _spoken(self, request: Request, own: str | None = None) -> str:
        accepted = pages.accepted(request.headers.get("accept-language", ""))
        return pages.language_of((own, *accepted, *self._reception.languages))


def _said(form: bytes) -> str | None:
    """The language of the page whose button was pressed; a mail provider's form has none."""
    return dict(parse_qsl(form.decode("ascii", "replace"))).get("language")


class _Logged:
    """Writes one line a request: which route, how it ended, how long it took. No address, no token and no contact."""

    def __init__(self, app: ASGIApp, told: Callable[[str], None]) -> None:
        self._app = app
        self._told = told

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status, began = 500, time.monotonic()

        async def answered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, answered)
        finally:
            method = scope.get("method", "") if scope.get("method") in ("GET", "HEAD", "POST") else "?"
            name = getattr(scope.get("endpoint"), "__name__", "nothing")
            self._told(f"kadenz: {method} {name} {status} {1000 * (time.monotonic() - began):.0f} ms")
