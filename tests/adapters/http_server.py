"""HTTP servers that answer as a test tells them, and the channel and message that meet them."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from adapters.channels.http_guard import GuardedHttp, Request
from engine.protocols import Rendered

MESSAGE = Rendered(
    key="5f" * 32,
    contact="anna",
    channel="sms",
    address="+41791234567",
    subject=None,
    text="Grüezi Anna & Co: 10 % + Kaffee\n",
    html=None,
    language="de",
    template="hello",
    trigger="start",
    purpose="newsletter",
)


@dataclass(frozen=True)
class Heard:
    """A request as the server read it; header names in small letters."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Provider:
    """Answers each request with the next reply, the last one again and again, and keeps what it heard."""

    replies: list[tuple[int, dict[str, str], bytes]] = field(default_factory=lambda: [(200, {}, b"{}")])
    heard: list[Heard] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    def url(self, path: str = "/messages") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def will(self, status: int, body: object = None, **headers: str) -> None:
        """Answer like this from now on."""
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        self.replies[:] = [(status, {name.replace("_", "-"): text for name, text in headers.items()}, data)]

    def reply(self) -> tuple[int, dict[str, str], bytes]:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


@contextlib.contextmanager
def providing(provider: Provider | None = None, tls: ssl.SSLContext | None = None) -> Iterator[Provider]:
    """A provider that listens on this machine."""
    made = provider or Provider()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 5

        def setup(self) -> None:
            super().setup()
            made.connections += 1

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): text for name, text in self.headers.items()}
            made.heard.append(Heard(self.command, self.path, headers, body))
            status, given, data = made.reply()
            self.send_response_only(status)
            for name, text in given.items():
                self.send_header(name, text)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_POST = do_PUT = answer

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda request, client_address: None  # type: ignore[method-assign]
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextlib.contextmanager
def saying(*pieces: bytes | float | None, heard: list[bytes] | None = None) -> Iterator[int]:
    """A server that takes one request after the other, whatever it says, and answers with these octets: a number waits
    so many seconds, None closes. Gives its port."""
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.05)
    over = threading.Event()

    def run() -> None:
        while not over.is_set():
            try:
                connection, _ = server.accept()
            except OSError:
                continue
            with connection, contextlib.suppress(OSError):
                connection.settimeout(5)
                got = connection.recv(65_536)
                if heard is not None:
                    heard.append(got)
                if not got:
                    continue
                for piece in pieces:
                    if piece is None:
                        break
                    if isinstance(piece, float):
                        over.wait(piece)
                    else:
                        connection.sendall(piece)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield int(server.getsockname()[1])
    finally:
        over.set()
        thread.join()
        server.close()


@contextlib.contextmanager
def guarded(**options: Any) -> Iterator[GuardedHttp]:
    made = GuardedHttp(**{"own_hosts": {"127.0.0.1"}, "timeout": 3, **options})
    try:
        yield made
    finally:
        made.close()


def post(url: str, body: bytes = b"hello") -> Request:
    return Request("POST", url, (("Content-Type", "text/plain"),), body)
