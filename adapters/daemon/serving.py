"""A daemon over a project folder: signals, clocks, the window, and the rounds."""

from __future__ import annotations

import re
import signal
import sys
import threading
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.cli.plain import CLEAN, Stop, bad_input
from adapters.daemon.endpoint import endpoint
from adapters.daemon.playbooks import Playbooks
from adapters.daemon.rounds import Clocks, Daemon

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.cli.common import Workspace
    from adapters.running import RunResult

_EVERY = re.compile(r"(\d+)\s*(s|seconds?|m|min|minutes?|h|hours?|d|days?)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def interval(text: str) -> int:
    """Microseconds of `30s`, `1m`, `5 minutes`; Stop(3) where it is none, or shorter than a second."""
    found = _EVERY.fullmatch(text.strip())
    if found is None or int(found[1]) == 0:
        raise bad_input(f"`{text}` is no interval; write it like 30s, 1m, 1h or 1d")
    return int(found[1]) * _SECONDS[found[2][0]] * 1_000_000


def serve(
    directory: Path,
    every: int,
    listen: str | None,
    run: Callable[[Workspace, Callable[[], bool]], RunResult],
) -> int:
    """Rounds until SIGTERM or SIGINT; a round that is under way comes to an end, a second signal does not wait for it.
    Stop(3) where the project does not check at the start, or the address cannot be had."""
    stopping = threading.Event()
    playbooks = Playbooks(directory, stopping.wait)
    playbooks.look()
    if playbooks.good is None:
        raise bad_input(f"{playbooks.stale}; `kadenz check` shows everything")
    daemon = Daemon(playbooks, run, every, CLOCKS, stopping, _say)
    daemon.metrics.in_force(playbooks.good)

    def stop(number: int, _: object) -> None:
        if stopping.is_set():
            raise KeyboardInterrupt
        stopping.set()
        _say(f"kadenz: {signal.Signals(number).name}: this round comes to its end, then all stops")

    with ExitStack() as stack:
        if listen is not None:
            try:
                at = stack.enter_context(endpoint(listen, daemon.metrics.registry, daemon.health))
            except (ValueError, OSError) as error:
                raise Stop(3, f"kadenz: {error}") from error
            _say(f"kadenz: http://{at}/metrics and http://{at}/healthz")
        before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            good, seconds = playbooks.good, every // 1_000_000
            _say(f"kadenz: {good.project.name}, plan {good.plan.hash[:12]}, a round every {seconds} s")
            daemon.serve()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
    _say("kadenz: stopped")
    return CLEAN


def _steady() -> int:
    """Microseconds that go on while the machine sleeps, where the system has such a clock."""
    return time.clock_gettime_ns(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)) // 1_000


def _say(line: str) -> None:
    """A line of the log, with the time of this machine in UTC."""
    at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    sys.stderr.write(f"{at} {line}\n")
    sys.stderr.flush()


CLOCKS = Clocks(lambda ledger: ledger.clock(), _steady)
"""What a daemon goes by."""
