"""Segments and defines, and what all blocks share: names, owners, clauses said once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypedDict, TypeVar

from dsl import model, tree
from dsl.bind.conditions import VALUES, condition
from dsl.bind.context import Project, Scope
from dsl.bind.lookup import not_yet
from dsl.bind.values import named, value
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


def report_later(scope: Scope, clauses: Iterable[tree.Node]) -> bool:
    """Report clauses that are reserved; whether there were any."""
    later = [clause for clause in clauses if isinstance(clause, tree.Later)]
    for clause in later:
        not_yet(scope, clause)
    return bool(later)


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
    later = report_later(scope, block.clauses)
    _, where = where_of(scope, block.clauses)
    if where is None:
        if not later and not any(isinstance(clause, tree.Where) for clause in block.clauses):
            scope.error(
                "K0301",
                f"the segment `{block.head.name.text}` does not say who is in it",
                block.head.name.span,
                "no `where` follows",
                "add `where ..`; if everybody is meant, say `where everyone`",
            )
        return None
    return model.Segment(**shared, where=where)


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
