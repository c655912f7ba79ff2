"""Where in HTML a value stands: in text and between the quotes of an attribute it is safe when escaped, elsewhere not.

A small state machine over the literal text of a template. Both sides of an `if` must leave HTML in the same state, so
that no choice of branches puts a value where it was not judged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal, assert_never

from adapters.template_pieces import Choice, Letters, Piece, Shown

Place = Literal["text", "tag", "quoted", "comment", "raw", "broken"]

URL_ATTRIBUTES = frozenset({"href", "src", "action", "formaction", "background", "cite", "poster", "data", "longdesc"})
"""Attributes whose value is an address: a value there goes through `url`."""

_RAW = ("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "plaintext", "noscript")
_FORBIDDEN = re.compile(r"on\w+|style|srcdoc|srcset|ping")
_ESCAPABLE = ("title", "textarea")
"""Elements whose text is letters and entities only: an escaped value is safe there."""


@dataclass(frozen=True, slots=True)
class State:
    """Where the text has come to. `quote` and `attribute` while quoted (`quote` also for what ends a comment),
    `element` inside a tag or raw text; `tail` are the letters of the tag so far."""

    place: Place = "text"
    quote: str = ""
    attribute: str = ""
    element: str = ""
    tail: str = ""

    @property
    def same(self) -> tuple[str, str, str, str]:
        """What must agree where branches meet (not the letters that led there)."""
        return (self.place, self.quote, self.attribute, self.element)


Report = Callable[[str, int, int, str], None]
"""Called with summary, start, end and help."""


def check_html(pieces: Iterable[Piece], report: Report) -> None:
    """Report every value that stands where escaping does not keep it harmless, and unbalanced branches."""
    end = _through(tuple(pieces), State(), report)
    if end.place == "broken":
        report("this HTML has a tag that browsers would read otherwise", 0, 1, 'write tags as `<p name="value">`')
    elif end.place != "text":
        report("this HTML ends inside a tag, a comment or a script", 0, 1, "close what is open")


def _through(pieces: tuple[Piece, ...], state: State, report: Report) -> State:
    for piece in pieces:
        match piece:
            case Letters(text=text):
                state = _letters(text, state)
            case Shown(occurrence=None, start=start, end=end):
                if state.place not in ("text", "quoted"):
                    report("a constant has no place here", start, end, _WHERE)
            case Shown():
                _judge(piece, state, report)
            case Choice(branches=branches, start=start):
                ends = [_through(branch, state, report) for branch in branches]
                if len({e.same for e in ends}) > 1:
                    text = "the sides of this `if` leave HTML open in different ways"
                    report(text, start, start + 2, "close on each side what it opens")
                state = ends[0]
            case _:
                assert_never(piece)
    return state


_WHERE = "put it into text, or between the quotes of an attribute"


def _judge(piece: Shown, state: State, report: Report) -> None:
    assert piece.occurrence is not None
    what = f"`{piece.occurrence.use}`"
    if state.place == "text" or (state.place == "raw" and state.element in _ESCAPABLE):
        return
    if state.place != "quoted":
        where = {"comment": "in a comment", "raw": f"inside `{state.element}`"}.get(
            state.place, "in a tag outside quotes"
        )
        report(f"{what} stands {where}, where it could change the page", piece.start, piece.end, _WHERE)
    elif _FORBIDDEN.fullmatch(state.attribute):
        report(f"{what} stands in `{state.attribute}`, which can run code", piece.start, piece.end, _WHERE)
    elif state.attribute in URL_ATTRIBUTES and not piece.occurrence.url:
        report(
            f"{what} stands in a link without `url`",
            piece.start,
            piece.end,
            f"write `{{{{ {piece.occurrence.use} | url }}}}`",
        )


_OPEN = re.compile(r"<!--|</?([A-Za-z][^\s/>\x00]*)|<[!?/]|<\Z")
_CLOSE_COMMENT = re.compile(r"--!?>")
_ABRUPT = re.compile(r"-?>")
_IN_TAG = re.compile(r"[\"'>]")


def _letters(text: str, state: State) -> State:
    at = 0
    while at < len(text):
        match state.place:
            case "text":
                found = _OPEN.search(text, at)
                if found is None:
                    return state
                state, at = _opened(text, found)
            case "tag":
                found = _IN_TAG.search(text, at)
                if found is None:
                    return replace(state, tail=state.tail + text[at:])
                before, at = state.tail + text[at : found.start()], found.end()
                state = _in_tag(state, before, found[0])
            case "quoted":
                close = text.find(state.quote, at)
                if close < 0:
                    return state
                state, at = State("tag", element=state.element), close + 1
            case "comment":
                found = re.compile(">").search(text, at) if state.quote == ">" else _CLOSE_COMMENT.search(text, at)
                if found is None:
                    return state
                state, at = State(), found.end()
            case "raw":
                found = re.compile(rf"</{state.element}(?=[\s/>])", re.IGNORECASE).search(text, at)
                if found is None:
                    return state
                state, at = State("tag"), found.end()
            case "broken":
                return state
            case _:
                assert_never(state.place)
    return state


def _opened(text: str, found: re.Match[str]) -> tuple[State, int]:
    """What a `<` opens. `<!`, `<?` and `</` without a name are comments to a browser, up to the next `>`."""
    if found.end() == len(text) and found[0] != "<!--":
        # the name of the tag goes on in another piece: nobody could say which tag it is
        return State("broken"), found.end()
    if found[0] == "<!--":
        abrupt = _ABRUPT.match(text, found.end())
        return (State(), abrupt.end()) if abrupt else (State("comment"), found.end())
    if found[1] is None:
        return State("comment", quote=">"), found.end()
    return State("tag", element="" if found[0].startswith("</") else found[1].lower()), found.end()


def _in_tag(state: State, before: str, sign: str) -> State:
    if sign == ">":
        return State("raw", element=state.element) if state.element in _RAW else State()
    name = _attribute(before)
    if name is None:
        return State("broken")
    return State("quoted", quote=sign, attribute=name, element=state.element)


_NAME = re.compile(r"[\s/]*([^\s\"'<>/=]+)")
_EQUALS = re.compile(r"\s*=\s*")
_BARE = re.compile(r"[^\s\"'=<>`]+(?=\s|\Z)")


def _attribute(before: str) -> str | None:
    """The attribute whose value a quote opens after these letters of a tag; None where browsers read it otherwise."""
    at = 0
    while (name := _NAME.match(before, at)) is not None:
        at = name.end()
        if (equals := _EQUALS.match(before, at)) is None:
            continue
        at = equals.end()
        if at == len(before):
            return name[1].lower()
        if (bare := _BARE.match(before, at)) is None:
            return None
        at = bare.end()
    return None
