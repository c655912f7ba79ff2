"""Trees and models as plain data, for `kadenz compile --stage tree|model`: nothing hidden, spans left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any


def dump(value: object) -> Any:
    """JSON-able data: dataclasses become objects with their class name under `kind`, in the order of their fields.

    >>> from dsl.types import Date
    >>> dump({"a": (Date(), 1, None)})
    {'a': [{'kind': 'Date'}, 1, None]}
    """
    if is_dataclass(value) and not isinstance(value, type):
        # a field of its own that is called `kind` (DateWithin, Numeric) goes by `which`
        parts = {("which" if f.name == "kind" else f.name): f for f in fields(value) if f.name != "span"}
        return {"kind": type(value).__name__} | {name: dump(getattr(value, f.name)) for name, f in parts.items()}
    if isinstance(value, Mapping):
        return {str(key): dump(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [dump(item) for item in value]
    if isinstance(value, frozenset | set):
        return sorted(dump(item) for item in value)
    return value
