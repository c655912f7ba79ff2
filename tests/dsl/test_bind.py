"""Tree to bound model: what each construct becomes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dsl import model as m
from dsl.check import check
from dsl.spans import Span
from dsl.types import (
    NUMBER,
    POINT_UNIT,
    Boolean,
    Date,
    DateTime,
    MonthDay,
    Numeric,
    OneOf,
    Point,
    Text,
    Zone,
    decimal,
    money,
)
from tests.dsl.samples import RICH
from tests.dsl.shop import COUNTRY, PLAN, SCHEMA, TEMPLATES, findings, model, read

NO = Span("", 0, 0, 1, 1, 1, 1)
CHF = money("CHF")


def where(text: str) -> m.Condition:
    return model(f"segment s where {text}").segments["s"].where


def define(text: str) -> m.Value:
    value = model(f"define d = {text}").defines["d"].value
    assert value is not None
    return value


def field(name: str, kind: object) -> m.FieldValue:
    return m.FieldValue(name, kind, span=NO)  # type: ignore[arg-type]


def const(value: str | int, kind: object) -> m.Const:
    return m.Const(value, kind, span=NO)  # type: ignore[arg-type]


def query(event: str, where: m.Condition | None = None, window: m.Window | None = None) -> m.EventQuery:
    return m.EventQuery(event, where, window, span=NO)


def eq(left: m.Value, right: m.Value) -> m.Compare:
    return m.Compare("=", left, right, span=NO)


def did(event: str, window: m.Window | None = None) -> m.Did:
    return m.Did(query(event, window=window), ">=", 1, span=NO)


def test_the_rich_sample_checks_clean() -> None:
    checked = read(RICH)
    assert [(d.code, d.summary, d.primary.span.line) for d in checked.diagnostics] == []
    assert checked.model is not None
    assert checked.model.order.index("everybody") < checked.model.order.index("many")
    assert checked.model.order.index("turnover") < checked.model.order.index("engagement")


SIMPLE: list[tuple[str, m.Condition]] = [
    ("everyone", m.Everyone(span=NO)),
    ("country = CH", eq(field("country", COUNTRY), const("CH", COUNTRY))),
    ("country != CH", m.Not(eq(field("country", COUNTRY), const("CH", COUNTRY)), span=NO)),
    ('"CH" = country', eq(const("CH", COUNTRY), field("country", COUNTRY))),
    ("logins = 5", eq(field("logins", NUMBER), const(5, NUMBER))),
    ("credit > 12.5", m.Compare(">", field("credit", CHF), const(1250, CHF), span=NO)),
    ("ratio <= 1_000.125", m.Compare("<=", field("ratio", decimal(3)), const(1_000_125, decimal(3)), span=NO)),
    ("18 <= age", m.Compare("<=", const(18, NUMBER), field("age", NUMBER), span=NO)),
    ("logins > -3", m.Compare(">", field("logins", NUMBER), const(-3, NUMBER), span=NO)),
    ("vip", m.Truth(field("vip", Boolean()), span=NO)),
    ("vip = no", eq(field("vip", Boolean()), const(0, Boolean()))),
    ('home = "Europe/Zurich"', eq(field("home", Zone()), const("Europe/Zurich", Zone()))),
    ("signed_up >= 2026-01-01", m.Compare(">=", field("signed_up", DateTime()), const(20260101, Date()), span=NO)),
    ("plan >= silver", m.Compare(">=", field("plan", PLAN), const("silver", PLAN), span=NO)),
    (
        "country not in (CH, LI)",
        m.Not(m.InList(field("country", COUNTRY), (const("CH", COUNTRY), const("LI", COUNTRY)), span=NO), span=NO),
    ),
    ("email is missing", m.Not(m.IsKnown(field("email", Text()), span=NO), span=NO)),
    ("email is not missing", m.IsKnown(field("email", Text()), span=NO)),
    ('email ends with "@x"', m.TextTest("ends with", field("email", Text()), "@x", span=NO)),
    (
        "birth_date in last 3 local days",
        m.DateWithin("in last", field("birth_date", Date()), m.Duration(3, "day"), span=NO),
    ),
    (
        "signed_up in last 3 local days",
        m.DateWithin("in last", field("signed_up", DateTime()), m.Duration(3, "day", local=True), span=NO),
    ),
    ("birth_date this month", m.InPeriod(field("birth_date", Date()), m.LocalPeriod("month"), span=NO)),
    (
        "not signed_up yesterday",
        m.Not(m.InPeriod(field("signed_up", DateTime()), m.LocalPeriod("yesterday"), span=NO), span=NO),
    ),
    (
        "city within 2.5 km of (47.3700, -8.5)",
        m.WithinDistance(field("city", Point()), 2_500_000, const("47.37,-8.5", Point()), span=NO),
    ),
    (
        "city within 500 m of contact.city",
        m.WithinDistance(field("city", Point()), 500_000, field("city", Point()), span=NO),
    ),
    ("birth_date anniversary today", m.Anniversary(field("birth_date", Date()), None, span=NO)),
    ("consents to email", m.Consents("email", "marketing", span=NO)),
    ("consents to sms for newsletter", m.Consents("sms", "newsletter", span=NO)),
    ("did purchase", did("purchase")),
    ("did not purchase", m.Not(did("purchase"), span=NO)),
    ("did visit at most 2 times", m.Did(query("visit"), "<=", 2, span=NO)),
    ("did visit exactly 0 times", m.Did(query("visit"), "=", 0, span=NO)),
    ("did not visit at least 3 times", m.Not(m.Did(query("visit"), ">=", 3, span=NO), span=NO)),
    ("did purchase in last 2 weeks", did("purchase", m.InLast(m.Duration(2, "week")))),
    ("did purchase in last 2 local days", did("purchase", m.InLast(m.Duration(2, "day", local=True)))),
    ("did purchase 90 to 30 days ago", did("purchase", m.Ago(m.Duration(90, "day"), m.Duration(30, "day")))),
    ("did purchase before 2026-01-01", did("purchase", m.LocalDates(None, 20251231))),
    ("did purchase since 2026-01-01", did("purchase", m.LocalDates(20260101, None))),
    ("did purchase from 2026-01-01 to 2026-01-31", did("purchase", m.LocalDates(20260101, 20260131))),
    ("did purchase today", did("purchase", m.LocalPeriod("today"))),
    ("did purchase this quarter", did("purchase", m.LocalPeriod("quarter"))),
    ("did sum", did("sum")),
    ("age = 5", eq(field("age", NUMBER), const(5, NUMBER))),
    ('contact.first = "x"', eq(field("first", Text()), const("x", Text()))),
]


@pytest.mark.parametrize(("text", "bound"), SIMPLE, ids=[text for text, _ in SIMPLE])
def test_conditions(text: str, bound: m.Condition) -> None:
    assert where(text) == bound


def test_and_binds_tighter_than_or_and_not_tighter_than_and() -> None:
    assert where("vip or not vip and everyone") == m.Or(
        (where("vip"), m.And((m.Not(where("vip"), span=NO), where("everyone")), span=NO)), span=NO
    )


def test_names_inside_with_are_the_event_s_first() -> None:
    inner = "country = contact.country and amount > credit and at >= 2026-01-01 and id = contact.first"
    bound = where(f"did purchase with ({inner})")
    assert isinstance(bound, m.Did)
    inside = bound.query.where
    assert isinstance(inside, m.And)
    own = m.EventValue("country", COUNTRY, "this", span=NO)
    assert inside.items[0] == eq(own, field("country", COUNTRY))
    assert inside.items[2] == m.Compare(
        ">=", m.EventValue("at", DateTime(), "this", span=NO), const(20260101, Date()), span=NO
    )
    assert inside.items[3] == eq(m.EventValue("id", Text(), "this", span=NO), field("first", Text()))


def test_a_declared_property_called_at_is_the_property() -> None:
    bound = where('did visit with (at = "home")')
    assert isinstance(bound, m.Did)
    assert bound.query.where == eq(m.EventValue("at", Text(), "this", span=NO), const("home", Text()))


def test_a_member_wins_over_a_name() -> None:
    made = model("define CH = logins\nsegment s where country = CH")
    assert made.segments["s"].where == eq(field("country", COUNTRY), const("CH", COUNTRY))
    assert model("define female = gender = female").defines["female"].condition is not None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("number of purchase", NUMBER),
        ("sum of purchase.amount", CHF),
        ("largest of purchase.day", Date()),
        ("average of purchase.amount", Numeric("money", 10**6, "CHF")),
        ("average of purchase.items", Numeric("decimal", 10**6)),
        ("distinct of purchase.product", NUMBER),
        ("last purchase", DateTime()),
        ("age of birth_date", NUMBER),
        ("credit plus 0.125", Numeric("money", 1000, "CHF")),
        ("credit times 0.5", Numeric("money", 1000, "CHF")),
        ("logins minus ratio", decimal(3)),
        ("logins times 2", NUMBER),
        ("12.50", decimal(1)),
        ('"x"', Text()),
    ],
)
def test_types_of_values(text: str, kind: object) -> None:
    assert define(text).type == kind


def test_arithmetic_goes_from_left_to_right() -> None:
    bound = define("logins plus 2 times 3")
    assert isinstance(bound, m.Arithmetic)
    assert bound.op == "times"
    assert isinstance(bound.left, m.Arithmetic)
    assert bound.left.op == "plus"


def test_defines_may_be_values_or_conditions_in_any_order() -> None:
    made = model(
        "segment s where b and c > 3\ndefine b = d\ndefine d = vip or in u\ndefine c = logins\nsegment u where vip"
    )
    assert made.defines["d"].condition is not None
    assert made.defines["b"].condition == m.DefinedCondition("d", span=NO)
    assert made.defines["c"].value == field("logins", NUMBER)
    where_ = made.segments["s"].where
    assert isinstance(where_, m.And)
    assert where_.items[0] == m.DefinedCondition("b", span=NO)
    assert made.order == ("u", "d", "b", "c", "s")
    assert list(made.defines) == ["b", "d", "c"]


def test_a_defined_yes_or_no_field_is_a_value_and_stands_alone() -> None:
    made = model("define important = vip\nsegment s where important")
    assert made.segments["s"].where == m.Truth(m.DefinedValue("important", Boolean(), span=NO), span=NO)


def test_scores_compare_as_numbers_and_stages_as_ordered_members() -> None:
    score = "score warmth\n +1 on visit\n stage cold from 0\n stage hot from 10\n"
    stages = OneOf(("cold", "hot"), ordered=True, name="stage of warmth")
    made = model(score + "segment s where warmth >= 7.5\nsegment u where stage of warmth >= hot")
    assert made.segments["s"].where == m.Compare(">=", m.ScoreValue("warmth", span=NO), const(75, decimal(1)), span=NO)
    assert made.segments["u"].where == m.Compare(
        ">=", m.StageOf("warmth", stages, span=NO), const("hot", stages), span=NO
    )


def test_classes_count_their_edges_from_the_top() -> None:
    checked = read(RICH).model
    assert checked is not None
    worth = checked.classes["worth"]
    assert (worth.id, worth.share, worth.title) == ("value", "total", "ABC by turnover of the last year")
    assert [(t.name, t.edge) for t in worth.tiers] == [("A", 800_000), ("B", 955_000), ("C", None)]
    busy, best = checked.classes["busy"], checked.classes["first_hundred"]
    assert (busy.share, [t.edge for t in busy.tiers]) == ("members", [100_000, 500_000, None])
    assert (best.share, [t.edge for t in best.tiers]) == ("number", [100, None])
    dear = checked.segments["dear"].where
    assert isinstance(dear, m.And)
    kind = OneOf(("C", "B", "A"), ordered=True, name="class of worth")
    within = dear.items[0]
    assert isinstance(within, m.InList)
    assert within.value == m.ClassOf("worth", kind, span=NO)
    order = checked.order
    assert order.index("turnover") < order.index("worth") < order.index("dear")


def test_a_score_with_everything() -> None:
    made = model(
        "score s\n  where vip\n  +3 on visit at most 3 times per page\n"
        "  +5 on purchase at most 20 points halving every 36 hours\n"
        "  +1 on sum once losing 10 % every 1 week\n  -15 when country = CH\n  +1 per 100 of credit at most 4 times\n"
        "  halve every 30 days\n  keep between -10 and 100\n  stage a from -10\n"
        "  stage b from 40 leave below 35 rest 2 weeks"
    ).scores["s"]
    visits, buys, sums, when, per = made.rules
    assert visits == m.OnRule(3, query("visit"), m.Limit(3, "times", "page"), None, span=NO)
    assert buys == m.OnRule(
        5, query("purchase"), m.Limit(20, "points"), m.Fading("halve", m.Duration(36, "hour")), span=NO
    )
    assert sums == m.OnRule(1, query("sum"), m.Limit(1, "times"), m.Fading("lose", m.Duration(1, "week"), 10), span=NO)
    assert when == m.WhenRule(-15, eq(field("country", COUNTRY), const("CH", COUNTRY)), span=NO)
    assert per == m.PerRule(1, 100, field("credit", CHF), m.Limit(4, "points"), span=NO)
    assert made.fading == m.Fading("halve", m.Duration(30, "day"))
    assert (made.floor, made.ceiling) == (-10, 100)
    assert made.stages == (m.Stage("a", -10, -10, span=NO), m.Stage("b", 40, 35, rest=m.Duration(2, "week"), span=NO))
    assert made.where == m.Truth(field("vip", Boolean()), span=NO)


def test_lists_beside_where() -> None:
    made = model(
        "segment a include list press\nsegment b where everyone exclude list staff\n"
        "segment c exclude list staff include list press where vip include list partners exclude list press"
    ).segments
    press, staff, partners = (m.OnList(name, span=NO) for name in ("press", "staff", "partners"))
    assert made["a"].where == press
    assert made["b"].where == m.And((m.Everyone(span=NO), m.Not(staff, span=NO)), span=NO)
    inside = m.Or((press, m.Truth(field("vip", Boolean()), span=NO), partners), span=NO)
    assert made["c"].where == m.And((inside, m.Not(staff, span=NO), m.Not(press, span=NO)), span=NO)


def test_limits_per_local_period() -> None:
    made = model(
        "score s +3 on visit at most 3 times per local day +5 on visit once per local week"
        " +1 on visit at most 20 points per local month"
    ).scores["s"]
    limits = [rule.limit for rule in made.rules if isinstance(rule, m.OnRule)]
    assert limits == [
        m.Limit(3, "times", local="day"),
        m.Limit(1, "times", local="week"),
        m.Limit(20, "points", local="month"),
    ]


def test_a_trigger_with_defaults() -> None:
    made = model("trigger t on visit send email welcome").triggers["t"]
    assert made == m.Trigger(
        "t", NO, cause=m.OnEvent(query("visit"), span=NO), sends=(m.Send("email", "welcome", None, span=NO),)
    )
    assert (made.priority, made.category, made.purpose) == (50, "promotional", "marketing")


def test_a_trigger_with_everything() -> None:
    checked = read(RICH).model
    assert checked is not None
    made = checked.triggers["cart_rescue"]
    assert made.id == "rescue"
    assert made.wait == m.Duration(4, "hour")
    own = m.EventValue("amount", CHF, "this", span=NO)
    cause = m.EventValue("amount", CHF, "cause", span=NO)
    assert made.unless == m.Did(
        query("purchase", m.Compare(">=", own, cause, span=NO), m.SinceThen()), ">=", 1, span=NO
    )
    assert made.sends == (
        m.Send("email", "cart_reminder", "welcome10", span=NO),
        m.Send("email", "cart_reminder", None, span=NO, sender="owner_email", reply_to="owner_email"),
        m.Send("sms", "cart_short", None, span=NO),
    )
    assert made.notifies == (m.Notify("sales", "call {{ contact.first_name }}", span=NO),)
    assert made.again == m.Again("after", m.Duration(14, "day"), None, "cart_id")
    assert made.capped_wait == m.Duration(1, "day")
    assert made.expires == m.Duration(24, "hour")
    assert made.late_by == m.Duration(2, "day")
    assert made.active_from == (20260101, 480)
    assert made.active_to == (20261231, 24 * 60)
    assert made.paused == "until legal has answered"
    assert made.tags == ("sale", "autumn")
    assert made.goal == m.Goal(query("purchase", m.Compare(">=", own, cause, span=NO)), m.Duration(7, "day"))
    assert made.holdout == 125_000
    assert made.deliver == m.Deliver(540, 660, (0, 1, 2, 3, 4))
    assert made.spread == m.Duration(2, "hour")
    assert made.owner == "CRM team"
    assert checked.triggers["birthday"].cause == m.Yearly(field("birth_date", Date()), 540, 301, span=NO)
    assert checked.triggers["name_day_card"].cause == m.Yearly(field("name_day", MonthDay()), 0, 228, span=NO)
    birth, ends = field("birth_date", Date()), field("contract_end", Date())
    days = m.Offset(m.Duration(2, "week"), "before")
    assert checked.triggers["early_card"].cause == m.Yearly(birth, 540, 228, span=NO, offset=days)
    days = m.Offset(m.Duration(30, "day"), "before")
    assert checked.triggers["contract_ends"].cause == m.OnDay(ends, days, 540, span=NO)
    days = m.Offset(m.Duration(1, "month"), "after")
    assert checked.triggers["contract_over"].cause == m.OnDay(ends, days, 540, span=NO)
    assert checked.triggers["each_day"].cause == m.Repeated((), None, 540, span=NO)
    assert checked.triggers["each_monday"].cause == m.Repeated((0, 3), None, 540, span=NO)
    assert checked.triggers["each_month"].cause == m.Repeated((), 31, 540, span=NO)
    assert checked.triggers["black_friday"].cause == m.OnDate(20261127, 540, span=NO)
    country = m.FieldValue("country", COUNTRY, span=NO)
    assert checked.triggers["moved"].cause == m.OnChange(country, None, span=NO)
    upgraded = checked.triggers["upgraded"].cause
    assert isinstance(upgraded, m.OnChange)
    assert (upgraded.watched, upgraded.to and upgraded.to.value) == ("plan", "gold")
    assert isinstance(checked.triggers["becomes_rich"].cause, m.OnWhen)
    assert checked.triggers["hello"].cause == m.OnSegment("everybody", "entering", True, span=NO)
    assert checked.triggers["bye"].cause == m.OnSegment("everybody", "leaving", False, span=NO)
    assert checked.triggers["handover"].cause == m.OnStage("engagement", "sales_ready", "reaching", span=NO)
    assert checked.triggers["handover"].again == m.Again("once per", period="month")
    assert checked.triggers["cooled"].cause == m.OnStage("engagement", "interested", "falling below", span=NO)


def test_caps_quiets_and_offers() -> None:
    checked = read(RICH).model
    assert checked is not None
    caps = checked.caps
    assert (caps["weekly"].limit, caps["weekly"].per, caps["weekly"].channel) == (
        2,
        m.Rolling(m.Duration(7, "day")),
        None,
    )
    assert (caps["sms_cap"].channel, caps["sms_cap"].per) == ("sms", m.Calendar("day", local=True))
    assert (caps["monthly"].channel, caps["monthly"].tag) == ("letter", "sale")
    assert caps["monthly"].per == m.Calendar("month", local=False)
    assert (caps["breathing"].gap, caps["breathing"].channel) == (m.Duration(20, "hour"), None)
    assert (caps["mail_gap"].channel, caps["letter_gap"].channel, caps["any_gap"].channel) == ("email", "letter", None)
    assert (caps["household"].shared_by, caps["household"].total) == ("country", None)
    assert (caps["print_budget"].total, caps["print_budget"].ranked_by) == (True, "engagement")
    assert (caps["ever"].total, caps["ever"].per, caps["ever"].tag) == (True, None, "sale")
    assert caps["keep_room"].kept == m.Kept(1, 80)
    assert (checked.suppresses["staff_only"].category, checked.suppresses["dispute"].category) == (None, "promotional")
    addresses, everything = checked.qualities["addresses"], checked.qualities["everything"]
    assert [getattr(one, "share", None) for one in addresses.expects] == [995_000, 800_000, None, None]
    kinds = ["completeness", None, "uniqueness", "uniqueness"]
    assert [one.kind for one in addresses.expects] == kinds
    assert (addresses.stops, everything.stops) == (("cart_rescue", "hello"), ())
    assert (addresses.where is None, everything.where) == (False, None)
    quiets = checked.quiets
    assert (quiets["nights"].start, quiets["nights"].end, quiets["nights"].days) == (1200, 480, ())
    assert (quiets["sundays"].start, quiets["sundays"].days, quiets["sundays"].channels) == (
        None,
        (5, 6),
        ("sms", "letter"),
    )
    assert quiets["lunch"].days == (0, 1, 2, 3, 4)
    offers = checked.offers
    assert (offers["welcome10"].code, offers["welcome10"].discount) == ("WELCOME10", "10 %")
    assert (offers["welcome10"].valid_from, offers["welcome10"].valid_to) == (20261101, 20261231)
    assert (offers["five"].discount, offers["five"].valid_from, offers["five"].valid_to) == ("5 CHF", None, 20261231)


def test_a_scenario() -> None:
    checked = read(RICH).model
    assert checked is not None
    (made,) = checked.scenarios
    assert (made.name, made.at) == ("a purchase stops the cart reminder", (20261120, 720))
    anna, ben = made.contacts
    assert ben == m.GivenContact("ben", (), (), (), span=NO)
    assert {a.name: a.value for a in anna.fields} == {
        "persona": "decision_maker", "country": "CH", "email": "anna@example.ch", "vip": 1,
        "signed_up": 1_767_259_800_000_000, "birth_date": 19900228, "name_day": 228, "credit": 1250,
        "interests": "|bike|ski|",
    }  # fmt: skip
    assert anna.consents == (
        m.GivenConsent("email", "newsletter", True, None, span=NO),
        m.GivenConsent("sms", "marketing", True, None, span=NO),
        m.GivenConsent("sms", "marketing", False, m.Clock(None, 540), span=NO),
        m.GivenConsent("email", "newsletter", False, m.Duration(1, "hour"), span=NO),
    )
    assert [(e.event, e.when) for e in anna.events] == [
        ("cart_added", m.Duration(5, "hour")), ("visit", None), ("visit", m.Clock(None, 690)),
        ("visit", m.Clock(20261119, 690)), ("purchase", m.Duration(2, "hour")),
    ]  # fmt: skip
    assert {a.name: a.value for a in anna.events[-1].properties} == {"amount": 4000, "items": 2}
    assert made.steps == (
        m.ExpectMember("anna", "everybody", True, span=NO),
        m.ExpectMember("anna", "windows", False, span=NO),
        m.ExpectScore("anna", "engagement", "=", 17 * POINT_UNIT // 2, None, span=NO),
        m.ExpectScore("anna", "engagement", ">=", None, "aware", span=NO),
        m.ExpectClass("anna", "worth", "!=", "A", span=NO),
        m.ExpectGets("anna", None, None, None, span=NO),
        m.After(m.Duration(3, "day"), span=NO),
        m.ExpectGets("ben", "email", "welcome", 960, span=NO),
        m.ExpectGets("ben", "notify", "sales", None, span=NO),
        m.ExpectCapped("ben", "weekly", span=NO),
        m.ExpectHolds("ben", "welcome10", span=NO),
        m.ExpectField("ben", "plan", "=", "gold", span=NO),
        m.ExpectField("ben", "credit", "!=", 1250, span=NO),
        m.ExpectField("ben", "first_name", "=", None, span=NO),
        m.ExpectGets("ben", "call", "crm", None, span=NO),
        m.ExpectHeld("ben", "nights", 480, span=NO),
        m.GivenFact("weather", (m.Assignment("city", "Bern", span=NO), m.Assignment("rain_mm", 6, span=NO)), span=NO),
        m.GivenContact(
            "ben",
            (m.Assignment("country", "CH", span=NO),),
            (m.GivenConsent("email", "newsletter", True, None, span=NO),),
            (),
            span=NO,
        ),
        m.ExpectCount("ben", 2, span=NO),
        m.ExpectNotGets("ben", "email", "welcome", span=NO),
        m.ExpectNotGets("ben", "notify", "sales", span=NO),
        m.ExpectRefused("ben", "consent", None, span=NO),
        m.ExpectRefused("ben", "where", "cart_rescue", span=NO),
        m.ExpectQuality("addresses", True, span=NO),
        m.ExpectQuality("everything", False, span=NO),
    )


def test_names_are_shared_by_all_files_and_errors_come_from_all_of_them() -> None:
    checked = read("segment a where in b", "segment b where vip")
    assert checked.model is not None
    assert checked.model.order == ("b", "a")
    checked = read("segment a where vipp", "segment b where in aa", "segment c wher vip")
    assert [(d.primary.span.file, d.code) for d in checked.diagnostics] == [
        ("a.play", "K0202"), ("b.play", "K0205"), ("c.play", "K0101"),
    ]  # fmt: skip
    assert checked.model is None


def test_rings_are_found_once_and_show_the_way() -> None:
    text = "segment a where in b\nsegment b where d\ndefine d = s > 3\nscore s\n +1 when in a\nsegment z where in a"
    (found,) = findings(text)
    assert found.code == "K0221"
    assert found.help[0] == "the way round: `a` → `b` → `d` → `s` → `a`"
    assert [label.span.text(text) for label in found.secondary] == ["d", "s", "a"]


def test_two_defines_that_hang_on_each_other() -> None:
    assert [d.code for d in findings("define a = b plus 1\ndefine b = a plus 1")] == ["K0221"]


def test_was_names_the_oldest_name() -> None:
    assert model("segment s was old where vip").segments["s"].id == "old"
    codes = [d.code for d in findings("segment s was old where vip\nsegment u was old where vip")]
    assert codes == ["K0201"]


def test_a_reference_to_a_block_that_does_not_parse_is_not_reported_again() -> None:
    text = "segment a where ((\nscore s\n +1 onn visit 7\nsegment b where in a and s > 3 and stage of s = x"
    assert {d.block for d in findings(text)} == {"segment `a`", "score `s`"}


# rows of the peer cases (shared/cases/peer_cases.md) that speak of compile errors


def test_e01_an_empty_group_is_an_error() -> None:
    assert [d.code for d in findings("segment s where ()")] == ["K0100"]


def test_e04_an_empty_list_is_an_error_also_negated() -> None:
    assert [d.code for d in findings("segment s where country not in ()")] == ["K0302"]


def test_e16_and_m3_a_segment_without_conditions_is_an_error() -> None:
    assert [d.code for d in findings("segment s")] == ["K0301"]
    assert findings("segment s where everyone") == []


def test_e29_and_m4_only_negations_are_allowed() -> None:
    assert findings("segment s where not vip and did not purchase") == []


def test_i22_an_empty_day_list_is_an_error() -> None:
    assert findings("quiet q from 20:00 to 08:00 on")[0].code == "K0108"


def test_m5_groups_nest() -> None:
    assert findings("segment s where vip and (vip or (vip and (vip or not (vip))))") == []


def test_m7_numbers_and_texts_do_not_meet() -> None:
    assert [d.code for d in findings('segment s where logins = "10"')] == ["K0203"]
    assert [d.code for d in findings("segment s where first_name = 10")] == ["K0203"]


def test_again_bounds_a_trigger_that_sets_what_it_reads() -> None:
    for again in ("again never", "again after 1 day", "again once per local day"):
        assert not findings(f"trigger t on plan changing\n  set plan to gold\n  {again}")
    assert not findings("trigger t on plan changing\n  where logins > 3\n  set logins to 0"), "`where` is no cause"
    assert not findings("trigger t on visit\n  where plan = free\n  set plan to gold")


def test_a_required_field_is_set_to_fixed_values_only() -> None:
    fields = {**SCHEMA.fields, "plan": replace(SCHEMA.fields["plan"], required=True)}
    schema = replace(SCHEMA, fields=fields)

    def codes(clause: str) -> list[str]:
        return [d.code for d in check([("a.play", f"trigger t on visit\n  {clause}")], schema, TEMPLATES).diagnostics]

    assert codes("set plan to gold") == []
    assert codes("set plan to missing") == ["K0380"]
    assert codes("set plan to plan") == ["K0380"]
