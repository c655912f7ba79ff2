"""Several runs at once on one store: adjacent bursts about the same people, a cap of one, runs that are killed.

    python -m tests.torture.runners --store postgres --runners 4 --waves 100 --kills 50

Each run is a process of its own that ticks and hands over again and again. A feeder puts events of the same contacts in
bursts that lie milliseconds apart, so that runs see different ones at one time. The checker reads the receiving
server's own file and the database, never what a run says of itself:

| promise | what would break it |
|---|---|
| nothing lost | a contact of a burst whom nothing reached, and no row that says it is uncertain |
| nothing twice | a key that was accepted twice |
| no window over the cap | a contact who got two messages (the cap's day is longer than the trial) |
| nothing without consent | a contact who never agreed |
| ledger and world agree | a message accepted and neither sent nor uncertain, or sent and never accepted |
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import os
import random
import signal
import socketserver
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Self

from adapters.clock import now
from adapters.executors import executor
from adapters.stores.facts import SqliteFacts
from adapters.stores.ledger import SqlLedger
from adapters.stores.ledger_outbox import SqlOutbox
from engine.handover import hand_over
from engine.plan import make_plan
from engine.protocols import Rendered
from engine.records import ConsentRecord, Event, OutboxRow
from engine.tick import ClockRanBack, Engine, tick
from tests.adapters.crash_program import Lines
from tests.engine.world import SCHEMA, model_of
from tests.ledgers import Kind, Place, on, open_at, place

PLAY = """
trigger visited
  on visit
  send email hello
  again every time

trigger carted
  on cart_added
  send email reminder
  again every time

cap one at most 1 message per 1 day
"""
BURSTS = 4
"""How often each contact is spoken of in a wave."""

WIDTH = 3
"""How many lines to the server a run has under way at once."""

PATIENCE = 300
"""Seconds in which no run makes a single step. A machine may be slow: what is waited for is a step of anybody, which
is a statement or two, and never that some work is done by then."""

# children are forked from a clean server process that has no thread and no store open
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.torture.runners"])


@dataclass(frozen=True, slots=True)
class Trial:
    """What a trial does. `kills`: how many runs are killed meanwhile."""

    store: Kind
    runners: int = 2
    waves: int = 3
    contacts: int = 20
    kills: int = 0
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out. `broken`: each promise that did not hold, in words."""

    accepted: int
    uncertain: int
    refused: int
    ticks: int
    runs: int
    killed: int
    broken: tuple[str, ...]


# ---------------------------------------------------------------- the receiving side


class Server(socketserver.ThreadingTCPServer):
    """Takes whatever it gets, and writes it into its own file before it replies."""

    daemon_threads = True

    def __init__(self, record: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.record = record
        self.lock = threading.Lock()


class _Taking(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, Server)
        key = self.rfile.readline().decode().strip()
        if self.rfile.readline() == b".\n":
            with self.server.lock, self.server.record.open("a", encoding="utf-8") as file:
                file.write(f"{key}\n")
            self.wfile.write(b"ok\n")


@contextmanager
def served(record: Path) -> Iterator[int]:
    with Server(record) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


# ---------------------------------------------------------------- one run


def _rendered(row: OutboxRow) -> Rendered:
    m = row.message
    # the receiving side writes down who it was for
    key = f"{m.key} {m.contact}"
    return Rendered(key, m.contact, m.channel, m.address, None, "text", None, None, m.template, m.trigger)


def _engine(facts: SqliteFacts, ledger: SqlLedger) -> Engine:
    model = model_of(PLAY)
    plan = make_plan(model, SCHEMA, "UTC")
    sql = executor("sql", model, plan, facts, "UTC")
    return Engine(model, plan.hash, plan.definition_hashes, sql, facts, ledger, "UTC", active_from=0)


def _round(engine: Engine, ledger: SqlLedger, port: int, step: Callable[[str], None]) -> None:
    """One tick and one hand-over, as `kadenz run` does them."""
    while True:
        try:
            tick(engine, ledger.clock())
            break
        except ClockRanBack:
            continue  # another one ticked a moment ago: this one comes after it
    step("ticked")
    with ledger.owner() as owner:
        outbox = SqlOutbox(ledger, clock=ledger.clock)
        hand_over(outbox, {"email": Lines(port, WIDTH)}, _rendered, ledger.clock, owner, batch=7, on_point=step)


def run(facts_path: str, where: Place, port: int, steps: str, stop: str) -> None:
    """Rounds until there is a file `stop`; each step is a byte more in the file `steps`, a line each round.

    Files, because a run is killed at any instant: an event or a queue of `multiprocessing` is guarded by a lock that no
    death gives back, and whoever asks it then waits for ever."""
    with (
        Path(steps).open("ab", buffering=0) as told,
        SqliteFacts.open(Path(facts_path), SCHEMA, now=now()) as facts,
        open_at(where, now, 1_000 * PATIENCE) as ledger,
    ):
        engine = _engine(facts, ledger)
        while not Path(stop).exists():
            _round(engine, ledger, port, lambda _: _told(told, b"."))
            _told(told, b"\n")


def _told(file: io.FileIO, what: bytes) -> None:
    file.write(what)


class _Runs:
    """The processes that run, and how far each of them is."""

    def __init__(self, folder: Path, begin: Callable[[Path, Path], Any]) -> None:
        self._begin = begin
        self._folder = folder
        self._stop = folder / "stop"
        self.begun = 0
        self._running: list[tuple[Any, Path]] = []

    def add(self) -> None:
        """One more, which has done its first round when this returns."""
        self.begun += 1
        steps = self._folder / f"steps-{self.begun}"
        steps.touch()
        process = self._begin(steps, self._stop)
        self._running.append((process, steps))
        self.until(lambda: b"\n" in steps.read_bytes())

    def kill(self, which: int) -> None:
        """SIGKILL, wherever it is."""
        process, _ = self._running.pop(which)
        os.kill(process.pid, signal.SIGKILL)
        process.join()

    def until(self, done: Callable[[], bool]) -> None:
        """Wait for it, as long as all runs live and one of them makes a step now and then."""
        last, since = -1, time.monotonic()
        while not done():
            time.sleep(0.002)
            dead = [process.exitcode for process, _ in self._running if process.exitcode is not None]
            assert not dead, f"a run ended by itself with {dead[0]}"
            made = sum(steps.stat().st_size for _, steps in self._running)
            if made != last:
                last, since = made, time.monotonic()
            assert time.monotonic() - since < PATIENCE, f"no run has made a step for {PATIENCE} seconds"

    def end(self) -> None:
        """Ask all to stop, and wait as long as they go on."""
        self._stop.touch()
        for process, steps in self._running:
            size, since = -1, time.monotonic()
            while process.exitcode is None and time.monotonic() - since < PATIENCE:
                process.join(0.05)
                if steps.stat().st_size != size:
                    size, since = steps.stat().st_size, time.monotonic()
            assert process.exitcode == 0, f"a run ended with {process.exitcode}"

    def __len__(self) -> int:
        return len(self._running)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process, _steps in self._running:
            process.kill()
            process.join()


# ---------------------------------------------------------------- the trial


def try_it(trial: Trial, folder: Path, tell: Callable[[str], None] = lambda _: None) -> Outcome:
    """Feed, run, kill; then one clean round, then look. `tell` hears how far it is."""
    with on(trial.store):
        where = place(folder / "ledger.db")
        assert where != ":memory:"
        record, facts_path = folder / "accepted.txt", folder / "facts.db"
        record.touch()
        people = [f"w{wave}-{n}" for wave in range(trial.waves) for n in range(trial.contacts)]
        strangers = {key for key in people if key.endswith("-0")}
        with SqliteFacts.open(facts_path, SCHEMA, now=now()) as facts, open_at(where, now) as ledger:
            facts.put_contacts([(key, {"email": f"{key}@example.ch"}) for key in people], at=0)
            ledger.add_consents(
                ConsentRecord(f"c-{key}", key, "marketing", "email", "granted", "consent", "test", 0)
                for key in people
                if key not in strangers
            )
            with served(record) as port:
                runs, killed = _fed(trial, facts, ledger, facts_path, where, port, tell)
                _round(_engine(facts, ledger), ledger, port, lambda _: None)
            return _looked(record, ledger, people, strangers, runs, killed)


def _fed(
    trial: Trial,
    facts: SqliteFacts,
    ledger: SqlLedger,
    facts_path: Path,
    where: Place,
    port: int,
    tell: Callable[[str], None],
) -> tuple[int, int]:
    """How many runs there were, and how many were killed."""
    chance = random.Random(trial.seed)  # which run dies, and when

    def begun(steps: Path, stop: Path) -> Any:
        process = PROCESSES.Process(target=run, args=(str(facts_path), where, port, str(steps), str(stop)))
        process.start()
        return process

    with _Runs(facts_path.parent, begun) as runs:
        while len(runs) < trial.runners:
            runs.add()
        killed = 0
        for wave in range(trial.waves):
            for burst in range(BURSTS):
                kind = ("visit", "cart_added")[burst % 2]
                told = [f"w{wave}-{n}" for n in range(trial.contacts)]
                facts.put_events(kind, [Event(kind, f"{key}-{burst}", key, now(), 0, {}) for key in told])
                time.sleep(chance.uniform(0, 0.02))
            while killed * trial.waves < trial.kills * (wave + 1):
                time.sleep(chance.uniform(0, 0.1))
                runs.kill(chance.randrange(len(runs)))
                runs.add()
                killed += 1
            runs.until(partial(_has_ticked, ledger, _ticks(ledger) + trial.runners))
            if wave % 10 == 9:
                tell(f"{wave + 1} of {trial.waves} waves, {killed} runs killed")
        runs.end()
        return runs.begun, killed


def _ticks(ledger: SqlLedger) -> int:
    last = ledger.last_tick()
    return 0 if last is None else last.id


def _has_ticked(ledger: SqlLedger, wanted: int) -> bool:
    return _ticks(ledger) >= wanted


def _looked(record: Path, ledger: SqlLedger, people: list[str], strangers: set[str], runs: int, killed: int) -> Outcome:
    lines = [line.split() for line in record.read_text(encoding="utf-8").splitlines()]
    keys, contacts = Counter(key for key, _ in lines), Counter(contact for _, contact in lines)
    rows = list(ledger.outbox())
    states = {row.message.key: row.state for row in rows}
    uncertain = {row.message.contact for row in rows if row.state == "uncertain"}
    sent = {row.message.key for row in rows if row.state == "sent"}
    counting = Counter(message.contact for message in ledger.counted(people, 0))
    found = {
        "accepted twice": [key for key, n in keys.items() if n > 1],
        "over the cap": [contact for contact, n in contacts.items() if n > 1],
        "over the cap by the ledger": [contact for contact, n in counting.items() if n > 1],
        "without consent": [contact for contact in contacts if contact in strangers],
        "lost": [c for c in people if c not in strangers and c not in contacts and c not in uncertain],
        "accepted and not written down": [k for k in keys if states.get(k) not in ("sent", "uncertain")],
        "sent and never accepted": [k for k in sent if k not in keys],
        "not ended": [row.message.key for row in rows if row.state in ("claimed", "committing")],
        "more uncertain than lines of runs that died": list(uncertain) if len(uncertain) > killed * WIDTH else [],
    }
    judged = [j.outcome for contact in people for _, j in ledger.judgements(contact)]
    return Outcome(
        accepted=len(lines),
        uncertain=len(uncertain),
        refused=judged.count("refused"),
        ticks=_ticks(ledger),
        runs=runs,
        killed=killed,
        broken=tuple(f"{what}: {len(which)} ({', '.join(which[:3])})" for what, which in found.items() if which),
    )


def main() -> int:
    """The long form; exit code 1 where a promise did not hold."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--store", choices=("sqlite", "postgres"), default="sqlite")
    for name, default in (("runners", 4), ("waves", 50), ("contacts", 40), ("kills", 50), ("seed", 1)):
        asked.add_argument(f"--{name}", type=int, default=default)
    given = asked.parse_args()
    trial = Trial(**vars(given))
    with tempfile.TemporaryDirectory() as folder:
        start = time.monotonic()
        outcome = try_it(trial, Path(folder))
        seconds = time.monotonic() - start
    sys.stdout.write(f"{trial}\n{outcome}\n{seconds:.0f} seconds\n")
    return 1 if outcome.broken else 0
