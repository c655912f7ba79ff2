"""Signed webhooks into events: reports about our messages, and events of the schema by the way of every import.

What does not fit goes to the quarantine under `webhook SOURCE ID`, with the reason.
"""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapters.feedback.arrivals import WebhookIn
from adapters.feedback.config import WebhookSource
from adapters.feedback.messages import Message, by_key, keys_of_providers
from adapters.feedback.reports import REPORTS, Report
from adapters.importing import Options, read_target, run_import
from adapters.importing.forgotten import Forgotten
from adapters.importing.sinks import EvidenceSink, normalised_address
from adapters.importing.targets import Problem
from adapters.project import Project
from adapters.sources.files import open_source
from adapters.stores.facts_record import RecordFacts
from adapters.stores.ledger_database import Database
from adapters.stores.quarantine import Quarantine, Quarantined
from dsl.types import Stored

SECOND = 1_000_000
_MILLISECONDS_FROM = 100_000_000_000
"""A number of seconds from here on (the year 5138) is one of milliseconds."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A webhook as far as its body tells it. `event` is one of the schema, `data` the values under our names."""

    arrival: WebhookIn
    event: str
    at: int
    data: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The id of the event: one source cannot correct what another one said."""
        return f"{self.arrival.source}:{self.arrival.id}"


@dataclass(frozen=True, slots=True)
class Wrong:
    """A webhook that cannot be stored, and why: a stable phrase and a sentence."""

    arrival: WebhookIn
    target: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Sorted:
    """Webhooks by what becomes of them."""

    reports: tuple[Report, ...] = ()
    rows: tuple[tuple[Draft, Mapping[str, Any]], ...] = ()
    wrong: tuple[Wrong, ...] = ()


def draft(arrival: WebhookIn, source: WebhookSource) -> Draft | Wrong:
    """Read a body: `type`, `timestamp` and `data`."""
    body = json.loads(arrival.body)
    word = body.get("type")
    event = source.types.get(word, word) if isinstance(word, str) else None
    if event is None or event not in source.accepts:
        said = f"`{word[:60]}`" if isinstance(word, str) else "no type"
        return Wrong(arrival, "webhook", "not accepted", f"the source may not report {said}")
    given = body.get("data", {})
    if not isinstance(given, dict):
        return Wrong(arrival, f"event:{event}", "no data", "`data` is no object")
    data = {name: value for name, value in given.items() if name not in source.fields}
    for path, ours in source.fields.items():
        if (value := _below(given, path)) is not None:
            data[ours] = value
    at = _instant(data.get("at", body.get("timestamp")), arrival.at)
    if at is None:
        return Wrong(arrival, f"event:{event}", "no instant", "the time is neither ISO with an offset nor a number")
    return Draft(arrival, event, at, data)


def sort(
    arrivals: Sequence[WebhookIn],
    sources: Mapping[str, WebhookSource],
    database: Database,
    facts: RecordFacts,
) -> Sorted:
    """What becomes of each webhook: a report about a message that is found, a row to be imported, or quarantine.
    Raises LedgerError, StoreError."""
    drafts: list[Draft] = []
    wrong: list[Wrong] = []
    for arrival in arrivals:
        source = sources.get(arrival.source)
        if source is None:
            wrong.append(
                Wrong(arrival, "webhook", "no source", f"kadenz.yaml has no webhook `{arrival.source}` any more")
            )
            continue
        read = draft(arrival, source)
        if isinstance(read, Draft):
            drafts.append(read)
        else:
            wrong.append(read)
    messages = _messages(drafts, database)
    reports: list[Report] = []
    rows: list[tuple[Draft, Mapping[str, Any]]] = []
    for one in drafts:
        message = messages.get(one.id)
        named = one.data.get("contact")
        if one.event in REPORTS and message is not None:
            if named is not None and str(named) != message.contact:
                wrong.append(
                    Wrong(one.arrival, f"event:{one.event}", "other contact", "the message went to another contact")
                )
                continue
            reports.append(_report(one, message))
            continue
        if one.event == "message_bounced" and one.data.get("permanent") is False:
            text = "a bounce that is not permanent needs the message it is about (`key`, `message_id` or `provider_id`)"
            wrong.append(Wrong(one.arrival, f"event:{one.event}", "no message", text))
            continue
        row = _row(one, sources[one.arrival.source], facts)
        if isinstance(row, Wrong):
            wrong.append(row)
        else:
            rows.append((one, row))
    return Sorted(tuple(reports), tuple(rows), tuple(wrong))


def bring_in(
    found: Sorted, project: Project, facts: RecordFacts, sink: EvidenceSink, now: int, forgotten: Forgotten | None
) -> None:
    """Import the rows, and put into quarantine what is wrong; nothing of those who were forgotten.
    Raises StoreError, LedgerError, OSError."""
    groups: dict[tuple[str, str], list[tuple[Draft, Mapping[str, Any]]]] = defaultdict(list)
    for one, row in found.rows:
        groups[one.arrival.source, one.event].append((one, row))
    wrong = list(found.wrong)
    for group in groups.values():
        wrong += _imported(group, project, facts, sink, now, forgotten)
    if forgotten is not None:
        named = {one.arrival.id: str(contact) for one in wrong if (contact := _contact_of(one.arrival)) is not None}
        away = forgotten.away(frozenset(named.values()))
        wrong = [one for one in wrong if named.get(one.arrival.id) not in away]
    if wrong:
        with facts.transaction():
            for bad in wrong:
                file = f"webhook {bad.arrival.source} {bad.arrival.id}"
                body = json.loads(bad.arrival.body)
                text = json.dumps(body if set(body) != {"line"} else {"body": body}, ensure_ascii=False)
                entry = Quarantined(file, bad.target, 1, None, bad.reason, bad.detail, text, now)
                Quarantine(facts).replace(file, bad.target, 1, None, [entry])


def _imported(
    group: Sequence[tuple[Draft, Mapping[str, Any]]],
    project: Project,
    facts: RecordFacts,
    sink: EvidenceSink,
    now: int,
    forgotten: Forgotten | None,
) -> list[Wrong]:
    """Import rows of one source and event type; what could not be read at all, told one by one."""
    first = group[0][0]
    target = read_target(f"event:{first.event}", project.schema)
    if isinstance(target, Problem):
        return [Wrong(one.arrival, f"event:{one.event}", "no event type", target.summary) for one, _ in group]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for _, row in group), encoding="utf-8")
        source = open_source(path, name=f"webhook {first.arrival.source} {first.arrival.id}")
        options = Options(project.time_zone, country=project.country)
        result = run_import(source, target, project.schema, facts, sink, options, now=now, forgotten=forgotten)
    if not result.problems:
        return []
    if len(group) == 1:
        why = result.problems[0].summary
        return [Wrong(first.arrival, f"event:{first.event}", "does not fit", why)]
    # one that cannot be read must not hold up the others
    return [bad for one in group for bad in _imported([one], project, facts, sink, now, forgotten)]


def _contact_of(arrival: WebhookIn) -> object:
    data = json.loads(arrival.body).get("data")
    return data.get("contact") if isinstance(data, dict) else None


def _messages(drafts: Sequence[Draft], database: Database) -> Mapping[str, Message]:
    """Id of a draft -> the message that it is about."""
    provided = {one.id: one.data["provider_id"] for one in drafts if isinstance(one.data.get("provider_id"), str)}
    keys_by_provider = keys_of_providers(database, provided.values())
    keys: dict[str, str] = {}
    for one in drafts:
        if isinstance(key := one.data.get("key"), str):
            keys[one.id] = key
        elif isinstance(message_id := one.data.get("message_id"), str):
            keys[one.id] = message_id.strip().strip("<>").partition("@")[0]
        elif (found := keys_by_provider.get(provided.get(one.id, ""))) is not None:
            keys[one.id] = found
    messages = by_key(database, keys.values())
    return {id_: messages[key] for id_, key in keys.items() if key in messages}


def _report(one: Draft, message: Message) -> Report:
    note = one.data.get("reason")
    return Report(
        one.event,
        one.id,
        one.at,
        one.arrival.at,
        message,
        permanent=one.data.get("permanent") is not False,
        note=" ".join(f"webhook {one.arrival.source} {note if isinstance(note, str) else ''}".split())[:200],
    )


def _row(one: Draft, source: WebhookSource, facts: RecordFacts) -> Mapping[str, Any] | Wrong:
    """The row to import: contact, instant, id, and the properties that the event type has."""
    event = facts.schema.events[one.event]
    values = {name: one.data[name] for name in event.properties if one.data.get(name) is not None}
    if one.event in REPORTS and source.channel is not None:
        values.setdefault("channel", source.channel)
    contact = one.data.get("contact")
    if contact is None and isinstance(address := one.data.get("address"), str):
        contact = _bearer(address, _text(values.get("channel")) or source.channel, facts)
    if not isinstance(contact, (str, int)) or isinstance(contact, bool):
        text = "no contact is named, and none is found by message or address"
        return Wrong(one.arrival, f"event:{one.event}", "no contact", text)
    return {**values, "contact": str(contact), "at": _iso(one.at), "id": one.id}


def _bearer(address: str, channel: str | None, facts: RecordFacts) -> str | None:
    """The one contact with this address in the field of the channel, in large letters or small; None where there is
    none, or several."""
    schema = facts.schema
    own = schema.channels.get(channel or "")
    fields = [own.address] if own is not None else [c.address for c in schema.channels.values()]
    normal = normalised_address(schema, address, channel)
    if not isinstance(normal, str):
        return None
    names = [name for name in dict.fromkeys(fields) if name is not None]
    small = normal.lower()
    bearing = facts.bearing(names, normal, folded=True)
    found = {key for key, held in bearing if small in {value.lower() for value in held.values()}}
    return found.pop() if len(found) == 1 else None


def _text(value: Stored | object) -> str | None:
    return value if isinstance(value, str) else None


def _below(data: Mapping[str, Any], path: str) -> Any:
    value: Any = data
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _instant(value: object, otherwise: int) -> int | None:
    """Microseconds of an ISO text with an offset, of seconds or of milliseconds since 1970; `otherwise` where nothing
    is said; None where it is none of these."""
    match value:
        case None:
            return otherwise
        case bool():
            return None
        case int() | float():
            seconds = value / 1_000 if abs(value) >= _MILLISECONDS_FROM else value
            at = round(seconds * SECOND) if abs(seconds) < _MILLISECONDS_FROM else None
        case str():
            try:
                moment = datetime.fromisoformat(value)
            except ValueError:
                return None
            if moment.tzinfo is None:
                return None
            at = round((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * SECOND)
        case _:
            return None
    # outside of the years 1970 to 2200 it is a mistake
    return at if at is not None and 0 <= at < 7_258_118_400 * SECOND else None


def _iso(at: int) -> str:
    return datetime.fromtimestamp(at // SECOND, UTC).replace(microsecond=at % SECOND).isoformat()
