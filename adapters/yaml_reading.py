"""YAML 1.2 text -> plain data with the place of every key and value. Hostile text is refused before construction.

Built from the parser's events in one pass: no aliases, anchors, merge keys, tags or directives, bounded size, depth and
number of nodes (an alias bomb loads in milliseconds and explodes when walked; 5,000 nested brackets take seconds).
Words stay words: only `true`, `false`, whole numbers and nothing at all become something else than text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dsl.diagnostics import Diagnostic, Label
from dsl.spans import Span, span_of

if TYPE_CHECKING:
    from ruamel.yaml.events import Event, ScalarEvent

MAX_CHARACTERS = 1_000_000
MAX_DEPTH = 20
MAX_NODES = 50_000

Path = tuple[str | int, ...]

_WHOLE = re.compile(r"[-+]?[0-9]{1,18}\Z")
_WORDS: Mapping[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands, and its key (None in a list and for the whole document)."""

    key: Span | None
    value: Span


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML text as plain data (dict, list, str, int, bool, None) and the place of everything in it.

    `places` is by path: keys and list positions from the top; the empty path is the whole document.
    """

    file: str
    text: str
    data: Any
    places: Mapping[Path, Place]

    def span(self, path: Path, *, key: bool = False) -> Span:
        """The span of the value at `path` (`key`: of its key, where it has one); of the nearest thing around it if
        there is nothing at that path."""
        while path not in self.places:
            path, key = path[:-1], True
        place = self.places[path]
        return place.key if key and place.key is not None else place.value

    def raw(self, path: Path) -> str:
        """The text as typed at `path`."""
        return self.span(path).text(self.text)


@dataclass(slots=True)
class _Refused(Exception):
    """Stops reading with one finding."""

    finding: Diagnostic


@dataclass(slots=True)
class _Reader:
    file: str
    text: str
    offset: int
    events: Iterator[Event]
    places: dict[Path, Place] = field(default_factory=dict)
    found: list[Diagnostic] = field(default_factory=list)
    nodes: int = 0

    def span(self, start: int, end: int) -> Span:
        return span_of(self.file, self.text, self.offset + start, self.offset + max(start, end))

    def refuse(self, event: Event, what: str, *help_: str) -> _Refused:
        span = self.span(event.start_mark.index, event.end_mark.index)
        return _Refused(Diagnostic("K0905", what, Label(span), help=help_))

    def no_key(self, event: Event, path: Path) -> _Refused:
        """The refusal of a key that is no word: most often a value of a template whose `{{` YAML takes for its own."""
        at = self.offset + event.start_mark.index
        line = self.text[self.text.rfind("\n", 0, at) + 1 : at].rstrip()
        if not line.endswith("{") or self.text[at] != "{" or not path:
            return self.refuse(event, "a key is a plain word here")
        rest = self.text[at - 1 :].split("\n", 1)[0].rstrip()
        span = span_of(self.file, self.text, at - 1, at - 1 + len(rest))
        quote = "'" if '"' in rest else '"'
        return _Refused(
            Diagnostic(
                "K0905",
                "a value that begins with `{{` needs quotes around it, braces have a meaning in YAML",
                Label(span),
                help=(f"put the {path[-1]} in quotes: `{path[-1]}: {quote}{rest}{quote}`",),
            )
        )

    def node(self, event: Event, path: Path, key: Span | None, depth: int) -> Any:
        from ruamel.yaml.events import AliasEvent, MappingStartEvent, ScalarEvent, SequenceStartEvent

        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise self.refuse(event, f"this file has more than {MAX_NODES} values")
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None) is not None:
            raise self.refuse(event, "anchors and aliases (`&name`, `*name`) are not read here", "write the value out")
        if getattr(event, "tag", None) is not None:
            raise self.refuse(event, "tags (`!name`) are not read here", "put text in double quotes instead")
        if depth > MAX_DEPTH:
            raise self.refuse(event, f"this file is nested deeper than {MAX_DEPTH} levels")
        start = event.start_mark.index
        value: Any
        if isinstance(event, ScalarEvent):
            value, end = self.scalar(event), event.end_mark.index
        elif isinstance(event, SequenceStartEvent):
            value, end = self.sequence(path, depth)
        else:
            assert isinstance(event, MappingStartEvent)
            value, end = self.mapping(path, depth)
        self.places[path] = Place(key, self.span(start, end))
        return value

    def scalar(self, event: ScalarEvent) -> str | int | bool | None:
        word: str = event.value
        if event.style in ("'", '"', "|", ">"):
            return word
        if word in _WORDS:
            return _WORDS[word]
        return int(word) if _WHOLE.match(word) else word

    def sequence(self, path: Path, depth: int) -> tuple[list[Any], int]:
        from ruamel.yaml.events import SequenceEndEvent

        items: list[Any] = []
        end = 0
        while not isinstance(event := next(self.events), SequenceEndEvent):
            where = (*path, len(items))
            items.append(self.node(event, where, None, depth + 1))
            end = self.end_of(where)
        # a block list "ends" where the next thing begins: its last item is what people would underline
        return items, event.end_mark.index if event.start_mark.index != event.end_mark.index else end

    def end_of(self, path: Path) -> int:
        return self.places[path].value.end - self.offset

    def mapping(self, path: Path, depth: int) -> tuple[dict[str, Any], int]:
        from ruamel.yaml.events import MappingEndEvent, ScalarEvent

        items: dict[str, Any] = {}
        end = 0
        while not isinstance(event := next(self.events), MappingEndEvent):
            if not isinstance(event, ScalarEvent) or event.anchor is not None or event.tag is not None:
                raise self.no_key(event, path)
            name: str = event.value
            if name == "<<":
                raise self.refuse(event, "merge keys (`<<`) are not read here", "write the keys out")
            span = self.span(event.start_mark.index, event.end_mark.index)
            twice = name in items
            if twice:
                first = self.places[(*path, name)].key
                earlier = (Label(first, "here first"),) if first is not None else ()
                self.found.append(Diagnostic("K0906", f"`{name}` stands here twice", Label(span), secondary=earlier))
            where = (*path, name, "(again)") if twice else (*path, name)
            value = self.node(next(self.events), where, span, depth + 1)
            end = max(event.end_mark.index, self.end_of(where))
            if not twice:
                items[name] = value
        flow = event.start_mark.index != event.end_mark.index
        return items, event.end_mark.index if flow else end


def read_yaml(
    file: str, text: str, *, start: int = 0, end: int | None = None
) -> tuple[Document | None, list[Diagnostic]]:
    """Read one document of YAML 1.2 from `text[start:end]`.

    `file` is the path as users write it. Spans count in the whole `text`. Gives the document (None if it cannot be
    read) and all findings, codes K0901, K0905 and K0906. An empty text is a document with `data` None.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError
    from ruamel.yaml.events import DocumentStartEvent, StreamEndEvent

    end = len(text) if end is None else end
    if end - start > MAX_CHARACTERS:
        span = span_of(file, text, start, start)
        return None, [Diagnostic("K0905", f"this file is longer than {MAX_CHARACTERS} characters", Label(span))]
    part = text[start:end]
    if (bad := re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff]", part)) is not None:
        span = span_of(file, text, start + bad.start(), start + bad.end())
        return None, [Diagnostic("K0901", "this file holds an invisible control character", Label(span))]
    events = iter(YAML(typ="safe", pure=True).parse(part))
    reader = _Reader(file, text, start, events)
    data: Any = None
    try:
        next(events)
        event = next(events)
        if isinstance(event, DocumentStartEvent):
            if event.version is not None or event.tags:
                raise reader.refuse(event, "directives (`%YAML`, `%TAG`) are not read here")
            data = reader.node(next(events), (), None, 0)
            next(events)
            event = next(events)
        if not isinstance(event, StreamEndEvent):
            raise reader.refuse(event, "a second document begins here", "one file holds one document")
    except _Refused as refused:
        return None, [*reader.found, refused.finding]
    except YAMLError as error:
        return None, [*reader.found, _syntax(file, text, start, error)]
    reader.places.setdefault((), Place(None, span_of(file, text, start, start)))
    return Document(file, text, data, reader.places), reader.found


_HINTS: tuple[tuple[str, str, str], ...] = (
    (
        "mapping values are not allowed",
        "a colon stands where none can",
        "put text that has a colon in double quotes, or give the line above the colon that it lacks",
    ),
    ("expected ',' or '}'", "this is not read inside braces", 'put it in double quotes: `{type: "one of [a, b]"}`'),
    ("expected ',' or ']'", "this is not read inside brackets", "put the text in double quotes"),
    ("unexpected end of stream", "a quote opens here and does not close", "close it with the same quote"),
    ("found character '%'", "a value cannot begin with `{%` or `%`", "put the text in double quotes"),
    ("found character '\\t'", "a tab stands where YAML wants spaces", "indent with spaces"),
    ("cannot start any token", "this character cannot begin a value", "use spaces (no tabs) and quote special signs"),
    (
        "expected <block end>, but found '<scalar>'",
        "this follows a value that is already complete, or is indented otherwise than its neighbours",
        "put all of the text in double quotes, or line the key up with those beside it",
    ),
    (
        "expected <block end>",
        "this line is indented otherwise than its neighbours",
        "line it up with the keys beside it",
    ),
    ("could not find expected ':'", "a key needs a colon after it", "write `key: value`"),
    ("did not find expected", "this does not fit here", "check the indentation and the quotes"),
)


def _syntax(file: str, text: str, start: int, error: Exception) -> Diagnostic:
    problem = str(getattr(error, "problem", None) or "")
    mark = getattr(error, "problem_mark", None)
    at = start + mark.index if mark is not None else start
    for known, summary, hint in _HINTS:
        if known in problem:
            if known == "unexpected end of stream" and (opened := getattr(error, "context_mark", None)) is not None:
                at = start + opened.index
            return Diagnostic("K0901", summary, Label(span_of(file, text, at, _word_end(text, at))), help=(hint,))
    return Diagnostic("K0901", "this is not readable YAML", Label(span_of(file, text, at, _word_end(text, at))))


def _word_end(text: str, at: int) -> int:
    found = re.compile(r"[^\s]\w*").match(text, at)
    return found.end() if found is not None else at
