"""Stage 2: the trees of all files and the schema to one bound model; all findings of all blocks at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TypeVar

from dsl import model, tree
from dsl.bind.blocks import bind_define, segment
from dsl.bind.budgets import clashing_budgets
from dsl.bind.classes import class_
from dsl.bind.context import Declared, Project, Scope
from dsl.bind.limits import cap, quiet
from dsl.bind.never import never
from dsl.bind.offers import clashing_groups, offer
from dsl.bind.order import in_order, mentioned
from dsl.bind.quality import quality
from dsl.bind.scenarios import scenario
from dsl.bind.scores import score
from dsl.bind.setting import self_feeding
from dsl.bind.silence import closed_windows, silent_channels
from dsl.bind.suppress import suppress
from dsl.bind.triggers import trigger
from dsl.diagnostics import Diagnostic, Label, has_errors
from dsl.schema import Schema

__all__ = ["bind"]

_B = TypeVar("_B", bound=model.Block)


def bind(
    blocks: Sequence[tree.Block],
    schema: Schema,
    templates: Mapping[str, frozenset[str]],
    sources: Mapping[str, str],
    *,
    purpose: str = "marketing",
    zone: str = "UTC",
    rest: Sequence[tree.Block] = (),
) -> tuple[model.Model | None, list[Diagnostic]]:
    """The model, None if there is any error, and the findings.

    `blocks` in order of file and line; `templates`: name -> the channels it serves; `sources`: text by file;
    `purpose`: what a message is for where nothing is said; `zone`: the project's IANA zone (instants in tests);
    `rest`: what could be read of broken blocks, looked at for findings that need no more than their own clause.
    """
    declared, repeated = _declare(blocks, schema)
    project = Project(schema, templates, purpose, zone, sources, declared, found=repeated)
    _bind_defines(project)
    segments: dict[str, model.Segment] = {}
    scores: dict[str, model.Score] = {}
    classes: dict[str, model.Class] = {}
    triggers: dict[str, model.Trigger] = {}
    caps: dict[str, model.Cap] = {}
    quiets: dict[str, model.Quiet] = {}
    offers: dict[str, model.Offer] = {}
    suppresses: dict[str, model.Suppress] = {}
    qualities: dict[str, model.Quality] = {}
    scenarios: list[model.Scenario] = []
    for block in blocks:
        if isinstance(block, tree.Broken | tree.Define):
            continue
        title = block.title.text if isinstance(block, tree.Test) else block.head.name.text
        scope = Scope(project, f"{keyword(block)} `{title}`", title, bind_define)
        match block:
            case tree.Segment():
                _keep(segments, segment(scope, block))
            case tree.Score():
                _keep(scores, score(scope, block))
            case tree.Class():
                _keep(classes, class_(scope, block))
            case tree.Trigger():
                _keep(triggers, trigger(scope, block))
            case tree.Cap():
                _keep(caps, cap(scope, block))
            case tree.Quiet():
                _keep(quiets, quiet(scope, block))
            case tree.Suppress():
                _keep(suppresses, suppress(scope, block))
            case tree.Quality():
                _keep(qualities, quality(scope, block))
            case tree.Offer():
                _keep(offers, offer(scope, block))
            case tree.Test():
                bound = scenario(scope, block)
                scenarios += [] if bound is None else [bound]
    _check_silence(project, quiets)
    _check_windows(project, triggers, quiets)
    project.found.extend(clashing_budgets(triggers, caps))
    project.found.extend(clashing_groups(offers))
    project.found.extend(self_feeding(schema, triggers, project.defines, segments, scores, classes))
    order = _order(project)
    for block in rest:
        _look_at(project, block)
    if has_errors(project.found) or any(isinstance(block, tree.Broken) for block in blocks):
        return None, project.found
    defines = {name: one for name, one in _in_text_order(project).items() if one is not None}
    made = model.Model(
        defines,
        segments,
        scores,
        triggers,
        caps,
        quiets,
        offers,
        tuple(scenarios),
        tuple(order),
        suppresses,
        qualities,
        classes,
    )
    return _with_sense(made, schema, project.found)


def _with_sense(
    made: model.Model, schema: Schema, found: list[Diagnostic]
) -> tuple[model.Model | None, list[Diagnostic]]:
    """The model, None if something in it can never be done; all findings."""
    found = [*found, *never(made, schema)]
    return (None if has_errors(found) else made), found


OF_ONE_CLAUSE = frozenset(
    {
        "K0202", "K0203", "K0204", "K0205", "K0206", "K0207", "K0208", "K0209", "K0210", "K0211",
        "K0212", "K0213", "K0215", "K0218", "K0219", "K0220", "K0222", "K0223", "K0224", "K0227",
        "K0228", "K0230", "K0231", "K0232", "K0233", "K0234", "K0240", "K0241", "K0242", "K0250", "K0302",
        "K0305", "K0307", "K0312", "K0316", "K0320", "K0340", "K0361", "K0374", "K0375",
    }
)  # fmt: skip
"""What is wrong with a clause whatever the others say: names, types and ranges, nothing about what is missing."""


def _look_at(project: Project, block: tree.Block) -> None:
    """Find what is wrong with the clauses that are left of a broken block."""
    if isinstance(block, tree.Broken | tree.Define):
        return
    title = block.title.text if isinstance(block, tree.Test) else block.head.name.text
    scope = Scope(project, f"{keyword(block)} `{title}`", title, bind_define)
    before = len(project.found)
    match block:
        case tree.Segment():
            segment(scope, block)
        case tree.Score():
            score(scope, block)
        case tree.Class():
            class_(scope, block)
        case tree.Trigger():
            trigger(scope, block)
        case tree.Cap():
            cap(scope, block)
        case tree.Quiet():
            quiet(scope, block)
        case tree.Suppress():
            suppress(scope, block)
        case tree.Quality():
            quality(scope, block)
        case tree.Offer():
            offer(scope, block)
        case tree.Test():
            scenario(scope, block)
    project.found[before:] = [one for one in project.found[before:] if one.code in OF_ONE_CLAUSE]


def keyword(block: tree.Block) -> str:
    """The keyword that a block begins with."""
    return block.keyword if isinstance(block, tree.Broken) else type(block).__name__.lower()


def name_of(block: tree.Block) -> tree.Name | None:
    """The name of a block; tests have none."""
    match block:
        case tree.Broken(name=name):
            return name
        case tree.Test():
            return None
    return block.head.name


def _check_silence(project: Project, quiets: Mapping[str, model.Quiet]) -> None:
    """Quiet periods that leave no sending minute, told once at the last of them."""
    told: set[str] = set()
    for channel, names in silent_channels(quiets, tuple(project.schema.channels)):
        last = quiets[names[-1]]
        if last.name in told:
            continue
        told.add(last.name)
        others = tuple(Label(quiets[name].span, "with this one") for name in names[:-1])
        project.found.append(
            Diagnostic(
                "K0331",
                f"no minute of the week is left to send {channel}",
                Label(last.span, "quiet all the time" if not others else "the week is full"),
                secondary=others,
                help=("shorten one of the periods, or narrow it to some channels with `for`",),
                block=f"quiet `{last.name}`",
            )
        )


def _check_windows(project: Project, triggers: Mapping[str, model.Trigger], quiets: Mapping[str, model.Quiet]) -> None:
    """Triggers that may speak only while it is quiet."""
    for one, names in closed_windows(triggers, quiets):
        project.found.append(
            Diagnostic(
                "K0331",
                f"`{one.name}` may speak only while it is quiet",
                Label(one.span, "its `deliver between` has no open minute"),
                secondary=tuple(Label(quiets[name].span, "quiet") for name in names),
                help=("move the window of `deliver between`, or shorten the quiet hours",),
                block=f"trigger `{one.name}`",
            )
        )


def _keep(into: dict[str, _B], bound: _B | None) -> None:
    if bound is not None:
        into.setdefault(bound.name, bound)


def _declare(blocks: Sequence[tree.Block], schema: Schema) -> tuple[dict[str, Declared], list[Diagnostic]]:
    """All names of the project; a finding for each that is taken, by a block or by the schema."""
    declared: dict[str, Declared] = {}
    found: list[Diagnostic] = []
    olds: dict[str, tree.Name] = {}
    titles: dict[str, tree.Text] = {}
    for block in blocks:
        if isinstance(block, tree.Test):
            same = titles.setdefault(block.title.text, block.title)
            found += [] if same is block.title else [_same_title(block.title, same)]
        name = name_of(block)
        if name is None or keyword(block) == "test":
            continue
        first = declared.setdefault(name.text, Declared(keyword(block), name, block))
        title = f"{keyword(block)} `{name.text}`"
        if first.name is not name:
            taken = Label(first.name.span, f"the {first.kind} of this name")
            found.append(_taken(name, title, taken, f"a {first.kind}"))
        elif (brought := _brought(schema, name.text)) is not None:
            found.append(_taken(name, title, *brought))
        elif keyword(block) == "segment" and name.text in schema.lists:
            found.append(_taken(name, title, None, "a list"))
        if not isinstance(block, tree.Broken | tree.Test) and block.head.was is not None:
            old = block.head.was
            other = olds.setdefault(old.text, old)
            if other is not old:
                found.append(_taken(old, title, Label(other.span, "another block was this"), "already claimed"))
    for block in blocks:
        if not isinstance(block, tree.Broken | tree.Test) and block.head.was is not None:
            old = block.head.was
            if old.text in declared:
                one = declared[old.text]
                title = f"{keyword(block)} `{block.head.name.text}`"
                found.append(_taken(old, title, Label(one.name.span, "it still exists"), f"still a {one.kind}"))
    return declared, found


def _brought(schema: Schema, name: str) -> tuple[Label | None, str] | None:
    """Where the schema has this name, and as what."""
    for what, things in (("a field", schema.fields), ("an event", schema.events), ("a fact table", schema.facts)):
        if name in things:
            span = things[name].span
            return (None if span is None else Label(span, f"{what} of this name")), what
    return None


def _same_title(title: tree.Text, other: tree.Text) -> Diagnostic:
    return Diagnostic(
        "K0201",
        f"there is a test `{title.text}` already",
        Label(title.span, "the same title"),
        secondary=(Label(other.span, "the other test"),),
        help=("say what this one shows that the other does not: reports tell tests apart by their titles",),
        block=f"test `{title.text}`",
    )


def _taken(name: tree.Name, title: str, other: Label | None, what: str) -> Diagnostic:
    return Diagnostic(
        "K0201",
        f"the name `{name.text}` is taken, it is {what}",
        Label(name.span, "all names of a project differ"),
        secondary=() if other is None else (other,),
        help=("choose another name; `was OLD_NAME` after it keeps the history of a renamed block",),
        block=title,
    )


def _bind_defines(project: Project) -> None:
    """Bind all defines, those first that others mention, so that binding on demand stays shallow."""
    names = project.of_kind("define")
    known = set(names)
    mentions = {
        name: [m for m in dict.fromkeys(mentioned(block.expr)) if m in known and m != name]
        for name in names
        if isinstance(block := project.declared[name].block, tree.Define)
    }
    for name in in_order(names, mentions)[0]:
        bind_define(project, name)


def _in_text_order(project: Project) -> dict[str, model.Define | None]:
    return {name: project.defines.get(name) for name in project.of_kind("define")}


def _order(project: Project) -> list[str]:
    """Segments, scores, classes and defines, each after what it reads; a finding for each ring."""
    names = project.of_kind("segment", "score", "class", "define")
    ordered, rings = in_order(names, {name: list(reads) for name, reads in project.reads.items()})
    for ring in rings:
        spans = [project.reads[a][b] for a, b in pairwise(ring)]
        path = " → ".join(f"`{name}`" for name in ring)
        kind = project.declared[ring[0]].kind
        summary = (
            f"`{ring[0]}` refers to itself" if len(ring) == 2 else f"`{ring[0]}` refers to itself by way of others"
        )
        project.found.append(
            Diagnostic(
                "K0221",
                summary,
                Label(spans[0], "the ring begins here"),
                secondary=tuple(
                    Label(span, f"and leads to `{to}`") for span, to in zip(spans[1:], ring[2:], strict=True)
                ),
                help=(f"the way round: {path}", "take one of these references out"),
                block=f"{kind} `{ring[0]}`",
            )
        )
    return ordered
