"""`kadenz explain CONTACT --why-not TRIGGER`: the gate that said no, and what the gates would say now.

What was decided stands in the ledger. What would be decided now is asked of the gates themselves: a run is made up
whose cause is this instant, and judged as a tick judges one; nothing of it is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from adapters.cli.plain import bad_input
from adapters.cli.workspace import Workspace, instant_shown
from dsl.model import OnEvent, Trigger
from dsl.spans import Span
from dsl.types import Stored
from engine.caps import limit_for, limits, longest_reach, without_room
from engine.clauses import responsible
from engine.evaluation import Evaluation, Scope, memory_of
from engine.explain import Explainer
from engine.gates import verdict_of
from engine.instants import DAY, shift
from engine.interpret import InterpreterExecutor, zones_of
from engine.protocols import LedgerWrite
from engine.quality import stops_of
from engine.records import Contact, Firing, Judgement
from engine.room import GivenOffers, Room
from engine.scenario_view import View
from engine.scenario_why import run_told
from engine.tally import Clock, Tally, shared_fields, with_units
from engine.tick.engine import Engine, activity
from engine.tick.gather import gather
from engine.tick.others import counted_for_others
from engine.unfired import why_not_fired
from engine.world import World
from engine.zones import zone

if TYPE_CHECKING:
    from adapters.stores.facts_record import RecordFacts
    from adapters.stores.ledger import SqlLedger

MADE_UP = "why-not"
"""The key of the run that is made up."""


class Judging:
    """One contact at one instant, with everything that the gates ask for."""

    def __init__(self, workspace: Workspace, contact: str, instant: int, facts: RecordFacts, ledger: SqlLedger) -> None:
        self.workspace = workspace
        self.model = workspace.model
        self.instant = instant
        self.zone = workspace.project.time_zone
        self.ledger = ledger
        # no plan is made for one contact
        executor = InterpreterExecutor(self.model, facts, self.zone)
        active = workspace.project.active_from
        self.engine = Engine(self.model, "", {}, executor, facts, ledger, self.zone, active_from=active)
        memory = memory_of(self.model, ledger, instant, self.zone, [contact])
        self.now: Evaluation = executor.evaluate(instant, memory, Scope(among=frozenset((contact,))))
        self.view = View(self.model, facts, ledger, self.zone, self.now, workspace.project.texts)
        self.contact: Contact = next(facts.contacts([contact]))

    def run(self, trigger: Trigger, properties: Mapping[str, Stored]) -> Firing:
        """A run of the trigger whose cause is now, an event with these properties."""
        event = trigger.cause.query.event if isinstance(trigger.cause, OnEvent) else None
        expires = shift(self.instant, trigger.expires, 1, zone(self.zone))
        return Firing(
            MADE_UP, trigger.id, self.contact.key, MADE_UP, self.instant, self.instant, self.instant, expires,
            event, None, properties,
        )  # fmt: skip

    def world(self, trigger: Trigger, firing: Firing) -> World:
        """By what the run is judged. Whether data of too little quality stop it is as at the last tick."""
        refused = {}
        reader = self.view.of_run(firing, Judgement(firing.key, self.instant, "held", "where"))
        if reader is not None and trigger.where is not None and not reader.holds(trigger.where):
            refused[firing.key] = "`where` does not hold"
        elif reader is not None and trigger.unless is not None and reader.holds(trigger.unless):
            refused[firing.key] = "`unless` holds"
        active = {trigger.name: activity(self.engine, trigger, self.ledger.activations(), self.instant)}
        figures = {}
        for name, block in self.model.qualities.items():
            kept = self.ledger.quality(block.id)
            figures[name] = [figure for at, figure in kept if at == kept[-1][0]]
        ledger = cast(LedgerWrite, self.ledger)  # nothing is written to gather
        triggers = {one.id: one for one in self.model.triggers.values()}
        return gather(self.engine, ledger, self.now, triggers, [firing], refused, active, stops_of(self.model, figures))


def why_not(
    workspace: Workspace, contact: str, name: str, instant: int, facts: RecordFacts, ledger: SqlLedger
) -> dict[str, Any]:
    """Why a contact did not get what a trigger sends, as plain data. Stop(3) where there is no such trigger."""
    trigger = workspace.model.triggers.get(name)
    if trigger is None:
        from difflib import get_close_matches

        close = get_close_matches(name, workspace.model.triggers, 1)
        raise bad_input(f"there is no trigger `{name}`{f'; did you mean `{close[0]}`?' if close else ''}")
    judging = Judging(workspace, contact, instant, facts, ledger)
    view = judging.view
    reader = view.reader(contact)
    assert reader is not None, "the contact was found a moment ago"
    decided = [pair for pair in view.decided(trigger, contact) if pair[1].at <= instant]
    firing = judging.run(trigger, decided[-1][0].properties if decided else {})
    world = judging.world(trigger, firing)
    verdict = verdict_of(firing, world, room_of(world))
    would = Judgement(MADE_UP, instant, verdict.outcome, verdict.gate, verdict.detail, verdict.until)
    return {
        "trigger": name,
        "fired": None if decided else why_not_fired(trigger, reader, ledger),
        "runs": [_told(judging, trigger, one, judgement) for one, judgement in decided],
        "now": _told(judging, trigger, firing, would),
        "caps": [line for line in cap_use(judging) if any(
            limits(workspace.model.caps[line["cap"]], send.channel, trigger.tags) for send in trigger.sends
        )],
    }  # fmt: skip


def _told(judging: Judging, trigger: Trigger, firing: Firing, judgement: Judgement) -> dict[str, Any]:
    texts = judging.workspace.project.texts
    clauses = []
    then = judging.view.of_run(firing, judgement)
    if judgement.gate == "where" and then is not None:
        explainer = Explainer(then, texts)
        for condition, wanted in ((trigger.where, True), (trigger.unless, False)):
            if condition is not None and then.holds(condition) != wanted:
                for one in responsible(then, condition):
                    seen = list(explainer.seen(one.leaf.condition))
                    clauses.append({**_place(one.leaf.span, texts), "holds": one.holds, "seen": seen})
    blocks = [_place(label.span, texts) for label in run_told(trigger, firing, judgement, judging.view) if not clauses]
    return {
        "cause_at": instant_shown(firing.cause_at, judging.zone),
        "at": instant_shown(judgement.at, judging.zone),
        "outcome": judgement.outcome,
        "gate": judgement.gate,
        "detail": judgement.detail,
        "until": None if judgement.until is None else instant_shown(judgement.until, judging.zone),
        "clauses": clauses,
        "said_by": blocks,
    }


def _place(span: Span, texts: Mapping[str, str]) -> dict[str, Any]:
    return {"clause": " ".join(span.text(texts[span.file]).split()), "file": span.file, "line": span.line}


def room_of(world: World) -> Room:
    """The room of a tick that has given out nothing yet."""
    room = Room(Tally(world.beside), GivenOffers(world.held_offers, world.offers_given))
    for held in world.history.values():
        for message in held:
            room.counted.add(with_units(message, world.shared_fields, world.contacts.get(message.contact)))
    for key, runs in world.handed_over.items():
        room.handed_over[key].extend(runs)
    return room


def cap_use(judging: Judging) -> list[dict[str, Any]]:
    """For each cap that is for the contact: how much of it is used now, and from when there is room (None: now). Of
    what was sent no more is read than the caps ask for, and of nobody else but those who count with the contact."""
    model, contact, instant = judging.model, judging.contact, judging.instant
    project = zone(judging.zone)
    own = zone(zones_of(contact, judging.view.facts.schema, judging.zone).reckoning)
    caps = list(model.caps.values())
    members = {cap.name: judging.now.conditions[f"cap {cap.name} where"] for cap in caps if cap.where is not None}
    mine = list(judging.ledger.counted({contact.key}, longest_reach(caps, instant, project) - DAY))
    triggers = {one.id: one for one in model.triggers.values()}
    asking = [judging.run(trigger, {}) for trigger in triggers.values()]
    others = counted_for_others(judging.engine, judging.ledger, {contact.key: contact}, asking, triggers, mine, instant)
    mates = {message.contact for message in others.messages}
    known = {contact.key: contact, **({c.key: c for c in judging.view.facts.contacts(mates)} if mates else {})}
    tally = Tally(others.beside)
    fields = shared_fields(caps)
    for message in (*mine, *others.messages):
        tally.add(with_units(message, fields, known.get(message.contact)))
    lines = []
    for cap in caps:
        if cap.name in members and contact.key not in members[cap.name]:
            continue
        used = tally.inside(cap, contact, members, "", Clock(instant, own, project))
        found = without_room(cap, used, instant, own, project)
        lines.append(
            {
                "cap": cap.name,
                "used": len(used),
                "limit": limit_for(cap, 100),
                "room_at": None if found is None else instant_shown(found.free_at, judging.zone),
            }
        )
    return lines


def caps_of(
    workspace: Workspace, contact: str, instant: int, facts: RecordFacts, ledger: SqlLedger
) -> list[dict[str, Any]]:
    """The same for a contact of the store."""
    return cap_use(Judging(workspace, contact, instant, facts, ledger)) if workspace.model.caps else []


def as_text(found: Mapping[str, Any], contact: str, at: str) -> str:
    """What people read."""
    lines = [f"why {contact} did not get {found['trigger']}, at {at}", ""]
    if found["fired"] is not None:
        lines.append(f"  no run so far: {found['fired']}")
    for run in found["runs"]:
        lines += _run_lines(run, f"{run['at']}  ")
    lines += ["", "if its cause came now", *_run_lines(found["now"], "")]
    if found["caps"]:
        lines += ["", "caps", *cap_lines(found["caps"])]
    return "\n".join(lines)


def _run_lines(run: Mapping[str, Any], head: str) -> list[str]:
    if run["outcome"] == "queued":
        told = "it goes out" if head else "it would go out"
    elif run["outcome"] == "waiting":
        told = "waits"
    else:
        told = f"{run['outcome']} by {run['gate']}"
    detail = f" ({run['detail']})" if run["detail"] else ""
    until = f" until {run['until']}" if run["until"] else ""
    lines = [f"  {head}{told}{detail}{until}"]
    for clause in run["clauses"]:
        seen = f"   [{'; '.join(clause['seen'])}]" if clause["seen"] else ""
        lines.append(f"      {'yes' if clause['holds'] else 'no '}  {clause['clause']}{seen}   {_where(clause)}")
    lines += [f"      {place['clause']}   {_where(place)}" for place in run["said_by"] if run["outcome"] != "queued"]
    return lines


def _where(place: Mapping[str, Any]) -> str:
    return f"{place['file']}:{place['line']}"


def cap_lines(caps: list[dict[str, Any]]) -> list[str]:
    """One line a cap."""
    return [
        f"  {one['cap']}: {one['used']} of {one['limit']} used"
        + ("" if one["room_at"] is None else f"; room returns {one['room_at']}")
        for one in caps
    ]
