from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.project import load
from adapters.template_checks import check_templates
from adapters.template_file import Template, read_template
from adapters.templates import MissingValue, RenderError, TemplateSet, render, render_text
from dsl.diagnostics import Diagnostic
from dsl.model import EventQuery, Model, Notify, Offer, OnEvent, OnSegment, Send, Trigger
from dsl.schema import Channel, EventType, Field, Schema, builtin_events
from dsl.spans import Span, span_of
from dsl.types import (
    Boolean,
    Date,
    DateTime,
    MonthDay,
    Numeric,
    OneOf,
    Point,
    SetOf,
    Stored,
    Text,
    Type,
    decimal,
    money,
)
from engine.records import Contact, Outgoing

NOWHERE = Span("x.play", 0, 0, 1, 1, 1, 1)


def fields(**types: Type) -> dict[str, Field]:
    return {name: Field(name, kind, required=name.startswith("must")) for name, kind in types.items()}


SCHEMA = Schema(
    key="id",
    fields=fields(
        id=Text(),
        must_name=Text(),
        first_name=Text(),
        gender=OneOf(("female", "male")),
        born=Date(),
        name_day=MonthDay(),
        spent=money("CHF"),
        euro=money("EUR"),
        height=decimal(2),
        children=Numeric(),
        vip=Boolean(),
        seen=DateTime(),
        hobbies=SetOf(("bike", "ski")),
        place=Point(),
        language=Text(),
        country=Text(),
    ),
    events={
        **builtin_events(),
        "purchase": EventType("purchase", fields(amount=money("CHF"), product=Text(), must_no=Text())),
        "visit": EventType("visit", fields(product=Text())),
    },
    channels={"email": Channel("email"), "letter": Channel("letter")},
    teams=("sales",),
    language_field="language",
    country_field="country",
)


def template(source: str, path: str = "templates/welcome.j2") -> Template:
    made, found = read_template(path, source)
    assert found == []
    assert made is not None
    return made


def outgoing(**changes: Any) -> Outgoing:
    base = Outgoing(
        key="k" * 64, kind="message", trigger="start", contact="c", channel="email", template="welcome", offer=None,
        category="promotional", purpose="marketing", tags=(), address="anna@example.ch", cause_at=0, reserved_at=0,
        expires_at=0, local_date=20260101,
    )  # fmt: skip
    return replace(base, **changes)


def contact(**values: Stored) -> Contact:
    return Contact("c", {name: value for name, value in values.items() if value is not None})


def shown(text: str, values: dict[str, Stored], language: str = "de", country: str | None = "CH") -> str:
    """The text as rendered for a contact with these values."""
    templates = TemplateSet([], SCHEMA, languages=[language], time_zone="Europe/Zurich", country=country)
    return render_text(templates, text, outgoing(), contact(**values))


# ---------------------------------------------------------------- files


def test_a_template_file() -> None:
    source = '---\nchannel: [email, letter]\nsubject: "Hi {{ contact.id }}"\n---\nText\n--- html ---\n<p>x</p>\n'
    found = template(source, "templates/a/welcome.de-CH.txt.j2")
    assert (found.name, found.language, found.channels) == ("welcome", "de-CH", ("email", "letter"))
    assert [(name, part.text) for name, part in found.parts()] == [
        ("subject", "Hi {{ contact.id }}"),
        ("text", "Text\n"),
        ("html", "<p>x</p>\n"),
    ]
    for _, part in found.parts():
        assert part.start is not None
        assert source[part.start :].startswith(part.text)


@pytest.mark.parametrize(
    ("path", "source", "code", "marked"),
    [
        ("t.j2", "Hello", "K0920", "Hello"),
        ("t.j2", "---\nchannel: email\nHello", "K0920", "---"),
        ("t.j2", "---\n---\nHello", "K0920", "---"),
        ("t.j2", "---\nsubject: x\n---\n", "K0920", "---"),
        ("t.j2", "---\nchanel: email\nchannel: email\n---\n", "K0902", "chanel"),
        ("t.j2", "---\nchannel: 5\n---\n", "K0904", "5"),
        ("t.j2", "---\nchannel: email\nlanguage: german\n---\n", "K0904", "german"),
        ("t.fr.j2", "---\nchannel: email\nlanguage: de\n---\n", "K0920", "de"),
        ("t.j2", "---\nchannel: email\nsubject: [a]\n---\n", "K0904", "[a]"),
        ("t.j2", "---\nchannel: &a email\n---\n", "K0905", "&a email"),
        (
            "t.j2",
            "---\nchannel: email\nsubject: {{ contact.a }}, hi\n---\n",
            "K0905",
            "{{ contact.a }}, hi",
        ),
        ("t.j2", "---\nchannel: email\nsubject: {% if contact.a %}\n---\n", "K0901", "%"),
        ("t.j2", '---\nchannel: email\nsubject: "a" b\n---\n', "K0901", "b"),
        ("t.j2", "---\nchannel: email\n---\nbell \x07", "K0920", "\x07"),
        ("t.j2", "x" * 100_001, "K0920", "x" * 80),
    ],
)
def test_what_is_wrong_with_a_file(path: str, source: str, code: str, marked: str) -> None:
    _, found = read_template(path, source)
    assert [(d.code, d.primary.span.text(source)) for d in found] == [(code, marked)]


def test_a_subject_that_begins_with_a_value_is_told_to_stand_in_quotes() -> None:
    for subject, quoted in (
        ("{{ contact.a }}", 'put the subject in quotes: `subject: "{{ contact.a }}"`'),
        ('{{ contact.a | default("x") }}', "put the subject in quotes: `subject: '{{ contact.a | default(\"x\") }}'`"),
    ):
        _, found = read_template("t.j2", f"---\nchannel: email\nsubject: {subject}\n---\n")
        assert [d.help for d in found] == [(quoted,)]


# ---------------------------------------------------------------- values


@pytest.mark.parametrize(
    ("text", "values", "words"),
    [
        ("{{ contact.first_name }}", {"first_name": "Anna"}, "Anna"),
        ("{{ contact.first_name | upper }}", {"first_name": "Jürg"}, "JÜRG"),
        ('{{ contact.first_name | default("du") }}', {}, "du"),
        ('{{ contact.first_name | default("du") | upper }}', {}, "DU"),
        ("{{ contact.born }}", {"born": 19901231}, "31.12.1990"),
        ("{{ contact.born | date('long') }}", {"born": 19900301}, "1. März 1990"),
        ("{{ contact.name_day }}", {"name_day": 229}, "29.02."),
        ("{{ contact.spent | money }}", {"spent": 123450}, "1'234.50 CHF"),
        ("{{ contact.spent }}", {"spent": -5}, "-0.05 CHF"),
        ("{{ contact.euro }}", {"euro": 123456789}, "1'234'567.89 EUR"),
        ("{{ contact.height }}", {"height": 175}, "1.75"),
        ("{{ contact.children }}", {"children": 1234}, "1234"),
        ("{{ contact.seen }}", {"seen": 1_793_487_600_000_000}, "01.11.2026 00:00"),
        ("{{ contact.seen | date }}", {"seen": 1_793_487_600_000_000}, "01.11.2026"),
        ("{{ contact.hobbies }}", {"hobbies": "|bike|ski|"}, "bike, ski"),
        ("{{ contact.place }}", {"place": "47.3,8.5"}, "47.3,8.5"),
        ("{{ contact.id }}", {}, "c"),
        ("{{ 'x{{' }}", {}, "x{{"),
        ("{{ contact.first_name | url }}", {"first_name": "a b&c/ü"}, "a%20b%26c%2F%C3%BC"),
        ("{{ contact.first_name | url }}", {"first_name": "https://x.example/a b"}, "https://x.example/a%20b"),
        ("{{ contact.first_name | url }}", {"first_name": "javascript:alert(1)"}, "javascript%3Aalert%281%29"),
        ("{% if contact.vip %}a{% else %}b{% endif %}", {"vip": 1}, "a"),
        ("{% if contact.vip %}a{% else %}b{% endif %}", {"vip": 0}, "b"),
        ("{% if contact.vip %}a{% else %}b{% endif %}", {}, "b"),
        (
            "{% if contact.children > 2 %}a{% elif contact.children is known %}b{% else %}c{% endif %}",
            {"children": 3},
            "a",
        ),
        (
            "{% if contact.children > 2 %}a{% elif contact.children is known %}b{% else %}c{% endif %}",
            {"children": 0},
            "b",
        ),
        ("{% if contact.children > 2 %}a{% elif contact.children is known %}b{% else %}c{% endif %}", {}, "c"),
        ("{% if contact.gender == 'female' %}Frau{% else %}x{% endif %}", {"gender": "female"}, "Frau"),
        ("{% if contact.gender != 'female' %}a{% else %}b{% endif %}", {}, "a"),
        ("{% if contact.country in ['CH', 'LI'] %}a{% else %}b{% endif %}", {"country": "LI"}, "a"),
        ("{% if contact.country not in ['CH'] %}a{% else %}b{% endif %}", {}, "a"),
        ("<{{ contact.first_name }}>", {"first_name": "<&>"}, "<<&>>"),
    ],
)
def test_values_in_words(text: str, values: dict[str, Stored], words: str) -> None:
    assert shown(text, values) == words


@pytest.mark.parametrize(
    ("language", "country", "words"),
    [
        ("de", "CH", "31.12.1990 1'234.50 CHF 31. Dezember 1990"),
        ("de", "DE", "31.12.1990 1.234,50 CHF 31. Dezember 1990"),
        ("de-CH", "DE", "31.12.1990 1'234.50 CHF 31. Dezember 1990"),
        ("fr", None, "31/12/1990 1\u202f234,50 CHF 31 décembre 1990"),
        ("en", None, "31 December 1990 1,234.50 CHF 31 December 1990"),
        ("en-US", "CH", "12/31/1990 1,234.50 CHF December 31, 1990"),
        ("xx", "CH", "1990-12-31 1234.50 CHF 1990-12-31"),
    ],
)
def test_the_manner_of_a_language(language: str, country: str | None, words: str) -> None:
    text = "{{ contact.born | date }} {{ contact.spent | money }} {{ contact.born | date('long') }}"
    assert shown(text, {"born": 19901231, "spent": 123450}, language, country) == words


def test_a_missing_value_is_never_shown_as_nothing() -> None:
    for text in ("{{ contact.first_name }}", "{{ contact.first_name | upper }}", "{{ contact.first_name | url }}"):
        with pytest.raises(MissingValue, match=r"`contact\.first_name` is missing") as caught:
            shown(text, {})
        assert caught.value.field == "contact.first_name"


def test_fields_with_the_names_of_methods_are_fields() -> None:
    schema = Schema("id", fields(id=Text(), items=Text(), format=Text()))
    templates = TemplateSet([], schema)
    assert render_text(templates, "{{ contact.items }}", outgoing(), contact(items="3")) == "3"
    with pytest.raises(MissingValue):
        render_text(templates, "{{ contact.format }}", outgoing(), contact())


def test_limits_on_values_and_output() -> None:
    with pytest.raises(RenderError, match="longer than 10000"):
        shown("{{ contact.first_name }}", {"first_name": "x" * 10_001})
    with pytest.raises(RenderError, match="longer than 1000000"):
        shown("{{ contact.first_name }}" * 101, {"first_name": "x" * 10_000})


def test_what_was_never_checked_fails_as_a_message() -> None:
    with pytest.raises(RenderError, match="fails with TypeError"):
        shown("{% if contact.first_name > 5 %}x{% endif %}", {"first_name": "x"})
    with pytest.raises(RenderError, match="fails with ValueError"):
        shown("{{ contact.born }}", {"born": "yesterday"})
    with pytest.raises(RenderError, match="control character"):
        shown("{{ contact.first_name }}", {"first_name": "\ud800"})


# ---------------------------------------------------------------- messages


def test_a_message_in_the_contacts_language() -> None:
    texts = {
        "de": "---\nchannel: email\nsubject: Hallo {{ contact.first_name }}\n---\nGuten Tag\n",
        "fr": "---\nchannel: email\nsubject: Salut {{ contact.first_name }}\n---\nBonjour\n--- html ---\n"
        "<b>{{ contact.first_name }}</b>\n",
        "": "---\nchannel: email\nsubject: Hi\n---\nHello\n",
        "it": "---\nchannel: letter\n---\nBuongiorno\n",
    }  # fmt: skip
    made = [template(text, f"templates/welcome{'.' + lang if lang else ''}.j2") for lang, text in texts.items()]
    templates = TemplateSet(made, SCHEMA, languages=["fr", "de"])

    def said(language: str | None, channel: str = "email") -> tuple[str | None, str | None, str | None]:
        values: dict[str, Stored] = {"first_name": "A<b>", "language": language}
        found = render(templates, outgoing(channel=channel), contact(**values))
        return found.subject, found.text, found.language

    assert said("de") == ("Hallo A<b>", "Guten Tag\n", "de")
    assert said("de-AT") == ("Hallo A<b>", "Guten Tag\n", "de")
    assert said("DE_ch") == ("Hallo A<b>", "Guten Tag\n", "de")
    assert said("it") == ("Salut A<b>", "Bonjour\n", "fr")
    assert said(None) == ("Salut A<b>", "Bonjour\n", "fr")
    assert said("de", "letter") == (None, "Buongiorno\n", "it")
    html = render(templates, outgoing(), contact(first_name="A<b>", language="fr")).html
    assert html == "<b>A&lt;b&gt;</b>\n"
    with pytest.raises(RenderError, match="no template"):
        render(templates, outgoing(template="other"), contact())


def test_events_and_offers() -> None:
    source = (
        "---\nchannel: email\nsubject: x\n---\n{{ event.amount }} {{ event.product | default('?') }} "
        "{{ event.at | date }} {{ event.id }} {{ offer.code }} {{ offer.title }} {{ offer.discount }}\n"
    )
    templates = TemplateSet([template(source)], SCHEMA, languages=["de"], country="CH")
    offer = Offer("ten", NOWHERE, title="Zehn Prozent", code="TEN", discount="10 %")
    message = outgoing(event_type="purchase", event="e1", properties={"amount": 500}, offer="ten")
    assert render(templates, message, contact(), offer).text == "5.00 CHF ? 01.01.1970 e1 TEN Zehn Prozent 10 %\n"
    with pytest.raises(MissingValue, match=r"offer\.code"):
        render(templates, message, contact())
    with pytest.raises(MissingValue, match=r"event\.amount"):
        render(templates, outgoing(), contact(), offer)


def test_a_notice() -> None:
    templates = TemplateSet([], SCHEMA, languages=["de"], country="CH")
    message = outgoing(
        kind="notice", channel="notify", address="sales", template="", text="Call {{ contact.first_name }}"
    )
    found = render(templates, message, contact(first_name="Anna"))
    assert (found.text, found.subject, found.address, found.html) == ("Call Anna", "start: c", "sales", None)


@pytest.mark.parametrize("sign", ["\n", "\r", "\x00", "\x0b", "\x1b", "\x85", "\u2028", "\u2029"])
def test_control_characters_stay_out_of_subject_and_address(sign: str) -> None:
    templates = TemplateSet([template("---\nchannel: email\nsubject: 'a {{ contact.first_name }} b'\n---\nx")], SCHEMA)
    with pytest.raises(RenderError):
        render(templates, outgoing(), contact(first_name=f"x{sign}Bcc: y"))
    with pytest.raises(RenderError):
        render(templates, outgoing(address=f"a@b.ch{sign}x"), contact(first_name="x"))


# ---------------------------------------------------------------- checks


def trigger(
    name: str, *sends: Send, event: str | None = None, notify: str | None = None, span: Span = NOWHERE
) -> Trigger:
    cause: OnEvent | OnSegment = OnSegment("s", "entering", False, NOWHERE)
    if event is not None:
        cause = OnEvent(EventQuery(event, None, None, NOWHERE), NOWHERE)
    notifies = (Notify("sales", notify, span),) if notify is not None else ()
    return Trigger(name, NOWHERE, cause=cause, sends=sends, notifies=notifies)


def send(template_name: str = "welcome", channel: str = "email", offer: str | None = None) -> Send:
    return Send(channel, template_name, offer, NOWHERE)


def model(*triggers: Trigger, **offers: Offer) -> Model:
    return Model(triggers={t.name: t for t in triggers}, offers=offers)


def findings(body: str, bound: Model | None = None, html: str = "") -> list[tuple[str, str, str]]:
    """Code, severity and underlined text for a template with this body."""
    source = f"---\nchannel: email\nsubject: Hi\n---\n{body}\n" + (f"--- html ---\n{html}" if html else "")
    found = check_templates([template(source)], SCHEMA, bound or Model(), {})
    return [(d.code, d.severity, d.primary.span.text(source)) for d in found]


def test_a_good_template_has_no_findings() -> None:
    assert findings("{{ contact.must_name }} {{ contact.first_name | default('you') }}") == []


@pytest.mark.parametrize(
    ("body", "code", "marked"),
    [
        ("Hi {{ contact.frist_name }}", "K0923", "contact.frist_name"),
        ("Hi {% if contact.frist_name %}x{% endif %}", "K0923", "contact.frist_name"),
        ("{{ contact.must_name | date }}", "K0929", "contact.must_name"),
        ("{{ contact.born | money }}", "K0929", "contact.born"),
        ("{{ contact.vip }}", "K0929", "contact.vip"),
        ("{% if contact.gender == 'woman' %}x{% endif %}", "K0929", "contact.gender"),
        ("{% if contact.gender < 'male' %}x{% endif %}", "K0929", "contact.gender"),
        ("{% if contact.children == '3' %}x{% endif %}", "K0929", "contact.children"),
        ("{% if contact.first_name > 'a' %}x{% endif %}", "K0929", "contact.first_name"),
        ("{% if contact.born == '2026' %}x{% endif %}", "K0929", "contact.born"),
        ("{% if contact.spent > 5 %}x{% endif %}", "K0929", "contact.spent"),
        ("{{ offer.coed }}", "K0923", "offer.coed"),
        ("{{ contact.must_name.x }}", "K0922", "."),
        ("{{ contact.must_name", "K0921", "{{ contact.must_name"),
        ("{% if contact.gender = 'male' %}x{% endif %}", "K0921", "="),
    ],
)
def test_what_is_wrong_in_a_body(body: str, code: str, marked: str) -> None:
    assert findings(body) == [(code, "error", marked)]


def test_what_is_not_compared_is_said_elsewhere() -> None:
    source = "---\nchannel: email\nsubject: Hi\n---\n{% if contact.spent > 5 %}x{% endif %}"
    (found,) = check_templates([template(source)], SCHEMA, Model(), {})
    assert found.help == ("say it in a segment, and send another template",)


def test_a_near_name_and_its_fix() -> None:
    source = "---\nchannel: email\nsubject: Hi\n---\n{{ contact.frist_name | upper }}"
    (found,) = check_templates([template(source)], SCHEMA, Model(), {})
    assert found.help == ("did you mean `contact.first_name`?",)
    (fix,) = found.fixes
    assert (fix.replacement, fix.span.text(source)) == ("contact.first_name", "contact.frist_name")


def test_an_optional_field_without_default_is_a_warning() -> None:
    assert findings("{{ contact.first_name }}") == [("K0926", "warning", "contact.first_name")]


def test_the_address_of_the_channel_is_certain() -> None:
    schema = replace(SCHEMA, channels={"email": Channel("email", "first_name")})
    source = "---\nchannel: email\nsubject: Hi\n---\n{{ contact.first_name }}"
    assert check_templates([template(source)], schema, Model(), {}) == []


def test_events_by_trigger() -> None:
    body = "{{ event.product | default('it') }}"
    assert findings(body, model(trigger("a", send(), event="purchase"), trigger("b", send(), event="visit"))) == []
    amount = "{{ event.amount | default('-') }}"
    both = model(trigger("a", send(), event="purchase"), trigger("b", send(), event="visit"))
    assert findings(amount, both) == [("K0924", "error", "event.amount")]
    assert findings(body, model(trigger("a", send()))) == [("K0924", "error", "event.product")]
    assert findings("{{ event.at }} {{ event.must_no }}", model(trigger("a", send(), event="purchase"))) == []
    assert findings("{{ event.produkt }}", model(trigger("a", send(), event="visit"))) == [
        ("K0924", "error", "event.produkt")
    ]
    assert findings(body) == []


def test_offers_by_trigger() -> None:
    ten = Offer("ten", NOWHERE, code="TEN")
    bare = Offer("bare", NOWHERE)
    body = "{{ offer.code }}"
    assert findings(body, model(trigger("a", send(offer="ten")), ten=ten)) == []
    assert findings(body, model(trigger("a", send())))[0] == ("K0925", "error", "offer.code")
    assert findings(body, model(trigger("a", send(offer="bare")), bare=bare)) == [("K0925", "error", "offer.code")]
    assert findings("{{ offer.code | default('') }}", model(trigger("a", send()))) == []
    assert findings("{% if offer.code %}{{ offer.code }}{% endif %}", model(trigger("a", send()))) == []


def test_html_is_checked_for_places() -> None:
    found = findings("x", html='<a href="{{ contact.must_name }}" class={{ contact.must_name }}>x</a>')
    assert found == [("K0928", "error", "contact.must_name")] * 2


def test_heads() -> None:
    (unknown,) = check_templates([template("---\nchannel: emial\nsubject: x\n---\nx")], SCHEMA, Model(), {})
    assert (unknown.code, unknown.help) == ("K0927", ("did you mean `email`?",))
    (bare,) = check_templates([template("---\nchannel: email\n---\nx")], SCHEMA, Model(), {})
    assert bare.code == "K0920"


def test_texts_of_notify_are_checked_where_they_stand() -> None:
    text = "Call {{ contact.frist_name }}"
    source = f'trigger a\n  notify sales "{text}"\n'
    span = span_of("x.play", source, source.index("notify"), len(source) - 1)
    found: list[Diagnostic] = check_templates(
        [], SCHEMA, model(trigger("a", notify=text, span=span)), {"x.play": source}
    )
    assert [(d.code, d.block, d.primary.span.text(source)) for d in found] == [
        ("K0923", "trigger `a`", "contact.frist_name")
    ]


def test_a_project_with_templates(tmp_path: Path) -> None:
    (tmp_path / "kadenz.yaml").write_text("name: x\ntime_zone: Europe/Zurich\nlanguages: [de]\n", encoding="utf-8")
    (tmp_path / "schema.yaml").write_text("contacts: {key: id, fields: {first_name: text}}\n", encoding="utf-8")
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/hi.de.j2").write_bytes(
        b"---\r\nchannel: email\r\nsubject: Hi\r\n---\r\n{{ contact.first_name }}\r\n"
    )
    project = load(tmp_path)
    assert project.ok
    found = render(TemplateSet.of(project), outgoing(template="hi"), contact(first_name="Anna"))
    assert (found.subject, found.text) == ("Hi", "Anna\n")


def test_a_sender_comes_from_the_contact_and_is_the_channel_s_without_one() -> None:
    templates = TemplateSet([template("---\nchannel: email\nsubject: x\n---\nhello\n")], SCHEMA)
    send = Send("email", "welcome", None, span=NOWHERE, sender="first_name", reply_to="language")
    given = render(templates, outgoing(), contact(first_name="otto@shop.example"), None, send)
    assert (given.sender, given.reply_to) == ("otto@shop.example", None)
    with pytest.raises(RenderError, match="control character"):
        render(templates, outgoing(), contact(first_name="otto@shop.example\nBcc: eve@evil.example"), None, send)


@pytest.mark.parametrize(("category", "purpose"), [("promotional", "marketing"), ("transactional", None)])
def test_only_what_hangs_on_consent_has_a_purpose_to_withdraw(category: Any, purpose: str | None) -> None:
    templates = TemplateSet([template("---\nchannel: email\nsubject: x\n---\nhello\n")], SCHEMA)
    assert render(templates, outgoing(category=category), contact()).purpose == purpose
    assert render(templates, outgoing(kind="notice", channel="notify", text="x"), contact()).purpose is None
