"""The driver of the cases fails where it must: a case that says nothing, or something else, never passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases import folder, golden, test_cases
from tests.cases.folder import Case, Mistake
from tests.cases.telling import difference, failure
from tests.cases.test_cases import test_each_answer_is_explained as is_explained
from tests.cases.test_cases import test_the_executors_agree as agree
from tests.cases.test_cases import test_the_order_of_arrival_is_no_matter as arrives_in_any_order
from tests.cases.test_cases import test_the_same_instant_again_is_harmless as is_harmless
from tests.cases.test_cases import test_the_truth_comes_out as comes_out
from tests.cases.test_cases import test_the_truth_is_whole as is_whole
from tests.cases.test_text import test_generated_files as generated
from tests.engine.engines import ENGINES

FILES = {
    "case.toml": 'about = "a case"\nat = "2026-05-20T12:00:00Z"\n',
    "playbook.play": "segment s where visits > 1\nscore p\n  +1 per 1 of visits\n"
    "trigger t\n  on visit\n  send email hello\n",
    "contacts.csv": "contact,visits,email\na,1,a@x\nb,2,b@x\n",
    "events.txt": "* consents email marketing -1d\na visit t\n",
    "members.csv": "segment,at,contacts,notes\ns,,b,\n",
    "scores.csv": "score,at,contacts,points,stage,notes\np,,a,1,-,\np,,b,2,-,\n",
    "sends.csv": "at,contact,trigger,outcome,gate,what,until,notes\nt,a,t,queued,reserved,email hello,,\n",
}


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(folder, "HERE", tmp_path)
    monkeypatch.setattr(test_cases, "HERE", tmp_path)
    path = tmp_path / "area" / "case"
    path.mkdir(parents=True)
    for name, text in FILES.items():
        (path / name).write_text(text, encoding="utf-8")
    return path


def everything(path: Path) -> None:
    for engine in ENGINES:
        agree(path, engine)
    is_whole(path)
    for executor in test_cases.EXECUTORS:
        comes_out(path, executor)
    arrives_in_any_order(path)
    is_explained(path)
    is_harmless(path)


def test_a_whole_case_passes(case: Path) -> None:
    everything(case)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("members.csv", "s,,b,", "s,,a b,"),
        ("members.csv", "s,,b,", "s,,-,"),
        ("members.csv", "s,,b,", ""),
        ("members.csv", "s,,b,", "s,,b,\nother,,b,"),
        ("members.csv", "s,,b,", "s,,nobody,"),
        ("members.csv", "s,,b,", "s,,,"),
        ("members.csv", "s,,b,", "s,b"),
        ("members.csv", "s,,b,", "s,,b,\ns,,b,"),
        ("scores.csv", "p,,b,2,-,", "p,,b,3,-,"),
        ("scores.csv", "p,,b,2,-,", "p,,b,-,-,"),
        ("scores.csv", "p,,b,2,-,", "p,,b,2,warm,"),
        ("scores.csv", "p,,b,2,-,", ""),
        ("sends.csv", "t,a,t,queued", "t,b,t,queued"),
        ("sends.csv", "email hello", "email news"),
        ("sends.csv", "email hello,,", "email hello,t+1h,"),
        ("sends.csv", "t,a,t,queued,reserved,email hello,,", "t,-,t,-,-,-,,"),
        ("sends.csv", "t,a,t,queued,reserved,email hello,,", ""),
        ("events.txt", "a visit t", "nobody visit t"),
        ("events.txt", "a visit t", "a visit yesterday"),
        ("playbook.play", "segment s", "segment other where everyone\nsegment s"),
        ("playbook.play", "> 1", "> 0"),
        ("contacts.csv", "b,2,b@x", "b,3,b@x"),
    ],
)
def test_anything_else_fails(case: Path, file: str, old: str, new: str) -> None:
    text = (case / file).read_text(encoding="utf-8")
    assert old in text
    (case / file).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises((AssertionError, Mistake, KeyError)):
        everything(case)


@pytest.mark.parametrize("file", ["members.csv", "scores.csv", "sends.csv", "contacts.csv"])
def test_a_missing_file_fails(case: Path, file: str) -> None:
    (case / file).unlink()
    with pytest.raises((AssertionError, Mistake)):
        everything(case)


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("t", 0),
        ("-3d", -259_200_000_000),
        ("t+1h-1us", 3_599_999_999),
        ("2026-05-20T14:00+02:00", 0),
        ("+1w", 604_800_000_000),
    ],
)
def test_instants(case: Path, text: str, micros: int) -> None:
    read = Case.read(case)
    assert read.instant(text) - read.clock == micros


def test_what_is_no_instant_is_said(case: Path) -> None:
    with pytest.raises(Mistake, match="is no instant"):
        Case.read(case).instant("-3 days")


# ---------------------------------------------------------------- what a failure says


def test_a_failure_shows_a_diff_of_the_file_and_how_to_run_it_again(case: Path) -> None:
    members = case / "members.csv"
    members.write_text(members.read_text().replace("s,,b,", "s,,a,the note"))
    with pytest.raises(AssertionError) as told:
        comes_out(case, "sqlite")
    lines = str(told.value).splitlines()
    assert "-s,,a,the note" in lines
    assert "+s,,b,the note" in lines
    assert "python -m pytest tests/cases -k area/case" in lines
    assert members.read_text().endswith("s,,a,the note\n"), "the truth is not written"


def test_points_and_judgements_are_told_as_they_came_out(case: Path) -> None:
    (case / "scores.csv").write_text(FILES["scores.csv"].replace("p,,a,1,-,", "p,,a,2,-,"))
    (case / "sends.csv").write_text(FILES["sends.csv"].replace("email hello", "email news"))
    with pytest.raises(AssertionError) as told:
        comes_out(case, "interpreter")
    lines = str(told.value).splitlines()
    assert "+p,,a,1,-," in lines
    assert "+2026-05-20T12:00:00+00:00,a,t,queued,reserved,email hello,," in lines


def test_nothing_to_tell_is_no_failure() -> None:
    assert failure("area/case", [difference("members.csv", ["a"], ["a"])]) == ""


# ---------------------------------------------------------------- the order of arrival


def test_a_case_in_which_order_matters_says_so(case: Path) -> None:
    """One event, corrected in the same batch: what comes last stands."""
    (case / "events.txt").write_text(
        "* consents email marketing -1d\n" + "".join(f"a visit t id=v seconds={n} arrives=t\n" for n in range(9))
    )
    (case / "playbook.play").write_text(FILES["playbook.play"] + "segment z where did visit with (seconds = 8)\n")
    with pytest.raises(AssertionError, match="other answers at"):
        arrives_in_any_order(case)
    say = f'{FILES["case.toml"]}order_matters = "the last correction stands"\n'
    (case / "case.toml").write_text(say)
    for kept in (test_cases.read, test_cases.seen, test_cases.rearranged):
        kept.cache_clear()
    arrives_in_any_order(case)


def test_a_case_that_says_so_for_nothing_fails(case: Path) -> None:
    (case / "case.toml").write_text(f'{FILES["case.toml"]}order_matters = "it does not"\n')
    with pytest.raises(AssertionError, match="other answers at: none"):
        arrives_in_any_order(case)


# ---------------------------------------------------------------- generated files


def files_of(path: Path) -> dict[str, str]:
    return {str(p.relative_to(path)): p.read_text() for p in sorted(path.rglob("*")) if p.is_file()}


def test_update_writes_generated_files_and_no_truth(case: Path) -> None:
    (case / "members.csv").write_text("segment,at,contacts,notes\ns,,a,wrong\n")
    before = files_of(case)
    generated(case, update=True)
    after = files_of(case)
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) == {f"golden/playbook.{end}" for end in ("fmt.play", "plan.json", "sqlite.sql")}
    generated(case, update=False)


def test_a_generated_file_that_is_missing_or_edited_fails(case: Path) -> None:
    with pytest.raises(AssertionError, match=r"-k area/case --update"):
        generated(case, update=False)
    generated(case, update=True)
    layout = case / "golden" / "playbook.fmt.play"
    layout.write_text(layout.read_text().replace("visits > 1", "visits > 2"))
    with pytest.raises(AssertionError, match=r"(?s)-  where visits > 2\n\+  where visits > 1\n.*--update"):
        generated(case, update=False)


def test_generated_files_of_another_text_are_noticed(case: Path) -> None:
    generated(case, update=True)
    (case / "playbook.play").write_text(FILES["playbook.play"].replace("visits > 1", "visits > 3"))
    with pytest.raises(AssertionError, match="was not made from this text"):
        generated(case, update=False)


def test_generated_files_that_nothing_makes_fail_and_go(case: Path) -> None:
    generated(case, update=True)
    stray = case / "golden" / "second.fmt.play"
    stray.write_text("# nothing\n")
    with pytest.raises(AssertionError, match=r"nothing makes second.fmt.play"):
        generated(case, update=False)
    generated(case, update=True)
    assert not stray.exists()


def test_generated_files_hold_no_ids(case: Path) -> None:
    (case / "playbook.play").write_text(
        'segment s where did visit with (page = "a") and did visit with (page = "b") and visits > 7\n'
    )
    told = {path.name: text for path, text in golden.goldens(Case.read(case)).items()}
    assert '"number visit a"' in told["playbook.plan.json"]
    assert '"leaf number visit b"' in told["playbook.sqlite.sql"]
    assert "\"page\" = 'a'" in told["playbook.sqlite.sql"]
    assert ":value_" not in told["playbook.sqlite.sql"]
