"""A case folder on one executor: ticks at all its instants, and what came out at each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from random import Random

from adapters.bench import Letterbox
from adapters.channels.setting import FieldSetter
from adapters.executors import executor as executor_named
from adapters.stores.facts import SqliteFacts
from adapters.stores.ledger_outbox import SqlOutbox
from dsl.model import Model
from dsl.types import Stored
from engine.evaluation import Evaluation
from engine.explain import Clause, Explainer
from engine.handover import hand_over
from engine.horizon import always_full
from engine.instants import local_date
from engine.interpret import InterpreterExecutor, Reader
from engine.layout import CONTACTS, EVENT_CONTACT, KEY, event_table
from engine.plan import make_plan
from engine.protocols import ChannelAdapter, Rendered, SqlFacts
from engine.records import ConsentRecord, CountedMessage, Event, OutboxRow, Suppression
from engine.tick import Choice, Engine, Passes, TickReport, memory_at, tick
from engine.zones import zone
from tests.cases.folder import Case, Line, Mistake
from tests.cases.schema import SCHEMA
from tests.engine.engines import facts_on
from tests.engine.world import model_of
from tests.ledgers import Kind, on, open_at, place


@dataclass(frozen=True, slots=True)
class Said:
    """One judgement in the words of sends.csv. `what` is what was reserved, or who said no."""

    contact: str
    trigger: str
    outcome: str
    gate: str
    what: str
    until: int | None


@dataclass(frozen=True, slots=True)
class Moment:
    """What one tick showed."""

    evaluation: Evaluation
    said: tuple[Said, ...]
    clauses: Mapping[tuple[str, str], Clause] = field(default_factory=dict, compare=False)
    """(segment, contact) -> its explanation, where that was asked for."""
    model: Model | None = field(default=None, compare=False)
    again: TickReport | None = field(default=None, compare=False)
    """A second tick at the same instant, where that was asked for."""


class CaseWorld:
    """The store, the ledger and the playbook of a case in memory.

    `executor`: the interpreter over SQLite, or the SQL executor on an engine, which the whole tick reads then.
    `arranged`: contacts, and the events that arrive at one instant, come in another order (by this seed), the events in
    two imports. `explained`: each moment holds the explanations of all segments for all contacts, and each tick is
    repeated. `passes`: whether ticks look at everybody.
    """

    def __init__(
        self,
        case: Case,
        executor: str,
        *,
        arranged: int | None = None,
        explained: bool = False,
        ledger: Kind = "sqlite",
        passes: Passes = "chosen",
    ) -> None:
        self.case = case
        self._passes = passes
        self.choices: list[Choice] = []
        self._order = None if arranged is None else Random(arranged)
        self._explained = explained
        self.facts = SqliteFacts.open(":memory:", SCHEMA, now=0)
        self.seen: SqlFacts = self.facts if executor == "interpreter" else facts_on(executor, self.facts)
        self._around = ExitStack()
        self._around.enter_context(on(ledger))
        self.ledger = open_at(place(":memory:"), lambda: 0)
        self.executor = executor
        self.engine = self._engine(case.playbooks[None])
        self._now: int | None = None
        self._arrivals: list[tuple[int, str, Event]] = []
        self._departures: list[tuple[int, str, str]] = []
        self._facts: list[tuple[int, str, Mapping[str, Stored]]] = []
        for line in case.lines():
            self._read(line)

    def run(self) -> Mapping[int, Moment]:
        """Tick at every instant of the case; whatever is reserved is handed over before the next."""
        return {at: self._tick(at) for at in self.case.instants}

    def close(self) -> None:
        self.facts.close()
        self.ledger.close()
        self._around.close()

    def _engine(self, text: str) -> Engine:
        case, model = self.case, model_of(text, SCHEMA)
        self._text = text
        plan = make_plan(model, SCHEMA, case.zone)
        named = "interpreter" if self.executor == "interpreter" else "sql"
        active = case.settings.get("active_from", "2000-01-01")
        return Engine(
            model,
            plan.hash,
            plan.definition_hashes,
            executor_named(named, model, plan, self.seen, case.zone),
            self.seen,
            self.ledger,
            case.zone,
            None if active == "first tick" else case.instant(str(active)),
            case.instant(f"+{case.settings.get('settle', '0s')}") - case.clock,
            always_full=always_full(plan),
            passes=self._passes,
        )

    # ------------------------------------------------------------ given

    def _read(self, line: Line) -> None:
        values = dict(line.values)
        if line.verb in SCHEMA.facts:
            columns = SCHEMA.facts[line.verb].columns
            row = {name: self.case.stored(columns[name].type, text) for name, text in values.items() if name in columns}
            self._facts.append((self._arrives(line), line.verb, row))
            return
        for contact in line.contacts:
            if contact not in self.case.keys:
                raise Mistake(f"{self.case.name}/events.txt:{line.number}: there is no contact `{contact}`")
            for n, at in enumerate(line.instants):
                id_ = values.get("id", f"e{line.number:03}-{contact}-{n}")
                match line.verb:
                    case "consents" | "withdraws":
                        channel, purpose = line.words
                        state = "granted" if line.verb == "consents" else "withdrawn"
                        basis = values.get("basis", "consent")
                        record = ConsentRecord(id_, contact, purpose, channel, state, basis, "test", at)  # type: ignore[arg-type]  # words of the notation
                        self.ledger.add_consents([record])
                    case "suppressed":
                        address = values.get("address")
                        person = None if address else contact
                        line_ = Suppression(id_, person, address, values.get("channel"), "asked us to", at)
                        self.ledger.add_suppressions([line_])
                    case "received":
                        (channel,) = line.words
                        day = local_date(at, zone(values.get("zone", self.case.zone)))
                        category = values.get("category", "promotional")
                        message = CountedMessage(id_, contact, at, channel, category, (), day)  # type: ignore[arg-type]  # words of the notation
                        self.ledger.add_messages([message])
                    case "erased" | "listed":
                        pass  # see `_move_to`
                    case _:
                        self._event(line, contact, id_, at)

    def _event(self, line: Line, contact: str, id_: str, at: int) -> None:
        case, kind = self.case, SCHEMA.events[line.verb]
        apart = {"id", "arrives", "gone"}
        properties: dict[str, Stored] = {
            name: case.stored(kind.properties[name].type, text)
            for name, text in line.values.items()
            if name not in apart and text
        }
        self._arrivals.append((self._arrives(line), kind.name, Event(kind.name, id_, contact, at, 0, properties)))
        if "gone" in line.values:
            self._departures.append((case.instant(line.values["gone"]), kind.name, id_))

    def _arrives(self, line: Line) -> int:
        return self.case.instant(line.values["arrives"]) if "arrives" in line.values else self.case.instants[0]

    def _move_to(self, at: int) -> None:
        before = self._now
        rows = [
            (start, key, fields)
            for key, start, fields in self.case.contacts
            if (before is None and start is None)
            or (start is not None and start <= at and (before is None or start > before))
        ]
        if self._order is not None and len({key for _, key, _ in rows}) == len(rows):
            self._order.shuffle(rows)
        for _, key, fields in rows:
            self.facts.put_contacts([(key, fields)], at=0)
        self._import([(arrives, n, e) for arrives, n, e in self._arrivals if self._between(before, arrives, at)])
        for arrives, name, row in self._facts:
            if self._between(before, arrives, at):
                self.facts.put_facts(name, [row])
        for gone, name, id_ in self._departures:
            if gone <= at and (before is None or gone > before):
                table = event_table(name)
                assert self.facts.connection.execute(f'DELETE FROM "{table}" WHERE _id = ?', (id_,)).rowcount == 1
        for key, gone in self.case.erased:
            if self._between(before, gone, at):
                tables = [(CONTACTS, KEY), *((event_table(name), EVENT_CONTACT) for name in SCHEMA.events)]
                for table, column in tables:
                    self.facts.connection.execute(f'DELETE FROM "{table}" WHERE "{column}" = ?', (key,))
        for line in self.case.lines():
            if line.verb == "listed" and self._between(before, line.instants[0], at):
                self.ledger.put_list(line.words[0], line.contacts)
        for start, text in self.case.playbooks.items():
            if start is not None and start <= at and (before is None or start > before):
                self.engine = self._engine(text)
        if self.seen is not self.facts:
            facts_on(self.executor, self.facts)
        self._now = at

    @staticmethod
    def _between(before: int | None, instant: int, at: int) -> bool:
        return instant <= at and (before is None or instant > before)

    def _import(self, arrivals: Sequence[tuple[int, str, Event]]) -> None:
        if self._order is None:
            for _, name, event in arrivals:
                self.facts.put_events(name, [event])
            return
        by_arrival: dict[int, list[tuple[str, Event]]] = defaultdict(list)
        for arrives, name, event in arrivals:
            by_arrival[arrives].append((name, event))
        for _, group in sorted(by_arrival.items()):
            self._order.shuffle(group)
            for half in (group[: len(group) // 2], group[len(group) // 2 :]):
                for name in {name: None for name, _ in half}:
                    self.facts.put_events(name, [event for of, event in half if of == name])

    # ------------------------------------------------------------ seen

    def _tick(self, at: int) -> Moment:
        self._move_to(at)
        clauses = self._clauses(at) if self._explained else {}  # before the tick: they read the tick before
        report = tick(self.engine, at)
        self.choices.append(report.choice)
        waiting = {row.message.key: row.message for row in self.ledger.outbox(("queued",))}
        said = []
        for firing, judgement in report.decisions:
            message = waiting.get(firing.key)
            what = judgement.detail
            if judgement.outcome == "queued" and message is not None:
                what = f"{message.channel} {message.template or message.address}"
            said.append(Said(firing.contact, firing.trigger, judgement.outcome, judgement.gate, what, judgement.until))
        outbox = SqlOutbox(self.ledger, clock=lambda: at, alive=lambda _owner: False)
        channels: dict[str, ChannelAdapter] = {n: Letterbox() for n in ("email", "sms", "letter", "notify")}
        channels |= {"call": Letterbox(), "set": FieldSetter(self.facts, lambda: at)}
        hand_over(outbox, channels, _rendered, lambda: at, "test")
        again = tick(self.engine, at) if self._explained else None
        return Moment(report.evaluation, tuple(said), clauses, self.engine.model, again)

    def _clauses(self, at: int) -> dict[tuple[str, str], Clause]:
        model = self.engine.model
        executor = InterpreterExecutor(model, self.facts, self.case.zone)
        setting = executor.setting(at, memory_at(self.engine, self.ledger, at))
        found = {}
        for data in self.facts.load(None, SCHEMA.events, at):
            explainer = Explainer(Reader(setting, data), {"test.play": self._text})
            for name, segment in model.segments.items():
                found[name, data.contact.key] = explainer.clause(segment.where)
        return found


def _rendered(row: OutboxRow) -> Rendered:
    m = row.message
    return Rendered(
        key=m.key, contact=m.contact, channel=m.channel, address=m.address, subject=None, text=m.text,
        html=None, language=None, template=m.template, trigger=m.trigger,
    )  # fmt: skip
