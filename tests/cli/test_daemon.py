"""`kadenz run --every`: real processes, real signals, a real window."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.cli.conftest import Kadenz
from tests.cli.test_cut_off import PEOPLE, PLAY, live_project

FOLDER = "{kind: folder, folder: out/email, address: email}"
PATIENCE = 60.0


class Running:
    """A daemon in a process of its own."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self.process = process
        self._log = log

    @property
    def said(self) -> str:
        return self._log.read_text()

    @property
    def window(self) -> str:
        return self.said.split("kadenz: ")[1].split("/metrics")[0]

    def until(self, true: Callable[[], bool]) -> None:
        for _ in range(int(PATIENCE / 0.05)):
            if true():
                return
            assert self.process.poll() is None, self.said
            time.sleep(0.05)
        raise AssertionError(f"it never came true\n{self.said}")

    def metric(self, name: str) -> float | None:
        with urlopen(f"{self.window}/metrics") as answer:
            lines = answer.read().decode().splitlines()
        found = [line.rsplit(" ", 1)[1] for line in lines if line.startswith(f"{name} ")]
        return float(found[0]) if found else None

    def health(self) -> tuple[int, dict[str, object]]:
        try:
            with urlopen(f"{self.window}/healthz") as answer:
                return answer.status, json.load(answer)
        except HTTPError as error:
            with error:
                return error.code, json.load(error)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


@contextmanager
def daemon(project: Path, log: Path, **environment: str) -> Iterator[Running]:
    command = [sys.executable, "-m", "adapters.cli.main", "run", "--every", "1s", "--listen", "127.0.0.1:0"]
    with log.open("w") as out:
        process = subprocess.Popen(
            [*command, "--project", str(project)], stdout=out, stderr=out, text=True, env={**os.environ, **environment}
        )
    running = Running(process, log)
    try:
        running.until(lambda: "/healthz\n" in running.said)
        yield running
    finally:
        process.kill()
        process.wait(PATIENCE)


def letters(project: Path) -> set[str]:
    folder = project / "out" / "email"
    return {path.name.split("-")[1] for path in folder.glob("*")} if folder.exists() else set()


def test_it_goes_on_with_the_last_good_plan_and_stops_on_a_signal(tmp_path: Path, kadenz: Kadenz) -> None:
    project = live_project(tmp_path, kadenz, FOLDER)
    play = project / "playbooks" / "cart.play"
    with daemon(project, tmp_path / "log") as running:
        running.until(lambda: len(letters(project)) == PEOPLE)
        running.until(lambda: running.metric("kadenz_contacts") == PEOPLE)
        assert running.health()[0] == 200
        assert running.metric("kadenz_plan_stale") == 0

        play.write_text(PLAY + "\ntrigger broken\n")
        running.until(lambda: running.metric("kadenz_plan_stale") == 1)
        assert "STALE" in running.said
        code, told = running.health()
        assert (code, "cart.play" in str(told["stale"])) == (200, True), "stale is told, and no reason to restart"
        ticks = running.metric('kadenz_ticks_total{result="done"}')
        assert ticks is not None
        running.until(lambda: (running.metric('kadenz_ticks_total{result="done"}') or 0) > ticks)

        play.write_text(PLAY + "\ncap weekly at most 1 message per 7 days\n")
        running.until(lambda: running.metric("kadenz_caps_in_force") == 1)
        assert running.metric("kadenz_plan_stale") == 0
        kadenz("pause", "--all", "--why", "look", "--project", project)
        running.until(lambda: running.metric('kadenz_paused{trigger="*"}') == 1)
        assert running.stop() == 0
        assert running.said.endswith("kadenz: stopped\n")


def test_what_is_held_is_counted_once_and_shown(tmp_path: Path, kadenz: Kadenz) -> None:
    """Six runs meet the switch: they are held, decided once, and named by the window as long as it is set."""
    project = live_project(tmp_path, kadenz, FOLDER)
    kadenz("pause", "thanks", "--why", "look", "--project", project)
    decided = 'kadenz_decisions_total{gate="paused",outcome="held",trigger="thanks"}'
    with daemon(project, tmp_path / "log") as running:
        running.until(lambda: running.metric('kadenz_runs{state="held"}') == PEOPLE)
        ticks = running.metric('kadenz_ticks_total{result="done"}') or 0
        running.until(lambda: (running.metric('kadenz_ticks_total{result="done"}') or 0) > ticks + 1)
        assert running.metric(decided) == PEOPLE
        code, told = running.health()
        assert (code, told["paused"]) == (200, {"thanks": "look"})
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", str(told["last_tick"]))
        assert running.said.count(f"{PEOPLE} decided, 0 reserved, 0 sent") == 1
        kadenz("resume", "thanks", "--project", project)
        running.until(lambda: running.metric('kadenz_runs{state="held"}') == 0)
        running.until(lambda: running.metric("kadenz_contacts") == PEOPLE)
        assert running.health()[1]["paused"] == {}
        assert running.stop() == 0
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ kadenz: ", line) for line in running.said.splitlines())


def test_killed_at_any_instant_it_goes_on_where_it_was(tmp_path: Path, kadenz: Kadenz) -> None:
    project = live_project(tmp_path, kadenz, FOLDER)
    for point in ("claimed:1", "marked:2", "resulted:3"):
        with daemon(project, tmp_path / "log", KADENZ_CRASH_AT=point) as running:
            running.process.wait(PATIENCE)
            assert running.process.returncode == -signal.SIGKILL
    with daemon(project, tmp_path / "log") as running:
        running.until(lambda: len(letters(project)) == PEOPLE)
        running.until(lambda: running.metric('kadenz_outbox_rows{state="queued"}') == 0)
    assert len(list((project / "out" / "email").iterdir())) == PEOPLE


def test_a_round_that_fails_is_told_and_the_next_one_goes_on(tmp_path: Path, kadenz: Kadenz) -> None:
    project = live_project(tmp_path, kadenz, FOLDER)
    settings = project / "kadenz.yaml"
    whole = settings.read_text()
    settings.write_text(whole + "limits: {per_tick: 2}\n")
    with daemon(project, tmp_path / "log") as running:
        running.until(lambda: running.health()[0] == 503)
        assert "kadenz run --confirm 6" in str(running.health()[1]["problem"])
        assert letters(project) == set()
        settings.write_text(whole)
        running.until(lambda: len(letters(project)) == PEOPLE)
        running.until(lambda: running.health()[0] == 200)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--every", "often"], "no interval"),
        (["--every", "1m", "--dry-run"], "runs at the present"),
        (["--listen", "127.0.0.1:0"], "belongs to --every"),
        (["--every", "1m", "--listen", "nowhere"], "no address"),
    ],
)
def test_what_does_not_go_together_is_refused(
    tmp_path: Path, kadenz: Kadenz, start: Path, arguments: list[str], told: str
) -> None:
    said = kadenz("run", *arguments, "--project", start)
    assert (said.code, told in said.err) == (3, True)
