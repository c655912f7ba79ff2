"""Generated files of cases: written by `pytest --update` alone, compared by every other run.

Each begins with the hash of the text that it was made from, so that a file of another playbook is noticed before it
is compared. What they show is free of ids and counters: the leaves of a plan stand by their own words, and values of
the playbook stand in the SQL where they are used.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from string import ascii_lowercase
from typing import Any

from sqlglot import exp

from dsl.fmt import format_text
from engine.plan import Plan, make_plan
from engine.sql.compiling import compile_plan
from engine.sql.show import to_sql
from engine.zones import zone
from tests.cases.folder import Case
from tests.cases.schema import SCHEMA
from tests.cases.telling import command, difference
from tests.engine.world import model_of

FOLDER = "golden"
UTC = zone("UTC")


def made_from(text: str) -> str:
    """The first line of a generated file, without its comment sign."""
    return f"made by `pytest --update` from {sha256(text.encode()).hexdigest()[:16]}"


def goldens(case: Case) -> dict[Path, str]:
    """The generated files of a case with what they must hold."""
    found: dict[Path, str] = {}
    files = {"playbook.play": None, **{str(f): None for f in _edits(case).values()}}
    for file in files:
        text = (case.path / file).read_text(encoding="utf-8")
        plan = make_plan(model_of(text, SCHEMA), SCHEMA, case.zone)
        stem, head = case.path / FOLDER / file.removesuffix(".play"), made_from(text)
        found[stem.with_suffix(".fmt.play")] = f"# {head}\n{format_text(file, text).text}"
        found[stem.with_suffix(".plan.json")] = _json({"": head, **plan_shown(plan)})
        found[stem.with_suffix(".sqlite.sql")] = f"-- {head}\n{sql_shown(plan)}"
    return found


def _edits(case: Case) -> Mapping[str, object]:
    edits = case.settings.get("edits", {})
    assert isinstance(edits, dict)
    return edits


def compare(path: Path, wanted: str, name: str, *, update: bool) -> str:
    """What is wrong with a generated file, as text; with `update` it is written and nothing is."""
    if update:
        path.parent.mkdir(exist_ok=True)
        path.write_text(wanted, encoding="utf-8")
        return ""
    held = path.read_text(encoding="utf-8") if path.exists() else ""
    if held == wanted:
        return ""
    again = command(name, "--update")
    if held.split("\n", 1)[0] != wanted.split("\n", 1)[0]:
        return f"{path.name} was not made from this text; look at what this changes:\n{again}"
    return f"{difference(path.name, held.splitlines(), wanted.splitlines())}\n\n{again}"


def unused(held: set[Path], wanted: set[Path], *, update: bool) -> list[str]:
    """Generated files that no case asks for; with `update` they are removed."""
    found = sorted(held - wanted)
    if update:
        for path in found:
            path.unlink()
        return []
    return [path.name for path in found]


# ---------------------------------------------------------------- plans without ids


def plan_shown(plan: Plan) -> dict[str, Any]:
    """The plan as plain data, its leaves by their own words, without hashes and the schema of all cases."""
    names = leaf_names(plan)
    told = plan.as_json()
    for left_out in ("version", "hash", "definition_hashes", "schema", "schema_hash"):
        del told[left_out]
    renamed = _renamed(told, names)
    assert isinstance(renamed, dict)
    renamed["leaves"] = dict(sorted(renamed["leaves"].items()))
    return renamed


def sql_shown(plan: Plan, dialect: str = "sqlite") -> str:
    """The statements of an evaluation with the values of the playbook in their places."""
    names = {f"leaf {old}": f"leaf {new}" for old, new in leaf_names(plan).items()}
    compiled = compile_plan(plan, dialect)
    values = {
        name: value for name, value in compiled.context.parameters.valuing().values(0, UTC).items()
        if name.startswith("value_")
    }  # fmt: skip

    def plain(node: exp.Expression) -> exp.Expression:
        match node:
            case exp.Placeholder() if node.name in values:
                value = values[node.name]
                return exp.Literal.string(value) if isinstance(value, str) else exp.Literal.number(value or 0)
            case exp.Identifier() if node.name in names:
                return exp.to_identifier(names[node.name], quoted=True)
        return node

    *before, _ = to_sql(plan, dialect)
    told = [*before, ("evaluation", compiled.select.transform(plain).sql(dialect, pretty=True))]
    return "".join(f"\n-- {title}\n{sql};\n" for title, sql in told)


def leaf_names(plan: Plan) -> dict[str, str]:
    """The id of each leaf -> what it reckons, in words; a letter tells apart those that differ in filters alone."""
    told = plan.as_json()["leaves"]
    named: dict[str, list[str]] = defaultdict(list)
    for leaf in sorted(told, key=lambda leaf: _canonical(told[leaf])):
        named[_words(told[leaf])].append(leaf)
    return {
        leaf: words if len(leaves) == 1 else f"{words} {letter}"
        for words, leaves in named.items()
        for letter, leaf in zip(_LETTERS, leaves, strict=False)
    }


_LETTERS = [first + second for first in ("", *ascii_lowercase) for second in ascii_lowercase]


def _words(leaf: Mapping[str, Any]) -> str:
    """`number purchase in last 7 day`, `last purchase.product`."""
    words = [str(leaf["reckon"]), str(leaf["event"])]
    if "property" in leaf:
        words[-1] += f".{leaf['property']}"
    window = leaf.get("window", {})
    told = {window: ""} if isinstance(window, str) else window
    words += [f"{k} {v if isinstance(v, str) else _canonical(v)}".strip() for k, v in told.items()]
    return " ".join(words)


def _canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _renamed(told: Any, names: Mapping[str, str]) -> Any:
    match told:
        case dict():
            return {names.get(key, key): _renamed(value, names) for key, value in told.items()}
        case list():
            return [_renamed(value, names) for value in told]
        case str():
            for old, new in names.items():
                told = told.replace(old, new) if old in told else told
            return told
        case _:
            return told


def _json(told: Any) -> str:
    """JSON of which every leaf of the tree that fits stands on one line."""
    return _laid(told, "") + "\n"


def _laid(told: Any, indent: str) -> str:
    flat = json.dumps(told, ensure_ascii=False)
    if len(indent) + len(flat) <= 110 and (indent or not isinstance(told, dict)):
        return flat
    inner = indent + " "
    match told:
        case dict() if told:
            parts = [f"{json.dumps(k, ensure_ascii=False)}: {_laid(v, inner)}" for k, v in told.items()]
            return "{\n" + ",\n".join(inner + part for part in parts) + f"\n{indent}}}"
        case list() if told:
            return "[\n" + ",\n".join(inner + _laid(v, inner) for v in told) + f"\n{indent}]"
    return flat
