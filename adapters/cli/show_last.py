"""`kadenz show --last`: what the last tick recorded, counted by the ledger itself. Nothing is evaluated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.cli.common import Workspace, bad_input
from adapters.cli.show import Row, Shown

if TYPE_CHECKING:
    from adapters.stores.ledger import SqlLedger
    from dsl.model import Model

LIVE_ONLY = "the live ledger has no tick yet; `kadenz show NAME` evaluates without one"


def last(workspace: Workspace, name: str | None, *, listed: bool) -> tuple[Shown, int]:
    """The state of a segment or a score, or of all of them (`name` None), and the instant of the tick that left it.

    As the playbooks were at that tick. `listed`: with the contacts, which are read then. Stop(3) for other blocks, and
    where no tick was yet."""
    model = workspace.model
    if name is not None and name not in model.segments and name not in model.scores:
        raise bad_input(f"`{name}` is no segment and no score: ticks record who is in which, and the stage, alone")
    with workspace.ledger() as ledger:
        tick = ledger.last_tick()
        if tick is None:
            raise bad_input(LIVE_ONLY)
        if name is None:
            return _overview(model, ledger), tick.as_of
        make = _segment if name in model.segments else _score
        shown = make(model, ledger, name, listed)
        return shown, tick.as_of


def _overview(model: Model, ledger: SqlLedger) -> Shown:
    inside, standing = ledger.member_counts(), ledger.stage_counts()
    summary: list[Row] = [("contacts", "contacts", ledger.known_count())]
    for segment in model.segments.values():
        summary.append((f"segment_{segment.name}", f"segment {segment.name}", inside.get(segment.id, 0)))
    for score in model.scores.values():
        for stage in score.stages:
            count = standing.get((score.id, stage.name), 0)
            summary.append((f"score_{score.name}_{stage.name}", f"score {score.name}, stage {stage.name}", count))
    return Shown("overview", summary)


def _segment(model: Model, ledger: SqlLedger, name: str, listed: bool) -> Shown:
    segment = model.segments[name]
    members, total = ledger.member_counts(segment.id).get(segment.id, 0), ledger.known_count()
    share = f"{100 * members / total:.1f} %" if total else "-"
    summary: list[Row] = [("members", "members", members), ("contacts", "contacts", total), ("share", "share", share)]
    rows = [(contact,) for contact in sorted(ledger.members(segment.id))] if listed else ()
    return Shown("segment", summary, ("contact",), rows)


def _score(model: Model, ledger: SqlLedger, name: str, listed: bool) -> Shown:
    score = model.scores[name]
    counts = ledger.stage_counts(score.id)
    summary: list[Row] = [
        (f"stage_{s.name}", f"stage {s.name} (from {s.start})", counts.get((score.id, s.name), 0)) for s in score.stages
    ]
    rows = sorted(ledger.stages(score.id).items()) if listed else ()
    return Shown("score", summary, ("contact", "stage"), rows)
