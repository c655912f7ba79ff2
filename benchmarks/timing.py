"""Seconds and memory. Seconds of this machine mean little; ratios of what was measured in turns mean much."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter, process_time
from typing import Any


def timed(work: Callable[[], object]) -> float:
    """Seconds that passed while `work` ran once."""
    start = perf_counter()
    work()
    return perf_counter() - start


@dataclass(frozen=True, slots=True)
class Took:
    """Medians over the rounds: seconds that passed, and seconds of processors that this process used in them. Other
    work on the machine stretches the former, hardly the latter; what a server does is in neither."""

    seconds: float
    processor: float


def took_in_turns(
    rounds: int, works: Mapping[str, Callable[[], object]], say: Callable[[str], None] = lambda _: None
) -> dict[str, Took]:
    """What each takes, round by round in turns, so that a busy minute of the machine hits all of them."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in works}
    for count in range(1, rounds + 1):
        for name, work in works.items():
            say(f"{name}, round {count} of {rounds}")
            spent = process_time()
            seconds = timed(work)
            found[name].append((seconds, process_time() - spent))
    return {
        name: Took(median(passed for passed, _ in rounds_of), median(spent for _, spent in rounds_of))
        for name, rounds_of in found.items()
    }


def in_turns(
    rounds: int, works: Mapping[str, Callable[[], object]], say: Callable[[str], None] = lambda _: None
) -> dict[str, float]:
    """Median seconds of each, taken in turns."""
    return {name: took.seconds for name, took in took_in_turns(rounds, works, say).items()}


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
