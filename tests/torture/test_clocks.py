"""Both clock changes of a year in forty zones, and clocks that jump: quiet hours and caps hold for everybody.

The days around each change are run hour by hour, with a clock that now and then jumps back or ahead. What left is
judged from the outside, by the contact's own wall clock as the standard library reads it from the pinned zones, and not
by the engine's calendar.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from engine.tick import ClockRanBack
from engine.zones import zone as pinned
from tests.engine.world import World
from tests.torture.conftest import Count

LONG = bool(os.environ.get("KADENZ_LONG"))
# fmt: off
ZONES = (
    "Europe/Zurich", "Europe/London", "Europe/Lisbon", "Europe/Kyiv", "Atlantic/Azores", "America/New_York",
    "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Anchorage", "America/St_Johns",
    "America/Halifax", "America/Havana", "America/Santiago", "America/Asuncion", "America/Nuuk",
    "Pacific/Auckland", "Pacific/Chatham", "Pacific/Norfolk", "Australia/Sydney", "Australia/Adelaide",
    "Australia/Lord_Howe", "Africa/Cairo", "Africa/Casablanca", "Asia/Beirut", "Asia/Jerusalem",
    "Asia/Tokyo", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tehran", "Asia/Dubai", "Asia/Singapore",
    "Pacific/Kiritimati", "Pacific/Honolulu", "Pacific/Apia", "America/Sao_Paulo", "America/Phoenix",
    "Africa/Lagos", "Antarctica/Troll", "America/Argentina/Buenos_Aires",
)
# fmt: on

PLAY = """
trigger seen
  on visit
  send email hello
  again every time
  expires after 3 days
  late by up to 3 days
  if capped wait up to 3 days

quiet nights from 21:00 to 08:00

cap daily at most 1 message per local day
"""


@pytest.mark.parametrize("change", ["2026-03-08", "2026-03-29", "2026-10-25", "2026-11-01"])
@pytest.mark.parametrize("seed", range(20 if LONG else 1))
def test_quiet_hours_and_caps_around_a_change_of_clocks(change: str, seed: int, count: Count) -> None:
    assert len(ZONES) == 40
    chance = random.Random(f"{change}-{seed}")
    start = datetime.fromisoformat(change).replace(tzinfo=UTC) - timedelta(days=1)
    world = World(PLAY, active_from=(start - timedelta(days=1)).isoformat(), executor="sql")
    for zone in ZONES:
        world.contact(zone, zone=zone)
    left: Counter[tuple[str, str]] = Counter()
    seen = 0
    for hour in range(0, 72, 2):
        when = start + timedelta(hours=hour, minutes=chance.randint(0, 59))
        for zone in chance.sample(ZONES, 12):
            world.event("visit", zone, (when - timedelta(minutes=1)).isoformat())
        if hour and chance.random() < 0.2:
            with pytest.raises(ClockRanBack):  # a clock that ran back: this tick does not take place
                world.tick((when - timedelta(hours=chance.randint(3, 30))).isoformat())
        try:
            world.tick(when.isoformat())
        except ClockRanBack:
            continue
        for zone, _ in world.sent()[seen:]:
            wall = when.astimezone(pinned(zone))
            assert 8 <= wall.hour < 21, f"{zone} got a message at {wall}"
            left[zone, wall.date().isoformat()] += 1
        seen = len(world.sent())
    over = sum(n > 1 for n in left.values())
    count("changes of clocks", zones=0 if seed else len(ZONES), days=3, messages=seen, over_a_cap=over)
    assert seen > 60
    assert max(left.values()) == 1, "one message a local day"
