"""A template for one contact, real or invented, before anything is decided about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from adapters.coupon_codes import personal
from adapters.preview.inventing import invented, values
from adapters.preview.making import SECRET, Preview, headed
from adapters.running import coupon_secret, unsubscribing
from adapters.template_scope import event_of
from adapters.templates import Further, Noted, RenderError, TemplateSet, render
from engine.records import Contact, Event, Outgoing

if TYPE_CHECKING:
    from adapters.cli.workspace import Workspace
    from adapters.stores.facts_record import RecordFacts
    from dsl.model import Send, Trigger
    from dsl.types import Stored

DAY = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Trial:
    """A template tried on one contact. `event`: what stood for the cause, and whether it is invented (None: there is
    none)."""

    preview: Preview
    noted: Noted
    message: Outgoing
    event: tuple[str, bool] | None
    invented: bool


def ways(workspace: Workspace, template: str, channel: str | None, trigger: str | None) -> list[tuple[Trigger, Send]]:
    """By which triggers a template is sent, in their order: on a channel, by a trigger's name."""
    return [
        (one, send)
        for one in workspace.model.triggers.values()
        for send in one.sends
        if send.template == template and channel in (None, send.channel) and trigger in (None, one.name)
    ]


def try_template(
    workspace: Workspace,
    facts: RecordFacts,
    template: str,
    channel: str,
    way: tuple[Trigger, Send] | None,
    contact: Contact | None,
    stage: Callable[[str, str], str | None],
    *,
    now: int,
    bare: bool = False,
    language: str | None = None,
) -> Trial:
    """Render a template on a channel as a trigger would send it (`way`; None: nobody sends it yet).

    `contact` None: somebody invented, `bare` with nothing known but what must be. `language`: instead of the contact's.
    `stage`: score, contact -> stage. The event is the contact's newest of that type, else an invented one. `now`:
    microseconds. Never raises for what the template or the data say."""
    project, schema = workspace.project, facts.schema
    who = contact or invented(schema, now, project.time_zone, bare=bare)
    if language is not None and schema.language_field is not None:
        who = replace(who, fields={**who.fields, schema.language_field: language})
    trigger, send = way or (None, None)
    kind = None if trigger is None else event_of(trigger)
    newest = None if kind is None or contact is None else _newest(facts, contact.key, kind, now)
    event = newest
    if kind is not None and event is None:
        made = values(schema.events[kind].properties, now, project.time_zone, bare=bare)
        event = Event(kind, "invented", who.key, now, 0, made)
    message = Outgoing(
        key="0" * 64,
        kind="message",
        trigger="" if trigger is None else trigger.id,
        contact=who.key,
        channel=channel,
        template=template,
        offer=None if send is None else send.offer,
        category="promotional" if trigger is None else trigger.category,
        purpose=next(iter(schema.purposes), "marketing") if trigger is None else trigger.purpose,
        tags=(),
        address=_address(who, workspace, channel),
        cause_at=now if event is None else event.at,
        reserved_at=now,
        expires_at=now + DAY,
        local_date=0,
        event_type=kind,
        event=None if event is None else event.id,
        properties={} if event is None else event.properties,
    )
    templates = TemplateSet.of(project)
    if language is not None:
        templates.languages = (language, *templates.languages)
    noted = Noted()
    further = Further(unsubscribing(project, message, lambda _: SECRET), stage)
    offer = None if message.offer is None else workspace.model.offers.get(message.offer)
    if offer is not None:
        offer = personal(offer, who.key, coupon_secret(workspace, offer, leaving=False))
    try:
        rendered = render(templates, message, who, offer, send, further, noted)
    except RenderError as error:
        seen = Preview(problem=f"cannot be rendered: {error}")
    else:
        headers, problem = headed(rendered, project.channels.get(channel), now)
        seen = Preview(headers, rendered.subject, rendered.text, rendered.html, rendered.language, problem)
    told = None if event is None else (f"{event.type} {event.id}", newest is None)
    return Trial(seen, noted, message, told, contact is None)


def _newest(facts: RecordFacts, contact: str, kind: str, now: int) -> Event | None:
    data = next(iter(facts.load([contact], [kind], now)), None)
    return None if data is None else next(reversed(data.events.get(kind, ())), None)


def _address(contact: Contact, workspace: Workspace, channel: str) -> str | None:
    field = workspace.project.schema.channels[channel].address
    found: Stored = None if field is None else contact.fields.get(field)
    return None if found is None else str(found)
