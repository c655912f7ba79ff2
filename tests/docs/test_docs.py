"""The documentation is run: playbooks in it check, mistakes in it are mistakes, commands in it work.

* ```` ```kadenz ````: blocks of a playbook; all of one page are one project and must check clean together; what their
  `test` blocks expect comes true on both executors;
* ```` ```kadenz alone ````: the same, as a project of its own; ```` ```kadenz alone error K0320 ````: with these codes;
* ```` ```kadenz expression ````: one condition or value a line, each checked by itself beside the page's blocks;
* ```` ```kadenz error K0203 ````: must raise exactly that code;
* ```` ```console ````: lines `$ kadenz ..` are run in order in an empty folder and must exit 0 (or as `# exit 1` says);
  what is not `kadenz` (`make demo`) is tried by a fresh clone instead;
* ```` ```output ````: what the last command (or `kadenz check` of the mistakes above it) says; `..` leaves lines out;
* ```` ```file NAME ````, ```` ```kadenz file NAME ````, ```` ```jinja file NAME ````: written to that file, in the
  folder where the commands stand by then;
* ```` ```yaml ```` that begins with `# kadenz.yaml` or `# schema.yaml`: a whole file; with the page's last block of the
  other kind (else the shop's file) it must be a project without findings;
* ```` ```jinja ````, ```` ```jinja NAME.j2 ````, ```` ```jinja error K0922 ````: a whole template, checked in the shop
  with its playbooks; must raise exactly the codes that are named, or none;
* ```` ```message ````: what the template before it says to `ANNA`.
"""

from __future__ import annotations

import re
import shlex
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from adapters.bench import benches
from adapters.channels.folder import file_text
from adapters.executors import EXECUTORS
from adapters.project import load
from adapters.project_check import check_all, template_channels
from adapters.template_file import read_template
from adapters.templates import TemplateSet, render
from dsl.check import Checked, check
from dsl.model import Offer
from dsl.report import render as drawn_report
from dsl.schema import FactTable, Field, Schema
from dsl.types import NUMBER, DateTime, Point, SetOf, Stored, Text, Type
from engine.records import Contact, Outgoing
from engine.scenario import run_scenario
from tests.cli.conftest import Kadenz, Said, kadenz  # noqa: F401  # the fixture

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


def snippets(*kinds: str) -> list[Snippet]:
    """The blocks whose first word, or all words, are one of these; by page and place."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for match in FENCE.finditer(text):
            info = match[1].strip()
            if any(info == kind or info.startswith(kind + " ") for kind in kinds):
                found.append(Snippet(page, text.count("\n", 0, match.start()) + 1, info, match[2]))
    return found


MORE: dict[str, Type] = {
    "interests": SetOf(("ski", "bike", "hike")),
    "last_contact": DateTime(),
    "home": Point(),
    "office": Point(),
}
"""Fields that the pages add to those of the shop; and a fact table `weather`, and three lists."""


def page_schema() -> Schema:
    """What the playbooks of the pages may speak of."""
    project = load(ROOT / "playbooks" / "shop")
    fields = {**project.schema.fields, **{name: Field(name, kind) for name, kind in MORE.items()}}
    fields["owner_email"] = Field("owner_email", Text(), normalise=("email",))
    rain = {name: Field(name, kind) for name, kind in (("city", Text()), ("rain_mm", NUMBER))}
    facts = {**project.schema.facts, "weather": FactTable("weather", "city", "city", rain)}
    lists = {"press": "Journalists", "friends": None, "staff": None}
    return replace(project.schema, fields=fields, facts=facts, hooks=("crm",), lists=lists)


def checked(*sources: tuple[str, str]) -> Checked:
    project = load(ROOT / "playbooks" / "shop")
    return check(
        list(sources),
        page_schema(),
        {**template_channels(project), "greeting": frozenset({"email", "letter"})},
        zone=project.time_zone,
    )


def blocks_of(page: Path) -> list[tuple[str, str]]:
    return [(s.place, s.text) for s in snippets("kadenz") if s.page == page and s.kind == "kadenz"]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_playbooks_in_the_docs_check(page: Path) -> None:
    found = checked(*blocks_of(page))
    assert [f"{d.primary.span.file} {d.primary.span.line}: {d.summary}" for d in found.diagnostics] == []


ALONE = snippets("kadenz alone")


@pytest.mark.parametrize("snippet", ALONE, ids=lambda s: s.place)
def test_playbooks_that_stand_alone_check(snippet: Snippet) -> None:
    found = checked((snippet.place, snippet.text))
    assert [d.code for d in found.diagnostics] == snippet.kind.split()[3:], [d.summary for d in found.diagnostics]


def unmet(checked_: Checked, executor: str) -> list[tuple[str, str]]:
    """Of all tests of a project: name, and what was seen where something did not come true."""
    schema = page_schema()
    assert checked_.model is not None
    assert checked_.model.scenarios
    places = benches(executor, schema, "Europe/Zurich")
    results = [
        run_scenario(scenario, checked_.model, schema, "Europe/Zurich", executor, places)
        for scenario in checked_.model.scenarios
    ]
    return [(result.scenario.name, unmet.seen) for result in results for unmet in result.unmet]


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("snippet", [s for s in ALONE if "\ntest " in s.text], ids=lambda s: s.place)
def test_tests_of_playbooks_that_stand_alone_come_true(snippet: Snippet, executor: str) -> None:
    assert unmet(checked((snippet.place, snippet.text)), executor) == []


PAGES_WITH_TESTS = [
    page for page in PAGES if any(re.search(r"^test ", text, re.MULTILINE) for _, text in blocks_of(page))
]


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("page", PAGES_WITH_TESTS, ids=lambda p: p.name)
def test_tests_in_the_docs_come_true(page: Path, executor: str) -> None:
    assert unmet(checked(*blocks_of(page)), executor) == []


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


@pytest.mark.parametrize("snippet", snippets("kadenz error"), ids=lambda s: s.place)
def test_mistakes_in_the_docs_are_mistakes(snippet: Snippet) -> None:
    expected = snippet.kind.split()[2:]
    found = checked(*blocks_of(snippet.page), ("example", snippet.text))
    assert [d.code for d in found.diagnostics] == expected


WHERE_MISTAKES_STAND = "playbooks/people.play"


def says_in_order(snippet: Snippet, out: str) -> None:
    """The lines of the block stand in the output, in this order, beside each other where no `..` is between them."""
    told = out.splitlines()
    for part in re.split(r"^\.\.$\n", snippet.text, flags=re.MULTILINE):
        lines = part.splitlines()
        at = next((i for i in range(len(told)) if told[i : i + len(lines)] == lines), None)
        assert at is not None, f"{snippet.place}: not said (or not there):\n{part}\nin\n{out}"
        told = told[at + len(lines) :]


@pytest.mark.parametrize("page", sorted({s.page for s in snippets("console")}), ids=lambda p: p.name)
def test_commands_in_the_docs_run(
    page: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kadenz: Kadenz,  # noqa: F811  # the fixture
) -> None:
    monkeypatch.chdir(tmp_path)
    said = Said(0, "", "")
    for snippet in snippets("console", "output", "file", "kadenz", "jinja file"):
        if snippet.page != page:
            continue
        if snippet.kind == "output":
            says_in_order(snippet, said.out)
            continue
        if snippet.kind.startswith("kadenz error"):
            drawn = checked((WHERE_MISTAKES_STAND, snippet.text)).diagnostics
            said = Said(1, drawn_report(drawn, {WHERE_MISTAKES_STAND: snippet.text}), "")
            continue
        if snippet.kind.startswith("kadenz") and not snippet.kind.startswith("kadenz file"):
            continue
        if snippet.kind != "console":
            Path(snippet.kind.split()[-1]).write_text(snippet.text, encoding="utf-8")
            continue
        for line in snippet.text.splitlines():
            if not line.startswith("$ "):
                continue
            words = shlex.split(line[2:], comments=True)
            if words[0] == "cd":
                monkeypatch.chdir(Path.cwd() / words[1])
            elif words[0] == "mkdir":
                Path(words[1]).mkdir()
            elif words[0].endswith("kadenz"):
                wanted = re.search(r"# exit (\d)", line)
                said = kadenz(*words[1:])
                assert said.code == (int(wanted[1]) if wanted else 0), f"{snippet.place}: {line}\n{said.out}{said.err}"


YAML_FILES = ("kadenz.yaml", "schema.yaml")


def yaml_blocks() -> list[tuple[Snippet, str]]:
    """The blocks that are a whole file of a project, with the file's name."""
    heads = {f"# {name}": name for name in YAML_FILES}
    found = [(s, heads.get(s.text.split("\n", 1)[0])) for s in snippets("yaml")]
    return [(snippet, name) for snippet, name in found if name is not None]


@pytest.mark.parametrize(("snippet", "name"), yaml_blocks(), ids=lambda v: getattr(v, "place", v))
def test_project_files_in_the_docs_are_read(snippet: Snippet, name: str, tmp_path: Path) -> None:
    for other in YAML_FILES:
        shutil.copy(ROOT / "playbooks" / "shop" / other, tmp_path / other)
    for block, file in yaml_blocks():
        if block.page == snippet.page and (file != name or block == snippet):
            (tmp_path / file).write_text(block.text, encoding="utf-8")
    _, found = check_all(load(tmp_path))
    assert [f"{d.primary.span.file} {d.primary.span.line}: {d.summary}" for d in found] == []


@pytest.mark.parametrize("snippet", snippets("jinja"), ids=lambda s: s.place)
def test_templates_in_the_docs_check(snippet: Snippet, tmp_path: Path) -> None:
    words = snippet.kind.split()[1:]
    if words[:1] == ["file"]:
        pytest.skip("checked with the commands of its page")
    expected = words[1:] if words[:1] == ["error"] else []
    file = words[0] if words and not expected else "example.j2"
    shutil.copytree(ROOT / "playbooks" / "shop", tmp_path, dirs_exist_ok=True)
    (tmp_path / "templates" / file).write_text(snippet.text, encoding="utf-8")
    _, found = check_all(load(tmp_path))
    assert [d.code for d in found if d.primary.span.file == f"templates/{file}"] == expected, [d.summary for d in found]
    assert [d.summary for d in found if d.primary.span.file != f"templates/{file}"] == []


ANNA = Contact(
    "1001",
    {
        "customer_id": "1001", "first_name": "Anna", "email": "anna@example.ch", "city": "Zürich", "country": "CH",
        "language": "de", "birth_date": 19901231, "customer_since": 20240301, "credit": 123450,
    },
)  # fmt: skip
"""Whom the messages of the pages are for: a contact of the shop. The pages say what is known of her."""

CART: dict[str, Stored] = {"product": "Earl Grey", "amount": 1200}
"""The event behind them: `cart_added` on 20 November 2026 at 14:00 in Zurich."""

AT = 1_795_179_600_000_000


def messages() -> list[tuple[Snippet, Snippet]]:
    """Each `message` block with the template before it."""
    found: list[tuple[Snippet, Snippet]] = []
    before: Snippet | None = None
    for snippet in snippets("jinja", "message"):
        if snippet.kind == "message":
            assert before is not None, snippet.place
            found.append((before, snippet))
        before = snippet
    return found


@pytest.mark.parametrize(("template", "message"), messages(), ids=lambda s: s.place)
def test_messages_in_the_docs_are_what_templates_say(template: Snippet, message: Snippet) -> None:
    project = load(ROOT / "playbooks" / "shop")
    made, found = read_template("templates/example.j2", template.text)
    assert made is not None, found
    channel = made.channels[0]
    outgoing = Outgoing(
        key="k" * 64, kind="message", trigger="cart_rescue", contact=ANNA.key, channel=channel, template="example",
        offer="cart5", category="promotional", purpose="newsletter", tags=(), address="anna@example.ch", cause_at=AT,
        reserved_at=AT, expires_at=AT, local_date=20261120, event_type="cart_added", event="e1", properties=CART,
    )  # fmt: skip
    model = checked(*project.sources).model
    assert model is not None
    offer: Offer = model.offers["cart5"]
    templates = TemplateSet([made], project.schema, languages=("de",), time_zone="Europe/Zurich", country="CH")
    said = file_text(render(templates, outgoing, ANNA, offer))
    head, _, body = said.partition("\n\n")
    subject = next((line for line in head.splitlines() if line.startswith("subject: ")), None)
    assert "\n\n".join(part for part in (subject, body) if part).strip() == message.text.strip()


def anchors(text: str) -> list[str]:
    """Where links into a page may lead: its headings as browsers of repositories name them."""
    outside = FENCE.sub("", text)
    heads = re.findall(r"^#{1,6} (.+)$", outside, re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads]


def test_links_between_pages_lead_somewhere() -> None:
    for page in PAGES:
        for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", page.read_text(encoding="utf-8")):
            led = page.parent / target if target else page
            assert led.exists(), f"{page.name}: {target}"
            assert not anchor or anchor in anchors(led.read_text(encoding="utf-8")), f"{page.name}: {target}#{anchor}"


def test_the_contents_of_the_reference_name_all_its_parts() -> None:
    text = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
    contents = text.split("## Contents\n")[1].split("\n## ")[0]
    parts = re.findall(r"^#{2,3} (.+)$", FENCE.sub("", text), re.MULTILINE)
    assert re.findall(r"\[([^\]]+)\]\(#", contents) == [part for part in parts if part != "Contents"]


def test_each_decision_says_what_it_prevents() -> None:
    text = FENCE.sub("", (ROOT / "docs" / "why.md").read_text(encoding="utf-8"))
    for part in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
        assert part.count("**Prevents:**") == 1, part.splitlines()[0]
