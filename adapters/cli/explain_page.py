"""An explanation as one HTML page that needs nothing else. All text is escaped by Jinja."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined


def page(data: Mapping[str, Any], text: str) -> str:
    """The page of what `kadenz explain` found: of a contact, of a contact and a trigger, of a segment."""
    template = files("adapters.cli").joinpath("explain_page.html").read_text(encoding="utf-8")
    made = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    who = data.get("contact") or data.get("segment")
    title = f"why not {data['trigger']}: {who}" if "trigger" in data else f"{who} at {data['at']}"
    return made.from_string(template).render(data=data, text=text, title=title)
