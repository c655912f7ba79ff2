"""The statements of a plan: of an evaluation, of its classes, and of one condition over runs."""

from __future__ import annotations

from dsl.model import Condition
from engine.evaluation import EVERYTHING, Scope
from engine.plan import Plan
from engine.plan_types import DefinePlan
from engine.sql.compile import Compiled, compile_frame
from engine.sql.names import Column, class_columns


def compile_plan(plan: Plan, dialect: str, scope: Scope = EVERYTHING) -> Compiled:
    """The statement for all segments, scores, stages and contact-level conditions of a plan, or those of a scope."""
    outputs: list[Column] = [("segment", s.name) for s in plan.segments if scope.wants(("segment", s.name))]
    for score in plan.scores:
        if scope.wants(("score", score.name)):
            outputs.append(("points", score.name))
            if score.stages:
                outputs.append(("stage", score.name))
    outputs.extend(("condition", name) for name in plan.conditions if scope.wants(("condition", name)))
    if scope.among is None:
        outputs.extend(("alone", name) for name in plan.uniques if scope.wants(("condition", name)))
    return compile_frame(
        plan.schema,
        plan.definitions,
        plan.leaves,
        outputs,
        plan.conditions,
        dialect=dialect,
        uniques=plan.uniques,
        among=scope.among is not None,
        pack=True,
        flips=scope.flips,
    )


def compile_define(plan: Plan, name: str, dialect: str) -> Compiled:
    """The statement for the value of a definition; those that are put where their name stands have one here."""
    put = plan.constants.get(name) or plan.points.get(name)
    definitions = dict(plan.definitions)
    if put is not None:
        definitions["define", name] = DefinePlan(name, put)
    return compile_frame(plan.schema, definitions, plan.leaves, [("define", name)], {}, dialect=dialect)


def compile_classes(plan: Plan, dialect: str, *, tiers_alone: bool) -> Compiled:
    """The statement for all classes of a plan, to be run as of the last midnight."""
    outputs = [(kind, c.name) for c in plan.classes for kind in class_columns(c, tiers_alone=tiers_alone)]
    return compile_frame(plan.schema, plan.definitions, plan.leaves, outputs, {}, dialect=dialect, midnight=True)


def compile_condition(plan: Plan, condition: Condition, dialect: str) -> Compiled:
    """The statement for one condition over a table of runs; only what the condition reads is reckoned."""
    lowered, leaves = plan.lower(condition)
    wanted: list[Column] = [("condition", "held")]
    return compile_frame(plan.schema, plan.definitions, leaves, wanted, {"held": lowered}, dialect=dialect, runs=True)
