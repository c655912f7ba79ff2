"""From a plan that was written down to what is active: is it still this change, approved, on what is active, and does
it still move as many people?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.review.report import SMALL, VERSION, Report, told

MOST_BYTES = 20_000_000


class NoPlan(Exception):
    """A file that holds no plan; the text is for people."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What is read of a plan that was written down. `counts`: (kind of block, name, part) -> how many people are in
    after the change, come, go; a count below 10 is None. `counted`: whether there are any."""

    base: str
    base_hash: str
    head: str
    head_hash: str
    counts: Mapping[tuple[str, str, str], tuple[int | None, int | None, int | None]]
    counted: bool


def read_plan(path: Path) -> Planned:
    """The plan of a file that `kadenz plan --out` wrote. Raises NoPlan."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise NoPlan(f"{path} is too large for a plan")
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise NoPlan(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from error
    except (ValueError, RecursionError) as error:
        raise NoPlan(f"{path} is no plan: `kadenz plan --out {path.name}` writes one") from error
    try:
        if data["version"] != VERSION:
            raise NoPlan(f"{path} is a plan of another version of Kadenz ({data['version']}): make it again")
        return Planned(
            base=_text(data["base"]["commit"]),
            base_hash=_text(data["base"]["definition_hash"]),
            head=_text(data["head"]["commit"]),
            head_hash=_text(data["head"]["definition_hash"]),
            counts=dict(_counts(data["blocks"])),
            counted=data["snapshot"] is not None,
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise NoPlan(f"{path} is no plan: `kadenz plan --out {path.name}` writes one") from error


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _counts(blocks: Any) -> Iterator[tuple[tuple[str, str, str], tuple[int | None, int | None, int | None]]]:
    for block in blocks:
        for one in block["people"]:
            key = _text(block["what"]), _text(block["name"]), _text(one["part"])
            yield key, (_count(one["after"]), _count(one["entered"]), _count(one["left"]))


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) else None


def outside(planned: Planned, report: Report, band: int) -> Iterator[str]:
    """The counts of `report`, made now, that differ by more than `band` (millionths) from the planned ones, in words.
    Of two counts below 10 none differs."""
    for block in report.blocks:
        for one in block.people:
            before = planned.counts.get((block.what, block.name, one.part))
            if before is None:
                continue
            for what, then, now in zip(
                ("in it", "come", "go"), before, (one.after, one.entered, one.left), strict=True
            ):
                if now is None or not _differs(then, now, band):
                    continue
                yield f"{block.what} {block.name}: people who {_words(what)}: {_shown(then)} -> {told(now)}"


def _words(what: str) -> str:
    return "are in it" if what == "in it" else what


def _shown(count: int | None) -> str:
    return f"under {SMALL}" if count is None else told(count)


def _differs(then: int | None, now: int, band: int) -> bool:
    if then is None:
        return now >= 2 * SMALL
    if then < SMALL and now < SMALL:
        return False
    return abs(now - then) * 1_000_000 > band * max(then, SMALL)
