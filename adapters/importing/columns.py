"""Which column fills which slot: by name without case, spaces and underscores, then by `--map` and `--set`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from adapters.importing.places import clashes
from adapters.importing.targets import Problem, Slot, Target


@dataclass(frozen=True, slots=True)
class Filled:
    """A slot with the column that fills it (its position), or a constant text."""

    slot: Slot
    column: int | None
    constant: str | None = None


@dataclass(frozen=True, slots=True)
class Mapped:
    """The outcome of mapping. `unmapped`: columns that fill nothing."""

    filled: tuple[Filled, ...]
    unmapped: tuple[str, ...]
    problems: tuple[Problem, ...]


def fold(name: str) -> str:
    """A name as it is compared: NFKC, letters and digits alone, without case."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold())


def map_columns(
    columns: Sequence[str], target: Target, maps: Sequence[tuple[str, str]], constants: Mapping[str, str]
) -> Mapped:
    """Fill the slots of the target. `maps`: (column, slot) as the user gave them; a column may fill several slots, an
    empty slot name leaves the column out. `constants`: slot -> one text for every row."""
    problems: list[Problem] = []
    names = [fold(c) for c in columns]
    for name in sorted({n for n in names if n and names.count(n) > 1}):
        twins = " and ".join(f"`{c}`" for c in columns if fold(c) == name)
        problems.append(Problem(f"the header names {twins}", "give each column a name of its own"))
    chosen: dict[str, Filled] = {}
    used: set[int] = set()
    for column, wanted in maps:
        place = _column(column, columns)
        if isinstance(place, Problem):
            problems.append(place)
            continue
        used.add(place)
        if not wanted:
            continue
        slot = _slot(wanted, target)
        if isinstance(slot, Problem):
            problems.append(slot)
        elif slot.name in chosen:
            problems.append(Problem(f"two columns are mapped to `{slot.shown}`", "leave one of them out"))
        else:
            chosen[slot.name] = Filled(slot, place)
    for wanted, text in constants.items():
        slot = _slot(wanted, target)
        if isinstance(slot, Problem):
            problems.append(slot)
        elif slot.name in chosen:
            problems.append(Problem(f"`{slot.shown}` is both mapped and set", "leave one of them out"))
        else:
            chosen[slot.name] = Filled(slot, None, text)
    explicit = frozenset(chosen)
    # names before aliases, so that a property `time` is never taken for the event's instant
    for slot in target.slots:
        _take(slot, (slot.shown,), names, chosen, used)
    for slot in target.slots:
        _take(slot, slot.aliases, names, chosen, used)
    drop, wrong = clashes(chosen, explicit)
    problems += [Problem(sentence, "name one column, or both of latitude and longitude") for sentence in wrong]
    for name in drop:
        left = chosen.pop(name).column
        if left is not None and all(f.column != left for f in chosen.values()):
            used.discard(left)
    for slot in target.slots:
        if slot.needed and slot.name not in chosen:
            seen = ", ".join(f"`{c}`" for c in columns[:12])
            problems.append(
                Problem(
                    f"no column for `{slot.shown}`, which {target.label} needs",
                    f"name one of {seen} with --map COLUMN={slot.shown}, or give one value for all rows"
                    f" with --set {slot.shown}=VALUE",
                )
            )
    unmapped = tuple(c or f"column {n + 1}" for n, c in enumerate(columns) if n not in used)
    # in the order of the file, constants last
    ordered = sorted(chosen.values(), key=lambda f: len(columns) if f.column is None else f.column)
    return Mapped(tuple(ordered), unmapped, tuple(problems))


def _take(slot: Slot, words: Sequence[str], names: Sequence[str], chosen: dict[str, Filled], used: set[int]) -> None:
    if slot.name in chosen:
        return
    for word in words:
        folded = fold(word)
        place = next((n for n, name in enumerate(names) if name == folded and n not in used), None)
        if place is not None:
            chosen[slot.name] = Filled(slot, place)
            used.add(place)
            return


def _column(name: str, columns: Sequence[str]) -> int | Problem:
    exact = [n for n, c in enumerate(columns) if c == name] or [
        n for n, c in enumerate(columns) if fold(c) == fold(name)
    ]
    if exact:
        return exact[0]
    close = get_close_matches(name, columns, 1)
    return Problem(
        f"the file has no column `{name}`",
        f"did you mean `{close[0]}`" if close else "it has " + ", ".join(f"`{c}`" for c in columns[:12]),
    )


def _slot(name: str, target: Target) -> Slot | Problem:
    by_name = {s.name: s for s in target.slots} | {s.shown: s for s in reversed(target.slots)}
    if name in by_name:
        return by_name[name]
    folded = [s for s in target.slots if fold(name) in {fold(s.shown), *map(fold, s.aliases)}]
    if folded:
        return folded[0]
    shown = [s.shown for s in target.slots]
    close = get_close_matches(name, shown, 1)
    advice = f"did you mean `{close[0]}`" if close else "it takes " + ", ".join(f"`{s}`" for s in shown[:12])
    return Problem(f"{target.label} has no field `{name}`", advice + ", or let `kadenz schema infer` add it")
