"""One form for all ways to say the same: defines spelled out, order of `and`, `or` and lists ignored."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import fields, is_dataclass
from typing import Literal

from dsl.lint.walk import meant, value_meant
from dsl.model import And, Compare, Const, DefinedCondition, DefinedValue, Duration, InList, Model, Not, Or

_FLIPPED: dict[str, Literal["=", "<", "<=", ">", ">="]] = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def canon(node: object, project: Model) -> Hashable:
    """A hashable form; equal forms say the same. Spans, titles and everything else outside equality is left out."""
    match node:
        case DefinedCondition():
            return canon(meant(node, project), project) if meant(node, project) is not node else ("name", node.name)
        case DefinedValue():
            spelled = value_meant(node, project)
            return canon(spelled, project) if spelled is not node else ("name", node.name)
        case And(items=items) | Or(items=items):
            parts: set[Hashable] = set()
            word = type(node).__name__
            for item in items:
                form = canon(item, project)
                # `a and (b and c)` is `a and b and c`
                parts |= set(form[1]) if isinstance(form, tuple) and form and form[0] == word else {form}
            return next(iter(parts)) if len(parts) == 1 else (word, _ordered(parts))
        case Not(item=item):
            form = canon(item, project)
            return form[1] if isinstance(form, tuple) and form[:1] == ("Not",) else ("Not", form)
        case Compare(op=op, left=left, right=right):
            one, other = canon(left, project), canon(right, project)
            if isinstance(left, Const) or (op == "=" and not isinstance(right, Const) and repr(other) < repr(one)):
                one, op, other = other, _FLIPPED[op], one
            return ("Compare", op, one, other)
        case InList(value=value, options=options):
            of = canon(value, project)
            if len(options) == 1:
                return ("Compare", "=", of, canon(options[0], project))
            return ("InList", of, _ordered(canon(option, project) for option in options))
        case Duration() if (micros := node.micros()) is not None:
            return ("elapsed", micros)
        case tuple():
            return tuple(canon(item, project) for item in node)
    if is_dataclass(node) and not isinstance(node, type):
        held = (canon(getattr(node, one.name), project) for one in fields(node) if one.compare)
        return (type(node).__name__, *held)
    return node


def _ordered(forms: Iterable[Hashable]) -> tuple[Hashable, ...]:
    return tuple(sorted(set(forms), key=repr))
