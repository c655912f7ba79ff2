"""One form for all ways to say the same: defines spelled out, order of `and`, `or` and lists ignored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from typing import Literal, NewType

from dsl.model import And, Arithmetic, Compare, Const, DefinedCondition, DefinedValue, Duration, InList, Model, Not, Or

Form = NewType("Form", int)
"""Stands for all ways to say one thing. Two forms of one `Forms` are equal if and only if they say the same."""

_FLIPPED: dict[str, Literal["=", "<", "<=", ">", ">="]] = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Forms:
    """The forms of one project. Each is made of smaller ones and kept once, so that defines which build upon each other
    many times over cost no more than their text."""

    def __init__(self, project: Model) -> None:
        self.project = project
        self._ids: dict[tuple[object, ...], Form] = {}
        self._parts: dict[tuple[str, Form], frozenset[Form]] = {}
        self._denied: dict[Form, Form] = {}
        self._named: dict[str, Form] = {}
        for name in project.order:  # each after what it reads, so that long chains stay shallow
            if name in project.defines:
                self._define(name)

    def of(self, node: object) -> Form:
        """The form of a node of the model. Spans, titles and everything else outside equality is left out."""
        match node:
            case DefinedCondition(name=name) | DefinedValue(name=name):
                return self._define(name)
            case And(items=items) | Or(items=items):
                return self._chain(type(node).__name__, [self.of(item) for item in items])
            case Not(item=item):
                return self._not(self.of(item))
            case Compare(op=op, left=left, right=right):
                one, other = self.of(left), self.of(right)
                if isinstance(left, Const) or (op == "=" and not isinstance(right, Const) and other < one):
                    one, op, other = other, _FLIPPED[op], one
                return self._kept("Compare", op, one, other)
            case InList(value=value, options=options):
                listed = sorted({self.of(option) for option in options})
                if len(listed) == 1:
                    return self._kept("Compare", "=", self.of(value), listed[0])
                return self._kept("InList", self.of(value), *listed)
            case Arithmetic():
                return self._arithmetic(node)
            case Duration() if (micros := node.micros()) is not None:
                return self._kept("elapsed", micros)
            case tuple():
                return self._kept("tuple", *(self.of(item) for item in node))
        if is_dataclass(node) and not isinstance(node, type):
            held = [self.of(getattr(node, one.name)) for one in fields(node) if one.compare]
            return self._kept(type(node).__name__, *held)
        return self._kept("leaf", type(node), node)

    def _kept(self, *key: object) -> Form:
        return self._ids.setdefault(key, Form(len(self._ids)))

    def _define(self, name: str) -> Form:
        if name not in self._named:
            defined = self.project.defines[name]
            said = defined.value if defined.condition is None else defined.condition
            self._named[name] = self.of(said)
        return self._named[name]

    def _chain(self, word: str, items: Iterable[Form]) -> Form:
        parts: set[Form] = set()
        for item in items:
            # `a and (b and c)` is `a and b and c`
            parts |= self._parts.get((word, item), {item})
        if len(parts) == 1:
            return next(iter(parts))
        form = self._kept(word, *sorted(parts))
        self._parts[word, form] = frozenset(parts)
        return form

    def _not(self, item: Form) -> Form:
        if item in self._denied:
            return self._denied[item]
        form = self._kept("Not", item)
        self._denied[form] = item
        return form

    def _arithmetic(self, node: Arithmetic) -> Form:
        """From left to right, however long."""
        steps = [node]
        while isinstance(steps[-1].left, Arithmetic):
            steps.append(steps[-1].left)
        form = self.of(steps[-1].left)
        for step in reversed(steps):
            form = self._kept("Arithmetic", step.op, form, self.of(step.right), self.of(step.type))
        return form
