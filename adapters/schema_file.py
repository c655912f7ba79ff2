"""`schema.yaml` -> `dsl.schema.Schema`: fields, events and fact tables with the place of every name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic import Field as Default

from adapters.suggest import advice
from adapters.type_words import TypeProblem, parse_type
from adapters.validating import Strict, validate
from adapters.yaml_reading import Document, Path
from dsl.diagnostics import Diagnostic, Label
from dsl.schema import EventType, FactTable, Field, Kept, Normalisation, Rules, Schema, builtin_events
from dsl.spans import Span
from dsl.types import Date, DateTime, Numeric, OneOf, Text, Type, Zone, describe


def _spelled_out(value: Any) -> Any:
    """`name: text` is short for `name: {type: text}`."""
    return {"type": value} if isinstance(value, str) else value


def _as_written(value: Any) -> Any:
    """A number or a day as text, as it stands in the file."""
    return str(value) if isinstance(value, int | float | Decimal | date) and not isinstance(value, bool) else value


class FieldEntry(Strict):
    """A field, a property or a column."""

    type: str
    ordered: bool = False
    required: bool = False
    pii: bool = False
    normalise: tuple[Normalisation, ...] = ()
    about: str | None = None
    min: Annotated[str | None, BeforeValidator(_as_written)] = None
    max: Annotated[str | None, BeforeValidator(_as_written)] = None
    pattern: str | None = None
    max_length: int | None = None


Entry = Annotated[FieldEntry, BeforeValidator(_spelled_out)]


class ContactsEntry(Strict):
    """The `contacts` part of the file."""

    key: str
    zone: str | None = None
    country: str | None = None
    language: str | None = None
    preferred_channel: str | None = None
    fields: dict[str, Entry] = Default(default_factory=dict)


class EventEntry(Strict):
    """One event type."""

    about: str | None = None
    keep: str | None = None
    properties: dict[str, Entry] = Default(default_factory=dict)


class FactEntry(Strict):
    """One fact table."""

    key: str
    matches: str
    time: str | None = None
    columns: dict[str, Entry] = Default(default_factory=dict)


class ListEntry(Strict):
    """One list of contacts that is kept by hand."""

    title: str | None = None


class SchemaFile(Strict):
    """The whole file."""

    contacts: ContactsEntry
    events: dict[str, EventEntry | None] = Default(default_factory=dict)
    facts: dict[str, FactEntry] = Default(default_factory=dict)
    lists: dict[str, str | ListEntry | None] = Default(default_factory=dict)


def bound(written: str, kind: Type) -> int | str:
    """A limit of a field's values in stored form, or why it is none, in a sentence."""
    from adapters.importing.dates import parse_date  # the package brings the stores along, and few schemas have limits
    from adapters.importing.numbers import parse_number, scaled

    match kind:
        case Numeric(denominator=denominator):
            number = parse_number(written, None, literal=True)
            value = None if number is None else scaled(number, denominator)
            return f"`{written}` is no {describe(kind)}" if value is None else value
        case Date():
            day = parse_date(written, None)
            if day is None:
                return f"`{written}` is no date, write it like 1990-12-31"
            return day.year * 10_000 + day.month * 100 + day.day
        case _:
            return "only numbers, money and dates have a `min` and a `max`"


def name_problem(name: str) -> str | None:
    """Why this cannot be a name, or None.

    >>> name_problem("_x")
    'a name does not begin with an underscore'
    """
    if name.startswith("_"):
        return "a name does not begin with an underscore"
    if not name.isidentifier():
        return "a name is letters, digits and underscores and begins with a letter"
    if unicodedata.normalize("NFC", name) != name:
        return "this name has letters and accents apart (it is not in Unicode's NFC form)"
    return None if len(name) <= 60 else "a name has at most 60 letters"


@dataclass(slots=True)
class _Build:
    document: Document
    found: list[Diagnostic] = field(default_factory=list)

    def error(self, code: str, summary: str, span: Span, *help_: str, other: Span | None = None) -> None:
        secondary = (Label(other, "the other one"),) if other is not None else ()
        self.found.append(Diagnostic(code, summary, Label(span), secondary=secondary, help=help_))

    def names(self, path: Path, names: Iterable[str], taken: Mapping[str, str]) -> list[str]:
        """Names that may stand; what may not is reported. Letter case alone tells no columns apart in SQLite."""
        good: list[str] = []
        seen: dict[str, tuple[str, str]] = {name.casefold(): (name, why) for name, why in taken.items()}
        for name in names:
            span = self.document.span((*path, name), key=True)
            if (problem := name_problem(name)) is not None:
                self.error("K0908", f"`{name}` is no name here: {problem}", span)
            elif (clash := seen.get(name.casefold())) is not None:
                other, why = clash
                text = why or f"`{name}` and `{other}` differ only in capitals"
                first = self.document.places.get((*path, other))
                self.error("K0908", text, span, "choose another name", other=first.key if first else None)
            else:
                seen[name.casefold()] = (name, "")
                good.append(name)
        return good

    def field(self, path: Path, entry: FieldEntry) -> Field:
        name = str(path[-1])
        at = (*path, "type") if (*path, "type") in self.document.places else path
        kind = parse_type(entry.type, ordered=entry.ordered)
        if isinstance(kind, TypeProblem):
            self.error("K0907", kind.summary, self._inside(at, entry.type, kind), *kind.help)
            kind = Text()
        elif entry.ordered and not isinstance(kind, OneOf):
            self.error("K0904", "only `one of [..]` can be ordered", self.document.span((*path, "ordered")))
        if entry.normalise and not isinstance(kind, Text):
            self.error("K0904", "only text can be normalised", self.document.span((*path, "normalise")))
        span = self.document.span(path, key=True)
        rules = self.rules(path, entry, kind)
        return Field(name, kind, entry.required, entry.pii, entry.normalise, entry.about, span, rules)

    def rules(self, path: Path, entry: FieldEntry, kind: Type) -> Rules | None:
        """What values must be to come in by an import; reported where the type knows no such rule."""
        bounds: dict[str, tuple[int, str]] = {}
        for word, written in (("min", entry.min), ("max", entry.max)):
            if written is None:
                continue
            value = bound(written, kind)
            if isinstance(value, str):
                self.error("K0904", value, self.document.span((*path, word)))
            else:
                bounds[word] = (value, written)
        for word in ("pattern", "max_length"):
            if getattr(entry, word) is not None and not isinstance(kind, Text):
                self.error("K0904", f"only text has a `{word}`", self.document.span((*path, word)))
        if entry.pattern is not None:
            try:
                re.compile(entry.pattern)
            except re.error as error:
                self.error("K0904", f"this is no regular expression: {error}", self.document.span((*path, "pattern")))
                return None
        if {"min", "max"} <= bounds.keys() and bounds["min"][0] > bounds["max"][0]:
            self.error("K0904", "`min` is greater than `max`", self.document.span((*path, "min")))
        if not bounds and entry.pattern is None and entry.max_length is None:
            return None
        return Rules(bounds.get("min"), bounds.get("max"), entry.pattern, entry.max_length)

    def _inside(self, path: Path, word: str, problem: TypeProblem) -> Span:
        from dsl.spans import span_of

        span = self.document.span(path)
        typed = span.text(self.document.text)
        shift = typed.find(word)
        if shift < 0:  # folded or escaped: the whole value is underlined
            return span
        start = span.start + shift
        return span_of(span.file, self.document.text, start + problem.start, start + problem.end)

    def fields(self, path: Path, entries: Mapping[str, FieldEntry], taken: Mapping[str, str]) -> dict[str, Field]:
        return {n: self.field((*path, n), entries[n]) for n in self.names(path, entries, taken)}

    def reference(self, path: Path, name: str | None, fields: Mapping[str, Field], what: str) -> Field | None:
        """The field that a key of the file names; reported if there is none."""
        if name is None:
            return None
        if name not in fields:
            self.error(
                "K0909", f"there is no {what} `{name}`", self.document.span(path), *advice(name, fields, f"{what}s")
            )
            return None
        return fields[name]


def schema_of(document: Document) -> tuple[Schema, list[Diagnostic]]:
    """The schema that the document declares, and all findings (K0902 to K0909). What is wrong is left out or text.

    Channels, teams and purposes are added by `adapters.project` from `kadenz.yaml`.
    """
    parsed, found = validate(SchemaFile, document, {"contacts": {"key": "key"}})
    build = _Build(document, found)
    contacts = parsed.contacts
    fields = build.fields(("contacts", "fields"), contacts.fields, {})
    key = _key(build, contacts.key, fields)
    zone = build.reference(("contacts", "zone"), contacts.zone, fields, "field")
    if zone is not None and not isinstance(zone.type, Zone | Text):
        build.error("K0909", f"`{zone.name}` is not of type zone", document.span(("contacts", "zone")))
    zones = [f.name for f in fields.values() if isinstance(f.type, Zone)]
    return Schema(
        key=key,
        fields=fields,
        events=_events(build, parsed.events),
        facts=_facts(build, parsed.facts, fields),
        zone_field=zone.name if zone else (zones[0] if len(zones) == 1 and contacts.zone is None else None),
        country_field=_role(build, "country", contacts.country, fields),
        language_field=_role(build, "language", contacts.language, fields),
        lists={name: _title(parsed.lists[name]) for name in build.names(("lists",), parsed.lists, {})},
        preferred_field=_role(build, "preferred_channel", contacts.preferred_channel, fields),
    ), build.found


def _title(entry: str | ListEntry | None) -> str | None:
    return entry.title if isinstance(entry, ListEntry) else entry


def _key(build: _Build, name: str, fields: dict[str, Field]) -> str:
    span = build.document.span(("contacts", "key"))
    if (problem := name_problem(name)) is not None:
        build.error("K0908", f"`{name}` is no name here: {problem}", span)
    declared = fields.get(name)
    if declared is not None and not isinstance(declared.type, Text):
        build.error("K0909", "the key of a contact is text", span, other=declared.span)
    clash = next((f for f in fields if f.casefold() == name.casefold() and f != name), None)
    if clash is not None:
        build.error("K0908", f"`{name}` and `{clash}` differ only in capitals", span, other=fields[clash].span)
    if declared is None:
        fields[name] = Field(name, Text(), required=True, span=span)
    else:
        fields[name] = Field(
            name, Text(), True, declared.pii, declared.normalise, declared.about, declared.span, declared.rules
        )
    return name


def _role(build: _Build, role: str, name: str | None, fields: Mapping[str, Field]) -> str | None:
    """The field with a role: as said, else the field of that name if it can bear it."""
    chosen = build.reference(("contacts", role), name, fields, "field") if name is not None else fields.get(role)
    if chosen is None:
        return None
    if isinstance(chosen.type, Text | OneOf):
        return chosen.name
    if name is not None:
        span = build.document.span(("contacts", role))
        build.error("K0909", f"`{name}` holds no {role}: it is neither text nor `one of`", span, other=chosen.span)
    return None


def _events(build: _Build, entries: Mapping[str, EventEntry | None]) -> dict[str, EventType]:
    builtin = builtin_events()
    taken = dict.fromkeys(builtin, "every project has this event already")
    events = dict(builtin)
    for name in build.names(("events",), entries, taken):
        entry = entries[name] or EventEntry()
        properties = build.fields(("events", name, "properties"), entry.properties, {})
        span = build.document.span(("events", name), key=True)
        keep = _keep(build, ("events", name, "keep"), entry.keep)
        events[name] = EventType(name, properties, entry.about, keep=keep, span=span)
    return events


_KEEP = re.compile(r"([1-9][0-9]{0,4}) (day|week|month|year)s?")


def _keep(build: _Build, path: Path, text: str | None) -> Kept | None:
    """For how long events are kept; None for all of them, and after a finding."""
    if text is None:
        return None
    found = _KEEP.fullmatch(" ".join(text.split()))
    kept = None if found is None else Kept(int(found[1]), found[2])  # type: ignore[arg-type]  # the units of `_KEEP`
    if kept is None or kept.days > 200 * 366:
        build.error(
            "K0904", f"`{text}` is no time for which events are kept", build.document.span(path), "write `2 years`"
        )
        return None
    return kept


def _facts(build: _Build, entries: Mapping[str, FactEntry], fields: Mapping[str, Field]) -> dict[str, FactTable]:
    facts: dict[str, FactTable] = {}
    for name in build.names(("facts",), entries, {}):
        entry = entries[name]
        path: Path = ("facts", name)
        columns = build.fields((*path, "columns"), entry.columns, {})
        build.reference((*path, "matches"), entry.matches, fields, "field")
        key = build.reference((*path, "key"), entry.key, columns, "column")
        matched = fields.get(entry.matches)
        if key is not None and matched is not None and not _comparable(key.type, matched.type):
            text = f"`{entry.key}` and `{entry.matches}` are of different types"
            build.error("K0909", text, build.document.span((*path, "matches")), other=key.span)
        time = build.reference((*path, "time"), entry.time, columns, "column")
        if time is not None and not isinstance(time.type, DateTime):
            build.error("K0909", f"`{time.name}` is no datetime", build.document.span((*path, "time")), other=time.span)
        span = build.document.span(path, key=True)
        facts[name] = FactTable(name, entry.key, entry.matches, columns, entry.time, span)
    return facts


def _comparable(one: Type, other: Type) -> bool:
    words = Text | OneOf | Zone
    return type(one) is type(other) or (isinstance(one, words) and isinstance(other, words))
