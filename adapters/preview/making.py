"""A message of the outbox, or a run that was held or refused, as it would be read: rendered, with its headers.

Rendering is that of the hand-over (`adapters.running.renderer`). Nothing here can leave: a token to unsubscribe with is
signed with a secret that nobody else has, so that the link in a preview looks as it will and does nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.channel_config import ChannelConfig, FolderConfig, SmtpConfig
from engine.handover import RenderError
from engine.outgoing import CALL, SET
from engine.protocols import Rendered
from engine.records import Contact, Firing, OutboxRow, Outgoing

if TYPE_CHECKING:
    from adapters.project import Project
    from dsl.model import Trigger
    from dsl.schema import Schema

SECRET = "a preview signs nothing that counts"  # noqa: S105  # known to everybody, so that its tokens are worth nothing
"""Signs the tokens of previews."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A message as it would be read.

    `headers`: name and value, of mail all that it has; `problem`: why there is none, or why its channel would not take
    it; `left`: the file that holds it, where its channel writes files, and whether that says the same."""

    headers: tuple[tuple[str, str], ...] = ()
    subject: str | None = None
    text: str | None = None
    html: str | None = None
    language: str | None = None
    problem: str | None = None
    left: tuple[str, bool] | None = None


def message_of(
    found: OutboxRow | Firing, trigger: Trigger | None, contact: Contact | None, schema: Schema
) -> OutboxRow | None:
    """The row of the outbox, or what a run without one would put there by the way it took last (else the way that its
    trigger tries first), as the contact is now. None where that cannot be told, or nothing would be sent."""
    if isinstance(found, OutboxRow):
        return found
    if trigger is None:
        return None
    send = next((s for s in trigger.sends if s.channel == found.channel), next(iter(trigger.sends), None))
    notice = next(iter(trigger.notices), None)
    if send is not None:
        channel, template, offer, text = send.channel, send.template, send.offer, None
        address = _address(contact, schema, channel)
    elif notice is not None:
        channel, template, offer, text, address = "notify", "", None, notice.text, notice.team
    else:
        return None
    message = Outgoing(
        key=found.key,
        kind="message" if send is not None else "notice",
        trigger=found.trigger,
        contact=found.contact,
        channel=channel,
        template=template,
        offer=offer,
        category=trigger.category,
        purpose=trigger.purpose,
        tags=trigger.tags,
        address=address,
        cause_at=found.cause_at,
        reserved_at=found.seen_at,
        expires_at=found.expires_at,
        local_date=0,
        text=text,
        event_type=found.event_type,
        event=found.event,
        properties=found.properties,
    )
    return OutboxRow(0, message, "held", 0, None, 0, found.not_before, "", found.seen_at)


def _address(contact: Contact | None, schema: Schema, channel: str) -> str | None:
    field = schema.channels[channel].address
    if contact is None or field is None:
        return None
    value = contact.key if field == schema.key else contact.fields.get(field)
    return None if value is None else str(value)


def previewed(project: Project, row: OutboxRow, render: Callable[[OutboxRow], Rendered], *, rehearsal: bool) -> Preview:
    """Render a row and put it into its channel's form. Never raises for what a template or an address says."""
    try:
        rendered = render(row)
    except RenderError as error:
        return Preview(problem=f"cannot be rendered: {error}")
    message = row.message
    if message.channel in (SET, CALL):
        return Preview((("to", message.address or ""),), text=rendered.text)
    teams = message.channel == "notify"
    config = (project.teams if teams else project.channels).get((message.address or "") if teams else message.channel)
    headers, problem = headed(rendered, config, row.changed_at)
    return Preview(
        headers,
        rendered.subject,
        rendered.text,
        rendered.html,
        rendered.language,
        problem,
        _left(project, row, rendered, config, rehearsal=rehearsal),
    )


def headed(
    rendered: Rendered, config: ChannelConfig | None, now: int
) -> tuple[tuple[tuple[str, str], ...], str | None]:
    """The headers of a message on its channel, and why that would refuse it (None: it would not). `now`: the instant of
    the header `Date`, microseconds."""
    if isinstance(config, SmtpConfig):
        return _mail(rendered, config, now)
    given = {
        "To": rendered.address or rendered.contact,
        "From": rendered.sender,
        "Reply-To": rendered.reply_to,
        "Subject": rendered.subject,
        "Language": rendered.language,
    }
    nothing = f"`kadenz.yaml` has no channel `{rendered.channel}`" if config is None else None
    return tuple((name, value) for name, value in given.items() if value), nothing


def _mail(rendered: Rendered, config: SmtpConfig, now: int) -> tuple[tuple[tuple[str, str], ...], str | None]:
    from email import message_from_bytes
    from email.policy import SMTP

    from adapters.channels.mail import Unsendable, compose

    try:
        envelope = compose(rendered, config, now, SECRET)
    except Unsendable as error:
        return (
            ("To", rendered.address or ""),
            ("Subject", rendered.subject or ""),
        ), f"no mail can be made of it: {error}"
    mail = message_from_bytes(envelope.data, policy=SMTP)
    return (("Envelope", f"{envelope.sender} > {envelope.recipient}"), *((n, str(v)) for n, v in mail.items())), None


def _left(
    project: Project, row: OutboxRow, rendered: Rendered, config: ChannelConfig | None, *, rehearsal: bool
) -> tuple[str, bool] | None:
    from adapters.channels.folder import file_name, file_text

    folder = _folder(project, row.message, config, rehearsal=rehearsal)
    if row.state != "sent" or folder is None:
        return None
    path = folder / file_name(rendered)
    try:
        same = path.read_text(encoding="utf-8") == file_text(rendered)
    except (OSError, UnicodeDecodeError):
        return None
    shown = path.relative_to(project.directory) if path.is_relative_to(project.directory) else path
    return shown.as_posix(), same


def _folder(project: Project, message: Outgoing, config: ChannelConfig | None, *, rehearsal: bool) -> Path | None:
    if not rehearsal:
        return config.folder if isinstance(config, FolderConfig) else None
    below = project.rehearsal_folder / message.channel
    return below / (message.address or "") if message.channel == "notify" else below
