"""Whom a tick has to look at: those with new data, and those whose answers may differ by time alone.

Everybody else keeps the state that the ledger has. A contact's answers depend on its facts, on what the ledger
remembers of it, and on the instant. So it is visited when its facts or its evidence changed since the tick before, when
an instant has come at which some answer may differ, and when the tick asks for an answer that no ledger keeps: for runs
that are due, and for occurrences of the calendar. What cannot be told contact by contact is a reason to evaluate
everybody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from dsl.model import Broadcast, OnSegment, OnStage, OnWhen, Scheduled, Trigger
from engine.before import compared, edited_since
from engine.calendar import goes_out, scheduled_occurrences
from engine.caps import longest_reach
from engine.changes import watched_of
from engine.evaluation import Memory, Named, events_of, lists_of, tables_of
from engine.fire import Occurrence
from engine.instants import DAY, to_datetime
from engine.interpret import Setting
from engine.records import Firing, Reckoned, Tick, Touched
from engine.tally import unmarked
from engine.tick.engine import Engine, activity
from engine.zones import zone


class Everybody(Exception):
    """All contacts have to be evaluated; the text says why, to people."""


@dataclass(frozen=True, slots=True)
class Visits:
    """Whom a tick has to look at, by cause (one contact may have several)."""

    causes: Mapping[str, frozenset[str]]
    reckoned: Reckoned
    edited: frozenset[Named] = frozenset()
    """Definitions with another text than at the tick before: their answers have to be reckoned for everybody."""
    scheduled: Mapping[str, tuple[Occurrence, ...]] = field(default_factory=dict)
    """Trigger -> its occurrences of the calendar since the tick before, as they were found on the way."""

    @property
    def contacts(self) -> frozenset[str]:
        """All of them."""
        return frozenset[str]().union(*self.causes.values())


def visits(engine: Engine, last: Tick | None, as_of: int, most: int) -> Visits:
    """Whom the tick at `as_of` has to look at. Raises Everybody if that are all, or more than `most`."""
    if engine.always_full is not None:
        raise Everybody(engine.always_full)
    if last is None:
        raise Everybody("this is the first tick of the ledger")
    reckoned = _reckoned(engine, last, as_of)
    edited = _edited(engine, last)
    causes: dict[str, frozenset[str]] = {}
    scheduled: dict[str, tuple[Occurrence, ...]] = {}
    total: set[str] = set()
    for cause, contacts in _causes(engine, last, as_of, reckoned, edited, scheduled, most):
        causes[cause] = contacts
        total |= contacts
        if len(total) > most:
            why = f"{len(total):,} contacts at least have to be looked at (up to `{cause}`)"
            if most <= 0:
                raise Everybody(f"{why}, and looking at everybody is cheaper in a store so small")
            raise Everybody(f"{why}, more than the {most:,} up to which looking at everybody costs more")
    return Visits(causes, reckoned, edited, scheduled)


def _reckoned(engine: Engine, last: Tick, as_of: int) -> Reckoned:
    """What the tick before left."""
    reckoned = engine.ledger.reckoned()
    if reckoned is None or reckoned.tick != last.id or engine.facts.position() is None:
        raise Everybody("the tick before did not reckon when answers may differ")
    if as_of > reckoned.horizon:
        until = to_datetime(reckoned.horizon, zone(engine.time_zone)).strftime("%Y-%m-%d %H:%M")
        raise Everybody(f"the last full pass looked ahead until {until}")
    return reckoned


def _edited(engine: Engine, last: Tick) -> frozenset[Named]:
    """The definitions that were edited since the tick before, where the rest can go on without them."""
    if last.plan == engine.plan_hash:
        return frozenset()
    if engine.model.qualities:
        name = next(iter(engine.model.qualities))
        raise Everybody(f"the playbooks were edited, and quality `{name}` speaks of all contacts")
    edited = edited_since(engine.model, engine.definition_hashes, engine.ledger)
    if edited and len(edited) == len(compared(engine.model)):
        raise Everybody("all segments and scores have another text than at the tick before")
    return edited


def _causes(
    engine: Engine,
    last: Tick,
    as_of: int,
    reckoned: Reckoned,
    edited: frozenset[Named],
    scheduled: dict[str, tuple[Occurrence, ...]],
    most: int,
) -> Iterator[tuple[str, frozenset[str]]]:
    """Cause -> contacts, cheap ones first; `scheduled` is filled on the way."""
    model, facts, ledger = engine.model, engine.facts, engine.ledger
    _baselines(engine, last, as_of, edited)
    yield "flip due", ledger.due(as_of)
    span = last.as_of, as_of
    yield "new data", _told(facts.touched(reckoned.facts, events_of(model), tables_of(model), span, most))
    yield "new consent or list", _told(ledger.stirred(reckoned.evidence, lists_of(model), most))
    yield "imported quietly", ledger.quiet_contacts() - ledger.known_contacts(ledger.quiet_contacts())
    yield "waiting run", frozenset(f.contact for f in ledger.open_firings() if is_due(f, as_of))
    yield "counts in a budget", _counted_in_budgets(engine, as_of)
    setting = Setting(model, as_of, engine.time_zone, facts.schema, Memory(), facts)
    for trigger, after, end in _calendar(engine, last, as_of):
        if isinstance(trigger.cause, Broadcast) and goes_out(trigger.cause, facts, setting, after, end):
            raise Everybody(f"trigger `{trigger.name}` goes out to everybody")
        if isinstance(trigger.cause, Scheduled):
            scheduled[trigger.name] = tuple(scheduled_occurrences(trigger.cause, facts, setting, after, end))
    yield "date", frozenset(seen.contact for found in scheduled.values() for seen in found)


def is_due(firing: Firing, as_of: int) -> bool:
    """Whether a run that is open is judged at a tick."""
    return firing.not_before is None or firing.not_before <= as_of


def _told(touched: Touched) -> frozenset[str]:
    if touched.everybody is not None:
        raise Everybody(touched.everybody)
    return touched.contacts


def _baselines(engine: Engine, last: Tick, as_of: int, edited: Collection[Named]) -> None:
    """Raise Everybody where something begins that compares with what no tick has kept."""
    watched = engine.ledger.watched_fields()
    for name in watched_of(engine.model):
        if watched.get(name) != last.as_of:
            raise Everybody(f"`{name}` is watched from this tick on")
    activations = engine.ledger.activations()
    for trigger in engine.model.triggers.values():
        start, _ = activity(engine, trigger, activations, as_of)
        if not last.as_of < start <= as_of:
            newly = start <= as_of and trigger.id not in activations
        else:
            newly = trigger.id not in activations
            if start < as_of and _read_by(trigger) in edited:
                raise Everybody(f"trigger `{trigger.name}` begins between two ticks, with what was edited since")
        if newly and isinstance(trigger.cause, OnSegment) and trigger.cause.including_present:
            raise Everybody(f"trigger `{trigger.name}` begins with those already in")


def _read_by(trigger: Trigger) -> Named | None:
    """The population or score that a cause compares."""
    match trigger.cause:
        case OnSegment(segment=name):
            return "segment", name
        case OnStage(score=name):
            return "score", name
        case OnWhen():
            return "condition", f"trigger {trigger.name} when"
        case _:
            return None


def _calendar(engine: Engine, last: Tick, as_of: int) -> Iterator[tuple[Trigger, int, int | None]]:
    """The triggers that the calendar fires: (trigger, later than, until)."""
    activations = engine.ledger.activations()
    for trigger in engine.model.triggers.values():
        if isinstance(trigger.cause, Scheduled):
            start, end = activity(engine, trigger, activations, as_of)
            if start <= as_of:
                yield trigger, max(start, last.as_of), end


def _counted_in_budgets(engine: Engine, as_of: int) -> frozenset[str]:
    """Those whose messages count in a budget with `where` if it holds for them now."""
    budgets = [cap for cap in engine.model.caps.values() if cap.total and cap.where is not None]
    if not budgets:
        return frozenset()
    since = longest_reach(budgets, as_of, zone(engine.time_zone))
    return frozenset(m.contact for m in unmarked(budgets, engine.ledger.counted(None, since - DAY)))
