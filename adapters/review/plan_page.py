"""A plan as one HTML page that needs nothing else: no script, nothing from the network. All text is escaped by Jinja,
and counts are told as everywhere in a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from adapters.review.report import SMALL, Block, People, Report, count_line, signed, told
from adapters.review.text import (
    again_words,
    clause_words,
    example_words,
    forecast_tables,
    gate_words,
    sections,
    stage_rows,
    who_may,
)
from adapters.review.volumes import Row, Volumes
from adapters.review.volumes_page import chart

WIDEST = 320
"""Pixels of the longest bar of people."""


@dataclass(frozen=True, slots=True)
class Bars:
    """A part of a block: words, and the widths (pixels) of who stays, comes and goes."""

    part: str
    words: str
    moved: str
    stay: int
    come: int
    go: int


def page(report: Report) -> str:
    """The page."""
    text = files("adapters.review").joinpath("plan.html").read_text(encoding="utf-8")
    made = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.globals |= {
        "told": told,
        "gate_words": gate_words,
        "who_may": who_may,
        "clause_words": clause_words,
        "example_words": example_words,
    }
    most = max((max(_known(one.before), _known(one.after)) for b in report.blocks for one in b.people), default=0)
    return made.from_string(text).render(
        report=report,
        title=count_line(report),
        again=[again_words(one) for one in report.again],
        blocks=[(block, _bars(block, max(most, 1))) for block in report.blocks],
        matrices=[(one.score, stage_rows(one)) for one in report.stages],
        chart=None if report.forecast is None else chart(_coarse(report.forecast), shown=_shown),
        tables=[] if report.forecast is None else list(forecast_tables(report.forecast)),
        sections=list(sections(report)),
    )


def _bars(block: Block, most: int) -> Sequence[Bars]:
    return [_bar(one, most) for one in block.people]


def _bar(one: People, most: int) -> Bars:
    def wide(count: int) -> int:
        return round(WIDEST * _level(count) / most)

    whole = one.part in ("members", "score")
    none = "none" if whole else "everybody"
    before, after = (none if count is None else told(count) for count in (one.before, one.after))
    words = f"{before} → {after}"
    moved = f"{signed(one.entered, '+')} come, {signed(one.left, '-')} go"
    stay = max(_known(one.after) - one.entered, 0)
    return Bars(one.part, words, moved, wide(stay), wide(one.entered), wide(one.left))


def _known(count: int | None) -> int:
    return 0 if count is None else count


def _level(count: int) -> int:
    """A count for a bar: small ones look all the same."""
    return SMALL // 2 if 0 < count < SMALL else count


def _coarse(found: Volumes) -> Volumes:
    from dataclasses import replace

    return replace(found, days=[Row(row.keys, tuple(map(_level, row.counts))) for row in found.days])


def _shown(count: int) -> str:
    return told(count)
