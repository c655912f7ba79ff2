"""A condition of the plan in the words of other engines: comparisons of fields with constants, lists, and, or, not.

That is what `decision_rules.play` says; anything else is a TypeError.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.plan_types import AllOf, Among, AnyOf, Comparison, Complement, Condition, Constant, FieldRef, Value

Constants = str | int


@dataclass(frozen=True, slots=True)
class Words:
    """How a language of expressions says it."""

    field: str
    """With {} for the name."""
    all_of: str
    any_of: str
    complement: str
    """With {} for the condition."""
    equal: str = "=="


PYTHON = Words('c["{}"]', " and ", " or ", "not ({})")
CEL = Words("{}", " && ", " || ", "!({})")
RULE_ENGINE = Words("{}", " and ", " or ", "not ({})")
ZEN = Words("{}", " and ", " or ", "not ({})")


def expression(condition: Condition, words: Words) -> str:
    """The condition in a language of expressions."""
    match condition:
        case AllOf(items=items):
            return words.all_of.join(f"({expression(item, words)})" for item in items)
        case AnyOf(items=items):
            return words.any_of.join(f"({expression(item, words)})" for item in items)
        case Complement(item=item):
            return words.complement.format(expression(item, words))
        case Comparison(op=op, left=left, right=right):
            sign = words.equal if op == "=" else op
            return f"{words.field.format(_field(left))} {sign} {json.dumps(_constant(right))}"
        case Among(value=value, options=options):
            return f"{words.field.format(_field(value))} in {json.dumps([option.value for option in options])}"
        case _:
            raise TypeError(f"no words for {condition!r}")


def json_logic(condition: Condition) -> Any:
    """The condition as JsonLogic."""
    match condition:
        case AllOf(items=items):
            return {"and": [json_logic(item) for item in items]}
        case AnyOf(items=items):
            return {"or": [json_logic(item) for item in items]}
        case Complement(item=item):
            return {"!": [json_logic(item)]}
        case Comparison(op=op, left=left, right=right):
            return {"===" if op == "=" else op: [{"var": _field(left)}, _constant(right)]}
        case Among(value=value, options=options):
            return {"in": [{"var": _field(value)}, [option.value for option in options]]}
        case _:
            raise TypeError(f"no words for {condition!r}")


OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def durable(condition: Condition, fact: Any, *, holds: bool = True) -> Any:
    """The condition over a fact of durable-rules. It has no `not`, so that is pushed down to the comparisons, where
    it is exact because no value is missing."""
    match condition:
        case AllOf(items=items) | AnyOf(items=items):
            parts = [durable(item, fact, holds=holds) for item in items]
            return _joined(parts, every=isinstance(condition, AllOf) is holds)
        case Complement(item=item):
            return durable(item, fact, holds=not holds)
        case Comparison(op=op, left=left, right=right):
            return _durable_test(op, getattr(fact, _field(left)), _constant(right), holds=holds)
        case Among(value=value, options=options):
            field = _field(value)
            parts = [_durable_test("=", getattr(fact, field), option.value, holds=holds) for option in options]
            return _joined(parts, every=not holds)
        case _:
            raise TypeError(f"no words for {condition!r}")


def _durable_test(op: str, field: Any, value: Constants, *, holds: bool) -> Any:
    if op == "=":
        return field == value if holds else field != value
    tests: dict[str, Callable[[], Any]] = {
        "<": lambda: field < value,
        "<=": lambda: field <= value,
        ">": lambda: field > value,
        ">=": lambda: field >= value,
    }
    return tests[op if holds else OPPOSITE[op]]()


def _joined(parts: list[Any], *, every: bool) -> Any:
    found = parts[0]
    for part in parts[1:]:
        found = found & part if every else found | part
    return found


def _field(value: Value) -> str:
    if not isinstance(value, FieldRef):
        raise TypeError(f"no words for {value!r}")
    return value.name


def _constant(value: Value) -> Constants:
    if not isinstance(value, Constant):
        raise TypeError(f"no words for {value!r}")
    return value.value
