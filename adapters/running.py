"""One run: a tick of the engine, then the hand-over; at the present or as a rehearsal of another time.

A rehearsal hands over to folders only and keeps a ledger of its own, which takes consents, suppressions and earlier
messages from the live one. The present run reaches people.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter, sleep
from typing import TYPE_CHECKING

from adapters.activation import must_be_applied
from adapters.channel_config import SmtpConfig
from adapters.channels.unsubscribe import Unsubscription, unsubscribe_link
from adapters.crash_point import crash_point
from adapters.feedback.taking import take_over
from adapters.rights.auditing import record_settings
from adapters.stopping import Rates
from adapters.stores.facts_migrations import remember
from adapters.stores.ledger import SqlLedger
from adapters.stores.ledger_erasing import ever_forgotten
from adapters.stores.ledger_outbox import SqlOutbox
from adapters.which_ledger import open_ledger
from dsl.model import Model, Offer, Send
from engine.evaluation import Executor
from engine.handover import HandedOverSummary, Progress, RenderError, hand_over
from engine.interpret import zones_of
from engine.outgoing import CALL, SET
from engine.protocols import Unreachable
from engine.quiet import outside_of, quiet_until
from engine.records import OutboxRow, Outgoing
from engine.tick import ClockRanBack, Engine, Passes, TickReport, tick

if TYPE_CHECKING:
    from adapters.batch_columns import TableRows
    from adapters.cli.common import Workspace
    from adapters.engine_choice import Asked, Choice
    from adapters.project import Project
    from adapters.score_values import Scores
    from adapters.stores.facts_record import RecordFacts
    from adapters.stores.handover_journal import HandoverJournal
    from dsl.schema import Schema
    from engine.protocols import ChannelAdapter, Rendered

_COPIED = "messages copied"


@dataclass(frozen=True, slots=True)
class RunResult:
    """What one run did; `handed_over` is None for a dry run. `uncertain`: every message of the ledger whose outcome is
    unknown, from this run or an earlier one."""

    report: TickReport
    handed_over: HandedOverSummary | None
    rehearsal: bool
    choice: Choice
    uncertain: tuple[OutboxRow, ...] = ()
    paused: Mapping[str, str] = field(default_factory=dict)
    """What the switch holds back: trigger id, or "*" for all -> why."""
    stopped: Mapping[str, str] = field(default_factory=dict)
    """Triggers that this run stopped because of their rates (a dry run: would stop): trigger id -> why."""


def engine_of(
    workspace: Workspace, facts: RecordFacts, ledger: SqlLedger, executor: Executor, passes: Passes = "chosen"
) -> Engine:
    """Everything a tick needs."""
    from engine.horizon import always_full

    project = workspace.project
    return Engine(
        model=workspace.model,
        plan_hash=workspace.plan.hash,
        definition_hashes=workspace.plan.definition_hashes,
        executor=executor,
        facts=facts,
        ledger=ledger,
        time_zone=project.time_zone,
        active_from=project.active_from,
        settle=project.settle,
        always_full=always_full(workspace.plan),
        passes=passes,
        stopwatch=perf_counter,
    )


def run_once(
    workspace: Workspace,
    at: int | None,
    *,
    rehearsal: bool,
    dry_run: bool,
    engine: Asked,
    most: int | None = None,
    passes: Passes = "chosen",
    progress: Progress | None = None,
    stop: Callable[[], bool] | None = None,
    patience: int | None = None,
) -> RunResult:
    """One tick at `at` (None: now, by the clock of the ledger) and, unless `dry_run`, the hand-over of what is queued.
    `most`: see `engine.tick.tick`; `stop`, `patience`: see `engine.handover.hand_over`.

    Raises ClockRanBack, TooMany, NotApplied, LedgerError, StoreError."""
    from adapters.channels import open_channels
    from adapters.score_values import Scores

    with workspace.facts() as facts, open_ledger(workspace, rehearsal=rehearsal) as ledger:
        if not rehearsal and not dry_run:
            must_be_applied(workspace, ledger)
        journal = None if rehearsal else workspace.journal(ledger)
        came_in: Callable[[], object] | None = None
        if journal is not None:
            if not dry_run:
                journal.standing().must_allow(journal.path)
                came_in = partial(take_over, workspace.project, ledger, journal, lambda: nullcontext(facts))
                came_in()
                forgotten_stay_so(workspace, facts, ledger)
            copy_messages(ledger, facts)
        rates = None if journal is None else rates_of(workspace, facts, ledger, journal, write=not dry_run)
        if rates is not None:
            rates.look()
        if journal is not None and not dry_run:
            record_settings(ledger, workspace.project, workspace.plan.hash)
        instant = ledger.clock() if at is None else at
        # a copy of the facts is free for others while messages are handed over
        with workspace.evaluating(facts, engine) as evaluating:
            running = engine_of(workspace, facts, ledger, evaluating, passes)
            report = _ticked(running, instant, ledger.clock, rehearsal=rehearsal, dry_run=dry_run, most=most)
        choice = evaluating.choice
        if dry_run:
            stopped = {} if rates is None else rates.stopped
            return RunResult(report, None, rehearsal, choice, paused=ledger.paused(), stopped=stopped)
        if journal is not None:
            forgotten_stay_so(workspace, facts, ledger)  # whoever came in since, the tick may have seen
        clock: Callable[[], int] = (lambda: instant) if rehearsal else ledger.clock
        point = crash_point(os.environ)
        channels = open_channels(workspace.project, rehearsal=rehearsal, clock=clock, facts=facts, on_point=point)
        try:
            with ledger.owner() as owner:
                summary = hand_over(
                    SqlOutbox(ledger, clock=clock, present=not rehearsal),
                    channels,
                    renderer(workspace, facts, ledger, leaving=True, scores=Scores(workspace, facts, ledger, clock())),
                    clock,
                    owner,
                    progress=progress,
                    closed=quiet_now(workspace, facts, clock),
                    on_point=point,
                    journal=journal,
                    stop=stop,
                    sleep=None if rehearsal else lambda pause: sleep(pause / 1_000_000),
                    patience=patience,
                    before_more=None if rates is None else _in_turn(came_in, rates.look_again),
                )
        finally:
            close_all(channels)
        if journal is not None:
            journal.agreed()
            copy_messages(ledger, facts)
        uncertain, stopped = tuple(ledger.outbox(("uncertain",))), {} if rates is None else rates.stopped
        return RunResult(report, summary, rehearsal, choice, uncertain, ledger.paused(), stopped)


def _in_turn(first: Callable[[], object] | None, then: Callable[[], None]) -> Callable[[], None]:
    """What came in is taken over before the rates are looked at, and before more leaves."""

    def both() -> None:
        if first is not None:
            first()
        then()

    return both


def forgotten_stay_so(workspace: Workspace, facts: RecordFacts, ledger: SqlLedger) -> None:
    """Nothing leaves where somebody is known who was forgotten; an address of theirs that was suppressed and is back is
    suppressed again. Raises LedgerError, StoreError."""
    if not workspace.project.forgotten_path.exists() and not ever_forgotten(ledger.database):
        return
    from adapters.rights.forgetting import must_allow
    from adapters.rights.opening import stores_of
    from adapters.rights.returning import suppress_again

    stores = stores_of(workspace.project, facts, ledger)
    must_allow(stores, ledger.clock())
    suppress_again(stores, ledger.clock())


def rates_of(
    workspace: Workspace, facts: RecordFacts, ledger: SqlLedger, journal: HandoverJournal, *, write: bool
) -> Rates:
    """The rates of the triggers of a live ledger."""
    triggers = workspace.model.triggers.values()
    names = {t.name: t.id for t in triggers} | {t.id: t.id for t in triggers}
    return Rates(workspace.project.limits.rates, facts, ledger, journal, names, write)


def _ticked(
    engine: Engine, at: int, clock: Callable[[], int], *, rehearsal: bool, dry_run: bool, most: int | None
) -> TickReport:
    while True:
        try:
            return tick(engine, at, dry_run=dry_run, most=most)
        except ClockRanBack as error:
            # at the present another run may have ticked a moment ago: this one comes after it
            at = clock()
            if rehearsal or at < error.last:
                raise


def quiet_now(workspace: Workspace, facts: RecordFacts, clock: Callable[[], int]) -> Callable[[OutboxRow], bool]:
    """Whether it is quiet for a message at the moment of its hand-over: a long run, or a retry, may reach the evening.
    Transactional messages and notices are not held (LANGUAGE.md §8.12); `deliver between` holds all."""
    project, quiets = workspace.project, tuple(workspace.model.quiets.values())
    windows = {t.id: outside_of(t.deliver) for t in workspace.model.triggers.values() if t.deliver is not None}

    def closed(row: OutboxRow) -> bool:
        free = row.message.kind == "notice" or row.message.category == "transactional"
        applying = (*(() if free else quiets), *windows.get(row.message.trigger, ()))
        contact = next(facts.contacts([row.message.contact]), None) if applying else None
        if contact is None:
            return False
        zones = zones_of(contact, project.schema, project.time_zone).all
        return quiet_until(clock(), row.message.channel, applying, zones) is not None

    return closed


def renderer(
    workspace: Workspace,
    facts: RecordFacts,
    ledger: SqlLedger,
    secret: Callable[[str], str | None] = os.environ.get,
    *,
    leaving: bool = False,
    scores: Scores | None = None,
) -> Callable[[OutboxRow], Rendered]:
    """Renders outbox rows with the contact's present fields. `secret`: name of an environment variable -> what signs
    the links to unsubscribe. `leaving`: it raises Unreachable for a message with a code of the person's own where the
    secret is missing that signs it; a mere look shows what stands for it."""
    from adapters.coupon_codes import personal
    from adapters.templates import Further, TemplateSet, render

    templates = TemplateSet.of(workspace.project)
    tables = table_rows(workspace, scores)
    staged = {name: score.id for name, score in workspace.model.scores.items()}

    def stage(score: str, contact: str) -> str | None:
        return ledger.stages(staged[score], None, [contact]).get(contact) if score in staged else None

    def rendered(row: OutboxRow) -> Rendered:
        contact = next(facts.contacts([row.message.contact]), None)
        if contact is None:
            raise RenderError("the contact is no longer in the store")
        if row.message.channel in (SET, CALL):
            return aside(row.message, facts.schema)
        offer = None if row.message.offer is None else workspace.model.offers.get(row.message.offer)
        if offer is not None:
            offer = personal(offer, contact.key, coupon_secret(workspace, offer, leaving=leaving))
        further = Further(unsubscribing(workspace.project, row.message, secret), stage)
        made = render(templates, row.message, contact, offer, send_of(workspace.model, row.message), further)
        rows = tables.get(row.message.channel)
        return made if rows is None else rows.with_row(made, row.message, contact, offer)

    return rendered


def coupon_secret(workspace: Workspace, offer: Offer, *, leaving: bool) -> str | None:
    """The secret that signs codes of an offer, where the offer has some. `leaving`: raises Unreachable without it."""
    from adapters.channels.unsubscribe import secret_problem
    from adapters.coupon_codes import is_personal

    config = workspace.project.coupons
    if config is None or not is_personal(offer):
        return None
    secret = os.environ.get(config.secret_env)
    if (problem := secret_problem(secret)) is None:
        return secret
    if leaving:
        raise Unreachable(f"the secret for the codes of offer `{offer.name}` {problem}: set `{config.secret_env}`")
    return None


def table_rows(workspace: Workspace, scores: Scores | None) -> dict[str, TableRows]:
    """What makes the rows of each channel that hands over tables."""
    from adapters.channel_config import BatchConfig

    project = workspace.project
    found = {name: config for name, config in project.channels.items() if isinstance(config, BatchConfig)}
    if not found:
        return {}
    from adapters.batch_columns import TableRows

    return {name: TableRows(c, project.schema, project.time_zone, workspace.model, scores) for name, c in found.items()}


def unsubscribing(project: Project, message: Outgoing, secret: Callable[[str], str | None]) -> str | None:
    """The address at which the reader of a message says that no more should come, as in its header; None where it has
    none. Without its secret the link is worth nothing: the channel lets nothing leave then."""
    config = project.channels.get(message.channel)
    if message.kind != "message" or message.category == "transactional" or not isinstance(config, SmtpConfig):
        return None
    what = Unsubscription(message.contact, message.purpose, message.channel, message.key)
    signing = config.unsubscribe_secret_env
    return unsubscribe_link(config.list_unsubscribe, what, None if signing is None else secret(signing))


def aside(message: Outgoing, schema: Schema) -> Rendered:
    """A field to be set, or a call, ready to leave: no template is read, and nothing in it is for people."""
    from adapters.hook_payload import payload
    from engine.protocols import Rendered

    return Rendered(
        key=message.key,
        contact=message.contact,
        channel=message.channel,
        address=message.address,
        subject=None,
        text=message.text if message.channel == SET else payload(message, schema),
        html=None,
        language=None,
        template=f"{message.channel} {message.address}",
        trigger=message.trigger,
    )


def send_of(model: Model, message: Outgoing) -> Send | None:
    """The `send` of the present playbooks that made a message; None if there is none any more."""
    made = (message.channel, message.template, message.offer)
    sends = (s for t in model.triggers.values() if t.id == message.trigger for s in t.sends)
    return next((s for s in sends if (s.channel, s.template, s.offer) == made), None)


def close_all(channels: Mapping[str, ChannelAdapter]) -> None:
    """Close every channel."""
    for channel in channels.values():
        channel.close()


def copy_messages_anew(facts: RecordFacts) -> None:
    """Forget how far messages were brought back: a ledger from a backup gives its numbers out again."""
    facts.database.run("DELETE FROM _meta WHERE substr(name, 1, length(?1)) = ?1", (_COPIED,))


def copy_messages(ledger: SqlLedger, facts: RecordFacts) -> int:
    """Bring what was sent back into the facts as `message_sent` events (idempotent by decision key); how many."""
    # each ledger counts for itself
    name = f"{_COPIED} of {ledger.identity}"
    row = facts.database.one("SELECT value FROM _meta WHERE name = ?", (name,))
    events = list(ledger.handed_over_events(int(row[0]) if row else 0))
    if events:
        with facts.transaction():
            facts.put_events("message_sent", events)
            remember(facts.database, name, events[-1].seq)
    return len(events)
