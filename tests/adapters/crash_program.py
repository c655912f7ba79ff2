"""The process that the crash tests kill: one hand-over run over a ledger file, into a folder, to a server, or into
batch files."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from adapters.channel_config import BatchConfig, HttpConfig
from adapters.channels.batch import BatchChannel
from adapters.channels.http import HttpChannel
from adapters.channels.http_guard import GuardedHttp
from adapters.channels.webhook import WebhookChannel
from adapters.crash_point import VARIABLE, crash_point
from adapters.stores.ledger_outbox import SqlOutbox
from engine.abreast import UnderWay
from engine.handover import HandedOverSummary, hand_over
from engine.protocols import ChannelAdapter, Commit, Guarantee, Receipt, Rendered, TableRow
from engine.records import OutboxRow
from tests.adapters.ledger_samples import fixed, ledger, render
from tests.ledgers import OnServer


class Folder:
    """A file for each message, named by its key: writing it again has no second effect."""

    guarantee = Guarantee(idempotent=True, retry_after_refusal=True, about="a file by decision key")

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def hand_over(self, message: Rendered, commit: Commit) -> Receipt:
        whole, part = self._folder / f"{message.key}.txt", self._folder / f"{message.key}.part"
        part.write_text(message.text or "", encoding="utf-8")
        if not commit():
            return Receipt("failed")
        part.replace(whole)
        return Receipt("sent")

    def close(self) -> None:
        pass


class Line:
    """Like SMTP in small: the message travels first, the dot hands it over, the server takes everything it gets."""

    guarantee = Guarantee(idempotent=False, retry_after_refusal=True, about="a line to a server")

    def __init__(self, port: int) -> None:
        self._port = port

    def hand_over(self, message: Rendered, commit: Commit) -> Receipt:
        with socket.create_connection(("127.0.0.1", self._port), timeout=20) as connection:
            connection.sendall(f"{message.key}\n".encode())
            if not commit():
                return Receipt("failed")
            connection.sendall(b".\n")
            reply = connection.recv(10)
        return Receipt("sent", reply.decode().strip()) if reply else Receipt("uncertain", "no reply")

    def close(self) -> None:
        pass


class Lines(Line):
    """Several of them at once, as the mail channel has."""

    gathers = False

    def __init__(self, port: int, width: int) -> None:
        super().__init__(port)
        self._width = width
        self._under = 0

    def announce(self, message: Rendered) -> UnderWay | None:
        if self._under == self._width:
            return None
        connection = socket.create_connection(("127.0.0.1", self._port), timeout=20)
        connection.sendall(f"{message.key}\n".encode())
        self._under += 1
        return _Begun(connection, self._over)

    def _over(self) -> None:
        self._under -= 1


class _Begun:
    def __init__(self, connection: socket.socket, over: Callable[[], None]) -> None:
        self._connection = connection
        self._over = over

    def gone(self) -> bool:
        return False

    def go(self) -> None:
        self._connection.sendall(b".\n")

    def reply(self) -> Receipt:
        reply = self._connection.recv(10)
        self.drop()
        return Receipt("sent", reply.decode().strip()) if reply else Receipt("uncertain", "no reply")

    def drop(self) -> None:
        self._connection.close()
        self._over()


def run_batch(place: Path | OnServer, folder: Path, crash_at: str, rows: int = 3) -> HandedOverSummary:
    """One run into batch files. `crash_at`: as in KADENZ_CRASH_AT, or empty."""
    point = crash_point({**os.environ, VARIABLE: crash_at})
    letters = BatchChannel("email", BatchConfig(folder, "csv", rows=rows), point=point)
    with ledger(place) as store, store.owner() as owner:
        outbox = SqlOutbox(store, clock=fixed)
        return hand_over(outbox, {"email": letters}, tabled, fixed, owner, batch=2, on_point=point)


def tabled(row: OutboxRow) -> Rendered:
    """A message with its row."""
    made = render(row)
    return replace(made, table=TableRow({"key": made.key, "text": made.text}, 0, row.message.local_date))


def run(place: Path | OnServer, sink: str, crash_at: str, batch: int = 2, width: int = 1) -> HandedOverSummary:
    """One run over the ledger there. `sink`: a folder, the port of a server, the address of a provider, or `webhook`,
    an address and a secret. `crash_at`: as in KADENZ_CRASH_AT, or empty. `width`: how many lines to the server are
    under way at once."""
    adapter: ChannelAdapter = Folder(Path(sink))
    if sink.startswith("http:"):
        config = HttpConfig(sink, '{"key": "{key}"}')
        adapter = HttpChannel(config, None, GuardedHttp(own_hosts={"127.0.0.1"}))
    if sink.startswith("webhook "):
        url, secret = sink.split()[1:]
        adapter = WebhookChannel(url, {"SECRET": secret}, fixed, GuardedHttp(own_hosts={"127.0.0.1"}))
    if sink.isdigit():
        adapter = Line(int(sink)) if width == 1 else Lines(int(sink), width)
    with ledger(place) as store, store.owner() as owner:
        outbox = SqlOutbox(store, clock=fixed)
        point = crash_point({**os.environ, VARIABLE: crash_at})
        try:
            return hand_over(outbox, {"email": adapter}, render, fixed, owner, batch=batch, on_point=point)
        finally:
            adapter.close()
