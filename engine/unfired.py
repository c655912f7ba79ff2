"""Why a trigger has not fired for a contact: what its cause looks like from here, in one sentence.

A trigger fires on a change, never on a state; most questions "why did she get nothing" end there.
"""

from __future__ import annotations

from dsl.model import EventQuery, OnEvent, OnSegment, OnStage, Score, Trigger
from engine.instants import to_datetime
from engine.interpret import Reader
from engine.protocols import LedgerRead
from engine.reach import rank, rest_told
from engine.zones import zone


def why_not_fired(trigger: Trigger, reader: Reader, ledger: LedgerRead) -> str:
    """One sentence about the cause of a trigger of which the ledger has no firing for this contact."""
    match trigger.cause:
        case OnEvent(query=query):
            return _event(query, reader, ledger)
        case OnSegment(segment=name, edge=edge):
            segment = reader.setting.model.segments[name]
            inside = reader.member(name)
            since = ledger.members(segment.id).get(reader.contact.key)
            first = ledger.first_tick()
            if edge == "leaving":
                return f"is in `{name}`" if inside else f"was never seen leaving `{name}`"
            if not inside:
                return f"is not in `{name}`"
            if first is not None and since == first.as_of:
                return f"was in `{name}` when the playbooks began: that is no change"
            return (
                f"is in `{name}`; the next tick sees it"
                if since is None
                else f"is in `{name}` since {_day(since, reader)}"
            )
        case OnStage(score=name, stage=stage, edge=edge):
            stood = reader.stage(name)
            where = "in no stage" if stood is None else f"in stage `{stood}`"
            score = reader.setting.model.scores[name]
            seen = ledger.reachings(score.id, reader.contact.key)
            told = rest_told(score.stages[rank(score, stage)], seen, reader.as_of, zone(reader.setting.project_zone))
            if edge == "reaching" and told is not None:
                return told
            return f"is {where} of `{name}`, and was not seen {edge} `{stage}`"
        case _:
            return "its day or change has not been seen since the playbooks began"


def rests_of(score: Score, reader: Reader, ledger: LedgerRead) -> list[str]:
    """A sentence about each stage of a score that rests for the contact: reaching it fires nothing."""
    if all(stage.rest is None for stage in score.stages):
        return []
    seen, project = ledger.reachings(score.id, reader.contact.key), zone(reader.setting.project_zone)
    told = (rest_told(stage, seen, reader.as_of, project) for stage in score.stages)
    return [sentence for sentence in told if sentence is not None]


def _event(query: EventQuery, reader: Reader, ledger: LedgerRead) -> str:
    every = EventQuery(query.event, None, None, span=query.span)
    happened = list(reader.matching(every))
    matching = list(reader.matching(query))
    if not happened:
        return f"no `{query.event}` so far"
    if not matching:
        return f"{len(happened)} `{query.event}`, none of them as the trigger wants it"
    first, last = ledger.first_tick(), matching[-1]
    if first is None or last.at <= first.as_of:
        return f"the last `{query.event}` was on {_day(last.at, reader)}, before the playbooks began"
    return f"the last `{query.event}` was on {_day(last.at, reader)}; the next tick sees it"


def _day(instant: int, reader: Reader) -> str:
    return to_datetime(instant, zone(reader.setting.project_zone)).strftime("%Y-%m-%d %H:%M")
