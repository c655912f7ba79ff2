"""The linter: what is allowed by the language and hardly ever meant. Each finding is a warning with a page (K04).

A rule is a pure function from `View` to findings; `RULES` is all of them. `lint` runs them and takes out what people
allow by comments (`dsl.lint.allow`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from dsl.diagnostics import Diagnostic, in_reading_order
from dsl.lint.allow import allowances, applied
from dsl.lint.fading import never_fades
from dsl.lint.layout import mixed_words
from dsl.lint.negation import over_missing
from dsl.lint.offers import offers_meet
from dsl.lint.repeats import magic_numbers, same_segments
from dsl.lint.retention import beyond_kept
from dsl.lint.sending import no_way_out, offer_is_over, unless_ever, without_a_cap
from dsl.lint.truth import always_or_never
from dsl.lint.unused import never_used, untested
from dsl.lint.view import Message, Part, View
from dsl.pages_lint import PAGES

__all__ = ["RULES", "Message", "Part", "Rule", "View", "lint"]

Rule = Callable[[View], Iterable[Diagnostic]]

RULES: tuple[Rule, ...] = (
    without_a_cap,
    never_used,
    same_segments,
    always_or_never,
    over_missing,
    mixed_words,
    magic_numbers,
    unless_ever,
    offer_is_over,
    never_fades,
    beyond_kept,
    untested,
    no_way_out,
    offers_meet,
)


def lint(view: View) -> list[Diagnostic]:
    """All findings of a project that checks, in reading order, without those that a comment allows."""
    allowed, wrong = allowances(view.trees, (page.code for page in PAGES if page.code < "K0420"))
    found = [one for rule in RULES for one in rule(view)]
    return in_reading_order([*applied(found, allowed, view.today), *wrong])
