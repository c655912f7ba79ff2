"""Results as a picture: SVG written by hand, because a drawing library would weigh fifty times what it draws.

Above, a bar for each figure with a target: how far it is on its side of the target, on a logarithmic scale. Below, how
time and memory grow with the number of contacts, both axes logarithmic.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from math import ceil, floor, log10
from typing import Any

WIDTH, BAR, LEFT, PLOT = 960, 24, 400, 260
GOOD, BAD, GREY = "#2f7d4f", "#b3402a", "#8a8a8a"
COLOURS = ("#2b5d8a", "#c07a1e", "#2f7d4f", "#7a4a8c", "#b3402a", "#5b5b5b")
STYLE = "text{font:13px system-ui,sans-serif;fill:#222}.s{font-size:11px;fill:#555}.h{font-size:15px;font-weight:600}"

Row = Mapping[str, Any]


def svg(results: Mapping[str, Any]) -> str:
    """The picture as text."""
    rows = results["figures"]
    asked = [row for row in rows if row["target"] and row["met"] is not None and margin(row)]
    parts, y = _bars(asked, 34) if asked else ([], 10)
    for unit, title in (("s", "seconds of one evaluation"), ("MB", "memory of one evaluation, MB")):
        lines: dict[str, list[tuple[int, float]]] = {}
        for row in rows:
            if row["line"] and row["unit"] == unit and row["figure"]:
                lines.setdefault(row["line"][0], []).append((row["line"][1], row["figure"]))
        if any(len(points) > 1 for points in lines.values()):
            parts += _growth(title, lines, y + 20)
            y += PLOT + 90
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y + 10}" width="{WIDTH}" height="{y + 10}">'
    return "\n".join(
        [head, f"<style>{STYLE}</style>", '<rect width="100%" height="100%" fill="#fff"/>', *parts, "</svg>", ""]
    )


def margin(row: Row) -> float | None:
    """How many times better than its target a row is; under 1 it misses it."""
    kind, number = row["target"].split()[1], float(row["target"].split()[2])
    found = row["figure"] if len(row["target"].split()) > 3 else row["ratio"]
    if not found or not number:
        return None
    return float(number / found if kind == "most" else found / number)


def _text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" class="{kind}" text-anchor="{anchor}">{escape(words)}</text>'


def _bars(rows: Sequence[Row], y: int) -> tuple[list[str], int]:
    margins = [margin(row) or 1 for row in rows]
    low, high = min(*margins, 0.5), max(*margins, 2)
    room = WIDTH - LEFT - 120

    def x(value: float) -> float:
        return LEFT + room * (log10(value) - log10(low)) / (log10(high) - log10(low))

    parts = [_text(10, 22, "Targets: a bar to the right is better than asked", "h")]
    for row, value in zip(rows, margins, strict=True):
        begin, end = sorted((x(1), x(value)))
        colour = GOOD if row["met"] else BAD
        said = f"{row['figure'] if len(row['target'].split()) > 3 else row['ratio']:g}, {row['target']}"
        parts.append(_text(LEFT - 10, y + 16, row["name"][:62], "", "end"))
        parts.append(
            f'<rect x="{begin:.0f}" y="{y + 4}" width="{max(end - begin, 2):.0f}" height="{BAR - 8}" fill="{colour}"/>'
        )
        parts.append(_text(max(end, x(1)) + 6, y + 16, said, "s"))
        y += BAR
    parts.append(f'<line x1="{x(1):.0f}" x2="{x(1):.0f}" y1="30" y2="{y}" stroke="#222"/>')
    return parts, y


def _growth(title: str, lines: Mapping[str, Sequence[tuple[int, float]]], y: int) -> list[str]:
    every = [point for points in lines.values() for point in points]
    left, right = floor(log10(min(n for n, _ in every))), ceil(log10(max(n for n, _ in every)))
    low, high = floor(log10(min(v for _, v in every))), ceil(log10(max(v for _, v in every)))
    right, high = max(right, left + 1), max(high, low + 1)
    wide, x0, y0 = WIDTH - 330, 80, y + 20

    def at(n: float, value: float) -> tuple[float, float]:
        return (
            x0 + wide * (log10(n) - left) / (right - left),
            y0 + PLOT * (1 - (log10(value) - low) / (high - low)),
        )

    parts = [_text(10, y, title, "h")]
    for power in range(low, high + 1):
        _, height = at(10**left, 10.0**power)
        parts.append(f'<line x1="{x0}" x2="{x0 + wide}" y1="{height:.0f}" y2="{height:.0f}" stroke="#ddd"/>')
        parts.append(_text(x0 - 8, height + 4, f"{10.0**power:g}", "s", "end"))
    for power in range(left, right + 1):
        across, _ = at(10**power, 10.0**low)
        parts.append(f'<line x1="{across:.0f}" x2="{across:.0f}" y1="{y0}" y2="{y0 + PLOT}" stroke="#ddd"/>')
        parts.append(_text(across, y0 + PLOT + 18, f"{10**power:,}", "s", "middle"))
    parts.append(_text(x0 + wide / 2, y0 + PLOT + 36, "contacts", "s", "middle"))
    for number, (name, points) in enumerate(lines.items()):
        colour = COLOURS[number % len(COLOURS)]
        places = [at(*point) for point in sorted(points)]
        path = " ".join(f"{a:.0f},{b:.0f}" for a, b in places)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{a:.0f}" cy="{b:.0f}" r="3" fill="{colour}"/>' for a, b in places]
        parts.append(f'<rect x="{x0 + wide + 14}" y="{y0 + 20 * number}" width="12" height="12" fill="{colour}"/>')
        parts.append(_text(x0 + wide + 32, y0 + 20 * number + 11, name, "s"))
    return parts
