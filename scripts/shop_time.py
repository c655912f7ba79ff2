"""The two years of the invented shop: local days and times, quick and without reading any clock."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from engine.zones import zone

LAST_DAY = date(2026, 11, 20)
DAYS = 730
FIRST_DAY = LAST_DAY - timedelta(days=DAYS - 1)

HOME, AWAY = "Europe/Zurich", "America/New_York"
EPOCH = date(1970, 1, 1)


class Clock:
    """Local days and seconds -> UTC seconds -> text, by offsets that are looked up once a day (at noon: people here
    are active between six and midnight, far from the hour at which clocks change)."""

    def __init__(self) -> None:
        self.midnight = [int((FIRST_DAY - EPOCH).days + day) * 86_400 for day in range(-2, DAYS + 3)]
        self.offset = {name: [self._offset(name, day) for day in range(-2, DAYS + 3)] for name in (HOME, AWAY)}
        days = [FIRST_DAY + timedelta(days=day) for day in range(-2, DAYS + 3)]
        self.iso = [d.isoformat() for d in days]
        self.dots = [f"{d:%d.%m.%Y}" for d in days]
        self.minutes = [f"{m // 60:02}:{m % 60:02}" for m in range(1440)]

    def _offset(self, name: str, day: int) -> int:
        noon = datetime.combine(FIRST_DAY + timedelta(days=day), datetime.min.time()).replace(hour=12)
        offset = noon.replace(tzinfo=zone(name)).utcoffset()
        assert offset is not None, "every zone has an offset"
        return int(offset.total_seconds())

    def utc(self, day: int, second: int, name: str) -> int:
        """Seconds since 1970 of a local time."""
        return self.midnight[day + 2] + second - self.offset[name][day + 2]

    def shown(self, at: int) -> str:
        """2026-11-20T08:00:00Z."""
        day, second = divmod(at - self.midnight[0], 86_400)
        return f"{self.iso[day]}T{self.minutes[second // 60]}:{second % 60:02}Z"

    def local(self, at: int) -> str:
        """20.11.2026 09:00:00, on the clock of the shop."""
        day = (at - self.midnight[0]) // 86_400
        day, second = divmod(at + self.offset[HOME][day] - self.midnight[0], 86_400)
        return f"{self.dots[day]} {self.minutes[second // 60]}:{second % 60:02}"
