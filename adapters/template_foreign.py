"""Values in the words of other tools, in texts that were copied from them: `*|FNAME|*`, `%%FIRSTNAME%%`, `[[name]]`.

They are letters here, so people would get them as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from adapters.suggest import advice
from adapters.template_pieces import Choice, Letters, Piece
from dsl.schema import Field

FOREIGN = re.compile(
    r"\*\|[A-Za-z][\w:.]*\|\*"  # *|FNAME|*
    r"|%%[^\W\d][\w.]*%%"  # %%FIRSTNAME%%
    r"|(?<![\w%])%[A-Z][A-Z_]{2,}%(?![\w%])"  # %FIRSTNAME%
    r"|\[\[[^\W\d][\w.]*\]\]"  # [[name]]
    r"|\$\{[^\W\d][\w.]*\}"  # ${name}
)

USUAL = {"fname": "first_name", "lname": "last_name", "mail": "email"}


def foreign(pieces: Iterable[Piece]) -> Iterator[tuple[str, int]]:
    """Each such value in the letters of a template, and where it begins."""
    for piece in pieces:
        match piece:
            case Letters(text=text, start=start):
                yield from ((found[0], start + found.start()) for found in FOREIGN.finditer(text))
            case Choice(branches=branches):
                for branch in branches:
                    yield from foreign(branch)


def meant(written: str, fields: Mapping[str, Field]) -> str:
    """How the value is shown here, with the field whose name is nearest."""
    word = re.sub(r"\W", "", written).casefold()
    word = USUAL.get(word, word)
    alike = [name for name in fields if name.replace("_", "").casefold() == word.replace("_", "")]
    return "{{ contact." + next(iter([*alike, *_nearest(advice(word, fields, "fields")), "NAME"])) + " }}"


def _nearest(help_: Sequence[str]) -> list[str]:
    return [text.split("`")[1] for text in help_ if text.startswith("did you mean")]
