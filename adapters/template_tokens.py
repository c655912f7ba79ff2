"""The first gate of a template: its tokens. Bounded, shallow, and no statement besides `if`.

Jinja's parser is recursive, so that limits come before it; and its tokens carry line numbers, which become offsets
here, so that every finding underlines the exact place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from jinja2 import TemplateSyntaxError
from jinja2.lexer import TokenStream
from jinja2.sandbox import ImmutableSandboxedEnvironment

from adapters.suggest import advice
from adapters.template_pieces import Refusal

MAX_VALUES = 1_000
MAX_TOKENS = 64
MAX_BRACKETS = 8
MAX_NESTING = 12

RawToken = tuple[int, str, str]


class Stop(Exception):
    """Carries the refusal out of the parser."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.summary)
        self.refusal = refusal


def stop(code: Literal["K0921", "K0922"], summary: str, start: int, end: int, *help_: str) -> Stop:
    """A refusal to raise; at least one character is underlined."""
    return Stop(Refusal(code, summary, start, max(end, start + 1), help_))


class GatedEnvironment(ImmutableSandboxedEnvironment):
    """Jinja's immutable sandbox whose tokens carry offsets instead of line numbers, and pass the token gate first."""

    def _tokenize(
        self, source: str, name: str | None, filename: str | None = None, state: str | None = None
    ) -> TokenStream:
        tokens = list(_with_offsets(source, self.lexer.tokeniter(source, name, filename, state)))
        _check_tokens(tokens)
        return TokenStream(self.lexer.wrap(_tidy(source, tokens), name, filename), name, filename)


def _with_offsets(source: str, tokens: Iterator[RawToken]) -> Iterator[RawToken]:
    at = opened = 0
    while True:
        try:
            token = next(tokens, None)
        except TemplateSyntaxError:
            # a brace that closes nothing is best shown from where the value began
            start = at if source[at : at + 1] not in ("", "}", "%") else opened
            raise stop("K0921", "this cannot be read", start, _line_end(source, start), CLOSING) from None
        if token is None:
            return
        _, kind, value = token
        # `-%}` and `{%-` drop white space between tokens: the next one is found, not counted
        start = source.find(value, at)
        at = start if start >= 0 else at
        if kind.endswith("_begin"):
            opened = at
        yield at, kind, value
        at += len(value)


_BLANK = re.compile(r"[ \t]*(?:\n|\Z)")
_INDENT = re.compile(r"[ \t]*\Z")


def _tidy(source: str, tokens: list[RawToken]) -> list[RawToken]:
    """A line that holds nothing but a condition (or a note) leaves no empty line behind.

    Jinja's own `trim_blocks` would also join lines that merely end with a condition.
    """
    tidy = list(tokens)
    begin = 0
    for index, (start, kind, value) in enumerate(tokens):
        if kind in ("block_begin", "comment_begin"):
            begin = index
        if kind not in ("block_end", "comment_end"):
            continue
        first, end = tokens[begin][0], start + len(value)
        after = _BLANK.match(source, end)
        if source[source.rfind("\n", 0, first) + 1 : first].strip(" \t") or after is None:
            continue
        if begin > 0 and tidy[begin - 1][1] == "data":
            at, _, text = tidy[begin - 1]
            tidy[begin - 1] = (at, "data", _INDENT.sub("", text))
        if index + 1 < len(tidy) and tidy[index + 1][1] == "data" and tidy[index + 1][0] == end:
            gone = after.end() - end
            tidy[index + 1] = (after.end(), "data", tidy[index + 1][2][gone:])
    return tidy


CLOSING = "a value stands between `{{` and `}}`, a condition between `{% if .. %}` and `{% endif %}`"
_STATEMENTS = ("if", "elif", "else", "endif")
_NO_STATEMENT = "templates know `if`, `elif`, `else` and `endif`"


def _check_tokens(tokens: Iterable[RawToken]) -> None:
    """Limits that keep Jinja's recursive parser shallow, and no statement besides `if`."""
    count = values = brackets = end = 0
    fresh = False
    opened: int | None = None
    ifs: list[int] = []
    for start, kind, value in tokens:
        end = start + len(value)
        if kind in ("variable_end", "block_end"):
            opened = None
            continue
        if kind in ("variable_begin", "block_begin"):
            opened = start
            count, brackets, values, fresh = 0, 0, values + 1, kind == "block_begin"
            if values > MAX_VALUES:
                raise stop("K0922", f"a template has at most {MAX_VALUES} values and conditions", start, end)
            continue
        if kind in ("whitespace", "data") or "comment" in kind or kind.startswith("raw"):
            continue
        count += 1
        if count > MAX_TOKENS:
            raise stop("K0922", "this expression is too long", start, end, "split it into smaller conditions")
        if kind.startswith("linestatement") or kind == "float":
            raise stop("K0922", f"`{value}` is not used in templates", start, end)
        if kind == "integer" and len(value) > 18:
            raise stop("K0922", "this number is too long", start, end)
        if kind == "string" and "\\" in value:
            raise stop("K0922", "text in templates has no backslash", start, end, "use the other kind of quote instead")
        if kind == "operator" and value == "=" and not brackets:
            raise stop("K0921", "`=` compares nothing in templates", start, end, "write `==`")
        if kind == "operator" and value in "([{":
            brackets += 1
            if brackets > MAX_BRACKETS:
                raise stop("K0922", "these brackets are nested too deep", start, end)
        if kind == "operator" and value in ")]}":
            brackets -= 1
        if fresh and kind == "name":
            fresh = False
            if value not in _STATEMENTS:
                raise stop(
                    "K0922",
                    f"`{value}` is no statement of templates",
                    start,
                    end,
                    *near(value, _STATEMENTS, _NO_STATEMENT),
                )
            if value == "if":
                ifs.append(opened or 0)
            elif not ifs:
                raise stop("K0921", f"`{value}` stands here without an `if`", start, end)
            elif value == "endif":
                ifs.pop()
            if len(ifs) > MAX_NESTING:
                raise stop("K0922", f"conditions are nested deeper than {MAX_NESTING}", start, end)
    if opened is not None:
        raise stop("K0921", "this cannot be read", opened, end, CLOSING)
    if ifs:
        raise stop("K0921", "this `if` has no end", ifs[-1], ifs[-1] + 2, "close it with `{% endif %}`")


def near(word: str, options: Iterable[str], otherwise: str) -> tuple[str, ...]:
    """A help line: the nearest option, else what is said otherwise."""
    found = advice(word, options, "")
    return found if found and found[0].startswith("did") else (otherwise,)


def _line_end(source: str, at: int) -> int:
    end = source.find("\n", at)
    return end if end > at else min(len(source), at + 1)
