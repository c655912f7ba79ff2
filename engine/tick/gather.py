"""Everything that candidates are judged by, read under the lock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from dsl.learned import RESPONSES
from dsl.model import OnDay, Trigger, Yearly
from dsl.schema import preferable
from engine.caps import longest_reach
from engine.evaluation import Evaluation
from engine.instants import DAY
from engine.offers import held_by
from engine.protocols import LedgerWrite
from engine.quality import Stop
from engine.records import ConsentRecord, Firing, HandedOver
from engine.tick.engine import Engine
from engine.tick.others import counted_for_others
from engine.ways import taught_by
from engine.world import Suppressed, World
from engine.zones import zone


def gather(
    engine: Engine,
    ledger: LedgerWrite,
    now: Evaluation,
    triggers: Mapping[str, Trigger],
    due: Sequence[Firing],
    refused: Mapping[str, str],
    active: Mapping[str, tuple[int, int | None]],
    stops: tuple[Stop, ...],
) -> World:
    """Read under the lock everything the candidates are judged by."""
    keys = {f.contact for f in due}
    consents: dict[tuple[str, str, str], ConsentRecord] = {
        (c.contact, c.channel, c.purpose): c for c in ledger.consents(now.as_of, keys)
    }
    since = longest_reach(list(engine.model.caps.values()), now.as_of, zone(engine.time_zone))
    history = defaultdict(list)
    for message in ledger.counted(keys, since - DAY) if engine.model.caps else ():
        history[message.contact].append(message)
    judged = {c.key: c for c in engine.facts.contacts(keys)}
    known = [message for held in history.values() for message in held]
    others = counted_for_others(engine, ledger, judged, due, triggers, known, now.as_of)
    for message in others.messages:
        history[message.contact].append(message)
    mates = frozenset(m.contact for m in others.messages)
    handed: dict[tuple[str, str], list[HandedOver]] = defaultdict(list)
    for name in {f.trigger for f in due}:
        trigger = triggers.get(name)
        if trigger is None or (trigger.again.kind == "every time" and not isinstance(trigger.cause, Yearly | OnDay)):
            continue
        for run in ledger.handed_over(trigger.id, {f.contact for f in due if f.trigger == name}):
            handed[trigger.id, run.contact].append(run)
    return World(
        now=now.as_of,
        model=engine.model,
        triggers=triggers,
        schema=engine.facts.schema,
        time_zone=engine.time_zone,
        contacts={**judged, **({c.key: c for c in engine.facts.contacts(mates)} if mates else {})},
        consents=consents,
        suppressed=Suppressed.of(ledger.suppressions(now.as_of)),
        paused=ledger.paused(),
        active=active,
        refused=refused,
        cap_members={
            cap.name: now.conditions[f"cap {cap.name} where"]
            for cap in engine.model.caps.values()
            if cap.where is not None
        },
        suppress_members={name: now.conditions[f"suppress {name} where"] for name in engine.model.suppresses},
        stops=stops,
        scores={cap.ranked_by: now.scores[cap.ranked_by] for cap in engine.model.caps.values() if cap.ranked_by},
        history=history,
        beside=others.beside,
        handed_over=handed,
        taught=_taught(engine, due, now.as_of),
        held_offers=held_by(ledger.held_offers(keys)) if engine.model.offers else {},
        offers_given=ledger.offers_given() if any(o.total for o in engine.model.offers.values()) else {},
        reserved={row.message.key: row.message for row in ledger.outbox(("queued", "claimed"))}
        if any(f.state == "queued" for f in due)
        else {},
        left={m.key: m for m in ledger.may_have_left([f.key for f in due if f.state in ("queued", "held")])},
    )


def _taught(engine: Engine, due: Sequence[Firing], as_of: int) -> dict[str, str]:
    """What responses taught about the preferred channel, for contacts with a run that asks for it."""
    asking = {t.id for t in engine.model.triggers.values() if any(s.preferred for s in t.sends)}
    keys = {f.contact for f in due if f.trigger in asking}
    if not keys:
        return {}
    channels = preferable(engine.facts.schema)
    loaded = engine.facts.load(keys, RESPONSES, as_of)
    found = ((data.contact.key, taught_by(data.events, channels, as_of)) for data in loaded)
    return {key: channel for key, channel in found if channel is not None}
