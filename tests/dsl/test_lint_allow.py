"""Comments that allow a finding: with a reason, until a day, and not for nothing."""

from __future__ import annotations

import pytest

from dsl.lint import lint
from tests.dsl.linting import view

SCORE = "score engagement\n  +5 on visit\n"
ABOUT = ("K0411", "K0420", "K0421", "K0422")
GOOD = '# kadenz: allow K0411 until 2027-01-01 "points are for life"'


def codes(text: str, today: int = 20261123) -> list[str]:
    return [one.code for one in lint(view(text, today=today)) if one.code in ABOUT]


def test_above_and_beside() -> None:
    assert codes(SCORE) == ["K0411"]
    assert codes(f"{GOOD}\n{SCORE}") == []
    assert codes(f"{GOOD}\n# and another remark\n\n{SCORE}") == []
    assert codes(f"score engagement {GOOD}\n  +5 on visit\n") == []
    assert codes(f"\ufeff{GOOD}\n{SCORE}") == []


def test_elsewhere_it_allows_nothing() -> None:
    assert codes(f"score engagement\n  {GOOD}\n  +5 on visit\n") == ["K0411", "K0422"]
    assert codes(f"{SCORE}{GOOD}\n") == ["K0411", "K0422"]


def test_the_day_itself_is_inside() -> None:
    assert codes(f"{GOOD}\n{SCORE}", today=20270101) == []
    assert sorted(codes(f"{GOOD}\n{SCORE}", today=20270102)) == ["K0411", "K0421"]


def test_one_for_each_code() -> None:
    text = f'{GOOD}\n# kadenz: allow K0402 until 2027-01-01 "soon used"\n{SCORE}'
    assert {one.code for one in lint(view(text))} == {"K0412"}


@pytest.mark.parametrize(
    ("comment", "summary"),
    [
        ("# kadenz: allow K0411", "this allowance has no end"),
        ('# kadenz: allow K0411 "why"', "this allowance has no end"),
        ("# kadenz: allow K0411 until 2027-01-01", "this allowance has no reason"),
        ('# kadenz: allow K0411 until 2027-01-01 " "', "this allowance has no reason"),
        ('# kadenz: allow K0411 until 2027-02-30 "why"', "`2027-02-30` is no day on which this allowance could end"),
        ('# kadenz: allow K0411 until 31.12.2027 "why"', "`31.12.2027` is no day on which this allowance could end"),
        ('# kadenz: allow K0411 until soon "why"', "`soon` is no day on which this allowance could end"),
        ('# kadenz: allow K0411 until 2027-1-1 "why"', "`2027-1-1` is no day on which this allowance could end"),
        ('# kadenz: allow K0411 until 2027-01 "why"', "`2027-01` is no day on which this allowance could end"),
        ('# kadenz: allow K0411 until ---- "why"', "`----` is no day on which this allowance could end"),
        ('# kadenz: allow K0411, K0402 until 2027-01-01 "why"', "an allowance names one code"),
        ('# kadenz: allow K0411 until "why"', "this allowance cannot be read"),
        ('# kadenz: allow until 2027-01-01 "why"', "this does not say which finding is allowed"),
        ("# kadenz: allow", "this does not say which finding is allowed"),
        ("#kadenz: hush", "this comment to Kadenz says nothing that it knows"),
        ('# kadenz: allow K0203 until 2027-01-01 "why"', "`K0203` is not a finding of the linter"),
        ('# kadenz: allow K0422 until 2027-01-01 "why"', "`K0422` is not a finding of the linter"),
    ],
)
def test_what_does_not_say_all_it_must(comment: str, summary: str) -> None:
    text = f"{comment}\n{SCORE}"
    found = {one.code: one.summary for one in lint(view(text))}
    assert found["K0420"] == summary
    assert "K0411" in found


def test_other_comments_and_texts_are_left_alone() -> None:
    assert codes("# about kadenz: nothing\n" + SCORE) == ["K0411"]
    assert codes(f'segment s "# kadenz: allow"\n  where vip\n{SCORE}') == ["K0411"]
