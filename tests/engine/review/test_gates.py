"""Which changes come through which gate, and which lines in which commits approve them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.review import changes
from engine.review.approval import Commit, Verdict, judged
from engine.review.gates import Demand, demands
from engine.review.measure import Measures, Moved
from engine.review_rules import NO_GATES, Gate, GateRules
from tests.engine.world import SCHEMA, model_of

ALL = GateRules(
    widening=100_000,
    priority=60,
    asked=frozenset({"cap_loosened", "caps_undecidable", "quiet_shortened", "transactional", "consent_removed"}),
)
CAP = "cap weekly\n  at most 3 messages per 7 days\n"
QUIET = "quiet night\n  from 21:00 to 08:00\n"
TRANSACTIONAL = ("category transactional", 'because "a contract"')
SUPPRESS = "suppress few\n  where visits < 2\n"


def trigger(*clauses: str, where: str = "active") -> str:
    lines = "".join(f"  {clause}\n" for clause in clauses)
    return f"trigger t\n  on visit\n  where {where}\n  send email hello\n{lines}"


def asked(before: str, after: str, rules: GateRules = ALL, measures: Measures | None = None) -> tuple[Demand, ...]:
    base, head = model_of(before), model_of(after)
    measures = Measures(1_000) if measures is None else measures
    return demands(rules, base, head, SCHEMA, changes(base, head, SCHEMA), measures)


def gates(before: str, after: str) -> list[Gate]:
    return [one.gate for one in asked(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (CAP, CAP.replace("3", "4"), ["cap_loosened"]),
        (CAP, CAP.replace("3", "2"), []),
        (CAP, "", ["cap_loosened"]),
        (SUPPRESS, SUPPRESS.replace("2", "1"), ["cap_loosened"]),
        (CAP, CAP.replace("per 7 days", "per local week"), ["caps_undecidable"]),
        (SUPPRESS, SUPPRESS.replace("visits < 2", "visits > 5"), ["caps_undecidable"]),
        (QUIET, QUIET.replace("21:00", "22:00"), ["quiet_shortened"]),
        (QUIET, QUIET.replace("21:00 to 08:00", "20:00 to 07:00"), ["quiet_shortened"]),
        (QUIET, QUIET.replace("21:00", "20:00"), []),
        (QUIET, "", ["quiet_shortened"]),
        (trigger(), trigger(*TRANSACTIONAL), ["cap_loosened", "transactional"]),
        ("", trigger(*TRANSACTIONAL), ["widening", "transactional"]),
        (trigger(*TRANSACTIONAL), trigger(), []),
        (trigger("priority 50"), trigger("priority 61"), ["priority"]),
        (trigger("priority 50"), trigger("priority 60"), []),
        (trigger("priority 80"), trigger("priority 70"), []),
        (trigger("purpose marketing"), trigger("purpose newsletter"), ["widening", "consent_removed"]),
        (trigger(where="active and consents to email"), trigger(where="active"), ["widening", "consent_removed"]),
        (
            trigger(where="active and consents to email"),
            trigger(where="active or consents to email"),
            ["widening", "consent_removed"],
        ),
        (
            trigger(where="active and consents to email"),
            trigger(where="consents to email and visits > 2"),
            ["widening"],
        ),
        (trigger(), trigger("tags sale"), ["caps_undecidable"]),
        (trigger(), trigger(), []),
    ],
)
def test_what_comes_through_a_gate(before: str, after: str, expected: list[Gate]) -> None:
    assert gates(before, after) == expected


def test_a_consent_that_a_segment_no_longer_asks_for_is_missed_by_who_reads_it() -> None:
    segment = "segment s\n  where active and consents to email\n\n"
    reader = trigger(where="in s")
    found = {one.gate: one for one in asked(segment + reader, segment.replace(" and consents to email", "") + reader)}
    assert [hit.name for hit in found["consent_removed"].hits] == ["s", "t"]


@pytest.mark.parametrize(("entered", "expected"), [(100, []), (101, ["widening"])])
def test_widening_is_measured_in_people(entered: int, expected: list[Gate]) -> None:
    before, after = "segment s\n  where visits > 3\n", "segment s\n  where visits > 2\n"
    counted = Measures(1_000, {("segment", "s", "members"): Moved(200, 200 + entered, entered, 0)})
    assert [one.gate for one in asked(before, after, measures=counted)] == expected


def test_who_leaves_unless_is_reached() -> None:
    before = trigger("unless visits > 2").replace("  unless", "  wait 1 day\n  unless")
    after = before.replace("visits > 2", "visits > 3")
    counted = Measures(1_000, {("trigger", "t", "unless"): Moved(500, 100, 0, 400)})
    assert [one.gate for one in asked(before, after, measures=counted)] == ["widening"]


def test_a_new_trigger_counts_whom_it_can_reach() -> None:
    few = Measures(1_000, {("trigger", "t", "where"): Moved(None, 90, 0, 0)})
    assert asked("", trigger(), measures=few) == ()
    many = Measures(1_000, {("trigger", "t", "where"): Moved(None, 900, 0, 0)})
    assert [one.gate for one in asked("", trigger(), measures=many)] == ["widening"]


def test_a_trigger_that_begins_to_send_reaches_all_and_a_further_way_is_not_counted() -> None:
    told = 'trigger t\n  on visit\n  notify sales "a visit"\n'
    sends = told.replace('notify sales "a visit"', "send email hello")
    (first,) = asked(told, sends)
    assert first.gate == "widening"
    (further,) = asked(sends, sends.rstrip() + "\n    else send letter hello\n")
    assert [hit.why for hit in further.hits] == ["it sends by one way more, and whom that reaches is not counted"]


def test_without_counts_whatever_may_widen_is_above_the_share() -> None:
    base, head = model_of("segment s\n  where visits > 3\n"), model_of("segment s\n  where visits > 2\n")
    found = changes(base, head, SCHEMA)
    assert [one.gate for one in demands(ALL, base, head, SCHEMA, found, None)] == ["widening"]
    back = changes(head, base, SCHEMA)
    assert demands(ALL, head, base, SCHEMA, back, None) == ()


def test_without_gates_nothing_is_asked_and_with_them_their_own_change_is() -> None:
    model = model_of(CAP)
    assert demands(NO_GATES, model, model, SCHEMA, (), None, ("{}", "other")) == ()
    assert [one.gate for one in demands(ALL, model, model, SCHEMA, (), None, ("{}", "other"))] == ["review"]


def demand(limit: int = 4) -> Demand:
    (one,) = asked(CAP, CAP.replace("3", str(limit)))
    return one


WORK = Commit("a" * 40, "bo@shop.example", "bo@shop.example", empty=False, message="More room")
TODAY = 20261128


def approving(line: str, by: str = "ana@shop.example", committer: str | None = None, *, empty: bool = True) -> Commit:
    return Commit("b" * 40, by, by if committer is None else committer, empty, f"Yes\n\nKadenz-Approves: {line}\n")


def verdict(*commits: Commit, clean: bool = True) -> Verdict:
    approvers = {"all": ("bo@shop.example",), "cap_loosened": ("Ana@shop.example",)}
    (found,) = judged([demand()], commits, approvers, TODAY, clean=clean)
    return found


def test_an_approver_approves_what_it_is_now() -> None:
    found = verdict(WORK, approving(f"cap_loosened {demand().digest} until 2026-11-28: agreed with support"))
    assert found.approved is not None
    assert (found.approved.by, found.approved.why) == ("ana@shop.example", "agreed with support")


@pytest.mark.parametrize(
    ("commit", "why"),
    [
        (approving(f"cap_loosened {demand().digest}: ok", by="bo@shop.example"), "an author of this change"),
        (approving(f"cap_loosened {demand().digest}: ok", by="eve@shop.example"), "not among the approvers"),
        (approving(f"cap_loosened {demand(5).digest}: ok"), "for another content"),
        (approving(f"cap_loosened {demand().digest} until 2026-11-27: ok"), "has expired"),
        (approving(f"cap_loosened {demand().digest}: ok", empty=False), "an author of this change"),
        (approving(f"cap_loosened {demand().digest}: ok", committer="BO@shop.example"), "written this commit anew"),
    ],
)
def test_other_approvals_do_not_count(commit: Commit, why: str) -> None:
    found = verdict(WORK, commit)
    assert not found.met
    (problem,) = found.problems
    assert why in problem


def test_lines_without_a_reason_and_lines_for_other_gates_say_nothing() -> None:
    digest = demand().digest
    found = verdict(WORK, approving(f"cap_loosened {digest}:"), approving(f"widening {digest}: ok"))
    assert (found.met, found.problems) == (False, ())


def test_who_wrote_along_is_an_author() -> None:
    work = replace(WORK, message="More room\n\nCo-authored-by: Ana <ANA@shop.example>\n")
    assert not verdict(work, approving(f"cap_loosened {demand().digest}: ok")).met


def test_what_is_not_committed_cannot_be_approved() -> None:
    commit = approving(f"cap_loosened {demand().digest}: ok")
    assert verdict(WORK, commit).met
    assert not verdict(WORK, commit, clean=False).met


def test_an_approval_outlives_other_layout_and_not_another_definition_that_is_read() -> None:
    where = "\n  where in s\n"
    base = "segment s\n  where active\n\n" + CAP
    one = asked(base, base.replace("3", "4").replace("7 days\n", "7 days" + where))
    same = asked(base, "# more\n" + base.replace("3", "4").replace("7 days\n", "7 days" + where.replace("  w", "   w")))
    other = asked(
        base, base.replace("3", "4").replace("7 days\n", "7 days" + where).replace("where active", "where visits > 1")
    )
    digest = {x.gate: x.digest for x in one}["cap_loosened"]
    assert {x.gate: x.digest for x in same}["cap_loosened"] == digest
    assert {x.gate: x.digest for x in other}["cap_loosened"] != digest
