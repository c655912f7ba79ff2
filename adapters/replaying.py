"""A period run again with a virtual clock, through the code that decides in production; nothing leaves.

The ledger is a scratch one that is thrown away. It knows the consents and suppressions of each instant, and what was
sent before the period; what the playbooks send within it, they send there. Facts are read as they are stored now,
events up to each instant: what people did because of messages that really left stays in, and so does `message_sent`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from adapters.bench import Letterbox, unrendered
from adapters.running import engine_of
from adapters.stores.ledger import SqliteLedger
from adapters.stores.ledger_outbox import SqlOutbox
from adapters.stores.ledger_sqlite import SCRATCH
from engine.handover import HandedOverSummary, hand_over
from engine.instants import HOUR, date_at
from engine.outgoing import CALL, SET
from engine.replay import Adding, Replayed
from engine.tick import tick
from engine.zones import zone

if TYPE_CHECKING:
    from adapters.cli.common import Workspace
    from adapters.engine_choice import Asked
    from adapters.stores.facts_record import RecordFacts
    from adapters.stores.ledger import SqlLedger
    from engine.protocols import ChannelAdapter

MOST_TICKS = 20_000
"""More ticks than this are a mistake in the rhythm rather than a wish."""


class TooManyTicks(Exception):
    """The rhythm would tick more often than `MOST_TICKS` times."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When the replay ticks. recorded: where the live ledger did; every: each `step` microseconds; event: at each event
    that starts a trigger, whenever a waiting run is due, and at each full hour."""

    kind: Literal["recorded", "every", "event"]
    step: int = 0


def replay(
    workspace: Workspace,
    facts: RecordFacts,
    live: SqlLedger,
    start: int,
    end: int,
    rhythm: Rhythm,
    engine: Asked,
    told: Callable[[int, int], None] = lambda *_: None,
) -> Replayed:
    """Tick through (start, end]; at `start` itself the playbooks look and fire nothing. `told` hears (how far in
    microseconds, of how many) after each tick.

    Raises TooManyTicks, StoreError, LedgerError."""
    if rhythm.kind == "every" and (end - start) // rhythm.step > MOST_TICKS:
        raise TooManyTicks(f"{(end - start) // rhythm.step:,} ticks")
    adding = Adding()
    own = zone(workspace.project.time_zone)
    with _scratch(live, start) as ledger, workspace.evaluating(facts, engine) as executor:
        running = replace(engine_of(workspace, facts, ledger, executor), not_before=start)
        channels: dict[str, ChannelAdapter] = {
            name: Letterbox() for name in (*workspace.project.schema.channels, "notify", CALL, SET)
        }
        for number, at in enumerate(_instants(workspace, facts, live, ledger, start, end, rhythm)):
            if number > MOST_TICKS:
                raise TooManyTicks(f"more than {MOST_TICKS:,} ticks")
            report = tick(running, at)
            adding.tick(report, _delivered(ledger, channels, at), date_at(at, own))
            told(at - start, end - start)
    return adding.sums()


def _delivered(ledger: SqliteLedger, channels: Mapping[str, ChannelAdapter], at: int) -> HandedOverSummary:
    """Everything that is queued leaves at this instant, for nowhere."""

    def clock() -> int:
        return at

    with ledger.owner() as owner:
        return hand_over(SqlOutbox(ledger, clock=clock, present=False), channels, unrendered, clock, owner)


@contextmanager
def _scratch(live: SqlLedger, start: int) -> Iterator[SqliteLedger]:
    with SqliteLedger.open(SCRATCH, clock=lambda: start) as ledger:
        ledger.sync_evidence(live)
        ledger.rewind_evidence(start)
        with ledger.write() as writing:
            for runs in live.runs_until(start):  # `again` counts them
                writing.record_ghosts(runs, start)
        yield ledger


def _instants(
    workspace: Workspace,
    facts: RecordFacts,
    live: SqlLedger,
    ledger: SqliteLedger,
    start: int,
    end: int,
    rhythm: Rhythm,
) -> Iterator[int]:
    yield start
    match rhythm.kind:
        case "recorded":
            yield from live.ticks(start, end)
        case "every":
            yield from range(start + rhythm.step, end + 1, rhythm.step)
        case "event":
            yield from _event_by_event(workspace, facts, ledger, start, end)


def _event_by_event(
    workspace: Workspace, facts: RecordFacts, ledger: SqliteLedger, start: int, end: int
) -> Iterator[int]:
    from dsl.model import OnEvent

    types = sorted({t.cause.query.event for t in workspace.model.triggers.values() if isinstance(t.cause, OnEvent)})
    events = facts.event_instants(types, start, end)
    following = next(events, end)
    at = start
    while at < end:
        waiting = (one.not_before or one.due_at for one in ledger.open_firings())
        due = min((then for then in waiting if then > at), default=end)
        at = min(due, at // HOUR * HOUR + HOUR, following, end)
        while following <= at < end:
            following = next(events, end)
        yield at
