"""Letters and calls as batch files, from `kadenz.yaml` to the file."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from adapters.project import load
from tests.adapters.test_project import KADENZ, SCHEMA
from tests.cli.conftest import Kadenz

PLAY = """\
offer spring "A coffee" code "KAFFEE5" discount 5 CHF

trigger letters
  on signup
  send letter hello with offer spring
  purpose newsletter

trigger calls
  on signup with (vip = yes)
  send calls pitch
  purpose newsletter
  priority 90

trigger later_calls
  on signup with (vip = no)
  send calls pitch
  purpose newsletter
"""
YAML = """\
name: post
time_zone: UTC
country: CH
active_from: "{start}"
settle: 0 minutes
purposes: [newsletter]
channels:
  letter:
    {kind: batch, folder: out/letters, format: jsonl, address: street, lines: [[title, name], street]}
  calls:
    kind: batch
    folder: out/calls
    format: xlsx
    columns: {number: contact.phone, who: contact.name, say: message.text}
    order: priority
"""
FIELDS = "contacts: {key: id, fields: {name: text, title: text, street: text, phone: text}}\n"
NOW = datetime.now(UTC)
EVENTS = "events: {signup: {properties: {vip: boolean}}}\n"


def ago(minutes: int) -> str:
    return f"{NOW - timedelta(minutes=minutes):%Y-%m-%dT%H:%MZ}"


@pytest.fixture
def post(tmp_path: Path, kadenz: Kadenz) -> Path:
    home = tmp_path / "post"
    for name, text in {
        "kadenz.yaml": YAML.replace("{start}", f"{NOW - timedelta(days=1):%Y-%m-%d}"),
        "schema.yaml": FIELDS + EVENTS,
        "playbooks/a.play": PLAY,
        "templates/hello.txt.j2": "---\nchannel: letter\n---\nDear {{ contact.name }}: {{ offer.code }}\n",
        "templates/pitch.txt.j2": "---\nchannel: calls\n---\n=call {{ contact.name }}\n",
        "contacts.csv": "id,name,title,street,phone\na,Anna,Dr.,Weg 1,+41791111111\nb,Ben,,Weg 2,+41792222222\n",
        "signup.csv": f"id,contact,at,vip\n1,b,{ago(20)},false\n2,a,{ago(10)},true\n",
        "consents.csv": "contact,channel,purpose,state,evidence,at\n"
        + "".join(f"{c},{k},newsletter,granted,x,2026-01-01T00:00Z\n" for c in "ab" for k in ("letter", "calls")),
    }.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    for kind, name in (("contacts", "contacts"), ("event:signup", "signup"), ("consents", "consents")):
        said = kadenz("--project", home, "import", home / f"{name}.csv", "--as", kind)
        assert said.code == 0, said
    return home


def test_a_run_makes_one_file_for_each_channel(post: Path, kadenz: Kadenz) -> None:
    said = kadenz("--project", post, "run")
    assert said.code == 0, said
    (letters,) = (post / "out/letters").glob("*.jsonl")
    told = [json.loads(line) for line in letters.read_text().splitlines()]
    assert [(one["lines"], one["text"].strip(), one["offer_code"]) for one in told] == [
        (["Ben", "Weg 2"], "Dear Ben: KAFFEE5", "KAFFEE5"),
        (["Dr. Anna", "Weg 1"], "Dear Anna: KAFFEE5", "KAFFEE5"),
    ]
    assert list(told[0]) == [
        "key", "contact", "address", "lines", "subject", "text", "html", "offer_code", "offer", "language", "trigger",
        "template", "day",
    ]  # fmt: skip
    (calls,) = (post / "out/calls").glob("*.xlsx")
    sheet = load_workbook(calls).active
    assert sheet is not None
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["number", "who", "say"],
        ["+41791111111", "Anna", "=call Anna\n"],
        ["+41792222222", "Ben", "=call Ben\n"],
    ]
    assert kadenz("--project", post, "run").code == 0
    assert len(list((post / "out/letters").glob("*.jsonl"))) == 1


SCORE = """
score warmth
  +10 on signup in last 30 days
  +5 when name = "Ben"
"""


def test_a_call_list_by_score_with_its_explanation(post: Path, kadenz: Kadenz) -> None:
    (post / "playbooks/a.play").write_text(PLAY + SCORE)
    old = "columns: {number: contact.phone, who: contact.name, say: message.text}\n    order: priority"
    new = "columns: {who: contact.name, points: score.warmth, why: why.warmth}\n    order: score.warmth"
    text = (post / "kadenz.yaml").read_text()
    assert old in text
    (post / "kadenz.yaml").write_text(text.replace(old, new))
    said = kadenz("--project", post, "run")
    assert said.code == 0, said
    (calls,) = (post / "out/calls").glob("*.xlsx")
    sheet = load_workbook(calls).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [row[:2] for row in rows] == [["who", "points"], ["Ben", "15"], ["Anna", "10"]]
    assert len(str(rows[1][2]).splitlines()) == 2
    assert str(rows[2][2]).endswith(": 10")
    (post / "kadenz.yaml").write_text(text.replace(old, new.replace("why.warmth", "why.heat")))
    told = kadenz("--project", post, "check")
    assert (told.code, "there is no score `heat`" in told.out + told.err) == (1, True), told


def test_a_rehearsal_writes_the_files_beside(post: Path, kadenz: Kadenz) -> None:
    said = kadenz("--project", post, "run", "--at", f"{NOW + timedelta(hours=1):%Y-%m-%d %H:%M}")
    assert said.code == 0, said
    assert len(list((post / "out/rehearsal/letter").glob("*.jsonl"))) == 1
    assert not (post / "out/letters").exists()


BATCH = "{kind: batch, folder: out/letters, format: csv"


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("columns: [contact.name]", ("K0904", "`contact.name` is no column: there is no field `name`")),
        ("columns: [message.body]", ("K0904", "`message.body` is no column: there are `message.key`")),
        ("columns: [lines]", ("K0904", "`lines` is no column: `lines` of the channel say what it is")),
        ("columns: [email]", ("K0904", "`email` is no column: write `contact.FIELD`")),
        ("columns: {a: contact.email, '': message.key}", ("K0904", "the head of a column is one line of text")),
        ("columns: [contact.email, contact.email]", ("K0904", "two columns are called `email`")),
        ("lines: [[email, house]]", ("K0904", "there is no field `house`")),
        ("order: points", ("K0904", "`points` is no order")),
        ("rows: 0", ("K0904", "")),
        ("format: pdf", ("K0904", "")),
    ],
)
def test_mistakes_in_the_entry(tmp_path: Path, entry: str, told: tuple[str, str]) -> None:
    whole = f"{BATCH}, {entry}}}" if not entry.startswith("format") else "{kind: batch, folder: x, format: pdf}"
    text = KADENZ.replace("{kind: folder, folder: out/letters}", whole)
    assert whole in text
    (tmp_path / "kadenz.yaml").write_text(text)
    (tmp_path / "schema.yaml").write_text(SCHEMA)
    found = load(tmp_path).diagnostics
    assert [(one.code, one.summary.startswith(told[1])) for one in found] == [(told[0], True)], found


def test_a_team_has_no_batch(tmp_path: Path) -> None:
    (tmp_path / "kadenz.yaml").write_text(f"name: a\ntime_zone: UTC\nteams:\n  sales: {BATCH}}}\n")
    (tmp_path / "schema.yaml").write_text("contacts: {key: id}\n")
    assert [one.summary for one in load(tmp_path).diagnostics] == ["a team is told at once, not by batch"]
