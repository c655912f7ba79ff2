"""`kadenz graph`: the whole project, one block, Mermaid, the page."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Kadenz

PLAYBOOKS = Path(__file__).resolve().parents[2] / "playbooks"


def test_mermaid_on_standard_output_is_the_default(kadenz: Kadenz) -> None:
    said = kadenz("graph", "--project", PLAYBOOKS / "shop")
    assert said.code == 0
    assert said.out.startswith("flowchart LR\n")
    assert "segment subscribers<br>They want to hear from us by email" in said.out
    assert said.out == kadenz("graph", "--project", PLAYBOOKS / "shop", "--format", "mermaid").out


def test_the_page_is_written_to_a_file(kadenz: Kadenz, tmp_path: Path) -> None:
    out = tmp_path / "graph.html"
    said = kadenz("graph", "--project", PLAYBOOKS / "b2b", "--format", "html", "--out", out)
    assert (said.code, said.out) == (0, "")
    assert str(out) in said.err
    text = out.read_text(encoding="utf-8")
    assert "<span>24 triggers</span>" in text
    assert "Who shares which leaf" in text


def test_one_block_with_what_it_reads_and_what_depends_on_it(kadenz: Kadenz) -> None:
    said = kadenz("graph", "subscribers", "--project", PLAYBOOKS / "shop", "--depth", "1")
    assert said.code == 0
    assert "consent email for newsletter" in said.out
    assert "trigger welcome" not in said.out
    assert "segment vips" not in said.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["subscriber"], "did you mean `subscribers`?"),
        (["email"], 'write "field email" or "channel email"'),
        (["--depth", "1"], "name a block"),
        (["--out", "/nowhere/at/all.html"], "cannot be written"),
    ],
)
def test_what_cannot_be_drawn_is_bad_input(kadenz: Kadenz, arguments: list[str], words: str) -> None:
    said = kadenz("graph", *arguments, "--project", PLAYBOOKS / "shop")
    assert said.code == 3
    assert words in said.err
