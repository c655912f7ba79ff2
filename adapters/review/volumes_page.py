"""A replay as one HTML page that needs nothing else: bars by day, and the tables. All text is escaped by Jinja."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined

from adapters.review.volumes import Row, Volumes

WIDTH, HEIGHT, BAND = 900, 220, 26
"""Of the chart, in pixels: at most so wide, so high, and so wide for each day."""


def page(found: Volumes, project: str) -> str:
    """The page."""
    text = files("adapters.review").joinpath("volumes.html").read_text(encoding="utf-8")
    made = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return made.from_string(text).render(project=project, found=found, chart=chart(found), tables=list(_tables(found)))


def _tables(found: Volumes) -> list[tuple[str, list[str], list[Row]]]:
    return [
        ("Messages and notices", ["trigger", "channel"], list(found.messages)),
        ("Not sent, as it stood at the end", ["trigger", "outcome", "by"], list(found.ended)),
        ("People whom a cap stopped or delayed", ["cap"], list(found.capped)),
        ("Held by quiet hours and left at once (greatest)", ["at"], list(found.releases)),
        ("By day", ["day"], list(found.days)),
    ]


def chart(found: Volumes, shown: Callable[[int], str] = "{:,}".format) -> dict[str, Any]:
    """Bars by day, one for each version beside each other, with a scale that ends above the greatest. `shown`: a count
    in words."""
    most = max((n for row in found.days for n in row.counts), default=0) or 1
    each = max(BAND, 12 * len(found.versions) + 6)
    wide = max(min(WIDTH, 60 + each * len(found.days)), 60 + 6 * len(found.days))
    step = (wide - 60) / max(len(found.days), 1)
    bars = []
    for number, row in enumerate(found.days):
        for version, count in enumerate(row.counts):
            high = (HEIGHT - 50) * count / most
            width = max((step - 4) / len(row.counts), 1)
            bars.append(
                {
                    "x": round(55 + number * step + version * width, 1),
                    "y": round(HEIGHT - 30 - high, 1),
                    "width": round(width - 1, 1),
                    "height": round(high, 1),
                    "version": version,
                    "title": f"{row.keys[0]}, {found.versions[version]}: {shown(count)}",
                }
            )
    apart = max(1, round(70 / step))
    labels = [
        {"x": round(55 + n * step, 1), "text": row.keys[0][5:]} for n, row in enumerate(found.days) if n % apart == 0
    ]
    return {"width": wide, "height": HEIGHT, "most": shown(most), "bars": bars, "labels": labels}
