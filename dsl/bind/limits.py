"""Caps and quiet hours."""

from __future__ import annotations

from dsl import model, tree
from dsl.bind.blocks import common, once, where_of
from dsl.bind.context import Scope, origin
from dsl.bind.literals import whole
from dsl.bind.lookup import block_named, channel_named
from dsl.bind.times import duration, unit_of
from dsl.bind.values import value
from dsl.names import listed

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ANY_CHANNEL = ("message", "messages")


def cap(scope: Scope, block: tree.Cap) -> model.Cap | None:
    """A cap, or None after a finding."""
    before = len(scope.project.found)
    shared = common(scope, block, block.head, block.clauses)
    _, where = where_of(scope, block.clauses)
    kept = _kept(scope, block)
    match block.rule:
        case tree.CapGapAny(duration=node):
            gap, channel = duration(scope, node), None
            return (
                None if len(scope.project.found) > before else model.Cap(**shared, gap=gap, channel=None, where=where)
            )
        case tree.CapGap(duration=node, what=what):
            gap = duration(scope, node)
            channel = None if what.text == "promotional" else channel_named(scope, what, plural=True)
            return (
                None
                if len(scope.project.found) > before
                else model.Cap(**shared, gap=gap, channel=channel, where=where)
            )
        case (
            tree.CapLimit(number=number, what=what, tag=tag)
            | tree.CapTotal(number=number, what=what, tag=tag)
            | (tree.CapPerField(number=number, what=what, tag=tag))
        ):
            limit = whole(scope, number, "a cap", 1, 1_000_000, code="K0321")
            channel = None if what.text in ANY_CHANNEL else channel_named(scope, what, plural=True)
            per = None if block.rule.per is None else _per(scope, block.rule.per)
            shared_by, total, ranked_by = _unit(scope, block.rule, per)
            if len(scope.project.found) > before:
                return None
            named = None if tag is None else tag.text
            return model.Cap(
                **shared,
                limit=limit,
                per=per,
                channel=channel,
                tag=named,
                where=where,
                kept=kept,
                shared_by=shared_by,
                total=total,
                ranked_by=ranked_by,
            )


def _unit(
    scope: Scope, rule: tree.CapLimit | tree.CapTotal | tree.CapPerField, per: model.Rolling | model.Calendar | None
) -> tuple[str | None, bool | None, str | None]:
    """(the field that units share, whether it is a budget, the score that ranks)."""
    match rule:
        case tree.CapPerField(field=name):
            path = tree.Path(name, None, span=name.span)
            found = value(scope, path)
            if found is not None and not isinstance(found, model.FieldValue):
                scope.error(
                    "K0220",
                    f"`{name.text}` is no field of the contact",
                    name.span,
                    origin(scope, found),
                    "contacts that share the value of a field are one unit",
                )
                return None, None, None
            return None if found is None else found.name, None, None
        case tree.CapTotal(per=node, by=by):
            if node is not None and isinstance(per, model.Calendar) and per.local:
                scope.error(
                    "K0320",
                    "a budget over all contacts has no local calendar",
                    node.span,
                    "whose calendar?",
                    "say `per calendar month` (the calendar of the project), or a rolling `per 30 days`",
                )
            score = None if by is None else block_named(scope, by, "score")
            return None, True, None if score is None else score.name.text
        case tree.CapLimit():
            return None, None, None


def _kept(scope: Scope, block: tree.Cap) -> model.Kept | None:
    """`keeping N for priority >= P`."""
    node = once(scope, block.clauses, tree.Keeping, "keeping")
    if node is None:
        return None
    if not isinstance(block.rule, tree.CapLimit | tree.CapTotal | tree.CapPerField):
        scope.error("K0313", "only a cap on a number of messages can keep room", node.span, "no number of messages")
        return None
    most = whole(scope, block.rule.number, "a cap", 1, 1_000_000, code="K0321")
    priority = whole(scope, node.priority, "a priority", 0, 100, code="K0312")
    if most is None or priority is None:
        return None
    if most == 1:
        scope.error("K0321", "a cap of one message has no room to keep", node.number.span, "at most 1 leaves nothing")
        return None
    if node.op.text == ">" and priority == 100:
        summary = "no priority is above 100, so the room would be kept for nobody"
        scope.error("K0321", summary, node.priority.span, "at most 99 after `>`", "write `>= 100`")
        return None
    amount = whole(scope, node.number, "kept room", 1, most - 1, code="K0321")
    if node.op.text not in (">=", ">"):
        scope.error(
            "K0321",
            "room is kept for high priorities",
            node.op.span,
            "`>=` is expected",
            f"write `keeping {node.number.text} for priority >= {node.priority.text}`",
            instead=">=",
        )
        return None
    return None if amount is None else model.Kept(amount, priority + (node.op.text == ">"))


def _per(
    scope: Scope, node: tree.Rolling | tree.LocalPeriod | tree.CalendarPeriod | tree.BarePeriod
) -> model.Rolling | model.Calendar | None:
    allowed: tuple[str, ...] = ("month",)
    match node:
        case tree.Rolling(duration=length):
            how = duration(scope, length)
            return None if how is None else model.Rolling(how)
        case tree.BarePeriod(unit=word):
            unit = unit_of(word)
            rolling = {"day": "24 hours", "week": "7 days"}.get(unit, f"1 {unit}")
            ways = [f"`per {rolling}` (rolling)"]
            if unit in ("day", "week", "month"):
                ways.append(f"`per local {unit}` (the calendar of the contact)")
            if unit == "month":
                ways.append(f"`per calendar {unit}` (the calendar of the project)")
            scope.error(
                "K0320",
                f"`per {word.text}` does not say how a {unit} is counted",
                node.span,
                f"which {unit}?",
                f"say {' or '.join(ways)}",
                instead=f"per {rolling}",
            )
            return None
        case tree.LocalPeriod(unit=word):
            match unit_of(word):
                case "day" | "week" | "month" as period:
                    return model.Calendar(period, local=True)
            allowed = ("day", "week", "month")
        case tree.CalendarPeriod(unit=word):
            match unit_of(word):
                case "month":
                    return model.Calendar("month", local=False)
    what = "local" if isinstance(node, tree.LocalPeriod) else "calendar"
    scope.error(
        "K0320",
        f"a cap does not count per {what} {unit_of(word)}",
        word.span,
        "",
        f"say {listed([f'per {what} {unit}' for unit in allowed])}, or a rolling `per 7 days`",
    )
    return None


def quiet(scope: Scope, block: tree.Quiet) -> model.Quiet | None:
    """Quiet hours, or None after a finding."""
    before = len(scope.project.found)
    shared = common(scope, block, block.head, block.clauses)
    times = once(scope, block.clauses, tree.QuietTimes, "from .. to")
    on = once(scope, block.clauses, tree.QuietDays, "on")
    for_ = once(scope, block.clauses, tree.QuietChannels, "for")
    if times is None and on is None:
        scope.error(
            "K0330",
            f"`{block.head.name.text}` does not say when it is quiet",
            block.head.name.span,
            "when?",
            "add times, `from 20:00 to 08:00`, or days, `on sunday`, or both",
        )
    if times is not None and times.start.minutes == times.end.minutes:
        scope.error(
            "K0330",
            "quiet hours that end where they begin are none at all, or all day",
            times.span,
            "which of the two?",
            "for whole days leave the times out and name the days: `on saturday, sunday`",
        )
    channels = [] if for_ is None else [channel_named(scope, name) for name in for_.names.items]
    if len(scope.project.found) > before:
        return None
    return model.Quiet(
        **shared,
        start=times.start.minutes if times else None,
        end=times.end.minutes if times else None,
        days=() if on is None else weekdays(on.days),
        channels=tuple(dict.fromkeys(c for c in channels if c is not None)),
    )


def weekdays(node: tree.Days) -> tuple[int, ...]:
    """The days of the week that are named, 0 = Monday, in order."""
    found: set[int] = set()
    for word in node.items:
        found |= set(range(5)) if word.text == "weekdays" else {DAYS.index(word.text)}
    return tuple(sorted(found))
