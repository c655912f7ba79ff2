"""What is the same for all contacts of one evaluation, and the zones of one contact."""

from __future__ import annotations

from dataclasses import dataclass, field

from dsl.model import Model
from dsl.schema import Schema
from dsl.types import Stored
from engine.classes import Tiers
from engine.evaluation import Memory
from engine.protocols import Facts
from engine.records import Contact
from engine.zones import ContactZones, contact_zones


@dataclass(frozen=True, slots=True)
class Setting:
    """What is the same for all contacts of one evaluation."""

    model: Model
    as_of: int
    project_zone: str
    schema: Schema
    memory: Memory
    facts: Facts | None = None
    """The store, for fact tables; None where none is read."""
    classes: Tiers = field(default_factory=dict)
    """The tiers of the last midnight in the project's zone."""


def zones_of(contact: Contact, schema: Schema, project_zone: str) -> ContactZones:
    """The zones of a contact by its zone and country fields (LANGUAGE.md §4)."""
    own = contact.fields.get(schema.zone_field) if schema.zone_field else None
    country = contact.fields.get(schema.country_field) if schema.country_field else None
    return contact_zones(_text(own), _text(country), project_zone)


def _text(value: Stored) -> str | None:
    return value if isinstance(value, str) else None
