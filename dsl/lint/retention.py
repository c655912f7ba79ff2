"""K0415: conditions and scores that read further back than the events of a type are kept."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from dsl import model
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.finding import warning
from dsl.lint.view import View, blocks, titled
from dsl.lint.walk import walk
from dsl.lint.windows import DAY
from dsl.schema import EventType
from dsl.spans import Span
from dsl.types import Date

HALVINGS = 10
"""Points that were halved so often are taken for gone: less than a thousandth is left."""

_PERIODS: Mapping[str, int] = {"today": 1, "yesterday": 2, "week": 7, "month": 31, "quarter": 92, "year": 366}
"""Days to which a calendar period reaches back at its end."""


@dataclass(frozen=True, slots=True)
class Read:
    """A look at the events of one type: `days` that it surely reaches back (None: whenever it was). `windowless`: no
    window can be said, as for `first` and `last`."""

    event: str
    days: int | None
    span: Span
    windowless: bool = False


def beyond_kept(view: View) -> Iterable[Diagnostic]:
    """Each look at events that are gone by then. The causes of triggers and goals look at new events alone."""
    for block in blocks(view.model):
        for read in reads(block, view.today):
            event = view.schema.events[read.event]
            if event.keep is not None and (read.days is None or read.days > event.keep.days):
                yield _finding(view, event, read, titled(block))


def _finding(view: View, event: EventType, read: Read, block: str) -> Diagnostic:
    keep = event.keep
    typed = view.source(read.span)
    short = f"`{typed}`" if len(typed) <= 60 else "this"
    what = "asks for all time" if read.days is None else "looks further back"
    say = f"say how far back it should look, at most `in last {keep}`"
    if read.windowless:
        say = f"`first` and `last` take no window: ask for what happened in one, `did {event.name} in last {keep}`"
    return warning(
        "K0415",
        f"{short} {what}, and `{event.name}` is kept for {keep}",
        read.span,
        "what is older than that is not seen",
        f"{say}, or let schema.yaml keep `{event.name}` for longer",
        block=block,
        secondary=() if event.span is None else (Label(event.span, f"kept for {keep}"),),
    )


def reads(block: model.Block, today: int) -> Iterator[Read]:
    """All looks at events in a block, each once, in order of the text."""
    recent: dict[int, int | None] = {}
    for node in walk(block):
        match node:
            case model.Did(query=query) | model.DidOnDays(query=query):
                yield Read(query.event, days_back(query.window, today), node.span)
            case model.DateWithin(kind="in last", value=model.Aggregate(kind="last", property=None) as last):
                # whether the last one is so recent is seen in these days alone
                recent[id(last)] = days_back(model.InLast(node.duration), today)
            case (
                model.Compare(op=">" | ">=" | "=", left=model.Aggregate() as last, right=model.Const() as day)
                | model.Compare(op="<" | "<=" | "=", left=model.Const() as day, right=model.Aggregate() as last)
                | model.Between(value=model.Aggregate() as last, low=model.Const() as day)
            ):
                recent |= _since(last, day, today)
            case model.Aggregate(query=query):
                days = recent[id(node)] if id(node) in recent else days_back(query.window, today)
                yield Read(query.event, days, node.span, windowless=node.kind in ("first", "last"))
            case model.Followed(first=first, second=second):
                days = days_back(first.window, today)
                yield Read(first.event, days, node.span)
                if second.event != first.event:
                    yield Read(second.event, days, node.span)
            case model.Score(rules=rules, fading=fading):
                for rule in rules:
                    if isinstance(rule, model.OnRule):
                        yield Read(rule.query.event, _of_rule(rule, rule.fading or fading, today), rule.span)


def _since(last: model.Aggregate, day: model.Const, today: int) -> dict[int, int | None]:
    """Whether the last event lies on a day or later is seen from that day on."""
    if last.kind != "last" or last.property is not None or not isinstance(day.type, Date):
        return {}
    return {id(last): days_back(model.LocalDates(int(day.value), None), today)}


def _of_rule(rule: model.OnRule, fading: model.Fading | None, today: int) -> int | None:
    """How far back points come from: the window, or until they have faded."""
    window, faded = days_back(rule.query.window, today), _until_faded(fading)
    known = [days for days in (window, faded) if days is not None]
    return min(known) if known else None


def _until_faded(fading: model.Fading | None) -> int | None:
    length = None if fading is None else fading.duration.micros()
    if fading is None or length is None:
        return None
    times = {"halve": HALVINGS, "lose": -(-100 // max(1, fading.percent)), "forget": 1}[fading.kind]
    return times * length // DAY


def days_back(window: model.Window | None, today: int) -> int | None:
    """How many days a window surely reaches back, as seen from `today` (yyyymmdd); None: to the beginning."""
    match window:
        case None:
            return None
        case model.InLast(duration=duration) | model.Ago(far=duration):
            return duration.amount if duration.local else _least(duration)
        case model.LocalDates(first=None):
            return None
        case model.LocalDates(first=int() as first):
            return (_date(today) - _date(first)).days
        case model.LocalPeriod(name=name):
            return _PERIODS[name]
        case model.SinceThen():
            return 0  # from the cause of a run on
    return 0


def _least(duration: model.Duration) -> int:
    match duration.unit:
        case "month":
            return duration.amount * 365 // 12
        case "year":
            return duration.amount * 365
    return (duration.micros() or 0) // DAY


def _date(day: int) -> datetime.date:
    return datetime.date(day // 10_000, day // 100 % 100, day % 100)
