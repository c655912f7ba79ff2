"""`kadenz serve` as a process of its own, over a project whose mails carry tokens; it may be killed."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

SECRET = "a secret of some length"
ADDRESS = "https://shop.example/out/{token}"

FOLDER = """  email:
    kind: folder
    folder: out/email
    address: email
"""


def smtp(port: int) -> str:
    """The channel of mails that carry tokens, to a server at this port."""
    return f"""  email:
    kind: smtp
    host: 127.0.0.1
    port: {port}
    security: none
    from: shop@shop.example
    address: email
    list_unsubscribe: "{ADDRESS}"
    unsubscribe_secret_env: SHOP_SECRET
"""


@dataclass(slots=True)
class Answer:
    """What the server said; names of headers in small letters."""

    status: int
    body: str
    headers: Mapping[str, str]


@dataclass(slots=True)
class Served:
    """A server that runs."""

    process: subprocess.Popen[str]
    port: int
    log: list[str] = field(default_factory=list)

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, dict(headers or {}))
            found = connection.getresponse()
            return Answer(
                found.status, found.read().decode(), {name.lower(): value for name, value in found.getheaders()}
            )
        finally:
            connection.close()

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()


@contextmanager
def served(project: Path, *options: str, port: int = 0, **environment: str) -> Iterator[Served]:
    """Start the server, and stop it by a signal at the end, if it is still there."""
    process = subprocess.Popen(
        [sys.executable, "-m", "adapters.cli.main", "serve", "--project", project, "--listen", f"127.0.0.1:{port}",
         *options],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "SHOP_SECRET": SECRET, **environment},
    )  # fmt: skip
    assert process.stderr is not None
    log: list[str] = []
    found = None
    for line in process.stderr:
        log.append(line)
        if (found := re.search(r"http://127\.0\.0\.1:(\d+)", line)) is not None:
            break
    if found is None:
        process.wait()
        raise AssertionError("".join(log))
    reading = threading.Thread(target=lambda: log.extend(process.stderr or ()))
    reading.start()
    try:
        yield Served(process, int(found[1]), log)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        reading.join()
        process.stderr.close()


def signed_project(project: Path, port: int = 1, more: str = "") -> Path:
    """Let mails of the smallest ready project carry tokens. `more`: further text of its `kadenz.yaml`."""
    path = project / "kadenz.yaml"
    text = path.read_text(encoding="utf-8")
    assert FOLDER in text
    path.write_text(text.replace(FOLDER, smtp(port)) + more, encoding="utf-8")
    return project
