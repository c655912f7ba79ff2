"""The statements of a plan, each made when it is first asked for and kept: in memory, and where there is a place for it
beyond the end of the process, because to make one takes as long as an hour's evaluation.

What is kept for later is found by everything that it is made of: the plan, the schema, the engine, the scope, and the
program itself (`Kept.program`). So there is nothing to bring up to date, and whatever is lost is made anew.
"""

from __future__ import annotations

from functools import cached_property
from typing import Protocol

from dsl.model import Condition
from engine.evaluation import EVERYTHING, Named, Scope
from engine.plan import Plan
from engine.plan_dump import condition_json, digest, leaf_json
from engine.plan_schema import schema_json
from engine.sql.statement import Statement
from engine.sql.stored import read, written


class Kept(Protocol):
    """Texts that outlive the process, by key."""

    @property
    def program(self) -> str:
        """What tells this program apart from others, that may make other statements of the same plan."""
        ...

    def get(self, key: str) -> str | None:
        """The text as it was put; None if it is not there, or not whole."""
        ...

    def put(self, key: str, text: str) -> None:
        """Keep a text; where that cannot be, nothing happens."""
        ...


class Statements:
    """The statements of a plan; executors over several stores share them. `kept`: None keeps them in memory alone."""

    def __init__(self, plan: Plan, kept: Kept | None = None) -> None:
        self.plan = plan
        self._kept = kept
        self._whole: dict[tuple[str, bool, frozenset[Named] | None, bool], Statement] = {}
        self._conditions: dict[tuple[str, Condition], Statement] = {}
        self._standings: dict[tuple[str, bool], Statement] = {}

    def whole(self, dialect: str, scope: Scope = EVERYTHING) -> Statement:
        """The statement of an evaluation; it is the same for any contacts."""
        key = dialect, scope.among is not None, scope.only, scope.flips
        if key not in self._whole:
            # what an edit asks for is asked once
            name = None if scope.only is not None else f"whole among={key[1]} flips={scope.flips}"
            found = self._found(dialect, name)
            if found is None:
                from engine.sql.compiling import compile_plan
                from engine.sql.stating import stated

                found = self._made(dialect, name, stated(compile_plan(self.plan, dialect, scope)))
            self._whole[key] = found
        return self._whole[key]

    def standings(self, dialect: str, *, tiers_alone: bool) -> Statement:
        """The statement of all classes, as of the last midnight."""
        if (dialect, tiers_alone) not in self._standings:
            name = f"classes tiers={tiers_alone}"
            found = self._found(dialect, name)
            if found is None:
                from engine.sql.compiling import compile_classes
                from engine.sql.stating import stated

                compiled = compile_classes(self.plan, dialect, tiers_alone=tiers_alone)
                found = self._made(dialect, name, stated(compiled))
            self._standings[dialect, tiers_alone] = found
        return self._standings[dialect, tiers_alone]

    def of(self, condition: Condition, dialect: str) -> Statement:
        """The statement of one condition over runs."""
        if (dialect, condition) not in self._conditions:
            name = None if self._kept is None else f"condition {self._text(condition)}"
            found = self._found(dialect, name)
            if found is None:
                from engine.sql.compiling import compile_condition
                from engine.sql.stating import stated

                found = self._made(dialect, name, stated(compile_condition(self.plan, condition, dialect)))
            self._conditions[dialect, condition] = found
        return self._conditions[dialect, condition]

    def value(self, define: str, dialect: str) -> Statement:
        """The statement of the value of a definition; it is asked by people, and not kept."""
        from engine.sql.compiling import compile_define
        from engine.sql.stating import stated

        return stated(compile_define(self.plan, define, dialect))

    def _text(self, condition: Condition) -> str:
        lowered, leaves = self.plan.lower(condition)
        return digest([condition_json(lowered), {name: leaf_json(leaf) for name, leaf in sorted(leaves.items())}])

    @cached_property
    def _origin(self) -> str:
        """What all statements of this plan are made of."""
        assert self._kept is not None, "asked where something is kept"
        return digest([self._kept.program, self.plan.hash, schema_json(self.plan.schema)])

    def _found(self, dialect: str, name: str | None) -> Statement | None:
        """A statement that was kept; None: it has to be made."""
        if self._kept is None or name is None:
            return None
        text = self._kept.get(digest([self._origin, dialect, name]))
        return None if text is None else read(text)

    def _made(self, dialect: str, name: str | None, statement: Statement) -> Statement:
        if self._kept is not None and name is not None:
            self._kept.put(digest([self._origin, dialect, name]), written(statement))
        return statement
