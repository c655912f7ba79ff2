"""Pages of the linter cannot drift: the bad example is found, the good one is not."""

from __future__ import annotations

import pytest

from dsl.lint import lint
from dsl.pages_lint import PAGES
from tests.dsl.linting import view

CODES = {page.code: page for page in PAGES}


@pytest.mark.parametrize("code", CODES)
def test_the_bad_example_is_found(code: str) -> None:
    assert code in {one.code for one in lint(view(CODES[code].bad))}


@pytest.mark.parametrize("code", CODES)
def test_the_good_example_is_not(code: str) -> None:
    assert code not in {one.code for one in lint(view(CODES[code].good))}


@pytest.mark.parametrize("code", CODES)
def test_findings_are_warnings_in_the_written_style(code: str) -> None:
    for one in lint(view(CODES[code].bad)):
        assert one.severity == "warning"
        assert one.summary == one.summary.strip().rstrip(".")
        assert one.summary[0] == "`" or one.summary[0].islower()
        assert one.help
        assert all(not text.endswith(".") for text in one.help)
