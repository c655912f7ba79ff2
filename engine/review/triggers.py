"""Changes of triggers: who is reached, by what, when, and beside what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dsl.model import Again, Deliver, OnDate, OnDay, OnEvent, OnWhen, Repeated, Send, Trigger, Yearly
from engine.review.change import Kind, Reason, where
from engine.review.parts import Parts, clock, lasting, longer, percent


def trigger_reasons(parts: Parts, before: Trigger | None, after: Trigger | None) -> Iterator[Reason]:
    """Everything that changed in one trigger, clause by clause."""
    if before is None or after is None:
        yield from _only_one(before, after)
        return
    spans = (before.span, after.span)
    yield from _cause(parts, before, after)
    yield from parts.audience("where", before.where, after.where, spans)
    yield from parts.audience("unless", before.unless, after.unless, spans, keeps_out=True)
    yield from _ways(before, after)
    for clause, old, new in (
        ("notify", before.notices, after.notices),
        ("set", before.sets, after.sets),
        ("call", before.calls, after.calls),
    ):
        if old != new:
            yield _told("content", clause, before, after, None, None)
    yield from _again(before.again, after.again, before, after)
    yield from _standing(before, after)
    yield from _times(before, after)
    if before.goal != after.goal and not parts.alike(before.goal, after.goal):
        yield _told("none", "goal", before, after, None, None)


def _told(
    kind: Kind,
    clause: str,
    before: Trigger,
    after: Trigger,
    was: str | None,
    now: str | None,
    through: str | None = None,
) -> Reason:
    return Reason(kind, clause, after.span, before.span, was, now, through)


def _only_one(before: Trigger | None, after: Trigger | None) -> Iterator[Reason]:
    block = after or before
    assert block is not None, "one of the two is there"
    kind: Kind = "new send" if after is not None else "removed send"
    if not block.sends:
        kind = "content"
    ways = ", ".join(_way(send) for send in block.sends) or "tells a team or a program"
    yield Reason(
        kind,
        "send" if block.sends else "notify",
        where(after),
        where(before),
        ways if before is not None else None,
        ways if after is not None else None,
    )


def _cause(parts: Parts, before: Trigger, after: Trigger) -> Iterator[Reason]:
    old, new = before.cause, after.cause
    if parts.alike(old, new) and _same_reference(parts, old, new):
        return
    match old, new:
        case OnEvent(query=first), OnEvent(query=second) if first.event == second.event:
            yield from parts.audience("on", first.where, second.where, (old.span, new.span))
        case OnWhen(condition=one), OnWhen(condition=other):
            yield from parts.audience("when", one, other, (old.span, new.span))
        case (Yearly(date=one_date), Yearly(date=other_date)) | (OnDay(date=one_date), OnDay(date=other_date)) if (
            one_date == other_date
        ):
            yield Reason("timing", "on", new.span, old.span)
        case Repeated() | OnDate(), Repeated() | OnDate():
            yield Reason("timing", "on", new.span, old.span)
        case _:
            name = _block_of(new)
            yield Reason("undecidable", "on", new.span, old.span, through=name if old == new else None)


def _block_of(cause: object) -> str | None:
    """The segment or score whose edges start a run."""
    found: str | None = getattr(cause, "segment", None) or getattr(cause, "score", None)
    return found


def _same_reference(parts: Parts, old: object, new: object) -> bool:
    """Whether a cause that names a segment or a score names one that means the same."""
    name = _block_of(old)
    return name is None or parts.versions.names.get(name, name) == _block_of(new)


def _way(send: Send) -> str:
    offer = "" if send.offer is None else f" with offer {send.offer}"
    return f"{'preferred ' if send.preferred else ''}{send.channel} {send.template}{offer}"


def _ways(before: Trigger, after: Trigger) -> Iterator[Reason]:
    if before.sends == after.sends:
        return
    old, new = _numbered(before.sends), _numbered(after.sends)
    for key, send in new.items():
        was = old.get(key)
        if was is None:
            yield Reason("new send", "send", send.span, None, None, _way(send))
        elif was != send:
            yield Reason("content", "send", send.span, was.span, _way(was), _way(send))
    for key, send in old.items():
        if key not in new:
            yield Reason("removed send", "send", None, send.span, _way(send), None)
    shared = [[key for key in ways if key in old and key in new] for ways in (old, new)]
    if shared[0] != shared[1]:
        words = [", ".join(map(_way, sends)) for sends in (before.sends, after.sends)]
        yield Reason("moved", "else", after.sends[0].span, before.sends[0].span, *words)


def _numbered(sends: Sequence[Send]) -> dict[tuple[str, bool, int], Send]:
    """The ways of a trigger by channel, by whether they are for those who prefer it, and which one of these it is: a
    channel may stand twice, with another offer."""
    found: dict[tuple[str, bool, int], Send] = {}
    for send in sends:
        kind = (send.channel, bool(send.preferred))
        found[*kind, sum(key[:2] == kind for key in found)] = send
    return found


def _again(old: Again, new: Again, before: Trigger, after: Trigger) -> Iterator[Reason]:
    if old == new:
        return
    yield _told(_again_kind(old, new), "again", before, after, _again_words(old), _again_words(new))


def _again_kind(old: Again, new: Again) -> Kind:
    """Whether runs come again more often or less."""
    if old.per == new.per:
        if old.kind == "never" or new.kind == "every time":
            return "widening"
        if new.kind == "never" or old.kind == "every time":
            return "narrowing"
        if (
            old.duration is not None
            and new.duration is not None
            and (grew := longer(old.duration, new.duration)) is not None
        ):
            return "narrowing" if grew else "widening"
    elif (old.kind, old.duration, old.period) == (new.kind, new.duration, new.period):
        # each value of a property has its own count: more runs than one count for all
        if old.per is None:
            return "widening"
        if new.per is None:
            return "narrowing"
    return "undecidable"


def _again_words(again: Again) -> str:
    what = again.kind if again.duration is None else f"{again.kind} {lasting(again.duration)}"
    if again.period is not None:
        what = f"{what} local {again.period}"
    return what if again.per is None else f"{what} per {again.per}"


def _standing(before: Trigger, after: Trigger) -> Iterator[Reason]:
    """What a trigger stands for beside others: priority, category, purpose, tags, pause, holdout."""
    if before.priority != after.priority:
        yield _told("priority", "priority", before, after, str(before.priority), str(after.priority))
    if before.category != after.category:
        rank = {"promotional": 0, "service": 1, "transactional": 2}
        freer = rank[after.category] > rank[before.category]
        yield _told(
            "cap loosened" if freer else "cap tightened", "category", before, after, before.category, after.category
        )
    if before.purpose != after.purpose:
        yield _told("undecidable", "purpose", before, after, before.purpose, after.purpose)
    if before.tags != after.tags:
        yield _told("undecidable", "tags", before, after, ", ".join(before.tags), ", ".join(after.tags))
    if (before.paused is None) != (after.paused is None):
        yield _told(
            "widening" if after.paused is None else "narrowing", "paused", before, after, before.paused, after.paused
        )
    if before.holdout != after.holdout:
        old, new = before.holdout or 0, after.holdout or 0
        yield _told("narrowing" if new > old else "widening", "holdout", before, after, percent(old), percent(new))


def _times(before: Trigger, after: Trigger) -> Iterator[Reason]:
    durations: tuple[tuple[str, str], ...] = (
        ("wait", "wait"),
        ("if capped wait", "capped_wait"),
        ("expires after", "expires"),
        ("late by", "late_by"),
        ("spread over", "spread"),
    )
    for clause, name in durations:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield _told("timing", clause, before, after, lasting(old), lasting(new))
    if before.deliver != after.deliver:
        yield _told("timing", "deliver", before, after, _window(before.deliver), _window(after.deliver))
    for clause, name in (("active from", "active_from"), ("active to", "active_to")):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield _told("timing", clause, before, after, _moment(old), _moment(new))


def _window(deliver: Deliver | None) -> str:
    if deliver is None:
        return "any time"
    days = "" if not deliver.days else f" on {', '.join(_DAYS[day] for day in deliver.days)}"
    return f"{clock(deliver.start)} to {clock(deliver.end)}{days}"


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _moment(moment: Any) -> str:
    if moment is None:
        return "always"
    day, minutes = moment
    return f"{day // 10_000}-{day // 100 % 100:02}-{day % 100:02} {clock(minutes)}"
