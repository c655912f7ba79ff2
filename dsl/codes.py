"""One page for each code: what is wrong, an example of it, the same made right, and why it is so.

`kadenz check --explain K0203` shows the page. Codes are stable: a code never changes its meaning and is never used
again. K01 is spelling and grammar, K02 names, types and values, K03 what each block needs.
"""

from __future__ import annotations

from collections.abc import Mapping

from dsl.pages import Page, page_text, pages_of
from dsl.pages_blocks import PAGES as BLOCKS
from dsl.pages_classes import PAGES as CLASSES
from dsl.pages_grammar import PAGES as GRAMMAR
from dsl.pages_lint import PAGES as LINT
from dsl.pages_names import PAGES as NAMES

CODES: Mapping[str, Page] = pages_of(GRAMMAR, NAMES, BLOCKS, CLASSES, LINT)
"""Every code that reading a playbook can raise, in order."""


def explain(code: str) -> str | None:
    """The page of a code as text, None if there is no such code.

    >>> print(explain("K0302").splitlines()[0])
    K0302: an empty list
    """
    page = CODES.get(code.upper())
    return None if page is None else page_text(page)
