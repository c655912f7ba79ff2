"""`kadenz show NAME`: the result of any block at an instant."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from adapters.cli.common import (
    CLEAN,
    AtOption,
    EngineOption,
    ProjectOption,
    Workspace,
    bad_input,
    instant_of,
    instant_shown,
    note,
    open_workspace,
    say,
    say_json,
    table,
    tell_choice,
)

if TYPE_CHECKING:
    from adapters.engine_choice import Asked, Choice
    from adapters.stores.facts_record import RecordFacts
    from adapters.stores.ledger import SqlLedger
    from dsl.model import Offer, Score
    from engine.evaluation import Evaluation, Executor, Memory, Named


LARGE = 100_000
"""From so many contacts on, people at a terminal are told of the quicker question."""

Row = tuple[str, str, int | float | str]
"""Of a summary: key for programs, words for people, value."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A block's result: a summary in lines, and one row a contact."""

    kind: str
    summary: Sequence[Row]
    columns: Sequence[str] = ("contact",)
    rows: Iterable[Sequence[str]] = ()
    """Made where they are asked for: there may be as many as contacts."""
    notes: Sequence[str] = field(default_factory=tuple)


def command(
    name: Annotated[
        str | None,
        typer.Argument(
            help="a segment, score, class, trigger, definition, cap, quiet period, quality block, offer or list"
        ),
    ] = None,
    project: ProjectOption = Path(),
    at: AtOption = None,
    list_: Annotated[bool, typer.Option("--list", help="one line a contact")] = False,
    last: Annotated[
        bool,
        typer.Option(
            "--last", help="what the last tick recorded, at once: a segment, a score's stages, without a name all"
        ),
    ] = False,
    format: Annotated[Literal["text", "json", "csv"], typer.Option("--format", help="how to print")] = "text",
    engine: EngineOption = "auto",
    verbose: Annotated[bool, typer.Option("--verbose", help="say on which engine it was evaluated, and why")] = False,
) -> int:
    """The result of any block: members of a segment, points and stages of a score, tiers of a class, whom a trigger
    would reach."""
    from adapters.stores.facts import StoreError

    if last and at is not None:
        raise bad_input("--last is the instant of the last tick: without --at")
    if last and name is None and list_:
        raise bad_input("--list needs the name of a segment or a score")
    workspace = open_workspace(project)
    choice: Choice | None = None
    if last:
        from adapters.cli.show_last import last as recorded

        result, instant = recorded(workspace, name, listed=list_)
    elif name is None:
        raise bad_input("name a block; `kadenz show --last` tells all segments and stages of the last tick")
    else:
        instant = instant_of(at, workspace.project.time_zone)
        try:
            result, choice = _result(workspace, name, instant, engine, listed=list_)
        except StoreError as error:
            raise bad_input(str(error)) from error
        tell_choice(choice, verbose=verbose)
    when = instant_shown(instant, workspace.project.time_zone)
    if format == "json":
        data: dict[str, Any] = {
            "name": name,
            "kind": result.kind,
            "at": when,
            "engine": {"name": "ledger", "why": "--last"}
            if choice is None
            else {"name": choice.engine, "why": choice.why},
            "summary": {key: v for key, _, v in result.summary},
        }
        if list_:
            data["rows"] = [dict(zip(result.columns, row, strict=True)) for row in result.rows]
        say_json(data)
    elif format == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        plain = [(key, str(value)) for key, _, value in result.summary]
        writer.writerow(result.columns if list_ else ("what", "value"))
        writer.writerows(_safe_rows(result.rows if list_ else plain))
    else:
        say(" ".join((result.kind, *(() if name is None else (name,)), "at", when)))
        say(table(((words, _worded(value)) for _, words, value in result.summary), right=(1,)))
        for line in result.notes:
            say(f"  ({line})")
        if list_:
            say()
            say(table([result.columns, *result.rows]))
    return CLEAN


def _worded(value: float | str) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _safe_rows(rows: Iterable[Sequence[str]]) -> list[list[str]]:
    """Cells that a spreadsheet would read as a formula begin with a quote (ARCHITECTURE.md §6)."""
    return [["'" + cell if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell for cell in row] for row in rows]


def _result(workspace: Workspace, name: str, instant: int, engine: Asked, *, listed: bool) -> tuple[Shown, Choice]:
    from adapters.which_ledger import is_present, open_ledger

    model = workspace.model
    kinds: list[tuple[Any, Callable[[], Shown]]] = []
    with (
        workspace.facts() as facts,
        open_ledger(workspace, rehearsal=not is_present(instant)) as ledger,
        facts.snapshot(),
        workspace.evaluating(facts, engine) as evaluating,
    ):
        view = _View(workspace, facts, ledger, name, instant, evaluating, listed=listed)
        kinds = [
            (model.segments, view.segment),
            (model.scores, view.score),
            (model.classes, view.class_),
            (model.triggers, view.trigger),
            (model.defines, view.define),
            (model.caps, view.cap),
            (model.quiets, view.quiet),
            (model.suppresses, view.suppress),
            (model.qualities, view.quality),
            (model.offers, view.offer),
        ]
        for blocks, show in kinds:
            if name in blocks:
                shown = show()
                # nothing is to be said of an engine that was not asked
                return shown, evaluating.choice if evaluating.used else replace(evaluating.choice, notable=False)
        if name in workspace.project.schema.lists:
            return view.listing(), replace(evaluating.choice, notable=False)
    from dsl.names import nearest

    known = [*(block for blocks, _ in kinds for block in blocks), *workspace.project.schema.lists]
    close = nearest(name, known)
    raise bad_input(f"there is no block `{name}`" + (f"; did you mean `{close}`?" if close else ""))


class _View:
    """One block at one instant."""

    def __init__(
        self,
        workspace: Workspace,
        facts: RecordFacts,
        ledger: SqlLedger,
        name: str,
        instant: int,
        executor: Executor,
        *,
        listed: bool,
    ) -> None:
        self.workspace = workspace
        self.model = workspace.model
        self.facts = facts
        self.ledger = ledger
        self.name = name
        self.instant = instant
        self.executor = executor
        self.listed = listed

    def _memory(self) -> Memory:
        from engine.evaluation import memory_of

        return memory_of(self.model, self.ledger, self.instant, self.workspace.project.time_zone)

    def _begin(self) -> int:
        """Say at a terminal how many contacts are asked about; how many there are, 0 elsewhere."""
        people = self.facts.count() if sys.stderr.isatty() else 0
        if people:
            note(f"evaluating {people:,} contacts ..")
        return people

    def _evaluation(self, *only: Named) -> Evaluation:
        """Of all contacts: everything, or what is asked for and what that reads."""
        from engine.evaluation import Scope

        people = self._begin()
        began = perf_counter()
        found = self.executor.evaluate(self.instant, self._memory(), Scope(only=frozenset(only) if only else None))
        recorded = self.name in self.model.segments or self.name in self.model.scores
        if people >= LARGE and recorded:
            took = perf_counter() - began
            note(f"that took {took:.1f} s; `kadenz show {self.name} --last` tells at once what the last tick recorded")
        return found

    def listing(self) -> Shown:
        """Who is on a list that is kept by hand, since when, and its versions. It is the same at every instant."""
        zone = self.workspace.project.time_zone
        listed = self.ledger.listed(self.name)
        unknown = self.facts.unknown_contacts(listed.keys())
        versions = self.ledger.list_versions(self.name)
        summary: list[Row] = [
            ("on_it", "on it", len(listed)),
            ("unknown", "of them without a contact yet", len(unknown)),
            ("versions", "versions", len(versions)),
        ]
        notes = tuple(
            f"version {v.number}, {instant_shown(v.at, zone)}: {v.added:,} came, {v.removed:,} left, {v.total:,} on it"
            for v in versions[-5:]
        )
        rows = ((contact, instant_shown(since, zone)) for contact, since in sorted(listed.items()))
        return Shown("list", summary, ("contact", "since"), rows, notes)

    def segment(self) -> Shown:
        """Members; in the past from the ledger's intervals where it has them (LANGUAGE.md §8.1)."""
        from engine.answer import count

        segment = self.model.segments[self.name]
        notes: tuple[str, ...] = ()
        last, first = self.ledger.last_tick(), self.ledger.first_tick()
        if last is not None and first is not None and first.as_of <= self.instant < last.as_of:
            held: Mapping[str, Collection[str]] = {self.name: self.ledger.members(segment.id, self.instant).keys()}
            summary: list[Row] = [("members", "members", len(held[self.name]))]
            notes = ("from the ledger's record of that time",)
        else:
            evaluation = self._evaluation(("segment", self.name))
            held = evaluation.segments
            members, total = count(held, self.name), len(evaluation.contacts)
            share = f"{100 * members / total:.1f} %" if total else "-"
            summary = [("members", "members", members), ("contacts", "contacts", total), ("share", "share", share)]
        return Shown(
            "segment", summary, ("contact",), ((m,) for asked in (self.name,) for m in sorted(held[asked])), notes
        )

    def score(self) -> Shown:
        """Points and stage of each contact that has the score."""
        from dsl.types import POINT_UNIT
        from engine.answer import stage_counts
        from engine.explain import points_shown, rounded

        evaluation = self._evaluation(("score", self.name))
        score: Score = self.model.scores[self.name]
        points = evaluation.scores[self.name]
        counts = stage_counts(evaluation.stages, self.name)
        mean = rounded(sum(points.values()), POINT_UNIT * len(points)) if points else "-"
        summary: list[Row] = [
            ("with_score", "contacts with the score", len(points)),
            ("without_score", "without", len(evaluation.contacts) - len(points)),
            ("mean", "mean", mean),
            ("highest", "highest", points_shown(max(points.values())) if points else "-"),
            *((f"stage_{s.name}", f"stage {s.name} (from {s.start})", counts.get(s.name, 0)) for s in score.stages),
        ]

        def rows() -> Iterator[Sequence[str]]:
            stages = evaluation.stages[self.name]
            for c in sorted(points, key=lambda c: (-points[c], c)):
                yield c, points_shown(points[c]), stages.get(c, "")

        return Shown("score", summary, ("contact", "points", "stage"), rows())

    def class_(self) -> Shown:
        """How many stand in each tier, and every member with its value, in order of place."""
        from engine.classes import last_midnight
        from engine.explain import shown
        from engine.zones import zone

        class_ = self.model.classes[self.name]
        project = self.workspace.project.time_zone
        held = self.executor.standings(self.instant, self._memory())[self.name]
        counts = Counter(one.tier for one in held.values())
        summary: list[Row] = [
            *((f"tier_{t.name}", f"tier {t.name}", counts[t.name]) for t in class_.tiers),
            ("without_class", "without a class", self.facts.count() - len(held)),
        ]
        if class_.share == "total":
            total = next((one.whole for one in held.values()), 0)
            summary.append(("total", "total", shown(total, class_.by.type)))
        ranked = sorted(held.items(), key=lambda item: item[1].place)
        rows = ((c, one.tier, shown(one.value, class_.by.type), str(one.place)) for c, one in ranked)
        midnight = instant_shown(last_midnight(self.instant, zone(project)), project)
        notes = (f"reckoned as of midnight, {midnight}",)
        return Shown("class", summary, ("contact", "tier", "value", "place"), rows, notes)

    def trigger(self) -> Shown:
        """Whom the trigger would reach in a tick at this instant, judged in full and then forgotten."""
        from adapters.running import engine_of
        from engine.tick import ClockRanBack, tick

        trigger = self.model.triggers[self.name]
        last = self.ledger.last_tick()
        if last is not None and last.as_of == self.instant:
            return self._decided(trigger.id)
        self._begin()
        running = engine_of(self.workspace, self.facts, self.ledger, self.executor)
        try:
            report = tick(running, self.instant, dry_run=True)
        except ClockRanBack as error:
            when = instant_shown(error.last, self.workspace.project.time_zone)
            raise bad_input(
                f"the ledger's last tick was at {when}: whom a trigger would reach can be asked from then on; "
                f"what it did before stands in `kadenz decisions {self.name}` and `kadenz explain CONTACT`"
            ) from error
        decided = [(f, j) for f, j in report.decisions if f.trigger == trigger.id]
        counts = Counter((j.outcome, j.gate) for _, j in decided)
        words = {"queued": "would be reached", "waiting": "would begin to wait"}
        summary = [(f"{o}_{g}", words.get(o, f"{o} by {g}"), n) for (o, g), n in sorted(counts.items())]
        rows = [(f.contact, j.outcome, j.gate, j.detail) for f, j in decided]
        return Shown(
            "trigger",
            summary or [("queued_reserved", "would be reached", 0)],
            ("contact", "outcome", "gate", "why"),
            rows,
        )

    def _decided(self, trigger: str) -> Shown:
        """What the tick of this very instant decided: another one would find nothing left to do."""
        from adapters.stores.ledger_decisions import Asked, counted_at, decided_at

        asked = Asked(trigger, since=self.instant, until=self.instant)
        words = {"queued": "were queued", "waiting": "began to wait"}
        counts = counted_at(self.ledger.database, asked)
        summary: list[Row] = [(f"{o}_{g}", words.get(o, f"{o} by {g}"), n) for o, g, n in counts]
        note_ = f"by the tick of this instant; `kadenz decisions {self.name}` tells what became of all"
        return Shown(
            "trigger",
            summary or [("queued_reserved", "were queued", 0)],
            ("contact", "outcome", "gate", "why"),
            decided_at(self.ledger.database, asked),
            (note_,),
        )

    def define(self) -> Shown:
        """Who satisfies a named condition, or the value that a named value has for each contact."""
        from engine.explain import shown

        define = self.model.defines[self.name]
        zone = self.workspace.project.time_zone
        self._begin()
        values = self.executor.values(self.name, self.instant, self._memory())
        if define.condition is not None:
            keys = [(key,) for key, value in values if value == 1]
            return Shown("definition", [("holds", "holds for", len(keys))], ("contact",), sorted(keys))
        kind = define.value
        assert kind is not None, "a definition is a condition or a value"
        known, rows = 0, []
        for key, value in values:
            known += value is not None
            if self.listed:
                rows.append((key, shown(value, kind.type, zone)))
        return Shown("definition", [("known", "known for", known)], ("contact", "value"), sorted(rows))

    def cap(self) -> Shown:
        """Who has no room under the cap now."""
        from adapters.cli.show_limits import without_room

        cap = self.model.caps[self.name]
        inside: frozenset[str] | None = None
        if cap.where is not None:
            label = f"cap {cap.name} where"
            inside = self._evaluation(("condition", label)).conditions[label]
        concerned = self.facts.count() if inside is None else len(inside)
        rows = without_room(cap, inside, self.facts, self.ledger, self.instant, self.workspace.project.time_zone)
        summary = [("contacts", "contacts it is for", concerned), ("full", "without room now", len(rows))]
        return Shown("cap", summary, ("contact", "used", "room from"), rows)

    def suppress(self) -> Shown:
        """Who is never written to."""
        evaluation = self._evaluation(("condition", f"suppress {self.name} where"))
        stopped = sorted(evaluation.conditions[f"suppress {self.name} where"])
        summary = [("contacts", "contacts it stops", len(stopped))]
        return Shown("suppress", summary, ("contact",), [(c,) for c in stopped])

    def quality(self) -> Shown:
        """How each expectation stands, since when it fails, and who does not meet it."""
        from engine.quality import expected_shown, failing_since, judged

        block = self.model.qualities[self.name]
        found = judged(block, self._evaluation())
        texts = self.workspace.project.texts
        words = [expected_shown(texts, block, one.figure.number) for one in found]
        summary: list[Row] = [
            (f"expect_{n}", text, f"{'holds' if one.figure.holds else 'fails'}: {one.figure.told}")
            for n, (text, one) in enumerate(zip(words, found, strict=True), start=1)
        ]
        rows = [(key, text) for text, one in zip(words, found, strict=True) for key in sorted(one.failing)]
        since = failing_since(kept for kept in self.ledger.quality(block.id) if kept[0] <= self.instant)
        zone = self.workspace.project.time_zone
        notes = () if since is None else (f"at the ticks it fails since {instant_shown(since, zone)}",)
        return Shown("quality", summary, ("contact", "does not meet"), rows, notes)

    def quiet(self) -> Shown:
        """For whom it is quiet now, by time zone."""
        from adapters.cli.show_limits import quiet_now

        quiet = self.model.quiets[self.name]
        zone = self.workspace.project.time_zone
        number, rows = quiet_now(quiet, self.facts, self.instant, zone, listed=self.listed)
        summary = [("contacts", "contacts", self.facts.count()), ("quiet", "quiet now", number)]
        return Shown("quiet", summary, ("contact", "until"), rows)

    def offer(self) -> Shown:
        """The offer, and who was given it so far."""
        offer = self.model.offers[self.name]
        rows = self.ledger.messages_with(self.name, self.instant)
        summary: list[Row] = [
            ("code", "code", offer.code or "-"),
            ("discount", "discount", offer.discount or "-"),
            ("messages", "messages with it", len(rows)),
        ]
        if (used := self._redeemed(offer, [contact for contact, _, _ in rows])) is None:
            return Shown("offer", summary, ("contact", "channel", "state"), rows)
        summary.append(("redeemed", "redeemed", len(used)))
        told = [(*row, used.get(row[0], "")) for row in rows]
        return Shown("offer", summary, ("contact", "channel", "state", "redeemed"), told)

    def _redeemed(self, offer: Offer, contacts: Sequence[str]) -> Mapping[str, str] | None:
        """When each contact redeemed its own code; None where the offer has none, or the secret is not known."""
        from adapters.coupon_codes import redeemed
        from adapters.running import coupon_secret

        config, secret = self.workspace.project.coupons, coupon_secret(self.workspace, offer, leaving=False)
        if config is None or secret is None:
            return None
        used = redeemed(self.facts, sorted(set(contacts)), dict(config.redeemed), secret, offer.id, self.instant)
        return {contact: instant_shown(at, self.workspace.project.time_zone) for contact, at in used.items()}
