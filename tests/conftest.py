"""Options of the whole test run."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write the generated files of tests/cases anew")


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether generated files are written instead of compared. Hand-written truth is never written."""
    return bool(request.config.getoption("--update"))
