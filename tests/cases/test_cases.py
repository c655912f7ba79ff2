"""Every case folder on the interpreter and on every engine: equal to each other and to the hand-written truth (see
`folder.py`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

import pytest

from dsl.model import And, Condition, DefinedCondition, Everyone, InSegment, Model, Not, Or
from dsl.types import POINT_UNIT
from engine.decide import judge
from engine.explain import Clause
from engine.instants import to_datetime
from tests.cases.folder import HERE, Case, Mistake, folders
from tests.cases.schema import SCHEMA
from tests.cases.telling import command, difference, failure
from tests.cases.world import CaseWorld, Moment, Said
from tests.engine.engines import ENGINES, PARQUET
from tests.engine.world import model_of

EXECUTORS = ("interpreter", *ENGINES)
FOLDERS = folders()
ONE_A_GROUP = list({p.parent: p for p in FOLDERS}.values())
NAMES = [str(p.relative_to(HERE)) for p in FOLDERS]
# one of each folder: a ledger on Postgres answers some milliseconds later, at each of its many steps
ON_A_SERVER = frozenset({path.parent: path for path in FOLDERS}.values())


@cache
def read(path: Path) -> Case:
    return Case.read(path)


@cache
def seen(path: Path, executor: str) -> Mapping[int, Moment]:
    on_a_server = executor == "postgres" and path in ON_A_SERVER
    world = CaseWorld(read(path), executor, ledger="postgres" if on_a_server else "sqlite")
    try:
        return world.run()
    finally:
        world.close()


@cache
def rearranged(path: Path) -> Mapping[int, Moment]:
    """The case with everything in another order of arrival, judged at once as large ticks are, explained, each tick
    repeated."""
    world = CaseWorld(read(path), "interpreter", arranged=1, explained=True)
    assert judge.__kwdefaults__ is not None
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(judge.__kwdefaults__, "large", 1)
            return world.run()
    finally:
        world.close()


each_folder = pytest.mark.parametrize("path", FOLDERS, ids=NAMES)
each_executor = pytest.mark.parametrize("executor", EXECUTORS)


def test_there_are_folders() -> None:
    assert len(FOLDERS) >= 25


@each_folder
@pytest.mark.parametrize("engine", ENGINES)
def test_the_executors_agree(path: Path, engine: str) -> None:
    plain, sql = seen(path, "interpreter"), seen(path, engine)
    told = failure(read(path).name, [difference(f"{engine} beside the interpreter", shown(plain), shown(sql))])
    if told:
        raise AssertionError(told)
    assert plain == sql


@pytest.mark.parametrize("path", ONE_A_GROUP, ids=[str(p.relative_to(HERE)) for p in ONE_A_GROUP])
def test_duckdb_agrees_over_parquet_files(path: Path) -> None:
    assert seen(path, PARQUET) == seen(path, "duckdb")


def shown(moments: Mapping[int, Moment]) -> list[str]:
    """Everything that a run answered, a line each."""
    lines = []
    for at, moment in moments.items():
        seen_then = moment.evaluation
        parts: dict[str, object] = {
            "contacts": sorted(seen_then.contacts),
            **{f"segment {name}": sorted(keys) for name, keys in seen_then.segments.items()},
            **{f"score {name}": sorted(points.items()) for name, points in seen_then.scores.items()},
            **{f"stages of {name}": sorted(stages.items()) for name, stages in seen_then.stages.items()},
            **{name: sorted(keys) for name, keys in seen_then.conditions.items()},
        }
        when = to_datetime(at).isoformat()
        lines += [f"{when} {name}: {found}" for name, found in sorted(parts.items())]
        lines += [f"{when} {one}" for one in moment.said]
    return lines


@each_folder
@each_executor
def test_the_truth_comes_out(path: Path, executor: str) -> None:
    told = told_of(read(path), seen(path, executor))
    if told:
        raise AssertionError(told)


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


@each_folder
def test_the_order_of_arrival_is_no_matter(path: Path) -> None:
    """Contacts in another order, events of one instant shuffled and in two imports, all candidates judged at once: the
    same answers. A case in which order matters says why (`order_matters`), and then the answers must differ."""
    case, usual, moments = read(path), seen(path, "interpreter"), rearranged(path)
    why = case.settings.get("order_matters")
    differing = [at for at, moment in moments.items() if moment != usual[at]]
    told = ", ".join(to_datetime(at).isoformat() for at in differing)
    assert bool(differing) == bool(why), f"other answers at: {told or 'none'} ({why})\n{command(case.name)}"


@each_folder
def test_the_same_instant_again_is_harmless(path: Path) -> None:
    """A tick that is repeated sees the same and reserves nothing. A case in which it sees more says why
    (`repeat_sees_more`: it is the next tick, after what the first one has set), and then it must."""
    if read(path).settings.get("repeat_sees_more"):
        again = [(moment, moment.again) for moment in rearranged(path).values()]
        assert any(other is not None and other.evaluation != moment.evaluation for moment, other in again)
        return
    for at, moment in rearranged(path).items():
        assert moment.again is not None
        assert moment.again.evaluation == moment.evaluation, _when(read(path), at)
        assert moment.again.reserved == 0, _when(read(path), at)


@each_folder
def test_each_answer_is_explained(path: Path) -> None:
    """The explanation of a member is true clause by clause; that of anybody else names a false one."""
    case, moments = read(path), rearranged(path)
    texts = "\n".join(" ".join(text.split()) for text in case.playbooks.values())
    for at, moment in moments.items():
        assert moment.model is not None
        for (segment, contact), clause in moment.clauses.items():
            where = f"{_when(case, at)}: {segment} for {contact}\n{command(case.name)}"
            inside = contact in moment.evaluation.segments[segment]
            assert clause.holds == inside, where
            reasons = list(deciding(clause, moment.model.segments[segment].where, moment.model))
            assert reasons, where
            for reason, condition in reasons:
                assert " ".join(reason.text.split()) in texts, where
                assert reason.text, where
                everyone = Everyone(span=condition.span)
                assert reason.seen or condition in (everyone, Not(everyone, span=condition.span)), where


def deciding(clause: Clause, condition: Condition, model: Model) -> Iterator[tuple[Clause, Condition]]:
    """The clauses without parts that make the clause what it is, after proving that the parts add up to the whole."""
    match condition:
        case And(items=items):
            held = [part.holds for part in clause.parts]
            assert len(held) == len(items)
            assert clause.holds == all(held)
        case Or(items=items):
            held = [part.holds for part in clause.parts]
            assert len(held) == len(items)
            assert clause.holds == any(held)
        case Not(item=item) if clause.parts:
            assert clause.holds != clause.parts[0].holds
            items = (item,)
        case InSegment(segment=name):
            items = (model.segments[name].where,)
            assert clause.holds == clause.parts[0].holds
        case DefinedCondition(name=name) if clause.parts:
            defined = model.defines[name].condition
            assert defined is not None
            items = (defined,)
            assert clause.holds == clause.parts[0].holds
        case _:
            yield clause, condition
            return
    for part, item in zip(clause.parts, items, strict=True):
        if isinstance(condition, Not) or part.holds == clause.holds:
            yield from deciding(part, item, model)


# ---------------------------------------------------------------- comparing


def told_of(case: Case, moments: Mapping[int, Moment]) -> str:
    """What differs from the hand-written truth, as text; empty if nothing does."""
    files = (("members.csv", _members), ("scores.csv", _scores), ("sends.csv", _sends))
    return failure(case.name, [difference(file, *compare(case, moments)) for file, compare in files])


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


Lines = tuple[list[str], list[str]]
"""The lines of a file of truth, and the same lines as they came out."""


def _line(row: Mapping[str, str], **found: str) -> str:
    return ",".join({**row, **found}.values())


def _members(case: Case, moments: Mapping[int, Moment]) -> Lines:
    expected, found = [], []
    for row in case.rows("members.csv"):
        at = case.at(row)
        wanted = _keys(row["contacts"], case, at)
        members = moments[at].evaluation.segments[row["segment"]]
        expected.append(_line(row))
        same = set(wanted) == members
        there = " ".join(key for key in case.keys if key in members) or "-"
        found.append(expected[-1] if same else _line(row, contacts=there))
    return expected, found


def _scores(case: Case, moments: Mapping[int, Moment]) -> Lines:
    expected, found = [], []
    for row in case.rows("scores.csv"):
        at = case.at(row)
        evaluation = moments[at].evaluation
        for contact in _keys(row["contacts"], case, at):
            units = evaluation.scores[row["score"]].get(contact)
            stage = evaluation.stages.get(row["score"], {}).get(contact, "-")
            expected.append(_line(row, contacts=contact))
            shown = row["points"] if _same_points(units, row["points"]) else _points(units)
            found.append(_line(row, contacts=contact, points=shown, stage=stage))
    return expected, found


def _points(units: int | None) -> str:
    if units is None:
        return "-"
    exact = Decimal(units) / POINT_UNIT
    return f"{exact.normalize():f}" if units * 1000 % POINT_UNIT == 0 else f"{units}/2^30"


def _same_points(units: int | None, text: str) -> bool:
    if text == "-" or units is None:
        return text == "-" and units is None
    if text.endswith("/2^30"):
        return units == int(text.removesuffix("/2^30"))
    if text.startswith("~"):
        return (Decimal(units) / POINT_UNIT).quantize(Decimal("0.01"), ROUND_HALF_UP) == Decimal(text[1:])
    return units == Decimal(text) * POINT_UNIT


def _sends(case: Case, moments: Mapping[int, Moment]) -> Lines:
    rows = case.rows("sends.csv")
    expected, found = [], []
    for at, moment in moments.items():
        wanted = [row for row in rows if case.at(row) == at and row["contact"] != "-"]
        expected += [_line(row) for row in wanted]
        found += _in_order(case, moment, wanted) if case.settings.get("ordered") else _any_order(case, moment, wanted)
    return expected, found


def _any_order(case: Case, moment: Moment, wanted: Sequence[Mapping[str, str]]) -> list[str]:
    """The rows that came out in their own words, then what was not foreseen."""
    left, lines = list(moment.said), []
    for row in wanted:
        match = next((s for s in left if _meets(s, _expected(case, row))), None)
        if match is not None:
            left.remove(match)
            lines.append(_line(row))
    return lines + [_said(case, moment, one) for one in left]


def _in_order(case: Case, moment: Moment, wanted: Sequence[Mapping[str, str]]) -> list[str]:
    rows = dict(enumerate(wanted))
    return [
        _line(rows[n]) if n in rows and _meets(one, _expected(case, rows[n])) else _said(case, moment, one)
        for n, one in enumerate(moment.said)
    ]


def _said(case: Case, moment: Moment, one: Said) -> str:
    until = "" if one.until is None else to_datetime(one.until).isoformat()
    at = to_datetime(moment.evaluation.as_of).isoformat()
    return ",".join([at, one.contact, one.trigger, one.outcome, one.gate, one.what, until, ""])


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
