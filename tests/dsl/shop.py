"""A small schema for the tests of the language."""

from __future__ import annotations

from dataclasses import replace

from dsl.check import Checked, check
from dsl.diagnostics import Diagnostic
from dsl.model import Model
from dsl.schema import Channel, EventType, FactTable, Field, Kept, Schema, builtin_events
from dsl.spans import Span
from dsl.types import (
    NUMBER,
    Boolean,
    Date,
    DateTime,
    MonthDay,
    Numeric,
    OneOf,
    Point,
    SetOf,
    Text,
    Type,
    Zone,
    decimal,
    money,
)

COUNTRY = OneOf(("CH", "LI", "DE", "AT"))
PERSONA = OneOf(("decision_maker", "influencer", "student"))
PLAN = OneOf(("free", "silver", "gold"), ordered=True)


def fields(line: int, **types: Type) -> dict[str, Field]:
    return {
        name: Field(name, kind, span=Span("schema.yaml", 0, 1, line + i, 3, line + i, 4))
        for i, (name, kind) in enumerate(types.items())
    }


def event(line: int, name: str, **types: Type) -> EventType:
    return EventType(name, fields(line + 1, **types), span=Span("schema.yaml", 0, 1, line, 3, line, 4))


SCHEMA = Schema(
    key="customer_id",
    fields=fields(
        3,
        customer_id=Text(),
        email=Text(),
        first_name=Text(),
        country=COUNTRY,
        gender=OneOf(("female", "male")),
        persona=PERSONA,
        plan=PLAN,
        occupation=OneOf(("student", "self-employed")),
        birth_date=Date(),
        contract_end=Date(),
        name_day=MonthDay(),
        signed_up=DateTime(),
        logins=NUMBER,
        age=NUMBER,
        number=NUMBER,
        stage=NUMBER,
        first=Text(),
        credit=money("CHF"),
        budget=money("EUR"),
        ratio=decimal(3),
        vip=Boolean(),
        interests=SetOf(("ski", "bike")),
        city=Point(),
        home=Zone(),
    )
    | {"owner_email": Field("owner_email", Text(), normalise=("email",))},
    events={
        "purchase": event(
            40, "purchase", amount=money("CHF"), product=Text(), items=NUMBER, country=COUNTRY, day=Date()
        ),
        "visit": event(50, "visit", page=Text(), seconds=NUMBER, at=Text()),
        "cart_added": event(55, "cart_added", cart_id=Text(), amount=money("CHF")),
        "newsletter_subscribed": replace(event(60, "newsletter_subscribed"), keep=Kept(2, "year")),
        "sum": event(61, "sum", amount=NUMBER),
        **builtin_events(),
    },
    facts={
        "weather": FactTable(
            "weather", "city", "city", {"city": Field("city", Text()), "rain_mm": Field("rain_mm", Numeric())}
        )
    },
    channels={"email": Channel("email", "email"), "sms": Channel("sms", "phone"), "letter": Channel("letter")},
    teams=("sales", "support"),
    hooks=("crm",),
    purposes=("marketing", "newsletter"),
    lists={"press": "Journalists", "staff": None, "partners": None},
)

TEMPLATES = {
    "cart_reminder": frozenset({"email"}),
    "cart_short": frozenset({"sms"}),
    "welcome": frozenset({"email", "letter"}),
    "birthday_card": frozenset({"letter"}),
    "anywhere": frozenset({"email", "sms", "letter"}),
}


def read(*texts: str) -> Checked:
    return check([(f"{chr(97 + i)}.play", text) for i, text in enumerate(texts)], SCHEMA, TEMPLATES)


def findings(text: str) -> list[Diagnostic]:
    return list(read(text).diagnostics)


def model(text: str) -> Model:
    checked = read(text)
    assert checked.model is not None, [(d.code, d.summary, d.primary.text) for d in checked.diagnostics]
    return checked.model
