"""A report from two versions and what was counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adapters.project import Project
from adapters.review import report
from adapters.review.hazards import hazards
from adapters.review.opening import Pair
from adapters.review.volumes import Volumes
from adapters.testing.inventing import person
from dsl import model
from dsl.lint.offers import offers_meet
from dsl.lint.view import View
from dsl.lint.walk import walk
from dsl.parse import parse
from dsl.schema import Schema
from dsl.spans import Span
from engine.review import Change, Reason
from engine.review.again import Again
from engine.review.approval import Verdict, line
from engine.review.measure import Measures, Moved
from engine.review.regions import Region

LONGEST = 120
"""A clause is told in so many signs at most."""


def made(
    pair: Pair,
    changes: Sequence[Change],
    measures: Measures | None,
    *,
    today: int,
    now: int,
    zones: Sequence[str],
    snapshot: report.Snapshot | None = None,
    uncounted: str | None = None,
    forecast: Volumes | None = None,
    again: Sequence[Again] = (),
    verdicts: Sequence[Verdict] = (),
    invented: Sequence[Region] = (),
) -> report.Report:
    """The report. `today`: yyyymmdd in the project's zone; `now`: the instant of the counts; `zones`: the zones in
    which contacts live, as far as they are known."""
    base, head = pair.base.project, pair.head.project
    examples = [(one, _example(one, head)) for one in invented]
    blocks = tuple(
        _block(change, measures, base, head, [e for r, e in examples if (r.what, r.name) == (change.what, change.name)])
        for change in changes
    )
    touched = [change.head for change in changes if isinstance(change.head, model.Trigger)]
    return report.Report(
        project=head.name,
        base=pair.commit,
        head=pair.head_commit,
        clean=pair.clean,
        base_hash=pair.base.plan.hash,
        head_hash=pair.head.plan.hash,
        blocks=blocks,
        stages=() if measures is None else tuple(_stages(changes, measures)),
        snapshot=snapshot,
        uncounted=uncounted,
        forecast=forecast,
        templates=tuple(_templates(pair)),
        settings=tuple(_settings(base, head)),
        consents=tuple(_consents(touched)),
        reads=tuple(_reads(pair)),
        meetings=tuple(_meetings(pair, today)),
        hazards=tuple(hazards(changes, head.time_zone, zones, now)),
        gates=tuple(map(_gate, verdicts)),
        again=tuple(again),
    )


def _gate(verdict: Verdict) -> report.GateState:
    asked, given = verdict.demand, verdict.approved
    return report.GateState(
        gate=asked.gate,
        blocks=[f"{hit.what} {hit.name}: {hit.why}" for hit in asked.hits],
        approvers=verdict.approvers,
        line=line(asked),
        by=None if given is None else given.by,
        why=None if given is None else given.why,
        problems=verdict.problems,
    )


def _example(region: Region, project: Project) -> report.Example:
    lines = list(person("x", 1, region.somebody, project.schema, project.time_zone))
    words = "; ".join([lines[0].removeprefix("contact x").strip() or "nothing known", *map(str.strip, lines[1:])])
    return report.Example(region.part, region.side, words)


def _block(
    change: Change, measures: Measures | None, base: Project, head: Project, examples: Sequence[report.Example]
) -> report.Block:
    there = change.head or change.base
    assert there is not None, "one of the two is there"
    was = change.base.name if change.base is not None and change.base.name != change.name else None
    reasons = [one for one in change.reasons if one.kind != "renamed" and (one.kind != "none" or one.before)]
    counted = {} if measures is None else measures.parts
    return report.Block(
        what=change.what,
        name=change.name,
        kind=change.kind,
        status="new" if change.base is None else "gone" if change.head is None else "changed",
        clauses=tuple(_clause(one, base, head) for one in reasons),
        people=tuple(
            _people(part, moved)
            for (what, name, part), moved in counted.items()
            if (what, name) == (change.what, change.name)
        ),
        was=was,
        owner=there.owner,
        where=None if change.head is None else _first_line(change.head.span, head),
        examples=examples,
    )


def _people(part: str, moved: Moved) -> report.People:
    return report.People(part, moved.before, moved.after, moved.entered, moved.left)


def _first_line(span: Span, project: Project) -> Span:
    text = span.text(project.texts.get(span.file, "")).split("\n", 1)[0]
    return Span(
        span.file, span.start, span.start + len(text), span.line, span.column, span.line, span.column + len(text)
    )


def _clause(reason: Reason, base: Project, head: Project) -> report.Clause:
    before = reason.before if reason.before is not None else _words(reason.was, base)
    after = reason.after if reason.after is not None else _words(reason.span, head)
    if reason.before is not None and reason.after is None:
        after = None  # a plain value that is gone: the block's own text says nothing
    if reason.after is not None and reason.before is None:
        before = None
    if (reason.before, reason.after) != (None, None) and reason.clause == "rule":
        # the points alone say little: the rule as it stands
        before, after = _words(reason.was, base), _words(reason.span, head)
    return report.Clause(reason.kind, reason.clause, before, after, reason.through, reason.span)


def _words(span: Span | None, project: Project) -> str | None:
    if span is None:
        return None
    words = " ".join(span.text(project.texts.get(span.file, "")).split())
    return words if len(words) <= LONGEST else words[: LONGEST - 3] + "..."


def _stages(changes: Sequence[Change], measures: Measures) -> Iterator[report.StageMoves]:
    for change in changes:
        moves = measures.stages.get(change.name) if change.what == "score" else None
        if not moves:
            continue
        names = [
            stage.name
            for block in (change.base, change.head)
            if isinstance(block, model.Score)
            for stage in block.stages
        ]
        known = list(dict.fromkeys(names))
        seen = {stage for pair in moves for stage in pair}
        yield report.StageMoves(change.name, [*known, *(("",) if "" in seen else ())], moves)


def _templates(pair: Pair) -> Iterator[str]:
    def texts(project: Project) -> Mapping[str, str]:
        return {name: text for name, text in project.texts.items() if name.startswith("templates/")}

    old, new = texts(pair.base.project), texts(pair.head.project)
    files = {one.path: one.name for project in (pair.base.project, pair.head.project) for one in project.templates}
    senders: dict[str, list[str]] = {}
    for trigger in pair.head.model.triggers.values():
        for send in trigger.sends:
            senders.setdefault(send.template, []).append(trigger.name)
    for file in sorted({*old, *new}):
        if old.get(file) != new.get(file):
            how = "new" if file not in old else "gone" if file not in new else "changed"
            who = sorted(set(senders.get(files.get(file, ""), ())))
            yield f"{file}: {how}" + (f", sent by {', '.join(who)}" if who else "")


def _settings(base: Project, head: Project) -> Iterator[str]:
    """Parts of kadenz.yaml and schema.yaml that say something else."""
    for name in ("time_zone", "country", "active_from", "settle", "languages", "channels", "teams", "hooks", "limits"):
        old, new = getattr(base, name), getattr(head, name)
        if old != new:
            yield f"kadenz.yaml: {name.replace('_', ' ')}" + _which(old, new)
    old, new = base.review.as_json(), head.review.as_json()
    if old != new:
        yield "kadenz.yaml: review" + _which(old, new)
    for name in ("fields", "events", "facts", "lists", "purposes"):
        old, new = getattr(base.schema, name), getattr(head.schema, name)
        if old != new:
            yield f"{'kadenz' if name == 'purposes' else 'schema'}.yaml: {name}" + _which(old, new)


def _which(old: Any, new: Any) -> str:
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return f": {_plain(old)} -> {_plain(new)}"
    names = [*new, *(name for name in old if name not in new)]
    signs = [
        f"+{name}" if name not in old else f"-{name}" if name not in new else f"~{name}"
        for name in names
        if old.get(name) != new.get(name)
    ]
    return f": {', '.join(signs)}"


def _plain(value: Any) -> str:
    if value is None:
        return "none"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _consents(triggers: Sequence[model.Trigger]) -> Iterator[str]:
    found: dict[str, list[str]] = {}
    for trigger in triggers:
        for send in trigger.sends:
            if trigger.category == "transactional":
                basis = f"{send.channel}: none asked, transactional because {trigger.because or 'nothing'}"
            else:
                basis = f"{send.channel}: consent for {trigger.purpose}"
            found.setdefault(basis, []).append(trigger.name)
    for basis, names in sorted(found.items()):
        yield f"{basis} ({', '.join(dict.fromkeys(names))})"


def _reads(pair: Pair) -> Iterator[str]:
    schema = pair.head.project.schema
    old, new = _data(pair.base.model), _data(pair.head.model)
    for name in sorted(new - old):
        field = schema.fields.get(name)
        yield name + (" (personal data)" if field is not None and field.pii else "")


def _data(project: model.Model) -> set[str]:
    found: set[str] = set()
    for name in project.__slots__:
        held = getattr(project, name)
        if name == "scenarios" or not isinstance(held, Mapping):
            continue
        for block in held.values():
            for node in walk(block):
                match node:
                    case model.FieldValue(name=field):
                        found.add(field)
                    case model.FactValue(table=table, column=column):
                        found.add(f"{table}.{column}")
                    case model.EventQuery(event=event):
                        found.add(f"event {event}")
    return found


def _meetings(pair: Pair, today: int) -> Iterator[str]:
    def met(project: Project, bound: model.Model, schema: Schema) -> dict[str, str]:
        trees = [parse(file, text) for file, text in project.sources]
        found = offers_meet(View(bound, schema, trees, today))
        return {one.summary: one.primary.span.file for one in found}

    old = met(pair.base.project, pair.base.model, pair.base.project.schema)
    for summary in met(pair.head.project, pair.head.model, pair.head.project.schema):
        if summary not in old:
            yield summary
