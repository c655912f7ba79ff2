"""An edit alone fires nothing: what ticks remember goes on from the tick before by the new text."""

from __future__ import annotations

import pytest

from engine.plan import make_plan
from tests.engine.world import SCHEMA, ZURICH, World, model_of

LASTING = """
segment s where country = {}
segment lasting where in s for 7 days

trigger left
  on leaving lasting
  notify sales "x"

trigger came
  on entering lasting
  notify sales "x"
"""

FADING = """
score s
  +{} on visit
  halve every 30 days
  stage cool from 0
  stage hot  from 40 leave below 30

trigger fell
  on s falling below hot
  notify sales "x"

trigger rose
  on s reaching hot
  notify sales "x"
"""


def hashes(text: str) -> dict[str, str]:
    return dict(make_plan(model_of(text), SCHEMA, ZURICH).definition_hashes)


def test_who_was_inside_for_a_time_hangs_on_the_text_of_the_segment_and_not_on_its_name() -> None:
    first = "segment s where country = CH\nsegment l where in s for 7 days"
    renamed = "segment t was s where country = CH\nsegment l where in t for 7 days"
    edited = "segment s where country = DE\nsegment l where in s for 7 days"
    another = "segment s where country = CH\nsegment other where country = CH\nsegment l where in other for 7 days"
    assert hashes(first)["segment l"] == hashes(renamed)["segment l"]
    assert hashes(first)["segment l"] != hashes(edited)["segment l"]
    assert hashes(first)["segment l"] != hashes(another)["segment l"], "its intervals are others"


@pytest.mark.parametrize("executor", ["interpreter", "sql"])
def test_an_edit_of_a_segment_moves_those_who_were_in_it_for_a_time_without_firing(executor: str) -> None:
    world = World(LASTING.format("CH"), active_from="2026-01-01", executor=executor)
    world.contact("anna", country="CH")
    world.tick("2026-05-01T00:00")
    assert world.tick("2026-05-08T00:00").fired == {"came": 1}
    world.play(LASTING.format("DE"))
    assert world.tick("2026-05-09T00:00").fired == {}


@pytest.mark.parametrize("executor", ["interpreter", "sql"])
def test_who_was_out_by_the_new_text_begins_a_new_interval(executor: str) -> None:
    """She comes in by the new text at the very tick that sees the edit: seven days have to pass from there."""
    world = World(LASTING.format("CH"), active_from="2026-01-01", executor=executor)
    world.contact("anna", country="CH")
    world.tick("2026-05-01T00:00")
    world.tick("2026-05-08T00:00")
    # by the new text she was out at the tick before, and a visit since has brought her in
    world.play(LASTING.replace("country = {}", "did visit"))
    world.event("visit", "anna", "2026-05-08T12:00")
    assert world.tick("2026-05-09T00:00").evaluation.segments["lasting"] == frozenset()
    assert world.tick("2026-05-15T23:59").fired == {}
    assert world.tick("2026-05-16T00:00").fired == {"came": 1}


@pytest.mark.parametrize("executor", ["interpreter", "sql"])
def test_a_stage_that_the_new_text_gave_at_the_tick_before_is_left_at_its_lower_edge(executor: str) -> None:
    """41 points by the new text at the tick before, 37 and a half now: a stage with `leave below 30` is not left."""
    world = World(FADING.format(10), active_from="2026-01-01", executor=executor)
    world.contact("anna")
    world.event("visit", "anna", "2026-05-01T00:00")
    world.tick("2026-05-01T01:00")
    world.play(FADING.format(41))
    report = world.tick("2026-05-05T02:00")
    assert report.evaluation.stages["s"] == {"anna": "hot"}
    assert report.fired == {}
    assert world.tick("2026-06-01T02:00").fired == {"fell": 1}


@pytest.mark.parametrize("cause", ["when did visit and country = CH", "when country = CH and m"])
def test_a_name_for_a_part_of_a_condition_swallows_no_change(cause: str) -> None:
    """A late visit is a change of this tick, also where the condition was pulled apart in the meantime."""
    text = 'define m = did visit\n\ntrigger t\n  {}\n  notify sales "x"\n'
    world = World(text.format("when did visit and country = CH"), active_from="2026-01-01")
    world.contact("anna", country="CH")
    world.tick("2026-05-01T00:00")
    world.event("visit", "anna", "2026-04-30T23:59")
    world.play(text.format(cause))
    assert world.tick("2026-05-01T01:00").fired == {"t": 1}


def test_what_a_cause_says_by_names_is_part_of_its_meaning() -> None:
    text = (
        'define m = visits > {}\n\nsegment s where m\n\ntrigger t\n  when in s and country = CH\n  notify sales "x"\n'
    )
    assert hashes(text.format(3))["cause t"] != hashes(text.format(4))["cause t"]
    assert hashes(text.format(3))["cause t"] == hashes(text.format(3).replace("in s and", "m and"))["cause t"]


CLASSED = (
    FADING[: FADING.index("trigger fell")]
    + """
class among_hot
  by visits
  where stage of s = hot
  tier first_one top 1
  tier others    rest

segment first where class of among_hot = first_one

trigger left
  on leaving first
  notify sales "x"
"""
)


@pytest.mark.parametrize("executor", ["interpreter", "sql"])
def test_a_class_reads_the_stage_that_the_new_text_gave_at_the_tick_before(executor: str) -> None:
    """By the new text more than 40 points until the tick before, fewer at the midnight after it: the stage is not
    left, nor is the class."""
    world = World(CLASSED.format(10), active_from="2026-01-01", executor=executor)
    world.contact("anna", visits=5)
    world.event("visit", "anna", "2026-05-01T00:00")
    world.tick("2026-05-03T10:00")
    world.play(CLASSED.format(43))
    report = world.tick("2026-05-06T10:00")
    assert report.evaluation.classes["among_hot"] == {"anna": "first_one"}
    assert report.fired == {}
