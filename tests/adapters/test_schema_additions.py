"""`kadenz schema infer`: schema.yaml grows, and what people wrote there stays to the letter."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.cli.main import run
from adapters.schema_edit import SchemaEditError, add, plain, read

WRITTEN = """\
# our customers: ask Anna before you change the key
contacts:
  key: customer_id      # from the till

  fields:
    email: {type: text,   pii: true}   # odd   spaces
    plan:
      type: "one of [basic, plus]"
      about: >
        what they
        pay for
      # inner remark
    # a remark on what comes next

# ---- events: keep in the order of the shop ----
events:
  click:
  purchase:
    properties:
      amount: money CHF  # without tax

# the end
"""


def removed(before: str, after: str) -> list[str]:
    """Lines of `before` that `after` does not have in the same order."""
    rest = iter(after.splitlines())
    return [line for line in before.splitlines() if line not in rest]


def test_comments_order_and_layout_survive() -> None:
    grown = add(WRITTEN, ("contacts", "fields"), {"city": "text", "email": "number", "age": 'one of ["65+", young]'})
    grown = add(grown, ("events", "purchase", "properties"), {"n": "number"})
    grown = add(grown, ("events",), {"visit": {"properties": {"page": "text"}}})
    grown = add(grown, ("facts",), {"weather": {"key": "region", "matches": "city", "columns": {"region": "text"}}})
    assert removed(WRITTEN, grown) == []
    assert "    # a remark on what comes next\n    city: text\n" in grown
    assert "amount: money CHF  # without tax\n      n: number\n  visit:\n    properties:\n      page: text\n" in grown
    data = plain(read(grown))
    assert data["contacts"]["fields"]["email"] == {"type": "text", "pii": True}
    assert data["contacts"]["fields"]["age"] == 'one of ["65+", young]'
    assert data["facts"]["weather"]["columns"] == {"region": "text"}


def test_sections_in_braces_and_empty_ones_are_written_anew_with_their_comments() -> None:
    grown = add("# top\ncontacts: {key: id, fields: {a: text}}  # all\n", ("contacts", "fields"), {"b": "text"})
    assert plain(read(grown)) == {"contacts": {"key": "id", "fields": {"a": "text", "b": "text"}}}
    assert "# top" in grown
    assert "# all" in grown
    grown = add(WRITTEN, ("events", "click", "properties"), {"link": "text"})
    assert plain(read(grown))["events"]["click"] == {"properties": {"link": "text"}}
    assert all(remark in grown for remark in ("# from the till", "# odd   spaces", "# inner remark", "# the end"))


def test_other_indentations_and_line_ends() -> None:
    wide = "contacts:\n    key: id\n    fields:\n        a: text\nevents: {}\n"
    assert add(wide, ("contacts", "fields"), {"b": "date"}) == wide.replace("a: text\n", "a: text\n        b: date\n")
    assert add("contacts:\n  key: id", ("contacts", "fields"), {"b": "date"}).endswith("fields:\n    b: date\n")


def test_files_that_cannot_be_added_to() -> None:
    for text in ("a: [", "- a\n", "contacts: 5\n"):
        with pytest.raises(SchemaEditError):
            add(text, ("contacts", "fields"), {"b": "text"})


names = st.text("abcxyz", min_size=1, max_size=5)
layout = st.recursive(names, lambda inner: st.dictionaries(names, inner, min_size=1, max_size=4), max_leaves=8)


@given(fields=st.dictionaries(names, layout, max_size=5), words=st.text(max_size=20))
def test_any_word_is_written_so_that_it_is_read_again(fields: dict[str, object], words: str) -> None:
    import io

    from ruamel.yaml import YAML

    out = io.StringIO()
    YAML().dump({"contacts": {"key": "id", "fields": fields}}, out)
    kind = f"one of [{words}]" if words.isprintable() else "text"
    grown = add(out.getvalue(), ("contacts", "fields"), {"fresh": kind})
    assert plain(read(grown))["contacts"]["fields"] == {**fields, "fresh": kind}


# ---------------------------------------------------------------- the verb


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "kadenz.yaml").write_text("name: shop\ntime_zone: Europe/Zurich\n")
    return tmp_path


def infer(project: Path, content: str, *arguments: str) -> int:
    (project / "new file.csv").write_text(content)
    return run(["schema", "infer", str(project / "new file.csv"), *arguments, "--project", str(project)])


CONTACTS = "Kunden-Nr,E-Mail,Plan,City\n1,a@x.ch,basic,Bern\n2,b@x.ch,plus,Basel\n"


def test_a_schema_from_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from adapters.project import load

    assert infer(project, CONTACTS) == 0
    shown = capsys.readouterr().out
    assert "added to contacts:" in shown
    assert "next: kadenz import" in shown
    events = "id,customer,Zeit,amount\n1,1,2026-01-01T10:00:00Z,12.50 EUR\n"
    assert infer(project, events, "--as", "event:purchase", "--key", "customer") == 0
    assert "--map customer=contact" in capsys.readouterr().out
    assert (
        infer(project, "city,day,rain\nBern,2026-01-01,5\nBern,2026-01-02,6\n", "--as", "fact:weather", "--key", "city")
        == 0
    )
    loaded = load(project)
    assert [d.summary for d in loaded.diagnostics if d.primary.span.file == "schema.yaml"] == []
    assert loaded.schema.key == "kunden_nr"
    assert list(loaded.schema.fields) == ["e_mail", "plan", "city", "kunden_nr"]
    assert list(loaded.schema.events["purchase"].properties) == ["amount"]
    weather = loaded.schema.facts["weather"]
    assert (weather.key, weather.matches, weather.time) == ("city", "city", "day")


def test_fields_that_are_there_stay(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = project / "schema.yaml"
    path.write_text(WRITTEN)
    content = CONTACTS.replace("Kunden-Nr", "customer_id")
    assert infer(project, content, "--dry-run", "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    assert path.read_text() == WRITTEN
    assert [a["field"] for a in told["added"]] == ["city"]
    assert [entry["column"] for entry in told["left"]] == ["customer_id", "E-Mail", "Plan"]
    assert infer(project, content) == 0
    assert removed(WRITTEN, path.read_text()) == []
    grown = path.read_text()
    assert infer(project, content) == 0
    assert path.read_text() == grown


@pytest.mark.parametrize(
    ("content", "arguments", "message"),
    [
        ("a,b\n1,2\n1,2\n", (), "no column tells every contact apart: name the one that is the key with --key COLUMN"),
        ("a\n1\n", ("--key", "b"), "the file has no column `b` (--key)"),
        ("a\n1\n", ("--as", "event:purchase"), "no column says whose event it is"),
        ("a\n1\n", ("--as", "event:message_sent"), "every project has the event `message_sent` already"),
        ("a\n1\n", ("--as", "fact:rates"), "it is not clear which contact field it matches"),
        ("a\n1\n", ("--as", "fact:rates", "--matches", "z"), "there is no contact field `z`"),
        ("a\n1\n", ("--as", "people"), "`people` is nothing that schema.yaml describes"),
        ("a\n1\n", ("--currency", "francs"), "`francs` is no currency code"),
        ("", (), "is empty"),
    ],
)
def test_what_cannot_be_inferred(
    project: Path, capsys: pytest.CaptureFixture[str], content: str, arguments: tuple[str, ...], message: str
) -> None:
    assert infer(project, content, *arguments) == 3
    assert message in capsys.readouterr().err
    assert not (project / "schema.yaml").exists()


def test_a_schema_that_cannot_be_read_is_left_alone(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "schema.yaml").write_text("contacts: [\n")
    assert infer(project, CONTACTS) == 3
    assert "schema.yaml cannot be read" in capsys.readouterr().err
    assert (project / "schema.yaml").read_text() == "contacts: [\n"


def next_line(capsys: pytest.CaptureFixture[str]) -> list[str]:
    import shlex

    (line,) = [one for one in capsys.readouterr().out.splitlines() if one.startswith("next: ")]
    return shlex.split(line.removeprefix("next: kadenz "))


def test_a_key_that_is_not_there_is_an_error_with_a_suggestion(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "schema.yaml").write_text(WRITTEN)
    content = CONTACTS.replace("Kunden-Nr", "customer_id")
    assert infer(project, content, "--key", "custmer_id") == 3
    assert "no column `custmer_id` (--key): did you mean `customer_id`?" in capsys.readouterr().err
    assert infer(project, CONTACTS) == 3
    told = capsys.readouterr().err
    assert "the key of the contacts is `customer_id` in schema.yaml, and the file has no such column" in told
    assert "--key COLUMN, like --key Kunden-Nr" in told
    assert (project / "schema.yaml").read_text() == WRITTEN


def test_the_next_line_is_a_command_that_works(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    contacts = "2. Vorname,Kunden Nr,born\nAnna,1,05/06/1990\nBea,2,07/08/1990\n"
    assert infer(project, contacts, "--key", "Kunden Nr") == 0
    command = next_line(capsys)
    assert command[-4:] == ["--date-format", "dmy", "--project", str(project)]
    assert run([*command, "--yes"]) == 0
    assert infer(project, contacts.replace("Kunden Nr", "Kunde"), "--key", "Kunde") == 0
    assert run([*next_line(capsys), "--yes"]) == 0
    events = "Bestellnr,Kunde,Datum,Betrag\nb1,1,2026-01-01,5.50 CHF\nb2,1,2026-01-02,6\n"
    assert infer(project, events, "--as", "event:purchase") == 0
    command = next_line(capsys)
    assert "Bestellnr=id" in command
    assert run(command) == 0
    assert "2 new" in capsys.readouterr().out
    from adapters.project import load

    assert list(load(project).schema.events["purchase"].properties) == ["betrag"]
    assert infer(project, "Kunde,at,price\n1,2026-01-01,5.50\n", "--as", "event:visit") == 0
    assert "money CHF" in (project / "schema.yaml").read_text().split("visit:")[1]
    assert run(next_line(capsys)) == 0


def test_lines_that_do_not_fit_the_column_are_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"{n},{n % 28 + 1:02d}.01.1990" for n in range(40)]
    assert infer(project, "\n".join(["customer_id,born", *rows, "77,31.02.1990"])) == 0
    told = capsys.readouterr().out
    assert "`born` is date but for these lines, which will go to the quarantine: 42 (`31.02.1990`)" in told
