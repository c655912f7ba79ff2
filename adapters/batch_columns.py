"""What stands in the columns of a batch file: values of the contact, the message and its offer, as text for people.

| form | it is |
|---|---|
| `contact.FIELD` | a field of the contact, as `kadenz show` writes it |
| `message.WORD` | one of `MESSAGE_WORDS` |
| `offer.code`, `offer.title`, `offer.discount` | of the offer that the message carries |
| `score.NAME`, `why.NAME` | the points of a score at the hand-over, and what each of its rules gave |
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
from engine.explain import points_shown, shown
from engine.protocols import Rendered, TableRow
from engine.records import Contact, Outgoing

if TYPE_CHECKING:
    from adapters.channels.batch_formats import Cell
    from adapters.score_values import Scored, Scores

MESSAGE_WORDS: tuple[str, ...] = (
    "key", "contact", "address", "subject", "text", "html", "language", "template", "trigger", "purpose", "day",
)  # fmt: skip
"""What can be said of the message: `key` is the decision key, `day` the local date on which it was decided."""

LINES = "lines"

PRIORITY = "priority"
"""The order by the triggers' priority; the other ones are `score.NAME`, and as rows were decided."""

OF_SCORES = ("score", "why")


def scores_in(config: BatchConfig) -> tuple[str, ...]:
    """The forms of a channel that name a score."""
    forms = (*(form for _, form in config.columns), config.order or "")
    return tuple(form for form in forms if form.partition(".")[0] in OF_SCORES)


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
    if not dot or not name or kind not in ("contact", "message", "offer", *OF_SCORES):
        return "write `contact.FIELD`, `message.WORD`, `offer.code`, `score.NAME` or `lines`"
    if kind in OF_SCORES:
        return None  # the playbooks say which there are
    if kind == "contact":
        return None if name in schema.fields else f"there is no field `{name}`"
    known = MESSAGE_WORDS if kind == "message" else OFFER_VALUES
    return None if name in known else "there are " + ", ".join(f"`{kind}.{word}`" for word in known)


class TableRows:
    """Makes the rows of one channel. `zone` is the project's, for instants; without `scores` none are known."""

    def __init__(
        self, config: BatchConfig, schema: Schema, zone: str, model: Model, scores: Scores | None = None
    ) -> None:
        self._scores = scores
        self._config = config
        self._columns = config.columns or default_columns(config)
        self._schema = schema
        self._zone = zone
        self._priorities = {t.id: t.priority for t in model.triggers.values()}

    def with_row(self, rendered: Rendered, message: Outgoing, contact: Contact, offer: Offer | None) -> Rendered:
        """The message with its row."""
        of_message = _of_message(rendered, message)
        of_offer: Mapping[str, str] = {} if offer is None else offer_values(offer)
        scored: dict[str, Scored] = {}
        for form in scores_in(self._config) if self._scores is not None else ():
            name = form.partition(".")[2]
            if self._scores is not None and name not in scored:
                scored[name] = self._scores.of(contact.key, name)
        cells: dict[str, Cell] = {}
        for head, form in self._columns:
            kind, _, name = form.partition(".")
            if form == LINES:
                cells[head] = self._lines(contact)
            elif kind == "contact":
                cells[head] = self._field(contact, name)
            elif kind in OF_SCORES:
                cells[head] = _of_score(kind, scored.get(name))
            else:
                cells[head] = (of_message if kind == "message" else of_offer).get(name)
        rank = 0
        if self._config.order == PRIORITY:
            rank = self._priorities.get(message.trigger, 0)
        elif self._config.order is not None:
            found = scored.get(self._config.order.partition(".")[2])
            # who has no points comes last
            rank = -(1 << 62) if found is None or found.points is None else found.points
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


def _of_score(kind: str, found: Scored | None) -> str | None:
    if found is None or found.points is None:
        return None
    return points_shown(found.points) if kind == "score" else "\n".join(found.lines)


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
