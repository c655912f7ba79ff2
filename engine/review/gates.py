"""Which changes need somebody's approval, by the rules of the version before them.

A gate is met by the whole of what the change does to it: one approval names the gate and a digest of all blocks that
fall under it. The digest changes with any of them, so an approval never holds for another content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from dsl.lint.walk import walk
from dsl.model import And, Block, Condition, Consents, InSegment, Model, OnSegment, OnWhen, Segment, Trigger
from dsl.schema import Schema
from engine.review.change import Change, Kind
from engine.review.meaning import meaning, read_by
from engine.review.measure import Measures
from engine.review.relation import implies
from engine.review.versions import Versions
from engine.review_rules import GATES, Gate, GateRules

DIGITS = 16
"""So much of a digest stands in an approval."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A block that falls under a gate, and why, in words without counts. `content`: a digest of what it says before and
    now."""

    what: str
    name: str
    why: str
    content: str


@dataclass(frozen=True, slots=True)
class Demand:
    """An approval that the change needs: of which gate, because of which blocks."""

    gate: Gate
    hits: tuple[Hit, ...]

    @property
    def digest(self) -> str:
        """What an approval must name: of the gate and the content of all its blocks."""
        told = [self.gate, *sorted((hit.what, hit.name, hit.content) for hit in self.hits)]
        return sha256(repr(told).encode()).hexdigest()[:DIGITS]


def demands(
    rules: GateRules,
    base: Model,
    head: Model,
    schema: Schema,
    changes: Sequence[Change],
    measures: Measures | None,
    review: tuple[str, str] = ("", ""),
) -> tuple[Demand, ...]:
    """The approvals that `changes` need by the base's `rules`. `measures` None: nothing was counted, and whatever may
    reach more people counts as above the share. `review`: the rules of base and head as text; where there are gates,
    another text needs an approval too."""
    if not rules.any:
        return ()
    found: dict[Gate, list[Hit]] = {gate: [] for gate in GATES}
    versions = Versions(base, head, schema)
    for change in changes:
        content = meaning(base, change.base) + meaning(head, change.head)
        for gate, why in _gates(rules, change, measures, versions):
            found[gate].append(Hit(change.what, change.name, why, content))
    if review[0] != review[1]:
        found["review"].append(Hit("settings", "review", "the rules of gates change", repr(review)))
    return tuple(Demand(gate, tuple(hits)) for gate, hits in found.items() if hits)


def _gates(
    rules: GateRules, change: Change, measures: Measures | None, versions: Versions
) -> Iterator[tuple[Gate, str]]:
    if rules.widening is not None and (why := _widened(rules.widening, change, measures)) is not None:
        yield "widening", why
    for gate, judge in _WHY.items():
        if gate in rules.asked and (why := judge(change, versions)) is not None:
            yield gate, why
    now, was = change.head, change.base
    if rules.priority is not None and isinstance(now, Trigger) and now.priority > rules.priority:
        if not isinstance(was, Trigger):
            yield "priority", f"new, with priority {now.priority}"
        elif was.priority < now.priority:
            yield "priority", f"priority {was.priority} -> {now.priority}"


def _widened(share: int, change: Change, measures: Measures | None) -> str | None:
    if change.what not in ("segment", "trigger"):
        return None
    # other tags mean other caps, and have a gate of their own
    kinds = {reason.kind for reason in change.reasons if reason.clause != "tags"}
    sent = isinstance(change.base, Trigger) and bool(change.base.sends)
    new = not sent and isinstance(change.head, Trigger) and bool(change.head.sends)
    if measures is None:
        open_ = new or not kinds.isdisjoint({"widening", "moved", "undecidable", "new send"})
        return "it may reach more people, and nothing was counted" if open_ else None
    if sent and "new send" in kinds:
        return "it sends by one way more, and whom that reaches is not counted"
    more = _reached(change.name, measures) if new else _more(change, measures)
    if kinds & {"widening", "undecidable"} and not new and not _counted(change, measures):
        return "it may reach more people, and the part that changed is not counted"
    above = more * 1_000_000 > share * measures.contacts
    return "it reaches more people than the share" if above else None


def _counted(change: Change, measures: Measures) -> bool:
    """Whether every clause that may let people in is one of those that are counted."""
    open_: tuple[Kind, ...] = ("widening", "undecidable", "moved")
    clauses = {one.clause for one in change.reasons if one.kind in open_ and one.clause != "tags"}
    if change.what == "segment":
        return ("segment", change.name, "members") in measures.parts
    return all(("trigger", change.name, clause) in measures.parts for clause in clauses)


def _more(change: Change, measures: Measures) -> int:
    """The most people that one clause lets in."""
    most = 0
    for (what, name, part), moved in measures.parts.items():
        if (what, name) == (change.what, change.name):
            # who leaves `unless` is reached from now on
            most = max(most, moved.left if part == "unless" else moved.entered)
    return most


def _reached(name: str, measures: Measures) -> int:
    """The most people whom a new trigger can reach: those who meet its narrowest clause."""
    held = [
        moved.after
        for (what, of, part), moved in measures.parts.items()
        if (what, of) == ("trigger", name) and part in ("when", "where") and moved.after is not None
    ]
    return min(held, default=measures.contacts)


def _loosened(change: Change, _versions: Versions) -> str | None:
    if change.what in ("cap", "suppress", "quality"):
        clauses = [reason.clause for reason in change.reasons if reason.kind == "cap loosened"]
        return None if not clauses else "gone" if change.head is None else f"less is held back: {', '.join(clauses)}"
    freer = [one for one in change.reasons if one.clause == "category" and one.kind == "cap loosened"]
    return f"{freer[0].before} -> {freer[0].after}: fewer caps hold" if freer else None


def _undecidable(change: Change, _versions: Versions) -> str | None:
    if change.what in ("cap", "suppress", "quality"):
        clauses = [reason.clause for reason in change.reasons if reason.kind in ("undecidable", "moved")]
        return f"the text does not tell whether less is held back: {', '.join(clauses)}" if clauses else None
    if change.what == "trigger" and change.base is not None and any(one.clause == "tags" for one in change.reasons):
        return "other tags: other caps hold"
    return None


def _shortened(change: Change, _versions: Versions) -> str | None:
    if change.what != "quiet":
        return None
    if change.head is None:
        return "gone"
    shorter = any(reason.kind in ("cap loosened", "undecidable") for reason in change.reasons)
    return "some of what was quiet is not" if shorter else None


def _transactional(change: Change, _versions: Versions) -> str | None:
    was, now = change.base, change.head
    if not isinstance(now, Trigger) or now.category != "transactional":
        return None
    if not isinstance(was, Trigger):
        return "new, and transactional: it asks for no consent"
    return None if was.category == "transactional" else f"{was.category} -> transactional: it asks for no consent"


def _consent(change: Change, versions: Versions) -> str | None:
    was, now = change.base, change.head
    if isinstance(was, Trigger) and isinstance(now, Trigger) and was.purpose != now.purpose:
        return f"purpose {was.purpose} -> {now.purpose}"
    if was is None or now is None or change.what not in ("segment", "trigger"):
        return None
    asked = _consents(versions.base, was)
    lost = asked - _consents(versions.head, now)
    if not lost:
        before, after = versions.of_base(_conditions(was)), _conditions(now)
        kept = [one for one in sorted(asked, key=str) if before is not None and implies(versions, before, one)]
        lost = {one for one in kept if after is None or not implies(versions, after, one)}
    if not lost:
        return None
    told = sorted(f"consents to {one.channel} for {one.purpose}" for one in lost)
    return f"no longer surely asks: {', '.join(told)}"


def _consents(model: Model, block: Block) -> set[Consents]:
    """The consents that a block asks for anywhere, itself or through what it reads."""
    return {
        node for one in (block, *read_by(model, block).values()) for node in walk(one) if isinstance(node, Consents)
    }


def _conditions(block: Block) -> Condition | None:
    """What surely holds for whom a segment or a trigger reaches, as far as conditions say."""
    match block:
        case Segment(where=where):
            return where
        case Trigger(cause=cause, where=where):
            parts: list[Condition] = [] if where is None else [where]
            if isinstance(cause, OnWhen):
                parts.append(cause.condition)
            if isinstance(cause, OnSegment) and cause.edge == "entering":
                parts.append(InSegment(cause.segment, cause.span))
            return parts[0] if len(parts) == 1 else And(tuple(parts), span=block.span) if parts else None
    return None


_WHY: Mapping[Gate, Callable[[Change, Versions], str | None]] = {
    "cap_loosened": _loosened,
    "caps_undecidable": _undecidable,
    "quiet_shortened": _shortened,
    "transactional": _transactional,
    "consent_removed": _consent,
}
