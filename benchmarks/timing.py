"""Seconds and memory. Seconds of this machine mean little; ratios of what was measured in turns mean much."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from time import perf_counter
from typing import Any


def timed(work: Callable[[], object]) -> float:
    """Seconds that passed while `work` ran once."""
    start = perf_counter()
    work()
    return perf_counter() - start


def in_turns(
    rounds: int, works: Mapping[str, Callable[[], object]], say: Callable[[str], None] = lambda _: None
) -> dict[str, float]:
    """Median seconds of each, round by round in turns, so that a busy minute of the machine hits all of them."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for count in range(1, rounds + 1):
        for name, work in works.items():
            say(f"{name}, round {count} of {rounds}")
            found[name].append(timed(work))
    return {name: median(seconds) for name, seconds in found.items()}


def own_process(module: str, *arguments: str) -> dict[str, Any]:
    """Run `python -m module` with arguments; its last line is the JSON of its answer. To it is added `peak`: the most
    memory that the process held, in MB."""
    program = [sys.executable, "-m", "benchmarks.peak", module, *arguments]
    done = subprocess.run(program, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def spread(numbers: Sequence[float]) -> float:
    """The greatest to the smallest: how much the rounds differ."""
    return max(numbers) / min(numbers)
