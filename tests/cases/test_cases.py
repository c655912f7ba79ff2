"""Every case folder on both executors: equal to each other and to the hand-written truth (see `folder.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

import pytest

from dsl.types import POINT_UNIT
from engine.instants import to_datetime
from tests.cases.folder import HERE, Case, Mistake, folders
from tests.cases.schema import SCHEMA
from tests.cases.world import CaseWorld, Moment, Said
from tests.engine.world import model_of

EXECUTORS = ("interpreter", "sql")
FOLDERS = folders()
NAMES = [str(p.relative_to(HERE)) for p in FOLDERS]


@cache
def read(path: Path) -> Case:
    return Case.read(path)


@cache
def seen(path: Path, executor: str) -> Mapping[int, Moment]:
    world = CaseWorld(read(path), executor)
    try:
        return world.run()
    finally:
        world.close()


each_folder = pytest.mark.parametrize("path", FOLDERS, ids=NAMES)
each_executor = pytest.mark.parametrize("executor", EXECUTORS)


def test_there_are_folders() -> None:
    assert len(FOLDERS) >= 25


@each_folder
def test_the_executors_agree(path: Path) -> None:
    plain, sql = seen(path, "interpreter"), seen(path, "sql")
    assert plain.keys() == sql.keys()
    for at, moment in plain.items():
        other = sql[at]
        assert other.evaluation.segments == moment.evaluation.segments
        assert other.evaluation.scores == moment.evaluation.scores
        assert other.evaluation.stages == moment.evaluation.stages
        assert other.evaluation == moment.evaluation
        assert other.said == moment.said


@each_folder
@each_executor
def test_the_truth_comes_out(path: Path, executor: str) -> None:
    case, moments = read(path), seen(path, executor)
    wrong = [*_members(case, moments), *_scores(case, moments), *_sends(case, moments)]
    assert not wrong, "\n".join(wrong)


@each_folder
def test_the_truth_is_whole(path: Path) -> None:
    """Nothing in the playbook without a truth, nothing in the truth that the playbook does not have."""
    case = read(path)
    models = [model_of(text, SCHEMA) for text in case.playbooks.values()]
    segments, scores, triggers = (
        {name for model in models for name in getattr(model, kind)} for kind in ("segments", "scores", "triggers")
    )
    assert segments or scores or triggers
    assert {r["segment"] for r in case.rows("members.csv")} == segments, "each segment has its truth, and no other"
    assert {r["score"] for r in case.rows("scores.csv")} == scores, "each score has its truth, and no other"
    for score in {r["score"] for r in case.rows("scores.csv")}:
        by_at: dict[int, list[str]] = {}
        for row in case.rows("scores.csv"):
            if row["score"] == score:
                by_at.setdefault(case.at(row), []).extend(_keys(row["contacts"], case, case.at(row)))
        for at, keys in by_at.items():
            assert sorted(keys) == sorted(case.keys_at(at)), f"{score}: each contact once"
    rows = case.rows("sends.csv")
    assert {r["trigger"] for r in rows} - {"-"} == triggers, "each trigger speaks, and no other"
    unique = {(r["segment"], case.at(r)) for r in case.rows("members.csv")}
    assert len(unique) == len(case.rows("members.csv")), "one row for a segment and an instant"
    assert str(case.settings["about"]).strip()


# ---------------------------------------------------------------- comparing


def _keys(cell: str, case: Case, at: int) -> list[str]:
    if cell == "-":
        return []
    there = case.keys_at(at)
    keys = list(there) if cell == "*" else cell.split()
    if not keys or not set(keys) <= set(there):
        raise Mistake(f"{case.name}: `{cell}` names no contacts (`-` is nobody)")
    return keys


def _when(case: Case, at: int) -> str:
    return f"{case.name} at {to_datetime(at).isoformat()}"


def _members(case: Case, moments: Mapping[int, Moment]) -> list[str]:
    wrong = []
    for row in case.rows("members.csv"):
        at = case.at(row)
        expected = sorted(_keys(row["contacts"], case, at))
        found = sorted(moments[at].evaluation.segments[row["segment"]])
        if found != expected:
            wrong.append(f"{_when(case, at)}: {row['segment']} is {found}, must be {expected} ({row['notes']})")
    return wrong


def _scores(case: Case, moments: Mapping[int, Moment]) -> list[str]:
    wrong = []
    for row in case.rows("scores.csv"):
        at = case.at(row)
        evaluation = moments[at].evaluation
        for contact in _keys(row["contacts"], case, at):
            units = evaluation.scores[row["score"]].get(contact)
            stage = evaluation.stages.get(row["score"], {}).get(contact, "-")
            if not _same_points(units, row["points"]) or stage != row["stage"]:
                shown = "-" if units is None else f"{Decimal(units) / POINT_UNIT:f} ({units}/2^30)"
                wrong.append(
                    f"{_when(case, at)}: {row['score']} of {contact} is {shown} {stage}, "
                    f"must be {row['points']} {row['stage']} ({row['notes']})"
                )
    return wrong


def _same_points(units: int | None, text: str) -> bool:
    if text == "-" or units is None:
        return text == "-" and units is None
    if text.endswith("/2^30"):
        return units == int(text.removesuffix("/2^30"))
    if text.startswith("~"):
        return (Decimal(units) / POINT_UNIT).quantize(Decimal("0.01"), ROUND_HALF_UP) == Decimal(text[1:])
    return units == Decimal(text) * POINT_UNIT


def _sends(case: Case, moments: Mapping[int, Moment]) -> list[str]:
    rows = case.rows("sends.csv")
    wrong = []
    for at, moment in moments.items():
        expected = [_expected(case, r) for r in rows if case.at(r) == at and r["contact"] != "-"]
        left = list(moment.said)
        for want, row in zip(expected, (r for r in rows if case.at(r) == at and r["contact"] != "-"), strict=True):
            match = next((s for s in left if _meets(s, want)), None)
            if match is None:
                wrong.append(f"{_when(case, at)}: missing {want} ({row['notes']})")
            else:
                left.remove(match)
        wrong += [f"{_when(case, at)}: not foreseen {s}" for s in left]
        if case.settings.get("ordered") and not all(map(_meets, moment.said, expected)):
            wrong.append(f"{_when(case, at)}: judged in another order: {moment.said}")
    return wrong


def _expected(case: Case, row: Mapping[str, str]) -> Said:
    until = case.instant(row["until"]) if row["until"] else None
    return Said(row["contact"], row["trigger"], row["outcome"], row["gate"], row["what"], until)


def _meets(said: Said, want: Said) -> bool:
    """Equal, where for a refusal `what` is a part of the reason. `until` counts where it is written."""
    same = (said.contact, said.trigger, said.outcome, said.gate) == (
        want.contact, want.trigger, want.outcome, want.gate,
    )  # fmt: skip
    what = said.what == want.what if said.outcome == "queued" else want.what in said.what
    return same and what and (want.until is None or said.until == want.until)
