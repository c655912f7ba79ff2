"""Out and back: mail leaves by a mail server, a click comes back by a signed webhook, and a week later the next mail
leaves; and then one click says that no more should."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from adapters.channel_config import SmtpConfig
from adapters.channels.smtp import SmtpChannel
from adapters.cli.workspace import Workspace, open_workspace
from adapters.clock import now
from adapters.feedback.inbox import Inbox
from adapters.running import engine_of, renderer
from adapters.stores.ledger import SqliteLedger
from adapters.stores.ledger_outbox import SqlOutbox
from engine.handover import HandedOverSummary, hand_over
from engine.tick import tick
from tests.adapters.smtp_server import Sink, parsed, serving
from tests.cli.conftest import Kadenz
from tests.cli.serving import SECRET as SIGNING
from tests.cli.serving import served, signed_project
from tests.cli.test_serve import FORM, ONE_CLICK, soon
from tests.cli.test_webhooks_in import CONFIG, OLD, SECRET, events, post

HOUR = 3_600_000_000
DAY = 24 * HOUR

PLAYBOOK = """
trigger thanks "After a purchase"
  on purchase
  send email thanks
  purpose newsletter

trigger similar "A week after a click, a similar offer"
  on message_clicked with (template = "thanks")
  wait 7 days
  send email similar
  purpose newsletter
"""
TEMPLATE = "---\nchannel: email\nsubject: '{subject}'\n---\nHello\n"


def loop_project(project: Path, port: int, kadenz: Kadenz) -> Path:
    assert kadenz("init", project).code == 0
    for path in (project / "playbooks" / "cart.play", *(project / "templates").iterdir()):
        path.unlink()
    (project / "playbooks" / "loop.play").write_text(PLAYBOOK, encoding="utf-8")
    for name in "thanks", "similar":
        (project / "templates" / f"{name}.j2").write_text(TEMPLATE.replace("{subject}", name), encoding="utf-8")
    signed_project(project, port, CONFIG)
    settings = project / "kadenz.yaml"
    text = settings.read_text(encoding="utf-8").replace("2026-11-01 00:00", "2020-01-01 00:00")
    settings.write_text(text, encoding="utf-8")
    for name in "contacts", "consents":
        file = project / "data" / f"{name}.csv"
        assert kadenz("import", file, "--as", name, "--project", project).code == 0
    return project


class Loop:
    """The project at instants of our choice, with its real channel."""

    def __init__(self, project: Path) -> None:
        self.workspace: Workspace = open_workspace(project)
        self.at = 0

    def ledger(self) -> SqliteLedger:
        return SqliteLedger.open(self.workspace.project.ledger_path, clock=lambda: self.at)

    def decide(self, at: int) -> None:
        """A tick; what it queues stays queued."""
        self.at = at
        with self.workspace.facts() as facts, closing(self.ledger()) as ledger:
            tick(engine_of(self.workspace, facts, ledger, self.workspace.executor(facts, "sql")), at)

    def deliver(self) -> HandedOverSummary:
        """The hand-over by the mail server."""
        found = self.workspace.project.channels["email"]
        assert isinstance(found, SmtpConfig)
        config = replace(found, timeout=5)
        channel = SmtpChannel(config, None, lambda: self.at, unsubscribe_secret=SIGNING)
        with self.workspace.facts() as facts, closing(self.ledger()) as ledger, closing(channel):
            outbox = SqlOutbox(ledger, clock=lambda: self.at)
            journal = self.workspace.journal(ledger)
            render = renderer(self.workspace, facts, ledger)
            with ledger.owner() as owner:
                return hand_over(outbox, {"email": channel}, render, lambda: self.at, owner, journal=journal)


def iso(at: int) -> str:
    return datetime.fromtimestamp(at // 1_000_000, UTC).isoformat()


def test_a_week_after_a_click_the_similar_offer_and_after_one_click_no_more(tmp_path: Path, kadenz: Kadenz) -> None:
    sink = Sink()
    began = now() - 7 * DAY - 5 * HOUR
    with serving(sink) as port:
        project = loop_project(tmp_path / "project", port, kadenz)
        loop = Loop(project)
        loop.decide(began)
        with served(project, PROVIDER_SECRET=SECRET, PROVIDER_OLD=OLD) as server:
            for number, contact in enumerate(("1001", "1002")):
                bought = {"type": "purchase", "timestamp": iso(began + HOUR), "data": {"contact": contact, "amount": 9}}
                assert post(server, bought, f"p-{number}").status == 202
            assert soon(lambda: len(events(project, "purchase")) == 2)
            loop.decide(began + 2 * HOUR)
            assert loop.deliver().of_state("sent") == 2
            mails = {parsed(data)["To"]: parsed(data) for _, _, data in sink.accepted}
            assert {mail["Subject"] for mail in mails.values()} == {"thanks"}

            # both click, as the mail provider knows by the Message-ID alone
            for number, mail in enumerate(mails.values()):
                data = {"message_id": mail["Message-ID"], "at": iso(began + 3 * HOUR)}
                assert post(server, {"type": "email.clicked", "data": data}, f"c-{number}").status == 202
            assert soon(lambda: len(events(project, "message_clicked")) == 2)
            assert {event.contact for event in events(project, "message_clicked")} == {"1001", "1002"}

            loop.decide(began + 4 * HOUR)
            loop.decide(began + 6 * DAY)
            assert loop.deliver().of_state("sent") == 0
            assert len(sink.accepted) == 2

            # a week after the click both offers are queued; one of the two follows the link in the first mail before
            loop.decide(began + 7 * DAY + 3 * HOUR)
            with closing(loop.ledger()) as ledger:
                queued = {row.message.contact: row.message for row in ledger.outbox(("queued",))}
            assert {message.template for message in queued.values()} == {"similar"}
            leaving, staying = "1001", "1002"
            link = mails[queued[leaving].address]["List-Unsubscribe"].strip("<>").removeprefix("https://shop.example")
            assert server.ask("GET", link).status == 200
            assert server.ask("POST", link, FORM, ONE_CLICK).status == 200
            assert soon(lambda: not Inbox(loop.workspace.project.inbox).waiting())

        loop.at = now()
        with closing(loop.ledger()) as ledger:
            assert len(list(ledger.outbox(("queued",)))) == 2
            (withdrawn,) = [c for c in ledger.consents(2**62, [leaving]) if c.state == "withdrawn"]
        assert withdrawn.evidence.startswith("one-click unsubscribe")
        summary = loop.deliver()
        states = {state: count for (_, _, state), count in summary.counts.items()}
        assert states == {"sent": 1, "suppressed": 1}
        subjects = [(parsed(data)["To"], parsed(data)["Subject"]) for _, _, data in sink.accepted[2:]]
        assert subjects == [(queued[staying].address, "similar")]
