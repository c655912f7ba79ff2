"""A project with one person who is everywhere: in every table, every file, every copy, and in backups."""

from __future__ import annotations

import io
import shutil
from collections.abc import Collection
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path

from adapters.cli.main import run
from tests.cli.conftest import Kadenz, Said

GERDA = "gerda-4711-zyx"
MAIL = "gerda.first@mail.example"
MARKS = (GERDA, MAIL, "gerda.second@mail.example", "Gerdalinde", "gerda-bought-a-bell", "gerda-order-", "gerda-proof")
"""What is hers, each recognisable."""
OTHERS = 4

PLAY = """
segment buyers
  where did purchase
segment insiders
  include list press
score warmth
  + 10 on purchase
  stage cold from 0
  stage warm from 5

trigger thanks
  on purchase
  send email thanks
  notify sales "{{ contact.first_name }} bought {{ event.product }}"
  set plan to plus
  call crm
  purpose newsletter
trigger waiting
  on purchase
  wait 30 days
  send email thanks
  purpose newsletter
  expires after 60 days
trigger stopped
  on purchase
  send email thanks
  purpose newsletter
"""

SCHEMA = """contacts:
  key: customer_id
  fields:
    email:      {type: text, normalise: [email], pii: true}
    first_name: {type: text, pii: true}
    plan:       "one of [basic, plus]"
events:
  purchase:
    properties:
      product: text
      amount: money CHF
lists:
  press: "Journalists"
"""

PROJECT = """name: people
time_zone: UTC
active_from: "{start}"
settle: 0 minutes
purposes: [newsletter]
channels:
  email: {{kind: folder, folder: out/email, address: email}}
teams:
  sales: {{kind: folder, folder: out/sales}}
hooks:
  crm: {{kind: folder, folder: out/crm}}
"""


def quietly(*arguments: str | Path) -> Said:
    """Runs a verb in this process, for a project that several tests start from."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run([str(a) for a in arguments])
    return Said(code, out.getvalue(), err.getvalue())


def people(folder: Path, kadenz: Kadenz) -> Path:
    """The project: she and some others have bought something, in a run at the present and in a rehearsal; one message
    is held by a pause, one run waits. Copies on DuckDB and Parquet follow."""
    project = folder / "people"
    for name in ("playbooks", "templates"):
        (project / name).mkdir(parents=True)
    moment = datetime.now(UTC) - timedelta(seconds=2)
    start = (moment - timedelta(days=2)).isoformat(sep=" ", timespec="minutes")[:16]
    (project / "kadenz.yaml").write_text(PROJECT.format(start=start))
    (project / "schema.yaml").write_text(SCHEMA)
    (project / "playbooks" / "all.play").write_text(PLAY)
    (project / "templates" / "thanks.j2").write_text(
        '---\nchannel: email\nsubject: Thank you {{ contact.first_name | default("you") }}\n---\n'
        'For {{ event.product | default("it") }}.\n'
    )
    everybody = [GERDA, *(f"c{n}" for n in range(OTHERS))]
    bring(project, kadenz, "contacts", "customer_id,email,first_name", [
        f"{GERDA},{MARKS[2]},Gerdalinde", *(f"c{n},c{n}@x.example,Cleo" for n in range(OTHERS))
    ])  # fmt: skip
    bring(project, kadenz, "contacts", "customer_id,email", [f"{GERDA},{MAIL}"])
    proofs = {GERDA: "gerda-proof"}
    consents = [f"{key},email,newsletter,{proofs.get(key, 'a form')},2026-01-01T00:00Z" for key in everybody]
    bring(project, kadenz, "consents", "contact,channel,purpose,evidence,at", consents)
    at = moment.isoformat()
    rows = [f"{'gerda-order-' if key == GERDA else 'o'}{key},{key},{at},gerda-bought-a-bell,5" for key in everybody[:1]]
    rows += [f"o{key},{key},{at},a bell,5" for key in everybody[1:]]
    bring(project, kadenz, "event:purchase", "id,contact,at,product,amount", rows)
    bring(project, kadenz, "list:press", "contact", [GERDA, "c1"])
    bring(project, kadenz, "messages", "id,contact,at,channel,trigger", [
        f"gerda-order-mail,{GERDA},2026-05-01T00:00Z,email,old", "m1,c1,2026-05-01T00:00Z,email,old"
    ])  # fmt: skip
    bring(project, kadenz, "event:purchase", "id,contact,at,amount", [f"bad,{GERDA},never,5"], code=1)
    before = (moment - timedelta(hours=-1)).isoformat(timespec="minutes")
    for engine in ("duckdb", "parquet"):
        assert kadenz("show", "buyers", "--engine", engine, "--project", project).code == 0
    assert kadenz("pause", "stopped", "--project", project).code == 0
    said = kadenz("run", "--project", project)
    assert said.code == 0, said.out + said.err
    assert kadenz("run", "--at", before, "--project", project).code == 0
    return project


def bring(
    project: Path, kadenz: Kadenz, target: str, head: str, rows: Collection[str], *more: str, code: int = 0
) -> str:
    """Import rows of a file that lies outside of the project, and is deleted again."""
    file = project.parent / f"{target.replace(':', '-')}.csv"
    file.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    said = kadenz("import", file, "--as", target, "--project", project, *more)
    file.unlink()
    assert said.code == code, said.out + said.err
    return said.out


def traces(folder: Path, marks: Collection[str] = MARKS) -> dict[str, list[str]]:
    """Which of her marks stand in which files, in whatever form text takes there, or in the names of files."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("*")):
        held = path.read_bytes() if path.is_file() else b""
        there = [m for m in marks if m in path.name or any(m.encode(form) in held for form in ("utf-8", "utf-16-le"))]
        if there:
            found[str(path.relative_to(folder))] = there
    return found


def backup(project: Path, to: Path) -> None:
    """Copy the store, as a backup of it does: the journal's folder is no part of it."""
    shutil.copytree(project / ".kadenz", to)


def restore(project: Path, copy: Path) -> None:
    """Put a backup back."""
    shutil.rmtree(project / ".kadenz")
    shutil.copytree(copy, project / ".kadenz")
