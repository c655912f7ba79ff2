"""Whether what a test expects came true, and what is seen instead, in people's words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import assert_never

from dsl.model import (
    Expectation,
    ExpectCapped,
    ExpectClass,
    ExpectCount,
    ExpectField,
    ExpectGets,
    ExpectHeld,
    ExpectHolds,
    ExpectMember,
    ExpectNotGets,
    ExpectQuality,
    ExpectRefused,
    ExpectScore,
    Model,
)
from dsl.types import POINT_UNIT
from engine.evaluation import Evaluation
from engine.explain import points_shown, shown
from engine.instants import local_date, to_datetime
from engine.interpret import zones_of
from engine.offers import holds
from engine.protocols import Facts, LedgerRead
from engine.quality import judged
from engine.records import OutboxRow
from engine.zones import zone


@dataclass(frozen=True, slots=True)
class Checks:
    """What can be seen at the clock of a test: the last evaluation, and everything decided so far."""

    model: Model
    facts: Facts
    ledger: LedgerRead
    time_zone: str
    clock: int
    evaluation: Evaluation

    def unmet(self, expected: Expectation) -> str | None:
        """None if it came true, else what was seen."""
        match expected:
            case ExpectMember(contact=contact, segment=segment, inside=inside):
                is_in = contact in self.evaluation.segments[segment]
                return None if is_in == inside else f"{contact} is {'in' if is_in else 'not in'} `{segment}`"
            case ExpectScore(points=points) if points is not None:
                return self._check_points(expected, points)
            case ExpectScore():
                return self._check_stage(expected)
            case ExpectClass():
                return self._check_class(expected)
            case ExpectField():
                return self._check_field(expected)
            case ExpectGets():
                return self._check_gets(expected)
            case ExpectCount(contact=contact, count=count):
                got = self._messages(contact, ("message",))
                told = f"{contact} gets {len(got)}: {self._listed(got)}" if got else f"{contact} gets nothing"
                return None if len(got) == count else f"{told}{'' if got else self._reasons(contact)}"
            case ExpectNotGets(contact=contact, channel=channel, template=template):
                rows = [r for r in self._messages(contact) if (r.message.channel, _what(r)) == (channel, template)]
                return f"{contact} gets {self._listed(rows)}" if rows else None
            case ExpectRefused():
                return self._check_refused(expected)
            case ExpectCapped(contact=contact, cap=cap):
                gate = "budget" if self.model.caps[cap].total else "capped"
                return self._decision(contact, gate, f"cap `{cap}`", None)
            case ExpectHolds(contact=contact, offer=offer):
                return self._check_holds(contact, offer)
            case ExpectHeld(contact=contact, quiet=quiet, until=until):
                return self._decision(contact, "quiet", f"quiet `{quiet}`", until)
            case ExpectQuality(quality=name, holds=wanted):
                found = judged(self.model.qualities[name], self.evaluation)
                told = "; ".join(one.figure.told for one in found)
                return None if all(one.figure.holds for one in found) == wanted else f"quality `{name}`: {told}"
            case _:
                assert_never(expected)

    def _check_points(self, expected: ExpectScore, points: int) -> str | None:
        seen = self.evaluation.scores[expected.score].get(expected.contact)
        if seen is None:
            return None if expected.op == "!=" else f"{expected.contact} has no `{expected.score}`"
        if _compares(expected.op, seen, points):
            return None
        exact = "" if seen % POINT_UNIT == 0 else " (rounded)"
        return f"`{expected.score}` of {expected.contact} is {points_shown(seen)}{exact}"

    def _check_field(self, expected: ExpectField) -> str | None:
        """The field as it is stored now: what was set a moment ago is there, though no tick has seen it yet."""
        contact = next(self.facts.contacts([expected.contact]))
        value = contact.fields.get(expected.name)
        if (value == expected.value) == (expected.op == "="):
            return None
        told = shown(value, self.facts.schema.fields[expected.name].type, self.time_zone)
        return f"`{expected.name}` of {expected.contact} is {told}"

    def _check_stage(self, expected: ExpectScore) -> str | None:
        names = [s.name for s in self.model.scores[expected.score].stages]
        seen = self.evaluation.stages[expected.score].get(expected.contact)
        if seen is not None and _compares(expected.op, names.index(seen), names.index(str(expected.stage))):
            return None
        if seen is None:
            return None if expected.op == "!=" else f"{expected.contact} is in no stage of `{expected.score}`"
        return f"{expected.contact} is in stage `{seen}`"

    def _check_class(self, expected: ExpectClass) -> str | None:
        seen = self.evaluation.classes[expected.name].get(expected.contact)
        if seen is None:
            return None if expected.op == "!=" else f"{expected.contact} has no class in `{expected.name}`"
        names = [t.name for t in reversed(self.model.classes[expected.name].tiers)]
        if _compares(expected.op, names.index(seen), names.index(expected.tier)):
            return None
        return f"{expected.contact} is `{seen}` in `{expected.name}`"

    def _messages(self, contact: str, kinds: Collection[str] = ("message", "notice")) -> list[OutboxRow]:
        rows = self.ledger.outbox(("queued", "sent"))
        return [row for row in rows if row.message.contact == contact and row.message.kind in kinds]

    def _check_gets(self, expected: ExpectGets) -> str | None:
        rows = self._messages(expected.contact)
        if expected.channel is None:
            got = self._messages(expected.contact, ("message",))
            return None if not got else f"{expected.contact} gets {self._listed(got)}"
        for row in rows:
            on_time = expected.at is None or self._minutes(row.message.reserved_at) == expected.at
            if row.message.channel == expected.channel and _what(row) == expected.template and on_time:
                return None
        if rows:
            return f"{expected.contact} gets {self._listed(rows)}"
        return f"{expected.contact} gets nothing{self._reasons(expected.contact)}"

    def _check_holds(self, key: str, offer: str) -> str | None:
        contact = next(self.facts.contacts([key]))
        today = local_date(self.clock, zone(zones_of(contact, self.facts.schema, self.time_zone).reckoning))
        held = self.ledger.held_offers([key])
        if holds(held, self.model.offers[offer].id, today):
            return None
        others = [name for name, one in self.model.offers.items() if holds(held, one.id, today)]
        return f"{key} holds {', '.join(f'`{name}`' for name in others) or 'no offer'}{self._reasons(key)}"

    def _listed(self, rows: Sequence[OutboxRow]) -> str:
        return ", ".join(f"{row.message.channel} {_what(row)} at {self._time(row.message.reserved_at)}" for row in rows)

    def _reasons(self, contact: str) -> str:
        decided = self.ledger.judgements(contact)
        if not decided:
            return ": no trigger fired"
        last = {firing.trigger: judgement for firing, judgement in decided}
        return ": " + "; ".join(
            f"`{trigger}` {j.outcome} by {j.gate}{f' ({j.detail})' if j.detail else ''}" for trigger, j in last.items()
        )

    def _check_refused(self, expected: ExpectRefused) -> str | None:
        """Whether some run (of the trigger) was refused at the gate; one whose time had passed counts as refused."""
        trigger = None if expected.trigger is None else self.model.triggers[expected.trigger].id
        for firing, judgement in self.ledger.judgements(expected.contact):
            ended = judgement.outcome in ("refused", "expired", "missed")
            if ended and judgement.gate == expected.gate and trigger in (None, firing.trigger):
                return None
        of = "" if expected.trigger is None else f" for `{expected.trigger}`"
        return f"{expected.contact} is not refused by {expected.gate}{of}{self._reasons(expected.contact)}"

    def _decision(self, contact: str, gate: str, detail: str, until: int | None) -> str | None:
        """Whether some judgement of the contact names this gate and block, and ends then."""
        found = [j for _, j in self.ledger.judgements(contact) if j.gate == gate and detail in j.detail]
        if not found:
            return f"{contact} is not {'held' if gate == 'quiet' else 'capped'} by it{self._reasons(contact)}"
        ends = [j.until for j in found if j.until is not None]
        if until is None or any(self._minutes(at) == until for at in ends):
            return None
        return f"{contact} is held until {', '.join(self._time(at) for at in ends)}"

    def _minutes(self, instant: int) -> int:
        local = to_datetime(instant, zone(self.time_zone))
        return local.hour * 60 + local.minute

    def _time(self, instant: int) -> str:
        return to_datetime(instant, zone(self.time_zone)).strftime("%Y-%m-%d %H:%M")


def _what(row: OutboxRow) -> str | None:
    """The template of a message, the team of a notice, the hook of a call, the field that is set."""
    return row.message.address if row.message.kind == "notice" else row.message.template


def _compares(op: str, seen: int, expected: int) -> bool:
    match op:
        case "=":
            return seen == expected
        case "!=":
            return seen != expected
        case "<":
            return seen < expected
        case "<=":
            return seen <= expected
        case ">":
            return seen > expected
        case _:
            return seen >= expected
