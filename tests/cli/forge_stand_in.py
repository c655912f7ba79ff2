"""A stand-in for the comments of a forge, over real HTTP: GitHub's paths and GitLab's."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

_LISTED = re.compile(r"/repos/ana/shop/issues/7/comments|/projects/12/merge_requests/7/notes")
_ONE = re.compile(r"(?:/repos/ana/shop/issues/comments|/projects/12/merge_requests/7/notes)/(\d+)")


@dataclass
class Held:
    """What the forge holds and heard. It gives bodies back with the line ends of the web."""

    comments: dict[int, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    token: str = "secret"
    address: str = ""
    answers: int | None = None
    """A status that every answer has, whatever is asked."""


@contextmanager
def forge() -> Iterator[Held]:
    """The stand-in, listening."""
    held = Held({1: "Nice!"})

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *arguments: Any) -> None:
            del format, arguments

        def _answer(self, status: int, data: Any = None) -> None:
            body = b"" if data is None else json.dumps(data).encode()
            self.send_response(held.answers or status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _any(self) -> None:
            path = urlsplit(self.path)
            held.asked.append(f"{self.command} {path.path}")
            given = self.headers.get("Authorization", "").removeprefix("Bearer ") or self.headers.get("PRIVATE-TOKEN")
            size = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(size))["body"] if size else ""
            one = _ONE.fullmatch(path.path)
            if given != held.token:
                return self._answer(401)
            if one is None and _LISTED.fullmatch(path.path) is None:
                return self._answer(404)
            number = int(one[1]) if one else 0
            match self.command:
                case "GET":
                    query = parse_qs(path.query)
                    page, size = int(query["page"][0]), int(query["per_page"][0])
                    listed = [{"id": n, "body": text.replace("\n", "\r\n")} for n, text in held.comments.items()]
                    return self._answer(200, listed[(page - 1) * size : page * size])
                case "POST":
                    number = max(held.comments, default=0) + 1
                    held.comments[number] = body
                    return self._answer(201, {"id": number})
                case "PATCH" | "PUT":
                    held.comments[number] = body
                    return self._answer(200, {"id": number})
                case _:
                    del held.comments[number]
                    return self._answer(204)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _any  # the names that the server asks for

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        held.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield held
        finally:
            server.shutdown()
            thread.join()
