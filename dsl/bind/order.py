"""Which block must stand before which, and rings among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dsl import tree


def mentioned(node: object) -> Iterator[str]:
    """Every name that an expression mentions, whatever it means there (a superset of what it refers to)."""
    stack = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, tree.Name):
            yield item.text
        elif isinstance(item, tuple):
            stack.extend(item)
        elif isinstance(item, tree.Node):
            stack.extend(getattr(item, slot) for slot in item.__dataclass_fields__ if slot != "span")


def in_order(names: Sequence[str], reads: Mapping[str, Sequence[str]]) -> tuple[list[str], list[list[str]]]:
    """(names so that each stands after what it reads, rings). Ties by the order given; a ring is a path whose last
    name is its first again, each ring found once. Iterative: chains may be long.

    >>> in_order(["a", "b"], {"a": ["b"]})
    (['b', 'a'], [])
    >>> in_order(["a", "b"], {"a": ["b"], "b": ["a"]})
    (['b', 'a'], [['a', 'b', 'a']])
    """
    done: dict[str, bool] = {}  # False while it is on the path
    ordered: list[str] = []
    rings: list[list[str]] = []
    known = set(names)
    for start in names:
        if start in done:
            continue
        done[start] = False
        path = [start]
        trail = [iter([r for r in reads.get(start, ()) if r in known])]
        while path:
            target = next(trail[-1], None)
            if target is None:
                ordered.append(path[-1])
                done[path.pop()] = True
                trail.pop()
            elif target not in done:
                done[target] = False
                path.append(target)
                trail.append(iter([r for r in reads.get(target, ()) if r in known]))
            elif not done[target]:
                rings.append([*path[path.index(target) :], target])
    return ordered, rings
