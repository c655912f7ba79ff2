"""Points: written in one cell (`47.3769, 8.5417`), or in two columns, one for each of latitude and longitude.

Two columns fill the slots `FIELD.latitude` and `FIELD.longitude`; a row puts them together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, MutableMapping
from decimal import Decimal

from adapters.importing.numbers import parse_number
from dsl.places import DIGITS, point_text
from dsl.schema import Field
from dsl.types import Numeric, Point, Stored

DEGREES = Numeric("degrees", 10**DIGITS)
"""The type of the two slots: more digits than a point keeps are rounded, not refused."""

HALVES = ("latitude", "longitude")
WORDS: Mapping[str, tuple[str, ...]] = {
    "latitude": ("latitude", "lat", "breitengrad", "geo_lat"),
    "longitude": ("longitude", "lon", "lng", "long", "längengrad", "laengengrad", "geo_lon", "geo_lng"),
}
"""What files call the two."""

OUTSIDE = "lies outside the earth: latitude up to 90, longitude up to 180"


def halves(fields: Iterable[Field]) -> list[tuple[str, tuple[str, ...]]]:
    """(slot, other names of it) for each half of each point. `lat` alone names that of the only one."""
    points = [one.name for one in fields if isinstance(one.type, Point)]
    found = []
    for name in points:
        for half in HALVES:
            alone = WORDS[half] if len(points) == 1 else ()
            found.append((f"{name}.{half}", (*(f"{name}_{word}" for word in WORDS[half]), *alone)))
    return found


def point_of(slot: str) -> str | None:
    """The point that a slot is a half of; no name of a schema has a dot."""
    name, dot, _ = slot.partition(".")
    return name if dot else None


def clashes(chosen: Collection[str], explicit: Collection[str]) -> tuple[set[str], list[str]]:
    """(slots to leave out, what is wrong in a sentence): a point comes from one column or from two, and both of them.
    What the user said himself rules over what a name suggests."""
    drop: set[str] = set()
    wrong: list[str] = []
    for name in dict.fromkeys(point for slot in chosen if (point := point_of(slot)) is not None):
        both = [f"{name}.{half}" for half in HALVES]
        filled = [slot for slot in both if slot in chosen]
        said = [slot for slot in filled if slot in explicit]
        if name in chosen and said and name not in explicit:
            drop.add(name)
        elif name in chosen and said:
            wrong.append(f"`{name}` is filled by a column of its own and by `{said[0]}`")
        elif name in chosen or (len(filled) == 1 and not said):
            drop.update(filled)
        if len(filled) == 1 and said:
            lacking = next(slot for slot in both if slot not in filled)
            wrong.append(f"`{said[0]}` needs `{lacking}` beside it")
    return drop, wrong


def together(name: str, values: MutableMapping[str, Stored]) -> str | None:
    """Put the halves of a point together in the values of a row; what is wrong with them, if anything is."""
    slots = [f"{name}.{half}" for half in HALVES]
    if not any(slot in values for slot in slots):
        return None
    north, east = (values.pop(slot, None) for slot in slots)
    if (north is None) != (east is None):
        return f"has a {HALVES[north is None]} and no {HALVES[north is not None]}"
    if north is None or east is None:
        values[name] = None
        return None
    point = point_text(*(Decimal(int(part)).scaleb(-DIGITS) for part in (north, east)))
    if point is None:
        return OUTSIDE
    values[name] = point
    return None


def degrees_of(text: str) -> tuple[Decimal, Decimal] | None:
    """Latitude and longitude in one cell; None where it holds no two numbers. A semicolon, or a blank alone, may set
    them apart; then a comma is a decimal one."""
    bare = text.strip().strip("()[]").strip()
    words = bare.split()
    if ";" in bare:
        parts = [part.strip().replace(",", ".") for part in bare.split(";")]
    elif len(words) == 2 and not words[0].endswith(","):
        parts = [part.replace(",", ".") for part in words]
    else:
        parts = [part.strip() for part in bare.split(",")]
    numbers = [parse_number(part, None, literal=True) for part in parts]
    if len(numbers) != 2 or numbers[0] is None or numbers[1] is None:
        return None
    return numbers[0], numbers[1]
