"""Stages 1 and 2 together: the texts of a project to its model, with all findings of all files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dsl.bind import bind
from dsl.diagnostics import Diagnostic, has_errors, in_reading_order
from dsl.kept import Kept
from dsl.model import Model
from dsl.parse import Parsed, limited, parse
from dsl.schema import Schema


@dataclass(frozen=True, slots=True)
class Checked:
    """A project read. `model` is None if there is any error; `diagnostics` in reading order; `sources` by file."""

    trees: tuple[Parsed, ...]
    model: Model | None
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, str]


def check(
    sources: Sequence[tuple[str, str]],
    schema: Schema,
    templates: Mapping[str, frozenset[str]],
    *,
    default_purpose: str = "marketing",
    zone: str = "UTC",
    kept: Kept | None = None,
) -> Checked:
    """Parse and bind all files of a project.

    `sources`: (path as people write it, text), in any order; blocks come in order of path and line. `templates`:
    name -> channels it can serve. `default_purpose`: what messages and `consents to` are for where nothing is said.
    `zone`: the project's IANA zone; it fixes the instants of datetime values in tests. `kept`: trees of the last round;
    a file whose text has not changed is not parsed again.
    """
    kept = kept or Kept()
    trees = tuple(kept.of(parse, file, text) for file, text in sorted(sources))
    texts = {one.file: one.text for one in trees}
    found = [finding for one in trees for finding in one.diagnostics]
    blocks = [block for one in trees for block in one.blocks]
    rest = [block for one in trees for block in one.rest]
    bound, more = bind(blocks, schema, templates, texts, purpose=default_purpose, zone=zone, rest=rest)
    found = limited(in_reading_order([*found, *more]))
    return Checked(trees, None if has_errors(found) else bound, tuple(found), texts)
