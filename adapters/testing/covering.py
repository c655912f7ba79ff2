"""Coverage, told: which clause never decided, which boundary nobody stood at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from adapters.cli.workspace import table
from engine.coverage import Covered, share


def percent(found: Sequence[Covered]) -> float:
    """How much was seen, in percent with one place, cut; a project with nothing to see is whole."""
    seen, whole = share(found)
    return 100.0 if whole == 0 else seen * 1000 // whole / 10


def as_text(found: Sequence[Covered], texts: Mapping[str, str]) -> str:
    """One line of figures, then what is missing, file by file."""
    seen, whole = share(found)
    lines = [f"coverage: {seen} of {whole} ({percent(found):g} %) answers of clauses and boundaries seen"]
    missing = [one for one in found if one.missing]
    for file in dict.fromkeys(one.item.span.file for one in missing):
        lines.append(f"  {file}")
        mine = sorted((one for one in missing if one.item.span.file == file), key=lambda one: one.item.span.start)
        lines.append(table([(o.item.span.line, o.item.block, told(o, texts)) for o in mine], indent="    ", right=(0,)))
    return "\n".join(lines)


def told(one: Covered, texts: Mapping[str, str]) -> str:
    """What was not seen of it, in a few words."""
    item = one.item
    clause = " ".join(item.span.text(texts[item.span.file]).split())
    if item.kind == "boundary":
        ends = [
            _nearest(away, side)
            for away, side in zip(one.nearest, ("above or inside", "below or outside"), strict=True)
        ]
        where = "" if item.text in clause else f" of `{clause}`"
        return f"{item.text}{where}: never seen on both sides (nearest: {', '.join(ends)})"
    if item.answers == ("yes", "no"):
        if len(one.missing) == 2:
            return f"`{clause}`: never decided"
        return f"`{clause}`: never decided {one.missing[0]}"
    never = " and never ".join({"gave none": "gave nothing"}.get(answer, answer) for answer in one.missing)
    never = never.replace("did not fire", "seen not firing")
    return f"`{item.text or clause}`: never {never}"


def _nearest(away: float | None, side: str) -> str:
    return f"nobody {side}" if away is None else f"{away:.3g} {side}"


def as_json(found: Sequence[Covered], texts: Mapping[str, str]) -> dict[str, Any]:
    """The figures and every clause and boundary."""
    seen, whole = share(found)
    return {
        "seen": seen,
        "of": whole,
        "percent": percent(found),
        "items": [
            {
                "kind": one.item.kind,
                "block": one.item.block,
                "file": one.item.span.file,
                "line": one.item.span.line,
                "clause": " ".join(one.item.span.text(texts[one.item.span.file]).split()),
                "boundary": one.item.text if one.item.kind == "boundary" else None,
                "seen": list(one.seen),
                "missing": list(one.missing),
                "nearest": list(one.nearest) if one.item.kind == "boundary" else None,
            }
            for one in found
        ],
    }
