"""What a template consists of, once it has passed the gate: letters, shown values and choices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Root = Literal["contact", "event", "offer", "stage", "unsubscribe"]
ROOTS: tuple[Root, ...] = ("contact", "event", "offer", "stage")
"""What stands before the dot of a value. `unsubscribe` stands alone."""

UNSUBSCRIBE = "unsubscribe"
"""The address at which the reader says that no more should come."""


@dataclass(frozen=True, slots=True)
class Use:
    """A value that a template reads, and its form: "" (as people write it), "date", "date long" or "money"."""

    root: Root
    name: str
    form: str = ""

    def __str__(self) -> str:
        return f"{self.root}.{self.name}" if self.name else self.root


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A value at one place of the text: `start` and `end` are offsets. `shown`: printed (else tested in an `if`).
    `safe`: a default stands beside it or an `if` around it. `compared`: the constants it is compared with."""

    use: Use
    start: int
    end: int
    shown: bool
    safe: bool
    url: bool = False
    compared: tuple[str | int | bool, ...] = ()
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Letters:
    """Literal text of the template."""

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A printed value; None: a printed constant."""

    occurrence: Occurrence | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Choice:
    """An `if`: exactly one of the branches appears."""

    branches: tuple[tuple[Piece, ...], ...]
    start: int


Piece = Letters | Shown | Choice


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a template cannot pass; offsets into its text."""

    code: Literal["K0921", "K0922"]
    summary: str
    start: int
    end: int
    help: tuple[str, ...] = ()
