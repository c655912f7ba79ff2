"""The text made from the HTML of a mail."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.html_text import WIDTH, text_of


def test_blocks_are_lines_and_links_are_footnotes() -> None:
    html = (
        "<html><head><title>no</title><style>p { color: red }</style></head><body>"
        '<h1>Hello  Anna</h1>\n<p>To the <a href="https://shop.example/?a=1&amp;b=2">shop</a>, or'
        ' <a href="https://shop.example/?a=1&amp;b=2">again</a>.<br>Bye</p>'
        "<ul><li><p>Tea</p><li>Coffee &amp; <b>cake</b></ul>"
        '<img src="https://x.example/p.png" alt="Logo"><a href="#top">up</a><a href="https://x.example/"></a>'
        "<script>alert(1)</script><!-- no --></body></html>"
    )
    assert text_of(html) == (
        "Hello Anna\n\nTo the shop [1], or again [1].\nBye\n\n- Tea\n\n- Coffee & cake\n\nLogoup\n\n"
        "[1] https://shop.example/?a=1&b=2\n"
    )


def test_what_is_laid_out_stays_and_long_lines_are_broken() -> None:
    assert text_of("<p>x<hr><pre>a\n   b</pre>") == "x\n\n--------------------\n\na\n   b\n"
    lines = text_of(f"<p>{'word ' * 60}<p>{'x' * 200} y").splitlines()
    assert max(map(len, lines[:4])) <= WIDTH
    assert "x" * 200 in lines, "a word, which may be an address, is not broken"
    assert text_of("<p> <div></div><style>x</style>") == ""


WORDS = st.text("abcdefgh", min_size=1, max_size=8)
TAGS = (
    "p",
    "div",
    "b",
    "a href='https://x.example/'",
    "li",
    "ul",
    "td",
    "svg",
    "pre",
    "/p",
    "/a",
    "/svg",
    "/ul",
    "!-- x --",
    "br",
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(WORDS, st.sampled_from(TAGS).map("<{}>".format)), max_size=30))
def test_no_word_that_is_shown_gets_lost_and_no_tag_is_left(pieces: list[str]) -> None:
    html = "".join(pieces)
    said = text_of(html)
    assert "<" not in said
    if "<svg>" not in pieces:
        letters = "".join(piece for piece in pieces if not piece.startswith("<"))
        body = said.split("\n[1] ")[0]
        assert "".join(c for c in body if c in "abcdefgh") == letters
