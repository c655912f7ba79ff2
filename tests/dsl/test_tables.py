"""The tables made ahead are those of the grammar, and the way through them is Lark's own."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest
from lark import Lark, Token

from dsl.parse import parse
from dsl.tables import FOLDER, Branch, grammar, made, packed, place, tables, unpacked
from dsl.tokens import Page, scan
from dsl.way import Way
from tests.dsl.samples import RICH

BLOCKS = [block for block in re.split(r"\n(?=[a-z])", RICH) if not block.startswith("#")]


def test_the_tables_that_lie_ready_are_those_of_the_grammar() -> None:
    ready = place(grammar())
    assert [path.name for path in sorted(FOLDER.iterdir())] == [ready.name], "run `make tables`"
    assert ready.read_bytes() == packed(made(grammar())), "run `make tables`"


def test_a_changed_grammar_never_reads_old_tables() -> None:
    assert place(grammar() + "\n") != place(grammar())


def test_tables_survive_packing() -> None:
    lark = made(grammar())
    ours = unpacked(packed(lark))
    theirs: Any = lark.parse_interactive().parser_state.parse_conf
    assert len(ours.rows) == len(theirs.states)
    ours_of = {theirs.start_state: ours.start}  # the states have other numbers
    todo = [theirs.start_state]
    for state in todo:
        row = ours.rows[ours_of[state]]
        assert row.keys() == theirs.states[state].keys()
        for name, (action, argument) in theirs.states[state].items():
            step = row[name]
            if str(action) == "Shift":
                assert isinstance(step, int)
                if argument not in ours_of:
                    todo.append(argument)
                assert ours_of.setdefault(argument, step) == step
            else:
                assert not isinstance(step, int)
                assert step[:2] == (len(argument.expansion), argument.origin.name)
    assert ours_of[theirs.end_state] == ours.end
    assert len(set(ours_of.values())) == len(theirs.states)
    assert {t.name: t.pattern.value for t in ours.lark.terminals} == {t.name: t.pattern.value for t in lark.terminals}


@pytest.mark.parametrize("text", BLOCKS[:12], ids=lambda text: text.split("\n")[0][:30])
def test_each_step_is_taken_as_lark_takes_it(text: str) -> None:
    theirs: Any = made_once().parse_interactive()
    ours = Way(tables())
    kinds = {"word": "WORD", "text": "QUOTED", "number": "DIGITS", "date": "CALENDAR_DAY", "time": "CLOCK"}
    words = {t.pattern.value: t.name for t in tables().lark.terminals if t.name not in kinds.values()}
    for lexeme in scan(Page("a.play", text)).lexemes:
        open_to = ours.accepts()
        assert open_to == theirs.accepts()
        terminal = words.get(lexeme.text, "")
        if terminal not in open_to:
            terminal = kinds[lexeme.kind]
        ours.feed(terminal, lexeme)
        theirs.feed_token(Token(terminal, lexeme.text))
    assert ours.accepts() == theirs.accepts()
    built = theirs.feed_eof()
    assert shape(ours.finish()) == shape(built)


@cache
def made_once() -> Lark:
    return made(grammar())


def shape(branch: object) -> object:
    if isinstance(branch, Branch):
        return (str(branch.data), [shape(child) for child in branch.children])
    return str(getattr(branch, "text", branch))


def test_what_was_parsed_with_tables_made_on_the_spot_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    ready = parse("rich.play", RICH)
    monkeypatch.setattr("dsl.tables.place", lambda text: FOLDER / "none")
    tables.cache_clear()
    try:
        assert parse("rich.play", RICH) == ready
    finally:
        tables.cache_clear()
