"""The work of `kadenz explain CONTACT`, without the command-line library: somebody waits for the answer.

It reads what concerns one contact, and imports what that needs: no plan, and no SQL library unless there are classes.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from adapters.cli.plain import CLEAN, bad_input, say
from adapters.cli.workspace import Workspace, instant_of, instant_shown, note, open_what_checks
from adapters.clock import now
from adapters.engine_choice import Asked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from adapters.stores.facts_record import RecordFacts
    from adapters.stores.ledger import SqlLedger
    from engine.classes import Standings
    from engine.explain import Explainer
    from engine.interpret import Reader
    from engine.protocols import LedgerRead


Format = Literal["text", "json", "html"]


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked beyond a contact's whole picture. `out`: a file to write; `engine`: what counts a segment."""

    segment: str | None = None
    why_not: str | None = None
    out: Path | None = None
    engine: Asked = "auto"


def bare(directory: Path, contact: str) -> int:
    """`kadenz explain CONTACT` without further arguments."""
    return explain(contact, directory, None, "text")


def explain(contact: str, project: Path, at: str | None, format: Format, asked: Asking | None = None) -> int:
    """Say everything about one contact, or about a segment as a whole; the exit code. Raises Stop(3) where there is no
    such contact, segment or trigger."""
    from adapters.which_ledger import is_present, open_ledger

    asked = asked or Asking()
    workspace, left_out = open_what_checks(project)
    if left_out:
        files = ", ".join(left_out)
        note(f"kadenz: {files} cannot be used as it stands and is left out here; `kadenz check` says why")
    zone = workspace.project.time_zone
    instant = instant_of(at, zone)
    shown_at = instant_shown(instant, zone)
    rehearsal = not is_present(instant)
    with ExitStack() as opened:
        facts = opened.enter_context(workspace.facts())
        segment = asked.segment or _segment(contact, workspace, facts)
        if segment is not None:
            ledger = opened.enter_context(open_ledger(workspace, rehearsal=rehearsal))
            return _said(*_of_segment(workspace, segment, instant, facts, ledger, asked), format, asked.out)
        contact = key_of(contact, facts, workspace.project.country)
        # a place in a class takes what is known of all
        alone = None if workspace.model.classes else [contact]
        ledger = opened.enter_context(open_ledger(workspace, rehearsal=rehearsal, contacts=alone))
        if asked.why_not is not None:
            from adapters.cli import why_not

            found = why_not.why_not(workspace, contact, asked.why_not, instant, facts, ledger)
            data = {"contact": contact, "at": shown_at, **found}
            return _said(data, why_not.as_text(found, contact, shown_at), format, asked.out)
        picture = pictured(workspace, contact, instant, facts, ledger)
        if workspace.model.caps:
            from adapters.cli.why_not import caps_of

            picture["caps"] = caps_of(workspace, contact, instant, facts, ledger)
        unused = ledger.last_tick() is None
    which = "the rehearsal's ledger" if rehearsal else "the live ledger"
    text = f"{contact} at {shown_at} (decisions from {which})\n\n{_text(picture)}"
    if unused and not rehearsal and workspace.project.rehearsal_ledger_path.exists():
        text += "\n\n(The live ledger has no runs; rehearsals have. Ask for one of their instants with --at.)"
    return _said({"contact": contact, "at": shown_at, **picture}, text, format, asked.out)


def _segment(name: str, workspace: Workspace, facts: RecordFacts) -> str | None:
    """The segment of this name, where no contact has it as its key."""
    if name not in workspace.model.segments or next(facts.contacts([name]), None) is not None:
        return None
    return name


def _of_segment(
    workspace: Workspace, segment: str, instant: int, facts: RecordFacts, ledger: SqlLedger, asked: Asking
) -> tuple[dict[str, Any], str]:
    if segment not in workspace.model.segments:
        from difflib import get_close_matches

        close = get_close_matches(segment, workspace.model.segments, 1)
        raise bad_input(f"there is no segment `{segment}`{f'; did you mean `{close[0]}`?' if close else ''}")
    from adapters.cli import segment_funnel

    found = segment_funnel.funnel(workspace, segment, instant, facts, ledger, asked.engine)
    return found, segment_funnel.as_text(found)


def _said(data: dict[str, Any], text: str, format: Format, out: Path | None) -> int:
    """Print it, or write it into a file, in the form that is asked for."""
    match format:
        case "json":
            told = json.dumps(data, ensure_ascii=False, indent=2)
        case "html":
            from adapters.cli.explain_page import page

            told = page(data, text)
        case _:
            told = text
    if out is None:
        say(told)
        return CLEAN
    try:
        out.write_text(told + "\n", encoding="utf-8")
    except OSError as error:
        raise bad_input(f"{out} cannot be written: {error.strerror or error}") from error
    return CLEAN


def pictured(workspace: Workspace, contact: str, instant: int, facts: RecordFacts, ledger: SqlLedger) -> dict[str, Any]:
    """Everything that playbooks say of a contact of the store at an instant, as plain data."""
    from engine.classes import tiers_of
    from engine.evaluation import memory_of
    from engine.explain import Explainer
    from engine.explain_classes import classes_explained
    from engine.interpret import Reader, Setting
    from engine.past import as_it_was, clauses_as_now, lists_then

    zone = workspace.project.time_zone
    data = next(facts.load([contact], facts.schema.events, instant), None)
    assert data is not None, "the key was found a moment ago"
    past = as_it_was(data.contact, facts.field_changes(contact), facts.schema, instant)
    data = replace(data, contact=past.contact)
    memory = memory_of(workspace.model, ledger, instant, zone, [contact])
    last = ledger.last_tick()
    if last is not None and instant < last.as_of:
        stages = {n: ledger.stages(score.id, instant, [contact]) for n, score in workspace.model.scores.items()}
        on = lists_then(ledger.lists_of(contact), instant)
        lists = {name: frozenset((contact,)) if name in on else frozenset[str]() for name in memory.lists}
        memory = replace(memory, stages=stages, lists=lists)
    standings: Standings = {}
    if workspace.model.classes:
        # a place in a class takes all contacts, so it comes from the quick executor
        with facts.snapshot():
            standings = workspace.executor(facts, "sql").standings(instant, memory)
    setting = Setting(workspace.model, instant, zone, facts.schema, memory, facts, tiers_of(standings))
    reader = Reader(setting, data)
    explainer = Explainer(reader, workspace.project.texts)
    picture = _picture(workspace, reader, explainer, ledger)
    as_now = past.as_now if instant < now() else frozenset[str]()
    texts = workspace.project.texts
    picture["arrived"] = None if past.arrived is None or not as_now else instant_shown(past.arrived, zone)
    picture["as_now"] = [
        {"block": block, "clause": " ".join(leaf.span.text(texts[leaf.span.file]).split())}
        for block, leaf in clauses_as_now(workspace.model, as_now)
    ]
    picture["classes"] = [one.as_json() for one in classes_explained(explainer, data, standings)]
    return picture


def key_of(text: str, facts: RecordFacts, country: str | None) -> str:
    """The contact's key; an address finds its contact too, where exactly one has it, also where it is written
    otherwise than it is stored (phone numbers as in `country`)."""
    if next(facts.contacts([text]), None) is not None:
        return text
    channels = facts.schema.channels.values()
    fields = {n: f for n, f in facts.schema.fields.items() if n in {c.address for c in channels}}
    fields.pop(facts.schema.key, None)
    having = sorted({key for key, _ in facts.bearing(tuple(fields), text)})
    if not having:
        from adapters.importing.normalise import normalise  # with all that reads files: not for what is found already

        stored = {name: normalise(text, field.normalise, country) for name, field in fields.items()}
        sought = {name: one for name, one in stored.items() if isinstance(one, str)}
        having = sorted({key for one in {*sought.values()} for key in _in_other_letters(facts, sought, one)})
    if len(having) == 1:
        return having[0]
    if having:
        raise bad_input(f"{len(having)} contacts have `{text}`: {', '.join(having[:5])}; ask for one by its key")
    raise bad_input(f"there is no contact `{text}` in the store, neither by key nor by address")


def _in_other_letters(facts: RecordFacts, sought: Mapping[str, str], text: str) -> Iterator[str]:
    """The contacts with a text in the fields for which it is sought, whatever its letters' size."""
    fields = [name for name, one in sought.items() if one == text]
    for key, held in facts.bearing(fields, text, folded=True):
        if any(address.casefold() == text.casefold() for address in held.values()):
            yield key


def _picture(workspace: Workspace, reader: Reader, explainer: Explainer, ledger: LedgerRead) -> dict[str, Any]:
    """Everything there is to say, as plain data."""
    from dsl.types import Date
    from engine.explain import points_shown, shown
    from engine.instants import local_date
    from engine.offers import holds
    from engine.unfired import rests_of, why_not_fired
    from engine.zones import zone as zone_named

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
            "rests": rests_of(score, reader, ledger),
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
        if judgement.at <= reader.as_of
    ]
    # a ledger from a backup may know of a message and not of what was decided
    rows = [row for row in ledger.outbox(contact=contact.key) if row.message.reserved_at <= reader.as_of]
    fired = {d["trigger"] for d in decisions} | {row.message.trigger for row in rows}
    unfired = {
        trigger.name: why_not_fired(trigger, reader, ledger)
        for trigger in model.triggers.values()
        if trigger.id not in fired
    }
    messages = [
        {
            "trigger": row.message.trigger,
            "channel": row.message.channel,
            "template": row.message.template or row.message.address,
            "state": row.state,
            "at": instant_shown(row.changed_at, zone),
            "note": row.note,
            "key": row.message.key,
        }
        for row in rows
    ]
    today = local_date(reader.as_of, zone_named(reader.zones.reckoning))
    held = [h for h in ledger.held_offers([contact.key]) if h.at <= reader.as_of]
    offers = [
        {
            "offer": one.name,
            "group": one.group,
            "last_day": None if last is None else shown(last, Date()),
        }
        for one in model.offers.values()
        if holds(held, one.id, today)
        for last in [next(h.last_day for h in reversed(held) if h.offer == one.id)]
    ]
    consents = [
        {
            "channel": c.channel,
            "purpose": c.purpose,
            "state": c.state,
            "basis": c.basis,
            "evidence": c.evidence,
            "at": instant_shown(c.at, zone),
        }
        for c in ledger.consents(reader.as_of, [contact.key])
    ]
    fields_of_address = [c.address for c in schema.channels.values() if c.address is not None]
    addresses = {str(contact.fields[name]) for name in fields_of_address if name in contact.fields}
    suppressions = [
        {"channel": line.channel, "reason": line.reason, "at": instant_shown(line.at, zone)}
        for line in ledger.suppressions_of(contact.key, addresses, reader.as_of)
    ]
    conditions = {
        trigger.name: explainer.clause(trigger.where).as_json()
        for trigger in model.triggers.values()
        if trigger.where is not None and not _of_a_run(trigger.where)
    }
    lists = [
        {
            "list": name,
            "since": instant_shown(added, zone),
            "until": None if removed is None else instant_shown(removed, zone),
        }
        for name, added, removed in ledger.lists_of(contact.key)
    ]
    return {
        "lists": lists,
        "zones": list(reader.zones.all),
        "fields": fields,
        "consents": consents,
        "suppressions": suppressions,
        "segments": {name: explainer.clause(s.where).as_json() for name, s in model.segments.items()},
        "scores": scores,
        "trigger_conditions": conditions,
        "decisions": decisions,
        "not_fired": unfired,
        "messages": messages,
        "offers": offers,
    }


def _of_a_run(condition: Any) -> bool:
    from engine.evaluation import depends_on_cause

    return depends_on_cause(condition)


def _text(picture: dict[str, Any]) -> str:
    parts = ["Fields", *(f"  {name}: {value}" for name, value in picture["fields"].items())]
    parts.append(f"  (time zone: {', '.join(picture['zones'])})")
    parts += ["", "Consent" + ("" if picture["consents"] else ": nothing on record")]
    for c in picture["consents"]:
        how = f"{c['basis']}, {c['evidence']}" if c["state"] == "granted" else c["evidence"]
        parts.append(f"  {c['channel']} for {c['purpose']}: {c['state']} on {c['at']} ({how})")
    for line in picture["suppressions"]:
        parts.append(f"  suppressed on {line['channel'] or 'every channel'} since {line['at']}: {line['reason']}")
    if picture["lists"]:
        parts += ["", "Lists"]
        for one in picture["lists"]:
            until = f" until {one['until']}" if one["until"] else ""
            parts.append(f"  {'was ' if until else ''}on list {one['list']} since {one['since']}{until}")
    parts += ["", "Segments"]
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
        parts += [f"      {told}" for told in score["rests"]]
    parts += ["", f"Classes (as of midnight, {picture['classes'][0]['as_of']})"] if picture["classes"] else []
    for held in picture["classes"]:
        parts.append(f"  {held['class']}: {held['tier'] or 'none'} ({held['why']})")
        parts += _lines(held["where"], 2) if held["where"] and not held["where"]["holds"] else []
    if picture["trigger_conditions"]:
        parts += ["", "Conditions of triggers (`where`)"]
        for name, clause in picture["trigger_conditions"].items():
            parts += [f"  {'holds ' if clause['holds'] else 'does not hold '}{name}", *_lines(clause, 2)]
    parts += ["", "Decisions" + ("" if picture["decisions"] else ": none so far")]
    for d in picture["decisions"]:
        parts.append(f"  {d['at']}  {d['trigger']}: {_decided(d)}; cause {d['cause_at']}")
    if picture["not_fired"]:
        parts += ["", "Not fired"]
        parts += [f"  {name}: {why}" for name, why in picture["not_fired"].items()]
    parts += ["", "Messages" + ("" if picture["messages"] else ": none so far")]
    for m in picture["messages"]:
        settled = f"`kadenz settle {m['key'][:12]}`" if m["state"] == "uncertain" else ""
        extra = "; ".join(part for part in (m["note"], settled) if part)
        extra = f" ({extra})" if extra else ""
        parts.append(f"  {m['at']}  {m['trigger']}: {m['channel']} {m['template']}: {m['state']}{extra}")
    parts += ["", "Offers held"] if picture["offers"] else []
    for o in picture["offers"]:
        group = f" (group {o['group']})" if o["group"] else ""
        parts.append(f"  {o['offer']}{group}{'' if o['last_day'] is None else ' to ' + o['last_day']}")
    if picture.get("caps"):
        from adapters.cli.why_not import cap_lines

        parts += ["", "Caps", *cap_lines(picture["caps"])]
    if picture["as_now"]:
        why = f"the contact arrived {picture['arrived']}" if picture["arrived"] else "nobody keeps what it was"
        parts += ["", f"Read as it is now, not as it was: {why}"]
        parts += [f"  {one['block']}: {one['clause']}" for one in picture["as_now"]]
    return "\n".join(parts)


def _decided(decision: dict[str, Any]) -> str:
    """One decision in words."""
    until = f" until {decision['until']}" if decision["until"] else ""
    detail = f" ({decision['detail']})" if decision["detail"] else ""
    match decision["outcome"]:
        case "queued":
            return f"a team is told instead{detail}" if detail else "goes out"
        case "waiting":
            return f"waits{until}"
        case outcome:
            return f"{outcome} by {decision['gate']}{detail}{until}"


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
