"""How people go wrong, and what to tell them: one function per lesson, in the order in which they are tried.

Each looks at the token that does not fit, at those before it and at what the grammar would have taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from dsl import lessons_distance as distances
from dsl import lessons_habits as habits
from dsl import lessons_places as places
from dsl import lessons_words as words
from dsl.diagnostics import Label
from dsl.examples_blocks import EXAMPLES
from dsl.phrases import taught
from dsl.spot import Lesson, Spot, begins_its_line, lesson, like, not_in_column_1
from dsl.tokens import Lexeme


def _name_missing(spot: Spot) -> Lesson | None:
    """`segment "Title"`, `segment where country = CH`."""
    keyword = spot.keyword()
    says = f"write `{keyword} NAME ..`; a name is one word of letters, digits and `_`"
    if spot.at == 1 and "a name" in spot.takes:
        return lesson(spot, "K0111", f"this {keyword} has no name", "a name is expected here", says)
    if spot.at == 2 and spot.is_word() and spot.tokens[1].text in ("where", "on", "at", "from", "discount", "code"):
        taken = spot.tokens[1]
        span = spot.page.span(taken.start, taken.end)
        return lesson(spot, "K0111", f"this {keyword} has no name", "a name is expected before this", says, span=span)
    return None


def _title_missing(spot: Spot) -> Lesson | None:
    if spot.keyword() != "test" or spot.at != 1:
        return None
    return lesson(
        spot,
        "K0111",
        "this test does not say what it shows",
        "a text in quotes is expected here",
        'say it in a sentence: `test "a purchase stops the reminder" at 2026-11-20 12:00`',
    )


def _equals_missing(spot: Spot) -> Lesson | None:
    if spot.keyword() != "define" or "=" not in spot.takes or spot.at > 5 or not {"a text in quotes", "="} & spot.takes:
        return None
    if spot.at > 1 and any(token.text == "=" for token in spot.tokens[: spot.at]):
        return None
    name = spot.tokens[1].text
    go_on = None
    if spot.bad is not None:
        sign = Lexeme("sign", "=", "=", spot.bad.start, spot.bad.start)
        skipped = spot.typed() in ("as", "is", ":") or spot.bad.text == ":"
        go_on = (sign,) if skipped else (sign, spot.bad)
    return lesson(
        spot,
        "K0112",
        f"`define {name}` lacks its `=`",
        "`=` is expected here",
        f"write `define {name} = ...`",
        go_on=go_on,
    )


def _decimal_comma(spot: Spot) -> Lesson | None:
    """`12,50`: a comma between two runs of digits without a space."""
    bad, after = spot.bad, spot.tokens[spot.at + 1 : spot.at + 2]
    if bad is None or bad.text != "," or not after or after[0].kind != "number" or spot.before.kind != "number":
        return None
    if spot.before.end != bad.start or bad.end != after[0].start:
        return None
    meant = f"{spot.before.text}.{after[0].text}"
    span = spot.page.span(spot.before.start, after[0].end)
    typed = span.text(spot.page.text)
    return lesson(
        spot,
        "K0105",
        f"`{typed}` is not how a number is written",
        "decimals are set apart by a point",
        f"write `{meant}`",
        span=span,
        instead=meant,
    )


def _chained(spot: Spot) -> Lesson | None:
    if spot.bad is None or spot.bad.text not in ("=", "!=", "<", "<=", ">", ">="):
        return None
    earlier = [
        token for token in spot.tokens[max(0, spot.at - 6) : spot.at] if token.text in ("<", "<=", ">", ">=", "=")
    ]
    if not earlier or spot.bad.text in spot.takes:
        return None
    return lesson(
        spot,
        "K0114",
        "a comparison has two sides",
        "a second comparison begins here",
        "say `age between 18 and 30` (both ends included), or join two comparisons with `and`",
    )


def _second_cause(spot: Spot) -> Lesson | None:
    if spot.keyword() != "trigger" or spot.bad is None or spot.bad.text not in ("on", "every", "when"):
        return None
    if "send" not in spot.takes:
        return None
    return lesson(
        spot,
        "K0311",
        "the cause is the first clause of a trigger",
        "a cause cannot stand here",
        "put `on ..` or `every year on ..` directly after the name; for a second cause write a second trigger",
    )


def _block_not_in_column_1(spot: Spot) -> Lesson | None:
    words = ("segment", "define", "score", "class", "trigger", "cap", "quiet", "offer", "test", "quality", "suppress")
    bad = spot.bad
    if bad is None or bad.text not in words or spot.page.begins_line(bad.start) or not spot.tokens[spot.at + 1 :]:
        return None
    line_start = spot.page.text.rfind("\n", 0, bad.start) + 1
    if spot.page.text[line_start : bad.start].strip():
        return None
    return Lesson(not_in_column_1(spot.here(), bad.text))


def _filter_without_with(spot: Spot) -> Lesson | None:
    if spot.bad is None or spot.bad.text != "(" or "with" not in spot.takes or spot.before.kind != "word":
        return None
    event = spot.before.text
    word = Lexeme("word", "with", "with", spot.bad.start, spot.bad.start)
    return lesson(
        spot,
        "K0115",
        f"a filter on `{event}` follows the word `with`",
        "`with` is expected before the parenthesis",
        f"write `{event} with (..)`",
        go_on=(word, spot.bad),
    )


def _sign_missing(spot: Spot) -> Lesson | None:
    """`5 on visit` in a score."""
    if spot.keyword() != "score" or spot.bad is None or spot.bad.kind != "number" or "+" not in spot.takes:
        return None
    plus = Lexeme("sign", "+", "+", spot.bad.start, spot.bad.start)
    return lesson(
        spot,
        "K0121",
        f"points carry a sign: `{spot.bad.text}` could give or take",
        "`+` or `-`?",
        f"write `+{spot.bad.text}` or `-{spot.bad.text}`",
        go_on=(plus, spot.bad),
    )


def _sign_missing_below(spot: Spot) -> Lesson | None:
    """`5 on visit` below another rule, whose window `5 to 10 days ago` it could begin."""
    number, bad = spot.before, spot.bad
    if spot.keyword() != "score" or bad is None or number.kind != "number" or not begins_its_line(spot, number):
        return None
    if bad.text not in ("on", "when", "per"):
        return None
    plus = Lexeme("sign", "+", "+", number.start, number.start)
    return lesson(
        spot,
        "K0121",
        f"points carry a sign: `{number.text}` could give or take",
        "`+` or `-`?",
        f"write `+{number.text}` or `-{number.text}`",
        span=spot.page.span(number.start, number.end),
        go_on=(plus, number, bad),
        behind=1,
    )


def _signs_as_arithmetic(spot: Spot) -> Lesson | None:
    """`a - b`, `self-employed`."""
    if spot.bad is None or spot.bad.text not in ("+", "-"):
        return None
    after = spot.tokens[spot.at + 1 : spot.at + 2]
    if spot.bad.text == "-" and after and spot.before.kind == after[0].kind == "word":
        touching = spot.before.end == spot.bad.start and spot.bad.end == after[0].start
        if touching:
            span = spot.page.span(spot.before.start, after[0].end)
            typed = span.text(spot.page.text)
            return lesson(
                spot,
                "K0116",
                f"`{typed}` is no single word",
                "quotes are missing",
                f'write `"{typed}"` if it is a value, or `_` for `-` if it is a name',
                span=span,
                instead=f'"{typed}"',
            )
    word = {"+": "plus", "-": "minus"}[spot.bad.text]
    if word not in spot.takes:
        return None
    return lesson(
        spot,
        "K0104",
        f"`{spot.bad.text}` does not reckon here: the signs belong to points",
        f"did you mean `{word}`?",
        f"write `{word}`",
        go_on=(like(spot.bad, word),),
        instead=word,
    )


def _plus_in_score(spot: Spot) -> Lesson | None:
    """`when age + 3 > 5` in a score reads as a new rule `+3`."""
    if spot.keyword() != "score" or spot.is_word() or spot.at < 2 or not {"when", "on", "per"} <= spot.takes:
        return None
    sign = spot.tokens[spot.at - 2]
    line_start = spot.page.text.rfind("\n", 0, sign.start) + 1
    if sign.text not in ("+", "-") or not spot.page.text[line_start : sign.start].strip():
        return None
    word = {"+": "plus", "-": "minus"}[sign.text]
    return lesson(
        spot,
        "K0104",
        f"`{sign.text}` does not reckon here: the signs belong to points",
        f"did you mean `{word}`?",
        f"write `{word}`",
        span=spot.page.span(sign.start, sign.end),
        instead=word,
    )


def _currency(spot: Spot) -> Lesson | None:
    """`> 500 CHF`."""
    bad = spot.bad
    if (
        bad is None
        or spot.before.kind != "number"
        or not (bad.text in "€$£" or (len(bad.text) == 3 and bad.text.isupper()))
    ):
        return None
    return lesson(
        spot,
        "K0105",
        "an amount carries no currency here",
        "leave it out",
        "the currency is that of the field, declared in schema.yaml",
        go_on=(),
        instead="",
    )


def _is_something(spot: Spot) -> Lesson | None:
    """`plan is gold`, `email is null`."""
    if spot.bad is None or spot.before.text != "is" or "known" not in spot.takes:
        return None
    return lesson(
        spot,
        "K0117",
        f"`is {spot.typed()}` is not understood",
        "`known` or `missing`?",
        f"to compare, write `= {spot.typed()}`; `is known` and `is missing` ask whether there is a value at all",
        span=spot.page.span(spot.before.start, spot.bad.end),
    )


def _list_without_parentheses(spot: Spot) -> Lesson | None:
    """`country in CH, LI`."""
    if spot.bad is None or spot.before.text != "in" or "(" not in spot.takes or spot.bad.kind == "sign":
        return None
    typed = spot.typed()
    left = spot.tokens[spot.at - 2]
    of_set = spot.is_word() and left.kind == "word" and typed.islower()
    return lesson(
        spot,
        "K0117",
        "a list stands in parentheses",
        "`(` is expected here",
        f"write `in ({typed}, ..)`; for one value write `= {typed}`; to ask for membership begin with `in {typed}`",
        *([f"if `{typed}` is a set: `{typed} has any ({left.text})`"] if of_set else []),
    )


def _parentheses(spot: Spot) -> Lesson | None:
    """One too many, or one that stays open."""
    if spot.bad is not None and spot.bad.text == ")":
        opened = 0
        for token in spot.tokens[: spot.at]:
            opened += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == "sign" else 0
        if opened <= 0:
            return lesson(spot, "K0118", "this `)` closes nothing", "no `(` is open here", go_on=(), instead="")
        return None
    if ")" not in spot.takes:
        return None
    stack = []
    for token in spot.tokens[: spot.at]:
        if token.kind == "sign" and token.text == "(":
            stack.append(token)
        elif token.kind == "sign" and token.text == ")" and stack:
            stack.pop()
    if not stack or (spot.bad is not None and spot.bad.kind != "word"):
        return None
    opening = spot.page.span(stack[-1].start, stack[-1].end)
    return lesson(
        spot,
        "K0118",
        "a parenthesis stays open",
        "`)` is expected here",
        "each `(` needs its `)`",
        secondary=(Label(opening, "opened here"),),
    )


def _time_as_number(spot: Spot) -> Lesson | None:
    """`from 20 to 8`."""
    if spot.bad is None or spot.bad.kind != "number" or "a time" not in spot.takes:
        return None
    number = str(spot.bad.value)
    hour, _, minutes = number.partition(".")
    if int(hour) > 23 or len(minutes) not in (0, 2) or int(minutes or 0) > 59:
        return None
    meant = f"{int(hour):02}:{minutes or '00'}"
    return lesson(
        spot,
        "K0106",
        f"`{number}` is not how a time is written",
        "hours and minutes",
        f"write `{meant}`",
        go_on=(Lexeme("time", meant, int(hour) * 60 + int(minutes or 0), spot.bad.start, spot.bad.end),),
        instead=meant,
    )


def _cap_of_what(spot: Spot) -> Lesson | None:
    """`at most 2 per 7 days`: `per` was read as what is counted."""
    if spot.keyword() != "cap" or spot.before.text != "per" or spot.at < 2 or spot.tokens[spot.at - 2].kind != "number":
        return None
    number = spot.tokens[spot.at - 2].text
    return lesson(
        spot,
        "K0122",
        "this cap does not say what it counts",
        "`message` or a channel is expected before this",
        f"write `at most {number} messages per ..`, or name a channel: `at most {number} email per ..`",
        span=spot.page.span(spot.before.start, spot.before.end),
    )


def _cap_in_which_time(spot: Spot) -> Lesson | None:
    """`at most 1 letter per household`."""
    if spot.keyword() != "cap" or spot.before.text != "per" or not spot.is_word() or "local" not in spot.takes:
        return None
    typed = spot.typed()
    return lesson(
        spot,
        "K0122",
        f"`per {typed}` does not say in which time",
        "a period is expected before this",
        f"write `per 30 days per {typed}`, or `per local month per {typed}`",
        span=spot.page.span(spot.before.start, spot.here().end),
    )


def _aggregate_of_what(spot: Spot) -> Lesson | None:
    """`sum of amount`."""
    if spot.takes != {"."}:
        return None
    name = spot.before.text
    return lesson(
        spot,
        "K0122",
        f"`{name}` alone does not say of which event and which property",
        "`.` is expected here",
        f"name both: `{name}.PROPERTY` if `{name}` is the event, `EVENT.{name}` if it is the property",
    )


def _quotes_missing(spot: Spot) -> Lesson | None:
    """`code ABC-10`, `because we must`: words where a text in quotes is wanted, and nothing else fits."""
    bad = spot.bad
    if bad is None or bad.kind == "sign" or spot.takes != {"a text in quotes"}:
        return None
    line = re.compile(r"[^#\n]*").match(spot.page.text, bad.start)
    rest = line.group().rstrip() if line is not None else ""
    meant = rest.split(" ", 1)[0]
    if spot.before.text != "code" and meant != rest:
        if not begins_its_line(spot, spot.before):  # where the text ends, only the author knows
            says = f'write `{spot.before.text} "{spot.typed()} .."`'
            expected = "a text in quotes is expected here"
            return lesson(spot, "K0103", "text stands in straight double quotes", expected, says)
        meant = rest
    end = bad.start + len(meant)
    taken = sum(1 for token in spot.tokens[spot.at :] if token.start < end)
    if '"' in meant or not meant or max(token.end for token in spot.tokens[spot.at :][:taken]) > end:
        return None
    quoted = f'"{meant}"'
    return lesson(
        spot,
        "K0103",
        "text stands in straight double quotes",
        "a text in quotes is expected here",
        f"write `{spot.before.text} {quoted}`",
        span=spot.page.span(bad.start, end),
        instead=quoted,
        go_on=(Lexeme("text", quoted, meant, bad.start, end),),
        ahead=taken,
    )


def _by_example(spot: Spot) -> Lesson | None:
    return taught(spot, EXAMPLES)


LESSONS: tuple[Callable[[Spot], Lesson | None], ...] = (
    _title_missing,
    _name_missing,
    *places.FIRST,
    _by_example,
    *places.BEHIND_EXAMPLES,
    *habits.FIRST,
    _equals_missing,
    _decimal_comma,
    _block_not_in_column_1,
    _second_cause,
    _cap_of_what,
    _sign_missing_below,
    *distances.LESSONS,
    *words.FIRST,
    _chained,
    _filter_without_with,
    _sign_missing,
    _plus_in_score,
    _signs_as_arithmetic,
    _time_as_number,
    *words.LESSONS,
    *habits.LAST,
    *places.LAST,
    _currency,
    _is_something,
    _list_without_parentheses,
    _aggregate_of_what,
    _cap_in_which_time,
    _parentheses,
    _quotes_missing,
)
