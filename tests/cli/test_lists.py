"""Lists from the command line: declared, imported, shown, explained."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.stores.ledger import SqliteLedger
from tests.cli.conftest import Kadenz

LISTS = '\nlists:\n  press: "Journalists"\n  staff: {title: "Our own people"}\n  old:\n'
PLAY = 'segment newsroom "Who hears first"\n  include list press\n  exclude list staff\n'


@pytest.fixture
def press(start: Path) -> Path:
    """The start project with lists and a segment that reads them."""
    schema = start / "schema.yaml"
    schema.write_text(schema.read_text(encoding="utf-8") + LISTS, encoding="utf-8")
    (start / "playbooks" / "lists.play").write_text(PLAY, encoding="utf-8")
    return start


def test_a_list_from_its_file_to_its_segment(press: Path, kadenz: Kadenz) -> None:
    lines = (press / "data" / "contacts.csv").read_text(encoding="utf-8").splitlines()[1:4]
    one, two, three = (line.split(",")[0] for line in lines)
    file = press / "list.csv"

    def put(name: str, *keys: str, more: str = "--yes") -> str:
        file.write_text("contact\n" + "\n".join(keys) + "\n", encoding="utf-8")
        said = kadenz("import", file, "--as", f"list:{name}", more, "--project", press)
        assert said.code == 0, said.err
        return said.out

    told = put("press", one, two, "nobody_yet")
    assert "list press: 3 are on it now" in told
    assert "1 row of contacts that the store does not have (`nobody_yet`)" in told
    put("staff", two)
    inside = kadenz("show", "newsroom", "--list", "--project", press).out.split()
    assert one in inside
    assert two not in inside
    shown = kadenz("show", "press", "--format", "json", "--list", "--project", press).out
    assert '"on_it": 3' in shown
    assert '"unknown": 1' in shown
    assert "4 are on it now" in put("press", three, more="--add")
    assert "3 left it, 1 is on it now" in put("press", three)
    assert "version 3" in kadenz("show", "press", "--project", press).out
    explained = kadenz("explain", one, "--project", press).out
    assert "was on list press since" in explained
    assert "[not on list press]" in explained


def test_what_is_no_list_is_said(press: Path, kadenz: Kadenz) -> None:
    file = press / "list.csv"
    file.write_text("contact\na\n", encoding="utf-8")
    said = kadenz("import", file, "--as", "list:pres", "--project", press)
    assert (said.code, "did you mean `press`" in said.err) == (3, True)
    said = kadenz("import", file, "--as", "contacts", "--add", "--project", press)
    assert (said.code, "--as list:NAME" in said.err) == (3, True)
    (press / "playbooks" / "lists.play").write_text("segment s\n  include list presse\n", encoding="utf-8")
    said = kadenz("check", "--project", press)
    assert (said.code, "did you mean `press`?" in said.out) == (1, True)


def test_a_quiet_import_is_one_of_contacts(press: Path, kadenz: Kadenz) -> None:
    file = press / "list.csv"
    file.write_text("customer_id\nquiet_one\n", encoding="utf-8")
    said = kadenz("import", file, "--as", "list:press", "--quiet", "--project", press)
    assert (said.code, "--quiet goes with --as contacts" in said.err) == (3, True)
    said = kadenz("import", file, "--as", "contacts", "--quiet", "--yes", "--project", press)
    assert said.code == 0, said.err
    with SqliteLedger.open(press / ".kadenz" / "ledger.db", clock=lambda: 0, create=False) as ledger:
        assert ledger.quiet_contacts() == {"quiet_one"}
