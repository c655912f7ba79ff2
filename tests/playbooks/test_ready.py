"""The ready projects are what people start from: they check, lint and lay out clean."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Kadenz, kadenz  # noqa: F401  # the fixture

ROOT = Path(__file__).resolve().parents[2] / "playbooks"


@pytest.mark.parametrize("name", ["start", "loop", "b2b", "shop", "retailer"])
@pytest.mark.parametrize("verb", [["check"], ["lint", "--at", "2026-11-20T12:00"], ["fmt", "--check"]])
def test_it_is_clean(name: str, verb: list[str], kadenz: Kadenz) -> None:  # noqa: F811  # the fixture
    said = kadenz(*verb, "--project", ROOT / name)
    assert said.code == 0, said.out + said.err
