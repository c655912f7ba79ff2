"""What the proofs counted: with `KADENZ_FIGURES=FILE` it is kept, for docs/guarantees.md, and long ones tell how far
they are."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Count = Callable[..., None]
Progress = Callable[[str], None]


@pytest.fixture
def progress(request: pytest.FixtureRequest) -> Progress:
    """Tell people how far a long proof is; in the short form nothing is told."""
    capture = request.config.pluginmanager.getplugin("capturemanager")

    def tell(text: str) -> None:
        if os.environ.get("KADENZ_LONG"):
            with capture.global_and_fixture_disabled():
                sys.stdout.write(f"\n  .. {text}")
                sys.stdout.flush()

    return tell


@pytest.fixture
def count(request: pytest.FixtureRequest) -> Count:
    """Add to the figures of a proof: `count("kills", killed=50, twice=0)`."""
    path = os.environ.get("KADENZ_FIGURES")

    def add(proof: str, **figures: int) -> None:
        if path is None:
            return
        file = Path(path)
        kept: dict[str, dict[str, int]] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        mine = kept.setdefault(proof, {})
        for name, number in figures.items():
            mine[name.replace("_", " ")] = mine.get(name.replace("_", " "), 0) + number
        file.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")

    return add
