"""The syntax tree: what stands in a file, before anything is looked up.

One frozen class per rule of `dsl/grammar.lark`, of the same name (`rule_on` builds `RuleOn`), its fields in the
order of the rule's parts. Every node has a `span` outside equality. Clauses keep the order of the text.
"""

from __future__ import annotations

from dsl.records import dataclass, field
from dsl.spans import Span


@dataclass(frozen=True, slots=True)
class Node:
    """What every node has: the stretch of text that it was made from."""

    span: Span = field(compare=False, repr=False, kw_only=True)


# ---------------------------------------------------------------- leaves


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A name, NFC."""

    text: str


@dataclass(frozen=True, slots=True)
class Text(Node):
    """Text in quotes; `text` is what stands between them, NFC."""

    text: str


@dataclass(frozen=True, slots=True)
class Number(Node):
    """Digits as typed, without `_`; perhaps with a decimal point."""

    text: str


@dataclass(frozen=True, slots=True)
class Date(Node):
    """A valid date; `value` is yyyymmdd."""

    value: int


@dataclass(frozen=True, slots=True)
class Time(Node):
    """A valid time of day; `minutes` after midnight."""

    minutes: int


@dataclass(frozen=True, slots=True)
class Word(Node):
    """Keywords that carry a choice (an operator, a unit), one space between them."""

    text: str


@dataclass(frozen=True, slots=True)
class Later(Node):
    """A construct that the language reserves and this version does not carry out; `rule` is its grammar rule."""

    rule: str


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A number in an expression, with its sign and percent sign."""

    minus: Word | None
    number: Number
    percent: Word | None


@dataclass(frozen=True, slots=True)
class Signed(Node):
    """A number that may be negative."""

    minus: Word | None
    number: Number


@dataclass(frozen=True, slots=True)
class Duration(Node):
    """`7 days`, `3 local days`."""

    number: Number
    local: Word | None
    unit: Word


@dataclass(frozen=True, slots=True)
class Path(Node):
    """A name in an expression: `country`, `contact.country`, `event.amount`."""

    first: Name
    second: Name | None


# ---------------------------------------------------------------- windows


@dataclass(frozen=True, slots=True)
class WindowLast(Node):
    """`in last 30 days`."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class WindowAgo(Node):
    """`90 to 30 days ago`."""

    far: Number
    near: Number
    unit: Word


@dataclass(frozen=True, slots=True)
class WindowBefore(Node):
    """`before 2026-01-01`."""

    date: Date


@dataclass(frozen=True, slots=True)
class WindowSince(Node):
    """`since 2026-01-01`."""

    date: Date


@dataclass(frozen=True, slots=True)
class WindowSinceThen(Node):
    """`since then`."""


@dataclass(frozen=True, slots=True)
class WindowFrom(Node):
    """`from 2026-01-01 to 2026-01-31`."""

    first: Date
    last: Date


@dataclass(frozen=True, slots=True)
class WindowPeriod(Node):
    """`today`, `yesterday`, `this week`."""

    period: Word


Window = WindowLast | WindowAgo | WindowBefore | WindowSince | WindowSinceThen | WindowFrom | WindowPeriod


# ---------------------------------------------------------------- expressions


@dataclass(frozen=True, slots=True)
class Event(Node):
    """An event type with the filter of `with (..)`."""

    name: Name
    where: Expr | None


@dataclass(frozen=True, slots=True)
class Times(Node):
    """`at least 3 times`."""

    how: Word
    number: Number


@dataclass(frozen=True, slots=True)
class NumberOf(Node):
    """`number of purchase in last 90 days`."""

    event: Event
    window: Window | None


@dataclass(frozen=True, slots=True)
class Aggregate(Node):
    """`sum of purchase.amount with (..) in last 1 year`."""

    kind: Word
    event: Name
    property: Name
    where: Expr | None
    window: Window | None


@dataclass(frozen=True, slots=True)
class Nth(Node):
    """`first visit`, `last purchase with (..)`: an instant."""

    kind: Word
    event: Name
    where: Expr | None


@dataclass(frozen=True, slots=True)
class NthProperty(Node):
    """`first visit.page`, `last purchase.product with (..)`."""

    kind: Word
    event: Name
    property: Name
    where: Expr | None


@dataclass(frozen=True, slots=True)
class StageOf(Node):
    """`stage of engagement`."""

    score: Name


@dataclass(frozen=True, slots=True)
class ClassOf(Node):
    """`class of value`."""

    name: Name


@dataclass(frozen=True, slots=True)
class AgeOf(Node):
    """`age of birth_date`."""

    path: Path


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """`a plus b times c`, from left to right: values and words in turn."""

    parts: tuple[Expr | Word, ...]


@dataclass(frozen=True, slots=True)
class AnyOf(Node):
    """`a or b or c`."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class AllOf(Node):
    """`a and b and c`."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Negation(Node):
    """`not a`."""

    item: Expr


@dataclass(frozen=True, slots=True)
class Group(Node):
    """`( a )`."""

    item: Expr


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """`a = b`, with `=`, `!=`, `<`, `<=`, `>` or `>=`."""

    left: Expr
    op: Word
    right: Expr


@dataclass(frozen=True, slots=True)
class Between(Node):
    """`a between b and c`."""

    value: Expr
    low: Expr
    high: Expr


@dataclass(frozen=True, slots=True)
class Options(Node):
    """`(a, b, c)`, perhaps empty."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Pick(Node):
    """`greatest of (a, b, c)`, `least of (a, b)`."""

    kind: Word
    options: Options


@dataclass(frozen=True, slots=True)
class InList(Node):
    """`a in (b, c)`."""

    value: Expr
    options: Options


@dataclass(frozen=True, slots=True)
class NotInList(Node):
    """`a not in (b, c)`."""

    value: Expr
    options: Options


@dataclass(frozen=True, slots=True)
class IsKnown(Node):
    """`a is known`."""

    value: Expr


@dataclass(frozen=True, slots=True)
class IsMissing(Node):
    """`a is missing`."""

    value: Expr


@dataclass(frozen=True, slots=True)
class TextTest(Node):
    """`a contains b`, `a starts with b`, `a ends with b`."""

    value: Expr
    kind: Word
    text: Expr


@dataclass(frozen=True, slots=True)
class SetTest(Node):
    """`a has any (b, c)`, `a has all (b, c)`, `a has none (b, c)`."""

    value: Expr
    kind: Word
    options: Options


@dataclass(frozen=True, slots=True)
class OlderThan(Node):
    """`a older than 60 days`."""

    value: Expr
    duration: Duration


@dataclass(frozen=True, slots=True)
class InLast(Node):
    """`a in last 7 days`."""

    value: Expr
    duration: Duration


@dataclass(frozen=True, slots=True)
class InNext(Node):
    """`a in next 7 days`."""

    value: Expr
    duration: Duration


@dataclass(frozen=True, slots=True)
class InPeriod(Node):
    """`a this month`."""

    value: Expr
    period: Word


@dataclass(frozen=True, slots=True)
class Distance(Node):
    """`5 km`, `500 m`."""

    number: Signed
    unit: Word


@dataclass(frozen=True, slots=True)
class Spot(Node):
    """`(47.3769, 8.5417)`: latitude and longitude in degrees."""

    latitude: Signed
    longitude: Signed


@dataclass(frozen=True, slots=True)
class WithinDistance(Node):
    """`a within 5 km of b`."""

    value: Expr
    distance: Distance
    place: Spot | Expr


@dataclass(frozen=True, slots=True)
class AnniversaryToday(Node):
    """`a anniversary today`."""

    value: Expr


@dataclass(frozen=True, slots=True)
class AnniversaryNext(Node):
    """`a anniversary in next 7 days`."""

    value: Expr
    duration: Duration


@dataclass(frozen=True, slots=True)
class Member(Node):
    """`in customers`."""

    segment: Name


@dataclass(frozen=True, slots=True)
class MemberFor(Node):
    """`in customers for 7 days`."""

    segment: Name
    duration: Duration


@dataclass(frozen=True, slots=True)
class Everyone(Node):
    """`everyone`."""


@dataclass(frozen=True, slots=True)
class Sample(Node):
    """`sample 10 % as spring_test`."""

    percent: Number
    name: Name


@dataclass(frozen=True, slots=True)
class Consents(Node):
    """`consents to email for newsletter`."""

    channel: Name
    purpose: Name | None


@dataclass(frozen=True, slots=True)
class Did(Node):
    """`did not visit with (..) at least 3 times in last 14 days`."""

    negated: Word | None
    event: Event
    times: Times | None
    window: Window | None


@dataclass(frozen=True, slots=True)
class DidThen(Node):
    """`did not cart_added with (..) then purchase of the same cart_id within 2 days in last 30 days`."""

    negated: Word | None
    first: Event
    second: Event
    same: Name | None
    within: Duration
    window: Window | None


@dataclass(frozen=True, slots=True)
class DidWithout(Node):
    """`did not cart_added without purchase of the same cart_id within 4 hours in last 30 days`."""

    negated: Word | None
    first: Event
    second: Event
    same: Name | None
    within: Duration
    window: Window | None


@dataclass(frozen=True, slots=True)
class DidWithin(Node):
    """`did not purchase with (..) within 30 days of signed_up in last 1 year`."""

    negated: Word | None
    event: Event
    within: Duration
    anchor: Expr
    window: Window | None


@dataclass(frozen=True, slots=True)
class DidOnDays(Node):
    """`did not visit on at least 3 different local days in last 14 days`."""

    negated: Word | None
    event: Event
    how: Word
    number: Number
    unit: Word
    window: Window | None


Expr = (
    AnyOf
    | AllOf
    | Negation
    | Group
    | Compare
    | Between
    | InList
    | NotInList
    | IsKnown
    | IsMissing
    | TextTest
    | SetTest
    | OlderThan
    | InLast
    | InNext
    | InPeriod
    | WithinDistance
    | AnniversaryToday
    | AnniversaryNext
    | Member
    | MemberFor
    | Everyone
    | Sample
    | Consents
    | Did
    | DidThen
    | DidWithout
    | DidWithin
    | DidOnDays
    | Arithmetic
    | NumberOf
    | Aggregate
    | Nth
    | NthProperty
    | Pick
    | StageOf
    | ClassOf
    | AgeOf
    | Literal
    | Text
    | Date
    | Time
    | Path
    | Later
)


# ---------------------------------------------------------------- blocks and what they share


@dataclass(frozen=True, slots=True)
class Head(Node):
    """Name, old name and title of a block."""

    name: Name
    was: Name | None
    title: Text | None


@dataclass(frozen=True, slots=True)
class Owner(Node):
    """`owner "CRM team"`."""

    text: Text


@dataclass(frozen=True, slots=True)
class Where(Node):
    """`where EXPR`."""

    expr: Expr


@dataclass(frozen=True, slots=True)
class IncludeList(Node):
    """`include list press`."""

    name: Name


@dataclass(frozen=True, slots=True)
class ExcludeList(Node):
    """`exclude list staff`."""

    name: Name


@dataclass(frozen=True, slots=True)
class Segment(Node):
    """A `segment` block."""

    head: Head
    clauses: tuple[Where | Owner | IncludeList | ExcludeList, ...]


@dataclass(frozen=True, slots=True)
class Define(Node):
    """A `define` block."""

    head: Head
    expr: Expr
    owner: Owner | None


# ---------------------------------------------------------------- score


@dataclass(frozen=True, slots=True)
class Per(Node):
    """`per PROPERTY`."""

    name: Name


@dataclass(frozen=True, slots=True)
class Once(Node):
    """`once`."""

    per: Per | LocalPeriod | None


@dataclass(frozen=True, slots=True)
class MostTimes(Node):
    """`at most 3 times`."""

    number: Number
    per: Per | LocalPeriod | None


@dataclass(frozen=True, slots=True)
class MostPoints(Node):
    """`at most 20 points`."""

    number: Number
    per: Per | LocalPeriod | None


Limit = Once | MostTimes | MostPoints


@dataclass(frozen=True, slots=True)
class Halve(Node):
    """`halve every 30 days`; of one rule: `halving every`."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class Lose(Node):
    """`lose 10 % of the original every 30 days`; of one rule: `losing 10 % every`."""

    number: Number
    duration: Duration


@dataclass(frozen=True, slots=True)
class Forget(Node):
    """`forget after 1 day`; of one rule: `forgotten after`."""

    duration: Duration


Fading = Halve | Lose | Forget


@dataclass(frozen=True, slots=True)
class RuleOn(Node):
    """`+8 on cart_added in last 30 days at most 3 times halving every 7 days`."""

    sign: Word
    points: Number
    event: Event
    window: Window | None
    limit: Limit | None
    fading: Fading | None


@dataclass(frozen=True, slots=True)
class RuleWhen(Node):
    """`-20 when occupation = student`."""

    sign: Word
    points: Number
    expr: Expr


@dataclass(frozen=True, slots=True)
class RulePer(Node):
    """`+1 per 100 of turnover at most 20 points`."""

    sign: Word
    points: Number
    every: Number
    of: Expr
    limit: Limit | None


@dataclass(frozen=True, slots=True)
class Keep(Node):
    """`keep between 0 and 100`."""

    floor: Signed
    ceiling: Signed


@dataclass(frozen=True, slots=True)
class Stage(Node):
    """`stage sales_ready from 40 leave below 35 rest 30 days`."""

    name: Name
    start: Signed
    leave: Signed | None
    rest: Duration | None


ScoreClause = Where | Owner | RuleOn | RuleWhen | RulePer | Halve | Lose | Forget | Keep | Stage | Later


@dataclass(frozen=True, slots=True)
class Score(Node):
    """A `score` block."""

    head: Head
    clauses: tuple[ScoreClause, ...]


# ---------------------------------------------------------------- class


@dataclass(frozen=True, slots=True)
class By(Node):
    """`by sum of purchase.amount in last 1 year`."""

    value: Expr


@dataclass(frozen=True, slots=True)
class TierShare(Node):
    """`tier A first 80 % of total`, `tier gold first 10 %`; `total` None: of the members."""

    name: Name
    ranked: Word
    number: Number
    total: Word | None


@dataclass(frozen=True, slots=True)
class TierNumber(Node):
    """`tier best top 500`, `tier good next 500`."""

    name: Name
    ranked: Word
    number: Number


@dataclass(frozen=True, slots=True)
class TierRest(Node):
    """`tier C rest`."""

    name: Name


Tier = TierShare | TierNumber | TierRest


@dataclass(frozen=True, slots=True)
class Class(Node):
    """A `class` block."""

    head: Head
    clauses: tuple[Where | Owner | By | Tier, ...]


# ---------------------------------------------------------------- trigger


@dataclass(frozen=True, slots=True)
class OnEvent(Node):
    """`on cart_added with (..)`."""

    event: Event


@dataclass(frozen=True, slots=True)
class OnEntering(Node):
    """`on entering customers including those already in`."""

    segment: Name
    including: Word | None


@dataclass(frozen=True, slots=True)
class OnLeaving(Node):
    """`on leaving customers`."""

    segment: Name


@dataclass(frozen=True, slots=True)
class OnReaching(Node):
    """`on engagement reaching qualified`."""

    score: Name
    stage: Name


@dataclass(frozen=True, slots=True)
class OnFalling(Node):
    """`on engagement falling below qualified`."""

    score: Name
    stage: Name


@dataclass(frozen=True, slots=True)
class Days(Node):
    """`saturday, sunday`."""

    items: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class OnYear(Node):
    """`every year on birth_date at 09:00`."""

    path: Path
    time: Time | None


@dataclass(frozen=True, slots=True)
class OnYearFrom(Node):
    """`every year 7 days before birth_date at 09:00`."""

    duration: Duration
    side: Word
    path: Path
    time: Time


@dataclass(frozen=True, slots=True)
class OnDaysFrom(Node):
    """`30 days before contract_end at 09:00`."""

    duration: Duration
    side: Word
    path: Path
    time: Time


@dataclass(frozen=True, slots=True)
class EveryDay(Node):
    """`every day at 09:00`."""

    time: Time


@dataclass(frozen=True, slots=True)
class EveryWeek(Node):
    """`every monday, thursday at 09:00`."""

    days: Days
    time: Time


@dataclass(frozen=True, slots=True)
class EveryMonth(Node):
    """`every month on 15 at 09:00`."""

    day: Number
    time: Time


@dataclass(frozen=True, slots=True)
class OnDate(Node):
    """`on 2026-11-27 at 09:00`."""

    date: Date
    time: Time | None


@dataclass(frozen=True, slots=True)
class OnChanging(Node):
    """`on plan changing`, `on plan changing to gold`, `on weather.rain_mm changing`."""

    of: Path
    to: Expr | None


@dataclass(frozen=True, slots=True)
class OnWhen(Node):
    """`when credit > 100`: the instant at which it becomes true."""

    expr: Expr


Cause = (
    OnEvent
    | OnEntering
    | OnLeaving
    | OnReaching
    | OnFalling
    | OnYear
    | OnYearFrom
    | OnDaysFrom
    | EveryDay
    | EveryWeek
    | EveryMonth
    | OnDate
    | OnChanging
    | OnWhen
)


@dataclass(frozen=True, slots=True)
class Wait(Node):
    """`wait 4 hours unless did purchase since then`."""

    duration: Duration
    unless: Expr | None


@dataclass(frozen=True, slots=True)
class Send(Node):
    """`send email cart_reminder with offer welcome10 from owner_email reply to owner_email`."""

    channel: Name
    template: Name
    offer: Name | None
    sender: Path | None
    reply_to: Path | None


@dataclass(frozen=True, slots=True)
class Notify(Node):
    """`notify sales "call {{ contact.first_name }}"`."""

    team: Name
    text: Text


@dataclass(frozen=True, slots=True)
class SetField(Node):
    """`set plan to gold`."""

    of: Path
    value: Expr


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`call crm`."""

    hook: Name


@dataclass(frozen=True, slots=True)
class Actions(Node):
    """Actions tried in order, joined by `else`."""

    items: tuple[Send | Notify | SetField | Call, ...]


@dataclass(frozen=True, slots=True)
class AgainEveryTime(Node):
    """`again every time`."""

    per: Per | None


@dataclass(frozen=True, slots=True)
class AgainNever(Node):
    """`again never`."""

    per: Per | None


@dataclass(frozen=True, slots=True)
class AgainAfter(Node):
    """`again after 14 days`."""

    duration: Duration
    per: Per | None


@dataclass(frozen=True, slots=True)
class AgainOnce(Node):
    """`again once per local month`."""

    local: Word | None
    unit: Word
    per: Per | None


Again = AgainEveryTime | AgainNever | AgainAfter | AgainOnce


@dataclass(frozen=True, slots=True)
class Priority(Node):
    """`priority 60`."""

    number: Number


@dataclass(frozen=True, slots=True)
class Category(Node):
    """`category promotional`."""

    name: Name


@dataclass(frozen=True, slots=True)
class Because(Node):
    """`because "order confirmation"`."""

    text: Text


@dataclass(frozen=True, slots=True)
class Purpose(Node):
    """`purpose newsletter`."""

    name: Name


@dataclass(frozen=True, slots=True)
class IfCappedDrop(Node):
    """`if capped drop`."""


@dataclass(frozen=True, slots=True)
class IfCappedWait(Node):
    """`if capped wait up to 1 day`."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class Expires(Node):
    """`expires after 24 hours`."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class Late(Node):
    """`late by up to 2 days`."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class Active(Node):
    """`active from 2026-01-01 08:00 to 2026-02-01`."""

    start: Date
    start_time: Time | None
    end: Date | None
    end_time: Time | None


@dataclass(frozen=True, slots=True)
class Paused(Node):
    """`paused "until legal has answered"`."""

    text: Text


@dataclass(frozen=True, slots=True)
class Names(Node):
    """`a, b, c`."""

    items: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Tags(Node):
    """`tags sale, autumn`."""

    names: Names


@dataclass(frozen=True, slots=True)
class Leap(Node):
    """`leap day feb 28`."""

    month: Word
    number: Number


@dataclass(frozen=True, slots=True)
class Goal(Node):
    """`goal purchase with (..) within 7 days`."""

    event: Event
    duration: Duration


@dataclass(frozen=True, slots=True)
class Holdout(Node):
    """`holdout 10 %`."""

    percent: Number


@dataclass(frozen=True, slots=True)
class Deliver(Node):
    """`deliver between 09:00 and 11:00 on weekdays`."""

    start: Time
    end: Time
    days: Days | None


@dataclass(frozen=True, slots=True)
class Spread(Node):
    """`spread over 2 hours`."""

    duration: Duration


TriggerClause = (
    Cause
    | Where
    | Owner
    | Wait
    | Actions
    | Again
    | Priority
    | Category
    | Because
    | Purpose
    | IfCappedDrop
    | IfCappedWait
    | Expires
    | Late
    | Active
    | Paused
    | Tags
    | Leap
    | Goal
    | Holdout
    | Deliver
    | Spread
    | Later
)


@dataclass(frozen=True, slots=True)
class Trigger(Node):
    """A `trigger` block; the cause, if there is one, is the first clause."""

    head: Head
    clauses: tuple[TriggerClause, ...]


# ---------------------------------------------------------------- cap, quiet, offer


@dataclass(frozen=True, slots=True)
class Rolling(Node):
    """`per 7 days`."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class LocalPeriod(Node):
    """`per local day`, of a cap or of a limit in a score."""

    unit: Word


@dataclass(frozen=True, slots=True)
class CalendarPeriod(Node):
    """`per calendar month`."""

    unit: Word


@dataclass(frozen=True, slots=True)
class BarePeriod(Node):
    """`per day`, which says too little."""

    unit: Word


@dataclass(frozen=True, slots=True)
class CapLimit(Node):
    """`at most 2 messages tagged sale per 7 days`."""

    number: Number
    what: Name
    tag: Name | None
    per: Rolling | LocalPeriod | CalendarPeriod | BarePeriod


@dataclass(frozen=True, slots=True)
class CapTotal(Node):
    """`at most 500 letters per calendar month in total by engagement`."""

    number: Number
    what: Name
    tag: Name | None
    per: Rolling | LocalPeriod | CalendarPeriod | BarePeriod | None
    by: Name | None


@dataclass(frozen=True, slots=True)
class CapPerField(Node):
    """`at most 1 letter per 30 days per household_id`."""

    number: Number
    what: Name
    tag: Name | None
    per: Rolling | LocalPeriod | CalendarPeriod | BarePeriod
    field: Name


@dataclass(frozen=True, slots=True)
class CapGap(Node):
    """`at least 20 hours between promotional messages`."""

    duration: Duration
    what: Name


@dataclass(frozen=True, slots=True)
class CapGapAny(Node):
    """`at least 20 hours between messages`."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class Keeping(Node):
    """`keeping 1 for priority >= 80`."""

    number: Number
    op: Word
    priority: Number


@dataclass(frozen=True, slots=True)
class Cap(Node):
    """A `cap` block."""

    head: Head
    rule: CapLimit | CapTotal | CapPerField | CapGap | CapGapAny | Later
    clauses: tuple[Where | Owner | Keeping | Later, ...]


@dataclass(frozen=True, slots=True)
class QuietTimes(Node):
    """`from 20:00 to 08:00`."""

    start: Time
    end: Time


@dataclass(frozen=True, slots=True)
class QuietDays(Node):
    """`on sunday`."""

    days: Days


@dataclass(frozen=True, slots=True)
class QuietChannels(Node):
    """`for sms, call`."""

    names: Names


@dataclass(frozen=True, slots=True)
class Quiet(Node):
    """A `quiet` block."""

    head: Head
    clauses: tuple[QuietTimes | QuietDays | QuietChannels | Owner, ...]


@dataclass(frozen=True, slots=True)
class Suppress(Node):
    """A `suppress` block: `suppress dispute from promotional where ..`."""

    head: Head
    category: Name | None
    clauses: tuple[Where | Owner, ...]


@dataclass(frozen=True, slots=True)
class ExpectShare(Node):
    """`expect completeness 95 % where email is known`."""

    kind: Name | None
    percent: Number
    expr: Expr


@dataclass(frozen=True, slots=True)
class ExpectUnique(Node):
    """`expect first_name, last_name unique`."""

    names: Names


@dataclass(frozen=True, slots=True)
class StopSending(Node):
    """`stop sending when it fails`, `stop sending for trigger winback when it fails`."""

    triggers: Names | None


@dataclass(frozen=True, slots=True)
class Quality(Node):
    """A `quality` block."""

    head: Head
    clauses: tuple[ExpectShare | ExpectUnique | StopSending | Where | Owner, ...]


@dataclass(frozen=True, slots=True)
class Code(Node):
    """`code "WELCOME10"`."""

    text: Text


@dataclass(frozen=True, slots=True)
class DiscountPercent(Node):
    """`discount 10 %`."""

    number: Number


@dataclass(frozen=True, slots=True)
class DiscountMoney(Node):
    """`discount 5 CHF`."""

    number: Number
    currency: Name


@dataclass(frozen=True, slots=True)
class Valid(Node):
    """`valid from 2026-11-01 to 2026-12-31`."""

    start: Date
    end: Date | None


@dataclass(frozen=True, slots=True)
class ValidUntil(Node):
    """`valid to 2026-12-31`."""

    end: Date


@dataclass(frozen=True, slots=True)
class OfferGroup(Node):
    """`group discounts keep best`."""

    name: Name
    keep: Word


@dataclass(frozen=True, slots=True)
class OfferTotal(Node):
    """`at most 1000 in total`."""

    number: Number


@dataclass(frozen=True, slots=True)
class Offer(Node):
    """An `offer` block."""

    head: Head
    clauses: tuple[Code | DiscountPercent | DiscountMoney | Valid | ValidUntil | OfferGroup | OfferTotal | Owner, ...]


# ---------------------------------------------------------------- test


@dataclass(frozen=True, slots=True)
class Moment(Node):
    """`2026-11-20 12:00` as a value."""

    date: Date
    time: Time


Given = Literal | Text | Date | Moment | Path | Options


@dataclass(frozen=True, slots=True)
class Assignment(Node):
    """`persona = decision_maker`."""

    name: Name
    value: Given


@dataclass(frozen=True, slots=True)
class Assignments(Node):
    """`(persona = decision_maker, country = CH)`."""

    items: tuple[Assignment, ...]


@dataclass(frozen=True, slots=True)
class GivenContact(Node):
    """`contact anna (country = CH)`."""

    key: Name
    fields: Assignments | None


@dataclass(frozen=True, slots=True)
class GivenAgo(Node):
    """`2 hours ago`, counted back from the clock."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class GivenAtTime(Node):
    """`at 09:00`, on the day of the clock."""

    time: Time


@dataclass(frozen=True, slots=True)
class GivenAtMoment(Node):
    """`at 2026-11-20 09:00`."""

    date: Date
    time: Time


GivenWhen = GivenAgo | GivenAtTime | GivenAtMoment


@dataclass(frozen=True, slots=True)
class GivenList(Node):
    """`on list press`, of the contact before it."""

    name: Name


@dataclass(frozen=True, slots=True)
class GivenConsent(Node):
    """`consents to email for newsletter`, of the contact before it."""

    channel: Name
    purpose: Name | None
    when: GivenWhen | None


@dataclass(frozen=True, slots=True)
class GivenWithdrawal(Node):
    """`withdraws email for newsletter`, of the contact before it."""

    channel: Name
    purpose: Name | None
    when: GivenWhen | None


@dataclass(frozen=True, slots=True)
class GivenFact(Node):
    """`fact weather (city = "Bern", rain_mm = 6)`: a row of a fact table."""

    table: Name
    values: Assignments


@dataclass(frozen=True, slots=True)
class GivenEvent(Node):
    """`did purchase (amount = 40) 2 hours ago`, of the contact before it."""

    event: Name
    properties: Assignments | None
    when: GivenWhen | None


@dataclass(frozen=True, slots=True)
class After(Node):
    """`after 3 days`."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class ExpectIn(Node):
    """`expect anna in shoppers`."""

    contact: Name
    segment: Name


@dataclass(frozen=True, slots=True)
class ExpectNotIn(Node):
    """`expect anna not in shoppers`."""

    contact: Name
    segment: Name


@dataclass(frozen=True, slots=True)
class ExpectScore(Node):
    """`expect engagement of anna = 8`, `expect plan of anna = gold`: a score or a field."""

    score: Name
    contact: Name
    op: Word
    value: Given


@dataclass(frozen=True, slots=True)
class ExpectMissing(Node):
    """`expect plan of anna is missing`."""

    field: Name
    contact: Name


@dataclass(frozen=True, slots=True)
class ExpectCall(Node):
    """`expect anna gets call crm`."""

    contact: Name
    hook: Name


@dataclass(frozen=True, slots=True)
class ExpectStage(Node):
    """`expect stage of engagement of anna >= qualified`."""

    score: Name
    contact: Name
    op: Word
    stage: Name


@dataclass(frozen=True, slots=True)
class ExpectClass(Node):
    """`expect class of value of anna = A`."""

    name: Name
    contact: Name
    op: Word
    tier: Name


@dataclass(frozen=True, slots=True)
class ExpectNothing(Node):
    """`expect anna gets nothing`."""

    contact: Name


@dataclass(frozen=True, slots=True)
class ExpectNotify(Node):
    """`expect anna gets notify sales`."""

    contact: Name
    team: Name


@dataclass(frozen=True, slots=True)
class ExpectGets(Node):
    """`expect anna gets email cart_reminder at 16:00`."""

    contact: Name
    channel: Name
    template: Name
    at: Time | None


@dataclass(frozen=True, slots=True)
class ExpectCount(Node):
    """`expect anna gets 2 messages`."""

    contact: Name
    number: Number


@dataclass(frozen=True, slots=True)
class ExpectNotGets(Node):
    """`expect anna does not get email winback`."""

    contact: Name
    channel: Name
    template: Name


@dataclass(frozen=True, slots=True)
class ExpectRefused(Node):
    """`expect anna is refused by consent`, `.. by where for winback`."""

    contact: Name
    gate: Name
    trigger: Name | None


@dataclass(frozen=True, slots=True)
class ExpectCapped(Node):
    """`expect anna is capped by weekly`."""

    contact: Name
    cap: Name


@dataclass(frozen=True, slots=True)
class ExpectHolds(Node):
    """`expect anna holds offer welcome10`."""

    contact: Name
    offer: Name


@dataclass(frozen=True, slots=True)
class ExpectHeld(Node):
    """`expect anna is held by nights until 08:00`."""

    contact: Name
    quiet: Name
    until: Time


@dataclass(frozen=True, slots=True)
class ExpectQuality(Node):
    """`expect quality addresses fails`, of all contacts of the test."""

    quality: Name
    verdict: Word


Expect = (
    ExpectIn
    | ExpectNotIn
    | ExpectScore
    | ExpectMissing
    | ExpectCall
    | ExpectStage
    | ExpectClass
    | ExpectNothing
    | ExpectNotify
    | ExpectGets
    | ExpectCount
    | ExpectNotGets
    | ExpectRefused
    | ExpectCapped
    | ExpectHeld
    | ExpectQuality
    | ExpectHolds
)
TestClause = (
    GivenContact | GivenList | GivenConsent | GivenWithdrawal | GivenEvent | GivenFact | After | Expect | Owner | Later
)


@dataclass(frozen=True, slots=True)
class Test(Node):
    """A `test` block."""

    __test__ = False  # no test of pytest's

    title: Text
    date: Date
    time: Time
    clauses: tuple[TestClause, ...]


# ---------------------------------------------------------------- blocks that did not parse


@dataclass(frozen=True, slots=True)
class Broken(Node):
    """A block with a syntax error, or of a kind that this version does not carry out; its name still counts, so
    that what refers to it is not reported as well."""

    keyword: str
    name: Name | None


Block = Segment | Define | Score | Class | Trigger | Cap | Quiet | Suppress | Quality | Offer | Test | Broken
