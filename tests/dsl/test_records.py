"""Our records are the standard library's frozen dataclasses, only made faster."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Any

import pytest

from dsl import model, tree
from dsl.records import dataclass, field


@dataclass(frozen=True, slots=True)
class Base:
    place: int = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Ours(Base):
    name: str
    many: tuple[int, ...] = ()
    made: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    one: int
    two: int = 2


@dataclasses.dataclass(frozen=True, slots=True)
class TheirBase:
    place: int = dataclasses.field(compare=False, repr=False, kw_only=True)


@dataclasses.dataclass(frozen=True, slots=True)
class Theirs(TheirBase):
    name: str
    many: tuple[int, ...] = ()
    made: dict[str, int] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Small:
    name: str
    size: int = 1


def test_values_defaults_and_representation() -> None:
    ours, theirs = Ours("a", (1,), place=3), Theirs("a", (1,), place=3)
    assert repr(ours) == repr(theirs).replace("Theirs", "Ours")
    assert (ours.name, ours.many, ours.made, ours.place) == ("a", (1,), {}, 3)
    assert Ours("a", place=1).made is not Ours("a", place=1).made
    assert [f.name for f in dataclasses.fields(Ours)] == [f.name for f in dataclasses.fields(Theirs)]
    assert Ours.__match_args__ == Theirs.__match_args__
    assert dataclasses.asdict(ours) == dataclasses.asdict(theirs)


def test_equality_leaves_out_what_is_not_compared() -> None:
    assert Ours("a", place=1) == Ours("a", place=2)
    assert Ours("a", place=1) != Ours("b", place=1)
    other: object = Named(one=1)
    assert Small("a") != other
    assert Small("a").__eq__(Base(place=1)) is NotImplemented
    assert len({Small("a"), Small("a", 1), Small("b")}) == 2


@pytest.mark.parametrize(
    ("cls", "arguments", "named"),
    [
        (Ours, (), {}),
        (Ours, ("a",), {}),
        (Ours, ("a",), {"place": 1, "more": 2}),
        (Named, (1,), {}),
        (Small, ("a", 1, 2), {}),
    ],
)
def test_a_wrong_call_is_refused(cls: Any, arguments: tuple[object, ...], named: dict[str, object]) -> None:
    with pytest.raises(TypeError, match=r"__init__\(\)"):
        cls(*arguments, **named)


def test_nothing_can_be_changed() -> None:
    one: Any = Small("a")
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.name = "b"
    with pytest.raises(dataclasses.FrozenInstanceError):
        del one.name
    with pytest.raises((dataclasses.FrozenInstanceError, AttributeError, TypeError)):
        one.other = 1
    assert not hasattr(one, "__dict__")
    assert dataclasses.replace(one, size=3) == Small("a", 3)


def test_copies_are_equal() -> None:
    one = Ours("a", (1, 2), {"x": 1}, place=4)
    for other in (copy.copy(one), copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert other == one
        assert other.place == 4


def test_trees_and_models_are_records_with_slots_only() -> None:
    for module in (tree, model):
        for value in vars(module).values():
            if isinstance(value, type) and dataclasses.is_dataclass(value):
                assert "__slots__" in vars(value), value
                assert value.__setattr__ is not object.__setattr__, value
