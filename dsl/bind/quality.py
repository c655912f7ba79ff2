"""Quality blocks: what is expected of the data, and what stops while it is not so."""

from __future__ import annotations

from decimal import Decimal
from typing import get_args

from dsl import model, tree
from dsl.bind.blocks import common, once, where_of
from dsl.bind.conditions import SHARES, condition
from dsl.bind.context import Scope
from dsl.bind.lookup import block_named
from dsl.bind.values import value
from dsl.names import listed

KINDS: tuple[model.QualityKind, ...] = get_args(model.QualityKind)


def quality(scope: Scope, block: tree.Quality) -> model.Quality | None:
    """A quality block, or None after a finding."""
    before = len(scope.project.found)
    shared = common(scope, block, block.head, block.clauses)
    _, where = where_of(scope, block.clauses)
    expects: list[model.ExpectedShare | model.ExpectedUnique] = []
    for clause in block.clauses:
        match clause:
            case tree.ExpectShare():
                share = _share(scope, clause)
                expects += [] if share is None else [share]
            case tree.ExpectUnique():
                unique = _unique(scope, clause)
                expects += [] if unique is None else [unique]
    if not any(isinstance(clause, tree.ExpectShare | tree.ExpectUnique) for clause in block.clauses):
        scope.error(
            "K0360",
            f"`{block.head.name.text}` expects nothing of the data",
            block.head.name.span,
            "no `expect` follows",
            "add for example `expect completeness 95 % where email is known`, or `expect email unique`",
        )
    stops = _stops(scope, block.clauses)
    if len(scope.project.found) > before:
        return None
    return model.Quality(**shared, expects=tuple(expects), where=where, stops=stops)


def _share(scope: Scope, node: tree.ExpectShare) -> model.ExpectedShare | None:
    kind = None if node.kind is None else _kind(scope, node.kind)
    held = condition(scope, node.expr)
    share = Decimal(node.percent.text) * SHARES / 100
    if share != int(share) or not 0 < share <= SHARES:
        scope.error(
            "K0361",
            f"`{node.percent.text} %` is no share that can be expected",
            node.percent.span,
            "more than 0 and at most 100, with four digits after the point at most",
        )
        return None
    if held is None or (kind is None and node.kind is not None):
        return None
    return model.ExpectedShare(kind, int(share), held, span=node.span)


def _kind(scope: Scope, name: tree.Name) -> model.QualityKind | None:
    others = [kind for kind in KINDS if kind != "uniqueness"]
    for kind in KINDS:
        if name.text == kind == "uniqueness":
            scope.error(
                "K0361",
                "uniqueness is not a share of contacts for whom something holds",
                name.span,
                "said in another way",
                "write `expect email unique`, or `expect first_name, last_name unique`",
            )
            return None
        if name.text == kind:
            return kind
    meant = scope.nearest(name.text, others)
    scope.error(
        "K0361",
        f"`{name.text}` is no kind of quality",
        name.span,
        f"did you mean `{meant}`?" if meant else "no such kind",
        f"the kinds are {listed(others, last='and')}; leave it out if none fits",
        instead=meant,
    )
    return None


def _unique(scope: Scope, node: tree.ExpectUnique) -> model.ExpectedUnique | None:
    found: dict[str, model.FieldValue] = {}
    sound = True
    for name in node.names.items:
        one = value(scope, tree.Path(name, None, span=name.span))
        sound = sound and one is not None
        if one is not None and not isinstance(one, model.FieldValue):
            scope.error(
                "K0361",
                f"`{name.text}` is no field of a contact",
                name.span,
                "only fields can be unique",
                "several fields together: `expect first_name, last_name unique`",
            )
            sound = False
        elif one is not None and (name.text in found or name.text == scope.project.schema.key):
            twice = name.text in found
            scope.error(
                "K0361",
                f"`{name.text}` stands here twice" if twice else f"`{name.text}` is unique already",
                name.span,
                "said again here" if twice else "the key of a contact: there cannot be two",
                "leave it out",
            )
            sound = False
        elif one is not None:
            found[name.text] = one
    return model.ExpectedUnique(tuple(found.values()), span=node.span) if sound else None


def _stops(scope: Scope, clauses: tuple[tree.Node, ...]) -> tuple[str, ...] | None:
    node = once(scope, clauses, tree.StopSending, "stop sending")
    if node is None:
        return None
    named = () if node.triggers is None else node.triggers.items
    for name in named:
        one = block_named(scope, name, "trigger")
        if one is not None and isinstance(one.block, tree.Trigger) and _stops_nothing(one.block):
            scope.error(
                "K0361",
                f"`{name.text}` is not stopped by this",
                name.span,
                "transactional messages and notices to teams go all the same",
                "leave it out here, or pause it",
            )
    return tuple(dict.fromkeys(name.text for name in named))


def _stops_nothing(trigger: tree.Trigger) -> bool:
    sends = any(isinstance(a, tree.Send) for c in trigger.clauses if isinstance(c, tree.Actions) for a in c.items)
    return not sends or any(isinstance(c, tree.Category) and c.name.text == "transactional" for c in trigger.clauses)
