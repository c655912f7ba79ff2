"""What a file can be imported as, and the slots that its columns fill."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Literal

from adapters.importing.places import DEGREES, halves
from dsl.schema import EventType, FactTable, Field, Schema
from dsl.types import DateTime, OneOf, SetOf, Text

Kind = Literal["contacts", "event", "fact", "list", "consents", "suppressions", "messages"]
KINDS: tuple[str, ...] = ("contacts", "event:NAME", "fact:NAME", "list:NAME", "consents", "suppressions", "messages")

CONTACT, AT, ID = "_contact", "_at", "_id"
"""Our own slots; the names of properties and fields cannot begin with an underscore."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a file cannot be imported as asked: one sentence, and what to do about it."""

    summary: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a cell may name. `what`: a word for it; `of`: whose it is, as a sentence goes on; `where`: what to do where
    there is none. `words`: folded words of other programs for the same."""

    what: str
    members: tuple[str, ...]
    of: str = " of this project"
    where: str = ""
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Slot:
    """A place that a column can fill. `shown`: its name for people; `aliases`: further names that columns have."""

    field: Field
    shown: str
    aliases: tuple[str, ...] = ()
    needed: bool = False
    """A column (or a constant) must be there for it."""
    address: bool = False
    choices: Choices | None = None
    """The cells name something of the project."""

    @property
    def name(self) -> str:
        """The key of the slot."""
        return self.field.name


@dataclass(frozen=True, slots=True)
class Target:
    """What the rows become. `label` is as the user writes it after `--as`."""

    label: str
    kind: Kind
    slots: tuple[Slot, ...]
    event: EventType | None = None
    fact: FactTable | None = None
    list: str | None = None


AT_ALIASES = (
    "at", "timestamp", "time", "datetime", "occurred_at", "event_time", "created_at", "date_time", "date",
    "zeitpunkt", "zeitstempel", "datum_zeit", "datum", "zeit",
)  # fmt: skip
_WORDS_OF_FIELDS: tuple[tuple[str, ...], ...] = (
    ("firstname", "givenname", "vorname", "prenom", "prénom"),
    ("lastname", "surname", "familyname", "nachname", "familienname", "nomdefamille"),
    ("country", "land", "countrycode", "ländercode", "laendercode", "landescode", "pays"),
    ("zone", "timezone", "zeitzone", "tz"),
    ("language", "lang", "sprache", "languagecode", "sprachcode", "langue"),
    ("birthdate", "dateofbirth", "dob", "geburtsdatum", "birthday", "geburtstag"),
    ("email", "emailaddress", "emailadresse"),
)
"""Folded words for the same field, as files of other programs head their columns."""

_STATES: Mapping[str, str] = {
    **dict.fromkeys(
        ("ja", "j", "yes", "y", "true", "1", "optin", "optedin", "doubleoptin", "subscribed", "angemeldet", "erteilt",
         "eingewilligt", "zugestimmt", "confirmed", "bestätigt", "wahr", "oui"),
        "granted",
    ),
    **dict.fromkeys(
        ("nein", "n", "no", "false", "0", "optout", "optedout", "unsubscribed", "abgemeldet", "widerrufen", "widerruf",
         "revoked", "zurückgezogen", "ausgetragen", "falsch", "non"),
        "withdrawn",
    ),
}  # fmt: skip

CONTACT_ALIASES = ("contact", "contact_id", "contact_key", "customer_id", "kontakt", "kunde", "kundennummer")


def read_target(text: str, schema: Schema) -> Target | Problem:
    """What stands after `--as`."""
    kind, _, name = text.partition(":")
    match kind, name:
        case "contacts", "":
            return Target(text, "contacts", _contact_slots(schema))
        case "event", name if name:
            event = schema.events.get(name)
            if event is None:
                return _unknown("event type", name, schema.events)
            return Target(text, "event", _event_slots(schema, event), event=event)
        case "fact", name if name:
            fact = schema.facts.get(name)
            if fact is None:
                return _unknown("fact table", name, schema.facts)
            return Target(text, "fact", _fact_slots(fact), fact=fact)
        case "list", name if name:
            if name not in schema.lists:
                return _unknown_list(name, schema)
            return Target(text, "list", (_contact_slot(schema),), list=name)
        case "consents", "":
            return Target(text, "consents", _consent_slots(schema))
        case "suppressions", "":
            return Target(text, "suppressions", _suppression_slots(schema))
        case "messages", "":
            return Target(text, "messages", _message_slots(schema))
        case _:
            return Problem(f"`{text}` is nothing to import as", f"write one of {', '.join(KINDS)}")


def _unknown(what: str, name: str, known: object) -> Problem:
    names = [str(k) for k in known] if isinstance(known, dict) else []
    close = get_close_matches(name, names, 1)
    advice = f"did you mean `{close[0]}`" if close else f"schema.yaml has {', '.join(names[:12]) or 'none'}"
    return Problem(f"schema.yaml has no {what} `{name}`", advice + ", or let `kadenz schema infer` add it")


def _unknown_list(name: str, schema: Schema) -> Problem:
    close = get_close_matches(name, schema.lists, 1)
    known = ", ".join(schema.lists) or "none"
    advice = f"did you mean `{close[0]}`" if close else f"it has {known}; declare `{name}` below `lists:`"
    return Problem(f"schema.yaml has no list `{name}`", advice)


def addresses(schema: Schema) -> frozenset[str]:
    """The contact fields that channels send to."""
    return frozenset(c.address for c in schema.channels.values() if c.address is not None)


def _contact_slots(schema: Schema) -> tuple[Slot, ...]:
    sent_to = addresses(schema)
    key = schema.fields.get(schema.key, Field(schema.key, Text()))
    own = Field(schema.key, Text(), required=True, normalise=("trim", *key.normalise), rules=key.rules)
    slots = [Slot(own, schema.key, needed=True, address=True)]
    for one in schema.fields.values():
        if one.name != schema.key:
            slots.append(Slot(one, one.name, _field_aliases(one.name, schema), address=one.name in sent_to))
    return (*slots, *_half_slots(schema.fields.values()))


def _half_slots(fields: Iterable[Field]) -> tuple[Slot, ...]:
    """The slots of latitude and longitude of each point, for files that have them in two columns."""
    return tuple(Slot(Field(name, DEGREES), name, aliases) for name, aliases in halves(fields))


def _folded(name: str) -> str:
    return name.casefold().replace("_", "")


def _field_aliases(name: str, schema: Schema) -> tuple[str, ...]:
    """What other files call the field; nothing where two fields of the schema could be meant."""
    roles = {schema.country_field: "country", schema.zone_field: "zone", schema.language_field: "language"}

    def words(of: str) -> tuple[str, ...]:
        own = {_folded(of), roles.get(of, "")}
        return next((group for group in _WORDS_OF_FIELDS if not own.isdisjoint(group)), ())

    group = words(name)
    return () if any(other != name and words(other) == group for other in schema.fields) else group


def _contact_slot(schema: Schema, *, needed: bool = True) -> Slot:
    key = schema.fields.get(schema.key, Field(schema.key, Text()))
    own = Field(CONTACT, Text(), required=needed, normalise=("trim", *key.normalise))
    return Slot(own, "contact", (schema.key, *CONTACT_ALIASES), needed=needed, address=True)


def _at_slot(*, needed: bool = True) -> Slot:
    return Slot(Field(AT, DateTime(), required=needed), "at", AT_ALIASES, needed=needed)


def _id_slot(*aliases: str) -> Slot:
    return Slot(Field(ID, Text(), normalise=("trim",)), "id", ("id", *aliases), address=True)


def _event_slots(schema: Schema, event: EventType) -> tuple[Slot, ...]:
    own = (_contact_slot(schema), _at_slot(), _id_slot("event_id"))
    properties = event.properties.values()
    return (*(Slot(p, p.name) for p in properties), *own, *_half_slots(properties))


def _fact_slots(fact: FactTable) -> tuple[Slot, ...]:
    key = {fact.key, fact.time}
    columns = tuple(
        Slot(
            Field(c.name, c.type, c.required or c.name in key, c.pii, c.normalise, rules=c.rules),
            c.name,
            needed=c.name in key,
        )
        for c in fact.columns.values()
    )
    return (*columns, *_half_slots(fact.columns.values()))


def _text_slot(name: str, *aliases: str, needed: bool = False) -> Slot:
    return Slot(Field(name, Text(), required=needed, normalise=("trim",)), name, aliases, needed=needed)


def _choice_slot(name: str, members: Sequence[str], *aliases: str) -> Slot:
    return Slot(Field(name, OneOf(tuple(members))), name, aliases)


def _channel_slot(schema: Schema, *, needed: bool = False, required: bool = False) -> Slot:
    choices = Choices("channel", tuple(schema.channels), where="name it below `channels:` in kadenz.yaml")
    return Slot(Field("channel", Text(), required), "channel", ("kanal",), needed=needed, choices=choices)


def _consent_slots(schema: Schema) -> tuple[Slot, ...]:
    purposes = Choices("purpose", schema.purposes, where="name it below `purposes:` in kadenz.yaml")
    state = _choice_slot("state", ("granted", "withdrawn"), "status")
    # purpose and channel may be empty where consent is withdrawn: from everything
    return (
        _contact_slot(schema),
        Slot(Field("purpose", Text()), "purpose", ("zweck",), needed=True, choices=purposes),
        _channel_slot(schema, needed=True),
        replace(state, choices=Choices("state of consent", ("granted", "withdrawn"), of="", words=_STATES)),
        _choice_slot("basis", ("consent", "request", "contract", "legitimate_interest"), "legal_basis"),
        _text_slot("evidence", "source", "proof", "nachweis", needed=True),
        _at_slot(),
        _id_slot("consent_id"),
    )


def _suppression_slots(schema: Schema) -> tuple[Slot, ...]:
    address = Slot(
        Field("address", Text(), normalise=("trim",)), "address", ("email", "phone", "adresse"), address=True
    )
    return (
        _contact_slot(schema, needed=False),
        address,
        _channel_slot(schema),
        _text_slot("reason", "grund", needed=True),
        _at_slot(needed=False),
        _id_slot("suppression_id"),
    )


def _message_slots(schema: Schema) -> tuple[Slot, ...]:
    tags = Slot(Field("tags", SetOf(())), "tags", ("tag",))
    return (
        _contact_slot(schema),
        _at_slot(),
        _channel_slot(schema, needed=True, required=True),
        _text_slot("template", "vorlage"),
        _choice_slot("category", ("promotional", "service", "transactional"), "kategorie"),
        tags,
        _text_slot("trigger"),
        _text_slot("offer"),
        _id_slot("message_id"),
    )
