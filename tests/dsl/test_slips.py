"""Slips and what they are told (`slips.txt`), and messages that are known to be poor (`known_poor/`)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dsl.diagnostics import Diagnostic
from dsl.examples_blocks import EXAMPLES
from tests.dsl.shop import findings

HERE = Path(__file__).parent
POOR = sorted((HERE / "known_poor").glob("*.txt"))


def slips() -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    for line in (HERE / "slips.txt").read_text(encoding="utf-8").split("\n"):
        if re.match(r"  K\d{4} «", line):
            found[-1][1].append(line.strip())
        elif line and not line.startswith("#"):
            found.append((line.replace("⏎", "\n"), []))
    return found


def told(finding: Diagnostic, text: str) -> str:
    underlined = finding.primary.span.text(text).replace("\n", "⏎")
    said = finding.primary.text or (finding.help or ("",))[0] or finding.summary
    return f"{finding.code} «{underlined}» {said}"


@pytest.mark.parametrize(("text", "expected"), slips(), ids=[text for text, _ in slips()])
def test_what_a_slip_is_told(text: str, expected: list[str]) -> None:
    assert [told(finding, text) for finding in findings(text)] == expected


def test_most_slips_give_one_finding() -> None:
    counts = [len(expected) for _, expected in slips()]
    assert counts.count(1) > 0.9 * len(counts)
    assert max(counts) <= 4


@pytest.mark.parametrize("text", [text for text, expected in slips() if len(expected) == 1])
def test_the_edit_that_is_offered_mends_the_slip(text: str) -> None:
    (finding,) = findings(text)
    for fix in finding.fixes[:1]:
        mended = text[: fix.span.start] + fix.replacement + text[fix.span.end :]
        assert findings(mended) == [], mended


def test_the_written_style_of_examples() -> None:
    for text, _ in slips():
        for finding in findings(text):
            for line in (finding.summary, finding.primary.text, *finding.help):
                assert not line.endswith("."), line
                assert not line[:1].isupper(), line
                assert "\n" not in line
                assert "{" not in line or "{" in text, line


def test_every_example_marks_a_stretch() -> None:
    for example in EXAMPLES:
        assert example.pattern.count("[") == example.pattern.count("]") == 1, example.pattern
        assert example.instead is not None or example.label or example.help, example.pattern


def parts(path: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in path.read_text(encoding="utf-8").split("\n\n"):
        name, _, body = part.partition(":\n")
        found[name] = body.rstrip("\n")
    return found


@pytest.mark.parametrize("path", POOR, ids=lambda path: path.stem)
def test_a_message_known_to_be_poor_is_still_the_same(path: Path) -> None:
    part = parts(path)
    assert part.keys() == {"text", "says", "should say"}
    said = "\n".join(told(finding, part["text"]) for finding in findings(part["text"])) or "nothing"
    assert said == part["says"], (
        f"it has changed: if it is better now, move {path.name} to slips.txt, else renew `says`"
    )
    assert said != part["should say"]
