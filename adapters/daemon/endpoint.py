"""The daemon's window: `/metrics` for Prometheus, `/healthz` for whoever restarts what has stopped."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, make_wsgi_app

Answer = tuple[bool, Mapping[str, Any]]
"""Whether all is well, and what there is to say."""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    allow_reuse_address = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """A scrape every few seconds is nothing to write down."""


@contextmanager
def endpoint(address: str, registry: CollectorRegistry, health: Callable[[], Answer]) -> Iterator[str]:
    """Serve at `HOST:PORT` (port 0: any free one) until the block ends; gives the address it serves at.

    Raises ValueError for an address that is none, OSError where it cannot be had."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise ValueError(f"`{address}` is no address; write it like 127.0.0.1:9464")
    metrics = make_wsgi_app(registry)

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        match environ.get("PATH_INFO"):
            case "/metrics":
                found: Iterable[bytes] = metrics(environ, start)
                return found
            case "/healthz":
                well, told = health()
                start("200 OK" if well else "503 Service Unavailable", [("Content-Type", "application/json")])
                return [json.dumps(told, ensure_ascii=False).encode() + b"\n"]
            case _:
                start("404 Not Found", [("Content-Type", "text/plain")])
                return [b"/metrics and /healthz are here\n"]

    with make_server(host.strip("[]"), int(port), app, server_class=_Server, handler_class=_Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        thread.start()
        try:
            yield f"{host}:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
