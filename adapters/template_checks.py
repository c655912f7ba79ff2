"""Templates against the schema and the triggers that send them, when the playbooks are checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import assert_never

from adapters.html_context import check_html
from adapters.suggest import advice
from adapters.template_file import Part, Template
from adapters.template_foreign import foreign, meant
from adapters.template_gate import Passed, pass_gate
from adapters.template_links import check_links
from adapters.template_pieces import Occurrence, Refusal
from adapters.template_scope import OFFER_VALUES, Sending, common, event_fields, event_of, offer_values, sendings
from adapters.template_tokens import GatedEnvironment
from dsl.diagnostics import Diagnostic, Fix, Label, Severity, in_reading_order
from dsl.kept import Kept
from dsl.model import Model
from dsl.schema import Field, Schema
from dsl.spans import Span, span_of
from dsl.types import Boolean, Date, DateTime, Numeric, OneOf, Text, Type, Zone, describe


def check_templates(
    templates: Sequence[Template], schema: Schema, model: Model, texts: Mapping[str, str], kept: Kept | None = None
) -> list[Diagnostic]:
    """Everything that is wrong with the templates and the texts of `notify`, in reading order (K0920 to K0930).

    Whether a `send` names a template that exists and serves its channel is said by `dsl.bind`.

    `model` is the bound model of the playbooks (an empty one checks the templates by themselves); `texts` the texts of
    the files, for places inside `notify` texts; `kept` what the gate said in the last round.
    """
    kept = kept or Kept()
    found: list[Diagnostic] = []
    sent = sendings(model)
    for template in templates:
        found += _check_head(template, schema)
        for name, part in template.parts():
            uses = tuple(sent.get(template.name, ()))
            scope = _Scope(schema, model, uses, template.name in sent, _addresses(template, schema))
            place = _Place(template.path, template.source, part)
            found += _check_part(kept, place, scope, html=name == "html")
    for trigger in model.triggers.values():
        for notify in trigger.notices:
            offers = {None} if notify is trigger.otherwise else {s.offer for s in trigger.sends}
            uses = tuple(Sending(trigger.name, "notify", event_of(trigger), offer) for offer in offers or {None})
            place = _text_place(notify.span, notify.text, texts)
            found += _check_part(kept, place, _Scope(schema, model, uses, True), block=trigger.name)
    return in_reading_order(found)


# ---------------------------------------------------------------- templates and their triggers


def _addresses(template: Template, schema: Schema) -> frozenset[str]:
    """Contact fields without which no message of the template is made: the address of its only channel."""
    if len(template.channels) != 1 or (channel := schema.channels.get(template.channels[0])) is None:
        return frozenset()
    return frozenset({channel.address} if channel.address else ())


def _check_head(template: Template, schema: Schema) -> Iterable[Diagnostic]:
    top = span_of(template.path, template.source, 0, 3)
    for channel in template.channels:
        if channel not in schema.channels:
            at = template.source.find(channel)
            span = span_of(template.path, template.source, at, at + len(channel))
            help_ = advice(channel, schema.channels, "channels")
            yield Diagnostic("K0927", f"there is no channel `{channel}`", Label(span), help=help_)
    if "email" in template.channels and template.subject is None:
        yield Diagnostic("K0920", "mail needs a subject", Label(top), help=("add `subject: ..` to the head",))


# ---------------------------------------------------------------- one part


@dataclass(frozen=True, slots=True)
class _Place:
    """A text and where its letters stand in a file."""

    file: str
    source: str
    part: Part

    def span(self, start: int, end: int) -> Span:
        if self.part.start is None:
            return self.part.span
        return span_of(self.file, self.source, self.part.start + start, self.part.start + end)


def _text_place(span: Span, text: str, texts: Mapping[str, str]) -> _Place:
    source = texts.get(span.file, "")
    at = source.find(text, span.start, span.end)
    return _Place(span.file, source, Part(text, span, at if at >= 0 else None))


@dataclass(frozen=True, slots=True)
class _Scope:
    schema: Schema
    model: Model
    uses: tuple[Sending, ...]
    used: bool
    certain: frozenset[str] = frozenset()

    def events(self) -> list[Mapping[str, Field]]:
        """What can be read of the event, for each use (nothing where no event is the cause)."""
        types = [self.schema.events.get(u.event) if u.event else None for u in self.uses]
        return [event_fields(t) if t else {} for t in types]

    def offers(self) -> list[Mapping[str, str]]:
        """What can be read of the offer, for each use (nothing where none is sent along)."""
        offers = [self.model.offers.get(u.offer) if u.offer else None for u in self.uses]
        return [offer_values(o) if o else {} for o in offers]


@dataclass(slots=True)
class _Findings:
    place: _Place
    block: str | None
    items: list[Diagnostic] = field(default_factory=list)

    def add(
        self, code: str, summary: str, start: int, end: int, *help_: str, severity: Severity = "error", fix: str = ""
    ) -> None:
        span = self.place.span(start, end)
        near = next((h.split("`")[1] for h in help_ if h.startswith("did you mean")), None)
        fixes = (
            (Fix(f"write `{fix or near}`", span, fix or near or ""),) if (fix or near) and self.place.part.start else ()
        )
        self.items.append(
            Diagnostic(code, summary, Label(span), severity=severity, help=help_, fixes=fixes, block=self.block)
        )


@cache
def _environment() -> GatedEnvironment:
    return GatedEnvironment()


def gated(text: str) -> Passed | Refusal:
    """What the gate says of a text; to be asked through `Kept`."""
    return pass_gate(_environment(), text)


def _check_part(
    kept: Kept, place: _Place, scope: _Scope, *, html: bool = False, block: str | None = None
) -> list[Diagnostic]:
    findings = _Findings(place, f"trigger `{block}`" if block else None)
    passed = kept.of(gated, place.part.text)
    if not isinstance(passed, Passed):
        findings.add(passed.code, passed.summary, passed.start, passed.end, *passed.help)
        return findings.items
    for one in passed.occurrences:
        _check_value(one, scope, findings)
    for written, at in foreign(passed.pieces):
        text = f"`{written}` is how another tool writes a value; here it is sent as it stands"
        ours, letters = meant(written, scope.schema.fields), f'{{{{ "{written}" }}}}'
        help_ = f"write `{ours}`; where these very letters are meant, `{letters}`"
        findings.add("K0930", text, at, at + len(written), help_, severity="warning")
    check_links(
        place.part.text,
        passed.occurrences,
        scope.schema.fields,
        lambda code, text, start, end, help_, severity: findings.add(code, text, start, end, help_, severity=severity),
        html=html,
    )
    if html:
        check_html(passed.pieces, lambda text, start, end, help_: findings.add("K0928", text, start, end, help_))
    return findings.items


def _check_value(one: Occurrence, scope: _Scope, findings: _Findings) -> None:
    use = one.use
    match use.root:
        case "contact":
            known = scope.schema.fields.get(use.name)
            if known is None:
                near = tuple(
                    h.replace("mean `", "mean `contact.") for h in advice(use.name, scope.schema.fields, "fields")
                )
                findings.add("K0923", f"a contact has no field `{use.name}`", one.start, one.end, *near)
                return
            certain = known.required or use.name in scope.certain
            _check_type(one, known, findings, certain=certain)
        case "event":
            _check_event(one, scope, findings)
        case "offer":
            _check_offer(one, scope, findings)
        case "stage":
            _check_stage(one, scope.model, findings)
        case "unsubscribe":
            pass  # `adapters.template_unsubscribe`: what there is depends on the channels
        case _:
            assert_never(use.root)


def _check_event(one: Occurrence, scope: _Scope, findings: _Findings) -> None:
    name = one.use.name
    if not scope.used:
        return
    tables = scope.events()
    lacking = [use for use, table in zip(scope.uses, tables, strict=True) if name not in table]
    if not lacking:
        known = common(tables)[name]
        _check_type(one, known, findings, certain=known.required)
        return
    first = lacking[0]
    if first.event is None and not any(name in table for table in tables):
        text = f"trigger `{first.trigger}` begins without an event, so there is no `{one.use}`"
        findings.add("K0924", text, one.start, one.end, "use a field of the contact, or another template there")
        return
    having = [use for use, table in zip(scope.uses, tables, strict=True) if name in table]
    if having:
        findings.add(
            "K0924", f"`{one.use}` is not there {_whenever(first)}", one.start, one.end, *_shared(having[0], first)
        )
        return
    shared = common(tables)
    near = tuple(h.replace("mean `", "mean `event.") for h in advice(name, shared, "properties"))
    findings.add("K0924", f"`{first.event}` (trigger `{first.trigger}`) has no `{name}`", one.start, one.end, *near)


def _whenever(use: Sending) -> str:
    if use.event is None:
        return f"when trigger `{use.trigger}` sends this: it begins without an event"
    return f"when trigger `{use.trigger}` sends this: `{use.event}` has no such property"


def _shared(having: Sending, lacking: Sending) -> tuple[str, ...]:
    """What to do about a template that several triggers share."""
    return (
        f"several triggers share this template; trigger `{having.trigger}`, on `{having.event}`, has the value",
        f"give `{lacking.trigger}` a template of its own without it, or use a field of the contact",
    )


def _check_offer(one: Occurrence, scope: _Scope, findings: _Findings) -> None:
    name = one.use.name
    if name not in OFFER_VALUES:
        near = tuple(h.replace("mean `", "mean `offer.") for h in advice(name, OFFER_VALUES, "values"))
        findings.add("K0923", f"an offer has no `{name}`", one.start, one.end, *near)
        return
    _check_form(one, Text(), findings)
    lacking = [u for u, values in zip(scope.uses, scope.offers(), strict=True) if name not in values]
    if not scope.used or not lacking or one.safe:
        return
    first = lacking[0]
    if first.offer is None:
        text = f"trigger `{first.trigger}` sends this without an offer, so there is no `{one.use}`"
        findings.add("K0925", text, one.start, one.end, "write `send .. with offer NAME`, or `| default(..)` here")
    else:
        text = f"offer `{first.offer}` (trigger `{first.trigger}`) has no {name}"
        findings.add("K0925", text, one.start, one.end, f"give the offer a {name}, or write `| default(..)` here")


def _check_stage(one: Occurrence, model: Model, findings: _Findings) -> None:
    score = model.scores.get(one.use.name)
    if score is None or not score.stages:
        if model.scores or model.triggers:  # else the playbooks do not check, and nobody knows
            staged = [name for name, one_ in model.scores.items() if one_.stages]
            near = tuple(h.replace("mean `", "mean `stage.") for h in advice(one.use.name, staged, "scores"))
            findings.add("K0923", f"there is no score `{one.use.name}` with stages", one.start, one.end, *near)
        return
    if one.shown:
        help_ = f'choose the words: `{{% if {one.use} == "{score.stages[-1].name}" %}} .. {{% endif %}}`'
        findings.add("K0929", f"`{one.use}` is a word of ours and is not shown", one.start, one.end, help_)
        return
    _check_type(one, Field(one.use.name, OneOf(tuple(stage.name for stage in score.stages))), findings, certain=False)


# ---------------------------------------------------------------- types


def _check_type(one: Occurrence, known: Field, findings: _Findings, *, certain: bool) -> None:
    if not _check_form(one, known.type, findings):
        return
    if one.shown and not one.safe and not certain:
        text = f"`{one.use}` may be missing, and the message would then fail"
        help_ = f'write `{one.use} | default("..")`, or put `{{% if {one.use} %}}` around it'
        findings.add("K0926", text, one.start, one.end, help_, severity="warning")
    for constant in one.compared:
        problem = _misfit(constant, known.type, ordered=one.ordered)
        if problem:
            elsewhere = ("say it in a segment, and send another template",) * problem.endswith(_NOT_COMPARED)
            findings.add("K0929", f"`{one.use}` {problem}", one.start, one.end, *elsewhere)
            return


def _check_form(one: Occurrence, kind: Type, findings: _Findings) -> bool:
    form = one.use.form.split(" ")[0]
    if form == "date" and not isinstance(kind, Date | DateTime):
        findings.add("K0929", f"`{one.use}` is {describe(kind)}, not a date", one.start, one.end, "leave `| date` away")
        return False
    if form == "money" and not (isinstance(kind, Numeric) and kind.kind == "money"):
        findings.add("K0929", f"`{one.use}` is {describe(kind)}, not money", one.start, one.end, "leave `| money` away")
        return False
    if one.shown and isinstance(kind, Boolean):
        help_ = f"choose the words: `{{% if {one.use} %}} .. {{% else %}} .. {{% endif %}}`"
        findings.add("K0929", f"`{one.use}` is yes or no and cannot be shown", one.start, one.end, help_)
        return False
    return True


_NOT_COMPARED = "which templates do not compare"


def _misfit(constant: str | int | bool, kind: Type, *, ordered: bool) -> str | None:
    """Why a value of this type cannot be compared with the constant, to follow the value's name."""
    match kind:
        case Numeric(denominator=1):
            whole = isinstance(constant, int) and not isinstance(constant, bool)
            return None if whole else f"is a number, so it is not compared with `{constant}`"
        case Boolean():
            return None if isinstance(constant, bool) and not ordered else "is yes or no: write it bare, or with `not`"
        case OneOf(members=members):
            if ordered:
                return "is not compared by `<` or `>` in templates"
            if constant in members:
                return None
            near = advice(str(constant), members, "members")
            return f"is never `{constant}`" + (f" ({near[0]})" if near else "")
        case Text() | Zone():
            if ordered:
                return "has no order"
            return None if isinstance(constant, str) else f"is text, so it is not compared with `{constant}`"
        case _:
            return f"is {describe(kind)}, {_NOT_COMPARED}"
