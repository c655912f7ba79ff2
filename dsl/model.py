"""The bound model: what `dsl.bind` makes of the trees of all files and the schema.

No names are left to look up, every value has a type, defaults are filled in. Spans stay (outside equality),
because explanations show people their own words. A closed union for conditions (yes or no, always two-valued)
and one for values (which may be missing).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from dsl.records import dataclass, field
from dsl.spans import Span
from dsl.types import NUMBER, POINTS, Type

# ---------------------------------------------------------------- time

Unit = Literal["minute", "hour", "day", "week", "month", "year"]


@dataclass(frozen=True, slots=True)
class Duration:
    """`amount` units. Minutes to weeks are elapsed time, months and years calendar arithmetic in the project's
    zone; `local` days are calendar days of the contact."""

    amount: int
    unit: Unit
    local: bool = False

    def micros(self) -> int | None:
        """Elapsed microseconds, or None where only the calendar knows (month, year, local)."""
        size = {"minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}.get(self.unit)
        return None if size is None or self.local else self.amount * size * 1_000_000


@dataclass(frozen=True, slots=True)
class InLast:
    """`in last D`: (as_of - D, as_of]; with `local` days today and D - 1 days before."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class Ago:
    """`FAR to NEAR UNIT ago`: (as_of - far, as_of - near]."""

    far: Duration
    near: Duration


@dataclass(frozen=True, slots=True)
class LocalDates:
    """Whole local days of the contact, both ends inside; None is open. yyyymmdd.

    `before D`: (None, day before D); `since D`: (D, None); `from A to B`: (A, B).
    """

    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class LocalPeriod:
    """`today`, `yesterday`, `this week|month|quarter|year`, in the contact's zone; weeks begin on Monday."""

    name: Literal["today", "yesterday", "week", "month", "quarter", "year"]


@dataclass(frozen=True, slots=True)
class SinceThen:
    """`since then`: (cause of the run, now]. In triggers only."""


Window = InLast | Ago | LocalDates | LocalPeriod | SinceThen

# ---------------------------------------------------------------- values


@dataclass(frozen=True, slots=True)
class Const:
    """A literal, in stored form for `type` (see `dsl.types`)."""

    value: str | int
    type: Type
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A field of the contact."""

    name: str
    type: Type
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class EventValue:
    """A property of the event at hand. `of` is "this" inside `with (..)`, "cause" for `event.NAME` in a trigger.

    The names `at` (datetime) and `id` (text) are the event's own instant and id unless the schema declares them.
    """

    name: str
    type: Type
    of: Literal["this", "cause"]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class FactValue:
    """A column of a fact table: of the row whose key equals the contact's field, with a time column the newest row
    not after as_of; missing without such a row."""

    table: str
    column: str
    type: Type
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class EventQuery:
    """Which events of one contact are meant: a type, a filter over each event, a window. No window: ever,
    up to as_of."""

    event: str
    where: Condition | None
    window: Window | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A number or value over events. `number` needs no property, `first` and `last` without one are instants.

    Over nothing: number and sum are 0, the others missing. `average` is cut toward zero after 6 decimals;
    `distinct` counts different values. Events whose property is missing are skipped.
    """

    kind: Literal["number", "sum", "average", "smallest", "largest", "distinct", "first", "last"]
    query: EventQuery
    property: str | None
    type: Type
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class AgeOf:
    """Whole years since a date, in the contact's zone; 29 February counts as the 28th in other years."""

    date: Value
    span: Span = field(compare=False)
    type: Type = NUMBER


@dataclass(frozen=True, slots=True)
class ScoreValue:
    """A score as a number (points in units of 2^-30); missing outside the score's `where`."""

    score: str
    span: Span = field(compare=False)
    type: Type = POINTS


@dataclass(frozen=True, slots=True)
class StageOf:
    """The stage of a score (an ordered one-of type of the score's stages); missing without a score."""

    score: str
    type: Type
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ClassOf:
    """The tier of a class at the last midnight in the project's zone (an ordered one-of type of the class's tiers, the
    first tier the greatest); missing where the contact has none."""

    name: str
    type: Type
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`plus`, `minus`, `times`; missing if either side is. `type` is Numeric; the result is exact."""

    op: Literal["plus", "minus", "times"]
    left: Value
    right: Value
    type: Type
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Pick:
    """`greatest of (..)`, `least of (..)`: missing ones are skipped; missing if all are. Numbers of any denominators
    (`type` has their common one), or dates, or instants."""

    kind: Literal["greatest", "least"]
    items: tuple[Value, ...]
    type: Type
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class DefinedValue:
    """A value named by `define`."""

    name: str
    type: Type
    span: Span = field(compare=False)


Value = (
    Const
    | FieldValue
    | EventValue
    | FactValue
    | Aggregate
    | AgeOf
    | ScoreValue
    | StageOf
    | ClassOf
    | Arithmetic
    | Pick
    | DefinedValue
)

# ---------------------------------------------------------------- conditions

Comparison = Literal["=", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Everyone:
    """`everyone`: always true."""

    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class And:
    """All of them."""

    items: tuple[Condition, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of them."""

    items: tuple[Condition, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """Exactly the complement. `!=`, `not in (..)`, `did not`, `not in SEGMENT` are bound as Not over the positive."""

    item: Condition
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Compare:
    """A positive comparison: false when a side is missing. `!=` never occurs here: it is Not of `=`.

    Both sides are of one family: numeric with numeric (any denominators), text with text, one-of with the same
    one-of, date with date, datetime with datetime, datetime with a Const of type date (the date is its whole
    local day), month day with month day, boolean with boolean.
    """

    op: Literal["=", "<", "<=", ">", ">="]
    left: Value
    right: Value
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Between:
    """Both ends inside; false when anything is missing. The families of `Compare`."""

    value: Value
    low: Value
    high: Value
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class InList:
    """The value equals one of the constants (never empty); false when it is missing."""

    value: Value
    options: tuple[Const, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class IsKnown:
    """`is known`; `is missing` is Not of it."""

    value: Value
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class TextTest:
    """`contains`, `starts with`, `ends with`, exact on normalised text; false when missing."""

    kind: Literal["contains", "starts with", "ends with"]
    value: Value
    text: str
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class SetTest:
    """`has any`, `has all` of these members (sorted, without repeats, never empty); false when the set is missing.
    `has none` is bound as Not over `any`."""

    kind: Literal["any", "all"]
    value: Value
    members: tuple[str, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Truth:
    """A bare yes-or-no value; missing is false."""

    value: Value
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class DateWithin:
    """`in last D`, `in next D`, `older than D` on a date or datetime value; false when missing.

    date: `in last`: today - D < d <= today; `in next`: today < d <= today + D.
    datetime: `in last`: (as_of - D, as_of]; `in next`: (as_of, as_of + D].
    datetime with `local` days: as the contact's date on which it lies.
    `older than D`: known, not in the future and not in last D.
    """

    kind: Literal["in last", "in next", "older than"]
    value: Value
    duration: Duration
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class InPeriod:
    """`today`, `yesterday`, `this month` and the like of a date or datetime value: it lies in that local period, also
    in the part that is still to come; false when missing."""

    value: Value
    period: LocalPeriod
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class WithinDistance:
    """Two points lie at most `within` millimetres apart, along the sphere; false when one is missing."""

    value: Value
    within: int
    place: Value
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Anniversary:
    """`anniversary today` (duration None) or `anniversary in next D`: an anniversary a with today < a <= today + D.
    On dates and month days; 29 February counts as the 28th in other years."""

    value: Value
    duration: Duration | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class InSegment:
    """Membership of another segment, now."""

    segment: str
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class InSegmentFor:
    """`in SEGMENT for D`: inside now, and the interval that the ledger keeps began D before as_of or earlier."""

    segment: str
    duration: Duration
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Sample:
    """`sample P % as NAME`: the contact's bucket under this name (`engine.keys.bucket`) lies below `share`, in
    millionths (10 % is 100,000). A greater sample of the same name holds a smaller one."""

    share: int
    name: str
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class OnList:
    """The contact is on a list that is kept by hand, as it is now. Segments alone ask for it (`include list press`)."""

    list: str
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Consents:
    """The latest consent record (at or before as_of) for the channel and purpose grants it."""

    channel: str
    purpose: str
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Did:
    """The number of matching events stands in `op` to `count`. `did E` is `>= 1`; `did not E` is Not of it."""

    query: EventQuery
    op: Literal[">=", "<=", "="]
    count: int
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class WithinOf:
    """Of the event at hand, in the filter of a query: it lies in (t, t + D] of an instant t; false when that is
    missing. `within` is elapsed time."""

    anchor: Value
    within: Duration
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class DidOnDays:
    """The number of different local days of matching events stands in `op` to `count`."""

    query: EventQuery
    op: Literal[">=", "<=", "="]
    count: int
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Followed:
    """`did A then B within D`: some A has a B in (tA, tA + D]; `did A without B within D`: some A has none there, and
    tA + D <= as_of. The window of `first` binds A alone, `second` has none. `within` is elapsed time. With `same` only
    a B counts whose property of this name equals A's (missing equals nothing)."""

    kind: Literal["then", "without"]
    first: EventQuery
    second: EventQuery
    within: Duration
    same: str | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class DefinedCondition:
    """A condition named by `define`."""

    name: str
    span: Span = field(compare=False)


Condition = (
    Everyone
    | And
    | Or
    | Not
    | Compare
    | Between
    | InList
    | IsKnown
    | TextTest
    | SetTest
    | Truth
    | DateWithin
    | InPeriod
    | WithinDistance
    | Anniversary
    | InSegment
    | InSegmentFor
    | Sample
    | OnList
    | Consents
    | Did
    | DidOnDays
    | WithinOf
    | Followed
    | DefinedCondition
)

# ---------------------------------------------------------------- blocks


@dataclass(frozen=True, slots=True)
class Block:
    """What every block has. `id` is the oldest name that `was` gives (it salts hashes and decision keys)."""

    name: str
    span: Span = field(compare=False)
    title: str | None = field(default=None, compare=False)
    was: str | None = None
    owner: str | None = field(default=None, compare=False)

    @property
    def id(self) -> str:
        """The name under which the ledger knows the block."""
        return self.was or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Define(Block):
    """`define NAME = EXPR`: exactly one of condition and value is set."""

    condition: Condition | None = None
    value: Value | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment(Block):
    """A named set of contacts."""

    where: Condition


@dataclass(frozen=True, slots=True)
class Fading:
    """`halve every D`, `lose P % of the original every D`, `forget after D`; D in hours, days or weeks."""

    kind: Literal["halve", "lose", "forget"]
    duration: Duration
    percent: int = 0


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `amount` times or points, spent on the newest events first; `per` a property: for each of its values
    (missing is a value of its own); `local`: inside each such period of the contact's calendar, weeks from Monday. At
    most one of the two. `once` is at most 1 time."""

    amount: int
    of: Literal["times", "points"]
    per: str | None = None
    local: Literal["day", "week", "month"] | None = None


@dataclass(frozen=True, slots=True)
class OnRule:
    """`+P on EVENT ..`: points per matching event. `points` carries the sign. `fading` None: the score's."""

    points: int
    query: EventQuery
    limit: Limit | None
    fading: Fading | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class WhenRule:
    """`+P when COND`: points while it holds."""

    points: int
    when: Condition
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class PerRule:
    """`+P per N of VALUE`: points per whole N; none where the value is missing or negative.
    `limit` is always there and in points: what is said, at most 100,000,000, so that sums stay inside 64 bits."""

    points: int
    every: int
    of: Value
    limit: Limit | None
    span: Span = field(compare=False)


ScoreRule = OnRule | WhenRule | PerRule


@dataclass(frozen=True, slots=True)
class Stage:
    """`stage NAME from A leave below B rest D`; in whole points. `leave` equals `start` where it is not said. Within
    `rest` of the last time the stage counted as reached, reaching it again does not count (None: it always does)."""

    name: str
    start: int
    leave: int
    span: Span = field(compare=False)
    rest: Duration | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Score(Block):
    """A score; see LANGUAGE.md §5. `floor` and `ceiling` in whole points (floor 0 where it is not said).
    Stages rise and tile from the floor up; empty if there are none."""

    where: Condition | None
    rules: tuple[ScoreRule, ...]
    fading: Fading | None
    floor: int = 0
    ceiling: int | None = None
    stages: tuple[Stage, ...] = ()


WHOLE = 1_000_000
"""All of it, in the parts in which edges of tiers are reckoned."""


@dataclass(frozen=True, slots=True)
class Tier:
    """A tier and where it ends, counted from the top: in millionths of the total or of the members (the parts before it
    included), or in contacts. None: the rest."""

    name: str
    edge: int | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Class(Block):
    """A class; see LANGUAGE.md §5. `by` is Numeric. `share`: of what the edges of the tiers are parts. Edges rise from
    tier to tier; the last tier, and only it, is the rest."""

    by: Value
    where: Condition | None
    share: Literal["total", "members", "number"]
    tiers: tuple[Tier, ...]


@dataclass(frozen=True, slots=True)
class OnEvent:
    """`on EVENT [with (..)]`: each event, at its time. The query has no window."""

    query: EventQuery
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class OnSegment:
    """`on entering SEGMENT [including those already in]`, `on leaving SEGMENT`."""

    segment: str
    edge: Literal["entering", "leaving"]
    including_present: bool
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class OnStage:
    """`on SCORE reaching STAGE`, `on SCORE falling below STAGE`."""

    score: str
    stage: str
    edge: Literal["reaching", "falling below"]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Offset:
    """`7 days before`, `1 month after`: civil days; D in days, weeks, months or years."""

    duration: Duration
    side: Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class Yearly:
    """`every year on DATE_FIELD [at TIME]`: at minutes after local midnight (0 where it is not said).
    `leap` is the day that stands for 29 February in other years, mmdd: 228 or 301. `offset`: so long before or after
    each occurrence."""

    date: FieldValue
    at: int
    leap: int
    span: Span = field(compare=False)
    offset: Offset | None = None


@dataclass(frozen=True, slots=True)
class OnDay:
    """`N days before|after DATE_FIELD at TIME`: once, reckoned from the date with its own year."""

    date: FieldValue
    offset: Offset
    at: int
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Repeated:
    """`every day|monday at TIME`, `every month on N at TIME`: for everybody. `weekdays` 0 = Monday (empty: every day);
    `month_day` 1 to 31, clamped to the end of the month (None: the month does not matter)."""

    weekdays: tuple[int, ...]
    month_day: int | None
    at: int
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class OnDate:
    """`on 2026-11-27 [at TIME]`: once, for everybody; `day` is yyyymmdd."""

    day: int
    at: int
    span: Span = field(compare=False)


Broadcast = Repeated | OnDate
"""Causes that speak to everybody for whom `where` holds."""

Scheduled = Yearly | OnDay | Broadcast
"""Causes that the calendar brings about, at a local time of the contact."""


@dataclass(frozen=True, slots=True)
class OnChange:
    """`on FIELD changing [to VALUE]`: the field, or the column of the contact's row of a fact table, differs from what
    the ledger saw at the tick before."""

    of: FieldValue | FactValue
    to: Const | None
    span: Span = field(compare=False)

    @property
    def watched(self) -> str:
        """The name under which the ledger keeps what it saw: the field's, or `TABLE.COLUMN`."""
        return self.of.name if isinstance(self.of, FieldValue) else f"{self.of.table}.{self.of.column}"


@dataclass(frozen=True, slots=True)
class OnWhen:
    """`when EXPR`: the condition holds and did not at the tick before."""

    condition: Condition
    span: Span = field(compare=False)


Cause = OnEvent | OnSegment | OnStage | OnChange | OnWhen | Scheduled


@dataclass(frozen=True, slots=True)
class Send:
    """`send CHANNEL TEMPLATE [with offer O] [from FIELD] [reply to FIELD]`.

    `sender`, `reply_to`: contact fields that hold mail addresses. `preferred`: one of the ways of `send preferred`, for
    contacts whose preferred channel it is (None: for all)."""

    channel: str
    template: str
    offer: str | None
    span: Span = field(compare=False)
    sender: str | None = None
    reply_to: str | None = None
    preferred: bool | None = None


@dataclass(frozen=True, slots=True)
class Notify:
    """`notify TEAM "text"`: to a team, not to the contact; no consent, no cap, not counted."""

    team: str
    text: str
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class SetField:
    """`set FIELD to VALUE`: what the contact's field is from the next tick on. `value` None: missing; `scale`: by what
    the stored value is multiplied to be one of the field's type."""

    name: str
    value: Const | FieldValue | EventValue | None
    span: Span = field(compare=False)
    scale: int = 1


@dataclass(frozen=True, slots=True)
class Call:
    """`call HOOK`: tells another program."""

    hook: str
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Again:
    """Re-entry: `every time`, `never`, `after D`, `once per local PERIOD`; optionally `per PROPERTY` of the event."""

    kind: Literal["every time", "never", "after", "once per"]
    duration: Duration | None = None
    period: Literal["day", "week", "month", "year"] | None = None
    per: str | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """`goal EVENT [with (..)] within D`: what a run is for. The query has no window."""

    query: EventQuery
    within: Duration


@dataclass(frozen=True, slots=True)
class Deliver:
    """`deliver between 09:00 and 11:00 [on ..]`: minutes after local midnight, may cross midnight. A window belongs to
    the day on which it starts; `days` 0 = Monday (empty: every day)."""

    start: int
    end: int
    days: tuple[int, ...] = ()


Category = Literal["promotional", "service", "transactional"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger(Block):
    """A trigger; see LANGUAGE.md §5. `sends` are tried in order (`else`), then `otherwise` tells a team; a trigger has
    sends, notifies, sets or calls, or several of these.

    `active_from`, `active_to`: (yyyymmdd, minutes) on the project's wall clock, None where the clause is not said
    (kadenz.yaml decides). An end of 1440 minutes is the end of that day, itself outside; any other end is inside.
    `capped_wait` None: `if capped drop`. `holdout`: the share that gets nothing, in millionths. `spread`: runs are due
    up to so much later, by hash.
    """

    cause: Cause
    wait: Duration | None = None
    unless: Condition | None = None
    where: Condition | None = None
    sends: tuple[Send, ...] = ()
    otherwise: Notify | None = None
    notifies: tuple[Notify, ...] = ()
    sets: tuple[SetField, ...] = ()
    calls: tuple[Call, ...] = ()
    again: Again = Again("every time")
    priority: int = 50
    category: Category = "promotional"
    because: str | None = None
    purpose: str = "marketing"
    capped_wait: Duration | None = None
    expires: Duration = Duration(1, "day")
    late_by: Duration = Duration(1, "day")
    active_from: tuple[int, int] | None = None
    active_to: tuple[int, int] | None = None
    paused: str | None = None
    tags: tuple[str, ...] = ()
    goal: Goal | None = None
    holdout: int | None = None
    deliver: Deliver | None = None
    spread: Duration | None = None

    @property
    def notices(self) -> tuple[Notify, ...]:
        """All notices that some run may make."""
        return self.notifies if self.otherwise is None else (*self.notifies, self.otherwise)


@dataclass(frozen=True, slots=True)
class Rolling:
    """`per 7 days`: (t - D, t]."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class Calendar:
    """`per local day|week|month` in the contact's zone, `per calendar month` in the project's."""

    period: Literal["day", "week", "month", "year"]
    local: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """`keeping N for priority >= P`: messages of a lower priority find N less room."""

    amount: int
    priority: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap(Block):
    """`at most N CHANNEL|messages per ..` (`limit`, `per`) or `at least D between .. messages` (`gap`).

    `channel` None is any channel; `tag` None any tag; `where` limits whom the cap is for. `shared_by`: contacts with
    the same value of this field are one unit. `total`: a budget over all contacts (None: no), drawn on in order of the
    score `ranked_by`; `per` None: for ever.
    """

    limit: int | None = None
    per: Rolling | Calendar | None = None
    gap: Duration | None = None
    channel: str | None = None
    tag: str | None = None
    where: Condition | None = None
    kept: Kept | None = None
    shared_by: str | None = None
    total: bool | None = None
    ranked_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet(Block):
    """`from`/`to` in minutes after local midnight (both None: whole days), may cross midnight; a period belongs to
    the day on which it starts. `days` 0 = Monday (empty: every day); `channels` empty: all."""

    start: int | None = None
    end: int | None = None
    days: tuple[int, ...] = ()
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppress(Block):
    """Never to these, whatever the trigger; `category` None: messages of every category."""

    where: Condition
    category: Category | None = None


QualityKind = Literal["relevance", "uniqueness", "correctness", "freshness", "completeness", "consistency"]


@dataclass(frozen=True, slots=True)
class ExpectedShare:
    """`expect [KIND] P % where ..`: at least `share` millionths of the population satisfy it."""

    kind: QualityKind | None
    share: int
    where: Condition
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ExpectedUnique:
    """`expect FIELD, .. unique`: no two contacts of the population that have all of these fields have the same values
    in all of them."""

    fields: tuple[FieldValue, ...]
    span: Span = field(compare=False)
    kind: QualityKind = field(default="uniqueness", init=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality(Block):
    """What is expected of the data. `where`: of which contacts (None: all). `stops`: the triggers that send nothing
    while it fails; empty: all, None: none."""

    expects: tuple[ExpectedShare | ExpectedUnique, ...]
    where: Condition | None = None
    stops: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(Block):
    """A name with a code. `valid_from`, `valid_to`: yyyymmdd, both inside, in the contact's zone.

    `group`: one contact holds one active offer of a group at most; `keep` says which one stays. `total`: so many
    messages may carry it altogether.
    """

    code: str | None = None
    discount: str | None = None
    valid_from: int | None = None
    valid_to: int | None = None
    group: str | None = None
    keep: Literal["best", "first"] | None = None
    total: int | None = None
    group_span: Span | None = field(default=None, compare=False)

    @property
    def worth(self) -> tuple[int, str] | None:
        """The discount in millionths and its unit, "%" or a currency; None without one.

        >>> from dsl.spans import span_of
        >>> Offer("ten", span_of("a.play", "", 0, 0), discount="12.5 %").worth
        (12500000, '%')
        """
        if self.discount is None:
            return None
        amount, unit = self.discount.split()
        return int(Decimal(amount) * 1_000_000), unit


# ---------------------------------------------------------------- tests


@dataclass(frozen=True, slots=True)
class Assignment:
    """`name = value` with the value in stored form for the field's or property's type."""

    name: str
    value: str | int
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Clock:
    """`at TIME`, `at DATE TIME`: minutes of a day (yyyymmdd) in the project's zone; None: the day of the clock."""

    day: int | None
    minutes: int


GivenWhen = Duration | Clock | None
"""`D ago`, counted back from the clock; `at ..`; nothing said: at the clock (consents at first: from the start)."""


@dataclass(frozen=True, slots=True)
class GivenEvent:
    """`did EVENT (..) [D ago | at ..]`."""

    event: str
    properties: tuple[Assignment, ...]
    when: GivenWhen
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class GivenConsent:
    """`consents to CHANNEL for PURPOSE`, or (`granted` False) `withdraws CHANNEL for PURPOSE`."""

    channel: str
    purpose: str
    granted: bool
    when: GivenWhen
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class GivenContact:
    """A contact of a test with its consents and events; as a step of the story what becomes of it at the clock then:
    a new contact, or fields of a known one that change."""

    key: str
    fields: tuple[Assignment, ...]
    consents: tuple[GivenConsent, ...]
    events: tuple[GivenEvent, ...]
    span: Span = field(compare=False)
    lists: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GivenFact:
    """`fact TABLE (..)`: a row of a fact table, there from the start, or from the clock of its step on."""

    table: str
    values: tuple[Assignment, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class After:
    """`after D`: the clock of the test moves on."""

    duration: Duration
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ExpectMember:
    """`expect anna in S` / `not in S`."""

    contact: str
    segment: str
    inside: bool
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ExpectScore:
    """`expect SCORE of anna = 8` (units of 2^-30) or `stage of SCORE of anna >= qualified` (`stage` set)."""

    contact: str
    score: str
    op: Comparison
    points: int | None
    stage: str | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ExpectClass:
    """`expect class of CLASS of anna = A`."""

    contact: str
    name: str
    op: Comparison
    tier: str
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ExpectField:
    """`expect FIELD of anna = VALUE`, in stored form; `value` None: missing."""

    contact: str
    name: str
    op: Literal["=", "!="]
    value: str | int | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ExpectGets:
    """`gets CHANNEL TEMPLATE [at TIME]`, `gets notify TEAM`, `gets call HOOK`, `gets nothing` (channel None).

    `at`: minutes of the local day in the project's zone."""

    contact: str
    channel: str | None
    template: str | None
    at: int | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ExpectCount:
    """`gets N messages`: so many so far; notices do not count."""

    contact: str
    count: int
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ExpectNotGets:
    """`does not get CHANNEL TEMPLATE`, or CHANNEL "notify" and a team."""

    contact: str
    channel: str
    template: str
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ExpectRefused:
    """`is refused by GATE [for TRIGGER]`."""

    contact: str
    gate: str
    trigger: str | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ExpectCapped:
    """`is capped by CAP`."""

    contact: str
    cap: str
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ExpectHeld:
    """`is held by QUIET until TIME` (minutes of the local day)."""

    contact: str
    quiet: str
    until: int
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ExpectQuality:
    """`expect quality NAME holds`, `fails`."""

    quality: str
    holds: bool
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ExpectHolds:
    """`holds offer OFFER`: it is active for the contact."""

    contact: str
    offer: str
    span: Span = field(compare=False)


Expectation = (
    ExpectMember
    | ExpectScore
    | ExpectClass
    | ExpectField
    | ExpectGets
    | ExpectCount
    | ExpectNotGets
    | ExpectRefused
    | ExpectCapped
    | ExpectHeld
    | ExpectHolds
    | ExpectQuality
)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A `test` block. `at` is the clock as (yyyymmdd, minutes) in the project's zone. `contacts` and `facts` are there
    from the start; steps in order of the text."""

    name: str
    at: tuple[int, int]
    contacts: tuple[GivenContact, ...]
    facts: tuple[GivenFact, ...]
    steps: tuple[After | GivenContact | GivenFact | Expectation, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Model:
    """All blocks of a project by name, in order of file and line. `order` lists segments, scores, classes and
    defines so that each stands after what it reads (references form no cycle)."""

    defines: Mapping[str, Define] = field(default_factory=dict)
    segments: Mapping[str, Segment] = field(default_factory=dict)
    scores: Mapping[str, Score] = field(default_factory=dict)
    triggers: Mapping[str, Trigger] = field(default_factory=dict)
    caps: Mapping[str, Cap] = field(default_factory=dict)
    quiets: Mapping[str, Quiet] = field(default_factory=dict)
    offers: Mapping[str, Offer] = field(default_factory=dict)
    scenarios: tuple[Scenario, ...] = ()
    order: tuple[str, ...] = ()
    suppresses: Mapping[str, Suppress] = field(default_factory=dict)
    qualities: Mapping[str, Quality] = field(default_factory=dict)
    classes: Mapping[str, Class] = field(default_factory=dict)
