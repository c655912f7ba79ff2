"""The shape of a page about a code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """A code explained. `bad` raises it, `good` does not; `sketch`: `bad` only hints at what is too long to show."""

    code: str
    title: str
    bad: str
    good: str
    why: str
    sketch: bool = False


def pages_of(*groups: Sequence[Page]) -> Mapping[str, Page]:
    """Pages by code, in order."""
    return {
        page.code: page for page in sorted((page for group in groups for page in group), key=lambda page: page.code)
    }


def page_text(page: Page) -> str:
    """A page as text, for `kadenz check --explain CODE`."""
    return (
        f"{page.code}: {page.title}\n\n{page.why}\n\n"
        f"not so:\n\n{_indented(page.bad)}\n\nbut so:\n\n{_indented(page.good)}\n"
    )


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.splitlines())
