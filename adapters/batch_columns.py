"""What stands in the columns of a batch file: values of the contact, the message and its offer, as text for people.

| form | it is |
|---|---|
| `contact.FIELD` | a field of the contact, as `kadenz show` writes it |
| `message.WORD` | one of `MESSAGE_WORDS` |
| `offer.code`, `offer.title`, `offer.discount` | of the offer that the message carries |
| `lines` | the lines of the postal address, those that are empty left out |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from adapters.channel_config import BatchConfig
from adapters.template_scope import OFFER_VALUES, offer_values
from dsl.model import Model, Offer
from dsl.schema import Schema
from engine.explain import shown
from engine.protocols import Rendered, TableRow
from engine.records import Contact, Outgoing

if TYPE_CHECKING:
    from adapters.channels.batch_formats import Cell

MESSAGE_WORDS: tuple[str, ...] = (
    "key", "contact", "address", "subject", "text", "html", "language", "template", "trigger", "purpose", "day",
)  # fmt: skip
"""What can be said of the message: `key` is the decision key, `day` the local date on which it was decided."""

LINES = "lines"

ORDERS: tuple[str, ...] = ("priority",)
"""How rows can be ordered, beside as they were decided."""


def default_columns(config: BatchConfig) -> tuple[tuple[str, str], ...]:
    """The columns of a channel that names none."""
    words = ["key", "contact"]
    words += ["address"] if config.address is not None else []
    words += ["subject", "text"] + (["html"] if config.format in ("json", "jsonl") else [])
    named = [(word, f"message.{word}") for word in words]
    if config.lines:
        named.insert(len(words) - words[::-1].index("subject") - 1, (LINES, LINES))
    named += [("offer_code", "offer.code"), ("offer", "offer.title")]
    return (*named, *((word, f"message.{word}") for word in ("language", "trigger", "template", "day")))


def form_problem(form: str, schema: Schema, *, has_lines: bool) -> str | None:
    """Why nothing can stand in a column of this form; None if something can."""
    kind, dot, name = form.partition(".")
    if form == LINES:
        return None if has_lines else "`lines` of the channel say what it is, and there are none"
    if not dot or kind not in ("contact", "message", "offer"):
        return "write `contact.FIELD`, `message.WORD`, `offer.code` or `lines`"
    if kind == "contact":
        return None if name in schema.fields else f"there is no field `{name}`"
    known = MESSAGE_WORDS if kind == "message" else OFFER_VALUES
    return None if name in known else "there are " + ", ".join(f"`{kind}.{word}`" for word in known)


class TableRows:
    """Makes the rows of one channel. `zone` is the project's, for instants."""

    def __init__(self, config: BatchConfig, schema: Schema, zone: str, model: Model) -> None:
        self._config = config
        self._columns = config.columns or default_columns(config)
        self._schema = schema
        self._zone = zone
        self._priorities = {t.id: t.priority for t in model.triggers.values()}

    def with_row(self, rendered: Rendered, message: Outgoing, contact: Contact, offer: Offer | None) -> Rendered:
        """The message with its row."""
        of_message = _of_message(rendered, message)
        of_offer: Mapping[str, str] = {} if offer is None else offer_values(offer)
        cells: dict[str, Cell] = {}
        for head, form in self._columns:
            kind, _, name = form.partition(".")
            if form == LINES:
                cells[head] = self._lines(contact)
            elif kind == "contact":
                cells[head] = self._field(contact, name)
            else:
                cells[head] = (of_message if kind == "message" else of_offer).get(name)
        rank = self._priorities.get(message.trigger, 0) if self._config.order == "priority" else 0
        return replace(rendered, table=TableRow(cells, rank, message.local_date))

    def _lines(self, contact: Contact) -> tuple[str, ...]:
        """The lines that have something, at the top; as many as the channel has lines."""
        lines = (" ".join(filter(None, (self._field(contact, n) for n in names))) for names in self._config.lines)
        full = [line for line in lines if line.strip()]
        return (*full, *[""] * (len(self._config.lines) - len(full)))

    def _field(self, contact: Contact, name: str) -> str | None:
        value = contact.key if name == self._schema.key else contact.fields.get(name)
        field = self._schema.fields.get(name)
        return None if value is None or field is None else shown(value, field.type, self._zone)


def _of_message(rendered: Rendered, message: Outgoing) -> dict[str, str | None]:
    day = message.local_date
    return {
        "key": rendered.key,
        "contact": rendered.contact,
        "address": rendered.address,
        "subject": rendered.subject,
        "text": rendered.text,
        "html": rendered.html,
        "language": rendered.language,
        "template": rendered.template,
        "trigger": rendered.trigger,
        "purpose": rendered.purpose,
        "day": f"{day // 10_000:04}-{day // 100 % 100:02}-{day % 100:02}",
    }
