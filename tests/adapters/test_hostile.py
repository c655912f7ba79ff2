"""Bytes that nobody should have sent: `check` says what is wrong, in bounded memory, and never raises.

Bounds are asserted on counts and on traced memory, never on the clock.
"""

from __future__ import annotations

import random
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.cli.init import copy_ready
from adapters.project import load
from adapters.project_check import Checker, check_all
from dsl.check import check
from dsl.diagnostics import has_errors
from dsl.parse import MOST_FINDINGS, parse
from dsl.report import render
from dsl.way import Way
from tests.dsl.shop import SCHEMA, TEMPLATES

MEGABYTE = 1_000_000
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def start(tmp_path: Path) -> Path:
    copy_ready("start", tmp_path / "p")
    return tmp_path / "p"


@given(data=st.binary(max_size=300))
@QUICK
def test_any_bytes_in_a_playbook(start: Path, data: bytes) -> None:
    (start / "playbooks" / "zz.play").write_bytes(data)
    _, checked, found = Checker(start).check()
    assert (checked.model is None) or not has_errors(checked.diagnostics)
    assert len(found) <= 2 * MOST_FINDINGS
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        assert [d.code for d in found if d.primary.span.file.endswith("zz.play")] == ["K0910"]


@given(data=st.binary(max_size=200), name=st.sampled_from(["kadenz.yaml", "schema.yaml", "templates/zz.j2"]))
@QUICK
def test_any_bytes_in_the_other_files(start: Path, data: bytes, name: str) -> None:
    path = start / name
    before = path.read_bytes() if path.exists() else None
    path.write_bytes(data)
    try:
        project = load(start)
        _, found = check_all(project)
        render(found, project.texts)
    finally:
        path.unlink() if before is None else path.write_bytes(before)


LARGE = {
    "parentheses": "segment s where " + "(" * 10_000 + "vip" + ")" * 10_000,
    "nots": "segment s where " + "not " * 10_000 + "vip",
    "open parentheses": "segment s where " + "(" * 10_000,
    "mixed": "segment s where " + "not (" * 5_000 + "vip",
    "closing": "segment s where vip" + ")" * 10_000,
    "brackets": "segment s where vip in " + "[" * 10_000,
    "ands": "segment s where vip" + " and vip" * 9_000,
    "a long list": "segment s where country in (" + ", ".join(["CH"] * 9_000) + ")",
    "blocks": "segment s where vip\n" * 5_000,
    "wrong blocks": "segmnt s were vip\n" * 5_000,
    "wrong clauses": "trigger t\n" + "  sned email x\n" * 5_000,
    "signs": "segment s where " + "!" * 19_000,
    "quotes": '"' * 19_000,
    "comments": "segment s where vip " + "/*" * 100_000,
    "minus": "segment s where vip " + "-" * 200_000,
    "one word": "a" * 250_000,
    "digits": "segment s where vip > " + "9" * 250_000,
    "marks": "a" + "\u0301" * 100_000,
    "marks in turn": "a" + "\u0301\u0323" * 50_000,
    "marks in a text": 'segment s "' + "\u0301\u0323" * 50_000 + '" where vip',
    "five megabytes": "segment s where vip\n" * 250_000,
    "five megabytes of nothing": " " * 5_000_000,
    "five megabytes of one line": "x" * 5_000_000,
    "five megabytes of signs": "()" * 2_500_000,
}


FINE = ("ands", "a long list", "blocks", "digits", "marks in a text", "five megabytes of nothing")
"""These parse; what is wrong with them is said by the checker, if anything."""


@pytest.mark.parametrize("name", ["parentheses", "digits", "marks", "marks in turn", "wrong blocks"])
def test_large_and_deep_texts_are_checked_and_drawn(name: str) -> None:
    checked = check([("a.play", LARGE[name])], SCHEMA, TEMPLATES)
    drawn = render(checked.diagnostics, checked.sources)
    assert checked.diagnostics
    assert len(drawn) <= 100 * (MOST_FINDINGS + 1) * 10


@pytest.mark.parametrize("name", LARGE)
def test_large_and_deep_texts_give_findings_in_bounded_memory(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = LARGE[name]
    steps = 0
    feed = Way.feed

    def counted(self: Way, terminal: str, lexeme: object) -> None:
        nonlocal steps
        steps += 1
        feed(self, terminal, lexeme)  # type: ignore[arg-type]

    monkeypatch.setattr(Way, "feed", counted)
    tracemalloc.start()
    try:
        parsed = parse("a.play", text)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(parsed.diagnostics) <= MOST_FINDINGS + 1
    assert steps <= 500_000  # tokens are at most 20,000, each mistake costs another way through its block
    assert peak <= 60 * MEGABYTE
    if name not in FINE:
        assert parsed.diagnostics
    if name.startswith("five"):
        assert [d.code for d in parsed.diagnostics] == ["K0190"]
        assert peak <= 12 * MEGABYTE


@pytest.mark.parametrize("size", [4_000_001, 5_000_000])
def test_a_file_of_five_megabytes_is_not_read_whole(start: Path, size: int) -> None:
    (start / "playbooks" / "zz.play").write_bytes(b"segment s where vip\n" * (size // 20 + 1))
    tracemalloc.start()
    try:
        _, _, found = Checker(start).check()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [d.code for d in found if d.primary.span.file.endswith("zz.play")] == ["K0910"]
    assert peak <= 40 * MEGABYTE


@pytest.mark.parametrize("seed", range(6))
def test_a_playbook_with_bytes_turned_over(start: Path, seed: int) -> None:
    pick = random.Random(seed)
    path = sorted((start / "playbooks").glob("*.play"))[0]
    data = bytearray(path.read_bytes())
    for _ in range(pick.choice([1, 3, 30])):
        data[pick.randrange(len(data))] = pick.randrange(256)
    path.write_bytes(bytes(data))
    project = load(start)
    _, found = check_all(project)
    render(found, project.texts)
