"""Every playbook with mistakes: the findings are those of its comments, no more and no fewer, underlined as there."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsl.report import render
from tests.cases.golden import FOLDER, compare, made_from, unused
from tests.cases.mistakes import ERRORS, Mistakes, mistakes, told
from tests.cases.telling import command, difference, failure

ALL = mistakes()
each = pytest.mark.parametrize("held", ALL, ids=[one.name for one in ALL])


def test_there_are_mistakes() -> None:
    assert len(ALL) >= 30
    assert any(one.path.is_dir() for one in ALL)
    assert len({told.code for one in ALL for told in one.expected()}) >= 60


def findings_are_told(held: Mistakes) -> None:
    checked = held.check()
    assert checked.model is None
    wanted, found = [str(one) for one in held.expected()], [str(one) for one in told(checked)]
    if text := failure(held.name, [difference(held.path.name, sorted(wanted), sorted(found))]):
        raise AssertionError(text)


@each
def test_the_findings_are_those_of_the_comments(held: Mistakes) -> None:
    findings_are_told(held)


@each
def test_the_findings_as_they_are_drawn(held: Mistakes, update: bool) -> None:
    checked = held.check()
    drawn = render(checked.diagnostics, checked.sources)
    head = made_from("".join(held.texts.values()))
    wrong = compare(golden_of(held), f"# {head}\n\n{drawn.rstrip()}\n", held.name, update=update)
    if wrong:
        raise AssertionError(wrong)


def test_no_drawn_findings_without_their_playbook(update: bool) -> None:
    wanted = {golden_of(held) for held in ALL}
    strays = unused(set((ERRORS / FOLDER).glob("*")), wanted, update=update)
    assert not strays, f"{strays}\n{command('errors', '--update')}"


def golden_of(held: Mistakes) -> Path:
    return ERRORS / FOLDER / f"{held.path.stem}.txt"


# ---------------------------------------------------------------- the comments are compared


@pytest.mark.parametrize(
    "text",
    [
        "segment s where contry = CH\n",
        'segment s where contry = CH\n# error: 17 [K0202] "contr"\n',
        'segment s where contry = CH\n# error: 16 [K0202] "contry"\n',
        'segment s where contry = CH\n# error: 17 [K0203] "contry"\n',
        'segment s where contry = CH\n# error: 17 [K0202] "contry"\n# error: 26 [K0208] "CH"\n',
        'segment s where contry = CH\nsegment t where active\n# error: 17 [K0202] "contry"\n',
        'segment s where active\n# error: 17 [K0202] "active"\n',
    ],
)
def test_anything_else_fails(tmp_path: Path, text: str) -> None:
    path = tmp_path / "some.play"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(AssertionError):
        findings_are_told(Mistakes(path))


def test_comments_that_are_none_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "some.play"
    path.write_text('segment s where contry = CH\n# error: [K0202] "contry"\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"some\.play:2"):
        Mistakes(path).expected()
    path.write_text('segment s where contry = CH\n# error: 17 [K0202] "contry"\n', encoding="utf-8")
    findings_are_told(Mistakes(path))
