"""`kadenz plan`: whom a change of the playbooks reaches, before it is merged."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from adapters.cli.common import (
    CLEAN,
    FINDINGS,
    AtOption,
    EngineOption,
    ProjectOption,
    bad_input,
    instant_of,
    instant_shown,
    note,
    open_workspace,
    say_json,
)
from adapters.clock import now

if TYPE_CHECKING:
    from adapters.engine_choice import Asked
    from adapters.review.opening import Pair
    from adapters.review.report import Report
    from adapters.review.volumes import Volumes
    from adapters.review_config import ReviewConfig
    from engine.review import Change
    from engine.review.again import Again
    from engine.review.measure import Measures

DAYS = 7
"""So many days are replayed."""

MOST_RECORDED = 60
"""With more recorded ticks than this in the period, a few evenly spaced ones stand for them."""

CHANGES = 2
"""The exit code of a plan with changes; no other verb ends with it."""


def command(
    project: ProjectOption = Path(),
    base: Annotated[
        str | None,
        typer.Option(
            "--base", metavar="REF", help="the commit to compare with; by default where this branch left main"
        ),
    ] = None,
    at: AtOption = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="write the plan there as well, as JSON (*.html: as a page)"),
    ] = None,
    format: Annotated[
        Literal["text", "markdown", "json", "html"], typer.Option("--format", help="how to print")
    ] = "text",
    engine: EngineOption = "auto",
    uncounted: Annotated[
        bool, typer.Option("--no-counts", help="read no store: only what changed, not whom it moves")
    ] = False,
    days: Annotated[
        int, typer.Option("--days", min=0, max=90, help="replay so many days with both versions; 0: none")
    ] = DAYS,
) -> int:
    """Compare the playbooks with those of a commit: what changed, whom that moves. Exit 2 where something did, 1
    where that needs an approval which is not there, 0 where nothing did."""
    workspace = open_workspace(project)
    instant = instant_of(at, workspace.project.time_zone)
    from adapters.review.opening import open_pair

    pair = open_pair(workspace, base)
    report = planned(pair, instant, engine, counted=not uncounted, days=days)
    if out is not None:
        _write(out, report)
    match format:
        case "json":
            from adapters.review.report import to_json

            say_json(to_json(report))
        case "markdown":
            from adapters.review.markdown import as_markdown

            typer.echo(as_markdown(report), nl=False)
        case "html":
            from adapters.review.plan_page import page

            typer.echo(page(report), nl=False)
        case "text":
            from adapters.review.text import as_text

            typer.echo(as_text(report), nl=False)
    return FINDINGS if report.unmet else CHANGES if report.changed else CLEAN


def planned(
    pair: Pair, instant: int, engine: Asked, *, counted: bool, days: int, rules: ReviewConfig | None = None
) -> Report:
    """The plan of a change. `rules`: those of its review, by default the base's. Stop(3) where the store cannot be
    used."""
    from adapters.review.gating import verdicts
    from adapters.review.making import made
    from adapters.review.report import Snapshot
    from adapters.stores.facts import StoreError
    from engine.instants import date_at
    from engine.review import changes
    from engine.review.regions import regions
    from engine.zones import zone

    workspace = pair.head
    found = changes(pair.base.model, pair.head.model, workspace.project.schema)
    zone_name = workspace.project.time_zone
    today = date_at(instant, zone(zone_name))
    invented = list(regions(found, pair.base.model, pair.head.model, workspace.project.schema, zone_name, instant))
    approved_on = date_at(now(), zone(zone_name))  # an approval expires by the clock, whatever is counted
    if not counted or (workspace.project.facts_record is None and not workspace.project.facts_path.exists()):
        why = "--no-counts" if not counted else "there is no store here"
        gates = verdicts(pair, found, None, approved_on, rules)
        return made(
            pair, found, None, today=today, now=instant, zones=(), uncounted=why, verdicts=gates, invented=invented
        )
    try:
        measures, again, zones, name = _measured(pair, found, instant, engine)
        forecast = (
            _forecast(pair, instant, engine, days) if days and any(_sends_otherwise(one) for one in found) else None
        )
    except StoreError as error:
        raise bad_input(str(error)) from error
    snapshot = Snapshot(measures.contacts, instant_shown(instant, zone_name), name)
    return made(
        pair,
        found,
        measures,
        today=today,
        now=instant,
        zones=zones,
        snapshot=snapshot,
        forecast=forecast,
        again=again,
        invented=invented,
        verdicts=verdicts(pair, found, measures, approved_on, rules),
    )


def _measured(
    pair: Pair, found: Sequence[Change], instant: int, engine: Asked
) -> tuple[Measures, Sequence[Again], Sequence[str], str]:
    """What the changes move, who would get something again, the zones in which contacts live, and what evaluated."""
    from dataclasses import replace

    from adapters.stores import ledger_applied
    from engine.evaluation import memory_of
    from engine.review.again import mailed_again, pairs
    from engine.review.measure import Side, measure
    from engine.zones import contact_zones

    head = pair.head
    zone_name = head.project.time_zone
    with (
        head.facts() as facts,
        head.ledger() as ledger,  # also for another instant: a rehearsal's has seen other runs
        facts.snapshot(),
        head.evaluating(facts, engine) as after,
        pair.base.evaluating(facts, engine) as before,
    ):
        count = facts.count()
        if found and count:
            note(f"counting on {count:,} contacts ..")
        sides = [
            Side(one.model, executor, memory_of(one.model, ledger, instant, zone_name))
            for one, executor in ((pair.base, before), (head, after))
        ]
        measures = measure(found, sides[0], sides[1], instant)
        mailed = {old.id: ledger_applied.mailed(ledger.database, old.id) for old, _ in pairs(found)}
        again = mailed_again(found, sides[1], mailed, instant)
        zones = sorted({contact_zones(*place, zone_name).reckoning for place in facts.places()})
        return replace(measures, contacts=count), again, zones, after.choice.engine


def _sends_otherwise(change: Change) -> bool:
    """Whether a change can make other messages leave, or leave at other times."""
    return change.kind not in ("none", "renamed")


def _forecast(pair: Pair, instant: int, engine: Asked, days: int) -> Volumes:
    """The days before `instant` again, with both versions."""
    from adapters.replaying import Rhythm, replay
    from adapters.review.volumes import volumes
    from engine.instants import DAY, HOUR

    head = pair.head
    start = instant - days * DAY
    with head.facts() as facts, head.ledger() as ledger, facts.snapshot():
        recorded = ledger.ticks(start, instant)
        rhythm = Rhythm("recorded") if 0 < len(recorded) <= MOST_RECORDED else Rhythm("every", 6 * HOUR)
        words = "at the instants at which `run` ticked" if rhythm.kind == "recorded" else "every 6 hours"
        note(f"replaying {days} days with both versions ..")
        sums = {
            name: replay(one, facts, ledger, start, instant, rhythm, engine)
            for name, one in (("base", pair.base), ("head", head))
        }
    zone_name = head.project.time_zone

    def shown(at: int) -> str:
        return instant_shown(at, zone_name)

    span = f"{days} day{'' if days == 1 else 's'}"
    return volumes(sums, shown(start), shown(instant), words, shown, (), span)


def _write(path: Path, report: Report) -> None:
    import json

    from adapters.review.report import to_json

    if path.suffix == ".html":
        from adapters.review.plan_page import page

        text = page(report)
    else:
        text = json.dumps(to_json(report), ensure_ascii=False, indent=2) + "\n"
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise bad_input(f"cannot write {path}: {(error.strerror or str(error)).lower()}") from error
