"""The documentation is run: playbooks in it check, mistakes in it are mistakes, commands in it work.

* ```` ```kadenz ````: blocks of a playbook; all of one page are one project and must check clean together;
* ```` ```kadenz expression ````: one condition or value a line, each checked by itself beside the page's blocks;
* ```` ```kadenz error K0203 ````: must raise exactly that code;
* ```` ```console ````: lines `$ kadenz ..` are run in order in an empty folder and must exit 0 (or as `# exit 1` says);
  what is not `kadenz` (`make demo`) is tried by a fresh clone instead.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from adapters.project import load
from adapters.project_check import template_channels
from dsl.check import Checked, check
from dsl.schema import Field
from dsl.types import SetOf
from tests.cli.conftest import Kadenz, kadenz  # noqa: F401  # the fixture

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```\s*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Snippet:
    """A fenced block of a page."""

    page: Path
    line: int
    kind: str
    text: str

    @property
    def place(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def snippets(kind: str) -> list[Snippet]:
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for match in FENCE.finditer(text):
            info = match[1].strip()
            if info == kind or info.startswith(kind + " "):
                found.append(Snippet(page, text.count("\n", 0, match.start()) + 1, info, match[2]))
    return found


MORE = {"interests": SetOf(("ski", "bike", "hike"))}
"""Fields that the pages add to those of the shop."""


def checked(*sources: tuple[str, str]) -> Checked:
    project = load(ROOT / "playbooks" / "shop")
    fields = {**project.schema.fields, **{name: Field(name, kind) for name, kind in MORE.items()}}
    schema = replace(project.schema, fields=fields)
    return check(list(sources), schema, template_channels(project), zone=project.time_zone)


def blocks_of(page: Path) -> list[tuple[str, str]]:
    return [(s.place, s.text) for s in snippets("kadenz") if s.page == page and s.kind == "kadenz"]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_playbooks_in_the_docs_check(page: Path) -> None:
    found = checked(*blocks_of(page))
    assert [f"{d.primary.span.file} {d.primary.span.line}: {d.summary}" for d in found.diagnostics] == []


@pytest.mark.parametrize(
    "snippet", [s for s in snippets("kadenz") if s.kind == "kadenz expression"], ids=lambda s: s.place
)
def test_expressions_in_the_docs_check(snippet: Snippet) -> None:
    lines = [line.split("  #")[0].strip() for line in snippet.text.splitlines()]
    for number, line in enumerate(line for line in lines if line):
        if "since then" in line or "event." in line:
            block = f'trigger example_{number}\n  on purchase\n  where {line}\n  notify sales "x"\n'
        else:
            block = f"define example_{number} = {line}\n"
        found = checked(*blocks_of(snippet.page), ("example", block))
        assert [f"{line}: {d.summary}" for d in found.diagnostics] == []


@pytest.mark.parametrize("snippet", [s for s in snippets("kadenz") if "error" in s.kind], ids=lambda s: s.place)
def test_mistakes_in_the_docs_are_mistakes(snippet: Snippet) -> None:
    expected = snippet.kind.split()[2:]
    found = checked(*blocks_of(snippet.page), ("example", snippet.text))
    assert [d.code for d in found.diagnostics] == expected


@pytest.mark.parametrize("page", sorted({s.page for s in snippets("console")}), ids=lambda p: p.name)
def test_commands_in_the_docs_run(
    page: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kadenz: Kadenz,  # noqa: F811  # the fixture
) -> None:
    monkeypatch.chdir(tmp_path)
    for snippet in snippets("console"):
        if snippet.page != page:
            continue
        for line in snippet.text.splitlines():
            if not line.startswith("$ "):
                continue
            words = shlex.split(line[2:], comments=True)
            if words[0] == "cd":
                monkeypatch.chdir(Path.cwd() / words[1])
            elif words[0].endswith("kadenz"):
                wanted = re.search(r"# exit (\d)", line)
                said = kadenz(*words[1:])
                assert said.code == (int(wanted[1]) if wanted else 0), f"{snippet.place}: {line}\n{said.out}{said.err}"


def test_links_between_pages_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
