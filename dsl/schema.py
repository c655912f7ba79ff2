"""What the store holds, as the language sees it: contact fields, event types, fact tables, channels.

Read from `schema.yaml` and `kadenz.yaml` by `adapters.project`; pure data here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from dsl.records import dataclass, field
from dsl.spans import Span
from dsl.types import OneOf, Text, Type

Normalisation = Literal["email", "phone", "trim", "lower"]


@dataclass(frozen=True, slots=True)
class Rules:
    """What values of a field must be, beside their type, to come in by an import; playbooks do not ask.

    `least` and `most` in stored form, with what people wrote; `pattern`: a regular expression for the whole text;
    `longest`: characters of a text.
    """

    least: tuple[int, str] | None = None
    most: tuple[int, str] | None = None
    pattern: str | None = None
    longest: int | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A contact field, an event property or a column of a fact table."""

    name: str
    type: Type
    required: bool = False
    pii: bool = False
    normalise: tuple[Normalisation, ...] = ()
    about: str | None = None
    span: Span | None = field(default=None, compare=False)
    rules: Rules | None = field(default=None, compare=False)
    """Says nothing to the language, so plans do not have it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """For how long the events of a type are kept: older ones may be missing from the store. `days` is so long at most
    (a month has 31 days, a year 366)."""

    amount: int
    unit: Literal["day", "week", "month", "year"]

    @property
    def days(self) -> int:
        """The longest that it can be, in days."""
        return self.amount * {"day": 1, "week": 7, "month": 31, "year": 366}[self.unit]

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}{'s' if self.amount != 1 else ''}"


@dataclass(frozen=True, slots=True)
class EventType:
    """An event type with its typed properties. Every event also has an id, a contact and an instant. `keep` None: all
    of them are kept."""

    name: str
    properties: Mapping[str, Field]
    about: str | None = None
    builtin: bool = False
    keep: Kept | None = None
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class FactTable:
    """A table joined to contacts: the row whose `key` column equals the contact's field `matches`.

    With `time` (a datetime column) the newest row not after `as_of` counts.
    """

    name: str
    key: str
    matches: str
    columns: Mapping[str, Field]
    time: str | None = None
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel as the language knows it: its name and the contact field that holds its address.

    `address` is None for a channel that needs none (a folder of letters by contact key).
    """

    name: str
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Schema:
    """Everything a name in a playbook can mean besides other blocks.

    `key` is the contact field that is the contact's key (text). `zone_field`, `country_field` and
    `language_field` name the contact fields with these roles, if there are any; `preferred_field` the one that says by
    which channel a contact likes to be reached.
    """

    key: str
    fields: Mapping[str, Field]
    events: Mapping[str, EventType] = field(default_factory=dict)
    facts: Mapping[str, FactTable] = field(default_factory=dict)
    channels: Mapping[str, Channel] = field(default_factory=dict)
    teams: tuple[str, ...] = ()
    hooks: tuple[str, ...] = ()
    zone_field: str | None = None
    country_field: str | None = None
    language_field: str | None = None
    preferred_field: str | None = None
    purposes: tuple[str, ...] = ("marketing",)
    lists: Mapping[str, str | None] = field(default_factory=dict)
    """Lists of contacts that are kept by hand, with their titles."""


def preferable(schema: Schema) -> tuple[str, ...]:
    """The channels that a contact can prefer: those that the field with this role may name, else all."""
    field = schema.fields.get(schema.preferred_field or "")
    if field is None or not isinstance(field.type, OneOf):
        return tuple(schema.channels)
    return tuple(name for name in schema.channels if name in field.type.members)


def carries_mail(schema: Schema, channel: str) -> bool:
    """Whether messages of the channel are mails: its address is normalised as one, or its name says so."""
    address = schema.fields.get(schema.channels[channel].address or "")
    return (address is not None and "email" in address.normalise) or channel in ("email", "mail")


def _message_properties() -> dict[str, Field]:
    names = ("trigger", "channel", "template", "offer")
    return {n: Field(n, Text()) for n in names} | {"tags": Field("tags", Text())}


MESSAGE_EVENTS: tuple[str, ...] = (
    "message_sent",
    "message_delivered",
    "message_opened",
    "message_clicked",
    "message_bounced",
    "message_complained",
    "unsubscribed",
)
"""Events that every project has (LANGUAGE.md §5, further clauses)."""


def builtin_events() -> dict[str, EventType]:
    """The message events, each with `trigger`, `channel`, `template`, `offer` and `tags`."""
    return {n: EventType(n, _message_properties(), builtin=True) for n in MESSAGE_EVENTS}
