"""Ways through the model and the trees that do not know every kind of node, so that a new kind is walked as well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from typing import get_args

from dsl import model
from dsl.model import And, Block, Condition, DefinedCondition, Not, Or

_CONDITIONS: tuple[type, ...] = get_args(Condition)


def is_condition(node: object) -> bool:
    """Whether a node of the model is a condition, of whatever kind."""
    return isinstance(node, _CONDITIONS)


def children(node: object) -> Iterator[object]:
    """The dataclasses that a dataclass holds, directly or in tuples; spans are none."""
    if not is_dataclass(node) or isinstance(node, type):
        return
    for one in fields(node):
        if one.name == "span":
            continue
        held = getattr(node, one.name)
        for item in held if isinstance(held, tuple) else (held,):
            if is_dataclass(item) and not isinstance(item, type):
                yield item
            elif isinstance(item, tuple):
                yield from (part for part in item if is_dataclass(part) and not isinstance(part, type))


def walk(node: object) -> Iterator[object]:
    """The node and everything below it, in order of the text."""
    todo = [node]
    while todo:
        one = todo.pop()
        yield one
        todo.extend(reversed(list(children(one))))


def roots(block: Block) -> Iterator[Condition]:
    """The whole conditions of a block: what follows `where`, `when`, `unless` and stands inside `with (..)`."""
    todo: list[tuple[object, bool]] = [(block, False)]
    while todo:
        one, inside = todo.pop()
        here = is_condition(one)
        if here and not inside:
            yield one  # type: ignore[misc]  # `is_condition` says so
        joins = here and isinstance(one, And | Or | Not)
        todo.extend((part, joins) for part in reversed(list(children(one))))


def joined(node: Condition) -> tuple[Condition, ...]:
    """The parts of `and`, `or` and `not`; none of anything else."""
    match node:
        case And(items=items) | Or(items=items):
            return items
        case Not(item=item):
            return (item,)
    return ()


def meant(node: Condition, project: model.Model) -> Condition:
    """The condition that a defined name stands for, else itself."""
    while isinstance(node, DefinedCondition):
        defined = project.defines[node.name].condition
        if defined is None:
            break
        node = defined
    return node


def value_meant(node: model.Value, project: model.Model) -> model.Value:
    """The value that a defined name stands for, else itself."""
    while isinstance(node, model.DefinedValue):
        defined = project.defines[node.name].value
        if defined is None:
            break
        node = defined
    return node


def holds_only(node: object, *names: str) -> bool:
    """Whether a node says nothing beyond these parts: whatever else its class can hold is at its default.

    What the language learns later is then taken as not understood, rather than misunderstood.
    """
    assert is_dataclass(node)
    for one in fields(node):
        if one.compare and one.name not in names:
            default = one.default if one.default_factory is MISSING else one.default_factory()
            if getattr(node, one.name) != default:
                return False
    return True
