"""The playbook of `project_files` written by hand, the way a careful analyst would for exactly this playbook: one
statement, one pass over an event type where one does, everything else over its results. `full` compares all answers.

It knows more than a compiler may: that today is one date for all contacts at the instant of the benchmark, that points
have faded to nothing after 421 (halving every 14 days) or 560 days (ten percent every eight weeks), that a last
purchase only matters to those who bought twice within a year, that the newest of all events is enough for `once`, and
which stages are left lower than entered. It reads the same small tables that the executor gets: consents, stages of the
tick before, zones.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import compress
from zoneinfo import ZoneInfo

from sqlglot import exp

from dsl.model import Duration
from dsl.types import POINT_UNIT, Stored
from engine.evaluation import Evaluation, Memory, Named
from engine.fading import weights
from engine.instants import DAY, day_start, local_date, shift
from engine.layout import Kind
from engine.plan import Plan
from engine.plan_types import Earned
from engine.protocols import SqlFacts
from engine.sql.zone_table import offsets
from engine.zones import contact_zones, zone

HOUR = DAY // 24

TEXT = """
WITH visits AS (
  SELECT _contact,
    COUNT(*) FILTER (WHERE _at > :days14) AS looks,
    COUNT(*) FILTER (WHERE category = 'machines') AS machines,
    COUNT(*) FILTER (WHERE _at >= month_start) AS this_month,
    COUNT(DISTINCT day) FILTER (WHERE _at > :days30) AS days,
    SUM(weight) FILTER (WHERE place <= 15) AS points
  FROM (
    SELECT e._contact, e._at, e.category, z.month_start, w.weight, (e._at + o.shift) {div} :day AS day,
      ROW_NUMBER() OVER (PARTITION BY e._contact ORDER BY e._at DESC, e._id DESC) AS place
    FROM event_visit AS e JOIN contacts AS c ON c._key = e._contact
      JOIN hand_zones AS z ON z.zone = COALESCE(c.zone, '') AND z.country = COALESCE(c.country, '')
      JOIN hand_offsets AS o ON o.number = z.number AND o.start <= e._at AND e._at < o.until
      JOIN hand_halving30 AS w ON w.step = (:as_of - e._at) {div} :day
    WHERE e._at <= :as_of AND e._at > :days90
  ) AS v GROUP BY _contact
), machine_visits AS (
  SELECT v._contact, SUM(w.weight) * 4 AS points
  FROM (
    SELECT e._contact, e._at, ROW_NUMBER() OVER (
        PARTITION BY e._contact, (e._at + o.shift) {div} :day ORDER BY e._at DESC, e._id DESC
      ) AS place
    FROM event_visit AS e JOIN contacts AS c ON c._key = e._contact
      JOIN hand_zones AS z ON z.zone = COALESCE(c.zone, '') AND z.country = COALESCE(c.country, '')
      JOIN hand_offsets AS o ON o.number = z.number AND o.start <= e._at AND e._at < o.until
    WHERE e.category = 'machines' AND e._at <= :as_of AND e._at > :days421
  ) AS v JOIN hand_halving14 AS w ON w.step = (:as_of - v._at) {div} :day
  WHERE v.place <= 3 GROUP BY v._contact
), carts AS (
  SELECT e._contact, COUNT(*) FILTER (WHERE e._at > :days7) AS fresh,
    SUM(w.weight) FILTER (WHERE e.category = 'machines') * 12 AS points,
    MAX(CASE WHEN e._at > :days30 AND e._at <= :hours4 AND NOT EXISTS (
      SELECT 1 FROM event_purchase AS x WHERE x._contact = e._contact AND x._at > e._at AND x._at <= e._at + :four_hours
    ) THEN 1 ELSE 0 END) AS left_alone
  FROM event_cart_added AS e JOIN hand_halving14 AS w ON w.step = (:as_of - e._at) {div} :day
  WHERE e._at <= :as_of AND e._at > :days421 GROUP BY e._contact
), baskets AS (
  SELECT b._contact, SUM(w.weight) * 8 AS points
  FROM (
    SELECT _contact, _at, ROW_NUMBER() OVER (PARTITION BY _contact ORDER BY _at DESC, _id DESC) AS place
    FROM event_cart_added WHERE _at <= :as_of AND _at > :days60
  ) AS b JOIN hand_halving30 AS w ON w.step = (:as_of - b._at) {div} :day
  WHERE b.place <= 2 GROUP BY b._contact
), buys AS (
  SELECT e._contact, MAX(e.amount) AS largest, MIN(e._at) AS first, MAX(e._at) AS last,
    COUNT(*) FILTER (WHERE e._at > :year) AS number, SUM(e.amount) FILTER (WHERE e._at > :year) AS spent,
    MIN(e.amount) FILTER (WHERE e._at > :year) AS smallest,
    COUNT(DISTINCT e.product) FILTER (WHERE e._at > :year) AS products,
    COUNT(*) FILTER (WHERE e._at > :days365 AND e.category = 'coffee') AS coffees,
    SUM(e.quantity) FILTER (WHERE e._at > :days90) AS pieces, SUM(w.weight) * 5 AS points
  FROM event_purchase AS e LEFT JOIN hand_halving30 AS w ON w.step = (:as_of - e._at) {div} :day
  WHERE e._at <= :as_of GROUP BY e._contact
), thanks AS (
  SELECT t._contact, SUM(w.weight) * 10 AS points
  FROM (
    SELECT _contact, _at, ROW_NUMBER() OVER (PARTITION BY _contact, category ORDER BY _at DESC, _id DESC) AS place
    FROM event_purchase WHERE _at <= :as_of AND _at > :days560
  ) AS t JOIN hand_losing AS w ON w.step = (:as_of - t._at) {div} :day
  WHERE t.place <= 5 GROUP BY t._contact
), reads AS (
  SELECT r._contact, COUNT(*) FILTER (WHERE r._at > :days30 AND r.channel = 'email') AS emails,
    COUNT(*) FILTER (WHERE r._at > :days7) AS fresh, SUM(w.weight) FILTER (WHERE r.place <= 10) * 2 AS points,
    MAX(r._at) FILTER (WHERE r.template = 'machines') AS machines
  FROM (
    SELECT _contact, _at, channel, template,
      ROW_NUMBER() OVER (PARTITION BY _contact ORDER BY _at DESC, _id DESC) AS place
    FROM event_message_opened WHERE _at <= :as_of AND _at > :days560
  ) AS r JOIN hand_losing AS w ON w.step = (:as_of - r._at) {div} :day
  GROUP BY r._contact
), support AS (
  SELECT e._contact, COUNT(*) FILTER (WHERE e.topic = 'complaint' AND e._at > :days60) AS complaints,
    SUM(e.rating) FILTER (WHERE e._at > :year) AS rating, COUNT(e.rating) FILTER (WHERE e._at > :year) AS ratings,
    SUM(w.weight) FILTER (WHERE e.topic = 'complaint') * 10 AS points
  FROM event_support_contacted AS e JOIN hand_losing AS w ON w.step = (:as_of - e._at) {div} :day
  WHERE e._at <= :as_of AND e._at > :days560 GROUP BY e._contact
), people AS (
  SELECT c._key, c.tier = 'gold' AS gold, c.country IN ('CH', 'DE', 'AT') AS near, c.country,
    c.gender = 'female' AND (:today - c.birth_date) {div} 10000 BETWEEN 30 AND 50 AND COALESCE(b.coffees, 0) = 0
      AS without_coffee,
    b._contact IS NOT NULL AS customer, COALESCE(b.number, 0) >= 4 AS regular, b.spent, b.last <= :days180 AS asleep,
    COALESCE(v.looks, 0) >= 3 AND COALESCE(a.fresh, 0) = 0 AS looker,
    COALESCE(v.machines, 0) >= 2
      AND (COALESCE(b.largest > 30000, FALSE) OR COALESCE(c.interests LIKE '%|machines|%', FALSE)) AS machine_fan,
    COALESCE(r.emails, 0) >= 2 AND c.country IN ('CH', 'DE', 'AT') AS opener,
    COALESCE(s.complaints, 0) > 0 OR COALESCE(s.rating < 25 * s.ratings, FALSE) AS troubled,
    v.this_month > 0 AND b.products >= 2 AND ({last_category}) IN ('tea', 'accessories') AS may_be_all_round,
    COALESCE(v.looks, 0) >= 1 AS visited, v.days >= 5 AND a.fresh >= 1 AS machine_visit, a.left_alone = 1 AS left_alone,
    COALESCE(r.fresh, 0) = 0 AS reads_nothing, b.smallest > 500 AS not_small, COALESCE(b.pieces, 0) < 20 AS few_pieces,
    b.first <= :days30 AS old, g.contact IS NOT NULL AS consents,
    COALESCE(v.points, 0) + COALESCE(k.points, 0) + COALESCE(b.points, 0)
      + CASE WHEN CAST(b.spent AS BIGINT) {div} 10000 >= 20 THEN 20 WHEN b.spent >= 0
        THEN CAST(b.spent AS BIGINT) {div} 10000 ELSE 0 END * :unit
      - CASE WHEN c.country NOT IN ('CH', 'DE', 'AT') THEN 15 * :unit ELSE 0 END AS engagement,
    COALESCE(t.points, 0) + COALESCE(r.points, 0) - COALESCE(s.points, 0)
      + CASE WHEN c.tier = 'gold' THEN 15 * :unit ELSE 0 END AS loyalty,
    COALESCE(m.points, 0) + COALESCE(a.points, 0) + COALESCE(w.weight * 3, 0) AS interest,
    COALESCE(p.ready, 0) AS ready, COALESCE(p.family, 0) AS family, COALESCE(p.hot, 0) AS hot
  FROM contacts AS c LEFT JOIN visits AS v ON v._contact = c._key LEFT JOIN machine_visits AS m ON m._contact = c._key
    LEFT JOIN carts AS a ON a._contact = c._key LEFT JOIN baskets AS k ON k._contact = c._key
    LEFT JOIN buys AS b ON b._contact = c._key LEFT JOIN thanks AS t ON t._contact = c._key
    LEFT JOIN reads AS r ON r._contact = c._key LEFT JOIN support AS s ON s._contact = c._key
    LEFT JOIN hand_halving14 AS w ON w.step = (:as_of - r.machines) {div} :day
    LEFT JOIN hand_consents AS g ON g.contact = c._key LEFT JOIN hand_stages AS p ON p.contact = c._key
), scored AS (
  SELECT *, COALESCE(asleep, FALSE) AS sleeps, COALESCE(may_be_all_round, FALSE) AND NOT troubled AS all_round,
    CASE WHEN engagement < 0 THEN 0 WHEN engagement > 100 * :unit THEN 100 * :unit ELSE engagement END AS e,
    CASE WHEN NOT customer THEN NULL WHEN loyalty < 0 THEN 0 WHEN loyalty > 100 * :unit THEN 100 * :unit
      ELSE loyalty END AS l,
    CASE WHEN interest + machine_fan * 5 * :unit > 100 * :unit THEN 100 * :unit
      ELSE interest + machine_fan * 5 * :unit END AS i
  FROM people
)
SELECT _key, customer, regular, COALESCE(spent > 50000, FALSE), sleeps, COALESCE(without_coffee, FALSE), looker,
  machine_fan, COALESCE(opener, FALSE), troubled, all_round,
  CAST(e AS BIGINT),
  CASE WHEN e >= (40 - 5 * ready) * :unit THEN 'ready' WHEN e >= 12 * :unit THEN 'warm' ELSE 'cold' END,
  CAST(l AS BIGINT),
  CASE
    WHEN l >= (40 - 4 * family) * :unit THEN 'family' WHEN l >= 15 * :unit THEN 'friend' WHEN l >= 0 THEN 'guest' END,
  CAST(i AS BIGINT), CASE WHEN i >= (25 - 5 * hot) * :unit THEN 'hot' WHEN i >= 8 * :unit THEN 'some' ELSE 'low' END,
  NOT COALESCE(spent > 50000, FALSE), COALESCE(machine_visit, FALSE), COALESCE(spent > 5000, FALSE),
  customer AND country IS NOT NULL, consents, reads_nothing, NOT troubled, COALESCE(not_small, FALSE), few_pieces,
  COALESCE(old, FALSE), customer OR (visited AND e >= 12 * :unit), COALESCE(left_alone, FALSE) AND looker,
  COALESCE(spent >= 100000, FALSE)
FROM scored
"""

# of this playbook only who bought two things within a year is asked: a look-up for them beats a sort of all purchases
LAST_CATEGORY = """SELECT x.category FROM event_purchase AS x
      WHERE x._contact = c._key AND x._at <= :as_of AND x.category IS NOT NULL
      ORDER BY x._at DESC, x._id DESC LIMIT 1"""

SEGMENTS = (
    "customers", "regulars", "spenders", "asleep", "without_coffee", "lookers", "machine_fans", "openers", "troubled",
    "all_round",
)  # fmt: skip
SCORES = ("engagement", "loyalty", "machine_interest")
WHERES = (
    "cart_rescue", "machine_visit", "winback", "coffee_again", "miss_you", "look_closer", "ready_to_talk",
    "cooled_down", "hot_for_machines", "first_year", "advent_sale", "rain_over",
)  # fmt: skip
"""Triggers, in the order of the columns after those of `SCORES`; `first_thousand when` follows."""


def prepare(plan: Plan, facts: SqlFacts, as_of: int, project: str, memory: Memory) -> None:
    """Fill the small tables that the statement joins, from what the executor gets as well."""
    fadings = {leaf.measure.fading for leaf in plan.leaves.values() if isinstance(leaf.measure, Earned)}
    for fading in filter(None, fadings):
        name = "hand_losing" if fading.kind == "lose" else f"hand_halving{fading.duration.amount}"
        facts.temporary(name, {"step": "integer", "weight": "integer"}, enumerate(weights(fading)), ("step",))
    month = local_date(as_of, zone(project)) // 100 * 100 + 1
    pairs = facts.query(_pairs(), {})
    reckoning = {
        (own, land): contact_zones(own or None, land or None, project).reckoning for own, land in _texts(pairs)
    }
    numbers = {name: n for n, name in enumerate(sorted(set(reckoning.values())))}
    facts.temporary(
        "hand_zones",
        {"zone": "text", "country": "text", "number": "integer", "month_start": "integer"},
        [(*pair, numbers[name], day_start(month, zone(name))) for pair, name in reckoning.items()],
        ("zone", "country"),
    )
    facts.temporary(
        "hand_offsets",
        {"number": "integer", "start": "integer", "until": "integer", "shift": "integer"},
        [(n, *row) for name, n in numbers.items() for row in _offsets(zone(name), as_of)],
        ("number", "start"),
    )
    granted = ((c,) for c, channel, purpose in memory.consents if channel == "email" and purpose == "newsletter")
    facts.temporary("hand_consents", {"contact": "text"}, granted, ("contact",))
    tops = [
        {contact for contact, stage in memory.stages.get(score, {}).items() if stage == top}
        for score, top in (("engagement", "ready"), ("loyalty", "family"), ("machine_interest", "hot"))
    ]
    known = ((str(contact), [int(contact in top) for top in tops]) for contact in sorted(set().union(*tops)))
    columns: dict[str, Kind] = {"contact": "text", "ready": "integer", "family": "integer", "hot": "integer"}
    facts.temporary("hand_stages", columns, ((contact, *flags) for contact, flags in known), ("contact",))


def _pairs() -> exp.Select:
    columns = [exp.func("COALESCE", exp.column(name), exp.Literal.string("")) for name in ("zone", "country")]
    return exp.select(*columns).distinct().from_("contacts")


def _texts(rows: Iterable[tuple[Stored, ...]]) -> Iterator[tuple[str, str]]:
    return ((str(own), str(land)) for own, land in rows)


def _offsets(name: ZoneInfo, as_of: int) -> Iterator[tuple[int, int, int]]:
    """From when, until when, and what to add so that whole days are local days."""
    found = list(offsets(name, as_of - 1_000 * DAY, as_of))
    for (start, added), until in zip(found, [*(start for start, _ in found[1:]), as_of + 1], strict=True):
        yield start, until, added


def text(engine: str, as_of: int, project: str) -> str:
    """The statement for an engine, with its numbers in place."""
    home = zone(project)
    numbers = {f"days{n}": as_of - n * DAY for n in (7, 14, 30, 60, 90, 180, 365, 421, 560)} | {
        "as_of": as_of,
        "day": DAY,
        "unit": POINT_UNIT,
        "hours4": as_of - 4 * HOUR,
        "four_hours": 4 * HOUR,
        "year": shift(as_of, Duration(1, "year"), -1, home),
        "today": local_date(as_of, home),
    }
    found = TEXT.replace("{last_category}", LAST_CATEGORY).replace("{div}", "//" if engine == "duckdb" else "/")
    for name in sorted(numbers, key=len, reverse=True):  # one begins like another
        number = str(numbers[name])
        found = found.replace(f":{name}", number if engine == "sqlite" else f"CAST({number} AS BIGINT)")
    return found.replace("machine_fan * 5", "CAST(machine_fan AS INTEGER) * 5")


def answer(as_of: int, rows: Sequence[tuple[Stored, ...]]) -> Evaluation:
    """The statement's rows in the executor's words."""
    columns = list(zip(*rows, strict=True))
    keys = [str(key) for key in columns[0]]
    after = 1 + len(SEGMENTS)
    scores, stages = {}, {}
    for n, name in enumerate(SCORES):
        scores[name] = {k: int(v) for k, v in zip(keys, columns[after + 2 * n], strict=True) if v is not None}
        stages[name] = {k: str(v) for k, v in zip(keys, columns[after + 2 * n + 1], strict=True) if v is not None}
    segments = {name: frozenset(compress(keys, columns[n])) for n, name in enumerate(SEGMENTS, start=1)}
    first = after + 2 * len(SCORES)
    held = {f"trigger {name} where": frozenset(compress(keys, columns[first + n])) for n, name in enumerate(WHERES)}
    held["trigger first_thousand when"] = frozenset(compress(keys, columns[first + len(WHERES)]))
    # a trigger that asks for a segment alone: the rows say it already
    held["trigger birthday where"], held["trigger sunday_news where"] = segments["customers"], segments["openers"]
    return Evaluation(as_of, frozenset(keys), segments, scores, stages, held)


def equal(one: Evaluation, other: Evaluation) -> bool:
    """Whether two evaluations answer the same, however they keep it."""
    parts = ("segments", "scores", "stages", "conditions")
    return one.contacts == other.contacts and all(
        {name: _plain(held) for name, held in getattr(one, part).items()}
        == {name: _plain(held) for name, held in getattr(other, part).items()}
        for part in parts
    )


def _plain(held: Collection[str] | Mapping[str, Stored]) -> object:
    return dict(held) if isinstance(held, Mapping) else frozenset(held)


def answers(plan: Plan) -> list[Named]:
    """Every segment, score and contact-level condition of a plan."""
    names: list[Named] = [("segment", s.name) for s in plan.segments]
    names += [("score", s.name) for s in plan.scores]
    return names + [("condition", name) for name in plan.conditions]


def count(told: Evaluation, kind: str, name: str) -> int:
    """How many contacts an answer names; of a score the sum of its points, which says more."""
    match kind:
        case "segment":
            return len(told.segments[name])
        case "score":
            return sum(told.scores[name].values())
        case _:
            return len(told.conditions[name])
