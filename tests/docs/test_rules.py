"""docs/rules.md: every function and every case that it names exists."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from types import ModuleType

import pytest

from tests.cases.folder import HERE, folders
from tests.cases.mistakes import mistakes

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in PAGE.splitlines()
    if line.startswith("| ") and not line.startswith(("| rule |", "|---"))
]


def named(cell: str) -> list[str]:
    found = re.findall(r"`([^`]+)`", cell)
    assert found, cell
    assert " ".join(f"`{name}`" for name in found) == cell, f"names in backticks alone: {cell}"
    return found


def resolved(name: str) -> object:
    """The module, class or function that a name of the page means. Raises AttributeError or ImportError."""
    path = name.split(".") if name.startswith(("dsl.", "adapters.")) else ["engine", *name.split(".")]
    found: object = None
    for n in range(len(path), 0, -1):
        try:
            found = importlib.import_module(".".join(path[:n]))
        except ModuleNotFoundError:
            continue
        for part in path[n:]:
            found = getattr(found, part)
        return found
    raise ImportError(name)


def test_the_page_has_rules_of_every_part() -> None:
    assert len(ROWS) >= 120
    assert all(len(row) == 3 for row in ROWS), [row for row in ROWS if len(row) != 3]
    assert len({row[0] for row in ROWS}) == len(ROWS)
    assert re.findall(r"^## (§\d)", PAGE, re.MULTILINE) == ["§4", "§5", "§5", "§5", "§6", "§8"]


@pytest.mark.parametrize("name", sorted({name for row in ROWS for name in named(row[1])}))
def test_it_stands_in_the_code(name: str) -> None:
    found = resolved(name)
    assert callable(found) or isinstance(found, ModuleType)


@pytest.mark.parametrize("name", sorted({name for row in ROWS for name in named(row[2])}))
def test_it_is_shown(name: str) -> None:
    cases = {str(path.relative_to(HERE)) for path in folders()} | {held.name for held in mistakes()}
    assert name in cases or (name.startswith("tests/") and (ROOT / name).is_file())


def test_what_does_not_exist_is_noticed() -> None:
    for name in ("interpret.Reader.nothing", "nothing", "dsl.nothing", "adapters.importing.nothing.at_all"):
        with pytest.raises((AttributeError, ImportError)):
            resolved(name)
