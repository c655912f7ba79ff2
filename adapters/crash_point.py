"""Crashes on demand: with KADENZ_CRASH_AT="name:k" the process is killed when it passes the named point the k-th time.

The deterministic twin of pulling the plug (reference/reliability.md §6.2). The names are `engine.handover.POINTS`.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping

VARIABLE = "KADENZ_CRASH_AT"


def crash_point(environ: Mapping[str, str]) -> Callable[[str], None] | None:
    """What to pass as `on_point` to `engine.handover.hand_over`; None where the variable is not set.

    Raises ValueError if its value is not `name:k` with a whole k from 1."""
    wanted = environ.get(VARIABLE)
    if not wanted:
        return None
    name, _, text = wanted.rpartition(":")
    if not name or not text.isdigit() or int(text) < 1:
        raise ValueError(f"{VARIABLE} must be `name:k`, such as `marked:3`")
    passes_left = int(text)

    def pass_point(point: str) -> None:
        nonlocal passes_left
        if point == name:
            passes_left -= 1
            if not passes_left:
                # no handler, no `finally`, no flushing: as when the power goes
                os.kill(os.getpid(), signal.SIGKILL)

    return pass_point
