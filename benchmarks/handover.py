"""Mails handed over to a local SMTP server with full durability, beside the same loop without a database.

The server is aiosmtpd in a process of its own. With the database: claims, markers and results as in a live run, each in
the commits that `engine.handover` asks for, with the journal of hand-overs. Without: the same loop over the same
channel, messages and connections, with an outbox that keeps rows in a list and says yes to everything.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import time_ns

from adapters.channel_config import CONNECTIONS, SmtpConfig
from adapters.channels.smtp import SmtpChannel
from adapters.stores.handover_journal import HandoverJournal
from adapters.stores.ledger import SqliteLedger
from adapters.stores.ledger_outbox import SqlOutbox
from benchmarks.figures import Figure, Options, Target
from benchmarks.listed import Listed
from benchmarks.queue import fill
from benchmarks.timing import timed
from engine.handover import hand_over
from engine.protocols import Rendered
from engine.records import OutboxRow, Outgoing

_SERVER = """
import asyncio
from aiosmtpd.smtp import SMTP

class Sink:
    async def handle_DATA(self, server, session, envelope):
        return "250 OK"

async def serve():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Sink(), hostname="localhost"), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(serve())
"""


@contextmanager
def server() -> Iterator[int]:
    """A server that takes everything; its port."""
    with subprocess.Popen([sys.executable, "-W", "ignore", "-c", _SERVER], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        try:
            yield int(run.stdout.readline())
        finally:
            run.terminate()


def clock() -> int:
    """Microseconds since 1970 UTC."""
    return time_ns() // 1000


def rendered(message: Outgoing) -> Rendered:
    """A mail of some lines."""
    return Rendered(
        key=message.key,
        contact=message.contact,
        channel=message.channel,
        address=message.address,
        subject="Hello",
        text="Good day\n\nThis is what we have for you.\n" * 10,
        html="<p>Good day</p><p>This is what we have for you.</p>\n" * 10,
        language="en",
        template=message.template,
        trigger=message.trigger,
    )


def by_row(row: OutboxRow) -> Rendered:
    """The same from a row of the outbox."""
    return rendered(row.message)


def channel(port: int, connections: int) -> SmtpChannel:
    """The production channel to the local server."""
    config = SmtpConfig(host="127.0.0.1", port=port, security="none", sender="news@example.ch", connections=connections)
    return SmtpChannel(config, None, clock)


def measure(folder: Path, mails: int, port: int, connections: int = CONNECTIONS) -> tuple[float, float]:
    """Seconds with the database and without it."""
    path = folder / "ledger.db"
    for old in folder.glob("ledger.db*"):
        old.unlink()
    (folder / "journal").unlink(missing_ok=True)
    with SqliteLedger.open(path, clock=clock) as ledger:
        now = clock()
        fill(ledger, mails, now)
        outbox = SqlOutbox(ledger, clock=clock)
        rows = list(ledger.outbox())
        journal = HandoverJournal(folder / "journal", ledger, "bench")

        def with_database() -> None:
            with ledger.owner() as owner:
                mail = channel(port, connections)
                told = hand_over(outbox, {"email": mail}, by_row, clock, owner, journal=journal)
                mail.close()
            assert told.of_state("sent") == mails

        def without() -> None:
            mail = channel(port, connections)
            told = hand_over(Listed(rows), {"email": mail}, by_row, clock, "nobody")
            mail.close()
            assert told.of_state("sent") == mails

        return timed(with_database), timed(without)


def figures(options: Options) -> Iterator[Figure]:
    """Mails per second, both ways."""
    mails = 500 if options.quick else 5_000
    folder = options.scratch / "handover"
    folder.mkdir()
    rounds: dict[int, list[tuple[float, float]]] = {CONNECTIONS: [], 1: []}
    with server() as port:
        for count in range(1, options.rounds + 1):
            for connections, found in rounds.items():
                options.say(f"{connections} connections, round {count} of {options.rounds}")
                found.append(measure(folder, mails, port, connections))
    for connections, found in rounds.items():
        # the round in the middle by its ratio: its two times were measured beside each other
        ours, plain = sorted(found, key=lambda pair: pair[1] / pair[0])[len(found) // 2]
        yield Figure(
            "local SMTP hand-over, full durability" + (", one connection" if connections == 1 else ""),
            mails / ours,
            "mails/s",
            mails / plain,
            "the same loop without a database",
            Target("at least", 0.6) if connections == CONNECTIONS else None,
            note="one flush for each mail" if connections == 1 else f"one flush for {connections} mails",
        )
