"""People who come and go, invented: whoever is named is in the one version and not in the other."""

from __future__ import annotations

import pytest

from engine.review import changes
from engine.review.regions import Region, regions
from tests.engine.world import SCHEMA, ZURICH, at, model_of

NOW = at("2026-11-20T12:00")


def found(before: str, after: str) -> list[Region]:
    base, head = model_of(before), model_of(after)
    return list(regions(changes(base, head, SCHEMA), base, head, SCHEMA, ZURICH, NOW))


def segment(where: str) -> str:
    return f"segment s\n  where {where}\n"


@pytest.mark.parametrize(
    ("before", "after", "sides"),
    [
        ("visits >= 30", "visits >= 15", ["comes"]),
        ("visits >= 15", "visits >= 30", ["goes"]),
        ("visits = 3", "visits = 4", ["comes", "goes"]),
        ("did visit in last 7 days", "did visit in last 14 days", ["comes"]),
        ("active and consents to email", "active", ["comes"]),
        ("country = CH", "country in (CH, DE)", ["comes"]),
        ("visits > 2", "# the same\n    visits > 2", []),
    ],
)
def test_each_side_that_there_is_has_somebody(before: str, after: str, sides: list[str]) -> None:
    assert [one.side for one in found(segment(before), segment(after))] == sides


def test_the_bound_that_moved_is_where_somebody_stands() -> None:
    (one,) = found(segment("visits >= 30 and active"), segment("visits >= 15 and active"))
    assert (one.what, one.name, one.part) == ("segment", "s", "members")
    assert dict(one.somebody.fields) == {"visits": 15, "active": 1}


def test_who_is_named_through_what_is_read() -> None:
    reader = "trigger t\n  on visit\n  where in s\n  send email hello\n"
    one, other = found(segment("visits >= 30") + reader, segment("visits >= 15") + reader)
    assert (one.part, other.part, other.somebody) == ("members", "where", one.somebody)


def test_a_condition_that_nobody_can_meet_ends_the_search() -> None:
    many = " and ".join(f"(visits = {n} or height = {n}.00)" for n in range(1, 14))
    assert found(segment(f"visits > 2 and {many}"), segment(f"visits > 1 and {many}")) == []
