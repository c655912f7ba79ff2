"""Which tokens to leave out after a mistake, so that the other clauses of a block are read as well.

A clause begins where a line begins with a word that begins clauses of this block; nothing is left out of a block that
stands on one line, because there it would be guessed.
"""

from __future__ import annotations

from collections.abc import Sequence

from dsl.tokens import Lexeme, Page


def without_clause(
    page: Page, tokens: Sequence[Lexeme], bad: int, told: int, clauses: Sequence[str], *, complete: bool
) -> list[Lexeme] | None:
    """The tokens without the clause that has the mistake, None if it is not clear which one that is.

    `bad`: index of the token that does not fit (or the number of tokens); `told`: offset of what was underlined;
    `complete`: whether the block could end before that token, so that the mistake begins with it.

    >>> page = Page("a.play", "trigger t\\n wait 4\\n send email x")
    >>> from dsl.tokens import scan
    >>> kept = without_clause(page, scan(page).lexemes, 4, 16, ("wait", "send"), complete=False)
    >>> [token.text for token in kept or ()]
    ['trigger', 't', 'send', 'email', 'x']
    """
    starts = [i for i, token in enumerate(tokens) if begins_clause(page, token, clauses)]
    at = bad
    while at > 0 and (at >= len(tokens) or tokens[at].start > told):
        at -= 1
    if complete and bad < len(tokens) and at == bad and _first_on_line(page, tokens[bad]):
        start = bad
    else:
        before = [i for i in starts if i <= at]
        if not before:
            return None
        start = before[-1]
    end = next((i for i in starts if i > start), len(tokens))
    return [*tokens[:start], *tokens[end:]]


def begins_clause(page: Page, token: Lexeme, clauses: Sequence[str]) -> bool:
    """Whether a clause begins with this token, as far as the layout tells."""
    return token.text in clauses and token.kind in ("word", "sign") and _first_on_line(page, token)


def _first_on_line(page: Page, token: Lexeme) -> bool:
    line = page.text.rfind("\n", 0, token.start) + 1
    return not page.text[line : token.start].strip()
