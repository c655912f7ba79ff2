"""Suite: thirty rules about one contact in memory, beside the engines of rules that people would pick instead.

Every engine gets one dictionary of 43 attributes and aggregates after the other, called from Python, and says which
rules hold. All get the same conditions, translated from the plan by `translate`, ready compiled; every answer is
compared. None of them has windows, scores or caps: this is only the last step of a decision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks import translate
from benchmarks.figures import Figure, Options
from dsl.check import check
from dsl.model import Model
from dsl.schema import Field, Schema
from dsl.types import NUMBER, OneOf, Stored, Text, Type
from engine.evaluation import Memory
from engine.interpret.reader import Reader
from engine.interpret.setting import Setting
from engine.plan import make_plan
from engine.plan_types import Condition
from engine.records import Contact, ContactData

RULES = Path(__file__).parent / "decision_rules.play"
ZONE = "Europe/Zurich"
AS_OF = 1_795_348_800_000_000

WORDS: dict[str, tuple[str, ...]] = {
    "country": ("CH", "LI", "DE", "AT", "US"),
    "language": ("de", "fr", "en"),
    "gender": ("female", "male", "other"),
    "tier": ("basic", "silver", "gold"),
    "role": ("decision_maker", "influencer", "user"),
    "last_category": ("coffee", "tea", "accessories", "machines"),
}
"""Attributes with their members."""

NUMBERS: dict[str, int] = {
    "age": 90, "orders_year": 8, "spent_year": 120_000, "days_since_order": 700, "orders_ever": 12, "coffee_year": 3,
    "visits_14": 6, "carts_7": 3, "machine_visits_90": 5, "largest_order": 60_000, "owns_machine": 2,
    "emails_read_30": 8, "complaints_60": 2, "rating": 50, "visits_30": 15, "products_year": 5, "engagement": 100,
    "loyalty": 100, "orders_90": 3, "interest": 60, "pieces_90": 40, "company": 2, "employees": 200, "webinars": 4,
    "spent_90": 40_000, "days_since_visit": 60, "days_since_mail": 20, "sent_7": 4, "sent_sms_30": 2, "vouchers": 3,
    "days_to_birthday": 365, "returns_year": 5, "carts_30": 5, "orders_30": 3, "spent_ever": 200_000,
    "average_order": 16_000, "coffee_ever": 5,
}  # fmt: skip
"""Aggregates, each with what it is less than."""

Contacts = Sequence[Mapping[str, str | int]]
Decide = Callable[[Mapping[str, str | int]], frozenset[str]]
"""Which rules hold for a contact."""


def schema() -> Schema:
    """The attributes and aggregates as fields of a contact."""
    types: dict[str, Type] = {"key": Text()}
    types |= {name: OneOf(members) for name, members in WORDS.items()}
    types |= dict.fromkeys(NUMBERS, NUMBER)
    return Schema(key="key", fields={name: Field(name, type_) for name, type_ in types.items()}, events={})


def contacts(number: int) -> Contacts:
    """Contacts without a gap, the same every time."""
    chance = Random(2026)
    return [
        {name: members[int(chance.random() * len(members))] for name, members in WORDS.items()}
        | {name: int(chance.random() * below) for name, below in NUMBERS.items()}
        for _ in range(number)
    ]


def rules() -> tuple[Model, dict[str, Condition]]:
    """The bound model, and each rule's condition in the plan."""
    checked = check([(RULES.name, RULES.read_text(encoding="utf-8"))], schema(), {})
    assert checked.model is not None, [d.summary for d in checked.diagnostics]
    plan = make_plan(checked.model, schema(), ZONE)
    return checked.model, {s.name: s.where for s in plan.segments}


# ---------------------------------------------------------------- ours


def interpreter(model: Model) -> Decide:
    """What `explain`, `test` and the reading of one contact use."""
    setting = Setting(model, AS_OF, ZONE, schema(), Memory())
    names = list(model.segments)

    def decide(given: Mapping[str, str | int]) -> frozenset[str]:
        fields: dict[str, Stored] = {"key": "c", **given}
        reader = Reader(setting, ContactData(Contact("c", fields), {}))
        return frozenset(name for name in names if reader.member(name))

    return decide


def source(conditions: Mapping[str, Condition]) -> Decide:
    """Python's own words, generated and compiled: what a faster path could reach."""
    parts = ", ".join(f"({c}) and {name!r}" for name, c in _expressions(conditions, translate.PYTHON).items())
    made: dict[str, Decide] = {}
    text = f"def decide(c): return frozenset(filter(None, ({parts},)))"
    exec(compile(text, "rules", "exec"), made)  # our own text, from a fixed file
    return made["decide"]


def _expressions(conditions: Mapping[str, Condition], words: translate.Words) -> dict[str, str]:
    return {name: translate.expression(condition, words) for name, condition in conditions.items()}


# ---------------------------------------------------------------- the others


def cel_rust(conditions: Mapping[str, Condition]) -> Decide:
    """common-expression-language: one program that gives a list, its quickest way (thirty are 20 times slower)."""
    import cel

    names = list(conditions)
    program = cel.compile(f"[{', '.join(_expressions(conditions, translate.CEL).values())}]")

    def decide(given: Mapping[str, str | int]) -> frozenset[str]:
        held = program.execute(given)
        return frozenset(name for name, holds in zip(names, held, strict=True) if holds)

    return decide


def cel_python(conditions: Mapping[str, Condition]) -> Decide:
    """cel-python: thirty programs, inputs converted once."""
    import celpy

    environment = celpy.Environment()
    programs = {
        name: environment.program(environment.compile(text))
        for name, text in _expressions(conditions, translate.CEL).items()
    }

    def decide(given: Mapping[str, str | int]) -> frozenset[str]:
        told = celpy.json_to_cel(dict(given))
        return frozenset(name for name, program in programs.items() if program.evaluate(told))

    return decide


def rule_engine(conditions: Mapping[str, Condition]) -> Decide:
    """rule-engine: thirty rules."""
    import rule_engine as engine

    made = {name: engine.Rule(text) for name, text in _expressions(conditions, translate.RULE_ENGINE).items()}
    return lambda given: frozenset(name for name, rule in made.items() if rule.matches(given))


def zen(conditions: Mapping[str, Condition]) -> Decide:
    """zen-engine: thirty compiled expressions."""
    import zen as engine

    made = {name: engine.compile_expression(text) for name, text in _expressions(conditions, translate.ZEN).items()}
    return lambda given: frozenset(name for name, one in made.items() if one.evaluate(given))


def json_logic(conditions: Mapping[str, Condition]) -> Decide:
    """json-logic-qubit."""
    from json_logic import jsonLogic

    made = {name: translate.json_logic(condition) for name, condition in conditions.items()}
    return lambda given: frozenset(name for name, rule in made.items() if jsonLogic(rule, given))


def durable(conditions: Mapping[str, Condition]) -> Decide:
    """durable-rules: a set of rules; a fact comes and goes."""
    from durable import lang

    held: list[str] = []
    number = next(_RULESETS)
    with lang.ruleset(f"decide{number}"):
        for name, condition in conditions.items():
            lang.when_all(translate.durable(condition, lang.m))(_keeping(name, held))

    def decide(given: Mapping[str, str | int]) -> frozenset[str]:
        held.clear()
        fact = dict(given)
        lang.assert_fact(f"decide{number}", fact)
        lang.retract_fact(f"decide{number}", fact)
        return frozenset(held)

    return decide


def _keeping(name: str, held: list[str]) -> Callable[[Any], None]:
    def keep(context: Any) -> None:
        del context  # it looks at how many arguments there are
        held.append(name)

    return keep


_RULESETS = count()

PEERS: dict[str, Callable[[Mapping[str, Condition]], Decide]] = {
    "CEL in Rust, one program": cel_rust,
    "durable-rules": durable,
    "rule-engine": rule_engine,
    "json-logic": json_logic,
    "zen-engine": zen,
    "CEL in Python": cel_python,
}


# ---------------------------------------------------------------- measuring


def rate(decide: Decide, given: Contacts) -> tuple[float, list[frozenset[str]]]:
    """Decisions a second, and the decisions."""
    start = perf_counter()
    found = [decide(one) for one in given]
    return len(given) / (perf_counter() - start), found


def how_many(decide: Decide, given: Contacts, seconds: float) -> int:
    """How many contacts an engine decides about in so many seconds, roughly; 10 at least."""
    decide(given[0])
    speed, _ = rate(decide, given[:10])
    return min(len(given), max(10, int(speed * seconds)))


def figures(options: Options) -> Iterator[Figure]:
    """See `benchmarks.figures`."""
    model, conditions = rules()
    entries: dict[str, Decide] = {"interpreter": interpreter(model), "generated source": source(conditions)}
    missing: dict[str, str] = {}
    for name, make in PEERS.items():
        try:
            entries[name] = make(conditions)
        except ImportError as error:
            missing[name] = f"not installed: {error.name or error}"
    given = contacts(20_000)
    seconds = 0.1 if options.quick else 1.5
    shares = {name: given[: how_many(decide, given, seconds)] for name, decide in entries.items()}
    rates: dict[str, list[float]] = {name: [] for name in entries}
    answers: dict[str, list[frozenset[str]]] = {}
    for turn in range(1, options.rounds + 1):
        for name, decide in entries.items():
            options.say(f"{name}, round {turn} of {options.rounds}")
            speed, answers[name] = rate(decide, shares[name])
            rates[name].append(speed)
    right = [entries["generated source"](one) for one in given]
    told = {name: median(speeds) for name, speeds in rates.items()}
    equal = {name: found == right[: len(found)] for name, found in answers.items()}
    yield from _rows(told, equal, {name: len(share) for name, share in shares.items()})
    for name, why in missing.items():
        yield Figure(f"one contact, 30 rules, beside {name}", None, "decisions/s", note=why)


def _rows(told: Mapping[str, float], equal: Mapping[str, bool], decided: Mapping[str, int]) -> Iterator[Figure]:
    ours = told["interpreter"]
    for name, speed in told.items():
        if name not in ("interpreter", "generated source"):
            yield Figure(
                f"one contact, 30 rules, beside {name}", ours, "decisions/s", speed, name,
                equal=equal[name] and equal["interpreter"], note=f"{decided[name]:,} decisions compared",
            )  # fmt: skip
    yield Figure(
        "one contact, 30 rules, generated source", told["generated source"], "decisions/s", ours, "the interpreter",
        equal=equal["interpreter"], note="a second design, measured here only: no command has many contacts in memory",
    )  # fmt: skip
