"""`kadenz fmt`: one canonical layout of a playbook, so that a diff shows the change only.

Text in, text out; the tree says where lines may begin and break, the tokens are the author's own. The way:
`dsl.parse` -> `blocks` (lines of a block) -> `words` (documents) -> `docs` (drawn to a width) -> `proof`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dsl import tree
from dsl.diagnostics import Diagnostic
from dsl.fmt.blocks import CLAUSE, SHORT, Laid, lay
from dsl.fmt.comments import Comment, comments
from dsl.fmt.docs import WIDTH, columns
from dsl.fmt.proof import UnsoundLayoutError, prove
from dsl.fmt.words import Words
from dsl.parse import MOST_BYTES, Parsed, parse
from dsl.tokens import Page, scan

__all__ = ["Formatted", "UnsoundLayoutError", "format_text"]

TOO_LONG = "K0190"


@dataclass(frozen=True, slots=True)
class Formatted:
    """What became of a text: the same text where it has syntax errors (`diagnostics`), else the canonical one."""

    text: str
    diagnostics: tuple[Diagnostic, ...]


def format_text(file: str, text: str) -> Formatted:
    """Lay a playbook out. `file` is the path as people write it, for findings.

    Comments are kept; numbers, texts and names keep their spelling; `and` inside `or` gets parentheses. The result
    is read again and proved equal. Raises UnsoundLayoutError if it is not, which is a mistake of ours.

    >>> format_text("a.play", "segment  swiss where country=CH").text
    'segment swiss\\n  where country = CH\\n'
    """
    parsed = parse(file, text)
    if parsed.diagnostics:
        return Formatted(text, parsed.diagnostics)
    for explicit in (True, False):  # at the limits of depth and size parentheses are left to the author
        after = parse(file, _laid_out(parsed, explicit=explicit))
        if not after.diagnostics:
            break
    if [d.code for d in after.diagnostics] == [TOO_LONG]:
        wider = replace(
            after.diagnostics[0], summary=f"laid out, the file would be longer than {MOST_BYTES // 1024} kB"
        )
        return Formatted(text, (wider,))
    prove(parsed, after)
    return Formatted(after.text, ())


def _laid_out(parsed: Parsed, *, explicit: bool) -> str:
    lexemes = scan(Page(parsed.file, parsed.text)).lexemes
    words = Words(parsed.text, lexemes, explicit=explicit)
    gaps = comments(parsed.text, lexemes)
    between = [_between(gaps.get(i, ()), first=i == 0) for i in _borders(words, parsed.blocks)]
    laid = [lay(words, block, gaps) for block in parsed.blocks]
    alone = [bool(above or below.lines or one.leading) for (above, below), one in zip(between, laid, strict=False)]
    laid = _aligned(words, parsed.blocks, laid, alone, gaps)
    out: list[str] = []
    for k, ((above, below), one) in enumerate(zip(between, [*laid, None], strict=True)):
        out += above
        joined = one is not None and k > 0 and not alone[k] and _go_together(parsed.blocks, laid, k)
        if out and not joined and (one is not None or below.lines):
            out.append("")
        out += below.lines
        if one is not None:
            out += [""] if below.lines and below.apart else []
            out += [*one.leading, *one.lines]
    return "".join(line + "\n" for line in out)


def _borders(words: Words, blocks: Sequence[tree.Block]) -> list[int]:
    """The gaps outside of blocks: before each, and behind the last."""
    return [*(words.reach(block)[0] for block in blocks), len(words.lexemes)]


@dataclass(frozen=True, slots=True)
class _Below:
    """Comments that belong to the block below them, or to the file. `apart`: an empty line follows."""

    lines: list[str]
    apart: bool


def _between(held: Sequence[Comment], *, first: bool) -> tuple[list[str], _Below]:
    """Comments between two blocks: those that are indented belong to the block above, up to the first that is not."""
    own = [comment for comment in held if not comment.trailing]
    split = 0
    while not first and split < len(own) and own[split].indented:
        split += 1
    above = [" " * CLAUSE + comment.text for comment in own[:split]]
    lines: list[str] = []
    for comment in own[split:]:
        lines += [""] if lines and comment.blank_before else []
        lines.append(comment.text)
    return above, _Below(lines, apart=bool(own[split:]) and own[-1].blank_after)


def _go_together(blocks: Sequence[tree.Block], laid: Sequence[Laid], k: int) -> bool:
    """Whether a block stands directly below the one before it: both of one kind and of one line."""
    return type(blocks[k]) is type(blocks[k - 1]) and laid[k].head is not None and laid[k - 1].head is not None


def _aligned(
    words: Words,
    blocks: Sequence[tree.Block],
    laid: Sequence[Laid],
    alone: Sequence[bool],
    gaps: Mapping[int, Sequence[Comment]],
) -> list[Laid]:
    """The blocks with the columns of neighbouring caps, and of neighbouring quiets, aligned where all of them fit."""
    found = list(laid)
    start = 0
    for end in range(1, len(blocks) + 1):
        if end < len(blocks) and not alone[end] and _go_together(blocks, laid, end):
            continue
        heads = [one.head for one in laid[start:end] if one.head is not None]
        if len(heads) > 1 and isinstance(blocks[start], SHORT):
            wide = [lay(words, block, gaps, name_columns=max(heads)) for block in blocks[start:end]]
            if all(one.head is not None and columns(one.lines[0]) <= WIDTH for one in wide):
                found[start:end] = wide
        start = end
    return found
