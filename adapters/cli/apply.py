"""`kadenz apply`: make what a plan says active, if it is still what was planned, and approved."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.common import (
    CLEAN,
    FINDINGS,
    EngineOption,
    ProjectOption,
    Stop,
    Workspace,
    bad_input,
    note,
    open_workspace,
    say,
)
from adapters.clock import now

if TYPE_CHECKING:
    from adapters.engine_choice import Asked
    from adapters.review.applying import Planned
    from adapters.review.opening import Pair
    from adapters.review.report import Report
    from adapters.review_config import ReviewConfig
    from adapters.stores.ledger_applied import Applied


def command(
    file: Annotated[Path, typer.Argument(help="the plan, as `kadenz plan --out FILE` wrote it")],
    project: ProjectOption = Path(),
    yes: Annotated[bool, typer.Option("--yes", help="also where the counts are no longer those of the plan")] = False,
    by: Annotated[
        str | None, typer.Option("--by", metavar="NAME", help="who does this; by default as in `kadenz audit`")
    ] = None,
    engine: EngineOption = "auto",
) -> int:
    """Activate the playbooks of a plan. Refused (exit 1) where the files are others than those planned, something else
    is active than what was planned against, a gate is unmet, or, without --yes, the counts have left the band."""
    from adapters.review.applying import NoPlan, read_plan
    from adapters.rights.auditing import actor

    workspace = open_workspace(project)
    try:
        planned = read_plan(file)
    except NoPlan as error:
        raise bad_input(str(error)) from error
    pair = _pair(workspace, planned)
    standing = _active(workspace)
    if standing is not None and standing.hash == planned.head_hash != planned.base_hash:
        say(f"{planned.head_hash[:12]} is active already")
        return CLEAN
    _must_fit(pair, planned, standing)
    rules = _rules(pair, standing)
    report = _again(pair, rules, engine)
    if report.unmet:
        from adapters.review.text import gate_lines

        raise Stop(FINDINGS, "kadenz: not applied\n" + "\n".join(gate_lines(report)))
    moved = list(_moved(planned, report, rules))
    for line in moved:
        note(line)
    if moved and not yes:
        raise Stop(FINDINGS, "kadenz: not applied: plan again, or allow it with --yes")
    who = by or actor(os.environ)
    _put(workspace, pair, who, standing)
    say(f"{planned.head_hash[:12]} is active: commit {pair.head_commit[:12]}, by {who}")
    return CLEAN


def _pair(workspace: Workspace, planned: Planned) -> Pair:
    """The two versions, with the commits that were planned: those of the branch, also where main has them as one."""
    from adapters.review.opening import open_pair, with_commits_of

    pair = open_pair(workspace, planned.base)
    return with_commits_of(pair, planned.head, planned.head_hash)


def _active(workspace: Workspace) -> Applied | None:
    from adapters.stores.ledger_applied import active

    with workspace.ledger() as ledger:
        return active(ledger.database)


def _must_fit(pair: Pair, planned: Planned, standing: Applied | None) -> None:
    """Stop(1) where this is not the change that was planned."""
    why = None
    if pair.head.plan.hash != planned.head_hash:
        why = f"the files say something else ({pair.head.plan.hash[:12]}) than was planned ({planned.head_hash[:12]})"
    elif pair.base.plan.hash != planned.base_hash:
        why = "the base of the plan says something else than was planned against"
    elif standing is not None and standing.hash != planned.base_hash:
        told = f"{standing.hash[:12]} is active, and the plan was made against {planned.base_hash[:12]}"
        why = f"{told}: plan again, with --base {standing.commit[:12]}"
    elif not pair.clean:
        why = "there are changes that are not committed, so that no commit would say what is active"
    if why is not None:
        raise Stop(FINDINGS, f"kadenz: not applied: {why}")


def _rules(pair: Pair, standing: Applied | None) -> ReviewConfig:
    """The rules in force: those that came with what is active, else those of the base."""
    from adapters.review_config import from_text

    return pair.base.project.review if standing is None else from_text(standing.review)


def _again(pair: Pair, rules: ReviewConfig, engine: Asked) -> Report:
    """The plan of now, by the rules in force."""
    from adapters.cli.plan import planned

    return planned(pair, now(), engine, counted=True, days=0, rules=rules)


def _moved(planned: Planned, report: Report, rules: ReviewConfig) -> Iterator[str]:
    from adapters.review.applying import outside

    if report.snapshot is None:
        note(f"kadenz: nothing was counted: {report.uncounted}")
    elif not planned.counted:
        note("kadenz: the plan has no counts, so that nothing can be compared")
    else:
        yield from outside(planned, report, rules.band)


def _put(workspace: Workspace, pair: Pair, who: str, standing: Applied | None) -> None:
    from adapters.review_config import to_text
    from adapters.rights.auditing import record
    from adapters.stores.ledger_applied import Applied, active, put

    with workspace.ledger() as ledger:
        with ledger.transaction():
            if active(ledger.database) != standing:
                raise Stop(FINDINGS, "kadenz: not applied: somebody else has just applied another plan; plan again")
            review = to_text(workspace.project.review)
            put(ledger.database, Applied(workspace.plan.hash, pair.head_commit, who, ledger.clock(), review))
        record(ledger, "apply", plan=workspace.plan.hash, commit=pair.head_commit, by=who)
