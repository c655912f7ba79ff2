"""Names that mean no value here: what was probably meant, by what the name is elsewhere in the project."""

from __future__ import annotations

from collections.abc import Sequence

from dsl import tree
from dsl.bind.context import Fits, Scope
from dsl.bind.habits import is_habit
from dsl.types import Date, Point, Text

AGES = frozenset({"age", "aged", "ages", "alter", "years_old"})
"""What people write for an age where there is no such field."""


def born(scope: Scope) -> str | None:
    """The date field from which an age is most likely reckoned."""
    dates = [name for name, one in scope.project.schema.fields.items() if isinstance(one.type, Date)]
    of_birth = [name for name in dates if "birth" in name.casefold() or "born" in name.casefold()]
    return next(iter(of_birth + dates), None)


def unknown_value(scope: Scope, path: tree.Path, candidates: Sequence[str], fits: Fits) -> None:
    """Report a name that stands for no value. `candidates`: names of the values that would `fits` here."""
    name = path.first.text
    summary = f"nothing here is called `{name}`"
    date = born(scope) if name.casefold() in AGES and "age" not in scope.project.schema.fields else None
    if date is not None:
        age, says = f"age of {date}", "an age is reckoned from a date, in whole years"
        scope.error("K0202", summary, path.span, f"did you mean `{age}`?", says, instead=age)
        return
    if is_habit(scope, path):
        return
    if scope.cause is not None and scope.event is None and name in scope.cause.properties:
        meant = f"event.{name}"
        says = f"it is a property of the event `{scope.cause.name}` that caused the run: `{meant}`"
        scope.error("K0202", summary, path.span, f"did you mean `{meant}`?", says, instead=meant)
        return
    elsewhere = _known_elsewhere(scope, name)
    if elsewhere is not None:
        label, says = elsewhere
        scope.error("K0202", summary, path.span, label, says)
        return
    suggested = scope.nearest(name, candidates)
    if suggested is None and fits(Point()) and not fits(Text()):
        says = "a place is a field of the type `point`, or written down: `(47.3769, 8.5417)`, latitude first"
        scope.error("K0202", summary, path.span, "no field of the type `point`", says)
        return
    if suggested is None:
        others = {n: f"did {n}" for n in scope.project.schema.events}
        others |= {n: f"in {n}" for n in scope.project.of_kind("segment")}
        near = scope.nearest(name, list(others))
        suggested = others[near] if near is not None else None
    if suggested is not None:
        scope.error("K0202", summary, path.span, f"did you mean `{suggested}`?", instead=suggested)
        return
    of = f", no property of `{scope.event.name}`" if scope.event else ""
    scope.error(
        "K0202",
        summary,
        path.span,
        f"no field{of}, no define and no score",
        f'if it is a text, put it in quotes: `"{name}"`',
        "fields and events are declared in schema.yaml",
    )


def _known_elsewhere(scope: Scope, name: str) -> tuple[str, str] | None:
    """What a name is that is no value, and how it is spoken of: a stage, a tier, a list."""
    for other, one in scope.project.declared.items():
        match one.block:
            case tree.Score(clauses=clauses):
                if any(isinstance(clause, tree.Stage) and clause.name.text == name for clause in clauses):
                    return f"a stage of `{other}`", f"stages are asked for by their score: `stage of {other} >= {name}`"
            case tree.Class(clauses=clauses):
                if any(isinstance(clause, tree.Tier) and clause.name.text == name for clause in clauses):
                    return f"a tier of `{other}`", f"tiers are asked for by their class: `class of {other} = {name}`"
    if name in scope.project.schema.lists:
        return "a list", f"a segment lets a list in, or keeps one out: `include list {name}`, `exclude list {name}`"
    return None
