"""A channel of kind `batch` in `kadenz.yaml`: its columns, lines and order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.batch_columns import LINES, PRIORITY, form_problem
from adapters.channel_config import BatchConfig
from adapters.suggest import advice
from dsl.schema import Schema

if TYPE_CHECKING:
    from adapters.project_file import BatchEntry

Error = Callable[[tuple[str | int, ...], str, str], None]
"""Told of each mistake: where in the entry, what, and how to write it."""


def batch_config(directory: Path, entry: BatchEntry) -> BatchConfig:
    """The channel as plain values."""
    return BatchConfig(
        directory / entry.folder,
        entry.format,
        entry.address,
        columns_of(entry),
        lines_of(entry),
        entry.order,
        entry.rows,
    )


def columns_of(entry: BatchEntry) -> tuple[tuple[str, str], ...]:
    """Head and form of each column. A list names forms alone: `contact.first_name` has the head `first_name`."""
    if isinstance(entry.columns, dict):
        return tuple(entry.columns.items())
    return tuple(
        (form.rpartition(".")[2] if form.startswith("contact.") else form.replace(".", "_"), form)
        for form in entry.columns
    )


def lines_of(entry: BatchEntry) -> tuple[tuple[str, ...], ...]:
    """The fields of each line."""
    return tuple((line,) if isinstance(line, str) else line for line in entry.lines)


def batch_mistakes(entry: BatchEntry, schema: Schema, error: Error) -> None:
    """Tell what is wrong with the entry."""
    heads: set[str] = set()
    for index, (head, form) in enumerate(columns_of(entry)):
        place: tuple[str | int, ...] = ("columns", head if isinstance(entry.columns, dict) else index)
        if (problem := form_problem(form, schema, has_lines=bool(entry.lines))) is not None:
            near = advice(form.partition(".")[2], schema.fields, "fields") if form.startswith("contact.") else ()
            error(place, f"`{form}` is no column: {problem}", *(near[:1] or ("write `contact.first_name`",)))
        if not head.strip() or not head.isprintable():
            error(place, "the head of a column is one line of text", "write `name: contact.first_name`")
        if head in heads:
            error(place, f"two columns are called `{head}`", "give one of them another head")
        heads.add(head)
    for index, names in enumerate(lines_of(entry)):
        for name in names:
            if name not in schema.fields:
                error((LINES, index), f"there is no field `{name}`", "write `[first_name, last_name]` or `street`")
    if entry.order is not None and entry.order != PRIORITY and not entry.order.startswith("score."):
        error(
            ("order",),
            f"`{entry.order}` is no order",
            "write `order: priority` or `order: score.NAME`, or leave it out",
        )
