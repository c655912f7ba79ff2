"""Documents against pydantic models: every finding as a `Diagnostic`, and the part of the document that is fine.

A file with one mistake is still read for everything else, so that all findings of all files come at once.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from adapters.suggest import advice
from adapters.yaml_reading import Document, Path
from dsl.diagnostics import Diagnostic, Label

M = TypeVar("M", bound=BaseModel)


class Strict(BaseModel):
    """A part of a project file: unknown keys are errors, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True, defer_build=True)


def validate(model: type[M], document: Document, fallback: Mapping[str, Any]) -> tuple[M, list[Diagnostic]]:
    """The document as a `model`, with what is wrong left out, and all findings (K0902, K0903, K0904).

    `fallback` gives values for the required keys at the top, for a document that lacks them.
    """
    data = copy.deepcopy(document.data) if isinstance(document.data, dict) else {}
    found: list[Diagnostic] = []
    if not isinstance(document.data, dict):
        found.append(
            Diagnostic("K0904", "this file holds no keys", Label(document.span(())), help=("write `key: value`",))
        )
        return model.model_validate(fallback), found
    for attempt in range(8):
        try:
            return model.model_validate(data), found
        except ValidationError as error:
            details = error.errors(include_url=False, include_input=False)
            if attempt == 0:
                found.extend(_finding(model, document, detail) for detail in details)
            for detail in details:
                _leave_out(data, _path(document, detail["loc"]), detail["type"] == "missing", fallback)
    return model.model_validate(fallback), found


def _path(document: Document, location: tuple[int | str, ...]) -> Path:
    """pydantic's location without the parts that name a member of a union; the last part may not exist."""
    path: Path = ()
    for index, part in enumerate(location):
        if (*path, part) in document.places or index == len(location) - 1:
            path = (*path, part)
    return path


def _leave_out(data: dict[str, Any], path: Path, missing: bool, fallback: Mapping[str, Any]) -> None:
    if len(path) == 1 and path[0] in fallback:
        data[str(path[0])] = fallback[str(path[0])]
        return
    if missing:
        path = path[:-1]
    owner: Any = data
    for part in path[:-1]:
        if isinstance(owner, dict):
            owner = owner.get(str(part))
        elif isinstance(owner, list) and isinstance(part, int) and part < len(owner):
            owner = owner[part]
    if isinstance(owner, dict) and path:
        owner.pop(str(path[-1]), None)
    elif isinstance(owner, list) and path and isinstance(path[-1], int) and path[-1] < len(owner):
        owner[path[-1]] = None


_KINDS = {
    "string": "text",
    "int": "a whole number",
    "bool": "`true` or `false`",
    "dict": "keys and values",
    "model": "keys and values",
    "list": "a list",
    "tuple": "a list",
}


def _finding(model: type[BaseModel], document: Document, detail: ErrorDetails) -> Diagnostic:
    location, kind = detail["loc"], detail["type"]
    path = _path(document, location)
    name = str(path[-1]) if path else ""
    context = detail.get("ctx", {})
    if kind == "extra_forbidden":
        known = _known_keys(model, location[:-1])
        return Diagnostic(
            "K0902", f"`{name}` is no key here", Label(document.span(path, key=True)), help=advice(name, known, "keys")
        )
    if kind in ("missing", "union_tag_not_found"):
        owner = path if kind != "missing" else path[:-1]
        wanted = name if kind == "missing" else str(context.get("discriminator", "kind")).strip("'")
        label = Label(document.span(owner, key=True) if owner else _first_line(document))
        where = f" in `{owner[-1]}`" if owner else ""
        return Diagnostic("K0903", f"`{wanted}` is missing{where}", label, help=(f"add `{wanted}: ..`",))
    label = Label(document.span(path))
    if kind in ("literal_error", "union_tag_invalid"):
        options = str(context.get("expected", context.get("expected_tags", ""))).replace(" or ", ", ").replace("'", "")
        typed = document.raw(path) if kind == "literal_error" else document.raw((*path, "kind"))
        if kind == "union_tag_invalid":
            label = Label(document.span((*path, "kind")))
        choices = [o.strip() for o in options.split(",")]
        return Diagnostic("K0904", f"`{_short(typed)}` does not fit here", label, help=advice(typed, choices, "values"))
    if kind == "value_error":
        return Diagnostic("K0904", str(context["error"]), label)
    wanted = next((words for prefix, words in _KINDS.items() if kind.startswith(prefix)), "")
    if kind in ("greater_than_equal", "less_than_equal"):
        wanted = f"a number {'from' if kind.startswith('greater') else 'up to'} {context.get('ge', context.get('le'))}"
    typed = _short(document.raw(path)) or "nothing"
    summary = f"`{name}` wants {wanted}, not `{typed}`" if wanted else f"`{typed}` does not fit `{name}`"
    help_ = (f"write `{name}: [{typed}]`",) if wanted == "a list" and re.fullmatch(r"\w[\w, -]*", typed) else ()
    return Diagnostic("K0904", summary, label, help=help_)


def _first_line(document: Document) -> Any:
    first = next((p.key for path, p in document.places.items() if len(path) == 1 and p.key is not None), None)
    return first or document.span(())


def _short(typed: str) -> str:
    line = typed.strip().splitlines()[0] if typed.strip() else ""
    return line if len(line) <= 40 else line[:40] + ".."


def _known_keys(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    """The keys that stand where `location` points, found by walking the models' fields."""
    types: list[Any] = [model]
    for part in location:
        types = [inner for one in types for inner in _inside(one, part)]
    keys: dict[str, None] = {}
    for one in types:
        if isinstance(one, type) and issubclass(one, BaseModel):
            keys |= dict.fromkeys(f.alias or n for n, f in one.model_fields.items())
    return list(keys)


def _inside(one: Any, part: int | str) -> list[Any]:
    """What a part of a location leads to from an annotation; a union's tag leads to its members."""
    if isinstance(one, type) and issubclass(one, BaseModel):
        if part in one.model_fields:
            return _members(one.model_fields[str(part)].annotation)
        if (tag := one.model_fields.get("kind")) is not None and part in getattr(tag.annotation, "__args__", ()):
            return [one]
        return []
    arguments = getattr(one, "__args__", ())
    return _members(arguments[-1]) if arguments else []


def _members(annotation: Any) -> list[Any]:
    """The members of an annotation: unions and `Annotated` opened, None left out."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if hasattr(annotation, "__metadata__"):
        return _members(annotation.__origin__)
    origin = getattr(annotation, "__origin__", None)
    if origin in (dict, list, tuple) or origin is Mapping:
        return [annotation]
    arguments = getattr(annotation, "__args__", ())
    return [inner for a in arguments if a is not type(None) for inner in _members(a)]
