"""Which engine evaluates: the one that was asked for, the one that kadenz.yaml names, or one by size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

EngineName = Literal["sqlite", "duckdb", "parquet", "postgres", "interpreter"]
"""`sqlite`: on the system of record itself; `duckdb`, `parquet`, `postgres`: on a copy of the facts that follows;
`interpreter`: without SQL, contact by contact."""

Asked = Literal["auto", "sqlite", "duckdb", "parquet", "postgres", "interpreter", "sql"]
"""What `--engine` takes; `sql` is `sqlite` by its earlier name."""

Pinned = Literal["auto", "sqlite", "duckdb", "parquet", "postgres"]
"""What kadenz.yaml takes."""

COPIES: tuple[EngineName, ...] = ("duckdb", "parquet", "postgres")

MANY = 500_000
"""So many rows have to have arrived for DuckDB to be worth a copy of the facts; docs/project.md says why."""


INSTALL_DUCKDB = "pip install -e '.[duckdb]'"
INSTALL_POSTGRES = "pip install -e '.[postgres]'"


@dataclass(frozen=True, slots=True)
class Choice:
    """An engine and the reason, half a sentence for people. `free`: by size, so that another one may answer as well;
    `notable`: worth a line without being asked."""

    engine: EngineName
    why: str
    free: bool = False
    notable: bool = False


def choose(asked: Asked, pinned: Pinned, arrived: int, *, duckdb: bool) -> Choice:
    """`asked`: `--engine`; `pinned`: kadenz.yaml; `arrived`: the last arrival number; `duckdb`: whether the package is
    installed."""
    for named, where in ((asked, "as `--engine` says"), (pinned, "as kadenz.yaml says")):
        if named != "auto":
            return Choice(_engine(named), where)
    rows = f"{arrived:,} rows have arrived"
    if arrived <= MANY:
        return Choice("sqlite", f"{rows}, and DuckDB is worth a copy from {MANY:,} on", free=True)
    if not duckdb:
        return Choice(
            "sqlite", f"{rows}; DuckDB would be quicker, but its package is missing: {INSTALL_DUCKDB}", True, True
        )
    return Choice("duckdb", f"{rows}, more than {MANY:,}", free=True, notable=True)


def _engine(named: Asked) -> EngineName:
    return "sqlite" if named == "sql" or named == "auto" else named  # noqa: PLR1714  # mypy narrows by this form


assert {_engine(name) for name in get_args(Asked)} == set(get_args(EngineName))
