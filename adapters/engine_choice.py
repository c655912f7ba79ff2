"""Which engine evaluates: the one that was asked for, the one that kadenz.yaml names, or one by size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

EngineName = Literal["sqlite", "duckdb", "parquet", "postgres", "interpreter"]
"""`sqlite`, or `postgres` where the facts themselves lie there: on the system of record; `duckdb`, `parquet`, and
`postgres` where they do not: on a copy of the facts that follows;
`interpreter`: without SQL, contact by contact."""

Asked = Literal["auto", "sqlite", "duckdb", "parquet", "postgres", "interpreter", "sql"]
"""What `--engine` takes; `sql` is the system of record, by its earlier name."""

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
    `notable`: worth a line without being asked. `record`: the system of record itself answers, no copy."""

    engine: EngineName
    why: str
    free: bool = False
    notable: bool = False
    record: bool = False


class NotThere(ValueError):
    """An engine was asked for that cannot answer. The text is for people."""


def choose(asked: Asked, pinned: Pinned, arrived: int, *, duckdb: bool, on_postgres: bool = False) -> Choice:
    """`asked`: `--engine`; `pinned`: kadenz.yaml; `arrived`: the last arrival number; `duckdb`: whether the package is
    installed; `on_postgres`: the facts themselves lie there. Raises NotThere."""
    for named, where in ((asked, "as `--engine` says"), (pinned, "as kadenz.yaml says")):
        match named:
            case "auto":
                continue
            case "sqlite" if on_postgres:
                raise NotThere("the facts of this project lie on Postgres: `--engine sqlite` has nothing to read there")
            case "sql" | "postgres" if on_postgres:
                return Choice("postgres", where, record=True)
            case _:
                return Choice(_engine(named), where)
    if on_postgres:
        return Choice("postgres", "the facts lie there", record=True)
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
