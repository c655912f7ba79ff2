"""Links of a template: each is a whole address that leads out of a mail, and no value decides where to (K0935).

Links are found in the text of the file, with every value as one sign and every condition as a gap, so that a place in
the finding is the place in the file. Both sides of an `if` follow each other then, and each is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from adapters.template_pieces import Occurrence
from dsl.diagnostics import Severity
from dsl.schema import Field

CODE = "K0935"

_VALUE, _GAP = "\ue000", "\ue001"
_MARKS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_TAG = re.compile(r"""<([A-Za-z][\w-]*)((?:[^"'<>]|"[^"]*"|'[^']*')*)>""")
_LINK = re.compile(r"""(?<![\w-])(href|src|action|background)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_BARE = re.compile(r"(?<![\w.])https?://[^\s<>\"']+", re.IGNORECASE)
_TAIL = ".,;:!?)]}'"
_HOST = re.compile(r"(?=.{1,253}\Z)(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,62}")
_PICTURES = ("cid", "data")
_EXAMPLE = "write `https://..`, `mailto:..` or `tel:..`"

Report = Callable[[str, str, int, int, str, Severity], None]
"""Called with code, summary, start, end, help and severity."""


@dataclass(frozen=True, slots=True)
class _Link:
    text: str
    start: int
    picture: bool

    @property
    def end(self) -> int:
        return self.start + max(1, len(self.text))


def check_links(
    text: str, occurrences: tuple[Occurrence, ...], fields: Mapping[str, Field], report: Report, *, html: bool
) -> None:
    """Report what is wrong with the links of a part; `fields` are the contact's."""
    masked = _MARKS.sub(_masked, text)
    shown = [one for one in occurrences if one.shown]
    for link in _in_html(masked) if html else _in_text(masked):
        problem = _problem(link)
        if problem is not None:
            summary, help_, severity = problem
            report(CODE, summary, link.start, link.end, help_, severity)
        query = masked.find("?", link.start, link.end)
        for one in shown:
            if link.start <= one.start < link.end and one.use.root != "unsubscribe":
                _judge(one, fields, query, report, html=html)


def _judge(one: Occurrence, fields: Mapping[str, Field], query: int, report: Report, *, html: bool) -> None:
    if not one.url:
        if not html:  # in HTML it is said by `adapters.html_context`
            text = f"`{one.use}` stands in a link without `url`"
            report(CODE, text, one.start, one.end, f"write `{{{{ {one.use} | url }}}}`", "error")
        return
    known = fields.get(one.use.name) if one.use.root == "contact" else None
    if known is not None and known.pii and 0 <= query < one.start:
        text = f"`{one.use}` is personal, and in the query of a link every server on the way keeps it"
        report(CODE, text, one.start, one.end, "let the link carry a code or the contact's key", "warning")


def _masked(found: re.Match[str]) -> str:
    sign = _VALUE if found[0].startswith("{{") else _GAP
    return sign * len(found[0])


def _in_html(masked: str) -> Iterator[_Link]:
    for tag in _TAG.finditer(masked):
        for found in _LINK.finditer(masked, tag.start(2), tag.end(2)):
            group = 2 if found[2] is not None else 3
            picture = found[1].lower() in ("src", "background")
            yield from _sides(found[group], found.start(group), picture=picture)


def _in_text(masked: str) -> Iterator[_Link]:
    for found in _BARE.finditer(masked):
        yield _Link(found[0].split(_GAP)[0].rstrip(_TAIL), found.start(), picture=False)


def _sides(value: str, start: int, *, picture: bool) -> Iterator[_Link]:
    """An address, or those of the sides of an `if` in it. What does not begin one is the rest of one."""
    at = start
    for number, piece in enumerate(re.split(f"({_GAP}+)", value)):
        if number % 2 == 0 and (piece.strip() or _GAP not in value):
            lead = len(piece) - len(piece.lstrip())
            if at == start or re.match(r"\s*[A-Za-z][\w+.-]*:", piece):
                yield _Link(piece.strip(), at + lead, picture)
        at += len(piece)


def _problem(link: _Link) -> tuple[str, str, Severity] | None:
    text = link.text
    if text.startswith(_VALUE) or (text.startswith("#") and len(text) > 1):
        return None  # a value that is a whole address, or a place in the mail itself
    if text in ("", "#"):
        return "this link leads nowhere", _EXAMPLE, "error"
    scheme, colon, rest = text.partition(":")
    match scheme.lower() if colon and re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*", scheme) else "":
        case "https":
            return _web(text)
        case "http":
            return _web(text) or ("this link goes without encryption", "write `https://`", "warning")
        case "mailto" if not link.picture:
            good = re.fullmatch(r"[^\s@?]+@[^\s@?]+(\?\S*)?", rest) or rest.startswith(_VALUE)
            return None if good else ("this is no mail address", "write `mailto:name@shop.example`", "error")
        case "tel" if not link.picture:
            good = re.fullmatch(r"\+?[0-9()./-]{3,}", rest) or rest.startswith(_VALUE)
            return None if good else ("this is no telephone number", "write `tel:+41441234567`", "error")
        case found if link.picture and found in _PICTURES:
            return None
        case "":
            return "a mail has no page that this address could be relative to", _EXAMPLE, "error"
        case found:
            return f"`{found}:` has no place in a message", _EXAMPLE, "error"


def _web(text: str) -> tuple[str, str, Severity] | None:
    try:
        parts = urlsplit(text.replace(_GAP, ""))
        port_is_number = parts.port is None or parts.port > 0
    except ValueError:
        return "this address is not well-formed", "write `https://shop.example/..`", "error"
    host = parts.hostname or ""
    if _VALUE in parts.netloc:
        return "a value decides to which host this link leads", "write the host, and put values behind it", "error"
    if parts.username is not None or not port_is_number:
        return "this address is not well-formed", "write `https://shop.example/..`", "error"
    if not _HOST.fullmatch(unquote(host)):
        shown = f"`{host}` is the name of no host in the world" if host else "this address names no host"
        return shown, "write `https://shop.example/..`", "error"
    if re.search(r"\s", text):
        return "a blank stands in this address", "write it as `%20`", "error"
    return None
