from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.yaml_reading import MAX_CHARACTERS, read_yaml


@pytest.mark.parametrize(
    ("text", "code", "underlined"),
    [
        ("a: &x 1\nb: 2\n", "K0905", "&x 1"),
        ("a: 1\nb: *x\n", "K0905", "*x"),
        ("a: 1\n<<: {b: 1}\n", "K0905", "<<"),
        ("a: !!python/object:os.system x\n", "K0905", "!!python/object:os.system x"),
        ("%YAML 1.1\n---\na: 1\n", "K0905", ""),
        ("a: 1\n---\nb: 1\n", "K0905", "---"),
        ("? [a, b]\n: 1\n", "K0905", "["),
        ("a: " + "[" * 21 + "]" * 21, "K0905", "["),
        ("a: 1\nb: 2\na: 3\n", "K0906", "a"),
        ("from: Shop: news\n", "K0901", ":"),
        ("a: 'open\n", "K0901", "'open"),
        ("\ta: 1\n", "K0901", ""),
        ("a: \x00\n", "K0901", "\x00"),
        ("a: [1, 2\n", "K0901", ""),
        ("a: 1\n  b: 2\n", "K0901", ""),
    ],
)
def test_refusals(text: str, code: str, underlined: str) -> None:
    _, found = read_yaml("x.yaml", text)
    assert [d.code for d in found] == [code]
    span = found[0].primary.span
    assert 0 <= span.start <= span.end <= len(text)
    if underlined:
        assert span.text(text) == underlined


@pytest.mark.parametrize(
    "bomb",
    [
        "a: &a [x, x]\nb: &b [*a, *a]\n" + "c: [*b, *b]\n" * 1000,
        "[" * 5000 + "]" * 5000,
        "{a: " * 5000 + "}" * 5000,
        "- " * 5000 + "x",
        "x" * (MAX_CHARACTERS + 1),
        "<<: {a: 1}\n" * 2000,
        "? " * 3000,
    ],
)
def test_bombs_are_refused_at_once(bomb: str) -> None:
    document, found = read_yaml("x.yaml", bomb)
    assert document is None
    assert found


def test_words_stay_words() -> None:
    document, found = read_yaml("x.yaml", "a: no\nb: 007\nc: 2026-11-01\nd: 1.50\ne: true\nf: ~\ng: '1'\non: 12\n")
    assert found == []
    assert document is not None
    assert document.data == {
        "a": "no", "b": 7, "c": "2026-11-01", "d": "1.50", "e": True, "f": None, "g": "1", "on": 12,
    }  # fmt: skip


def test_every_value_has_its_place() -> None:
    text = "a:\n  b: [x, 'y z']\n  c: {d: 1}\ne: |\n  long\nü: 𝄞 note\n"
    document, found = read_yaml("x.yaml", text)
    assert found == []
    assert document is not None
    assert document.raw(("a", "b")) == "[x, 'y z']"
    assert document.raw(("a", "b", 1)) == "'y z'"
    assert document.raw(("a", "c")) == "{d: 1}"
    assert document.raw(("a",)) == "b: [x, 'y z']\n  c: {d: 1}"
    assert document.raw(("ü",)) == "𝄞 note"
    assert document.span(("ü",), key=True).text(text) == "ü"
    assert document.span(("a", "nothing", "here")).text(text) == "a"
    assert (document.span(("ü",)).line, document.span(("ü",)).column) == (6, 4)


def test_an_empty_text_is_empty() -> None:
    for text in ("", "# only a note\n"):
        document, found = read_yaml("x.yaml", text)
        assert found == []
        assert document is not None
        assert document.data is None


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab:-[]{}&*!|>'\"#%@,? \n\té", max_size=60))
def test_any_text_gives_a_document_or_findings(text: str) -> None:
    document, found = read_yaml("x.yaml", text)
    assert (document is None) <= bool(found)
    for one in found:
        assert 0 <= one.primary.span.start <= one.primary.span.end <= len(text)
    if document is not None:
        assert len(document.places) <= max(1, len(text) + 1)
