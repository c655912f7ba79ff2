"""Segments and defines, and what all blocks share: names, owners, clauses said once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypedDict, TypeVar

from dsl import model, tree
from dsl.bind.conditions import VALUES, condition
from dsl.bind.context import Project, Scope
from dsl.bind.lookup import list_named
from dsl.bind.names import named
from dsl.bind.values import value
from dsl.diagnostics import Label
from dsl.spans import Span


class Common(TypedDict):
    """What every bound block is given."""

    name: str
    span: Span
    title: str | None
    was: str | None
    owner: str | None


T = TypeVar("T", bound=tree.Node)


def common(scope: Scope, block: tree.Node, head: tree.Head, clauses: Iterable[tree.Node]) -> Common:
    """Name, title, old name and owner of a block."""
    owner = once(scope, clauses, tree.Owner, "owner")
    return {
        "name": head.name.text,
        "span": block.span,
        "title": head.title.text if head.title else None,
        "was": head.was.text if head.was else None,
        "owner": owner.text.text if owner else None,
    }


def once(scope: Scope, clauses: Iterable[tree.Node], kind: type[T], what: str) -> T | None:
    """The one clause of a kind; a finding for each further one. `what`: how people know the clause."""
    return only(scope, [clause for clause in clauses if isinstance(clause, kind)], what)


def only(scope: Scope, mine: Sequence[T], what: str) -> T | None:
    """The first of these clauses; a finding for each further one."""
    for extra in mine[1:]:
        help_ = ["keep one of them"]
        if what == "where":
            help_ = ["join the two conditions with `and`", "a filter on an event is `did EVENT with (..)`"]
        scope.error(
            "K0303",
            f"`{what}` is said twice",
            extra.span,
            "said again here",
            *help_,
            secondary=(Label(mine[0].span, "said first here"),),
        )
    return mine[0] if mine else None


def where_of(scope: Scope, clauses: Sequence[tree.Node]) -> tuple[bool, model.Condition | None]:
    """(sound, the condition of `where` if it is said)."""
    clause = once(scope, clauses, tree.Where, "where")
    if clause is None:
        return True, None
    bound = condition(scope, clause.expr)
    return bound is not None, bound


def segment(scope: Scope, block: tree.Segment) -> model.Segment | None:
    """A segment, or None after a finding."""
    shared = common(scope, block, block.head, block.clauses)
    sound, where = where_of(scope, block.clauses)
    included = _lists(scope, [c for c in block.clauses if isinstance(c, tree.IncludeList)])
    excluded = _lists(scope, [c for c in block.clauses if isinstance(c, tree.ExcludeList)])
    if not sound or included is None or excluded is None:
        return None
    inside = sorted([*included, *([] if where is None else [where])], key=lambda c: c.span.start)
    if not inside:
        name = block.head.name
        help_ = "add `where ..`; if everybody is meant, say `where everyone`"
        label = "only who is left out" if excluded else "no `where` follows"
        scope.error("K0301", f"the segment `{name.text}` does not say who is in it", name.span, label, help_)
        return None
    return model.Segment(**shared, where=_without(_joined(model.Or, inside), excluded))


def _lists(scope: Scope, clauses: Sequence[tree.IncludeList | tree.ExcludeList]) -> list[model.OnList] | None:
    """The tests that clauses about lists make, or None after a finding."""
    found: list[model.OnList] = []
    seen: dict[str, tree.Node] = {}
    sound = True
    for clause in clauses:
        name = list_named(scope, clause.name)
        first = seen.setdefault(clause.name.text, clause)
        if first is not clause:
            label = (Label(first.span, "said first here"),)
            scope.error("K0303", f"`{clause.name.text}` is said twice", clause.span, "said again here", secondary=label)
        sound = sound and name is not None and first is clause
        if name is not None:
            found.append(model.OnList(name, span=clause.span))
    return found if sound else None


def _without(inside: model.Condition, excluded: Sequence[model.OnList]) -> model.Condition:
    """Exclusion beats everything else."""
    if not excluded:
        return inside
    outside = [model.Not(one, span=one.span) for one in excluded]
    return _joined(model.And, [inside, *outside])


def _joined(made: type[model.And] | type[model.Or], items: Sequence[model.Condition]) -> model.Condition:
    if len(items) == 1:
        return items[0]
    in_text = sorted((i.span for i in items), key=lambda s: s.start)
    return made(tuple(items), span=in_text[0].to(max(in_text, key=lambda s: s.end)))


def define(scope: Scope, block: tree.Define) -> model.Define | None:
    """A define, of a value or of a condition, or None after a finding."""
    shared = common(scope, block, block.head, [block.owner] if block.owner else [])
    node = block.expr
    while isinstance(node, tree.Group):
        node = node.item
    if not isinstance(node, VALUES):
        bound = condition(scope, node)
        return None if bound is None else model.Define(**shared, condition=bound)
    found = named(scope, node) if isinstance(node, tree.Path) else value(scope, node)
    match found:
        case None:
            return None
        case model.DefinedCondition():
            return model.Define(**shared, condition=found)
    return model.Define(**shared, value=found)


def bind_define(project: Project, name: str) -> None:
    """Bind a define now, if it is not bound yet and not being bound (then it is part of a cycle)."""
    if name in project.defines or name in project.busy:
        return
    block = project.declared[name].block
    scope = Scope(project, f"define `{name}`", name, bind_define)
    if not isinstance(block, tree.Define):
        project.defines[name] = None
        return
    if len(project.busy) > 20:  # they are bound in order, so this takes a ring of names that are members as well
        scope.error("K0192", f"`{name}` stands at the end of too long a chain of defines", block.head.name.span)
        project.defines[name] = None
        return
    project.busy.append(name)
    bound = define(scope, block)
    project.busy.remove(name)
    project.defines[name] = bound
