"""The outbox on a tester's desk: counted by channel, and the newest of each state rendered. Nothing is written."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from adapters.preview.making import SECRET, Preview, message_of, previewed
from adapters.running import renderer
from adapters.stores.ledger_messages import Entry, Group, Wanted, counted, newest
from engine.outgoing import CALL, SET

if TYPE_CHECKING:
    from adapters.cli.workspace import Workspace
    from adapters.stores.facts_record import RecordFacts
    from adapters.stores.ledger import SqlLedger
    from adapters.stores.ledger_decisions import State
    from dsl.model import Trigger
    from engine.records import Outgoing

NOTIFY = "notify"


@dataclass(frozen=True, slots=True)
class Shown:
    """A message of the list with its preview. `channel` as it counts (see `Desk`), `trigger` by its present name.
    `message` None: a run that would send nothing, or of a trigger that is no more."""

    entry: Entry
    message: Outgoing | None
    channel: str
    trigger: str
    preview: Preview


class Desk:
    """Looks into a ledger, with the contacts as they are and the templates as they stand.

    A run without a row in the outbox counts for the channel that it took last, else for the one that its trigger tries
    first (`notify`, `set` or `call` where it sends nothing)."""

    def __init__(self, workspace: Workspace, facts: RecordFacts, ledger: SqlLedger, *, rehearsal: bool) -> None:
        self._project = workspace.project
        self._facts = facts
        self._ledger = ledger
        self._rehearsal = rehearsal
        self._triggers = {t.id: t for t in workspace.model.triggers.values()}
        self._render = renderer(workspace, facts, ledger, lambda _: SECRET)

    def wanted(
        self, channel: str | None, trigger: str | None, contact: str | None, states: Collection[State]
    ) -> Wanted:
        """What is asked for; `trigger` is an id."""
        first = [id_ for id_, one in self._triggers.items() if first_way(one) == channel]
        return Wanted(trigger, contact, channel, first, states)

    def counted(self, wanted: Wanted) -> list[Group]:
        """Counts by channel, trigger (its present name), state and reason."""
        sums: dict[tuple[str, str, State, str], int] = {}
        for group in counted(self._ledger.database, wanted):
            key = (self._channel(group.channel, group.trigger), self.name(group.trigger), group.state, group.why)
            sums[key] = sums.get(key, 0) + group.count
        return [Group(*key, count) for key, count in sums.items()]

    def shown(self, groups: Sequence[Group], wanted: Wanted, most: int) -> list[Shown]:
        """At most so many of each channel, rendered: the newest of each of its states, in the order of the counts."""
        states: dict[str, list[State]] = {}
        for group in groups:
            there = states.setdefault(group.channel or "", [])
            if group.state not in there:
                there.append(group.state)
        found = []
        for channel, there in sorted(states.items()):
            each = max(1, most // len(there))
            asked = self.wanted(channel, wanted.trigger, wanted.contact, ())
            for state in there:
                found += [
                    self._shown(e, channel) for e in newest(self._ledger.database, replace(asked, states=[state]), each)
                ]
        return found

    def name(self, trigger: str) -> str:
        """The present name of a trigger id."""
        known = self._triggers.get(trigger)
        return trigger if known is None else known.name

    def _shown(self, entry: Entry, channel: str) -> Shown:
        about = entry.about
        contact = next(self._facts.contacts([about.contact]), None)
        row = message_of(entry.found, self._triggers.get(about.trigger), contact, self._facts.schema)
        if row is None:
            return Shown(entry, None, channel, self.name(about.trigger), Preview())
        seen = previewed(self._project, row, self._render, rehearsal=self._rehearsal)
        return Shown(entry, row.message, channel, self.name(about.trigger), seen)

    def _channel(self, channel: str | None, trigger: str) -> str:
        if channel is not None:
            return channel
        known = self._triggers.get(trigger)
        return "" if known is None else first_way(known)


def first_way(trigger: Trigger) -> str:
    """The channel that a trigger tries first."""
    if trigger.sends:
        return trigger.sends[0].channel
    if trigger.notices:
        return NOTIFY
    return SET if trigger.sets else CALL
