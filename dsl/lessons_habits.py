"""Lessons about whole clauses that people write from habit: each says the clause as it is written here."""

from __future__ import annotations

from collections.abc import Callable

from dsl.lessons_words import CHANNELS
from dsl.spot import Lesson, Spot, lesson, line_of
from dsl.tokens import Lexeme


def _channel_missing(spot: Spot) -> Lesson | None:
    """`send welcome`, and the next clause was read as the template; `expect anna gets email` likewise."""
    if spot.at < 3:
        return None
    if spot.bad is None and spot.takes == {"a name"}:
        verb, named = spot.tokens[spot.at - 2 : spot.at]
        if named.text in CHANNELS:
            return None
    else:
        verb, named, after = spot.tokens[spot.at - 3 : spot.at]
        if line_of(spot, named) == line_of(spot, after) and after.text not in _NEXT_CLAUSE:
            return None
    if verb.text not in ("send", "gets"):
        return None
    says = f"`{verb.text} {named.text}` does not say"
    span = spot.page.span(named.start, named.end)
    if named.text in CHANNELS:
        label, help_ = "a template is expected after this", f"write `{verb.text} {named.text} TEMPLATE`"
        return lesson(spot, "K0122", f"{says} which template", label, help_, span=span)
    help_ = f"name the channel first: `{verb.text} email {named.text}`"
    return lesson(spot, "K0122", f"{says} by which channel", "which channel?", help_, span=span)


_NEXT_CLAUSE = frozenset({"purpose", "category", "priority", "again", "tags", "expires"})
"""Clauses of triggers that are no likely names of templates."""


def _month_day(spot: Spot) -> Lesson | None:
    """`birthday = 12-24`."""
    bad, month = spot.bad, spot.before
    day = spot.tokens[spot.at + 1] if spot.at + 1 < len(spot.tokens) else None
    if bad is None or bad.text != "-" or day is None or month.kind != "number" or day.kind != "number":
        return None
    if month.end != bad.start or bad.end != day.start or not (month.text.isdecimal() and day.text.isdecimal()):
        return None
    if not (1 <= int(month.text) <= 12 and 1 <= int(day.text) <= 31):
        return None
    span = spot.page.span(month.start, day.end)
    meant = f"{int(month.text):02}-{int(day.text):02}"
    return lesson(
        spot,
        "K0106",
        f"`{span.text(spot.page.text)}` is not how a day is written",
        "month first, in quotes",
        f'a day without a year is `"{meant}"`, for fields of the type `month day`',
        f"a date has its year: `2026-{meant}`; the day of a birthday is `FIELD anniversary today`",
        span=span,
    )


_PAST = {"bought": "purchase", "ordered": "order", "buys": "purchase", "clicks": "click", "opens": "open"}
_BEFORE_A_CONDITION = frozenset({"where", "and", "or", "not", "(", "unless", "when", "="})


def _did_missing(spot: Spot) -> Lesson | None:
    """`not purchased Champagner`: a verb that reads as a name, and what it was done to."""
    verb, bad = spot.before, spot.bad
    if bad is None or bad.kind == "sign" or verb.kind != "word" or "and" not in spot.takes or spot.at < 2:
        return None
    if line_of(spot, verb) != line_of(spot, bad) or spot.tokens[spot.at - 2].text not in _BEFORE_A_CONDITION:
        return None
    event = _PAST.get(verb.text) or _stem(verb.text)
    if event is None:
        return None
    denied = spot.tokens[spot.at - 2].text == "not"
    did = "did not" if denied else "did"
    start = spot.tokens[spot.at - 2].start if denied else verb.start
    value = spot.typed() if bad.kind == "text" else f'"{spot.typed()}"' if bad.kind == "word" else spot.typed()
    return lesson(
        spot,
        "K0122",
        f"what somebody did is asked with `did` and the name of an event, not with `{verb.text}`",
        f"`{did} {event} with (..)`?",
        f"name the event and its property, for example `{did} {event} with (PROPERTY = {value})`",
        span=spot.page.span(start, bad.end),
    )


def _stem(verb: str) -> str | None:
    """`purchased` -> `purchase`, `visited` -> `visit`; None for what does not look like a past."""
    if len(verb) < 5 or not verb.endswith("ed"):
        return None
    return verb[:-1] if verb[-3] in "cgsuvz" and verb[-4] != verb[-3] else verb[:-2]


def _from_missing(spot: Spot) -> Lesson | None:
    """`quiet nights 21:00-08:00`."""
    bad = spot.bad
    if spot.keyword() != "quiet" or bad is None or bad.kind != "time" or "from" not in spot.takes:
        return None
    between, end = [*spot.tokens[spot.at + 1 : spot.at + 3], None, None][:2]
    if between is None or end is None or end.kind != "time":
        return lesson(
            spot, "K0122", f"the word `from` is missing before `{spot.typed()}`", "`from` is expected here",
            f"write `from {spot.typed()} to ..`",
        )  # fmt: skip
    typed = spot.page.text[end.start : end.end]
    span = spot.page.span(bad.start, end.end)
    meant = f"from {spot.typed()} to {typed}"
    words = [Lexeme("word", word, word, at.start, at.start) for word, at in (("from", bad), ("to", between))]
    return lesson(
        spot,
        "K0122",
        "a time of day is said with `from` and `to`",
        "`from` is expected here",
        f"write `{meant}`",
        span=span,
        instead=meant,
        go_on=(words[0], bad, words[1], end),
        ahead=3,
    )


def _with_in_test(spot: Spot) -> Lesson | None:
    """`did purchase with (amount = 3) 5 days ago` in a test."""
    if spot.keyword() != "test" or spot.typed() != "with" or spot.at < 2 or spot.tokens[spot.at - 2].text != "did":
        return None
    return lesson(
        spot,
        "K0101",
        "`with` is one word too many in a test",
        "leave it out",
        f"in a test write `did {spot.before.text} (..) 5 days ago`: here the event gets its values, nothing is asked",
        go_on=(),
        instead="",
    )


def _test_without_instant(spot: Spot) -> Lesson | None:
    """`test "t"` and then its first line."""
    if spot.keyword() != "test" or spot.at != 2 or "at" not in spot.takes:
        return None
    if spot.bad is not None and spot.bad.kind in ("date", "time", "number"):
        return None
    title = spot.before.text
    return lesson(
        spot,
        "K0122" if spot.bad is not None else "K0108",
        "this test does not say at what instant it looks",
        "`at` is expected here",
        f"write `at 2026-11-20 12:00` on the first line: `test {title} at 2026-11-20 12:00`",
        span=spot.page.span(spot.before.end, spot.before.end),
    )


def _gets_not(spot: Spot) -> Lesson | None:
    """`expect anna never gets email welcome`."""
    if spot.keyword() != "test" or spot.typed() not in ("doesn", "never", "no", "not") or "gets" not in spot.takes:
        return None
    who = spot.before.text
    return lesson(
        spot,
        "K0101",
        f"`{spot.typed()}` is not understood here",
        "`gets` is expected",
        f"that nothing is sent is said `expect {who} gets nothing`, that something is not sent "
        f"`expect {who} does not get email welcome`",
    )


def _gets_anything(spot: Spot) -> Lesson | None:
    """`expect anna does not get anything`."""
    before = [token.text for token in spot.tokens[max(0, spot.at - 5) : spot.at]]
    if spot.keyword() != "test" or before[1:4] != ["does", "not", "get"] or before[4] not in ("anything", "any"):
        return None
    return lesson(
        spot,
        "K0101",
        f"`does not get {before[4]}` is not how it is said that nothing is sent",
        "a channel and a template are expected",
        f"write `expect {before[0]} gets nothing`",
    )


def _discount_with(spot: Spot) -> Lesson | None:
    """`send email welcome with discount 10 %`."""
    if spot.before.text != "with" or spot.takes != {"offer"}:
        return None
    bad = spot.bad
    if bad is None or not (bad.kind in ("number", "text") or bad.text in ("discount", "code", "coupon", "voucher")):
        return None
    return lesson(
        spot,
        "K0122",
        "a message takes an offer along by its name",
        "`offer NAME` is expected here",
        "a discount or a code stands in a block of its own: `offer autumn` and below it `discount 10 %`",
        "then write `with offer autumn` here",
    )


def _with_missing(spot: Spot) -> Lesson | None:
    """`send email welcome offer ten`."""
    bad = spot.bad
    if bad is None or bad.text != "offer" or "with" not in spot.takes or spot.keyword() != "trigger":
        return None
    return lesson(
        spot,
        "K0122",
        "the word `with` is missing before `offer`",
        "`with` is expected here",
        "write `with offer ..`",
        go_on=(Lexeme("word", "with", "with", bad.start, bad.start), bad),
    )


def _name_of_words(spot: Spot) -> Lesson | None:
    """`segment meine kunden`."""
    bad = spot.bad
    if spot.at != 2 or bad is None or bad.kind != "word" or spot.before.kind != "word" or spot.keyword() == "test":
        return None
    words = [spot.before]
    for token in spot.tokens[2:]:
        if (
            token.kind != "word"
            or token.text in spot.takes - {"score", "offer"}
            or line_of(spot, token) > line_of(spot, spot.before)
        ):
            break
        words.append(token)
    after = spot.tokens[1 + len(words) : 2 + len(words)]
    if len(words) < 2 or len(words) > 5 or not after:
        return None
    if (
        after[0].kind != "text"
        and after[0].text not in spot.takes
        and line_of(spot, after[0]) == line_of(spot, words[-1])
    ):
        return None
    if spot.keyword() == "define" and after[0].text != "=" and after[0].kind != "text":
        return None
    meant = "_".join(word.text for word in words)
    typed = " ".join(word.text for word in words)
    return lesson(
        spot,
        "K0113",
        f"a name is one word, `{typed}` are {len(words)}",
        "one word is expected here",
        f"write `{meant}`",
        span=spot.page.span(words[0].start, words[-1].end),
        instead=meant,
        go_on=(Lexeme("word", meant, meant, words[0].start, words[-1].end),),
        behind=1,
        ahead=len(words) - 1,
    )


def _define_of_words(spot: Spot) -> Lesson | None:
    """`define mein umsatz = ..`, before its `=` is missed."""
    return _name_of_words(spot) if spot.keyword() == "define" else None


LAST: tuple[Callable[[Spot], Lesson | None], ...] = (_name_of_words,)
"""Tried after the lessons about single words."""

FIRST: tuple[Callable[[Spot], Lesson | None], ...] = (
    _define_of_words,
    _channel_missing,
    _month_day,
    _did_missing,
    _from_missing,
    _with_in_test,
    _test_without_instant,
    _gets_not,
    _gets_anything,
    _discount_with,
    _with_missing,
)
"""Tried before the lessons about single words."""
