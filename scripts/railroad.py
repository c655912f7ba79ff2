"""Draws the grammar as a picture, `docs/grammar.svg`: `python -m scripts.railroad`, after `dsl/grammar.lark` changed.

One row for each alternative of a rule, in the order of the grammar's file. Rounded boxes are written as they stand,
square ones are rules (in the file itself they lead to them). Small helper rules are drawn where they are used.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any, assert_never

import railroad

from scripts.grammar_shape import Alt, Keyword, Many, Maybe, Ref, Rule, Seq, Shape, read

ROOT = Path(__file__).resolve().parents[1]
GRAMMAR = ROOT / "dsl" / "grammar.lark"
PICTURE = ROOT / "docs" / "grammar.svg"

WIDTH = 1240
GAP = 26
MOST_INLINE = 3

INLINE = frozenset(
    {
        "start",
        "expr",
        "operand",
        "was",
        "same",
        "with_",
        "tagged",
        "per",
        "signed",
        "including",
        "from_category",
        "owner",
    }
)
"""Helpers that are drawn where they are used, besides those of a few words and the lists of clauses."""

SAID = {
    "any_of": "condition",
    "all_of": "all of",
    "arithmetic": "value",
    "simple": "simple value",
    "factor": "number or value",
    "head": "name and title",
    "cmp": "comparison",
    "options": "list of values",
    "path": "field or column",
    "aggregate_word": "kind of sum",
    "field": "field",
    "WORD": "letters, digits and _",
    "QUOTED": '"between straight quotes"',
    "DIGITS": "1_234.50",
    "CALENDAR_DAY": "2026-11-22",
    "CLOCK": "09:00",
}
"""What rules and tokens are called where their own name says little."""

LEGEND = (
    "The grammar of the playbook language, drawn from dsl/grammar.lark.",
    "Read along the line, from left to right. Yellow is written as it stands, blue is drawn under its own name, "
    "grey is an example.",
)

STYLE = """
svg { background: white; }
path { stroke-width: 2; stroke: #555; fill: none; }
text { font: 14px 'DejaVu Sans Mono', Menlo, Consolas, monospace; text-anchor: middle; fill: #111; }
rect { stroke-width: 1.5; stroke: #5b7fa6; fill: #eef4fb; }
g.terminal rect { stroke: #b5892b; fill: #fdf5e0; }
g.terminal text { font-weight: bold; }
g.sample rect { stroke: #888; fill: #f4f4f4; }
text.legend { font: 14px 'DejaVu Sans', Helvetica, Arial, sans-serif; text-anchor: start; fill: #444; }
text.part { font: bold 26px 'DejaVu Sans', Helvetica, Arial, sans-serif; text-anchor: start; }
text.rule { font: bold 16px 'DejaVu Sans', Helvetica, Arial, sans-serif; text-anchor: start; fill: #23527c; }
text.row { font: 12px 'DejaVu Sans', Helvetica, Arial, sans-serif; text-anchor: start; fill: #777; }
"""


@dataclass(frozen=True, slots=True)
class Cell:
    """A drawing with a line of text above it. `anchor` is the rule that it defines, if it is all of it."""

    label: str
    kind: str
    anchor: str
    drawing: Any

    @property
    def width(self) -> float:
        """In pixels, label included."""
        return max(float(self.drawing.attrs["width"]), len(self.label) * 9.5)

    @property
    def up(self) -> float:
        """Pixels above the line that the drawing begins with."""
        return float(self.drawing.up)

    @property
    def height(self) -> float:
        """In pixels, label included."""
        return float(self.drawing.attrs["height"]) + 20


def said(name: str) -> str:
    """A rule's name for people."""
    return SAID.get(name, name.rstrip("_").replace("_", " "))


def inlined(rule: Rule) -> bool:
    """Whether a rule is drawn where it is used, instead of by itself."""
    few = len(rule.alternatives) <= MOST_INLINE and all(_words_only(shape) for _, shape in rule.alternatives)
    lexical = any(isinstance(shape, Keyword) and shape.text.isupper() for _, shape in rule.alternatives)
    return rule.name in INLINE or rule.name.endswith("_clauses") or (few and not lexical)


def picture(grammar: str) -> str:
    """The whole picture of a grammar's text, as SVG."""
    rules = read(grammar)
    inline = {rule.name: rule for rule in rules if inlined(rule)}
    body: list[str] = []
    y = 40.0
    for line in LEGEND:
        body.append(f'<text class="legend" x="20" y="{y:g}">{escape(line)}</text>')
        y += 20
    for section, own in groupby((rule for rule in rules if rule.name not in inline), key=lambda rule: rule.section):
        y += 40
        body.append(f'<path d="M20 {y - 34:g} h{WIDTH - 40}" style="stroke: #ccc; stroke-width: 1"/>')
        body.append(f'<text class="part" x="20" y="{y:g}">{escape(section)}</text>')
        y += 22
        shelf: list[Cell] = []
        for rule in own:
            cells = list(_cells(rule, inline))
            if len(cells) == 1:
                shelf += cells
                continue
            y = _placed(body, shelf, y)
            shelf = []
            y += 14
            body.append(
                f'<text class="rule" id="{rule.name}" x="20" y="{y:g}">{escape(said(rule.name))}: one of</text>'
            )
            y = _placed(body, cells, y + 10)
        y = _placed(body, shelf, y)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 {WIDTH} {y + 20:g}" width="{WIDTH}" height="{y + 20:g}">\n'
        f"<title>The grammar of the playbook language</title>\n<style>{STYLE}</style>\n"
    )
    return (
        head
        + f'<rect style="fill: white; stroke: none" width="{WIDTH}" height="{y + 20:g}"/>\n'
        + "\n".join(body)
        + "\n</svg>\n"
    )


def _placed(body: list[str], cells: list[Cell], y: float) -> float:
    """Cells in rows from `y` on, as many beside each other as fit; where the next thing may stand."""
    row: list[Cell] = []
    for cell in cells:
        if row and sum(one.width + GAP for one in [*row, cell]) > WIDTH - 40 + GAP:
            y = _row(body, row, y)
            row = []
        row.append(cell)
    return _row(body, row, y) if row else y


def _row(body: list[str], row: list[Cell], y: float) -> float:
    x, up = 20.0, max(cell.up for cell in row)
    for cell in row:
        name = f' id="{cell.anchor}"' if cell.anchor else ""
        body.append(f'<text class="{cell.kind}"{name} x="{x:g}" y="{y + 14:g}">{escape(cell.label)}</text>')
        written: list[str] = []
        cell.drawing.attrs |= {"x": f"{x:g}", "y": f"{y + 18 + up - cell.up:g}"}
        cell.drawing.writeSvg(written.append)
        body.append("".join(written))
        x += cell.width + GAP
    return y + max(up - cell.up + cell.height for cell in row) + 8


def _cells(rule: Rule, inline: dict[str, Rule]) -> Iterator[Cell]:
    """The drawings of a rule: one where all alternatives are words or names, else one an alternative."""
    shapes = [shape for _, shape in rule.alternatives]
    if rule.name == "field":  # that a field may be called `age` or `last` is no part of what people look up here
        shapes = shapes[:1]
    if len(shapes) == 1 or all(isinstance(shape, Keyword | Ref) or _words_only(shape) for shape in shapes):
        yield Cell(said(rule.name), "rule", rule.name, _diagram(_numbers(shapes), inline))
        return
    names = [shape for shape in shapes if isinstance(shape, Ref) and shape.name not in inline]
    if names:
        yield Cell("", "row", "", _diagram(names, inline))
    for label, shape in rule.alternatives:
        if shape not in names:
            yield Cell("" if label == rule.name else said(label), "row", "", _diagram([shape], inline))


def _numbers(shapes: list[Shape]) -> list[Shape]:
    """`day` and `days` as one `day(s)`."""
    words = {shape.text for shape in shapes if isinstance(shape, Keyword)}
    return [
        Keyword(f"{shape.text}(s)") if isinstance(shape, Keyword) and f"{shape.text}s" in words else shape
        for shape in shapes
        if not (isinstance(shape, Keyword) and shape.text[:-1] in words and shape.text.endswith("s"))
    ]


def _diagram(shapes: Sequence[Shape], inline: dict[str, Rule]) -> Any:
    item = _item(shapes[0] if len(shapes) == 1 else Alt(tuple(shapes)), inline)
    return railroad.Diagram(item).format(8, 4, 8, 4)


def _item(shape: Shape, inline: dict[str, Rule]) -> Any:
    match shape:
        case Keyword(text) if text.isupper():
            return railroad.NonTerminal(SAID[text], cls="sample")
        case Keyword(text):
            return railroad.Terminal(text)
        case Ref(name) if name in inline:
            shapes = [shape for _, shape in inline[name].alternatives]
            return _item(shapes[0] if len(shapes) == 1 else Alt(tuple(shapes)), inline)
        case Ref(name):
            return railroad.NonTerminal(said(name), href=f"#{name}")
        case Seq(parts):
            return railroad.Sequence(*(_item(part, inline) for part in _joined(parts)))
        case Alt(parts):
            items = [_item(part, inline) for part in _numbers(list(parts))]
            return items[0] if len(items) == 1 else railroad.Choice(0, *items)
        case Maybe(part):
            return railroad.Optional(_item(part, inline))
        case Many(part):
            return railroad.ZeroOrMore(_item(part, inline))
        case _ as never:
            assert_never(never)


def _joined(parts: tuple[Shape, ...]) -> Iterator[Shape]:
    """Words that stand beside each other as one box: `at least`."""
    for words, group in groupby(parts, key=lambda part: isinstance(part, Keyword) and part.text.isalpha()):
        if words:
            yield Keyword(" ".join(part.text for part in group if isinstance(part, Keyword)))
        else:
            yield from group


def _words_only(shape: Shape) -> bool:
    match shape:
        case Keyword():
            return True
        case Seq(parts):
            return all(isinstance(part, Keyword) for part in parts)
        case Ref() | Alt() | Maybe() | Many():
            return False
        case _ as never:
            assert_never(never)


def main() -> int:
    """Write the picture; with `--check` only say whether it is current (exit 1 if not)."""
    drawn = picture(GRAMMAR.read_text(encoding="utf-8"))
    if "--check" in sys.argv[1:]:
        return int(not PICTURE.is_file() or PICTURE.read_text(encoding="utf-8") != drawn)
    PICTURE.write_text(drawn, encoding="utf-8")
    print(f"wrote {PICTURE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
