"""Which kind of layout each class of the tree has. A class that is not here is laid out as `INLINE`, and a test
asks for its line."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto

from dsl import tree


class Rule(Enum):
    """How a node stands on the page."""

    INLINE = auto()
    """Words with one space between, on the line of what they are part of."""
    CHAIN = auto()
    """`a and b and c`: on one line, or each operand on a line of its own, the operator first."""
    SUM = auto()
    """`a plus b`: the same with the words of arithmetic."""
    LIST = auto()
    """`(a, b, c)`: lines are filled, further ones begin below the first item."""
    BLOCK = auto()
    """Begins in column 1; its clauses are indented."""
    CLAUSE = auto()
    """A line of a block, indented by two spaces."""
    DETAIL = auto()
    """A line below a clause that it belongs to, indented by four spaces."""
    ACTIONS = auto()
    """A clause; each `else` is a detail."""
    NEVER = auto()
    """Stands for text with mistakes, which is left alone."""


_INLINE = (
    tree.Name, tree.Text, tree.Number, tree.Date, tree.Time, tree.Word, tree.Literal, tree.Signed,
    tree.Duration, tree.Path, tree.WindowLast, tree.WindowAgo, tree.WindowBefore, tree.WindowSince,
    tree.WindowSinceThen, tree.WindowFrom, tree.WindowPeriod, tree.Event, tree.Times, tree.NumberOf, tree.Aggregate,
    tree.Nth, tree.NthProperty, tree.StageOf, tree.ClassOf,
    tree.AgeOf, tree.Negation, tree.Group, tree.Compare, tree.Between,
    tree.InList, tree.NotInList, tree.IsKnown, tree.IsMissing, tree.TextTest, tree.SetTest, tree.OlderThan, tree.InLast,
    tree.InNext, tree.InPeriod, tree.WithinDistance, tree.Distance, tree.Spot,
    tree.AnniversaryToday, tree.AnniversaryNext,
    tree.Member, tree.Everyone, tree.Consents, tree.Sample,
    tree.Did, tree.DidThen, tree.DidWithout, tree.DidWithin, tree.DidOnDays, tree.Pick,
    tree.MemberFor, tree.Head,
    tree.Per, tree.Once, tree.MostTimes, tree.MostPoints, tree.Send, tree.Notify, tree.SetField,
    tree.Call, tree.Names, tree.Rolling,
    tree.LocalPeriod, tree.CalendarPeriod, tree.BarePeriod, tree.Days, tree.Moment, tree.Assignment,
    tree.GivenAgo, tree.GivenAtTime, tree.GivenAtMoment,
)  # fmt: skip

_CLAUSES = (
    tree.Owner, tree.IncludeList, tree.ExcludeList,
    tree.Where, tree.Halve, tree.Lose, tree.Forget, tree.RuleOn, tree.RuleWhen, tree.RulePer, tree.Keep,
    tree.Stage, tree.By, tree.TierShare, tree.TierNumber, tree.TierRest,
    tree.OnEvent, tree.OnEntering, tree.OnLeaving, tree.OnReaching, tree.OnFalling, tree.OnYear,
    tree.OnYearFrom, tree.OnDaysFrom, tree.EveryDay, tree.EveryWeek, tree.EveryMonth, tree.OnDate,
    tree.OnChanging, tree.OnWhen, tree.Goal, tree.Holdout, tree.Deliver, tree.Spread,
    tree.Wait, tree.AgainEveryTime, tree.AgainNever, tree.AgainAfter, tree.AgainOnce, tree.Priority, tree.Category,
    tree.Because, tree.Purpose, tree.IfCappedDrop, tree.IfCappedWait, tree.Expires, tree.Late, tree.Active,
    tree.Paused, tree.Tags, tree.Leap, tree.CapLimit, tree.CapTotal, tree.CapPerField,
    tree.CapGap, tree.CapGapAny, tree.Keeping, tree.QuietTimes,
    tree.QuietDays, tree.QuietChannels, tree.Code, tree.DiscountPercent, tree.DiscountMoney, tree.Valid,
    tree.ValidUntil, tree.OfferGroup, tree.OfferTotal, tree.ExpectHolds, tree.ExpectMissing, tree.ExpectCall,
    tree.GivenContact, tree.GivenFact, tree.After, tree.ExpectIn, tree.ExpectNotIn, tree.ExpectScore, tree.ExpectStage,
    tree.ExpectClass,
    tree.ExpectNothing, tree.ExpectNotify, tree.ExpectGets, tree.ExpectCapped, tree.ExpectHeld,
    tree.ExpectQuality, tree.ExpectCount, tree.ExpectNotGets, tree.ExpectRefused,
    tree.ExpectShare, tree.ExpectUnique, tree.StopSending,
)  # fmt: skip

_BLOCKS = (
    tree.Segment, tree.Define, tree.Score, tree.Class, tree.Trigger, tree.Cap, tree.Quiet, tree.Suppress, tree.Quality,
    tree.Offer, tree.Test,
)  # fmt: skip

RULES: Mapping[type[tree.Node], Rule] = {
    **dict.fromkeys(_INLINE, Rule.INLINE),
    **dict.fromkeys(_CLAUSES, Rule.CLAUSE),
    **dict.fromkeys(_BLOCKS, Rule.BLOCK),
    tree.AnyOf: Rule.CHAIN,
    tree.AllOf: Rule.CHAIN,
    tree.Arithmetic: Rule.SUM,
    tree.Options: Rule.LIST,
    tree.Assignments: Rule.LIST,
    tree.GivenConsent: Rule.DETAIL,
    tree.GivenList: Rule.DETAIL,
    tree.GivenWithdrawal: Rule.DETAIL,
    tree.GivenEvent: Rule.DETAIL,
    tree.Actions: Rule.ACTIONS,
    tree.Broken: Rule.NEVER,
}


def rule_of(node: tree.Node) -> Rule:
    """The layout of a node."""
    return RULES.get(type(node), Rule.INLINE)
