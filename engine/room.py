"""What a tick has given out so far: messages that count, runs, offers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from engine.records import HandedOver
from engine.tally import Tally


@dataclass(slots=True)
class Room:
    """What this tick has given out so far."""

    counted: Tally = field(default_factory=Tally)
    handed_over: dict[tuple[str, str], list[HandedOver]] = field(default_factory=lambda: defaultdict(list))
