"""Stage 1: text to tree. Total: whatever the text, the answer is blocks and diagnostics, never an exception.

The text is cut at block keywords in column 1 and parsed block by block, so that a mistake in one block does not
hide those in others; inside a block parsing goes on behind a slip whose meaning is clear (a misspelt keyword).
Lark's LALR tables are driven one token at a time, because only the parser's state knows whether a word is a keyword
or a name there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from dsl import teach, tree
from dsl.build import build
from dsl.diagnostics import Diagnostic, Label, in_reading_order
from dsl.names import nearest
from dsl.recovery import begins_clause, without_clause
from dsl.spot import CLASSES, Lesson
from dsl.tables import Branch, tables
from dsl.tokens import Lexeme, Page, scan
from dsl.way import Unexpected, Way

MOST_BYTES = 256 * 1024
MOST_TOKENS = 20_000
MOST_DEPTH = 64
MOST_FINDINGS = 100
MOST_PER_BLOCK = 20

BLOCKS = ("segment", "define", "score", "class", "trigger", "cap", "quiet", "suppress", "quality", "offer", "test")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file as a tree: blocks in order of the text (those with a mistake as `tree.Broken`), and what was wrong.

    `rest` holds what could be read of broken blocks, the clauses with a mistake left out: for further findings only.
    """

    file: str
    text: str
    blocks: tuple[tree.Block, ...]
    diagnostics: tuple[Diagnostic, ...]
    rest: tuple[tree.Block, ...] = ()


def parse(file: str, text: str) -> Parsed:
    """Parse one file. `file` is the path as people write it; it goes into every span."""
    page = Page(file, text)
    if len(text) > MOST_BYTES or len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        return Parsed(file, text, (), (_too_long(page),))
    scanned = scan(page)
    if len(scanned.lexemes) > MOST_TOKENS:
        return Parsed(file, text, (), (_too_many(page, scanned.lexemes),))
    blocks: list[tree.Block] = []
    rest: list[tree.Block] = []
    found: list[Diagnostic] = []
    pieces = list(_cut(page, scanned.lexemes))
    if not pieces:
        found += scanned.diagnostics
    slips = _slips_by_piece(scanned.diagnostics, pieces)
    for piece, slip in zip(pieces, slips, strict=True):
        name = describe_block(piece)
        mine = list(slip)
        block: tree.Block | None = None
        if len(found) > MOST_FINDINGS:
            block = _broken(page, piece)  # enough said: teaching costs time, and this text may be hostile
        elif (deep := _too_deep(page, piece)) is not None:
            mine.append(deep)
            block = _broken(page, piece)
        else:
            block, wrong, left = _parse_block(page, piece, scanned.unclosed)
            mine += wrong
            rest += [] if left is None else [left]
        found += (replace(d, block=name) for d in mine)
        if block is not None:
            blocks.append(block)
    return Parsed(file, text, tuple(blocks), tuple(limited(in_reading_order(found))), tuple(rest))


def describe_block(piece: Sequence[Lexeme]) -> str | None:
    """The block in words ("trigger `cart_rescue`"), None for text outside of blocks."""
    keyword = piece[0].text
    if keyword not in BLOCKS:
        return None
    if len(piece) > 1 and piece[1].kind in ("word", "text"):
        return f"{keyword} `{piece[1].value}`"
    return keyword


@cache
def _keywords() -> Mapping[str, str]:
    """Text of a keyword or sign -> its terminal."""
    return {t.pattern.value: t.name for t in tables().lark.terminals if t.name not in _KINDS.values()}


_KINDS = {"word": "WORD", "text": "QUOTED", "number": "DIGITS", "date": "CALENDAR_DAY", "time": "CLOCK"}


def _cut(page: Page, lexemes: Sequence[Lexeme]) -> Iterator[list[Lexeme]]:
    """Runs of tokens, each but perhaps the first beginning with a block keyword, right or misspelt, in column 1."""
    piece: list[Lexeme] = []
    for i, lexeme in enumerate(lexemes):
        begins = lexeme.kind == "word" and page.begins_line(lexeme.start) and _is_block_word(lexeme, lexemes, i)
        if begins and piece:
            yield piece
            piece = []
        piece.append(lexeme)
    if piece:
        yield piece


def _is_block_word(lexeme: Lexeme, lexemes: Sequence[Lexeme], i: int) -> bool:
    if lexeme.text in BLOCKS:
        return True
    if lexeme.text in _keywords() or (i > 0 and lexemes[i - 1].text in ("and", "or", "not", "(", ",", "=", "where")):
        return False
    return nearest(lexeme.text, BLOCKS) is not None or _begins_something(lexemes, i)


def _block_meant(piece: Sequence[Lexeme]) -> str | None:
    """The block that a piece was to be, told from its first word."""
    first, following = piece[0], piece[1:2]
    if first.kind != "word" or not following:
        return None
    if following[0].text == "=":
        return "define"
    foreign = teach.FOREIGN_BLOCKS.get(first.text.casefold()) if following[0].kind in ("word", "text") else None
    return foreign or nearest(first.text, BLOCKS)


def _begins_something(lexemes: Sequence[Lexeme], i: int) -> bool:
    """`audience vip "Very important"`: a word in column 1 that two names or a name and a title follow."""
    following = lexemes[i + 1 : i + 3]
    return (
        len(following) == 2
        and following[0].kind == "word"
        and (following[1].kind == "text" or following[1].text in ("where", "on", "at", "was"))
    )


def _parse_block(
    page: Page, piece: Sequence[Lexeme], unclosed: frozenset[int]
) -> tuple[tree.Block | None, list[Diagnostic], tree.Block | None]:
    """The block, what is wrong with it, and of a broken one what could be read."""
    first = piece[0]
    if first.text in BLOCKS and not page.begins_line(first.start):
        return _broken(page, piece), [teach.not_in_column_1(page.span(first.start, first.end), first.text)], None
    if first.text not in BLOCKS:
        meant = _block_meant(piece)
        if meant == "define" and piece[1].text == "=":
            named = [replace(first, text=meant, value=meant, end=first.start), *piece]
            block, more, rest = _parse_block(page, named, unclosed)
            return block, [teach.define_missing(page.span(first.start, first.end), first.text), *more], rest
        wrong = [teach.no_block(page.span(first.start, first.end), first.text, meant, BLOCKS)]
        if meant not in BLOCKS:
            return None, wrong, None
        piece = [replace(first, text=meant, value=meant), *piece[1:]]
        block, more, rest = _parse_block(page, piece, unclosed)
        return block, wrong + more, rest
    fed = _feed(page, piece)
    if fed.wrong and any(lexeme.start in unclosed for lexeme in piece):
        return _broken(page, piece), [], None  # the open quote swallowed words; what follows from that is not told
    if fed.parsed is None:
        return _broken(page, piece), fed.wrong, None
    built = build(fed.parsed.children[0], page)
    return (built, fed.wrong, None) if fed.whole else (_broken(page, piece), fed.wrong, built)


@dataclass(frozen=True, slots=True)
class _Fed:
    """What became of one block: Lark's tree (None after a mistake that cannot be read over), the mistakes, and whether
    no clause was left out."""

    parsed: Branch | None
    wrong: list[Diagnostic]
    whole: bool = True


def _feed(page: Page, piece: Sequence[Lexeme]) -> _Fed:
    """Drive the tables over one block, reading on behind a mistake whose meaning is clear, else behind its clause."""
    queue = list(piece)
    wrong: list[Diagnostic] = []
    most = min(MOST_PER_BLOCK, 1 + 40_000 // len(piece))  # each mistake costs another way through the block
    state = Way(tables())
    i = 0
    whole = True
    tries = 0  # a lesson may put in what does not fit either
    while True:
        try:
            if i == len(queue):
                return _Fed(state.finish(), wrong, whole)
            _step(state, queue[i])
        except Unexpected:
            # the state has already folded what stood before, so what would have fitted is asked of a fresh one
            state = _state_before(queue, i)
            takes = _words(state.accepts())
            lesson = teach.unexpected(page, queue, i, takes)
            begins = _next_clause(page, queue, i, takes)
            if begins is not None:
                lesson = _unfinished(page, queue, i, begins, lesson)
            again = i > 0 and i < len(queue) and queue[i - 1].start == queue[i].start  # behind a word put in before it
            tries += 1
            if len(wrong) >= most or tries > 2 * MOST_PER_BLOCK or len(queue) > len(piece) + MOST_PER_BLOCK:
                lesson = replace(lesson, go_on=None)
            if lesson.go_on is None:
                wrong += [] if again else [lesson.diagnostic]
                at = i if begins is None else begins
                told = lesson.diagnostic.primary.span.start if begins is None else queue[begins - 1].start
                ends = begins is None and "the end of the block" in takes
                shorter = without_clause(page, queue, at, told, teach.CLAUSES[queue[0].text], complete=ends)
                if shorter is None or len(wrong) > most:
                    return _Fed(None, wrong)
                queue, whole, i = shorter, False, 0
                state = Way(tables())
                continue
            wrong += [] if again else [lesson.diagnostic]
            queue[i - lesson.behind : i + lesson.ahead] = lesson.go_on
            if lesson.behind:
                i -= lesson.behind
                state = _state_before(queue, i)
            continue
        i += 1


def _next_clause(page: Page, queue: Sequence[Lexeme], i: int, takes: frozenset[str]) -> int | None:
    """Where the next clause begins, if the one before it is not complete.

    That is at the token that does not fit, or just before it, where the clause's first word was taken for a name.
    """
    clauses = teach.CLAUSES[queue[0].text]
    if i < len(queue) and begins_clause(page, queue[i], clauses):
        return None if "the end of the block" in takes else i
    for at in range(i - 1, max(i - 3, 2), -1):
        if begins_clause(page, queue[at], clauses):
            state = _state_before(queue, at)
            return at if _terminal(state, queue[at]) == _KINDS["word"] else None
    return None


def _unfinished(page: Page, queue: Sequence[Lexeme], i: int, begins: int, lesson: Lesson) -> Lesson:
    """The lesson, or that the clause before the one at `begins` is not complete, where that says it better."""
    if lesson.diagnostic.code in ("K0100", "K0103") or (begins < i and lesson.go_on is not None):
        takes = _words(_state_before(queue, begins).accepts())
        return Lesson(teach.unfinished(page, queue, begins, takes))
    return lesson


def _state_before(queue: Sequence[Lexeme], i: int) -> Way:
    """The parser's state in front of the token `i`; the tokens before it fit."""
    state = Way(tables())
    for lexeme in queue[:i]:
        _step(state, lexeme)
    return state


def _step(state: Way, lexeme: Lexeme) -> None:
    """Hand one token over, as a keyword where the state can take it as one; raises Unexpected."""
    terminal = _terminal(state, lexeme)
    if terminal is None:
        raise Unexpected
    state.feed(terminal, lexeme)


def _terminal(state: Way, lexeme: Lexeme) -> str | None:
    """As what the state takes a token: a keyword if it can, else the class of the token; None if it does not fit."""
    open_to = state.open_to()
    plain = _KINDS.get(lexeme.kind)
    if lexeme.kind in ("word", "sign"):
        keyword = _keywords().get(lexeme.text)
        if keyword is not None and keyword in open_to and (plain not in open_to or state.takes(keyword)):
            return keyword
    return plain if plain in open_to else None


def _words(terminals: set[str]) -> frozenset[str]:
    """Terminals as people read them: keywords and signs themselves, the rest as `CLASSES` names them."""
    shown = {terminal: text for text, terminal in _keywords().items()}
    return frozenset(shown.get(t) or CLASSES[t] for t in terminals if t in shown or t in CLASSES)


def _broken(page: Page, piece: Sequence[Lexeme]) -> tree.Broken:
    span = page.span(piece[0].start, piece[-1].end)
    name = None
    if len(piece) > 1 and piece[1].kind == "word":
        name = tree.Name(piece[1].text, span=page.span(piece[1].start, piece[1].end))
    return tree.Broken(piece[0].text, name, span=span)


def _slips_by_piece(found: Sequence[Diagnostic], pieces: Sequence[Sequence[Lexeme]]) -> list[list[Diagnostic]]:
    """Which of the scanner's findings lie in which piece (before the second piece begins: the first)."""
    slips: list[list[Diagnostic]] = [[] for _ in pieces]
    k = 0
    for finding in found if pieces else ():
        while k + 1 < len(pieces) and pieces[k + 1][0].start <= finding.primary.span.start:
            k += 1
        slips[k].append(finding)
    return slips


def _too_long(page: Page) -> Diagnostic:
    return Diagnostic(
        "K0190",
        f"the file is longer than {MOST_BYTES // 1024} kB",
        Label(page.span(0, 0), "not read"),
        help=("split it: any number of files share one name space",),
    )


def _too_many(page: Page, lexemes: Sequence[Lexeme]) -> Diagnostic:
    one = lexemes[MOST_TOKENS]
    return Diagnostic(
        "K0191",
        f"the file has more than {MOST_TOKENS} words and signs",
        Label(page.span(one.start, one.end), "one too many"),
        help=("split it: any number of files share one name space",),
    )


def _too_deep(page: Page, piece: Sequence[Lexeme]) -> Diagnostic | None:
    """A finding where parentheses and `not`s nest deeper than the limit."""
    stack: list[int] = []
    run = closed_over = 0  # `not`s in a row here; levels around this parenthesis
    for lexeme in piece:
        if lexeme.kind == "text":
            continue
        match lexeme.text:
            case "not":
                run += 1
            case "(":
                stack.append(run + 1)
                closed_over += run + 1
                run = 0
            case ")" if stack:
                closed_over -= stack.pop()
                run = 0
            case _:
                run = 0
        if closed_over + run > MOST_DEPTH:
            return Diagnostic(
                "K0192",
                f"this nests deeper than {MOST_DEPTH} levels",
                Label(page.span(lexeme.start, lexeme.end), "one level too many"),
                help=("give a part a name: `define NAME = ...`",),
            )
    return None


def limited(found: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Findings in reading order, at most `MOST_FINDINGS` of each file, then a note that there are more."""
    kept: list[Diagnostic] = []
    for file in dict.fromkeys(one.primary.span.file for one in found):
        mine = [one for one in found if one.primary.span.file == file and one.code != "K0193"]
        kept += mine[:MOST_FINDINGS]
        cut = [one for one in found if one.primary.span.file == file and one.code == "K0193"]
        if len(mine) > MOST_FINDINGS:
            summary = "there are more mistakes in this file, mend these first"
            cut = [Diagnostic("K0193", summary, Label(mine[MOST_FINDINGS].primary.span, "the next one"))]
        kept += cut[:1]
    return kept
