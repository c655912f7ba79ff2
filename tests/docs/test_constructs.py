"""The pages show the whole grammar: every alternative of every rule has an example that a test runs."""

from __future__ import annotations

from pathlib import Path

from tests.docs.constructs import Construct, all_constructs, used_in
from tests.docs.test_docs import ROOT, snippets


def examples(page: Path) -> list[str]:
    """The playbooks of a page, and its expressions as defines."""
    found = []
    for snippet in snippets("kadenz"):
        if snippet.page == page and snippet.kind == "kadenz":
            found.append(snippet.text)
        elif snippet.page == page and snippet.kind == "kadenz expression":
            lines = (line.split("  #")[0].strip() for line in snippet.text.splitlines())
            found += [f"define example = {line}\n" for line in lines if line]
    return found


def shown(page: Path) -> frozenset[Construct]:
    return frozenset(construct for text in examples(page) for construct in used_in(text))


def test_the_reference_shows_every_construct() -> None:
    missing = sorted(all_constructs() - shown(ROOT / "docs" / "language.md"))
    assert missing == [], "constructs of dsl/grammar.lark without an example in docs/language.md"


def test_the_cheat_sheet_has_a_line_of_every_rule() -> None:
    """Of every rule, by the name that its tree has; not of every word in it."""
    has = {rule for rule, _ in shown(ROOT / "docs" / "cheatsheet.md")}
    lists = {rule for rule, _ in all_constructs() if rule.endswith("_clause")}  # what they hold has names of its own
    missing = sorted({rule for rule, _ in all_constructs()} - lists - has)
    assert missing == [], "rules of dsl/grammar.lark without a line in docs/cheatsheet.md"


def test_what_is_used_is_seen() -> None:
    """The watch itself: an optional part counts only where it stands."""
    plain = used_in("cap often at most 2 messages per 7 days\n")
    tagged = used_in("cap often at most 2 messages tagged sale per 7 days\n")
    assert tagged - plain == {("tagged", '"tagged"'), ("tagged", "name"), ("cap_limit", "tagged")}
    assert plain < all_constructs()
    assert ("local_period", '"local"') in all_constructs() - tagged
