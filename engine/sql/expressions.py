"""Conditions and values of the plan as SQL over one row of the frame (and one event, inside `with (..)`).

INVARIANT: every condition is true or false, never missing; values are missing (NULL) exactly where the interpreter
says so. Numbers are compared exactly: the scaling goes into the constant where one side is one, else whole parts and
remainders are compared, so that nothing is multiplied out of 64 bits.
"""

from __future__ import annotations

from math import gcd
from typing import assert_never

from sqlglot import exp

from dsl.types import Date, DateTime, MonthDay, Numeric, OneOf, Type
from engine.instants import next_day
from engine.layout import EVENT_AT
from engine.plan_lower import TURNED
from engine.plan_types import (
    Age,
    AllOf,
    Always,
    Among,
    AnyOf,
    Calculation,
    CauseRef,
    Choice,
    ClassRef,
    Close,
    Comparison,
    Complement,
    Condition,
    ConditionRef,
    Constant,
    During,
    FactRef,
    FieldRef,
    FirstOf,
    Granted,
    Inside,
    InsideFor,
    Known,
    LeafRef,
    Membership,
    Nearby,
    OnList,
    PointsRef,
    PropertyRef,
    Recurs,
    Sampled,
    Soon,
    StageRef,
    TextMatch,
    Value,
    ValueRef,
)
from engine.sql import build
from engine.sql.build import all_true, any_true, case, closed, compared, known, minus, number, rest, times
from engine.sql.context import Context
from engine.sql.names import EVENT
from engine.sql.whole_days import day_number, whole_day
from engine.sql.zone_table import EDGES, DayStart, LeapYear, PeriodDay, PeriodEdge, RecentStart, RecursEdge, Today

SMALLEST, LARGEST = -(2**63), 2**63 - 1

FEW = 4
"""Items of a choice that are written out for each other; of more each would stand too often."""


class Expressions:
    """Writes conditions and values against a context; `event` is the alias of the event at hand."""

    def __init__(self, context: Context, event: str = EVENT) -> None:
        self.context = context
        self.event = event

    # ------------------------------------------------------------ conditions

    def condition(self, node: Condition) -> exp.Expression:
        """A boolean expression that is never missing."""
        match node:
            case Always():
                return exp.true()
            case AllOf(items=items):
                return all_true([self.condition(i) for i in items])
            case AnyOf(items=items):
                return any_true([self.condition(i) for i in items])
            case Complement(item=item):
                return build.not_(self.condition(item))
            case Comparison(op=op, left=left, right=right):
                return self.compare(op, left, right)
            case Among(value=value, options=options):
                return self._among(value, options)
            case Known(value=value):
                return known(self.value(value))
            case TextMatch():
                return closed(self._text(node))
            case Membership():
                return closed(self._has(node))
            case Nearby():
                return closed(self._nearby(node))
            case During():
                return closed(self._during(node))
            case Close():
                return closed(self._close(node))
            case Recurs():
                return closed(self._recurs(node))
            case Soon(anchor=anchor, within=within):
                at, start = build.column(EVENT_AT, self.event), self.value(anchor)
                end = build.total([start.copy(), number(within)])
                return closed(all_true([compared(">", at, start), compared("<=", at.copy(), end)]))
            case Inside(segment=name):
                return self._flag("segment", name)
            case InsideFor(segment=name, duration=duration):
                begun = compared(
                    "<=", self.context.column("entered", name), self.context.parameters.moved(duration, -1)
                )
                return all_true([self._flag("segment", name), closed(begun)])
            case Sampled(share=share, name=name):
                return compared("<", self.context.column("bucket", name), number(share))
            case OnList(list=name):
                return compared("=", self.context.listed(name), number(1))
            case Granted(channel=channel, purpose=purpose):
                return compared("=", self.context.consent(channel, purpose), number(1))
            case ConditionRef(name=name):
                return self._flag("define", name)
            case _:
                assert_never(node)

    def _flag(self, kind: str, name: str) -> exp.Expression:
        return compared("=", self.context.column(kind, name), number(1))

    def compare(self, op: str, left: Value, right: Value) -> exp.Expression:
        """A comparison, closed."""
        match left.type, right.type:
            case Numeric(denominator=a), Numeric(denominator=b):
                if isinstance(right, Constant) and isinstance(right.value, int):
                    return self.against(op, self.value(left), right.value * a, b)
                return closed(self._fractions(op, self.value(left), a, self.value(right), b))
            case OneOf(members=members, ordered=True), OneOf() if op != "=":
                return closed(self._members(op, left, right, members))
            case DateTime(), Date():
                return closed(self._against_day(op, left, right))
            case Date(), DateTime():
                return closed(self._against_day(TURNED[op], right, left))
            case _:
                return closed(compared(op, self.value(left), self.value(right)))

    def against(self, op: str, value: exp.Expression, scaled: int, denominator: int) -> exp.Expression:
        """`value op scaled / denominator` with the fraction cut to the integer that decides."""
        whole, part = divmod(scaled, denominator)
        match op:
            case "=" if part:
                return exp.false()
            case ">=" | "<" if part:
                whole += 1  # an integer is at least x exactly if it is at least the next integer
        if whole > LARGEST:
            return known(value) if op in ("<", "<=") else exp.false()
        if whole < SMALLEST:
            return known(value) if op in (">", ">=") else exp.false()
        return closed(compared(op, value, self.context.parameters.constant(whole)))

    def _fractions(self, op: str, x: exp.Expression, a: int, y: exp.Expression, b: int) -> exp.Expression:
        """`x/a op y/b` by whole parts (cut toward zero, which keeps the order), then by remainders."""
        if a == b:
            return compared(op, x, y)
        x_whole, x_rest = self._parts(x, a)
        y_whole, y_rest = self._parts(y, b)
        common = gcd(a, b)
        rests = compared(op, times(x_rest, b // common), times(y_rest, a // common))
        level = all_true([compared("=", x_whole, y_whole), rests])
        if op == "=":
            return level
        strict = "<" if op.startswith("<") else ">"
        return any_true([compared(strict, x_whole.copy(), y_whole.copy()), level])

    def _parts(self, x: exp.Expression, denominator: int) -> tuple[exp.Expression, exp.Expression]:
        if denominator == 1:
            return x, number(0)
        by = number(denominator)
        return self.context.dialect.divide(build.parens(x), by), rest(x.copy(), by.copy())

    def _members(self, op: str, left: Value, right: Value, members: tuple[str, ...]) -> exp.Expression:
        """Ordered members: against a constant a list, else by their ranks."""
        if isinstance(right, Constant):
            at = members.index(str(right.value))
            fitting = {"<": members[:at], "<=": members[: at + 1], ">": members[at + 1 :], ">=": members[at:]}[op]
            return self._in(self.value(left), fitting)
        return compared(op, self._rank(left, members), self._rank(right, members))

    def _rank(self, value: Value, members: tuple[str, ...]) -> exp.Expression:
        held = self.value(value)
        constant = self.context.parameters.constant
        return case(*((compared("=", held.copy(), constant(m)), number(i)) for i, m in enumerate(members)))

    def _in(self, value: exp.Expression, options: tuple[str | int, ...]) -> exp.Expression:
        if not options:
            return exp.false()
        constants = [self.context.parameters.constant(o) for o in options]
        return exp.In(this=build.parens(value), expressions=constants)

    def _against_day(self, op: str, moment: Value, day: Value) -> exp.Expression:
        """An instant compared with a date: the date is its whole local day. A written date has its instants in the
        table of zones; else the instant's day is looked up."""
        if not isinstance(day, Constant):
            self.context.moments.add(moment)
            return compared(op, whole_day(self.context, self.value(moment)), day_number(self.context, self.value(day)))
        assert isinstance(day.value, int)
        instant = self.value(moment)
        start = self.context.zone(DayStart(day.value))
        end = self.context.zone(DayStart(next_day(day.value)))
        match op:
            case "<":
                return compared("<", instant, start)
            case "<=":
                return compared("<", instant, end)
            case ">":
                return compared(">=", instant, end)
            case ">=":
                return compared(">=", instant, start)
            case _:
                return all_true([compared(">=", instant, start), compared("<", instant.copy(), end)])

    def _among(self, value: Value, options: tuple[Constant, ...]) -> exp.Expression:
        match value.type:
            case Numeric(denominator=a):
                fitting = []
                for option in options:
                    assert isinstance(option.value, int)
                    whole, part = divmod(option.value * a, _denominator(option.type))
                    if not part and SMALLEST <= whole <= LARGEST:
                        fitting.append(whole)
                return closed(self._in(self.value(value), tuple(fitting)))
            case DateTime() | Date() if any(type(o.type) is not type(value.type) for o in options):
                return any_true([self.compare("=", value, o) for o in options])
            case _:
                return closed(self._in(self.value(value), tuple(o.value for o in options)))

    def _text(self, node: TextMatch) -> exp.Expression:
        """By code point, with no pattern language: `%` and `_` are letters like others."""
        held = self.value(node.value)
        length = len(node.text)
        if length == 0:
            return known(held)
        text = self.context.parameters.constant(node.text)
        match node.kind:
            case "contains":
                return compared(">", exp.StrPosition(this=held, substr=text), number(0))
            case "starts with":
                return compared("=", exp.Substring(this=held, start=number(1), length=number(length)), text)
            case "ends with":
                size = exp.Length(this=held)
                start = exp.Sub(this=size.copy(), expression=number(length - 1))
                end = exp.Substring(this=held.copy(), start=start, length=number(length))
                return all_true([compared(">=", size, number(length)), compared("=", end, text)])

    def _has(self, node: Membership) -> exp.Expression:
        """Members stand between bars, so that none is found inside another."""
        tests: list[exp.Expression] = []
        for member in node.members:
            text = self.context.parameters.constant(f"|{member}|")
            tests.append(compared(">", exp.StrPosition(this=self.value(node.value), substr=text), number(0)))
        return all_true(tests) if node.kind == "all" else any_true(tests)

    def _nearby(self, node: Nearby) -> exp.Expression:
        held = self.value(node.value)
        if isinstance(node.value.type, DateTime) and node.duration.local:
            return self._local_days(node.kind, held, node.duration.amount)
        if isinstance(node.value.type, Date):
            now: exp.Expression = self.context.zone(Today())
            sign = 1 if node.kind == "in next" else -1
            edge: exp.Expression = self.context.zone(Today(node.duration, sign))
        else:
            now = self.context.parameters.as_of()
            edge = self.context.parameters.moved(node.duration, 1 if node.kind == "in next" else -1)
        match node.kind:
            case "in last":
                return all_true([compared(">", held, edge), compared("<=", held.copy(), now)])
            case "in next":
                return all_true([compared(">", held, now), compared("<=", held.copy(), edge)])
            case "older than":
                return compared("<=", held, edge)

    def _local_days(self, kind: str, held: exp.Expression, days: int) -> exp.Expression:
        """An instant by the local days around today: `RecentStart(0)` is the start of tomorrow."""
        start = self.context.zone
        match kind:
            case "in last":
                low, high = start(RecentStart(days)), start(RecentStart(0))
            case "in next":
                low, high = start(RecentStart(0)), start(RecentStart(-days))
            case _:
                return compared("<", held, start(RecentStart(days)))
        return all_true([compared(">=", held, low), compared("<", held.copy(), high)])

    def _during(self, node: During) -> exp.Expression:
        held, name = self.value(node.value), node.period.name
        if isinstance(node.value.type, Date):
            low, high = (self.context.zone(PeriodDay(name, edge)) for edge in EDGES)
        else:
            low, high = (self.context.zone(PeriodEdge(name, edge)) for edge in EDGES)
        return all_true([compared(">=", held, low), compared("<", held.copy(), high)])

    def _close(self, node: Close) -> exp.Expression:
        """Differences are under 2^31 and a little, so that no square and no sum leaves 64 bits (`engine.sphere`)."""
        squares = []
        for one, other in zip(node.one, node.other, strict=True):
            apart = build.parens(minus(self.value(one), self.value(other)))
            squares.append(times(apart, apart.copy()))
        return compared("<=", build.total(squares), self.context.parameters.constant(node.most))

    def _recurs(self, node: Recurs) -> exp.Expression:
        held = self.value(node.value)
        month_day = held if isinstance(node.value.type, MonthDay) else rest(held, number(10_000))
        zone = self.context.zone
        stretches = [
            all_true(
                [
                    compared(">=", month_day.copy(), zone(RecursEdge(node.duration, stretch, 0))),
                    compared("<=", month_day.copy(), zone(RecursEdge(node.duration, stretch, 1))),
                ]
            )
            for stretch in (0, 1)
        ]
        return any_true(stretches)

    # ------------------------------------------------------------ values

    def value(self, node: Value) -> exp.Expression:
        """An expression that is NULL where the value is missing. What is reckoned fits into 64 bits, or there is no
        answer."""
        found = self._value(node)
        return self.context.dialect.fitting(found) if isinstance(node, Calculation | Choice) else found

    def _value(self, node: Value) -> exp.Expression:
        context = self.context
        match node:
            case Constant(value=value):
                return context.parameters.constant(value)
            case FieldRef(name=name):
                return context.column("field", name)
            case FactRef():
                return context.fact(node)
            case PropertyRef(name=name):
                return build.column(name, self.event)
            case CauseRef(name=name, type=type_):
                return context.cause(name, type_)
            case LeafRef(leaf=leaf):
                return context.column("leaf", leaf)
            case Age(date=date):
                return self._age(self.value(date))
            case PointsRef(score=score):
                return context.column("points", score)
            case StageRef(score=score):
                return context.column("stage", score)
            case ClassRef(name=name):
                return context.tier(name)
            case Calculation():
                return self._calculated(node)
            case Choice():
                return self._chosen(node)
            case FirstOf(items=items):
                first, *others = map(self._value, items)
                return exp.Coalesce(this=first, expressions=others)
            case ValueRef(name=name):
                return context.column("define", name)
            case _:
                assert_never(node)

    def _age(self, born: exp.Expression) -> exp.Expression:
        """Both numbers are yyyymmdd, so the difference cut to whole ten thousands is the age."""
        today = self.context.zone(Today())
        early = all_true(
            [
                compared("=", rest(born, number(10_000)), number(229)),
                compared("=", self.context.zone(LeapYear()), number(0)),
            ]
        )
        birthday = minus(born.copy(), build.flag(early))
        years = self.context.dialect.divide(build.parens(minus(today, birthday)), number(10_000))
        return case((compared("<=", born.copy(), today.copy()), years))

    def _chosen(self, node: Choice) -> exp.Expression:
        """The greatest or least of the items that are not missing."""
        unit = _denominator(node.type)
        held = [times(self._value(i), unit // _denominator(i.type)) for i in node.items]
        if len(held) == 1:
            return held[0]
        skips = self.context.dialect.skips_missing
        if not skips:
            if len(held) > FEW or any(item.find(exp.Greatest, exp.Least, exp.Values) for item in held):
                return build.chosen(node.kind, held)
            # each item stands in for those that are missing, so that none of them decides
            held = [
                exp.Coalesce(this=held[n].copy(), expressions=[x.copy() for x in held[n + 1 :] + held[:n]])
                for n in range(len(held))
            ]
        kind = exp.Greatest if node.kind == "greatest" else exp.Least
        return kind(this=held[0], expressions=held[1:], ignore_nulls=skips)

    def _calculated(self, node: Calculation) -> exp.Expression:
        left, right = self._value(node.left), self._value(node.right)
        a, b, result = _denominator(node.left.type), _denominator(node.right.type), _denominator(node.type)
        match node.op:
            case "times":
                product = times(left, right)
                if result % (a * b) == 0:
                    return times(product, result // (a * b))
                return self._floor(times(product, result), a * b)
            case "plus":
                return exp.Add(
                    this=build.parens(times(left, result // a)), expression=build.parens(times(right, result // b))
                )
            case "minus":
                return minus(times(left, result // a), times(right, result // b))

    def _floor(self, x: exp.Expression, by: int) -> exp.Expression:
        """Division by a positive number, down to the next integer below."""
        divide = self.context.dialect.divide
        below = exp.Sub(this=build.parens(x.copy()), expression=number(by - 1))
        return case(
            (compared("<", x, number(0)), divide(build.parens(below), number(by))),
            default=divide(build.parens(x.copy()), number(by)),
        )


def _denominator(type_: Type) -> int:
    return type_.denominator if isinstance(type_, Numeric) else 1
