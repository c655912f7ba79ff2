"""Lessons about the right thing in the wrong place, or with something missing beside it."""

from __future__ import annotations

from collections.abc import Callable

from dsl.names import listed
from dsl.spot import Lesson, Spot, begins_its_line, lesson, line_of
from dsl.tokens import Lexeme

_TELLING = frozenset(
    [
        "+",
        "-",
        "on",
        "every",
        "wait",
        "send",
        "notify",
        "again",
        "priority",
        "category",
        "because",
        "purpose",
        "expires",
        "goal",
        "holdout",
        "deliver",
        "spread",
        "halve",
        "lose",
        "forget",
        "keep",
        "stage",
        "tier",
        "discount",
        "valid",
        "code",
        "expect",
    ]
)
"""Words that begin clauses and nothing else, so that their block can be told."""


def _clause_elsewhere(spot: Spot) -> Lesson | None:
    """`send email welcome` in a segment, `+5 on visit` in a trigger."""
    from dsl.teach import CLAUSES  # which imports this module

    bad, after = spot.bad, [token.text for token in spot.tokens[spot.at + 1 : spot.at + 3]]
    own = CLAUSES.get(spot.keyword(), ())
    if bad is None or bad.text in own or bad.text not in _TELLING or spot.at < 2:
        return None
    if "the end of the block" not in spot.takes and not {"where", "owner"} & spot.takes:
        return None
    points = bad.text in ("+", "-") and after[1:] and after[1] in ("on", "when", "per")
    homes = [block for block, words in CLAUSES.items() if bad.text in words and block != "define"]
    if not homes or (bad.kind == "sign" and not points) or (bad.text == "on" and spot.keyword() == "score"):
        return None
    if bad.text == "on" and not begins_its_line(spot, bad) and spot.at > 3:
        return None
    span = spot.here()
    if points:
        span = spot.page.span(bad.start, spot.tokens[spot.at + 2].end)
    typed = span.text(spot.page.text)
    a = "an" if spot.keyword()[0] in "aeiou" else "a"
    may = f"{a} {spot.keyword()} can have {listed([f for f in own if f.isalpha()], last='and')}"
    return lesson(
        spot,
        "K0100",
        f"`{typed}` is no clause of {a} {spot.keyword()}",
        f"this belongs in a block {listed(homes[:2])}",
        f"write a block of its own: `{homes[0]} NAME` and below it this clause",
        may,
        span=span,
    )


def _comma(spot: Spot) -> Lesson | None:
    """`where vip, country = CH`."""
    if spot.bad is None or spot.bad.text != "," or "and" not in spot.takes:
        return None
    go_on = (Lexeme("word", "and", "and", spot.bad.start, spot.bad.end),)
    label, says = "did you mean `and`?", "conditions are joined with `and` or `or`"
    instead = " and" if spot.before.end == spot.bad.start else "and"
    return lesson(spot, "K0104", "a comma joins no conditions", label, says, go_on=go_on, instead=instead)


def _equals_missing(spot: Spot) -> Lesson | None:
    """`country CH`, `email "a@example.ch"`, `logins 3`."""
    bad = spot.bad
    if bad is None or bad.kind == "sign" or not {"=", "is"} <= spot.takes:
        return None
    if line_of(spot, bad) != line_of(spot, spot.before) or (bad.kind == "word" and not bad.text[:1].isupper()):
        return None
    one = Lexeme("sign", "=", "=", bad.start, bad.start)
    before = spot.page.text[spot.before.start : spot.before.end]
    return lesson(
        spot,
        "K0122",
        f"something is missing between `{before}` and `{spot.typed()}`",
        "`=` is expected before this",
        f"write `{before} = {spot.typed()}`, or another sign: `!=`, `<`, `>`",
        go_on=(one, bad),
    )


def _where_missing(spot: Spot) -> Lesson | None:
    """`segment customers did purchase`."""
    bad, keyword = spot.bad, spot.keyword()
    if keyword not in ("segment", "suppress") or bad is None or "where" not in spot.takes or spot.at > 3:
        return None
    if bad.kind != "word" or line_of(spot, bad) != line_of(spot, spot.tokens[0]):
        return None
    where = Lexeme("word", "where", "where", bad.start, bad.start)
    return lesson(
        spot,
        "K0122",
        f"the word `where` is missing before `{spot.typed()}`",
        "`where` is expected here",
        f"a condition follows `where`: `{keyword} NAME where ..`",
        go_on=(where, bad),
    )


def _thousands(spot: Spot) -> Lesson | None:
    """`1 500`, and `1,500`, which reads as two numbers."""
    bad, before = spot.bad, spot.before
    comma = bad is not None and bad.text == ","
    last = spot.tokens[spot.at + 1] if comma and spot.at + 1 < len(spot.tokens) else bad
    if last is None or before.kind != "number" or last.kind != "number" or "." in before.text:
        return None
    whole, _, rest = last.text.partition(".")
    if len(whole) != 3 or line_of(spot, last) != line_of(spot, before):
        return None
    if comma and (bad is None or before.end != bad.start or bad.end != last.start):
        return None
    meant = f"{before.text}_{whole}" + (f".{rest}" if rest else "")
    span = spot.page.span(before.start, last.end)
    typed = span.text(spot.page.text)
    extra = (f"if decimals were meant: `{before.text}.{whole}`",) if comma and not rest else ()
    return lesson(
        spot,
        "K0105",
        f"`{typed}` is not how a number is written",
        "thousands are set apart by `_`",
        f"write `{meant}`",
        *extra,
        span=span,
        instead=meant,
        go_on=(Lexeme("number", meant, meant.replace("_", ""), before.start, last.end),),
        behind=1,
        ahead=2 if comma else 1,
    )


def _hyphen_in_name(spot: Spot) -> Lesson | None:
    """`segment meine-kunden`."""
    if spot.at != 2 or spot.typed() != "-" or spot.keyword() == "test" or spot.before.kind != "word":
        return None
    parts = [spot.before]
    i = spot.at
    while (
        i + 1 < len(spot.tokens)
        and spot.tokens[i].text == "-"
        and spot.tokens[i].start == parts[-1].end
        and spot.tokens[i + 1].start == spot.tokens[i].end
        and spot.tokens[i + 1].kind in ("word", "number")
    ):
        parts.append(spot.tokens[i + 1])
        i += 2
    if len(parts) < 2:
        return None
    meant = "_".join(part.text.replace(".", "_") for part in parts)
    span = spot.page.span(parts[0].start, parts[-1].end)
    return lesson(
        spot,
        "K0113",
        f"a name is one word, `{span.text(spot.page.text)}` has a hyphen in it",
        "letters, digits and `_` only",
        f"write `{meant}`",
        span=span,
        instead=meant,
        go_on=(Lexeme("word", meant, meant, parts[0].start, parts[-1].end),),
        behind=1,
        ahead=i - spot.at,
    )


def _window_behind(spot: Spot) -> Lesson | None:
    """`number of purchase > 3 in last 90 days`."""
    bad = spot.bad
    if (
        bad is None
        or bad.text not in ("in", "since", "before", "from", "this", "today")
        or spot.before.kind != "number"
    ):
        return None
    signs = [i for i in range(max(0, spot.at - 3), spot.at) if spot.tokens[i].text in ("=", "!=", "<", "<=", ">", ">=")]
    ofs = [i for i in range(max(1, spot.at - 14), spot.at) if spot.tokens[i].text == "of"]
    if not signs or not ofs or ofs[-1] > signs[-1]:
        return None
    counted = spot.page.text[spot.tokens[ofs[-1] - 1].start : spot.tokens[signs[-1]].start].strip()
    end = spot.at
    while end + 1 < len(spot.tokens) and spot.tokens[end + 1].kind in ("word", "number", "date"):
        if spot.tokens[end + 1].text in ("and", "or") or begins_its_line(spot, spot.tokens[end + 1]):
            break
        end += 1
    window = spot.page.text[bad.start : spot.tokens[end].end]
    compared = spot.page.text[spot.tokens[signs[-1]].start : spot.before.end]
    return lesson(
        spot,
        "K0100",
        "a window stands behind the event, before the comparison",
        f"move it before `{spot.tokens[signs[-1]].text}`",
        f"write `{counted} {window} {compared}`",
        span=spot.page.span(bad.start, spot.tokens[end].end),
    )


def _points_of_what(spot: Spot) -> Lesson | None:
    """`+5 visit`."""
    if spot.keyword() != "score" or not {"on", "when"} <= spot.takes or spot.before.kind != "number":
        return None
    if spot.bad is None or spot.bad.kind != "word" or line_of(spot, spot.bad) != line_of(spot, spot.before):
        return None
    return lesson(
        spot,
        "K0122",
        f"`on` or `when` is missing before `{spot.typed()}`",
        "`on` or `when` is expected here",
        "`on EVENT` gives points for each event, `when CONDITION` while it holds",
        go_on=(Lexeme("word", "on", "on", spot.bad.start, spot.bad.start), spot.bad),
    )


def _division(spot: Spot) -> Lesson | None:
    """`logins / 2 > 5`."""
    if spot.typed() != "/" or "times" not in spot.takes:
        return None
    says = "numbers are combined by `plus`, `minus` and `times`; instead of dividing, multiply the other side"
    return lesson(spot, "K0104", "there is no division", "leave it out", says, go_on=(), ahead=2)


def _how_long_between(spot: Spot) -> Lesson | None:
    """`did cart_added then purchase`, without its time."""
    if "within" not in spot.takes or not {"of", "with"} <= spot.takes:
        return None
    words = [token.text for token in spot.tokens[: spot.at] if token.text in ("then", "without")]
    if not words:
        return None
    extra = ("for never at all write `did A and did not B`",) if words[-1] == "without" else ()
    return lesson(
        spot,
        "K0108",
        f"how much time may lie between is not said after `{words[-1]}`",
        "`within` is expected here",
        "say for example `within 2 days`",
        *extra,
        span=spot.page.span(spot.before.end, spot.before.end),
    )


FIRST: tuple[Callable[[Spot], Lesson | None], ...] = (
    _hyphen_in_name,
    _thousands,
)
"""Tried before the examples."""

BEHIND_EXAMPLES: tuple[Callable[[Spot], Lesson | None], ...] = (
    _clause_elsewhere,
    _division,
    _how_long_between,
    _window_behind,
)
"""Tried before the lessons about single words."""

LAST: tuple[Callable[[Spot], Lesson | None], ...] = (_comma, _points_of_what, _equals_missing, _where_missing)
"""Tried last."""
