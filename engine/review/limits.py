"""Changes of what holds messages back: caps, quiet times, suppressions."""

from __future__ import annotations

from collections.abc import Iterator

from dsl.model import Block, Calendar, Cap, Quiet, Rolling, Suppress
from engine.review.change import Kind, Reason, where
from engine.review.parts import Parts, clock, lasting, longer

_DAY = 24 * 60
_WEEK = 7 * _DAY


def cap_reasons(parts: Parts, before: Cap | None, after: Cap | None) -> Iterator[Reason]:
    """Whether a cap leaves more room or less; what is not surely the one or the other is undecidable."""
    if before is None or after is None:
        yield _only_one("cap", before, after)
        return
    if before.limit != after.limit:
        if before.limit is None or after.limit is None:
            yield _told("undecidable", "at most", before, after, None, None)
        else:
            kind: Kind = "cap loosened" if after.limit > before.limit else "cap tightened"
            yield _told(kind, "at most", before, after, str(before.limit), str(after.limit))
    if before.per != after.per:
        yield _told(_per_kind(before, after), "per", before, after, _per(before.per), _per(after.per))
    if before.gap != after.gap and before.gap is not None and after.gap is not None:
        grew = longer(before.gap, after.gap)
        kind = "undecidable" if grew is None else "cap tightened" if grew else "cap loosened"
        yield _told(kind, "at least", before, after, lasting(before.gap), lasting(after.gap))
    for clause, name in (("channel", "channel"), ("tag", "tag")):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            # a cap over every channel counts more messages than one over a single channel
            kind = "cap tightened" if new is None else "cap loosened" if old is None else "undecidable"
            yield _told(kind, clause, before, after, old or "any", new or "any")
    yield from parts.audience(
        "where", before.where, after.where, (before.span, after.span), wider="cap tightened", narrower="cap loosened"
    )
    if before.kept != after.kept:
        yield _told(_kept_kind(before, after), "keeping", before, after, _kept(before), _kept(after))
    if before.shared_by != after.shared_by:
        kind = (
            "cap tightened"
            if before.shared_by is None
            else "cap loosened"
            if after.shared_by is None
            else "undecidable"
        )
        yield _told(kind, "shared by", before, after, before.shared_by, after.shared_by)
    if (before.total, before.ranked_by) != (after.total, after.ranked_by):
        yield _told("undecidable", "in total", before, after, before.ranked_by, after.ranked_by)


def _per_kind(before: Cap, after: Cap) -> Kind:
    match before.per, after.per:
        case Rolling(duration=old), Rolling(duration=new):
            grew = longer(old, new)
            return "undecidable" if grew is None else "cap tightened" if grew else "cap loosened"
        case None, _:
            return "cap loosened"  # a budget for ever becomes one that returns
        case _, None:
            return "cap tightened"
    return "undecidable"


def _per(per: Rolling | Calendar | None) -> str:
    match per:
        case None:
            return "ever"
        case Rolling(duration=duration):
            return lasting(duration)
        case Calendar(period=period, local=local):
            return f"{'local' if local else 'calendar'} {period}"


def _kept_kind(before: Cap, after: Cap) -> Kind:
    old, new = before.kept, after.kept
    if old is None or new is None:
        return "cap tightened" if old is None else "cap loosened"
    if new.amount >= old.amount and new.priority >= old.priority:
        return "cap tightened"
    if new.amount <= old.amount and new.priority <= old.priority:
        return "cap loosened"
    return "undecidable"


def _kept(cap: Cap) -> str:
    return "none" if cap.kept is None else f"{cap.kept.amount} for priority {cap.kept.priority}"


def quiet_reasons(_parts: Parts, before: Quiet | None, after: Quiet | None) -> Iterator[Reason]:
    """Whether quiet times are longer or shorter, for which channels."""
    if before is None or after is None:
        yield _only_one("quiet", before, after)
        return
    channels = {*before.channels, *after.channels, None}
    was, now = ({(c, m) for c in channels if _covers(one, c) for m in _minutes(one)} for one in (before, after))
    if was == now:
        return
    kind: Kind = "cap tightened" if was < now else "cap loosened" if now < was else "undecidable"
    yield _told(kind, "from", before, after, _hours(before), _hours(after))


def _covers(quiet: Quiet, channel: str | None) -> bool:
    """Whether a quiet time is one for a channel (None: for those that neither version names)."""
    return not quiet.channels or channel in quiet.channels


def _minutes(quiet: Quiet) -> frozenset[int]:
    """The minutes of a week, from Monday, that are quiet; a period belongs to the day on which it starts."""
    start, end = quiet.start, quiet.end
    if start is None or end is None:
        start, end = 0, _DAY
    length = end - start if end > start else end - start + _DAY
    days = quiet.days or tuple(range(7))
    return frozenset((day * _DAY + start + minute) % _WEEK for day in days for minute in range(length))


def _hours(quiet: Quiet) -> str:
    if quiet.start is None or quiet.end is None:
        return "whole days"
    return f"{clock(quiet.start)} to {clock(quiet.end)}"


def suppress_reasons(parts: Parts, before: Suppress | None, after: Suppress | None) -> Iterator[Reason]:
    """Whether more people are left out or fewer, from which messages."""
    if before is None or after is None:
        yield _only_one("suppress", before, after)
        return
    yield from parts.audience(
        "where", before.where, after.where, (before.span, after.span), wider="cap tightened", narrower="cap loosened"
    )
    if before.category != after.category:
        kind: Kind = (
            "cap tightened" if after.category is None else "cap loosened" if before.category is None else "undecidable"
        )
        yield _told(kind, "from", before, after, before.category or "all", after.category or "all")


def _only_one(clause: str, before: Cap | Quiet | Suppress | None, after: Cap | Quiet | Suppress | None) -> Reason:
    kind: Kind = "cap tightened" if after is not None else "cap loosened"
    return Reason(kind, clause, where(after), where(before))


def _told(kind: Kind, clause: str, before: Block, after: Block, was: str | None, now: str | None) -> Reason:
    return Reason(kind, clause, after.span, before.span, was, now)
