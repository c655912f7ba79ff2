"""`kadenz run`: one tick, then the hand-over."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adapters.cli.common import (
    BAD_INPUT,
    CLEAN,
    FINDINGS,
    AtOption,
    EngineOption,
    FormatOption,
    ProjectOption,
    Stop,
    Workspace,
    bad_input,
    instant_of,
    instant_shown,
    note,
    open_workspace,
    say,
    say_json,
    table,
    tell_choice,
)

if TYPE_CHECKING:
    from adapters.engine_choice import Asked
    from adapters.running import RunResult
    from engine.handover import Progress
    from engine.records import Figure
    from engine.tick import TickReport


MOST_LISTED = 20


def command(
    project: ProjectOption = Path(),
    at: AtOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="judge everything, write nothing, hand nothing over")
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="begin the rehearsal anew: forget its ledger (never the live one)")
    ] = False,
    confirm: Annotated[
        int | None, typer.Option("--confirm", metavar="N", help="allow up to N messages in this tick (see `limits`)")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="evaluate every contact, whatever it costs")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="say whom the tick looked at and why, and how long it took")
    ] = False,
    format: FormatOption = "text",
    engine: EngineOption = "auto",
    every: Annotated[
        str | None, typer.Option("--every", metavar="D", help="go on: a round every 30s, 1m, 1h, until a signal")
    ] = None,
    listen: Annotated[
        str | None,
        typer.Option("--listen", metavar="HOST:PORT", help="with --every: serve /metrics (Prometheus) and /healthz"),
    ] = None,
) -> int:
    """One tick: evaluate at an instant, decide, hand messages over.

    People are reached only at the present: with --at more than a minute from now the run is a rehearsal, with a ledger
    of its own, that hands over to folders.
    """
    from adapters.activation import NotApplied
    from adapters.running import run_once
    from adapters.stores.facts import StoreError
    from adapters.stores.ledger import LedgerError
    from adapters.which_ledger import is_present
    from engine.tick import ClockRanBack, TooMany

    if every is not None:
        if at is not None or dry_run or fresh or confirm is not None:
            raise bad_input("--every runs at the present: without --at, --dry-run, --fresh and --confirm")
        return _serve(project, every, listen, engine)
    if listen is not None:
        raise bad_input("--listen belongs to --every")
    workspace = open_workspace(project)
    instant = instant_of(at, workspace.project.time_zone)
    rehearsal = not is_present(instant)
    if fresh:
        _forget(workspace, rehearsal=rehearsal)
    try:
        result = run_once(
            workspace,
            None if at is None else instant,
            rehearsal=rehearsal,
            dry_run=dry_run,
            engine=engine,
            most=confirm if confirm is not None else workspace.project.limits.per_tick,
            passes="full" if full else "chosen",
            progress=_progress(),
        )
    except TooMany as error:
        raise Stop(
            FINDINGS,
            f"kadenz: {error} (`limits: per_tick` in kadenz.yaml); nothing was queued. "
            f"Look with --dry-run, then allow it with --confirm {error.wanted}",
        ) from error
    except ClockRanBack as error:
        hint = " (`--fresh` begins the rehearsal anew)" if rehearsal else ""
        last = instant_shown(error.last, workspace.project.time_zone)
        raise bad_input(f"the last tick was at {last}, later than this one: time does not run back{hint}") from error
    except NotApplied as error:
        raise Stop(FINDINGS, f"kadenz: {error}") from error
    except (LedgerError, StoreError) as error:
        raise bad_input(str(error)) from error
    tell_choice(result.choice, verbose=verbose)
    if format == "json":
        say_json({**run_json(workspace, result), **({"how": how_json(result.report)} if verbose else {})})
    else:
        say(run_text(workspace, result))
        if verbose:
            say("\n" + how_text(result.report))
    unreachable = result.handed_over.unreachable if result.handed_over else {}
    for channel, why in unreachable.items():
        note(f"kadenz: {channel} could not be reached: {why}; its messages wait for the next run")
    for name, why in result.stopped.items():
        would = "would stop" if dry_run else "stops"
        trigger = _paused_name(workspace, name)
        note(f"kadenz: `{trigger}` {would}: {why}; `kadenz resume {trigger}` lets it go on, and counts anew")
    return BAD_INPUT if unreachable else FINDINGS if result.stopped else CLEAN


def _serve(project: Path, every: str, listen: str | None, engine: Asked) -> int:
    """Rounds at the present until a signal."""
    from adapters.daemon.serving import interval, serve
    from adapters.running import run_once

    # a round that waits for a rate ends when the next one is due
    pause = interval(every)

    def round_(workspace: Workspace, stop: Callable[[], bool]) -> RunResult:
        most = workspace.project.limits.per_tick
        return run_once(
            workspace, None, rehearsal=False, dry_run=False, engine=engine, most=most, stop=stop, patience=pause
        )

    return serve(project, pause, listen, round_)


def _forget(workspace: Workspace, *, rehearsal: bool) -> None:
    if not rehearsal:
        raise bad_input("--fresh is for rehearsals (with --at another time than now); the live ledger stays")
    path = workspace.project.rehearsal_ledger_path
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        (path.parent / name).unlink(missing_ok=True)


def _progress() -> Progress | None:
    """A counter on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        return None

    def report(done: int, total: int) -> None:
        if done % 25 == 0 or done == total:
            sys.stderr.write(f"\r  handing over: {done} of {total}")
            if done == total:
                sys.stderr.write("\n")

    return report


def run_json(workspace: Workspace, result: RunResult) -> dict[str, Any]:
    """What a run did, as data with stable keys."""

    report, handed = result.report, result.handed_over
    return {
        "at": instant_shown(report.as_of, workspace.project.time_zone),
        "definition_hash": workspace.plan.hash,
        "rehearsal": result.rehearsal,
        "dry_run": handed is None,
        "engine": {"name": result.choice.engine, "why": result.choice.why},
        "first_tick": report.first,
        "contacts": report.counts.contacts,
        "segments": dict(report.counts.segments),
        "stages": _stage_counts(workspace, result),
        "quality": [
            {"name": name, "expects": text, "met": figure.met, "of": figure.of, "holds": figure.holds}
            for name, text, figure in _quality(workspace, result)
        ],
        "fired": dict(report.fired),
        "decisions": [
            {"trigger": trigger, "outcome": outcome, "gate": gate, "count": count}
            for (trigger, outcome, gate), count in sorted(report.outcomes.items())
        ],
        "held_back": [
            {"by": by, "outcome": outcome, "count": count}
            for (by, outcome), count in sorted(_held_back(result).items())
        ],
        "handed_over": None
        if handed is None
        else [
            {"trigger": trigger, "channel": channel, "state": state, "count": count}
            for (trigger, channel, state), count in sorted(handed.counts.items())
        ],
        "unreachable": dict(handed.unreachable) if handed else {},
        "stopped": {_paused_name(workspace, name): why for name, why in result.stopped.items()},
        "paused": {_paused_name(workspace, name): why for name, why in result.paused.items()},
        "uncertain": [
            {"trigger": r.message.trigger, "contact": r.message.contact, "channel": r.message.channel, "note": r.note}
            for r in result.uncertain
        ],
    }


def run_text(workspace: Workspace, result: RunResult) -> str:
    """What a run did, for people."""

    report, handed = result.report, result.handed_over
    kind = "rehearsal" if result.rehearsal else "run"
    kind = f"dry {kind}" if handed is None else kind
    when = instant_shown(report.as_of, workspace.project.time_zone)
    parts = [f"{workspace.project.name}: {kind} at {when}, {report.counts.contacts:,} contacts"]
    if report.first:
        parts.append(
            "This is the first tick of this ledger: it looks back no further than `active_from` and `late by`."
        )
    if not report.counts.contacts:
        parts.append(
            "There are no contacts in the store, so nobody is written to: `kadenz import FILE --as contacts` brings "
            "them, then come consents and events."
        )
    if result.paused:
        standing = [(_paused_name(workspace, name), why) for name, why in result.paused.items()]
        parts.append("PAUSED: held back until `kadenz resume`\n" + table(standing))
    if report.counts.segments:
        rows = [(name, f"{number:,}") for name, number in report.counts.segments.items()]
        parts.append("Segments\n" + table(rows, right=(1,)))
    for score, stages in _stage_counts(workspace, result).items():
        parts.append(f"Stages of {score}\n" + table(((n, f"{c:,}") for n, c in stages.items()), right=(1,)))
    failing = [(name, text, figure.told) for name, text, figure in _quality(workspace, result) if not figure.holds]
    if failing:
        parts.append("Data that is not as expected\n" + table(failing))
    if handed is not None:
        sent = [(trigger, channel, state, f"{n:,}") for (trigger, channel, state), n in sorted(handed.counts.items())]
        parts.append("Messages\n" + (table(sent, right=(3,)) if sent else "  none"))
        again = handed.recovered
        if again.queued or again.uncertain or again.sent:
            known = f", {again.sent:,} found in the file of their batch" if again.sent else ""
            parts.append(
                f"From a run that was cut off: {again.queued:,} back in the queue, "
                f"{again.uncertain:,} uncertain (never sent again by itself){known}"
            )
        if handed.closed:
            parts.append(f"{handed.closed:,} stay queued: a quiet period began before it was their turn")
        if handed.waiting:
            parts.append(f"{handed.waiting:,} stay queued: more than the rate of their domain (`throttle`) lets go now")
        parts += _uncertain_lines(result)
    else:
        would = [(t, f"{n:,}") for (t, outcome, _), n in sorted(report.outcomes.items()) if outcome == "queued"]
        parts.append("Would be sent\n" + (table(would, right=(1,)) if would else "  nothing"))
        most = workspace.project.limits.per_tick
        if most is not None and report.reserved > most:
            parts.append(
                f"More than {most:,} (`limits: per_tick`): a run would queue none of these {report.reserved:,} "
                f"without --confirm {report.reserved}"
            )
    waiting = [(t, f"{n:,}") for (t, outcome, _), n in sorted(report.outcomes.items()) if outcome == "waiting"]
    if waiting:
        parts.append("Waiting for their time (`wait`)\n" + table(waiting, right=(1,)))
    kept = _held_back(result)
    if kept:
        back = [(by, outcome, f"{n:,}") for (by, outcome), n in sorted(kept.items())]
        parts.append("Held back\n" + table(back, right=(2,)))
    if handed is not None and result.rehearsal and handed.of_state("sent"):
        parts.append(f"Written to {workspace.project.rehearsal_folder}; `kadenz explain CONTACT` tells why.")
    return "\n\n".join(parts)


def _paused_name(workspace: Workspace, known_as: str) -> str:
    """The present name of a paused trigger."""
    names = {t.id: t.name for t in workspace.model.triggers.values()}
    return "everything" if known_as == "*" else names.get(known_as, known_as)


def how_json(report: TickReport) -> dict[str, Any]:
    """How a tick went, as data with stable keys."""
    return {
        "pass": "full" if report.choice.full else "incremental",
        "why": report.choice.why,
        "visited": report.choice.visited,
        "causes": dict(report.choice.causes),
        "estimated_cost": report.choice.estimated,
        "cost_of_full": report.choice.contacts,
        "seconds": {phase: round(seconds, 3) for phase, seconds in report.seconds.items()},
    }


def how_text(report: TickReport) -> str:
    """How a tick went, for people: whom it looked at and why, and what took how long."""
    choice = report.choice
    lines = [f"{'Full' if choice.full else 'Incremental'} pass: {choice.why}"]
    lines.append(f"  visited {choice.visited:,} of {choice.contacts:,} contacts")
    if choice.causes:
        lines.append(table([(cause, f"{number:,}") for cause, number in choice.causes.items()], right=(1,)))
    if choice.estimated is not None:
        lines.append(
            f"  estimated cost {choice.estimated:,}, of a full pass {choice.contacts:,} (contacts read in a row)"
        )
    lines.append("Seconds")
    lines.append(table([(phase, f"{seconds:.2f}") for phase, seconds in report.seconds.items()], right=(1,)))
    return "\n".join(lines)


def _uncertain_lines(result: RunResult) -> list[str]:
    """Messages whose outcome nobody knows, each with its contact and trigger."""
    rows = result.uncertain
    if not rows:
        return []
    shown = [(r.message.trigger, r.message.contact, r.message.channel, r.note) for r in rows[:MOST_LISTED]]
    more = f"\n  and {len(rows) - MOST_LISTED:,} more" if len(rows) > MOST_LISTED else ""
    head = "Uncertain: these may or may not have left, and are never sent again by themselves (`kadenz settle`)"
    return [f"{head}\n{table(shown)}{more}"]


def _stage_counts(workspace: Workspace, result: RunResult) -> dict[str, dict[str, int]]:
    scored = ((name, score.stages) for name, score in workspace.model.scores.items())
    return {name: dict(result.report.counts.stages[name]) for name, stages in scored if stages}


def _quality(workspace: Workspace, result: RunResult) -> list[tuple[str, str, Figure]]:
    """Every expectation of the data: block, words, figure."""
    from engine.quality import expected_shown

    return [
        (block.name, expected_shown(workspace.project.texts, block, figure.number), figure)
        for block in workspace.model.qualities.values()
        for figure in result.report.counts.quality[block.name]
    ]


def _held_back(result: RunResult) -> dict[tuple[str, str], int]:
    """(who said no, outcome) -> how many: caps and quiet periods by name, the other gates by theirs."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for _, judgement in result.report.decisions:
        if judgement.outcome in ("queued", "waiting"):
            continue
        if judgement.gate in ("budget", "capped", "quiet"):
            for block in judgement.detail.split(";")[0].split(", "):
                counts[block.split(" (")[0], judgement.outcome] += 1
        elif judgement.gate in ("consent", "paused", "suppressed", "reachable", "offer", "quality"):
            counts[judgement.detail.split(":")[0] or judgement.gate, judgement.outcome] += 1
        else:
            counts[judgement.detail or judgement.gate, judgement.outcome] += 1
    return counts
