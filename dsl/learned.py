"""The channel that a contact reacts to: `learned_channel`, a value that every project with channels has.

The rule, in words: the channel of the newest click of the last 180 days; without one, of the newest mail opened in
them. A click comes first because a person makes it; pictures are also loaded by machines.
"""

from __future__ import annotations

from dsl import model
from dsl.schema import Schema, preferable
from dsl.spans import Span
from dsl.types import OneOf, Text

LEARNED = "learned_channel"
"""The name, alone or behind `contact.`; a field that the schema calls so comes first."""

RESPONSES: tuple[str, ...] = ("message_clicked", "message_opened")
"""Events that teach a channel; the first kind that there is decides."""

WITHIN = model.Duration(180, "day")
"""How long a response teaches: (as_of - 180 days, as_of]."""


def learned_type(schema: Schema) -> OneOf | None:
    """The channels that can be learned, as a type; None where there are none, or the schema has a field of the name."""
    channels = preferable(schema)
    return None if not channels or LEARNED in schema.fields else OneOf(channels)


def learned_channel(type_: OneOf, span: Span) -> model.FirstKnown:
    """The value, in terms of the language: `last message_clicked.channel` among these channels, or else
    `last message_opened.channel`."""

    def newest(event: str) -> model.Aggregate:
        channel = model.EventValue("channel", Text(), "this", span=span)
        options = tuple(model.Const(one, Text(), span=span) for one in type_.members)
        query = model.EventQuery(event, model.InList(channel, options, span=span), model.InLast(WITHIN), span=span)
        return model.Aggregate("last", query, "channel", type_, span=span)

    return model.FirstKnown(tuple(newest(event) for event in RESPONSES), type_, span=span)
