"""The playbook of `evaluate.py` written by hand as one statement, the way a careful analyst would: one pass for each
event type, everything else over its results. It gives the same answer, to the last digit; `evaluate.py` compares them.

It knows more than a compiler may: that the visits of this month are those since its start, that the last visit decides
about them, and that no contact's local date differs from another's at the instant of the benchmark.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from dsl.model import Duration, Fading
from dsl.types import POINT_UNIT, Stored
from engine.fading import weights
from engine.instants import DAY, day_start, local_date, shift

TEXT = """
WITH visits AS (
  SELECT _contact, COUNT(*) FILTER (WHERE _at > :fortnight) AS looks, MAX(_at) AS seen
  FROM event_visit WHERE _at <= :as_of GROUP BY _contact
), looks AS (
  SELECT r._contact, CAST(SUM(w.weight) AS BIGINT) AS points
  FROM (
    SELECT _contact, _at, ROW_NUMBER() OVER (PARTITION BY _contact ORDER BY _at DESC, _id DESC) AS place
    FROM event_visit WHERE _at <= :as_of AND _at > :ninety
  ) AS r JOIN weights AS w ON w.step = (:as_of - r._at) {div} :day
  WHERE r.place <= 15 GROUP BY r._contact
), carts AS (
  SELECT e._contact, CAST(SUM(w.weight) * 8 AS BIGINT) AS points
  FROM event_cart_added AS e JOIN weights AS w ON w.step = (:as_of - e._at) {div} :day
  WHERE e._at <= :as_of AND e._at > :sixty GROUP BY e._contact
), buys AS (
  SELECT e._contact, COUNT(*) FILTER (WHERE e._at > :year) AS number,
    CAST(SUM(e.amount) FILTER (WHERE e._at > :year) AS BIGINT) AS spent,
    MAX(e._at) AS bought, COUNT(*) FILTER (WHERE e.product = 'coffee' AND e._at > :days365) AS coffees,
    CAST(SUM(w.weight) * 5 AS BIGINT) AS points
  FROM event_purchase AS e LEFT JOIN weights AS w ON w.step = (:as_of - e._at) {div} :day
  WHERE e._at <= :as_of GROUP BY e._contact
), all_of AS (
  SELECT c._key, c.gender, c.country, c.birth_date, v.looks, v.seen, b.number, b.spent, b.bought, b.coffees,
    COALESCE(l.points, 0) + COALESCE(a.points, 0) + COALESCE(b.points, 0)
      + CASE WHEN b.spent {div} 10000 >= 20 THEN 20 WHEN b.spent >= 0 THEN b.spent {div} 10000 ELSE 0 END * :unit
      - CASE WHEN c.country <> 'CH' OR c.country IS NULL THEN 15 * :unit ELSE 0 END AS total,
    CASE WHEN c.zone = 'America/New_York' THEN :month_ny
      WHEN c.zone IS NULL AND c.country = 'US' THEN :month_us ELSE :month END AS month_start
  FROM contacts AS c LEFT JOIN visits AS v ON v._contact = c._key LEFT JOIN looks AS l ON l._contact = c._key
    LEFT JOIN carts AS a ON a._contact = c._key LEFT JOIN buys AS b ON b._contact = c._key
), scored AS (
  SELECT *, CASE WHEN total < 0 THEN 0 WHEN total > 100 * :unit THEN 100 * :unit ELSE total END AS points,
    bought IS NOT NULL AND bought <= :asleep AS asleep
  FROM all_of
)
SELECT _key, bought IS NOT NULL, COALESCE(number >= 4, FALSE), COALESCE(spent > 50000, FALSE), asleep,
  COALESCE(gender = 'female', FALSE) AND COALESCE((:today - birth_date) {div} 10000 BETWEEN 30 AND 50, FALSE)
    AND COALESCE(coffees, 0) = 0,
  COALESCE(looks >= 3, FALSE), COALESCE(seen >= month_start, FALSE),
  COALESCE(birth_date % 10000 BETWEEN :first_day AND :last_day, FALSE),
  COALESCE(number >= 4, FALSE) AND COALESCE(country = 'CH', FALSE), points >= 30 * :unit AND NOT asleep,
  points, CASE WHEN points >= 40 * :unit THEN 'ready' ELSE 'aware' END
FROM scored
"""

SEGMENTS = (
    "customers", "regulars", "spenders", "asleep", "without_coffee", "lookers", "this_month", "birthdays",
    "swiss_regulars", "warm",
)  # fmt: skip
"""Names of the columns between the key and the points."""

FADING = Fading("halve", Duration(30, "day"))


def weight_rows() -> Iterable[tuple[int, int]]:
    """The temporary table `weights`: step and weight."""
    return enumerate(weights(FADING))


def text(engine: str, as_of: int, project: ZoneInfo, zones: Mapping[str, str]) -> str:
    """The statement for an engine with its numbers in place; `zones` tells the zones of New York and of a country."""
    today = local_date(as_of, project)
    numbers: dict[str, int] = {
        "as_of": as_of,
        "day": DAY,
        "unit": POINT_UNIT,
        "fortnight": as_of - 14 * DAY,
        "sixty": as_of - 60 * DAY,
        "ninety": as_of - 90 * DAY,
        "days365": as_of - 365 * DAY,
        "asleep": as_of - 180 * DAY,
        "year": shift(as_of, Duration(1, "year"), -1, project),
        "today": today,
        "first_day": today % 10_000 + 1,
        "last_day": today % 10_000 + 7,
        "month_ny": day_start(today // 100 * 100 + 1, ZoneInfo("America/New_York")),
        "month_us": day_start(today // 100 * 100 + 1, ZoneInfo(zones["US"])),
        "month": day_start(today // 100 * 100 + 1, project),
    }
    # of 64 bits on every engine; the longest names first, because one begins like another
    found = TEXT.replace("{div}", "//" if engine == "duckdb" else "/")
    for name in sorted(numbers, key=len, reverse=True):
        number = str(numbers[name])
        found = found.replace(f":{name}", number if engine == "sqlite" else f"CAST({number} AS BIGINT)")
    return found


def answer(rows: Iterable[tuple[Stored, ...]]) -> tuple[dict[str, frozenset[str]], dict[str, int], dict[str, str]]:
    """Members, points and stages from the statement's rows."""
    held = list(rows)
    members = {name: frozenset(str(row[0]) for row in held if row[n]) for n, name in enumerate(SEGMENTS, start=1)}
    points = {str(row[0]): int(row[-2] or 0) for row in held}
    return members, points, {str(row[0]): str(row[-1]) for row in held}
