"""The schema of all case folders: a shop with fields of every type that the core reads."""

from __future__ import annotations

from dsl.schema import Channel, EventType, FactTable, Field, Schema, builtin_events
from dsl.types import Boolean, Date, DateTime, MonthDay, Numeric, OneOf, Point, SetOf, Text, Type, Zone, decimal, money

COUNTRIES = ("CH", "LI", "DE", "AT", "GB", "US", "CA", "JP", "AU")

FIELDS: dict[str, Type] = {
    "email": Text(),
    "phone": Text(),
    "first_name": Text(),
    "last_name": Text(),
    "company_city": Text(),
    "environment": Text(),
    "country": OneOf(COUNTRIES, name="country"),
    "gender": OneOf(("female", "male")),
    "occupation": OneOf(("student", "self-employed", "retired")),
    "plan": OneOf(("basic", "plus", "pro"), ordered=True),
    "birth_date": Date(),
    "birthday": MonthDay(),
    "contract_end": Date(),
    "signed_up": DateTime(),
    "last_seen": DateTime(),
    "zone": Zone(),
    "active": Boolean(),
    "visits": Numeric(),
    "goal": Numeric(),
    "height": decimal(1),
    "factor": decimal(3),
    "turnover": money("CHF"),
    "home": Point(),
    "office": Point(),
    "interests": SetOf(("ski", "skiing", "bike", "hike", "self-made")),
}

EVENTS: dict[str, dict[str, Type]] = {
    "purchase": {
        "amount": money("CHF"),
        "product": Text(),
        "cart_id": Text(),
        "quantity": Numeric(),
        "delivery_day": Date(),
        "gift": Boolean(),
        "country": OneOf(COUNTRIES, name="country"),
    },
    "cart_added": {"product": Text(), "cart_id": Text()},
    "visit": {"page": Text(), "seconds": Numeric(), "place": Point()},
    "première_visite": {"page": Text()},
}

TABLES: dict[str, tuple[str, str, str | None, dict[str, Type]]] = {
    # key column, the contact's field that it matches, column of time
    "weather": ("place", "company_city", "measured", {"place": Text(), "measured": DateTime(), "rain_mm": decimal(1)}),
    "tariff": ("of_plan", "plan", None, {"of_plan": FIELDS["plan"], "fee": money("CHF")}),
}


def _fields(types: dict[str, Type]) -> dict[str, Field]:
    return {name: Field(name, kind) for name, kind in types.items()}


SCHEMA = Schema(
    key="contact_id",
    fields={"contact_id": Field("contact_id", Text(), required=True), **_fields(FIELDS)},
    events={**builtin_events(), **{name: EventType(name, _fields(types)) for name, types in EVENTS.items()}},
    facts={
        name: FactTable(name, key, matches, _fields(columns), time)
        for name, (key, matches, time, columns) in TABLES.items()
    },
    channels={"email": Channel("email", "email"), "sms": Channel("sms", "phone"), "letter": Channel("letter")},
    teams=("sales",),
    hooks=("crm",),
    zone_field="zone",
    country_field="country",
    purposes=("marketing", "newsletter"),
    lists={"friends": "Friends of the house", "press": None, "staff": None},
)
