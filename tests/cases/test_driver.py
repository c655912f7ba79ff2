"""The driver of the cases fails where it must: a case that says nothing, or something else, never passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases import folder, test_cases
from tests.cases.folder import Case, Mistake
from tests.cases.test_cases import test_the_executors_agree as agree
from tests.cases.test_cases import test_the_truth_comes_out as comes_out
from tests.cases.test_cases import test_the_truth_is_whole as is_whole

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
    agree(path)
    is_whole(path)
    for executor in test_cases.EXECUTORS:
        comes_out(path, executor)


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
