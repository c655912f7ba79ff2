"""Kinds of change, from two texts: what each clause does, and that names, order and layout do nothing."""

from __future__ import annotations

import pytest

from engine.review import Change, changes
from tests.engine.world import SCHEMA, model_of

SCORE = """score lead_score
  +10 on visit
  +5 when plan = pro
  stage cold from 0
  stage warm from 20
  stage hot from 50
"""


def found(before: str, after: str) -> dict[str, Change]:
    return {one.name: one for one in changes(model_of(before), model_of(after), SCHEMA)}


def kinds(before: str, after: str) -> dict[str, str]:
    return {name: change.kind for name, change in found(before, after).items()}


def segment(where: str) -> str:
    return f"segment s\n  where {where}\n"


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("visits >= 3", "visits >= 2", "widening"),
        ("visits >= 3", "visits > 3", "narrowing"),
        ("visits >= 3", "visits > 2", None),
        ("visits = 3", "visits = 4", "moved"),
        ("visits between 1 and 5", "visits between 2 and 6", "undecidable"),
        ("country = CH", "country in (CH, DE)", "widening"),
        ("country in (CH, DE)", "country = DE", "narrowing"),
        ("plan >= plus", "plan = pro", "narrowing"),
        ("country = CH", "country = CH and active", "narrowing"),
        ("country = CH and active", "active and country = CH", None),
        ("country = CH and active and visits > 1", "country = CH and active", "widening"),
        ("country = CH", "country = CH or active", "widening"),
        ("not (visits > 2)", "not (visits > 3)", "widening"),
        ("did visit in last 7 days", "did visit in last 14 days", "widening"),
        ("did visit in last 7 days", "did visit at least 2 times in last 7 days", "narrowing"),
        ("did visit with (seconds > 10) in last 7 days", "did visit in last 7 days", "widening"),
        ("did visit with (seconds > 10) in last 7 days", "did visit with (seconds > 5) in last 8 days", "widening"),
        ("did visit with (seconds > 10)", "did visit with (seconds > 5) in last 8 days", "undecidable"),
        ("did not visit in last 7 days", "did not visit in last 14 days", "narrowing"),
        ("did visit", "did purchase", "undecidable"),
        ("sample 10 % as pilot", "sample 20 % as pilot", "widening"),
        ("consents to email", "consents to email for newsletter", "undecidable"),
        ("visits is known", "visits > 3", "narrowing"),
        ("signed_up in last 30 days", "signed_up in last 7 days", "narrowing"),
        ("(country = CH or country = DE) and active", "country = CH and active", "narrowing"),
        ("everyone", "active", "narrowing"),
    ],
)
def test_a_condition_holds_for_more_or_for_fewer(before: str, after: str, kind: str | None) -> None:
    assert kinds(segment(before), segment(after)) == ({} if kind is None else {"s": kind})


def test_a_part_that_is_given_a_name_changes_nothing() -> None:
    named = "define keen = visits > 2 and active\n\nsegment s\n  where keen and country = CH\n"
    assert kinds(segment("visits > 2 and active and country = CH"), named) == {}


def test_what_reads_a_changed_block_is_told_through_it() -> None:
    more = "segment t\n  where in s and active\n"
    one = found(segment("visits > 3") + more, segment("visits > 2") + more)
    assert {name: change.kind for name, change in one.items()} == {"s": "widening", "t": "widening"}
    (reason,) = one["t"].reasons
    assert reason.through == "s"


def test_of_a_long_condition_the_part_is_told_that_differs() -> None:
    before, after = "active and visits > 3 and country = CH", "active and visits > 2 and country = CH"
    (reason,) = found(segment(before), segment(after))["s"].reasons
    assert reason.span is not None
    assert reason.span.text(segment(after)) == "visits > 2"


def test_points_make_dependents_undecidable() -> None:
    reader = "segment keen\n  where lead_score >= 50\n"
    one = found(SCORE + reader, SCORE.replace("+10", "+20") + reader)
    assert {name: change.kind for name, change in one.items()} == {"lead_score": "points", "keen": "undecidable"}
    (reason,) = one["lead_score"].reasons
    assert (reason.clause, reason.before, reason.after) == ("rule", "+10", "+20")
    assert one["keen"].reasons[0].through == "lead_score"


def test_a_stage_that_moves_is_points() -> None:
    one = found(SCORE, SCORE.replace("from 50", "from 40"))
    assert one["lead_score"].kind == "points"
    assert one["lead_score"].reasons[0].clause == "stage hot"


def trigger(*clauses: str, cause: str = "on visit", send: str = "send email hello", name: str = "hi") -> str:
    return "\n  ".join((f"trigger {name}", cause, *clauses, send)) + "\n"


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (trigger(), trigger("where active"), "narrowing"),
        (trigger("where active"), trigger(), "widening"),
        (trigger("wait 1 hour unless active"), trigger("wait 1 hour"), "widening"),
        (trigger("wait 1 hour"), trigger("wait 1 hour unless active"), "narrowing"),
        (trigger(cause="on visit with (seconds > 5)"), trigger(cause="on visit with (seconds > 3)"), "widening"),
        (trigger(), trigger(cause="on purchase"), "undecidable"),
        (trigger(), trigger(send="send email welcome"), "content"),
        (trigger(), trigger(send="send email hello\n    else send letter welcome"), "new send"),
        (trigger(send="send email hello\n    else send letter welcome"), trigger(), "removed send"),
        (trigger(), trigger("again never"), "narrowing"),
        (trigger("again after 7 days"), trigger("again after 3 days"), "widening"),
        (trigger(), trigger("priority 90"), "priority"),
        (trigger(), trigger('category transactional because "a receipt"'), "cap loosened"),
        (trigger(), trigger("purpose newsletter"), "undecidable"),
        (trigger(), trigger("wait 2 hours"), "timing"),
        (trigger(), trigger("holdout 10 %"), "narrowing"),
        (trigger(), trigger('paused "a mistake"'), "narrowing"),
        (trigger(), trigger("deliver between 09:00 and 11:00"), "timing"),
        (trigger(), "", "removed send"),
        ("", trigger(), "new send"),
    ],
)
def test_a_trigger(before: str, after: str, kind: str) -> None:
    assert kinds(before, after) == {"hi": kind}


def test_each_way_of_one_channel_is_compared_with_its_own() -> None:
    offers = "offer small\n  discount 10 %\n\noffer large\n  discount 90 %\n\n"
    before = offers + trigger(send="send email hello with offer small\n    else send email news")
    after = before.replace("with offer small", "with offer large")
    (reason,) = found(before, after)["hi"].reasons
    assert (reason.kind, reason.before) == ("content", "email hello with offer small")
    more = before.replace("else send email news", "else send email news\n    else send email promo")
    assert kinds(before, more) == {"hi": "new send"}


def test_a_rename_is_told_and_nothing_else() -> None:
    renamed = trigger(name="hello_again was hi")
    one = found(trigger(), renamed)["hello_again"]
    assert [reason.kind for reason in one.reasons] == ["renamed"]
    assert kinds(trigger(), trigger(name="hello_again")) == {"hi": "removed send", "hello_again": "new send"}


def test_entering_a_segment_that_changed() -> None:
    entering = trigger(cause="on entering s")
    one = found(segment("visits > 3") + entering, segment("visits > 2") + entering)
    assert one["hi"].kind == "undecidable"
    assert one["hi"].reasons[0].through == "s"


CAP = "cap weekly at most 2 email per 7 days\n"


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (CAP, CAP.replace("2", "3"), "cap loosened"),
        (CAP, CAP.replace("2", "1"), "cap tightened"),
        (CAP, CAP.replace("7 days", "5 days"), "cap loosened"),
        (CAP, CAP.replace("7 days", "2 weeks"), "cap tightened"),
        (CAP, CAP.replace("7 days", "local week"), "undecidable"),
        (CAP, CAP.replace("email", "messages"), "cap tightened"),
        (CAP, CAP.rstrip() + " where active\n", "cap loosened"),
        (CAP, "", "cap loosened"),
        ("", CAP, "cap tightened"),
    ],
)
def test_a_cap(before: str, after: str, kind: str) -> None:
    assert kinds(before, after) == {"weekly": kind}


QUIET = "quiet night from 21:00 to 08:00\n"


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (QUIET, QUIET.replace("21:00", "22:00"), "cap loosened"),
        (QUIET, QUIET.replace("08:00", "09:00"), "cap tightened"),
        (QUIET, QUIET.replace("21:00 to 08:00", "20:00 to 07:00"), "undecidable"),
        (QUIET, "", "cap loosened"),
    ],
)
def test_quiet_hours(before: str, after: str, kind: str) -> None:
    assert kinds(before, after) == {"night": kind}


def test_who_is_suppressed() -> None:
    before = "suppress dispute from promotional where visits > 3\n"
    assert kinds(before, before.replace("> 3", "> 5")) == {"dispute": "cap loosened"}
    assert kinds(before, before.replace(" from promotional", "")) == {"dispute": "cap tightened"}


def test_layout_comments_and_order_change_nothing() -> None:
    text = segment("visits > 2") + SCORE + trigger() + CAP
    other = (
        CAP
        + trigger()
        + "# a note\n\n"
        + SCORE.replace("score lead_score", 'score lead_score "Leads"')
        + segment("visits > 2")
    )
    assert found(text, other) == {}
