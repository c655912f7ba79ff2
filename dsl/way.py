"""A way through the LALR tables, one token at a time: what the state would take, and what has been built so far.

Lark's tables are driven here and not by Lark, because only the parser's state knows whether a word is a keyword or a
name there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dsl.tables import Branch, Fold, Tables
from dsl.tokens import Lexeme

END = "$END"


class Unexpected(Exception):
    """The state does not take this token."""


class Way:
    """A state of the parser: what has been read, and how far it has been put together."""

    __slots__ = ("_ends", "_parts", "_starts", "_states", "_tables")

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._states = [tables.start]
        self._parts: list[Any] = []
        self._starts: list[int] = []
        self._ends: list[int] = []

    def open_to(self) -> Mapping[str, int | Fold]:
        """The terminals that the table has an entry for here; some of them only to fold and then refuse."""
        return self._tables.rows[self._states[-1]]

    def takes(self, terminal: str) -> bool:
        """Whether the state really takes a terminal: LALR's merged states list more than that as a look-ahead."""
        rows, states = self._tables.rows, self._states
        depth = len(states)
        added: list[int] = []
        while True:
            step = rows[added[-1] if added else states[depth - 1]].get(terminal)
            if step is None:
                return False
            if isinstance(step, int):
                return True
            size, origin, _ = step
            if size < len(added):
                del added[len(added) - size :]
            else:
                depth -= size - len(added)
                added = []
            after = rows[added[-1] if added else states[depth - 1]][origin]
            assert isinstance(after, int), "behind a rule stands a state"
            if after == self._tables.end:
                return terminal == END
            added.append(after)

    def accepts(self) -> set[str]:
        """All terminals that the state really takes, `END` where the block could end here."""
        return {name for name in self.open_to() if (name.isupper() or name == END) and self.takes(name)}

    def feed(self, terminal: str, lexeme: Lexeme) -> None:
        """Take a token as a terminal; raises Unexpected where the state does not, and is then spoilt."""
        self._fold(terminal)
        step = self.open_to()[terminal]
        assert isinstance(step, int), "all that could be folded is folded"
        self._states.append(step)
        self._parts.append(lexeme)
        self._starts.append(lexeme.start)
        self._ends.append(lexeme.end)

    def finish(self) -> Branch:
        """The branch of the whole; raises Unexpected where something is still missing."""
        self._fold(END)
        branch = self._parts[-1]
        assert isinstance(branch, Branch), "the first rule is never left out"
        return branch

    def _fold(self, terminal: str) -> None:
        """Fold until the state takes the terminal as it is, or until the whole is folded."""
        rows, end = self._tables.rows, self._tables.end
        states, parts, starts, ends = self._states, self._parts, self._starts, self._ends
        while True:
            step = rows[states[-1]].get(terminal)
            if step is None:
                raise Unexpected
            if isinstance(step, int):
                return
            size, origin, make = step
            if size:
                branch = make(parts[-size:])
                start, stop = starts[-size], ends[-1]
                if start < 0 or stop < 0:  # what is empty has no place
                    start, stop = next((at for at in starts[-size:] if at >= 0), -1), max(ends[-size:])
                del states[-size:], parts[-size:], starts[-size:], ends[-size:]
            else:
                branch = make([])
                start = stop = -1
            if type(branch) is Branch and branch.start < 0:  # one that a rule hands on has its place already
                branch.start, branch.end = start, stop
            after = rows[states[-1]][origin]
            assert isinstance(after, int), "behind a rule stands a state"
            states.append(after)
            parts.append(branch)
            starts.append(start)
            ends.append(stop)
            if after == end:
                return
