"""Values in the words of other tools are warned of, and said in ours."""

from __future__ import annotations

import pytest

from adapters.template_checks import check_templates
from dsl.model import Model
from tests.adapters.test_templates import SCHEMA, findings, model, send, template, trigger

BODY = "---\nchannel: email\nsubject: Hi\n---\n"


@pytest.mark.parametrize(
    ("written", "ours"),
    [
        ("*|FNAME|*", "{{ contact.first_name }}"),
        ("*|FIRST_NAME|*", "{{ contact.first_name }}"),
        ("%%FIRSTNAME%%", "{{ contact.first_name }}"),
        ("%FIRSTNAME%", "{{ contact.first_name }}"),
        ("[[first_name]]", "{{ contact.first_name }}"),
        ("${firstName}", "{{ contact.first_name }}"),
        ("[[zzz]]", "{{ contact.NAME }}"),
    ],
)
def test_each_is_underlined_where_it_stands(written: str, ours: str) -> None:
    source = f"{BODY}Hello\n  dear {written}, good day"
    (found,) = check_templates([template(source)], SCHEMA, Model(), {})
    assert (found.code, found.severity, found.primary.span.line) == ("K0930", "warning", 6)
    assert found.primary.span.text(source) == written
    assert f"`{ours}`" in found.help[0]


@pytest.mark.parametrize("text", ["100 %, 50%", "[1] and [[", "a*|b", "%%", "$5 {x}", "[[a b]]", '{{ "[[name]]" }}'])
def test_letters_that_are_none(text: str) -> None:
    assert findings(text) == []


def test_in_branches_and_html_and_subjects() -> None:
    assert findings("{% if contact.must_name == 'x' %}[[a]]{% else %}[[b]]{% endif %}") == [
        ("K0930", "warning", "[[a]]"),
        ("K0930", "warning", "[[b]]"),
    ]
    assert findings("x", html="<p>%%NAME%%</p>") == [("K0930", "warning", "%%NAME%%")]
    source = "---\nchannel: email\nsubject: Hi *|FNAME|*\n---\nx"
    assert [one.code for one in check_templates([template(source)], SCHEMA, Model(), {})] == ["K0930"]


def test_a_shared_template_says_which_trigger_lacks_the_value() -> None:
    both = model(trigger("a", send(), event="purchase"), trigger("b", send(), event="visit"))
    source = BODY + "{{ event.amount | default('-') }}"
    (found,) = check_templates([template(source)], SCHEMA, both, {})
    assert found.summary == "`event.amount` is not there when trigger `b` sends this: `visit` has no such property"
    assert "trigger `a`, on `purchase`, has the value" in found.help[0]
    bare = model(trigger("a", send(), event="purchase"), trigger("c", send()))
    (found,) = check_templates([template(source)], SCHEMA, bare, {})
    assert found.summary == "`event.amount` is not there when trigger `c` sends this: it begins without an event"
    assert "give `c` a template of its own" in found.help[1]
