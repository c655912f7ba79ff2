"""Dates, instants and days of the year, as written."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from adapters.importing.dates import DateFormat, evidence, parse_date, parse_instant, parse_month_day, weigh

ZURICH = ZoneInfo("Europe/Zurich")


@pytest.mark.parametrize(
    ("text", "convention", "day"),
    [
        ("2026-11-22", None, date(2026, 11, 22)),
        ("2026/11/22", None, date(2026, 11, 22)),
        ("20261122", None, date(2026, 11, 22)),
        ("31.12.1990", None, date(1990, 12, 31)),
        ("1. 5. 2020", None, date(2020, 5, 1)),
        ("31.12.1990", "mdy", date(1990, 12, 31)),
        ("31/12/1990", "dmy", date(1990, 12, 31)),
        ("12/31/1990", "mdy", date(1990, 12, 31)),
        ("05/05/1990", None, date(1990, 5, 5)),
        ("05/06/1990", None, None),
        ("31.02.2020", None, None),
        ("31.12.90", None, None),
        ("0000-01-01", None, None),
        ("٢٠٢٦-١١-٢٢", None, None),
        ("soon", None, None),
    ],
)
def test_dates(text: str, convention: DateFormat | None, day: date | None) -> None:
    assert parse_date(text, convention) == day


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-22T10:00:00Z", "2026-11-22T10:00:00+00:00"),
        ("2026-11-22 10:00", "2026-11-22T09:00:00+00:00"),
        ("2026-07-22 10:00", "2026-07-22T08:00:00+00:00"),
        ("31.12.2026 14:30", "2026-12-31T13:30:00+00:00"),
        ("31.12.2026, 14:30:05 Uhr", "2026-12-31T13:30:05+00:00"),
        ("2026-11-22T10:00:00.123456789+01:00", "2026-11-22T09:00:00.123456+00:00"),
        ("2026-11-22 10:00 -0530", "2026-11-22T15:30:00+00:00"),
        ("2026-11-22 2:30 PM", "2026-11-22T13:30:00+00:00"),
        ("2026-11-22 12:30 a.m.", "2026-11-21T23:30:00+00:00"),
        ("2026-11-22", "2026-11-21T23:00:00+00:00"),
        ("2026-10-25 02:30", "2026-10-25T00:30:00+00:00"),
        ("2026-11-22 25:00", None),
        ("2026-11-22 13:00 PM", None),
        ("2026-11-22 10:00 +99:00", None),
        ("2026-11-22x", None),
        ("0001-01-01", None),
        ("9999-12-31T23:59-14:00", None),
        ("1700000000", None),
    ],
)
def test_instants(text: str, utc: str | None) -> None:
    wanted = None if utc is None else round(datetime.fromisoformat(utc).timestamp() * 1_000_000)
    assert parse_instant(text, "dmy", ZURICH) == wanted


def test_days_of_a_year() -> None:
    read = {t: parse_month_day(t, "dmy") for t in ("24.12.", "24.12", "--12-24", "12-24", "24/12", "1980-05-06")}
    assert read == {"24.12.": 1224, "24.12": 1224, "--12-24": 1224, "12-24": 1224, "24/12": 1224, "1980-05-06": 506}
    assert parse_month_day("12/24", "mdy") == 1224
    assert parse_month_day("29.02.", None) == 229
    assert parse_month_day("30.02.", None) is None
    assert parse_month_day("5/6", None) is None
    assert parse_month_day("Weihnachten", None) is None


def test_evidence() -> None:
    said = [evidence(t) for t in ("2026-01-02", "1.2.2026", "13/2/2026", "2/13/2026", "2/3/2026", "3/3/2026", "x")]
    assert said == [None, "dmy", "dmy", "mdy", "ambiguous", None, None]
    found = weigh(["2/3/2026", "13/2/2026 10:00", "2/13/2026"])
    assert (found.dmy, found.mdy, found.ambiguous) == ("13/2/2026 10:00", "2/13/2026", "2/3/2026")
