"""A block as lines: its head, its clauses, their details, each with its comments."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from dsl import tree
from dsl.fmt.comments import Comment
from dsl.fmt.docs import WIDTH, Remarks, columns, draw
from dsl.fmt.rules import Rule, rule_of
from dsl.fmt.words import Unit, Words, below, children

CLAUSE = 2
DETAIL = 4
"""Columns of indentation."""

TEST_WIDTH = 120
"""Columns of a line in a test: a contact and its first consent read best on one line."""

SHORT = (tree.Cap, tree.Quiet)
"""Blocks that stand on one line if they have no title and no owner, and fit."""


@dataclass(frozen=True, slots=True)
class Laid:
    """A block in lines. `leading`: comments from inside its head, which stand before it. `head`: the columns of
    keyword and name if the block stands on one line (columns of several such blocks are aligned), else None."""

    leading: tuple[str, ...]
    lines: tuple[str, ...]
    head: int | None


def lay(words: Words, block: tree.Block, gaps: Mapping[int, Sequence[Comment]], *, name_columns: int = 0) -> Laid:
    """Lay one block out. `name_columns`: pad the head of a block of one line to so many columns."""
    words.learn(block)
    units = [_with_comments(words, unit, gaps) for unit in _units(words, block)]
    head, *rest = units
    if isinstance(block, tree.Score | tree.Class):
        _align(words, units)
    one = _short(words, block, units)
    if one is not None:
        last_of_head = words.reach(block.head)[1] - 1 if isinstance(block, SHORT) else head.end - 1
        columns_of_head = columns(_lines(words, replace(one, end=last_of_head + 1, trailing=None))[0])
        if isinstance(block, SHORT) and name_columns > columns_of_head:
            words.pads[last_of_head] = 1 + name_columns - columns_of_head
        lines = _lines(words, one)
        words.pads.pop(last_of_head, None)
        if len(lines) == 1:
            return Laid(head.leading, tuple(lines), columns_of_head)
    lines = _lines(words, head)
    for unit in _consents_beside(words, rest):
        lines += [" " * unit.indent + remark for remark in unit.leading]
        lines += _lines(words, unit)
    return Laid(head.leading, tuple(lines), None)


def _lines(words: Words, unit: Unit) -> list[str]:
    doc = words.run(unit.start, unit.end, unit.nodes)
    lines = draw(doc, indent=unit.indent, hanging=unit.indent + 2, width=unit.width)
    if unit.trailing is not None:
        lines[-1] += f"  {unit.trailing}"
    return lines


def _units(words: Words, block: tree.Block) -> list[Unit]:
    """Where lines begin, whatever the comments."""
    start, end = words.reach(block)
    parts = children(block)
    cuts = {start: 0}
    if isinstance(block, tree.Test):
        cuts[words.reach(block.date)[0] - 1] = CLAUSE  # `at`
    clauses = {id(one) for one in getattr(block, "clauses", ())}
    nodes: list[tree.Node] = []
    for part in parts:
        rule = rule_of(part)
        if id(part) in clauses or rule in (Rule.CLAUSE, Rule.DETAIL, Rule.ACTIONS) or _is_limit(block, part):
            cuts[words.reach(part)[0]] = _indent(part)
        if rule is Rule.ACTIONS:
            items = children(part)
            cuts |= {words.reach(item)[0] - 1: DETAIL for item in items[1:]}  # `else`
            nodes += items
        else:
            nodes.append(part)
    starts = sorted(cuts)
    held: dict[int, list[tree.Node]] = {at: [] for at in starts}
    for node in nodes:
        held[starts[bisect_right(starts, words.reach(node)[0]) - 1]].append(node)
    width = TEST_WIDTH if isinstance(block, tree.Test) else WIDTH
    return [Unit(cuts[a], a, b, tuple(held[a]), width=width) for a, b in pairwise([*starts, end])]


def _is_limit(block: tree.Block, part: tree.Node) -> bool:
    """Whether this is the limit of a cap that the language reserves: no clause by its class, but by its place."""
    return isinstance(block, tree.Cap) and part is block.rule


def _indent(clause: tree.Node) -> int:
    return DETAIL if rule_of(clause) is Rule.DETAIL else CLAUSE


def _with_comments(words: Words, unit: Unit, gaps: Mapping[int, Sequence[Comment]]) -> Unit:
    """The unit with its comments: before it, behind it, and (in `words.remarks`) where its chains break.

    A comment in another place inside moves up to the line before the operand, or the clause, that it stands in.
    """
    held = [gap for gap in range(unit.start, unit.end + 1) if gap in gaps]
    if not held:
        return unit
    breaks = sorted(
        operator
        for node in unit.nodes
        for one in below(node)
        if rule_of(one) is Rule.CHAIN
        for operator in words.operators(one)
    )
    leading: list[str] = []
    trailing: str | None = None
    for gap in held:
        for comment in gaps[gap]:
            if gap == unit.end:
                trailing = comment.text if comment.trailing else trailing
            elif gap == unit.start:
                # before a block's head they are the file's affair
                leading += [comment.text] if not comment.trailing and unit.indent > 0 else []
            else:
                k = bisect_right(breaks, gap)
                if k == 0:
                    leading.append(comment.text)
                    continue
                at = breaks[k - 1]
                here = words.remarks.get(at, Remarks(None, ()))
                behind = comment.trailing and at == gap
                words.remarks[at] = (
                    Remarks(comment.text, here.own) if behind else Remarks(here.trailing, (*here.own, comment.text))
                )
    return replace(unit, leading=tuple(leading), trailing=trailing)


def _align(words: Words, units: Sequence[Unit]) -> None:
    """The columns of a score or class: what follows the points of rules, and the names of stages and tiers."""
    rules = [unit for unit in units if words.lexemes[unit.start].text in ("+", "-")]
    stages = [unit for unit in units if words.lexemes[unit.start].text in ("stage", "tier")]
    for column in (rules, stages):
        sizes = {unit.start + 1: columns(words.spelling(unit.start + 1)) for unit in column}
        for i, size in sizes.items():
            words.pads[i] = 1 + max(sizes.values()) - size


def _short(words: Words, block: tree.Block, units: Sequence[Unit]) -> Unit | None:
    """The whole block as one unit, if it may stand on one line."""
    head, *rest = units
    if isinstance(block, tree.Define):
        return head if not rest else None
    if not isinstance(block, SHORT) or block.head.title is not None:
        return None
    if any(isinstance(node, tree.Owner) for unit in rest for node in unit.nodes):
        return None
    return _joined(words, units)


def _joined(words: Words, units: Sequence[Unit]) -> Unit | None:
    """Several units on one line, None if a comment stands between them or the line would be too long."""
    first, last = units[0], units[-1]
    if any(unit.leading for unit in units[1:]) or any(unit.trailing is not None for unit in units[:-1]):
        return None
    nodes = tuple(node for unit in units for node in unit.nodes)
    one = Unit(first.indent, first.start, last.end, nodes, first.leading, last.trailing, first.width)
    lines = _lines(words, replace(one, trailing=None))
    return one if len(lines) == 1 and columns(lines[0]) <= first.width else None


def _consents_beside(words: Words, units: Sequence[Unit]) -> list[Unit]:
    """The first consent of a contact in a test stands on the contact's line, if both fit there."""
    found: list[Unit] = []
    fresh = False  # the last unit is a contact by itself
    for unit in units:
        if fresh and _is(unit, tree.GivenConsent):
            one = _joined(words, (found[-1], unit))
            if one is not None:
                found[-1] = one
                fresh = False
                continue
        found.append(unit)
        fresh = _is(unit, tree.GivenContact)
    return found


def _is(unit: Unit, kind: type[tree.Node]) -> bool:
    return len(unit.nodes) == 1 and isinstance(unit.nodes[0], kind)
