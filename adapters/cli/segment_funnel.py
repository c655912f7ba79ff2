"""`kadenz explain --segment S`: how many people each clause lets through. Counted in SQL; nobody is listed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from adapters.cli.workspace import Workspace, instant_shown, table
from adapters.clock import now
from engine.evaluation import memory_of
from engine.funnel import asked, counted
from engine.past import clauses_as_now

if TYPE_CHECKING:
    from adapters.engine_choice import Asked
    from adapters.stores.facts_record import RecordFacts
    from adapters.stores.ledger import SqlLedger


def funnel(
    workspace: Workspace, segment: str, instant: int, facts: RecordFacts, ledger: SqlLedger, engine: Asked = "auto"
) -> dict[str, Any]:
    """The funnel of a segment as plain data. At a past instant fields are read as they are now; the clauses that read a
    field which changed for somebody since are named."""
    model, zone = workspace.model, workspace.project.time_zone
    memory = memory_of(model, ledger, instant, zone)
    with_questions = Workspace(workspace.project, asked(model, segment))
    with facts.snapshot(), with_questions.evaluating(facts, engine) as executor:
        found = counted(model, segment, executor, instant, memory)
    texts = workspace.project.texts

    def clause(step: Any) -> str:
        return " ".join(step.span.text(texts[step.span.file]).split())

    changed = facts.changed_after(instant) if instant < now() else {}
    timeless = {name for name, one in facts.schema.facts.items() if one.time is None} if instant < now() else set()
    as_now = [
        {"block": block, "clause": " ".join(leaf.span.text(texts[leaf.span.file]).split())}
        for block, leaf in clauses_as_now(model, frozenset(changed) | timeless)
        if block in _read_by(workspace, segment)
    ]
    narrowest = found.narrowest
    return {
        "segment": segment,
        "at": instant_shown(instant, zone),
        "contacts": found.contacts,
        "members": found.members,
        "clauses": [
            {
                "clause": clause(step),
                "file": step.span.file,
                "line": step.span.line,
                "alone": step.alone,
                "left": step.left,
                "kept_out_alone": step.kept_out,
            }
            for step in found.steps
        ],
        "narrowest": None if narrowest is None else clause(narrowest),
        "arrived_since": changed.get("", 0),
        "as_now": as_now,
    }


def _read_by(workspace: Workspace, segment: str) -> frozenset[str]:
    """The blocks whose clauses a segment reads, its own among them."""
    from dsl.model import DefinedCondition, InSegment
    from engine.scenario_classes import reached

    model = workspace.model
    nodes = list(reached(model, [model.segments[segment]]))
    found = {f"segment {segment}"}
    found |= {f"segment {node.segment}" for node in nodes if isinstance(node, InSegment)}
    found |= {f"define {node.name}" for node in nodes if isinstance(node, DefinedCondition)}
    return frozenset(found)


def as_text(found: Mapping[str, Any]) -> str:
    """What people read."""
    head = f"{found['segment']} at {found['at']}: {found['members']:,} of {found['contacts']:,} contacts"
    rows = [["clause", "holds for", "left", "keeps out alone"]]
    rows += [
        [one["clause"], f"{one['alone']:,}", f"{one['left']:,}", f"{one['kept_out_alone']:,}"]
        for one in found["clauses"]
    ]
    lines = [head, "", table(rows, right=(1, 2, 3))]
    if found["narrowest"] is not None:
        lines += ["", f"`{found['narrowest']}` alone keeps most people out"]
    if found["arrived_since"]:
        lines += ["", f"{found['arrived_since']:,} contacts have arrived since and are counted"]
    if found["as_now"]:
        lines += ["", "read as they are now, because something in them has changed since for somebody:"]
        lines += [f"  {one['block']}: {one['clause']}" for one in found["as_now"]]
    return "\n".join(lines)
