"""Pages of previews: an index and one page a message, which fetch nothing, run nothing and let no message do either.

The HTML of a message comes from a template and a contact's data, so it is trusted with nothing: it stands in a frame
with an empty `sandbox` (no scripts, no forms, no way out, an origin of its own), under a policy that loads nothing, on
the page and once more in the frame. Links get `target=_blank`, which such a frame may not open.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined, Template

from adapters.preview.making import Preview

GENERATOR = "kadenz outbox"
"""By this name a folder of pages is known again, and may be written anew."""

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'"
"""Nothing is loaded; pictures that stand in the message itself are shown."""

_FRAME = (
    f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><base target="_blank">'
    '<meta name="referrer" content="no-referrer">'
)

Cell = str | Mapping[str, str]
"""A text, or a link: `href` and `text`."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a page; without `names` the first column heads each row. `right`: columns of numbers."""

    head: str
    names: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    right: Sequence[int] = ()


class NotOurs(Exception):
    """A folder has something else in it than pages of ours, and is left alone. The text is for people."""


@cache
def _template() -> Template:
    text = files(__package__).joinpath("page.html").read_text(encoding="utf-8")
    made = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return made.from_string(text)


def page(
    title: str,
    lines: Iterable[str],
    tables: Iterable[Table],
    preview: Preview | None = None,
    *,
    up: str | None = None,
) -> str:
    """A page: what it is, lines, tables, and a message where there is one. `up`: the address of the index."""
    told: dict[str, Any] = {
        "title": title,
        "lines": list(lines),
        "tables": [(t.head, t.names, t.rows, t.right) for t in tables],
        "problem": preview.problem if preview else None,
        "text": preview.text if preview else None,
        "html": None if preview is None or preview.html is None else framed(preview.html),
        "up": up,
    }
    return _template().render(generator=GENERATOR, policy=POLICY, **told)


def framed(html: str) -> str:
    """The HTML of a message for its frame. What comes first is in force before anything of the message is read, and a
    policy that the message brings along can only forbid more."""
    return "<!DOCTYPE html>" + _FRAME + html


def write_pages(folder: Path, pages: Mapping[str, str]) -> Path:
    """Write pages (name -> text, names of `page_name` or `index.html`) into a folder, in place of those that were
    there; the index. The folder is readable by its owner alone: it holds personal data.

    Raises NotOurs, and OSError."""
    if folder.exists() and any(folder.iterdir()):
        _must_be_ours(folder)
        for path in folder.iterdir():
            if _NAME.fullmatch(path.name):
                path.unlink()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    index = folder / "index.html"
    for name, text in sorted(pages.items(), key=lambda pair: pair[0] == index.name):
        assert _NAME.fullmatch(name), "a page has a name of ours"
        _write(folder / name, text)
    return index


def page_name(number: int, key: str) -> str:
    """The file of a message: its place in the list, and the beginning of its key.

    >>> page_name(7, "3f0c9a1e77b2d041")
    'message-0007-3f0c9a1e.html'
    """
    return f"message-{number:04}-{re.sub('[^0-9a-z]', '_', key.lower())[:8]}.html"


def preview_name(template: str) -> str:
    """The file of a preview of a template.

    >>> preview_name("wel/come")
    'preview-wel_come.html'
    """
    return f"preview-{re.sub('[^0-9A-Za-z_-]', '_', template)[:60]}.html"


def write_preview(path: Path, text: str) -> None:
    """Write one page, readable by its owner alone, in place of a file or link of that name. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write(path, text)


_NAME = re.compile(r"index\.html|preview-[\w-]+\.html|message-\d{4,}-[0-9a-z_]*\.html")


def _must_be_ours(folder: Path) -> None:
    index = folder / "index.html"
    mark = f'<meta name="generator" content="{GENERATOR}">'
    if index.is_file():
        ours = mark in index.read_text(encoding="utf-8", errors="replace")[:1000]
    else:  # somebody was cut off before the index was written
        ours = all(_NAME.fullmatch(path.name) for path in folder.iterdir())
    if not ours:
        raise NotOurs(f"{folder} holds something else; name a new folder")


def _write(path: Path, text: str) -> None:
    # a link that somebody put there is not followed
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
