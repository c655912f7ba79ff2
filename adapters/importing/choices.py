"""Cells that name something of the project: a channel, a purpose, a state of consent.

A word that the project does not know would be stored and have no effect, a withdrawal among them: so it is refused.
"""

from __future__ import annotations

import re
import unicodedata

from adapters.importing.columns import fold
from adapters.importing.convert import Bad, Converter, clip, is_missing, plain_text
from adapters.importing.targets import Choices
from adapters.sources.cells import Cell
from dsl.names import listed, nearest
from dsl.types import Stored


def loose(word: str) -> str:
    """A word without case, spaces and underscores."""
    return re.sub(r"[\s_]+", "", unicodedata.normalize("NFC", word).casefold())


def chooser(choices: Choices) -> Converter:
    """The converter of cells that hold one of the choices; capitals and spaces do not matter where one alone fits."""
    near: dict[str, list[str]] = {}
    for member in choices.members:
        near.setdefault(loose(member), []).append(member)

    def convert(cell: Cell) -> Stored | Bad:
        if is_missing(cell):
            return None
        word = plain_text(cell).strip()
        if word in choices.members:
            return word
        alike = near.get(loose(word), [])
        if len(alike) == 1:
            return alike[0]
        if (meant := choices.words.get(fold(word))) is not None:
            return meant
        return Bad(f"unknown {choices.what}", f"`{clip(word)}` is not a {choices.what}{_advice(word, choices)}")

    return convert


def _advice(word: str, choices: Choices) -> str:
    members = choices.members
    if not members:
        return f"{choices.of}, which has none: {choices.where}"
    alike = [m for m in members if fold(m) == fold(word)]
    close = alike[0] if len(alike) == 1 else nearest(word, members)
    if close is not None:
        return f"{choices.of}, did you mean `{close}`?"
    return f"{choices.of}: it knows {listed(members, last='and')}"
