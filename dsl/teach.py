"""Syntax errors, taught: what stands here, what was probably meant, how to say it.

A lesson may say how to read on (`go_on`), so that one slip does not hide the next. The names of Lark's terminals are
never shown.
"""

from __future__ import annotations

from collections.abc import Sequence

from dsl.diagnostics import Diagnostic, Fix, Label
from dsl.names import listed
from dsl.spans import Span
from dsl.spot import Lesson, Spot, lesson, not_in_column_1

__all__ = [
    "CLAUSES",
    "FOREIGN_BLOCKS",
    "define_missing",
    "no_block",
    "not_in_column_1",
    "unexpected",
    "unfinished",
]
from dsl.tokens import Lexeme, Page


def unexpected(page: Page, tokens: Sequence[Lexeme], at: int, takes: frozenset[str]) -> Lesson:
    """The lesson for the token at index `at` (or for the end of the block). `takes`: what the grammar would take."""
    from dsl.lessons import LESSONS  # some hundred of them, and most texts need none

    spot = Spot(page, tokens, at, takes)
    for recognise in LESSONS:
        lesson = recognise(spot)
        if lesson is not None:
            return lesson
    return _too_early(spot) or _generic(spot)


def unfinished(page: Page, tokens: Sequence[Lexeme], at: int, takes: frozenset[str]) -> Diagnostic:
    """The clause in front of the token `at` stops in its middle, and that token begins the next one."""
    spot = Spot(page, tokens[:at], at, takes)
    summary = f"what stands before `{tokens[at].text}` is not complete"
    return lesson(spot, "K0108", summary, f"{_expected(spot)} expected here").diagnostic


FOREIGN_BLOCKS = {
    word: block
    for block, words in {
        "segment": "zielgruppe gruppe audience group list liste cohort people",
        "define": "let var variable const def set definiere value",
        "score": "scoring lead_score points punkte",
        "trigger": "automation workflow campaign kampagne flow rule regel when if wenn action",
        "cap": "limit frequency frequenz begrenzung",
        "quiet": "silence ruhe ruhezeit blackout",
        "suppress": "block blacklist sperre sperrliste",
        "offer": "coupon voucher gutschein angebot discount rabatt",
        "test": "scenario szenario spec",
    }.items()
    for word in words.split()
}
"""What blocks are called elsewhere -> ours."""


def no_block(span: Span, word: str, meant: str | None, blocks: Sequence[str]) -> Diagnostic:
    """Text that stands outside of every block."""
    if meant is not None:
        return Diagnostic(
            "K0110",
            f"`{word}` begins no block",
            Label(span, f"did you mean `{meant}`?"),
            help=(f"a block begins with {listed(blocks)}",),
            fixes=(Fix(f"write `{meant}`", span, meant),),
        )
    return Diagnostic(
        "K0110",
        f"`{word}` stands outside of every block",
        Label(span, "no block begins here"),
        help=(f"a block begins in column 1 with {listed(blocks)}",),
    )


def define_missing(span: Span, name: str) -> Diagnostic:
    """`turnover = ..` outside of every block."""
    label, meant = Label(span, "`define` is expected before this"), f"define {name}"
    help_, fixes = (f"write `{meant} = ..`",), (Fix(f"write `{meant}`", span, meant),)
    return Diagnostic("K0110", f"`{name}` stands outside of every block", label, help=help_, fixes=fixes)


def _too_early(spot: Spot) -> Lesson | None:
    if spot.bad is not None:
        return None
    return lesson(
        spot,
        "K0108",
        f"this {spot.keyword()} ends too early",
        f"{_expected(spot)} expected here",
    )


_FIRST = ("a name", "a text in quotes", "a number", "a date", "a time")


def _expected(spot: Spot) -> str:
    """What would have fitted, shortest useful form: "`and`, `or` or a clause (`where`, ..) is"."""
    takes = spot.takes - {"the end of the block"} - RESERVED
    if not takes:
        return "nothing is"
    classes = [_of_what(spot) if name == "a name" else name for name in _FIRST if name in takes]
    words = sorted((w for w in takes if w not in _FIRST), key=lambda w: (not w.isalpha(), w))
    if {"did", "a name", "not"} <= takes or {"age", "a name"} <= takes:
        return "a condition is" if "did" in takes else "a value is"
    parts = classes + [f"`{w}`" for w in words]
    if len(parts) > 7 or sum(w in takes for w in CLAUSES[spot.keyword()]) > 2:
        parts = [f"`{w}`" for w in ("and", "or", ")", ",") if w in takes]
        clauses = [w for w in CLAUSES[spot.keyword()] if w in takes]
        parts += [f"a clause ({', '.join(f'`{w}`' for w in clauses[:6])}{', ..' if len(clauses) > 6 else ''})"] * bool(
            clauses
        )
        parts = parts or [f"`{w}`" for w in words[:7]]
    joined = parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " or " + parts[-1]
    return f"{joined} is"


def _of_what(spot: Spot) -> str:
    """What kind of thing a name would stand for, told from the words before it."""
    last, earlier = spot.before.text, [token.text for token in spot.tokens[max(0, spot.at - 3) : spot.at]]
    if spot.keyword() == "cap" and spot.before.kind == "number":
        return "`message` or a channel"
    if earlier[-2:-1] in (["send"], ["gets"]):
        return "a template"
    return _NAMED_AFTER.get(last, "a name")


_NAMED_AFTER = {
    "did": "an event", "on": "an event", "in": "a segment", "entering": "a segment", "leaving": "a segment",
    "reaching": "a stage", "below": "a stage", "send": "a channel", "gets": "a channel", "offer": "an offer",
    "notify": "a team", "category": "a category", "purpose": "a purpose", "tags": "a tag", "tagged": "a tag",
    "contact": "a contact", "expect": "a contact", "to": "a channel",
}  # fmt: skip

RESERVED: frozenset[str] = frozenset()
"""Words of constructs that are not carried out yet: never offered."""

CLAUSES = {
    keyword: tuple(words.split())
    for keyword, words in {
        "segment": "where include exclude owner",
        "define": "owner",
        "score": "where + - halve lose forget keep stage owner",
        "class": "by where tier owner",
        "trigger": "on every wait where send notify set call again priority category because purpose if expires late"
        " active paused tags leap goal holdout deliver spread owner",
        "cap": "where keeping owner",
        "quiet": "from on for owner",
        "suppress": "from where owner",
        "quality": "where expect stop owner",
        "offer": "code discount valid group at owner",
        "test": "contact consents withdraws on did fact after expect owner",
    }.items()
}
"""The words that begin a clause, in the order in which people meet them."""


def _generic(spot: Spot) -> Lesson:
    typed = spot.typed()
    shown = f"the text {typed}" if typed.startswith('"') else f"`{typed}`"
    return lesson(spot, "K0100", f"{shown} is not understood here", f"{_expected(spot)} expected")
