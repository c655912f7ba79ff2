"""Tests that write themselves: people at the boundaries of a segment or a trigger, as a playbook text.

Whom to keep is not guessed: the people that `engine.invent` finds are played in one test on the interpreter, what its
coverage hears of each is put beside what it heard before, and who adds nothing goes. What is expected is what was seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from adapters.bench import benches
from adapters.cli.workspace import Workspace
from adapters.project_check import check_all
from adapters.testing.running import Outcome, outcomes
from dsl.fmt import format_text
from dsl.model import (
    And,
    Clock,
    Duration,
    Expectation,
    Model,
    Not,
    OnEvent,
    OnSegment,
    OnStage,
    OnWhen,
    Scenario,
    StageOf,
    Trigger,
)
from dsl.schema import Schema, carries_mail
from dsl.types import Boolean, Date, DateTime, MonthDay, Numeric, OneOf, Point, SetOf, Type
from engine.coverage import Item, Key, Watch, items
from engine.evaluation import depends_on_cause
from engine.instants import HOUR, MINUTE, local_date, to_datetime
from engine.invent import Inventor, without_since
from engine.scenario import run_scenario
from engine.scenario_view import View, contact_of
from engine.sketch import Deed, Sketch
from engine.zones import zone

MOST = 80
"""So many people are tried."""

NAMES = (
    "anna", "ben", "carla", "dario", "elsa", "fabio", "greta", "hugo", "ines", "jan", "klara", "leo", "mia", "nico",
    "olga", "paul", "rita", "sven", "tina", "urs", "vera", "wim", "xenia", "yves", "zoe",
)  # fmt: skip


class NothingToInvent(Exception):
    """No test can be written; the text says why."""


@dataclass(frozen=True, slots=True)
class Written:
    """A test as text, in canonical layout, with what it leaves out: answers that no invented person brings about."""

    text: str
    outcome: Outcome
    missing: tuple[tuple[Item, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a test is for: `affirmed` and `denied` are expectations without the contact; `before`: the people come in a
    step of their own, so that what they are is a change."""

    title: str
    blocks: frozenset[str]
    affirmed: str
    denied: str
    before: bool


def for_segment(workspace: Workspace, name: str, as_of: int, file: str) -> Written:
    """A test of a segment. Raises NothingToInvent."""
    inventor = _inventor(workspace, as_of)
    segment = workspace.model.segments[name]
    people = inventor.people(segment.where, Sketch())
    blocks = frozenset([f"segment {name}"])
    subject = _Subject(f"{name} at its boundaries", blocks, f"in {name}", f"not in {name}", before=False)
    return _written(workspace, subject, people, as_of, file)


def for_trigger(workspace: Workspace, name: str, as_of: int, file: str) -> Written:
    """A test of a trigger that starts on an event or on a state that somebody comes into. Raises NothingToInvent."""
    model = workspace.model
    trigger = model.triggers[name]
    inventor = _inventor(workspace, as_of)
    people = _candidates_for(trigger, model, inventor)
    what = _does(trigger)
    subject = _Subject(
        f"{name} at its boundaries",
        frozenset([f"trigger {name}"]),
        f"gets {what}",
        f"does not get {what}" if what.startswith(("notify", *(s.channel for s in trigger.sends))) else "gets nothing",
        before=not isinstance(trigger.cause, OnEvent),
    )
    return _written(workspace, subject, people, as_of, file)


def _inventor(workspace: Workspace, as_of: int) -> Inventor:
    return Inventor(workspace.model, workspace.project.schema, workspace.project.time_zone, as_of)


def _does(trigger: Trigger) -> str:
    if trigger.sends:
        return f"{trigger.sends[0].channel} {trigger.sends[0].template}"
    if trigger.notifies:
        return f"notify {trigger.notifies[0].team}"
    if trigger.calls:
        return f"call {trigger.calls[0].hook}"
    raise NothingToInvent(f"trigger `{trigger.name}` sends nothing and tells nobody")


def _candidates_for(trigger: Trigger, model: Model, inventor: Inventor) -> Iterator[Sketch]:
    """People who bring the trigger's cause about, and others who just do not."""
    start = Sketch(consents=frozenset((send.channel, trigger.purpose) for send in trigger.sends))
    where = And(
        tuple(
            condition
            for condition in (trigger.where, None if trigger.unless is None else Not(trigger.unless, trigger.span))
            if condition is not None and not depends_on_cause(condition)
        ),
        trigger.span,
    )
    match trigger.cause:
        case OnEvent(query=query):
            wait = trigger.wait.micros() if trigger.wait is not None else 0
            if wait is None:
                raise NothingToInvent(f"trigger `{trigger.name}` waits in months: write its test by hand")
            at = inventor.as_of - wait - HOUR
            day = local_date(at, inventor.place)
            local = to_datetime(at, inventor.place)
            when = Clock(day, local.hour * 60 + local.minute)
            deeds = [Deed(query.event, one, when) for one in islice(inventor.properties(query), 8)]
            yield start
            yield from (start.who_did(deed) for deed in deeds)
            for person in inventor.people(where, start.who_did(deeds[0])) if where.items else ():
                yield person if deeds[0] in person.deeds else person.who_did(deeds[0])
            if trigger.unless is not None and depends_on_cause(trigger.unless):
                # between the cause and the end of the wait; a window keeps one of its units from its end
                between = Duration((wait // 2 + HOUR) // MINUTE + 1, "minute")
                meets = next(inventor.meeting(start, where, want=True), start)
                for person in inventor.people(without_since(trigger.unless, between), meets):
                    yield person.who_did(deeds[0])
        case OnSegment(segment=name, edge="entering"):
            yield from inventor.people(And((model.segments[name].where, *where.items), trigger.span), start)
        case OnWhen(condition=condition):
            yield from inventor.people(And((condition, *where.items), trigger.span), start)
        case OnStage(score=name, stage=stage, edge="reaching"):
            score = model.scores[name]
            of = StageOf(name, OneOf(tuple(s.name for s in score.stages), ordered=True), span=score.span)
            yield from (
                person
                for one in inventor.setting(start, of, stage)
                for person in (inventor.people(where, one) if where.items else (one,))
            )
        case _:
            raise NothingToInvent(
                f"trigger `{trigger.name}` starts in a way for which no test is written by itself: only `on EVENT`, "
                "`on entering`, `reaching` and `when`"
            )


# ---------------------------------------------------------------- choosing


def _written(workspace: Workspace, subject: _Subject, people: Iterator[Sketch], as_of: int, file: str) -> Written:
    tried: list[Sketch] = []
    for one in islice(people, 4 * MOST):
        if one not in tried and len(tried) < MOST:
            tried.append(one)
    if not tried:
        raise NothingToInvent("nobody could be invented who meets the rest of it")
    tried.sort(key=lambda one: one.size)  # who says less is read sooner
    keys = [f"p{number:03}" for number in range(len(tried))]
    probe = _text(workspace, subject, dict(zip(keys, tried, strict=True)), dict.fromkeys(keys, True), as_of)
    watches: dict[str, Watch] = {key: Watch() for key in keys}

    def looked(expected: Expectation, view: View) -> None:
        watches[str(contact_of(expected))].looked(expected, view)

    model, scenario = _bound(workspace, probe, file)
    project = workspace.project
    made = benches("interpreter", project.schema, project.time_zone)
    result = run_scenario(
        scenario, model, project.schema, project.time_zone, "interpreter", made, project.texts, looked
    )
    against = {str(contact_of(unmet.expectation)) for unmet in result.unmet}
    kept = _chosen(keys, watches, _wanted(workspace.model, subject))
    names = dict(zip(kept, NAMES, strict=False))
    chosen = {names[key]: tried[keys.index(key)] for key in names}
    truth = {names[key]: key not in against for key in names}
    text = format_text(file, _text(workspace, subject, chosen, truth, as_of)).text
    model, scenario = _bound(workspace, text, file)
    (outcome,) = outcomes(replace(workspace, model=model), [scenario])
    seen: dict[Key, set[str]] = {}
    for key in names:
        for place, answers in watches[key].answers.items():
            seen.setdefault(place, set()).update(answers)
    missing = [
        (item, tuple(a for a in item.answers if a not in seen.get(item.key, set())))
        for item in items(workspace.model)
        if item.block in subject.blocks
    ]
    return Written(text, outcome, tuple((item, answers) for item, answers in missing if answers))


def _wanted(model: Model, subject: _Subject) -> frozenset[Key]:
    """What counts: everything but what belongs to other triggers and to limits."""
    return frozenset(
        item.key
        for item in items(model)
        if item.block in subject.blocks or not item.block.startswith(("trigger ", "cap ", "quiet ", "suppress "))
    )


def _chosen(keys: Sequence[str], watches: Mapping[str, Watch], wanted: frozenset[Key]) -> list[str]:
    """The people that see something that those before them did not."""
    seen: set[tuple[Key, str]] = set()
    kept: list[str] = []
    for key in keys:
        mine = {(place, a) for place, answers in watches[key].answers.items() if place in wanted for a in answers}
        if mine - seen and len(kept) < len(NAMES):
            seen |= mine
            kept.append(key)
    return kept


def _bound(workspace: Workspace, text: str, file: str) -> tuple[Model, Scenario]:
    project = workspace.project
    kept = tuple(one for one in project.sources if one[0] != file)
    together = replace(project, sources=(*kept, (file, text)), texts={**project.texts, file: text})
    checked, found = check_all(together)
    assert checked.model is not None, [d.summary for d in found if d.severity == "error"] + [text]
    (scenario,) = [one for one in checked.model.scenarios if one.span.file == file]
    return checked.model, scenario


# ---------------------------------------------------------------- the text


def _text(
    workspace: Workspace, subject: _Subject, people: Mapping[str, Sketch], truth: Mapping[str, bool], as_of: int
) -> str:
    """The `test` block, not laid out yet."""
    schema, place = workspace.project.schema, zone(workspace.project.time_zone)
    start = to_datetime(as_of, place)
    lines = [f'test "{subject.title}"', f"  at {start:%Y-%m-%d %H:%M}"]
    if subject.before:
        # whoever is there from the start has changed nothing
        lines = [lines[0], f"  at {to_datetime(as_of - HOUR, place):%Y-%m-%d %H:%M}", "  after 1 hour"]
    for number, (name, sketch) in enumerate(people.items()):
        lines += [f"  {line}" for line in person(name, number, sketch, schema, workspace.project.time_zone)]
    lines += [f"  expect {name} {subject.affirmed if truth[name] else subject.denied}" for name in people]
    return "\n".join(lines) + "\n"


def person(name: str, number: int, sketch: Sketch, schema: Schema, time_zone: str) -> Iterator[str]:
    """Somebody invented, as the lines of a `test` block say it."""
    fields = dict(sketch.fields)
    for channel, _ in sorted(sketch.consents):
        address = schema.channels[channel].address
        if address is not None and address not in fields:
            fields[address] = _address(schema, channel, address, name, number)
    written = ", ".join(f"{n} = {spelled(schema.fields[n].type, v, time_zone)}" for n, v in fields.items())
    yield f"contact {name} ({written})" if written else f"contact {name}"
    for one in sorted(sketch.lists):
        yield f"  on list {one}"
    for channel, purpose in sorted(sketch.consents):
        yield f"  consents to {channel} for {purpose}"
    for deed in sketch.deeds:
        kinds = schema.events[deed.event].properties
        held = ", ".join(f"{n} = {spelled(kinds[n].type, v, time_zone)}" for n, v in deed.properties)
        yield f"  did {deed.event}{f' ({held})' if held else ''} {_when(deed)}".rstrip()


def _address(schema: Schema, channel: str, field: str, name: str, number: int) -> str:
    """An address that nobody has: of a domain kept for examples, a number, a street."""
    if carries_mail(schema, channel):
        return f"{name}@example.ch"
    return f"+4179{number:07}" if "phone" in schema.fields[field].normalise else f"Seeweg {number + 1}"


def _when(deed: Deed) -> str:
    match deed.when:
        case Duration(amount=amount, unit=unit):
            return f"{amount} {unit}{'' if amount == 1 else 's'} ago"
        case Clock(day=day, minutes=minutes):
            time = f"{minutes // 60:02}:{minutes % 60:02}"
            return f"at {time}" if day is None else f"at {_date(day)} {time}"
        case _:
            return ""


def spelled(kind: Type, value: str | int, time_zone: str) -> str:
    """A stored value as it is written in a playbook."""
    match kind:
        case Numeric(denominator=unit):
            whole, rest = divmod(abs(int(value)), unit)
            digits = len(str(unit)) - 1
            sign = "-" if int(value) < 0 else ""
            return f"{sign}{whole}.{rest:0{digits}}" if rest else f"{sign}{whole}"
        case Boolean():
            return "yes" if value else "no"
        case Date():
            return _date(int(value))
        case MonthDay():
            return f'"{int(value) // 100:02}-{int(value) % 100:02}"'
        case DateTime():
            return f"{to_datetime(int(value), zone(time_zone)):%Y-%m-%d %H:%M}"
        case OneOf():
            return _member(str(value))
        case SetOf():
            return f"({', '.join(_member(one) for one in str(value).split('|') if one)})"
        case Point():
            return f"({', '.join(str(value).split(','))})"
        case _:
            text = str(value).replace("\\", "\\\\").replace('"', '\\"')
            return f'"{text}"'


def _member(text: str) -> str:
    return text if text.isidentifier() else f'"{text}"'


def _date(day: int) -> str:
    return f"{day // 10_000:04}-{day // 100 % 100:02}-{day % 100:02}"
