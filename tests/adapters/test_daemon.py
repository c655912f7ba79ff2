"""The loop of a daemon with clocks of our own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from adapters.cli.common import Workspace
from adapters.cli.init import copy_ready
from adapters.daemon.playbooks import Playbooks
from adapters.daemon.rounds import Clocks, Daemon
from adapters.daemon.serving import CLOCKS
from adapters.engine_choice import Choice
from adapters.running import RunResult
from adapters.stores.ledger import LedgerError, SqliteLedger
from adapters.stores.ledger_postgres import PostgresDatabase, PostgresLedger
from engine.evaluation import Evaluation
from engine.tick import TickReport
from tests.ledgers import OnServer, on, place

MINUTE = 60_000_000
START = 1_790_000_000_000_000


@dataclass
class Scene:
    """A daemon over a ready project, whose rounds do nothing but take their time."""

    folder: Path
    wall: int = START
    steady: int = 0
    told: list[str] = field(default_factory=list)
    rounds: list[int] = field(default_factory=list)
    fails: bool = False

    def __post_init__(self) -> None:
        copy_ready("start", self.folder)
        self.playbooks = Playbooks(self.folder, lambda _: None)
        assert self.playbooks.look()
        clocks = Clocks(lambda _: self.wall, lambda: self.steady)
        self.daemon = Daemon(self.playbooks, self.run, MINUTE, clocks, threading.Event(), self.told.append)

    def run(self, _workspace: Workspace, _stop: Callable[[], bool]) -> RunResult:
        self.rounds.append(self.steady)
        if self.fails:
            raise LedgerError("the disk is full")
        nothing = Evaluation(self.wall, frozenset(), {}, {}, {}, {})
        return RunResult(TickReport(self.wall, False, nothing, {}, {}), None, False, Choice("sqlite", ""))

    def pass_(self, time: int) -> None:
        self.wall += time
        self.steady += time

    def paused(self) -> dict[str, str]:
        assert self.playbooks.good is not None
        with self.playbooks.good.ledger() as ledger:
            return dict(ledger.paused())


def test_a_clock_that_jumps_ahead_holds_everything(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.daemon.round()
    scene.pass_(MINUTE)
    scene.wall += 9 * MINUTE
    scene.daemon.round()
    assert scene.paused() == {}, "clocks are set now and then"
    scene.wall += 120 * MINUTE
    scene.daemon.round()
    assert "jumped ahead by 120 minutes" in scene.paused()["*"]
    assert len(scene.rounds) == 3, "the switch holds what leaves; the round goes on"
    with scene.playbooks.good.ledger() as ledger:  # type: ignore[union-attr]
        ledger.database.run("delete from pause")  # what a backup from before would hold
        missing = scene.playbooks.good.journal(ledger).standing().missing  # type: ignore[union-attr]
        assert [line["switch"][0] for line in missing] == ["*"]


def test_the_clock_that_is_watched_is_the_one_of_the_ledger(tmp_path: Path) -> None:
    """Which is the server's where it lies on one: by that one ticks and caps go, whatever this machine's says."""
    with SqliteLedger.open(tmp_path / "ledger.db", clock=lambda: 42) as ledger:
        assert CLOCKS.wall(ledger) == 42
    with on("postgres"):
        where = place(tmp_path / "ledger.db")
        assert isinstance(where, OnServer)
        with PostgresLedger.open(where.address, namespace=where.namespace) as ledger:
            database = ledger.database
            assert isinstance(database, PostgresDatabase)
            before, wall, after = database.now(), CLOCKS.wall(ledger), database.now()
            assert before <= wall <= after


def test_a_machine_that_slept_is_no_jump(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.daemon.round()
    scene.pass_(600 * MINUTE)
    scene.daemon.round()
    assert scene.paused() == {}


def test_a_round_that_fails_is_not_well_until_one_is_done(tmp_path: Path) -> None:
    scene = Scene(tmp_path, fails=True)
    scene.daemon.round()
    assert scene.daemon.health()[0] is False
    assert scene.daemon.health()[1]["problem"] == "the disk is full"
    scene.fails = False
    scene.daemon.round()
    assert scene.daemon.health()[0] is True
    scene.pass_(10 * MINUTE)
    assert scene.daemon.health()[0] is False, "no round has come to an end for too long"


def test_half_a_checkout_is_not_taken(tmp_path: Path) -> None:
    """Files that change from look to look are left alone until they stand still."""
    scene = Scene(tmp_path)
    assert scene.playbooks.good is not None
    play = next((tmp_path / "playbooks").glob("*.play"))
    whole = play.read_text()
    texts = iter([whole + "\n# one", whole + "\n# two", whole + "\n# two"])
    play.write_text(next(texts))
    looks: list[float] = []

    def pause(seconds: float) -> None:
        looks.append(seconds)
        play.write_text(next(texts))

    playbooks = Playbooks(tmp_path, pause)
    playbooks.look()
    assert len(looks) == 2
    assert playbooks.good is not None
    assert playbooks.good.project.texts[f"playbooks/{play.name}"].endswith("# two")
    assert not playbooks.look(), "nothing changed: no wait, no other plan"
    assert len(looks) == 2
