"""The thirty rules: what the interpreter says, what the generated source says, and the words of other engines."""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks import decisions, translate
from benchmarks.timing import in_turns, own_process
from engine.plan_types import Always


def test_generated_source_says_what_the_interpreter_says() -> None:
    model, conditions = decisions.rules()
    given = decisions.contacts(400)
    plain, quick = decisions.interpreter(model), decisions.source(conditions)
    found = [plain(one) for one in given]
    assert [quick(one) for one in given] == found
    held = Counter(name for names in found for name in names)
    assert len(held) == 30
    assert all(0 < number < len(given) for number in held.values())


def test_words_of_other_engines() -> None:
    _, conditions = decisions.rules()
    expected = '(coffee_year == 0) && (gender == "female") && ((age <= 50) && (age >= 30))'
    parts = sorted(translate.expression(conditions["r06"], translate.CEL).strip("()").split(") && ("))
    assert parts == sorted(part.strip("()") for part in expected.split(" && "))
    assert translate.json_logic(conditions["r03"]) == {">=": [{"var": "orders_year"}, 4]}
    with pytest.raises(TypeError, match="no words"):
        translate.expression(Always(), translate.CEL)


def test_rounds_are_taken_in_turns() -> None:
    seen: list[str] = []
    found = in_turns(2, {"a": lambda: seen.append("a"), "b": lambda: seen.append("b")})
    assert seen == ["a", "b", "a", "b"]
    assert set(found) == {"a", "b"}
    assert all(seconds >= 0 for seconds in found.values())


def test_a_process_of_its_own_tells_its_peak_alone() -> None:
    ballast = bytearray(200_000_000)
    found = own_process("tests.benchmarks.small_answer", "7")
    assert found["answer"] == 7
    assert 0 < found["peak"] < len(ballast) // 2**20
