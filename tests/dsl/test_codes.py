"""Pages about codes cannot drift: each code has one, each page's examples do what they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dsl.codes import CODES, explain
from tests.dsl.shop import findings

DSL = Path(__file__).resolve().parents[2] / "dsl"


def raised() -> set[str]:
    found: set[str] = set()
    for path in DSL.rglob("*.py"):
        if not path.name.startswith(("pages", "codes")):
            found |= set(re.findall(r'"(K\d{4})"', path.read_text(encoding="utf-8")))
    return found


def test_each_code_has_a_page_and_each_page_a_code() -> None:
    assert raised() == set(CODES)


CHECKED = [code for code, page in CODES.items() if not page.sketch and not code.startswith("K04")]
"""Codes of `check`; those of the linter are tested in test_lint_pages."""


@pytest.mark.parametrize("code", CHECKED)
def test_the_bad_example_raises_its_code_alone(code: str) -> None:
    assert {d.code for d in findings(CODES[code].bad)} == {code}


@pytest.mark.parametrize("code", list(CODES))
def test_the_good_example_is_clean(code: str) -> None:
    assert [d.summary for d in findings(CODES[code].good)] == []


@pytest.mark.parametrize("code", list(CODES))
def test_style_of_titles(code: str) -> None:
    page = CODES[code]
    assert not page.title.endswith(".")
    assert page.why.endswith(".")


def test_explain_shows_the_page() -> None:
    text = explain("k0203") or ""
    assert text.startswith("K0203: types that do not meet")
    assert "but so:" in text
    assert explain("K9999") is None


def test_a_purpose_that_is_only_implied_must_be_declared() -> None:
    from dataclasses import replace

    from dsl.check import check
    from tests.engine.world import SCHEMA, TEMPLATES

    schema = replace(SCHEMA, purposes=("newsletter",))
    text = "trigger hello\n  on visit\n  send email hello\n"
    (found,) = check([("x.play", text)], schema, TEMPLATES).diagnostics
    assert (found.code, found.primary.span.text(text)) == ("K0214", "send email hello")
    assert "newsletter" in found.help[0]
    receipt = text + '  category transactional\n  because "the receipt"\n'
    assert check([("x.play", receipt)], schema, TEMPLATES).diagnostics == ()
    assert check([("x.play", text + "  purpose newsletter\n")], schema, TEMPLATES).diagnostics == ()


def test_room_is_not_kept_for_priorities_that_cannot_be() -> None:
    from dsl.check import check
    from tests.engine.world import SCHEMA, TEMPLATES

    text = "cap daily at most 3 messages per 7 days keeping 1 for priority > 100\n"
    (found,) = check([("x.play", text)], SCHEMA, TEMPLATES).diagnostics
    assert (found.code, found.primary.span.text(text)) == ("K0321", "100")
