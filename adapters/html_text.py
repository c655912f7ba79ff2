"""The text of a mail made from its HTML, for readers that show none: what stands there, in lines, links as footnotes.

One pass of the standard library's tolerant parser over what a template gave, in linear time; nothing is fetched and
nothing is run. What is not text (styles, scripts, comments, pictures without words) falls away.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

WIDTH = 78
"""Paragraphs are broken to at most so many letters a line; a longer word stands alone."""

# fmt: off
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody",
    "td", "tfoot", "th", "thead", "tr", "ul",
))
_APART = frozenset((
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre", "hr",
    "figure", "section", "article", "header", "footer",
))
"""Blocks with an empty line around them."""
_SILENT = frozenset((
    "head", "style", "script", "title", "template", "noscript", "svg", "math", "iframe", "object",
    "select", "textarea",
))
# fmt: on
_RULE = "-" * 20
_SPACE = re.compile(r"[ \t\r\n\f]+")


def text_of(html: str) -> str:
    """The text, with `[1]` behind each link and the addresses at the end; "" where there is none.

    >>> print(text_of('<h1>Hello</h1><p>To the <a href="https://shop.example/a?b=1&amp;c=2">shop</a>.</p><ul><li>Tea</ul>'))
    Hello
    <BLANKLINE>
    To the shop [1].
    <BLANKLINE>
    - Tea
    <BLANKLINE>
    [1] https://shop.example/a?b=1&c=2
    <BLANKLINE>
    """
    walk = _Walk()
    walk.feed(html)
    walk.close()
    return walk.text()


class _Walk(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._line: list[str] = []
        self._links: dict[str, int] = {}
        self._silent, self._depth = "", 0
        self._open: list[tuple[str | None, int]] = []
        self._mark = ""
        self._kept = 0
        self._letters = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == self._silent or (not self._silent and tag in _SILENT):
            self._silent, self._depth = tag, self._depth + 1
        if self._silent:
            return
        given = dict(attrs)
        match tag:
            case "br":
                self._end_line()
            case "img":
                self._say(given.get("alt") or "")
            case "a":
                self._open.append((given.get("href"), self._letters))
            case _ if tag in _BLOCKS:
                self._end_block(apart=tag in _APART)
                if tag == "li":
                    self._mark = "- "
                elif tag == "hr":
                    self._lines += [_RULE, ""]
                self._kept += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if self._silent:
            self._depth -= tag == self._silent
            if not self._depth:
                self._silent = ""
            return
        if tag == "a" and self._open:
            self._close_link(*self._open.pop())
        elif tag in _BLOCKS:
            self._end_block(apart=tag in _APART)
            self._mark = ""
            self._kept -= tag == "pre" and self._kept > 0

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._kept:
            first, *more = data.split("\n")
            self._line.append(first)
            for line in more:
                self._end_line()
                self._line.append(line)
            self._letters += len(data.strip())
        else:
            self._say(data)

    def text(self) -> str:
        """What was gathered."""
        self._end_block(apart=True)
        if not self._lines:
            return ""
        notes = [f"[{number}] {address}" for address, number in self._links.items()]
        lines = [*self._lines, *notes] if notes else self._lines
        return "\n".join(lines).strip("\n") + "\n"

    def _say(self, data: str) -> None:
        words = _SPACE.sub(" ", data)
        self._letters += len(words.strip())
        self._line.append(words)

    def _close_link(self, address: str | None, before: int) -> None:
        # a link around nothing, or within the page, says nothing in text
        if address is None or not address.strip() or address.startswith("#") or self._letters == before:
            return
        address = _SPACE.sub("", address)
        self._line.append(f" [{self._links.setdefault(address, len(self._links) + 1)}]")

    def _end_line(self) -> None:
        line = "".join(self._line)
        self._line = []
        if self._kept:
            self._lines.append(self._mark + line.rstrip())
        else:
            self._lines += _broken(self._mark + _SPACE.sub(" ", line).strip())
        self._mark = ""

    def _end_block(self, *, apart: bool) -> None:
        if "".join(self._line).strip():
            self._end_line()
        self._line = []
        # the words of an item may stand in a paragraph of its own: the mark waits for them
        if apart and not self._mark and self._lines and self._lines[-1]:
            self._lines.append("")


def _broken(line: str) -> list[str]:
    """A paragraph in lines. An address is never broken."""
    lines: list[list[str]] = [[]]
    length = 0
    for word in line.split(" "):
        if lines[-1] and length + 1 + len(word) > WIDTH:
            lines.append([])
            length = 0
        length += len(word) + bool(lines[-1])
        lines[-1].append(word)
    return [" ".join(words) for words in lines]
