"""Options of the whole test run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.facts_stores import each_record

__all__ = ["each_record"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write the generated files of tests/cases anew")


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether generated files are written instead of compared. Hand-written truth is never written."""
    return bool(request.config.getoption("--update"))


@pytest.fixture(params=["sqlite", "postgres"])
def each_ledger(request: pytest.FixtureRequest) -> Iterator[None]:
    """The test runs twice: its ledgers (`tests.ledgers`) lie on SQLite, then on Postgres."""
    from tests.ledgers import on

    with on(request.param):
        yield
