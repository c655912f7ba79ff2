"""The edges of 64 bits, and of the week."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.stores.facts import StoreError
from dsl.check import check
from engine.evaluation import Evaluation
from tests.cases.folder import Case
from tests.cases.schema import SCHEMA
from tests.cases.world import CaseWorld
from tests.engine.engines import ENGINES
from tests.engine.world import TEMPLATES

LARGEST = 2**63 - 1

each_engine = pytest.mark.parametrize("engine", ENGINES)


def evaluated(path: Path, executor: str, playbook: str, contacts: str, events: str) -> object:
    (path / "case.toml").write_text('about = "x"\nat = "2026-05-20T12:00:00Z"\nticks = ["t"]\n')
    (path / "playbook.play").write_text(playbook)
    (path / "contacts.csv").write_text(contacts)
    (path / "events.txt").write_text(events)
    world = CaseWorld(Case.read(path), executor)
    try:
        (moment,) = world.run().values()
        return moment.evaluation
    finally:
        world.close()


@each_engine
def test_a_sum_beyond_64_bits_is_no_answer_rather_than_a_wrong_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    monkeypatch.setattr("tests.cases.folder.HERE", tmp_path.parent)
    given = ("segment s where sum of purchase.quantity > 0", "contact\na\n", f"a purchase -1d,-2d quantity={LARGEST}\n")
    with pytest.raises(StoreError, match="64 bits"):
        evaluated(tmp_path, engine, *given)


@each_engine
@pytest.mark.parametrize(
    "where",
    [
        "visits times 3 >= visits times 3 plus 1",
        "visits plus visits > 0",
        "visits times 2 minus visits = 1",
        "-1 times visits minus visits < 0",
    ],
)
def test_what_is_reckoned_leaves_64_bits_nowhere_in_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str, where: str
) -> None:
    """Floating point would make somebody a member who is none."""
    monkeypatch.setattr("tests.cases.folder.HERE", tmp_path.parent)
    playbook = f"segment s where {where}\n"
    inside = (playbook, f"contact,visits\na,{LARGEST // 4}\nb,\nc,-5\n", "")
    assert evaluated(tmp_path, engine, *inside) == evaluated(tmp_path, "interpreter", *inside)
    with pytest.raises(StoreError, match="64 bits"):
        evaluated(tmp_path, engine, playbook, f"contact,visits\na,1\nb,{LARGEST}\n", "")


@each_engine
def test_text_is_counted_in_code_points(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str) -> None:
    """Not in bytes, in halves of surrogates or in what looks like one letter."""
    monkeypatch.setattr("tests.cases.folder.HERE", tmp_path.parent)
    playbook = "".join(
        f'segment s{n} where first_name {test}\n'
        for n, test in enumerate(
            (
                'starts with "\U0001f600a"', 'ends with "b\U0001f600"', 'contains "\U0001f469\u200d"',
                'starts with "\u00e9"',
                'ends with "\u0301"', 'contains "%"', 'ends with "_"', 'contains "\ufb01"', 'starts with "STRASSE"',
            )
        )
    )  # fmt: skip
    names = (
        "\U0001f600ab\U0001f600",
        "\U0001f469\u200d\U0001f469",
        "\u00e9",
        "x\u0301",
        "100%",
        "a_",
        "\ufb01n",
        "Stra\u00dfe",
    )
    contacts = "contact,first_name\n" + "".join(f"c{n},{name}\n" for n, name in enumerate(names))
    plain = evaluated(tmp_path, "interpreter", playbook, contacts, "")
    assert evaluated(tmp_path, engine, playbook, contacts, "") == plain
    assert isinstance(plain, Evaluation)
    assert [len(plain.segments[f"s{n}"]) for n in range(9)] == [1, 1, 1, 1, 1, 1, 1, 1, 0]


@each_engine
def test_long_names_that_begin_alike_stay_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str) -> None:
    """Postgres counts 63 bytes of a name."""
    monkeypatch.setattr("tests.cases.folder.HERE", tmp_path.parent)
    long = "x" * 60
    playbook = f"define {long}_a = visits plus 1\n\n" + "".join(
        f"segment {long}_{n} where {long}_a > {n}\n\n" for n in range(4)
    )
    playbook += f"segment all_of where in {long}_1 and not in {long}_3\n"
    contacts = "contact,visits\na,1\nb,2\nc,3\nd,4\n"
    plain = evaluated(tmp_path, "interpreter", playbook, contacts, "")
    assert evaluated(tmp_path, engine, playbook, contacts, "") == plain
    assert isinstance(plain, Evaluation)
    assert [len(plain.segments[f"{long}_{n}"]) for n in range(4)] == [4, 4, 3, 2]
    assert plain.segments["all_of"] == {"a", "b"}


@each_engine
def test_points_stay_inside_64_bits_and_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    monkeypatch.setattr("tests.cases.folder.HERE", tmp_path.parent)
    given = ("score s\n  +10_000 per 1 of visits\n", "contact,visits\na,900000\n", "")
    assert evaluated(tmp_path, engine, *given) == evaluated(tmp_path, "interpreter", *given)


def test_quiet_without_end_is_refused() -> None:
    text = "quiet q on monday, tuesday, wednesday, thursday, friday, saturday, sunday\n"
    assert check([("test.play", text)], SCHEMA, TEMPLATES).model is None
