"""A template file: a YAML head between `---` lines, then the text, then perhaps `--- html ---` and an HTML part."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from adapters.suggest import advice
from adapters.yaml_reading import Document, read_yaml
from dsl.diagnostics import Diagnostic, Label
from dsl.spans import Span, span_of

MAX_CHARACTERS = 100_000

_KEYS = ("channel", "subject", "language", "about")
_HEAD = re.compile(r"---[ \t]*\n(.*?)(?:^---[ \t]*(?:\n|\Z))", re.DOTALL | re.MULTILINE)
_HTML = re.compile(r"^---[ \t]*html[ \t]*---[ \t]*(?:\n|\Z)", re.MULTILINE | re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?\Z")


@dataclass(frozen=True, slots=True)
class Part:
    """One Jinja text of a template: the subject, the text or the HTML. `start` is its offset in the file; None where
    the text is not in the file letter by letter (a subject with escapes), then `span` covers all of it."""

    text: str
    span: Span
    start: int | None


@dataclass(frozen=True, slots=True)
class Template:
    """A message body as written. Several templates share a name and differ by language.

    `channels` it was written for; `language` from the head or the file's name (`welcome.de.j2`), None: any.
    `source` is the whole file.
    """

    name: str
    language: str | None
    channels: tuple[str, ...]
    subject: Part | None
    text: Part | None
    html: Part | None
    path: str
    source: str = field(repr=False)

    def parts(self) -> tuple[tuple[str, Part], ...]:
        """The parts there are: ("subject" | "text" | "html", part)."""
        named = (("subject", self.subject), ("text", self.text), ("html", self.html))
        return tuple((name, part) for name, part in named if part is not None)


def read_template(path: str, source: str) -> tuple[Template | None, list[Diagnostic]]:
    """Read one template file (codes K0901 to K0906, K0920). None if there is no head to go by."""
    top = span_of(path, source, 0, min(len(source.split("\n", 1)[0]), 80))
    if len(source) > MAX_CHARACTERS:
        return None, [Diagnostic("K0920", f"a template is at most {MAX_CHARACTERS} characters long", Label(top))]
    if (bad := _CONTROL.search(source)) is not None:
        label = Label(span_of(path, source, bad.start(), bad.end()))
        return None, [Diagnostic("K0920", "this file holds an invisible control character", label)]
    head = _HEAD.match(source)
    if head is None:
        help_ = ("begin with `---`, `channel: email`, `subject: ..` and `---`, each on a line of its own",)
        return None, [Diagnostic("K0920", "a template begins with a head", Label(top), help=help_)]
    document, found = read_yaml(path, source, start=head.start(1), end=head.end(1))
    if document is None:
        return None, found
    if not isinstance(document.data, dict):
        help_ = ("add `channel: email`",)
        return None, [*found, Diagnostic("K0920", "the head of a template holds keys", Label(top), help=help_)]
    for key in document.data:
        if key not in _KEYS:
            label = Label(document.span((key,), key=True))
            found.append(Diagnostic("K0902", f"`{key}` is no key here", label, help=advice(key, _KEYS, "keys")))
    channels = _channels(document, top, found)
    name, by_name = _names(path)
    language = _language(document, found, by_name)
    return Template(
        name, language, channels, _subject(document, found), *_body(path, source, head.end()), path, source
    ), found


def name_of(path: str) -> str:
    """The name by which playbooks call the template of this file.

    >>> name_of("templates/welcome.de.j2")
    'welcome'
    """
    return _names(path)[0]


def _names(path: str) -> tuple[str, str | None]:
    stem = PurePosixPath(path).name.removesuffix(".j2")
    for ending in (".txt", ".html", ".md"):
        stem = stem.removesuffix(ending)
    name, dot, language = stem.rpartition(".")
    return (name, language) if dot and _LANGUAGE.match(language) else (stem, None)


def _channels(document: Document, top: Span, found: list[Diagnostic]) -> tuple[str, ...]:
    value = document.data.get("channel")
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list) and value and all(isinstance(v, str) for v in value):
        return tuple(value)
    if value is None:
        found.append(
            Diagnostic("K0920", "`channel` is missing in the head", Label(top), help=("add `channel: email`",))
        )
    else:
        label = Label(document.span(("channel",)))
        found.append(Diagnostic("K0904", "`channel` wants a name or a list of names", label))
    return ()


def _language(document: Document, found: list[Diagnostic], by_name: str | None) -> str | None:
    value = document.data.get("language")
    if value is None:
        return by_name
    label = Label(document.span(("language",)))
    if not isinstance(value, str) or not _LANGUAGE.match(value):
        help_ = ("write `de`, `fr` or `de-CH`",)
        found.append(Diagnostic("K0904", "`language` wants a language code", label, help=help_))
        return by_name
    if by_name is not None and value != by_name:
        text = f"the head says `{value}`, the file's name `{by_name}`"
        found.append(Diagnostic("K0920", text, label, help=("let one of them go",)))
    return value


def _subject(document: Document, found: list[Diagnostic]) -> Part | None:
    value = document.data.get("subject")
    if value is None:
        return None
    span = document.span(("subject",))
    if not isinstance(value, str | int) or isinstance(value, bool) or "\n" in str(value):
        found.append(Diagnostic("K0904", "`subject` wants one line of text", Label(span)))
        return None
    text = str(value)
    shift = span.text(document.text).find(text)
    return Part(text, span, span.start + shift if shift >= 0 else None)


def _body(path: str, source: str, start: int) -> tuple[Part | None, Part | None]:
    divide = _HTML.search(source, start)
    text = source[start : divide.start()] if divide else source[start:]
    html = source[divide.end() :] if divide else ""
    plain = Part(text, span_of(path, source, start, start + len(text)), start) if text.strip() or not divide else None
    if divide is None:
        return plain, None
    return plain, Part(html, span_of(path, source, divide.end(), len(source)), divide.end())
