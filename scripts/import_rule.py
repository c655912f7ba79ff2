"""The import rule, checked: `dsl` imports nothing of ours, `engine` only `dsl`, only adapters import `adapters`.

Run as `python -m scripts.import_rule`; exit 1 with one line per breach.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

OURS = {"dsl", "engine", "adapters", "playbooks", "scripts", "tests", "benchmarks"}
ALLOWED = {
    "dsl": {"dsl"},
    "engine": {"dsl", "engine"},
    "adapters": {"dsl", "engine", "adapters"},
    "playbooks": {"dsl", "engine", "playbooks"},
}


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and top package of every import in a module, wherever it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module.split(".")[0]


def breaches(root: Path) -> list[str]:
    """One line for each import that the rule forbids, below `root`."""
    found = []
    for package, allowed in ALLOWED.items():
        for path in sorted((root / package).rglob("*.py")):
            for line, name in imported(ast.parse(path.read_text(encoding="utf-8"))):
                if name in OURS - allowed:
                    found.append(f"{path.relative_to(root)}:{line}: `{package}` must not import `{name}`")
    return found


def main() -> int:
    """Print the breaches; 0 if there are none."""
    found = breaches(Path(__file__).resolve().parent.parent)
    for line in found:
        sys.stderr.write(line + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
