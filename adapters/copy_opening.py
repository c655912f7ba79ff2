"""The copies of the facts that a project may have: where they lie, and opening one for oneself."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from adapters.engine_choice import COPIES, INSTALL_DUCKDB, INSTALL_POSTGRES, EngineName
from adapters.stores.facts_migrations import StoreError
from adapters.stores.turns import turn

if TYPE_CHECKING:
    from adapters.project import Project
    from adapters.stores.facts_engine import EngineFacts

Waiting = Callable[[str], None]
"""Hears who uses a copy that we wait for."""


def existing(project: Project) -> tuple[EngineName, ...]:
    """The copies that there may be data in: files that are there, and a server that kadenz.yaml names."""
    from adapters.stores.parquet_manifest import NAME

    there = {
        "duckdb": project.duckdb_path.exists(),
        "parquet": (project.parquet_path / NAME).exists(),
        "postgres": project.facts_server is not None,
    }
    return tuple(name for name in COPIES if there[name])


@contextmanager
def open_copy(project: Project, engine: EngineName, *, patience: float, waiting: Waiting) -> Iterator[EngineFacts]:
    """A copy, for this process alone until the block ends; whoever holds it is waited for up to `patience` seconds.

    Raises StoreError if it cannot be used, Busy if somebody else goes on using it."""
    with ExitStack() as held:
        match engine:
            case "duckdb":
                copy = _on_duckdb(project, held, patience, waiting)
            case "parquet":
                copy = _on_parquet(project, held, patience, waiting)
            case _:
                copy = _on_postgres(project, patience, waiting)
        yield held.enter_context(copy)


def _on_duckdb(project: Project, held: ExitStack, patience: float, waiting: Waiting) -> EngineFacts:
    try:
        from adapters.stores.facts_duckdb import DuckFacts
    except ImportError as error:
        raise StoreError(f"`--engine duckdb` needs the package `duckdb` ({INSTALL_DUCKDB})") from error
    path = project.duckdb_path
    held.enter_context(turn(path.with_name(f"{path.name}.lock"), patience, waiting))
    try:
        return DuckFacts.open(path, project.schema)
    except StoreError as error:
        raise StoreError(f"{error} (this copy of the facts may be deleted; it is made anew)") from error


def _on_parquet(project: Project, held: ExitStack, patience: float, waiting: Waiting) -> EngineFacts:
    try:
        from adapters.stores.facts_parquet import ParquetFacts
    except ImportError as error:
        raise StoreError(f"`--engine parquet` needs the package `duckdb` ({INSTALL_DUCKDB})") from error
    held.enter_context(turn(project.parquet_path / "lock", patience, waiting))
    try:
        return ParquetFacts.open(project.parquet_path, project.schema)
    except StoreError as error:
        raise StoreError(f"{error} (the files in this folder may be deleted; they are made anew)") from error


def _on_postgres(project: Project, patience: float, waiting: Waiting) -> EngineFacts:
    server = project.facts_server
    if server is None:
        raise StoreError("`--engine postgres` needs the server's address in kadenz.yaml: `stores: facts: address`")
    try:
        from adapters.stores.facts_postgres import NAMESPACE, PostgresFacts
    except ImportError as error:
        raise StoreError(f"`--engine postgres` needs the package `psycopg` ({INSTALL_POSTGRES})") from error
    try:
        password = server.password(os.environ)
    except KeyError as error:
        raise StoreError(f"the password of the facts is missing: set `{server.password_env}`") from error
    return PostgresFacts.open(
        server.address,
        project.schema,
        namespace=server.schema or NAMESPACE,
        password=password,
        patience=patience,
        waiting=lambda: waiting("another process"),
    )
