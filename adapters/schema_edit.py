"""Adds entries to `schema.yaml` without disturbing what people wrote there.

The file is read by ruamel.yaml, which tells where everything stands; new lines are set in at the right place and every
other character stays as it is. The result is read again and must hold exactly what it held plus the additions.
Where lines cannot be set in (a section in braces, an empty one), ruamel.yaml writes the file anew, comments kept.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

Entry = str | Mapping[str, object]
Path = tuple[str, ...]


class SchemaEditError(Exception):
    """The file cannot be added to. The text is for people."""


def read(text: str) -> Any:
    """The file as ruamel's round-trip data; an empty one is an empty map. Raises SchemaEditError."""
    from ruamel.yaml.comments import CommentedMap
    from ruamel.yaml.error import YAMLError

    try:
        data = _yaml().load(text)
    except (YAMLError, RecursionError, ValueError) as error:
        place = getattr(error, "problem_mark", None)
        where = f" in line {place.line + 1}" if place is not None else ""
        raise SchemaEditError(f"schema.yaml cannot be read{where}: mend it first, `kadenz check` says more") from error
    if data is None:
        return CommentedMap()
    if not isinstance(data, CommentedMap):
        raise SchemaEditError("schema.yaml is no map of names: it begins with `contacts:`")
    return data


def plain(data: Any) -> Any:
    """Round-trip data as plain dicts and lists, for comparing."""
    if isinstance(data, Mapping):
        return {str(k): plain(v) for k, v in data.items()}
    if isinstance(data, list):
        return [plain(v) for v in data]
    return data


def add(text: str, path: Path, entries: Mapping[str, Entry | Mapping[str, Entry]]) -> str:
    """The text with `entries` added to the map at `path` (made if it is not there); names that are there stay as they
    are. An entry that is a map of maps is a block of its own. Raises SchemaEditError."""
    data = read(text)
    node: Any = data
    for depth, name in enumerate(path):
        child = node.get(name)
        if child is None:
            if name in node:  # `events:` with nothing below it
                return _rewritten(text, path, entries)
            nested: Any = dict(entries)
            for outer in reversed(path[depth + 1 :]):
                nested = {outer: nested}
            return _added(text, path[:depth], {name: nested}, path, entries)
        if not isinstance(child, Mapping):
            raise SchemaEditError(f"`{'.'.join(path[: depth + 1])}` in schema.yaml is no map of names")
        node = child
    fresh = {name: entry for name, entry in entries.items() if name not in node}
    return _added(text, path, fresh, path, fresh) if fresh else text


def _added(text: str, parent: Path, block: Mapping[str, Any], path: Path, entries: Mapping[str, Any]) -> str:
    """Lines of `block` set in at the end of the map at `parent`; written anew if that does not give what it must."""
    data = read(text)
    wanted = _with(plain(data), path, entries)
    lines = text.splitlines(keepends=True)
    place = _end_of(data, parent, lines)
    if place is not None:
        line, indent, step = place
        if lines and not lines[-1].endswith("\n"):
            lines[-1] += "\n"
        made = _rendered(block, indent, step)
        if not parent and lines:
            made.insert(0, "\n")
        changed = "".join([*lines[:line], *made, *lines[line:]])
        try:
            if plain(read(changed)) == wanted:
                return changed
        except SchemaEditError:
            pass
    return _rewritten(text, path, entries)


def _with(data: Any, path: Path, entries: Mapping[str, Any]) -> Any:
    node = data
    for name in path:
        if node.get(name) is None:
            node[name] = {}
        node = node[name]
    node.update(plain(entries))
    return data


def _end_of(data: Any, parent: Path, lines: Sequence[str]) -> tuple[int, int, int] | None:
    """Where the map at `parent` ends: the line to set in before, its indentation, and the step of indentation."""
    node, step = data, 2
    above = 0
    for name in parent:
        node = node[name]
        if not node or _in_braces(node):
            return None
        column = node.lc.key(next(iter(node)))[1]
        if not parent or column <= above:
            return None
        step, above = column - above, column
    if not parent:
        first: Any = next((v for v in data.values() if isinstance(v, dict) and v and not _in_braces(v)), None)
        step = first.lc.key(next(iter(first)))[1] if first is not None else 2
        return len(lines), 0, step or 2
    line, indent = node.lc.key(list(node)[-1])
    end = line + 1
    for number in range(line + 1, len(lines)):
        content = lines[number].strip()
        depth = len(lines[number]) - len(lines[number].lstrip())
        if not content:
            continue
        # a comment as deep as the entries belongs to them, one further out to what follows
        if depth > indent or (content.startswith("#") and depth == indent):
            end = number + 1
        else:
            break
    return end, indent, step


def _in_braces(node: Any) -> bool:
    return bool(node.fa.flow_style())


def _rendered(block: Mapping[str, Any], indent: int, step: int) -> list[str]:
    lines = []
    for name, entry in block.items():
        if isinstance(entry, Mapping) and any(isinstance(v, Mapping) for v in entry.values()):
            lines.append(f"{' ' * indent}{_scalar(name)}:\n")
            lines += _rendered(entry, indent + step, step)
        elif isinstance(entry, Mapping) and "type" not in entry:
            lines.append(f"{' ' * indent}{_scalar(name)}:\n")
            lines += [f"{' ' * (indent + step)}{_scalar(k)}: {_value(v)}\n" for k, v in entry.items()]
        else:
            lines.append(f"{' ' * indent}{_scalar(name)}: {_value(entry)}\n")
    return lines


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(str(k))}: {_flow(v)}" for k, v in value.items()) + "}"
    return _flow(value) if not isinstance(value, str) else _scalar(value)


def _flow(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case list():
            return f"[{', '.join(_flow(v) for v in value)}]"
        case _:
            text = str(value)
            return text if re.fullmatch(r"[A-Za-z]\w*( [A-Z]{3}|\(\d+\))?", text) else _quoted(text)


_SPECIAL = {"true", "false", "null"}


def _scalar(text: str) -> str:
    """The text as a YAML scalar outside braces, plain where that is safe."""
    safe = re.fullmatch(r"[^\W\d_][\w ()+\-./,\[\]\"]*", text) is not None and text.strip() == text
    return text if safe and text.casefold() not in _SPECIAL else _quoted(text)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _yaml() -> Any:
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 4096
    return yaml


def _rewritten(text: str, path: Path, entries: Mapping[str, Any]) -> str:
    """The whole file, written by ruamel.yaml with the entries added."""
    data = read(text)
    node = data
    for name in path:
        if node.get(name) is None:
            node[name] = {}
        node = node[name]
    for name, entry in entries.items():
        node.setdefault(name, entry)
    out = io.StringIO()
    _yaml().dump(data, out)
    return out.getvalue()
