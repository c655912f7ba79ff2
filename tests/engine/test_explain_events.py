"""What an explanation says about sets, samples, sequences, days, intervals and facts."""

from __future__ import annotations

import pytest

from dsl.types import Stored
from engine.evaluation import Memory
from engine.explain import Explainer
from engine.interpret import Reader, Setting
from engine.keys import bucket
from engine.records import Contact, ContactData, Event
from tests.engine.world import SCHEMA, ZURICH, at, model_of

NOW = at("2026-05-20T12:00")


def seen(where: str) -> tuple[bool, tuple[str, ...]]:
    """Whether a condition holds for Anna, and what the explanation saw."""
    text = f"segment buyers where did purchase\nsegment s where {where}\n"
    model = model_of(text)
    events = {
        "cart_added": (Event("cart_added", "c1", "anna", at("2026-05-10T12:00")),),
        "purchase": (
            Event("purchase", "p1", "anna", at("2026-05-10T13:00"), 0, {"product": "X"}),
            Event("purchase", "p2", "anna", at("2026-05-12T13:00")),
        ),
    }
    memory = Memory(entered={"buyers": {"anna": at("2026-05-10T14:00")}})
    known: dict[str, Stored] = {"contact_id": "anna", "visits": 3, "home": "47.3779,8.5402"}
    data = ContactData(Contact("anna", known), events)
    reader = Reader(Setting(model, NOW, ZURICH, SCHEMA, memory), data)
    clause = Explainer(reader, {"test.play": text}).clause(model.segments["s"].where)
    return clause.holds, clause.seen


@pytest.mark.parametrize(
    ("where", "holds", "told"),
    [
        ("did cart_added then purchase within 2 hours", True, "cart_added: 1 time, 1 with purchase in time"),
        ("did cart_added without purchase within 2 hours", False, "cart_added: 1 time, 0 without purchase in time"),
        ("did purchase on at least 2 different local days", True, "purchase: on 2 days"),
        ("did purchase within 1 day of first cart_added", True, "purchase: 1 time"),
        ("in buyers for 7 days", True, "inside buyers since 2026-05-10 16:00"),
        ("greatest of (visits, 2) > 2", True, "greatest of (visits, 2) is 3"),
        ('last purchase.product = "X"', True, "last purchase.product is X"),
    ],
)
def test_what_was_seen(where: str, holds: bool, told: str) -> None:
    assert seen(where) == (holds, (told,))


@pytest.mark.parametrize(
    ("where", "holds", "apart"),
    [
        ("home within 500 m of (47.3769, 8.5417)", True, "158 m apart"),
        ("home within 5 km of (46.948, 7.4474)", False, "95.5 km apart"),
    ],
)
def test_how_far_apart_two_points_lie(where: str, holds: bool, apart: str) -> None:
    assert seen(where) == (holds, ("home is 47.3779, 8.5402", apart))


def test_lists_are_told() -> None:
    text = "segment s\n  include list press\n  where visits > 5\n  exclude list staff\n"
    model = model_of(text)
    memory = Memory(lists={"press": frozenset({"anna"})})
    reader = Reader(Setting(model, NOW, ZURICH, SCHEMA, memory), ContactData(Contact("anna", {"visits": 3}), {}))
    clause = Explainer(reader, {"test.play": text}).clause(model.segments["s"].where)
    inside, outside = clause.parts
    assert [(part.text, part.holds, part.seen) for part in (*inside.parts, outside)] == [
        ("include list press", True, ("on list press",)),
        ("visits > 5", False, ("visits is 3",)),
        ("exclude list staff", True, ("not on list staff",)),
    ]
    assert clause.holds


def test_where_somebody_stands_in_a_sample() -> None:
    holds, (told,) = seen("sample 100 % as spring")
    assert holds
    assert told == f"stands at {bucket('spring', 'anna') / 10_000:.4f} % of sample spring"
