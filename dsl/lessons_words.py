"""Lessons about words: misspelt, missing, one too many, or brought from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dsl.names import distance, nearest
from dsl.spot import CLASSES, Lesson, Spot, lesson, like
from dsl.tokens import UNIT_LETTERS, UNITS, Lexeme

SPELLED: dict[str, tuple[str, ...]] = {
    word: tuple(ours.split())
    for word, ours in {
        "tag": "days", "tage": "days", "tagen": "days", "stunde": "hours", "stunden": "hours", "woche": "weeks",
        "wochen": "weeks", "monat": "months", "monate": "months", "monaten": "months", "jahr": "years",
        "jahre": "years", "jahren": "years", "minuten": "minutes", "und": "and", "oder": "or", "nicht": "not",
        "wo": "where", "if": "when where unless", "when": "on", "filter": "where", "having": "where",
        "whose": "where", "who": "where", "until": "to", "till": "to", "through": "to", "during": "in",
        "equals": "=", "equal": "=", "is": "=", "above": "> from", "over": ">", "exceeds": ">", "below": "<",
        "under": "<", "begins": "starts", "includes": "contains", "like": "contains", "null": "missing",
        "none": "missing", "nil": "missing", "empty": "missing", "unknown": "missing", "present": "known",
        "set": "known", "filled": "known", "anyone": "everyone", "everybody": "everyone", "all": "everyone",
        "person": "contact", "customer": "contact", "user": "contact", "delay": "wait", "count": "number",
        "max": "largest", "min": "smallest", "avg": "average", "mean": "average", "minimum": "smallest",
        "maximum": "largest", "has": "did", "have": "did", "does": "did", "reaches": "reaching",
        "enters": "entering", "enter": "entering", "joins": "entering", "leaves": "leaving", "leave": "leaving",
        "exits": "leaving", "drops": "falling", "falls": "falling", "add": "plus", "subtract": "minus",
        "multiplied": "times", "each": "every per", "every": "per", "per": "every", "for": "on per", "using": "with",
        "then": "else send", "otherwise": "else", "should": "expect", "assert": "expect", "receives": "gets",
        "get": "gets", "level": "stage", "expire": "expires", "label": "tags", "tag_": "tags",
        "montag": "monday", "dienstag": "tuesday", "mittwoch": "wednesday", "donnerstag": "thursday",
        "freitag": "friday", "samstag": "saturday", "sonntag": "sunday",
        "reason": "because", "limit": "at", "max_": "at", "no": "not",
    }.items()
}  # fmt: skip
"""Words from elsewhere -> ours, used where the grammar would take ours."""

NOISE = frozenset({"the", "a", "an", "please", "of"})
CHANNELS = frozenset({"email", "mail", "sms", "letter", "push", "whatsapp", "call"})
AGGREGATES = frozenset({"number", "sum", "average", "smallest", "largest", "distinct", "stage", "age"})
HAVE = frozenset({"has", "have", "having", "made", "does", "bought"})
COUNTS = {"more": "at least", "fewer": "at most", "less": "at most", "over": "at least", "under": "at most"}


def _inserted(spot: Spot, word: str, *, why: str) -> Lesson:
    """The lesson that `word` is missing before this place; reading goes on as if it stood there."""
    bad = spot.bad
    go_on = None
    if bad is not None:
        one = Lexeme("word" if word.isalpha() else "sign", word, word, bad.start, bad.start)
        go_on = (one, bad)
    shown = f" before `{spot.typed()}`" if bad is not None else ""
    return lesson(
        spot,
        "K0122",
        f"the word `{word}` is missing{shown}",
        f"`{word}` is expected here",
        why,
        go_on=go_on,
    )


def _unit_missing(spot: Spot) -> Lesson | None:
    """`in last 30 and`: a number where a duration is wanted, without its unit."""
    if "days" not in spot.takes or spot.before.kind != "number":
        return None
    if spot.is_word() and _unit_meant(spot.typed()) is not None:
        return None
    number = spot.before
    extra: tuple[str, ...] = ()
    if spot.keyword() == "cap":
        extra = ("a cap counts `per 24 hours`, `per 7 days`, `per local day` or `per calendar month`",)
    return lesson(
        spot,
        "K0107",
        f"`{number.text}` needs a unit of time",
        "minutes, hours, days, weeks, months or years?",
        f"say for example `{number.text} days`",
        *extra,
        span=spot.page.span(number.start, number.end),
    )


def _unit_meant(word: str) -> str | None:
    typed = word.casefold()
    foreign = next((w for w in SPELLED.get(typed, ()) if w in UNITS), None)
    return foreign or UNIT_LETTERS.get(typed) or _close(word, sorted(UNITS))


def _period_as_value(spot: Spot) -> Lesson | None:
    """`last purchase < 60 days`, `did not purchase 365 days`, `since 30 days`."""
    if spot.before.text == "since" and spot.bad is not None and spot.bad.kind == "number":
        return lesson(
            spot,
            "K0123",
            "`since` is followed by a date",
            "a date or `then` is expected here",
            f"for a period write `in last {spot.bad.text} days`",
        )
    if spot.bad is None or spot.bad.text not in UNITS or spot.before.kind != "number" or "days" in spot.takes:
        return None
    period = f"{spot.before.text} {spot.bad.text}"
    span = spot.page.span(spot.before.start, spot.bad.end)
    compared = any(token.text in ("<", "<=", ">", ">=", "=") for token in spot.tokens[max(0, spot.at - 3) : spot.at])
    says = f"write `older than {period}` or `in last {period}`" if compared else f"write `in last {period}`"
    return lesson(
        spot, "K0123", f"the period `{period}` cannot stand alone", "since when, until when?", says, span=span
    )


def _period_words(spot: Spot) -> Lesson | None:
    """`in last month`, `this day`, `last 30 days` without `in`."""
    bad = spot.bad
    if bad is None:
        return None
    after = spot.tokens[spot.at + 1] if spot.at + 1 < len(spot.tokens) else None
    if bad.text == "last" and "in" in spot.takes and after is not None and after.text in UNITS:
        go_on = (
            Lexeme("word", "in", "in", bad.start, bad.start),
            bad,
            Lexeme("number", "1", "1", after.start, after.start),
            after,
        )
        return lesson(
            spot,
            "K0123",
            f"`last {after.text}` does not say how long",
            f"`in last 1 {after.text}`?",
            f"write `in last 1 {after.text}`, or for the calendar `this {after.text}`",
            span=spot.page.span(bad.start, after.end),
            go_on=go_on,
            ahead=2,
        )
    if bad.text == "last" and "in" in spot.takes:
        return _inserted(spot, "in", why="write `in last ..`")
    if bad.text in UNITS and spot.before.text in ("last", "next") and "a number" in spot.takes:
        one = Lexeme("number", "1", "1", bad.start, bad.start)
        word = spot.before.text
        extra = f"for the calendar write `this {bad.text}`" if bad.text in ("week", "month", "year") else ""
        return lesson(
            spot,
            "K0123",
            f"`{word} {bad.text}` does not say how long",
            "a number is expected before this",
            f"write `{word} 1 {bad.text}`",
            *([extra] if extra else []),
            go_on=(one, bad),
        )
    if bad.text == "day" and spot.before.text == "this":
        span = spot.page.span(spot.before.start, bad.end)
        return lesson(spot, "K0123", "`this day` is called `today`", "", "write `today`", span=span, instead="today")
    return None


def _times_without_bound(spot: Spot) -> Lesson | None:
    """`did visit 3 times`, `did visit more than 3 times`."""
    bad = spot.bad
    if bad is None:
        return None
    if bad.text in ("times", "time") and spot.before.kind == "number" and "to" in spot.takes:
        number = spot.before
        span = spot.page.span(number.start, bad.end)
        return lesson(
            spot,
            "K0122",
            f"`{number.text} {bad.text}` does not say whether more is fine",
            "`at least`, `at most` or `exactly` is expected before this",
            f"write `at least {number.text} times`",
            span=span,
        )
    if bad.text in COUNTS and {"at", "exactly"} <= spot.takes:
        return lesson(
            spot,
            "K0122",
            f"`{bad.text} than` is not how times are counted",
            "`at least`, `at most` or `exactly` is expected here",
            f"write `{COUNTS[bad.text]} N times`; the number itself is included",
        )
    return None


def _word_missing(spot: Spot) -> Lesson | None:
    """`sum purchase.amount`, `consents email`, `every year birth_date`, `email welcome` in a trigger."""
    bad = spot.bad
    if bad is None:
        if spot.takes == {"time", "times"}:
            return _inserted(spot, "times", why=f"write `{spot.before.text} times`")
        return None
    if spot.keyword() == "cap" and "at" in spot.takes and bad.kind == "number":
        at, most = (Lexeme("word", word, word, bad.start, bad.start) for word in ("at", "most"))
        return lesson(
            spot,
            "K0122",
            f"the words `at most` are missing before `{bad.text}`",
            "`at most` is expected here",
            f"write `at most {bad.text} ..`",
            go_on=(at, most, bad),
        )
    if bad.kind == "word":
        if spot.before.text in AGGREGATES and "of" in spot.takes:
            return _inserted(spot, "of", why=f"write `{spot.before.text} of ..`")
        if spot.before.text == "consents" and "to" in spot.takes:
            return _inserted(spot, "to", why=f"write `consents to {bad.text}`")
        if spot.before.text in ("year", "month") and spot.takes == {"on", "a number"}:
            return _inserted(spot, "on", why=f"write `every {spot.before.text} on ..`")
        if bad.text in CHANNELS and "send" in spot.takes:
            return _inserted(spot, "send", why=f"write `send {bad.text} TEMPLATE`")
    if spot.takes == {"time", "times"}:
        return _inserted(spot, "times", why=f"write `{spot.before.text} times`")
    words = [w for w in spot.takes if w.isalpha() and w not in CLASSES.values()]
    if len(words) == 1 and len(spot.takes) == 1 and _close(spot.typed(), words) is None:
        return _inserted(spot, words[0], why=f"write `{spot.before.text} {words[0]} ..`")
    return None


def _between_and(spot: Spot) -> Lesson | None:
    """`between 18 to 30`, `between 18 - 30`."""
    if spot.bad is None or spot.bad.text not in ("to", "-", ",", "until", "or", "an") or "and" not in spot.takes:
        return None
    if not any(token.text == "between" for token in spot.tokens[max(0, spot.at - 4) : spot.at]):
        return None
    if any(token.text == "and" for token in spot.tokens[max(0, spot.at - 2) : spot.at]):
        return None
    return lesson(
        spot,
        "K0101",
        f"`{spot.typed()}` is not understood here",
        "did you mean `and`?",
        "say `between 18 and 30`; both ends are included",
        go_on=(like(spot.bad, "and"),),
        instead="and",
    )


def _has_done(spot: Spot) -> Lesson | None:
    """`has purchase`: two words in a row, the first of which reads as a name."""
    if not spot.is_word() or spot.before.text not in HAVE or "and" not in spot.takes:
        return None
    typed = spot.before.text
    return lesson(
        spot,
        "K0101",
        f"`{typed}` is not understood here",
        "did you mean `did`?",
        f"what somebody did is asked with `did`: `did {spot.typed()}`",
        span=spot.page.span(spot.before.start, spot.before.end),
        instead="did",
    )


def _noise(spot: Spot) -> Lesson | None:
    if not spot.is_word() or spot.typed() not in NOISE or not _fits(spot, spot.at + 1):  # `A` may be a member
        return None
    word = spot.typed()
    return lesson(
        spot,
        "K0101",
        f"`{word}` is one word too many",
        "leave it out",
        f"the sentence reads without `{word}`",
        go_on=(),
        instead="",
    )


def _fits(spot: Spot, at: int) -> bool:
    """Whether the token at `at` could stand where the one does that does not fit."""
    if at >= len(spot.tokens):
        return "the end of the block" in spot.takes
    token = spot.tokens[at]
    kinds = {"word": "a name", "text": "a text in quotes", "number": "a number", "date": "a date", "time": "a time"}
    return token.text in spot.takes or kinds.get(token.kind) in spot.takes


def _misspelt(spot: Spot) -> Lesson | None:
    """A word close to one that the grammar would take, or one from another language."""
    if spot.bad is None or spot.bad.kind != "word":
        return None
    word = spot.typed()
    keywords = [w for w in spot.takes if w.isalpha() and w not in CLASSES.values()]
    meant = next((ours for ours in SPELLED.get(word.casefold(), ()) if ours in spot.takes), None)
    if meant is None:
        meant = _close(word, keywords)
    if meant is None and "days" in spot.takes:
        meant = _unit_meant(word)
    if meant is None:
        return None
    small = word.casefold() == meant
    summary = f"keywords are written in small letters: `{word}`" if small else f"`{word}` is not understood here"
    return lesson(spot, "K0101", summary, f"did you mean `{meant}`?", go_on=(like(spot.bad, meant),), instead=meant)


def _close(word: str, keywords: Sequence[str]) -> str | None:
    """Stricter than for names: keywords are short, so most words lie near one of them."""
    meant = nearest(word, keywords)
    if meant is None:
        return None
    edits = distance(word.casefold()[:80], meant)
    allowed = (len(keywords) == 1) if len(meant) <= 2 else 1 if len(meant) <= 5 else 2
    return meant if edits <= allowed else None


FIRST: tuple[Callable[[Spot], Lesson | None], ...] = (
    _between_and,
    _unit_missing,
    _period_as_value,
    _period_words,
    _times_without_bound,
)
LESSONS: tuple[Callable[[Spot], Lesson | None], ...] = (_has_done, _noise, _misspelt, _word_missing)
