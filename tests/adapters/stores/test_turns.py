"""Turns: one process at a time, who waits knows for whom, and a process that is killed lets go."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from adapters.stores.turns import Busy, turn

HOLD = """
import sys, time
from pathlib import Path
from adapters.stores.turns import turn
with turn(Path(sys.argv[1]), 0, lambda _: None):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_who_comes_second_waits_and_knows_for_whom(tmp_path: Path) -> None:
    path, heard, order = tmp_path / "lock", list[str](), list[str]()
    held, waiting = threading.Event(), threading.Event()

    def first() -> None:
        with turn(path, 0, heard.append):
            held.set()
            assert waiting.wait(30)
            order.append("first")

    def told(who: str) -> None:
        heard.append(who)
        waiting.set()

    other = threading.Thread(target=first)
    other.start()
    assert held.wait(30)
    with turn(path, 30, told):
        order.append("second")
    other.join(30)
    assert (heard, order) == ([f"process {os.getpid()}"], ["first", "second"])


def test_it_is_given_back_and_refused_while_it_is_held(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "lock"
    with (
        turn(path, 0, lambda _: None),
        pytest.raises(Busy, match=f"process {os.getpid()} uses"),
        turn(path, 0, lambda _: None),
    ):
        pass
    with turn(path, 0, lambda _: None):
        pass


def test_a_process_that_is_killed_lets_go(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(Busy, match=f"process {holder.pid} uses"), turn(path, 0, lambda _: None):
            pass
        holder.kill()
        holder.wait(30)
        with turn(path, 0, lambda _: None):
            pass
