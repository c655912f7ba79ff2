"""Which findings only follow from another one, so that a slip in `kadenz.yaml` or `schema.yaml` is told once.

A file that cannot be read declares nothing, and a field whose type cannot be read counts as text; what the playbooks
are then blamed for would vanish with the cause, so it is withheld until the cause is mended. INVARIANT: nothing is
withheld unless there is an error that remains.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from adapters.project import PROJECT_FILE, SCHEMA_FILE, Project
from adapters.template_file import name_of
from dsl.diagnostics import Diagnostic, in_reading_order
from dsl.schema import Field

UNREAD = frozenset({"K0901", "K0905", "K0910"})
"""A file with one of these was not read."""

OF_PROJECT = frozenset({"K0209", "K0212", "K0214", "K0250", "K0927"})
"""A channel, a team, a purpose or a hook that does not exist."""

NAMES_OF_SCHEMA = frozenset({"K0202", "K0204", "K0215", "K0233", "K0909", "K0923", "K0924"})
"""A field, an event, a property or a list that does not exist."""

OF_TYPES = frozenset({"K0202", "K0203", "K0208", "K0222", "K0223", "K0224", "K0227", "K0228", "K0929"})
"""Two things that do not fit, or a value or name that only another type would explain."""

OF_SCHEMA = NAMES_OF_SCHEMA | OF_TYPES | {"K0207", "K0218", "K0220", "K0225", "K0226"}
"""What may follow where nothing is known of the schema."""

_WORD = re.compile(r"\w+")


def causes_first(project: Project, found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings without those that follow from another one: those of the project's two files, then the others."""
    kept = [one for one in found if not _follows(project, one)]
    causes = [one for one in kept if one.primary.span.file in (PROJECT_FILE, SCHEMA_FILE)]
    others = [one for one in kept if one.primary.span.file not in (PROJECT_FILE, SCHEMA_FILE)]
    return [*in_reading_order(causes), *in_reading_order(others)]


def _errors(project: Project, file: str) -> list[Diagnostic]:
    return [one for one in project.diagnostics if one.severity == "error" and one.primary.span.file == file]


def _follows(project: Project, one: Diagnostic) -> bool:
    return _from_project_file(project, one) or _from_schema(project, one) or _from_template(project, one)


def _from_project_file(project: Project, one: Diagnostic) -> bool:
    """A channel, team, purpose or hook that `kadenz.yaml` may well declare, if it could be read."""
    errors = _errors(project, PROJECT_FILE)
    if not errors or one.code not in OF_PROJECT | {"K0211"}:
        return False
    if any(error.code in UNREAD for error in errors):
        return True
    there = set(_WORD.findall(project.texts.get(PROJECT_FILE, "")))
    return one.code in OF_PROJECT and any(word in there for word in re.findall(r"`(\w+)`", one.summary))


def _from_schema(project: Project, one: Diagnostic) -> bool:
    """A name that `schema.yaml` may well declare, or a type that it could not tell."""
    errors = [error for error in _errors(project, SCHEMA_FILE) if error is not one]
    if not errors or one.code not in OF_SCHEMA or one.primary.span.file == SCHEMA_FILE:
        return False
    if any(error.code in UNREAD for error in errors) or not project.schema.fields:
        return True
    if one.code == "K0225" and any(error.code in ("K0902", "K0903", "K0904", "K0908") for error in errors):
        return True  # the event that is the cause may be among what was not understood
    if one.code in NAMES_OF_SCHEMA:
        words = _WORD.findall(_underlined(project, one)[0])
        if words and re.search(rf"\b{re.escape(words[-1])}['\"]?\s*:", project.texts.get(SCHEMA_FILE, "")):
            return True
    if one.code in OF_TYPES:
        told = " ".join([one.summary, *_underlined(project, one)])
        words = _WORD.findall(told)
        return any(name in words for name in _untyped(project, errors))
    return False


def _from_template(project: Project, one: Diagnostic) -> bool:
    """A template that is there, but whose file could not be read (K0210), or whose channel is already at fault."""
    if one.code not in ("K0210", "K0211"):
        return False
    wrong = {e.primary.span.file for e in project.diagnostics if e.severity == "error"}
    if one.code == "K0211":
        channels = project.schema.channels
        wrong |= {t.path for t in project.templates if any(channel not in channels for channel in t.channels)}
    name = re.findall(r"`(\w+)`", one.summary)[:1]
    return any(path.endswith(".j2") and [name_of(path)] == name for path in wrong)


def _underlined(project: Project, one: Diagnostic) -> list[str]:
    """The underlined texts, the primary one first; then the name to which an underlined value is given, if it is."""
    labels = (one.primary, *one.secondary)
    texts = [label.span.text(project.texts.get(label.span.file, "")) for label in labels]
    before = project.texts.get(one.primary.span.file, "")[: one.primary.span.start]
    given = re.search(r"(\w+)\s*=\s*\Z", before[-200:])
    return [*texts, given[1]] if given is not None else texts


def _untyped(project: Project, errors: Sequence[Diagnostic]) -> set[str]:
    """The fields, properties and columns whose type could not be read."""
    starts = sorted((field.span.start, field.name) for field in _declared(project) if field.span is not None)
    names: set[str] = set()
    for error in errors:
        before = [name for start, name in starts if start <= error.primary.span.start]
        if error.code in ("K0907", "K0904") and before:
            names.add(before[-1])
    return names


def _declared(project: Project) -> Iterator[Field]:
    yield from project.schema.fields.values()
    for event in project.schema.events.values():
        yield from event.properties.values()
    for fact in project.schema.facts.values():
        yield from fact.columns.values()
