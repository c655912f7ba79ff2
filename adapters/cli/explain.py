"""`kadenz explain CONTACT`: each clause with its value, each decision with its reason."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adapters.cli.common import (
    CLEAN,
    AtOption,
    FormatOption,
    ProjectOption,
    Workspace,
    bad_input,
    instant_of,
    instant_shown,
    open_workspace,
    say,
    say_json,
)

if TYPE_CHECKING:
    from engine.explain import Explainer
    from engine.interpret import Reader
    from engine.protocols import LedgerRead


def command(
    contact: Annotated[str, typer.Argument(help="the contact's key")],
    project: ProjectOption = Path(),
    at: AtOption = None,
    format: FormatOption = "text",
) -> int:
    """Why a contact is where it is, and why it got, or did not get, each message."""
    from adapters.running import is_present, open_ledger
    from engine.evaluation import Memory
    from engine.explain import Explainer
    from engine.interpret import Reader, Setting

    workspace = open_workspace(project)
    zone = workspace.project.time_zone
    instant = instant_of(at, zone)
    rehearsal = not is_present(instant)
    with workspace.facts() as facts, open_ledger(workspace, rehearsal=rehearsal) as ledger:
        data = next(facts.load([contact], facts.schema.events, instant), None)
        if data is None:
            raise bad_input(f"there is no contact `{contact}` in the store")
        granted = frozenset(
            (c.contact, c.channel, c.purpose) for c in ledger.consents(instant, [contact]) if c.state == "granted"
        )
        stages = {name: ledger.stages(score.id) for name, score in workspace.model.scores.items()}
        setting = Setting(workspace.model, instant, zone, facts.schema, Memory(granted, stages))
        reader = Reader(setting, data)
        explainer = Explainer(reader, workspace.project.texts)
        picture = _picture(workspace, reader, explainer, ledger)
    if format == "json":
        say_json({"contact": contact, "at": instant_shown(instant, zone), **picture})
    else:
        which = "the rehearsal's ledger" if rehearsal else "the live ledger"
        say(f"{contact} at {instant_shown(instant, zone)} (decisions from {which})\n")
        say(_text(picture))
    return CLEAN


def _picture(workspace: Workspace, reader: Reader, explainer: Explainer, ledger: LedgerRead) -> dict[str, Any]:
    """Everything there is to say, as plain data."""
    from engine.explain import points_shown, shown

    model, zone = workspace.model, workspace.project.time_zone
    contact = reader.contact
    schema = workspace.project.schema
    fields = {
        name: shown(value, schema.fields[name].type, zone)
        for name, value in contact.fields.items()
        if name in schema.fields
    }
    scores: dict[str, Any] = {}
    for name, score in model.scores.items():
        points = reader.points(name)
        scores[name] = {
            "points": None if points is None else points_shown(points),
            "stage": reader.stage(name),
            "where": None if score.where is None else explainer.clause(score.where).as_json(),
            "rules": []
            if points is None
            else [{"rule": line.text, "points": points_shown(line.points)} for line in explainer.score_lines(score)],
        }
    decisions = [
        {
            "trigger": firing.trigger,
            "cause_at": instant_shown(firing.cause_at, zone),
            "at": instant_shown(judgement.at, zone),
            "outcome": judgement.outcome,
            "gate": judgement.gate,
            "detail": judgement.detail,
            "until": None if judgement.until is None else instant_shown(judgement.until, zone),
            "key": firing.key,
        }
        for firing, judgement in ledger.judgements(contact.key)
    ]
    messages = [
        {
            "trigger": row.message.trigger,
            "channel": row.message.channel,
            "template": row.message.template or row.message.address,
            "state": row.state,
            "at": instant_shown(row.changed_at, zone),
            "note": row.note,
        }
        for row in ledger.outbox()
        if row.message.contact == contact.key
    ]
    conditions = {
        trigger.name: explainer.clause(trigger.where).as_json()
        for trigger in model.triggers.values()
        if trigger.where is not None and not _of_a_run(trigger.where)
    }
    return {
        "zones": list(reader.zones.all),
        "fields": fields,
        "segments": {name: explainer.clause(s.where).as_json() for name, s in model.segments.items()},
        "scores": scores,
        "trigger_conditions": conditions,
        "decisions": decisions,
        "messages": messages,
    }


def _of_a_run(condition: Any) -> bool:
    from engine.evaluation import depends_on_cause

    return depends_on_cause(condition)


def _text(picture: dict[str, Any]) -> str:
    parts = ["Fields", *(f"  {name}: {value}" for name, value in picture["fields"].items())]
    parts += [f"  (time zone: {', '.join(picture['zones'])})", "", "Segments"]
    for name, clause in picture["segments"].items():
        parts += [f"  {'in ' if clause['holds'] else 'out'} {name}", *_lines(clause, 2)]
    parts += ["", "Scores"] if picture["scores"] else []
    for name, score in picture["scores"].items():
        if score["points"] is None:
            parts += [f"  {name}: none", *_lines(score["where"], 2)]
            continue
        stage = f", stage {score['stage']}" if score["stage"] else ""
        parts.append(f"  {name}: {score['points']}{stage}")
        parts += [f"      {line['points']:>8}  {line['rule']}" for line in score["rules"]]
    if picture["trigger_conditions"]:
        parts += ["", "Conditions of triggers (`where`)"]
        for name, clause in picture["trigger_conditions"].items():
            parts += [f"  {'holds ' if clause['holds'] else 'does not hold '}{name}", *_lines(clause, 2)]
    parts += ["", "Decisions" + ("" if picture["decisions"] else ": none so far")]
    for d in picture["decisions"]:
        until = f" until {d['until']}" if d["until"] else ""
        detail = f" ({d['detail']})" if d["detail"] else ""
        parts.append(
            f"  {d['at']}  {d['trigger']}: {d['outcome']} by {d['gate']}{detail}{until}; cause {d['cause_at']}"
        )
    parts += ["", "Messages" + ("" if picture["messages"] else ": none so far")]
    for m in picture["messages"]:
        extra = f" ({m['note']})" if m["note"] else ""
        parts.append(f"  {m['at']}  {m['trigger']}: {m['channel']} {m['template']}: {m['state']}{extra}")
    return "\n".join(parts)


def _lines(clause: dict[str, Any], depth: int) -> list[str]:
    """A clause and its parts, one a line, with the values seen."""
    seen = f"   [{'; '.join(clause['seen'])}]" if clause["seen"] else ""
    parts = clause["parts"]
    if parts and depth == 2 and len(parts) > 1:
        lines: list[str] = []
    else:
        lines = [f"{'  ' * depth}{'yes' if clause['holds'] else 'no '}  {clause['clause']}{seen}"]
    for part in parts:
        lines += _lines(part, depth + 1)
    return lines
