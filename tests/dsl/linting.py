"""The linter over the small shop of the tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dsl.check import check
from dsl.diagnostics import Diagnostic
from dsl.lint import Message, Part, View, lint
from dsl.schema import Schema
from dsl.spans import span_of
from tests.dsl.shop import SCHEMA, TEMPLATES

TODAY = 20261123
BODIES = {
    "cart_reminder": "Your cart waits. Unsubscribe: https://example.com/out",
    "welcome": "Welcome! No more messages? https://example.com/abmelden",
    "plain_advert": "Buy!",
}


def view(
    text: str,
    *,
    today: int = TODAY,
    starts: int | None = None,
    schema: Schema = SCHEMA,
    bodies: Mapping[str, str] = BODIES,
) -> View:
    """What the linter sees of one file; it must check."""
    templates = {**TEMPLATES, **{name: TEMPLATES.get(name, frozenset({"email"})) for name in bodies}}
    checked = check([("a.play", text)], schema, templates)
    assert checked.model is not None, [(d.code, d.summary, d.primary.text) for d in checked.diagnostics]
    messages = [
        Message(name, templates[name], (Part("text", body, span_of(f"templates/{name}.j2", body, 0, 1)),))
        for name, body in bodies.items()
    ]
    return View(
        checked.model, schema, checked.trees, today, messages=messages, mail=frozenset({"email"}), starts=starts
    )


def linted(text: str, *codes: str, **more: object) -> list[Diagnostic]:
    """The findings of these codes."""
    found = lint(view(text, **more))  # type: ignore[arg-type]  # handed on as they are
    return [one for one in found if one.code in codes]


def marked(text: str, *codes: str, **more: object) -> list[str]:
    """What the findings of these codes underline."""
    return [one.primary.span.text(text) for one in linted(text, *codes, **more)]


def where(condition: str, *codes: str, **more: object) -> list[str]:
    """The same for a condition of a segment."""
    text = f"segment others\n  where vip\n\nsegment s\n  where {condition}\n"
    return marked(text, *codes, **more)


def required(*names: str) -> Schema:
    """The schema with these fields required."""
    return replace(SCHEMA, fields={n: replace(f, required=n in names) for n, f in SCHEMA.fields.items()})
