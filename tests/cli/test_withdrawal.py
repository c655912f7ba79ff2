"""A withdrawal counts from the moment that it is recorded: for what waits in the outbox, and for what a run has taken
and rendered, up to the marker; on every kind of channel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adapters import running
from adapters.cli.common import open_ledger, open_project
from engine.protocols import Rendered
from engine.records import ConsentRecord, OutboxRow
from tests.adapters.http_server import Provider, providing
from tests.cli.conftest import Kadenz
from tests.cli.test_cut_off import PEOPLE, Sink, live_project, mail  # noqa: F401  # the fixture

KINDS = ("folder", "batch", "smtp", "http")
OUT = "out/email"


def channel(kind: str, port: int, url: str) -> str:
    match kind:
        case "http":
            return f"{{kind: http, url: '{url}', address: email, body: {{to: '{{address}}'}}}}"
        case "smtp":
            return (
                f"{{kind: smtp, host: 127.0.0.1, port: {port}, security: none, from: 'a@shop.example', address: email,"
                " connections: 3}"
            )
        case "batch":
            return f"{{kind: batch, folder: {OUT}, format: jsonl, address: email}}"
        case _:
            return f"{{kind: folder, folder: {OUT}, address: email}}"


def withdraws(project: Path, contact: str) -> None:
    """As an import or a click records it, on a connection of its own."""
    with open_ledger(open_project(project)) as ledger:
        now = ledger.clock()
        record = ConsentRecord(f"w-{contact}", contact, "newsletter", "email", "withdrawn", "consent", "a click", now)
        ledger.add_consents([record])


def reached(project: Path, sink: Sink, provider: Provider) -> set[str]:
    held = "\n".join(path.read_text() for path in sorted((project / OUT).glob("*")) if path.is_file())
    told = [held, *sink.accepted, *(str(request.json()["to"]) for request in provider.heard)]
    return {f"c{n}" for n in range(PEOPLE) if f"c{n}@example.ch" in " ".join(told)}


def states(project: Path) -> dict[str, str]:
    with open_ledger(open_project(project)) as ledger:
        return {row.message.contact: row.state for row in ledger.outbox()}


@pytest.mark.parametrize("kind", KINDS)
def test_it_counts_for_what_waits_and_for_what_was_rendered(
    tmp_path: Path,
    kadenz: Kadenz,
    mail: tuple[Sink, int],  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    with providing() as provider:
        proved(tmp_path, kadenz, mail, provider, monkeypatch, kind)


def proved(
    folder: Path,
    kadenz: Kadenz,
    server: tuple[Sink, int],
    provider: Provider,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    sink, port = server
    url = provider.url()
    project = live_project(folder, kadenz, channel("folder", port, url))
    # nothing can leave: a file stands where the folder should be, and everything waits
    (project / "out").mkdir()
    (project / OUT).write_text("")
    kadenz("run", "--project", project)
    assert set(states(project).values()) == {"queued"}
    (project / OUT).unlink()
    text = (project / "kadenz.yaml").read_text()
    (project / "kadenz.yaml").write_text(
        text.replace(channel("folder", port, url), channel(kind, port, url)) + "own_hosts: [127.0.0.1]\n"
    )
    withdraws(project, "c0")
    made = running.renderer

    def renderer(*given: Any, **named: Any) -> Callable[[OutboxRow], Rendered]:
        render = made(*given, **named)

        def rendered(row: OutboxRow) -> Rendered:
            found = render(row)
            if row.message.contact == "c1":
                withdraws(project, "c1")  # the row is claimed, its text is ready, nothing has left
            return found

        return rendered

    monkeypatch.setattr(running, "renderer", renderer)
    assert kadenz("run", "--project", project).code == 0
    assert reached(project, sink, provider) == {f"c{n}" for n in range(2, PEOPLE)}
    assert {key: state for key, state in states(project).items() if state != "sent"} == {
        "c0": "suppressed",
        "c1": "suppressed",
    }
    said = kadenz("explain", "c1", "--project", project).out
    assert "no consent to email for newsletter (withdrawn)" in said
