"""Where parsing stopped, and what a lesson about it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dsl.diagnostics import Diagnostic, Fix, Label
from dsl.spans import Span
from dsl.tokens import Lexeme, Page

CLASSES = {
    "WORD": "a name",
    "QUOTED": "a text in quotes",
    "DIGITS": "a number",
    "CALENDAR_DAY": "a date",
    "CLOCK": "a time",
    "$END": "the end of the block",
}
"""What the grammar's open classes of tokens are called in messages."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A finding, and the tokens to read instead of the one that did not fit (None: give the block up).

    `go_on` stands for `ahead` tokens from the one that did not fit on, and for `behind` tokens before it.
    """

    diagnostic: Diagnostic
    go_on: tuple[Lexeme, ...] | None = None
    behind: int = 0
    ahead: int = 1


@dataclass(frozen=True, slots=True)
class Spot:
    """Where parsing stopped: the block's tokens, the index of the one that does not fit, and what would have."""

    page: Page
    tokens: Sequence[Lexeme]
    at: int
    takes: frozenset[str]

    @property
    def bad(self) -> Lexeme | None:
        """The token that does not fit; None at the end of the block."""
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    @property
    def before(self) -> Lexeme:
        """The last token that fitted."""
        return self.tokens[max(0, self.at - 1)]

    def here(self) -> Span:
        """What to underline: the token, or the place just behind the last one."""
        if self.bad is None:
            return self.page.span(self.before.end, self.before.end)
        return self.page.span(self.bad.start, self.bad.end)

    def typed(self) -> str:
        """The token that does not fit, as it was typed."""
        return "" if self.bad is None else self.page.text[self.bad.start : self.bad.end]

    def is_word(self) -> bool:
        """Whether a word stands here."""
        return self.bad is not None and self.bad.kind == "word"

    def keyword(self) -> str:
        """The block's keyword."""
        return self.tokens[0].text


def lesson(
    spot: Spot,
    code: str,
    summary: str,
    label: str,
    *help_: str,
    span: Span | None = None,
    go_on: tuple[Lexeme, ...] | None = None,
    instead: str | None = None,
    secondary: tuple[Label, ...] = (),
    behind: int = 0,
    ahead: int = 1,
) -> Lesson:
    """A lesson at the token that does not fit, or at `span`."""
    where = span or spot.here()
    fixes = (
        () if instead is None else (Fix(f"write `{instead.strip()}`" if instead else "leave it out", where, instead),)
    )
    finding = Diagnostic(code, summary, Label(where, label), secondary=secondary, help=help_, fixes=fixes)
    return Lesson(finding, go_on, behind, ahead)


def line_of(spot: Spot, token: Lexeme) -> int:
    """The line on which a token begins, from 1."""
    return spot.page.span(token.start, token.start).line


def begins_its_line(spot: Spot, token: Lexeme) -> bool:
    """Whether nothing but spaces stands before a token on its line."""
    line = spot.page.text.rfind("\n", 0, token.start) + 1
    return not spot.page.text[line : token.start].strip()


def like(bad: Lexeme, text: str) -> Lexeme:
    """A token to read in the place of `bad`."""
    return Lexeme("word" if text.isalpha() else "sign", text, text, bad.start, bad.end)


def not_in_column_1(span: Span, word: str) -> Diagnostic:
    """A block keyword that is indented."""
    return Diagnostic(
        "K0110",
        f"the block `{word}` does not begin in column 1",
        Label(span, "move it to the start of the line"),
        help=("block keywords stand at the very start of a line, so that one mistake does not swallow the next block",),
    )
