"""Messages from templates: the language is chosen, values are put into people's words, limits hold.

Templates pass `adapters.template_gate` before they are compiled. A value that is missing where nothing stands in for it
is never shown as nothing: rendering raises `MissingValue`, and the message fails with the field named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, assert_never
from urllib.parse import quote

from jinja2 import Template as Compiled

from adapters.html_text import text_of
from adapters.template_file import Template
from adapters.template_gate import Passed, pass_gate
from adapters.template_pieces import Refusal, Use
from adapters.template_scope import EVENT_OWN, offer_values
from adapters.template_tokens import GatedEnvironment
from adapters.template_values import Manner, in_words, manner_of
from dsl.model import Offer, Send
from dsl.schema import Schema
from dsl.types import Stored, Text, Type
from engine.handover import RenderError
from engine.protocols import Rendered
from engine.records import Contact, Outgoing
from engine.zones import contact_zones

if TYPE_CHECKING:
    from adapters.project import Project

MAX_VALUE = 10_000
MAX_OUTPUT = 1_000_000
MAX_SUBJECT = 400

__all__ = ["Further", "Missing", "MissingValue", "Noted", "RenderError", "TemplateSet", "render", "render_text"]

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_TEXT_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")


class MissingValue(RenderError):
    """A template shows a value that this contact (or event, or offer) does not have. `field` names it."""

    def __init__(self, field: str) -> None:
        super().__init__(f"`{field}` is missing and the template has no default for it")
        self.field = field


class Missing:
    """Stands for a value that is missing: false in conditions, equal to nothing, and an error where it is shown."""

    __slots__ = ("field",)

    def __init__(self, field: str) -> None:
        self.field = field

    def __str__(self) -> str:
        raise MissingValue(self.field)

    __html__ = __str__

    def __bool__(self) -> bool:
        return False

    def __eq__(self, other: object) -> bool:
        return False

    def __ne__(self, other: object) -> bool:
        return True

    def __lt__(self, other: object) -> bool:
        return False

    __le__ = __gt__ = __ge__ = __lt__
    __hash__ = None  # type: ignore[assignment]


# ---------------------------------------------------------------- filters: plain text in, plain text out


def _default(value: object, instead: str) -> object:
    return instead if isinstance(value, Missing) else value


def _upper(value: object) -> object:
    return value if isinstance(value, Missing) else str(value).upper()


def _lower(value: object) -> object:
    return value if isinstance(value, Missing) else str(value).lower()


def _url(value: object) -> object:
    """Safe inside an address: a whole `https:`, `mailto:` or `tel:` address stays one, all else is percent-encoded."""
    if isinstance(value, Missing):
        return value  # a default may stand behind
    text = str(value)
    whole = re.match(r"(https://|mailto:|tel:)", text, re.IGNORECASE) is not None
    return quote(text, safe=":/?#[]@!$&()*+,;=%~" if whole else "~")


def _known(value: object) -> bool:
    return not isinstance(value, Missing)


def _environment(*, html: bool) -> GatedEnvironment:
    made = GatedEnvironment(autoescape=html, optimized=False, keep_trailing_newline=True)
    made.filters.clear()
    made.filters.update(default=_default, upper=_upper, lower=_lower, url=_url)
    made.tests.clear()
    made.tests.update(known=_known)
    made.globals.clear()
    return made


@dataclass(frozen=True, slots=True)
class _Ready:
    compiled: Compiled
    variables: Mapping[str, Use]


def _no_stage(_score: str, _contact: str) -> None:
    """Where nobody knows stages."""


@dataclass(frozen=True, slots=True)
class Further:
    """What a message can show besides contact, event and offer. `unsubscribe`: the address for its reader; None where
    the channel has none. `stage`: score, contact -> its stage at the last tick; None where it has none."""

    unsubscribe: str | None = None
    stage: Callable[[str, str], str | None] = _no_stage


@dataclass(slots=True)
class Noted:
    """How a message came to be as it is: the values that were missing (each once, as they were asked for), the file,
    and why it is that language."""

    missing: list[str] = field(default_factory=list)
    path: str = ""
    why: str = ""


# ---------------------------------------------------------------- the set


class TemplateSet:
    """The templates of a project, compiled when first used.

    `languages` in order of fall-back; `time_zone` and `country` are the project's.
    """

    def __init__(
        self,
        templates: Iterable[Template],
        schema: Schema,
        *,
        languages: Sequence[str] = (),
        time_zone: str = "UTC",
        country: str | None = None,
    ) -> None:
        self.schema = schema
        self.languages = tuple(languages)
        self.time_zone = time_zone
        self.country = country
        self._by_name: dict[str, list[Template]] = {}
        for template in templates:
            self._by_name.setdefault(template.name, []).append(template)
        self._text = _environment(html=False)
        self._html = _environment(html=True)
        self._ready: dict[tuple[str, bool], _Ready] = {}

    @classmethod
    def of(cls, project: Project) -> TemplateSet:
        """The templates of a project."""
        return cls(
            project.templates,
            project.schema,
            languages=project.languages,
            time_zone=project.time_zone,
            country=project.country,
        )

    def choose(self, name: str, channel: str, language: str | None) -> Template:
        """The template of that name for a channel in the best language; see `chosen`. Raises RenderError if there is
        none."""
        return self.chosen(name, channel, language)[0]

    def chosen(self, name: str, channel: str, language: str | None) -> tuple[Template, str]:
        """The template of that name for a channel in the best language, and why that is the best: the contact's, its
        base (`de` for `de-CH`), the project's in order, the one without a language, the first by language.

        Raises RenderError if there is none.
        """
        fitting = [t for t in self._by_name.get(name, []) if not t.channels or channel in t.channels]
        if not fitting:
            raise RenderError(f"there is no template `{name}` for `{channel}`")
        by_language = {(t.language or "").casefold(): t for t in fitting}
        wanted: list[tuple[str, str]] = []
        if language:
            wanted.append((language.replace("_", "-"), "the contact's language"))
            wanted.append((re.split("[-_]", language)[0], f"the contact's language `{language}` without its region"))
        wanted += [(one, "the first of `languages` in kadenz.yaml that there is") for one in self.languages]
        wanted.append(("", "the file without a language"))
        for one, why in wanted:
            if (found := by_language.get(one.casefold())) is not None:
                return found, why
        return by_language[min(by_language)], "no other one is there"

    def fill(self, text: str, values: _Values, *, html: bool = False) -> str:
        """One Jinja text with its values. Raises RenderError."""
        ready = self._ready.get((text, html))
        if ready is None:
            ready = self._ready[text, html] = self._compile(text, html=html)
        try:
            return _within_limit(ready.compiled, {name: values.get(use) for name, use in ready.variables.items()})
        except (TypeError, ValueError, ArithmeticError, LookupError) as error:
            # a template that was never checked, or a value that is not of its field's type; the text may be personal
            raise RenderError(f"the template fails with {type(error).__name__}") from error

    def _compile(self, text: str, *, html: bool) -> _Ready:
        environment = self._html if html else self._text
        passed = pass_gate(environment, text)
        if isinstance(passed, Refusal):
            raise RenderError(f"the template is not usable: {passed.summary}")
        return _Ready(_compiled(environment, passed), passed.variables)


def _within_limit(compiled: Compiled, variables: Mapping[str, object]) -> str:
    pieces: list[str] = []
    size = 0
    for piece in compiled.root_render_func(compiled.new_context(dict(variables))):
        size += len(piece)
        if size > MAX_OUTPUT:
            raise RenderError(f"the message is longer than {MAX_OUTPUT} characters")
        pieces.append(str(piece))
    return "".join(pieces)


def _compiled(environment: GatedEnvironment, passed: Passed) -> Compiled:
    return environment.from_string(passed.tree)


class _Values:
    """The values of one message in people's form, looked up as a template needs them."""

    def __init__(
        self,
        templates: TemplateSet,
        contact: Contact,
        message: Outgoing,
        offer: Offer | None,
        manner: Manner,
        further: Further,
        noted: Noted | None = None,
    ) -> None:
        schema = templates.schema
        self._contact = contact.key
        self._further = further
        self._noted = noted
        self._manner = manner
        self._zone = _zone_of(templates, contact)
        event = schema.events.get(message.event_type) if message.event_type else None
        event_types: dict[str, Type] = {n: f.type for n, f in EVENT_OWN.items()} if event else {}
        event_types |= {n: f.type for n, f in event.properties.items()} if event else {}
        self._tables: Mapping[str, tuple[Mapping[str, Type], Mapping[str, Stored]]] = {
            "contact": ({n: f.type for n, f in schema.fields.items()}, {schema.key: contact.key, **contact.fields}),
            "event": (event_types, {"at": message.cause_at, "id": message.event, **message.properties}),
            "offer": ({}, offer_values(offer) if offer else {}),
        }

    def get(self, use: Use) -> str | int | bool | Missing:
        """The value, or what stands for a missing one. Raises RenderError for a value that is too long."""
        found = self._found(use)
        if isinstance(found, Missing) and self._noted is not None and found.field not in self._noted.missing:
            self._noted.missing.append(found.field)
        return found

    def _found(self, use: Use) -> str | int | bool | Missing:
        match use.root:
            case "unsubscribe":
                return self._further.unsubscribe or Missing(str(use))
            case "stage":
                return self._further.stage(use.name, self._contact) or Missing(str(use))
            case "contact" | "event" | "offer":
                types, values = self._tables[use.root]
            case _:
                assert_never(use.root)
        value = values.get(use.name)
        if value is None or (use.root == "event" and use.name not in types):
            return Missing(str(use))
        form = use.form if use.form.startswith("date") else ""
        shown = in_words(value, types.get(use.name, Text()), form, self._manner, self._zone)
        if isinstance(shown, str) and len(shown) > MAX_VALUE:
            raise RenderError(f"`{use}` is longer than {MAX_VALUE} characters")
        return shown


def _zone_of(templates: TemplateSet, contact: Contact) -> str:
    own = _field(contact, templates.schema.zone_field)
    country = _field(contact, templates.schema.country_field)
    return contact_zones(own, country, templates.time_zone).reckoning


def _field(contact: Contact, name: str | None) -> str | None:
    value: Any = contact.fields.get(name) if name else None
    return value if isinstance(value, str) else None


# ---------------------------------------------------------------- rendering


def render(
    templates: TemplateSet,
    message: Outgoing,
    contact: Contact,
    offer: Offer | None = None,
    send: Send | None = None,
    further: Further = Further(),
    noted: Noted | None = None,
) -> Rendered:
    """The message ready to leave: a template's subject, text and HTML, or the text of a notice. Where a template has
    HTML alone, the text is made from that.

    `offer` is the offer of `message.offer`; `send` names the contact's fields with its sender; `noted` is filled.
    Raises RenderError (MissingValue where a value is missing); nothing in the result's addresses and subject has
    control characters.
    """
    if message.kind == "notice":
        return _notice(templates, message, contact, offer, further, noted)
    language = _field(contact, templates.schema.language_field)
    template, why = templates.chosen(message.template, message.channel, language)
    if noted is not None:
        noted.path, noted.why = template.path, why
    spoken = template.language or _plain(language) or next(iter(templates.languages), None)
    values = _Values(templates, contact, message, offer, manner_of(spoken, templates.country), further, noted)
    subject = _subject(templates.fill(template.subject.text, values)) if template.subject else None
    text = _body(templates.fill(template.text.text, values)) if template.text else None
    html = _body(templates.fill(template.html.text, values, html=True)) if template.html else None
    if text is None and html is not None:
        text = text_of(html) or None
    return Rendered(
        key=message.key,
        contact=message.contact,
        channel=message.channel,
        address=_address(message.address),
        subject=subject,
        text=text,
        html=html,
        language=spoken,
        template=message.template,
        trigger=message.trigger,
        sender=None if send is None else _address(_field(contact, send.sender)),
        reply_to=None if send is None else _address(_field(contact, send.reply_to)),
        purpose=None if message.category == "transactional" else message.purpose,
    )


def render_text(
    templates: TemplateSet,
    text: str,
    message: Outgoing,
    contact: Contact,
    offer: Offer | None = None,
    further: Further = Further(),
    noted: Noted | None = None,
) -> str:
    """A text with values (of `notify`), through the same gate. In the project's first language. Raises RenderError."""
    language = next(iter(templates.languages), None)
    values = _Values(templates, contact, message, offer, manner_of(language, templates.country), further, noted)
    return _body(templates.fill(text, values))


def _notice(
    templates: TemplateSet,
    message: Outgoing,
    contact: Contact,
    offer: Offer | None,
    further: Further,
    noted: Noted | None,
) -> Rendered:
    text = render_text(templates, message.text or "", message, contact, offer, further, noted)
    return Rendered(
        key=message.key,
        contact=message.contact,
        channel=message.channel,
        address=_address(message.address),
        subject=f"{message.trigger}: {_CONTROL.sub(' ', contact.key)[:80]}",
        text=text,
        html=None,
        language=next(iter(templates.languages), None),
        template=message.template,
        trigger=message.trigger,
    )


def _plain(language: str | None) -> str | None:
    """A contact's language as a code, if it looks like one."""
    found = re.fullmatch(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{2}))?", language or "")
    if found is None:
        return None
    return found[1].lower() + (f"-{found[2].upper()}" if found[2] else "")


def _subject(text: str) -> str:
    line = text.strip()
    if not line:
        raise RenderError("the subject is empty")
    if len(line) > MAX_SUBJECT:
        raise RenderError(f"the subject is longer than {MAX_SUBJECT} characters")
    if _CONTROL.search(line):
        raise RenderError("the subject holds a control character or a line break")
    return line


def _body(text: str) -> str:
    normal = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u0085", "\n")
    if _TEXT_CONTROL.search(normal):
        raise RenderError("the text holds a control character")
    return normal


def _address(address: str | None) -> str | None:
    if address is not None and _CONTROL.search(address):
        raise RenderError("the address holds a control character")
    return address
