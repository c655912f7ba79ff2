"""The pages of `kadenz outbox`: an index by channel, and one page a message."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.cli.workspace import instant_shown
from adapters.preview.pages import Cell, Table, page, page_name, write_pages
from engine.records import OutboxRow

if TYPE_CHECKING:
    from adapters.preview.desk import Shown
    from adapters.stores.ledger_messages import Group

_AS_IT_IS = "Rendered with the templates as they stand and the contact as it is now."
_WOULD = "No message was made of this run: it is shown as it would leave by the way it would take first."


def write_outbox(
    folder: Path, project: str, about: str, groups: Sequence[Group], shown: Sequence[Shown], time_zone: str
) -> Path:
    """Write the pages into a folder, in place of earlier ones; the index. Raises NotOurs, OSError."""
    pages: dict[str, str] = {}
    rows: dict[str, list[list[Cell]]] = {}
    for number, one in enumerate(shown, 1):
        name = page_name(number, one.entry.about.key)
        pages[name] = message_page(one, time_zone)
        told = dict(details(one, time_zone))
        link = {"href": name, "text": one.preview.subject or told.get("Template") or one.trigger}
        cells: list[Cell] = [
            link,
            one.entry.about.contact,
            one.trigger,
            one.entry.state,
            "; ".join(part for part in (one.entry.why, one.preview.problem) if part),
        ]
        rows.setdefault(one.channel, []).append([*cells, told["Since"]])
    names = ("message", "contact", "trigger", "state", "why", "since")
    counts = [[g.channel or "", g.trigger, g.state, g.why, f"{g.count:,}"] for g in groups]
    tables = [Table("By channel", ("channel", "trigger", "state", "why", "count"), counts, (4,))]
    tables += [Table(f"Channel {channel or '(none)'}", names, found) for channel, found in rows.items()]
    total = sum(g.count for g in groups)
    lines = [f"{about}: {total:,} messages, notices and runs; {len(shown):,} of them have a page.", _AS_IT_IS]
    pages["index.html"] = page(f"{project}: outbox", lines, tables)
    return write_pages(folder, pages)


def message_page(one: Shown, time_zone: str) -> str:
    """The page of one message."""
    seen = one.preview
    lines = [_AS_IT_IS if isinstance(one.entry.found, OutboxRow) else _WOULD]
    if seen.left is not None:
        path, same = seen.left
        lines.append(f"It left as {path}" + (", and reads the same there." if same else ", and reads otherwise there."))
    if one.message is None:
        lines = ["There is nothing to show: the run sends nothing, or its trigger is no more."]
    tables = [Table("What it is", (), details(one, time_zone)), Table("Headers", (), list(seen.headers))]
    title = seen.subject or f"{one.trigger} to {one.entry.about.contact}"
    return page(title, lines, tables, seen, up="index.html")


def details(one: Shown, time_zone: str) -> list[tuple[str, str]]:
    """What is known of a message, as name and value; what there is not is left out."""
    entry, message = one.entry, one.message
    about = entry.about
    event = f", {about.event_type} {about.event}" if about.event_type else ""
    named = {
        "Channel": one.channel,
        "Contact": about.contact,
        "State": entry.state,
        "Why": entry.why,
        "Since": instant_shown(entry.at, time_zone),
        "Again at": None if entry.until is None else instant_shown(entry.until, time_zone),
        "Trigger": one.trigger,
        "Cause": instant_shown(about.cause_at, time_zone) + event,
        "Template": message.template if message else None,
        "Language": one.preview.language,
        "Offer": message.offer if message else None,
        "Purpose": f"{message.purpose} ({message.category})" if message else None,
        "Key": about.key,
    }
    return [(name, value) for name, value in named.items() if value]
