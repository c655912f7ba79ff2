"""K0401, K0409, K0410, K0413: triggers without a cap, `unless` without a window, offers that are over, emails that
show no way out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dsl import model
from dsl.diagnostics import Diagnostic, Fix, Label
from dsl.lint.finding import warning
from dsl.lint.reason import Reasoner
from dsl.lint.view import Part, View, heading, titled
from dsl.lint.walk import joined
from dsl.model import Cap, Condition, Trigger
from dsl.names import listed
from dsl.spans import Span

WAYS_OUT = re.compile(
    r"unsubscri|opt[ -]?out|list[-_ ]?remove"
    r"|abmeld|abbestell|austragen"
    r"|d[ée]sabonn|d[ée]sinscri"
    r"|disiscri|(cancella|annulla)(re|zione)?[ -]?(dell['’]|l['’])?\s*iscri"
    r"|uitschrijv|afmeld"
    r"|darse de baja|cancelar (la |su )?suscripci",
    re.IGNORECASE,
)
"""How links and sentences that lead out of a list are worded: English, German, French, Italian, Dutch, Spanish."""


def without_a_cap(view: View) -> Iterable[Diagnostic]:
    """Promotional sends on a channel that no cap limits (for everybody)."""
    reasoner = Reasoner(view.model, view.schema)
    for trigger in view.model.triggers.values():
        if trigger.category != "promotional":
            continue
        told: set[str] = set()
        for send in trigger.sends:
            over = [cap for cap in view.model.caps.values() if _is_over(cap, trigger, send.channel)]
            if send.channel in told or _for_everybody(reasoner, over):
                continue
            told.add(send.channel)
            some = listed([f"`{cap.name}`" for cap in over], last="and")
            yield warning(
                "K0401",
                f"no cap limits what this trigger sends by {send.channel}"
                + (f" to those whom {some} is not for" if over else ""),
                send.span,
                "promotional, and without a limit",
                "add for example `cap weekly at most 2 messages per 7 days`",
                block=titled(trigger),
                secondary=[Label(heading(view, cap), "for some only") for cap in over],
            )


def _is_over(cap: Cap, trigger: Trigger, channel: str) -> bool:
    """Whether a cap limits what a contact gets from this trigger; a budget over all contacts does not."""
    return cap.total is None and cap.channel in (None, channel) and (cap.tag is None or cap.tag in trigger.tags)


def _for_everybody(reasoner: Reasoner, caps: list[Cap]) -> bool:
    wheres = [cap.where for cap in caps if cap.where is not None]
    if not caps or len(wheres) < len(caps):
        return bool(caps)
    return reasoner.never(model.Or(tuple(wheres), span=wheres[0].span), holds=False)


def unless_ever(view: View) -> Iterable[Diagnostic]:
    """`unless did E` that looks at all of the past."""
    for trigger in view.model.triggers.values():
        for did in _dids(trigger.unless) if trigger.unless is not None else ():
            if did.query.window is None:
                event = did.query.event
                end = did.span
                after = Span(end.file, end.end, end.end, end.end_line, end.end_column, end.end_line, end.end_column)
                yield warning(
                    "K0409",
                    f"this looks at every `{event}` there ever was",
                    did.span,
                    "no window",
                    f"for what happened after the cause say `{view.source(did.span)} since then`",
                    "or give a window: `in last 30 days`",
                    block=titled(trigger),
                    fixes=[Fix("look at what happened since the cause", after, " since then")],
                )


def _dids(node: Condition) -> Iterator[model.Did]:
    if isinstance(node, model.Did):
        yield node
    for part in joined(node):
        yield from _dids(part)


def offer_is_over(view: View) -> Iterable[Diagnostic]:
    """Sends with an offer that ends before the trigger can send, or that is already over."""
    for trigger in view.model.triggers.values():
        start = trigger.active_from[0] if trigger.active_from else view.starts
        if trigger.active_to is not None and trigger.active_to[0] < view.today:
            continue  # the trigger is over as well
        if isinstance(trigger.cause, model.OnDate):
            start = max(start or 0, trigger.cause.day)
            if trigger.cause.day < view.today:
                continue
        for send in trigger.sends:
            offer = None if send.offer is None else view.model.offers[send.offer]
            if offer is None or offer.valid_to is None:
                continue
            ends = _date(offer.valid_to)
            if start is not None and offer.valid_to < start:
                what, when = "ends before this trigger can send", f"it ends on {ends}, this begins on {_date(start)}"
            elif offer.valid_to < view.today:
                what, when = "is over", f"it ended on {ends}"
            else:
                continue
            yield warning(
                "K0410",
                f"the offer `{offer.name}` {what}",
                send.span,
                when,
                "extend `valid`, take the offer out of the message, or end the trigger with `active from .. to ..`",
                block=titled(trigger),
                secondary=[Label(heading(view, offer), "the offer")],
            )


def _date(value: int) -> str:
    return f"{value // 10_000}-{value // 100 % 100:02}-{value % 100:02}"


def no_way_out(view: View) -> Iterable[Diagnostic]:
    """Promotional emails whose template names no way to unsubscribe, in each of its parts."""
    for trigger in view.model.triggers.values():
        for send in trigger.sends if trigger.category == "promotional" else ():
            if send.channel not in view.mail:
                continue
            lacking = list(_lacking(view, send))
            if lacking:
                yield warning(
                    "K0413",
                    f"the promotional email `{send.template}` shows no way to unsubscribe",
                    send.span,
                    listed(sorted({part.span.file for part in lacking}), last="and"),
                    "add a link to the template, for example `No more messages? https://example.com/unsubscribe`",
                    block=titled(trigger),
                    secondary=[Label(part.span, f"the {part.name} of this message") for part in lacking],
                )


def _lacking(view: View, send: model.Send) -> Iterator[Part]:
    for message in view.messages:
        if message.name == send.template and (not message.channels or send.channel in message.channels):
            for part in message.parts:
                if not WAYS_OUT.search(re.sub(r"\{#.*?#\}|<!--.*?-->", "", part.text, flags=re.DOTALL)):
                    yield part
