"""Playbooks with mistakes: `tests/cases/errors/NAME.play`, or a folder of files that are checked together.

A line with a mistake is followed by a comment for each finding that begins on it,

    # error: COLUMN [CODE] "the text that is underlined"

in the order of columns; a stretch of several lines is written with one space for each break. Other comments say what
the file is about and which rows of coverage.csv it covers. The drawn findings stand in `golden/`, generated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dsl.check import Checked, check
from tests.cases.folder import HERE, PEER
from tests.cases.schema import SCHEMA
from tests.engine.world import TEMPLATES

ERRORS = HERE / "errors"
_MARK = re.compile(r'# error: (\d+) \[(K\d{4})\] "(.*)"')


@dataclass(frozen=True, slots=True)
class Told:
    """One finding: where it begins, its code, and the text that is underlined."""

    file: str
    line: int
    column: int
    code: str
    text: str

    def __str__(self) -> str:
        return f'{self.file}:{self.line}:{self.column} [{self.code}] "{self.text}"'


@dataclass(frozen=True, slots=True)
class Mistakes:
    """A file or a folder of files, checked together."""

    path: Path

    @property
    def name(self) -> str:
        return f"errors/{self.path.stem}"

    @property
    def texts(self) -> Mapping[str, str]:
        files = [self.path] if self.path.is_file() else sorted(self.path.glob("*.play"))
        return {file.name: file.read_text(encoding="utf-8") for file in files}

    def check(self) -> Checked:
        return check(list(self.texts.items()), SCHEMA, TEMPLATES)

    def expected(self) -> list[Told]:
        """What the comments say. A comment that begins like one and is none raises ValueError."""
        found = []
        for file, text in self.texts.items():
            spoken_of = 0
            for number, line in enumerate(text.splitlines(), 1):
                if not line.startswith("# error:"):
                    spoken_of = number
                    continue
                mark = _MARK.fullmatch(line)
                if mark is None or not spoken_of:
                    raise ValueError(f"{file}:{number}: {line}")
                found.append(Told(file, spoken_of, int(mark[1]), mark[2], mark[3]))
        return found

    def covers(self) -> set[str]:
        """The rows of coverage.csv that the comments name."""
        comments = (line for text in self.texts.values() for line in text.splitlines() if line.startswith("#"))
        return {id_ for line in comments if not _MARK.fullmatch(line) for id_ in PEER.findall(line)}


def told(checked: Checked) -> list[Told]:
    """The findings as the comments would say them."""
    found = []
    for finding in checked.diagnostics:
        span = finding.primary.span
        words = " ".join(span.text(checked.sources[span.file]).split())
        found.append(Told(span.file, span.line, span.column, finding.code, words))
    return found


def mistakes() -> list[Mistakes]:
    """All of them."""
    files = [p for p in ERRORS.iterdir() if p.suffix == ".play" or (p.is_dir() and any(p.glob("*.play")))]
    return [Mistakes(path) for path in sorted(files) if path.name != "golden"]
