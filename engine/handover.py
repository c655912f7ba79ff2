"""The hand-over loop: claim, render, marker, hand over, result (ARCHITECTURE.md §4).

| state | what a crash leaves | what recovery makes of it |
|---|---|---|
| `claimed` | nothing has left | `queued` |
| `committing` | it may have left | `queued` on a channel where a repeat has no effect, else `uncertain` |
| `committing`, and the channel remembers that it left | it has left | `sent` |

INVARIANT: nothing leaves before the marker is committed, and what was marked never goes back to `queued` by itself
unless the channel said that nothing was taken or that a repeat has no effect. No argument rests on a time-out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Literal, Protocol

from engine.abreast import Abreast, Rounds
from engine.lanes import Lanes
from engine.protocols import ChannelAdapter, NotYet, Receipt, Remembers, Rendered, Unreachable
from engine.records import OutboxRow, OutboxState

POINTS: tuple[str, ...] = ("recovered", "claimed", "rendered", "marked", "handed over", "resulted", "done")
"""Where a crash may be asked for, in the order they are passed; the four in the middle once for each row."""

BATCH = 50
"""How many rows one claim takes: one commit for all of them."""

LONGEST_WAIT = 60_000_000
"""A row whose channel takes it only after more microseconds than these stays queued for another run."""

_SLICE = 1_000_000
"""While it waits the loop asks this often (microseconds) whether it should stop."""


class RenderError(Exception):
    """A message cannot be rendered; the text says why, in people's words and without personal data."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """Rows of dead owners: back to `queued` (nothing had left, or a repeat has no effect), `uncertain`, or `sent` where
    the channel remembers it."""

    queued: int = 0
    uncertain: int = 0
    sent: int = 0


class Outbox(Protocol):
    """The outbox as the hand-over loop sees it. Each call is one transaction of its own, committed when it returns."""

    def recover(self, idempotent: Collection[str], remembering: Mapping[str, Remembers] | None = None) -> Recovered:
        """Take rows back from owners that are no longer alive.

        Claimed -> queued. Committing -> sent if the channel is among `remembering` and knows that it left; else queued
        if the channel was idempotent at the marker and is now (it is among `idempotent`), else uncertain."""
        ...

    def claim(self, owner: str, limit: int, now: int, channels: Collection[str]) -> Sequence[OutboxRow]:
        """Queued -> claimed, fence + 1, for at most `limit` due rows of these channels whose trigger is not paused,
        in order of id. What is past its time becomes expired."""
        ...

    def mark(self, row: OutboxRow, clock: Callable[[], int], *, repeatable: bool) -> bool:
        """Claimed -> committing: the marker. False: nothing may leave; the row is suppressed or expired now (consent,
        suppression, pause, time), or somebody else has it (state, fence).

        The clock is read behind the lock: a withdrawal that was committed while this waited must count.
        `repeatable`: the channel is idempotent."""
        ...

    def mark_all(self, rows: Sequence[OutboxRow], clock: Callable[[], int], *, repeatable: bool) -> Sequence[bool]:
        """`mark` for several rows, in one transaction; a no to one of them is none to the others."""
        ...

    def result(self, row: OutboxRow, receipt: Receipt, now: int) -> OutboxState:
        """Write what the channel said of a claimed or committing row; the state that the row has then.

        `later` goes back to queued with a growing delay, and is given up as failed after some tries or where the
        delay would pass its time. `uncertain` does the same where a repeat has no effect, and is given up as
        uncertain. A row that somebody else has (fence) is left alone."""
        ...

    def results(self, given: Sequence[tuple[OutboxRow, Receipt]], now: int) -> Sequence[OutboxState]:
        """`result` for several rows, in one transaction."""
        ...

    def release(self, owner: str) -> int:
        """Claimed -> queued for all rows of this owner; how many there were."""
        ...

    def state(self, row: OutboxRow) -> OutboxState:
        """The state of the row now."""
        ...

    def due(self, now: int, *, but: Collection[str] = ()) -> Mapping[str, int]:
        """Queued rows that could be claimed now, by channel, without those of the channels `but`."""
        ...


class Journal(Protocol):
    """Remembers beside the outbox what may leave, for the day on which the outbox is put back from a backup."""

    def claimed(self, rows: Sequence[OutboxRow]) -> None:
        """Write rows down, durably, before any of them is marked. Raises where that cannot be."""
        ...

    def finished(self) -> None:
        """The loop is over: nothing that it claimed is in its hands. Raises where that cannot be written."""
        ...


class _NoJournal:
    """Where nobody keeps a journal: a rehearsal reaches nobody."""

    def claimed(self, rows: Sequence[OutboxRow]) -> None:
        pass

    def finished(self) -> None:
        pass


class Progress(Protocol):
    """Is told after each row how many are done, and how many were due at the start."""

    def __call__(self, done: int, total: int) -> None:
        """Report."""
        ...


@dataclass(frozen=True, slots=True)
class HandedOverSummary:
    """What one run of the loop did. `counts` by (trigger, channel, state).

    `unreachable`: channel -> why, in people's words. `not_tried`: due rows that stay queued, by channel: of channels
    that are unreachable, or that nothing is configured for."""

    counts: Mapping[tuple[str, str, OutboxState], int] = field(default_factory=dict)
    unreachable: Mapping[str, str] = field(default_factory=dict)
    not_tried: Mapping[str, int] = field(default_factory=dict)
    recovered: Recovered = Recovered()
    closed: int = 0
    waiting: int = 0
    """Rows that stay queued because of a rate of their channel."""

    def of_state(self, state: OutboxState) -> int:
        """How many rows ended this run in a state."""
        return sum(count for (_, _, found), count in self.counts.items() if found == state)


def _no_point(_: str) -> None:
    """Where no crash is asked for."""


def _never() -> bool:
    """Where nobody asks the loop to stop."""
    return False


def hand_over(
    outbox: Outbox,
    channels: Mapping[str, ChannelAdapter],
    render: Callable[[OutboxRow], Rendered],
    clock: Callable[[], int],
    owner: str,
    *,
    batch: int = BATCH,
    progress: Progress | None = None,
    closed: Callable[[OutboxRow], bool] | None = None,
    on_point: Callable[[str], None] | None = None,
    journal: Journal | None = None,
    stop: Callable[[], bool] | None = None,
    sleep: Callable[[int], None] | None = None,
    patience: int | None = None,
    before_more: Callable[[], None] | None = None,
) -> HandedOverSummary:
    """Recover what dead owners left, then hand over every due row once.

    `owner` names this run and must be alive by the outbox's own measure until this returns; it is never used again.
    `render` raises RenderError for a message that cannot be made, Unreachable where none of its channel can be now.
    `clock`: microseconds since 1970 UTC. `closed` says, right before a row is handed over, that it is quiet for it now
    (asked again before the marker where several are under way).
    `stop` is asked before each row; from its yes on the rest stays queued. `on_point` is called at each of `POINTS`.
    A row that its channel takes only later (NotYet) stays claimed while others are handed over, and is waited for with
    `sleep` (microseconds) when nothing else is due: `patience` in all (None: as long as it takes), never longer than
    `LONGEST_WAIT` at once. Without `sleep`, and from then on, such rows stay queued.
    `before_more` is called before each claim, and while rows wait: what it pauses is no longer claimed nor marked.
    Raises what the outbox raises (the ledger cannot be written): a row then stays as the file has it; and what the
    journal raises: nothing of that claim leaves. `channels` are not closed."""
    point, stopped, notes = on_point or _no_point, stop or _never, journal or _NoJournal()
    recovered = outbox.recover(
        [name for name, adapter in channels.items() if adapter.guarantee.idempotent],
        {name: adapter for name, adapter in channels.items() if isinstance(adapter, Remembers)},
    )
    point("recovered")
    hands = _Hands(outbox, channels, render, clock, point, closed, progress)
    lanes, waited = hands.lanes, 0
    try:
        while not stopped():
            names = [name for name in channels if name not in hands.unreachable]
            rows = _claim(outbox, owner, 0 if lanes.full else batch, clock, names, before_more)
            if rows:
                point("claimed")
                notes.claimed(rows)
            waiters_first = chain(((row, True) for row in lanes.due(clock())), ((row, False) for row in rows))
            for row, again in waiters_first:
                if stopped():
                    break
                hands.hand(row, again=again)
            if rows:
                hands.rounds.finish_others({row.message.channel for row in rows})
                continue
            pause = lanes.pause(clock())
            if pause is None or sleep is None or not _bearable(pause, waited, patience):
                break
            # a short pause fills the round, so that a rate is kept whatever time the server takes to answer
            if hands.rounds.finish_old(pause):
                continue
            waited += pause
            _wait(pause, sleep, stopped)
        hands.rounds.finish()
    finally:
        hands.rounds.drop()
        outbox.release(owner)
    notes.finished()
    reached = [name for name in channels if name not in hands.unreachable]
    not_tried = outbox.due(clock(), but=reached)
    point("done")
    return HandedOverSummary(
        dict(hands.counts), hands.unreachable, dict(not_tried), recovered, hands.closed_rows, len(lanes)
    )


class _Hands:
    """What one run has in its hands, and what became of what it had."""

    def __init__(
        self,
        outbox: Outbox,
        channels: Mapping[str, ChannelAdapter],
        render: Callable[[OutboxRow], Rendered],
        clock: Callable[[], int],
        point: Callable[[str], None],
        closed: Callable[[OutboxRow], bool] | None,
        progress: Progress | None,
    ) -> None:
        self._outbox = outbox
        self._channels = channels
        self._render = render
        self._clock = clock
        self._point = point
        self._closed = closed
        self._progress = progress
        # the whole queue is counted for nobody but who watches
        self._total = 0 if progress is None else sum(outbox.due(clock()).values())
        self.counts: Counter[tuple[str, str, OutboxState]] = Counter()
        self.unreachable: dict[str, str] = {}
        self.closed_rows = 0
        self.lanes = Lanes()
        self.rounds = Rounds(outbox, clock, point, self._told, self._shut)

    def hand(self, row: OutboxRow, *, again: bool) -> None:
        """Hand a claimed row over, or begin to. `again`: it has waited before."""
        message = row.message
        if message.channel in self.unreachable:
            return  # stays claimed, released at the end
        self.rounds.finish_old()
        if self._shut(row):
            return
        try:
            rendered = self._render(row)
        except Unreachable as error:
            self.unreachable[message.channel] = str(error)
            return
        except RenderError as error:
            receipt = Receipt("failed", f"cannot be rendered: {error}")
            self._told(row, self._outbox.result(row, receipt, self._clock()))
            return
        self._point("rendered")
        adapter = self._channels[message.channel]
        try:
            if isinstance(adapter, Abreast):
                self.rounds.begin(adapter, row, rendered)
            else:
                self._told(row, _one(self._outbox, adapter, row, rendered, self._clock, self._point))
        except NotYet as wait:
            self.lanes.put(row, wait, first=again)
        except Unreachable as error:
            self.unreachable[message.channel] = str(error)

    def _shut(self, row: OutboxRow) -> bool:
        """Whether it is quiet for a row now; it is counted then."""
        shut = self._closed is not None and self._closed(row)
        self.closed_rows += shut  # goes back to queued at the end; the next tick judges it through every gate
        return shut

    def _told(self, row: OutboxRow, state: OutboxState) -> None:
        self.counts[row.message.trigger, row.message.channel, state] += 1
        if self._progress is not None:
            self._progress(self.counts.total(), max(self._total, self.counts.total()))


def _claim(
    outbox: Outbox,
    owner: str,
    batch: int,
    clock: Callable[[], int],
    names: Collection[str],
    before_more: Callable[[], None] | None,
) -> Sequence[OutboxRow]:
    if before_more is not None:
        before_more()
    return outbox.claim(owner, batch, clock(), names) if batch else ()


def _bearable(pause: int, waited: int, patience: int | None) -> bool:
    return pause <= LONGEST_WAIT and (patience is None or waited + pause <= patience)


def _wait(pause: int, sleep: Callable[[int], None], stopped: Callable[[], bool]) -> None:
    while pause > 0 and not stopped():
        sleep(min(pause, _SLICE))
        pause -= _SLICE


class _Marker:
    """The `commit` that an adapter calls right before the point of no return."""

    def __init__(
        self,
        outbox: Outbox,
        row: OutboxRow,
        clock: Callable[[], int],
        point: Callable[[str], None],
        *,
        repeatable: bool,
    ) -> None:
        self._outbox = outbox
        self._row = row
        self._clock = clock
        self._point = point
        self._repeatable = repeatable
        self.state: Literal["not asked", "granted", "refused"] = "not asked"
        self.error: Exception | None = None

    def __call__(self) -> bool:
        if self.state == "not asked":
            # refused until the marker is known to be on disk
            self.state = "refused"
            try:
                if self._outbox.mark(self._row, self._clock, repeatable=self._repeatable):
                    self.state = "granted"
            except Exception as error:
                # kept beside raising it: an adapter's own `except` must not hide that the ledger cannot be written
                self.error = error
                raise
            if self.state == "granted":
                self._point("marked")
            return self.state == "granted"
        return False  # a second point of no return for one marker does not exist


def _one(
    outbox: Outbox,
    adapter: ChannelAdapter,
    row: OutboxRow,
    rendered: Rendered,
    clock: Callable[[], int],
    point: Callable[[str], None],
) -> OutboxState:
    """One claimed row to its result. Raises Unreachable or NotYet where nothing has left and the channel says so."""
    guarantee = adapter.guarantee
    marker = _Marker(outbox, row, clock, point, repeatable=guarantee.idempotent)
    try:
        receipt = adapter.hand_over(rendered, marker)
    except (Unreachable, NotYet) as error:
        if marker.error is None and marker.state == "not asked":
            raise
        receipt = Receipt("uncertain", f"the connection was lost: {error}")
    except Exception as error:
        if marker.error is not None:
            raise marker.error from error
        # the name alone: the text may hold personal data
        kind = f"the channel failed with {type(error).__name__}"
        receipt = Receipt("later" if marker.state == "not asked" else "uncertain", kind)
    else:
        if receipt.outcome == "later" and not guarantee.retry_after_refusal:
            receipt = replace(receipt, outcome="failed")
    if marker.error is not None:
        raise marker.error
    point("handed over")
    state = outbox.state(row) if marker.state == "refused" else _result(outbox, row, receipt, marker, clock())
    point("resulted")
    return state


def _result(outbox: Outbox, row: OutboxRow, receipt: Receipt, marker: _Marker, now: int) -> OutboxState:
    if marker.state == "not asked" and receipt.outcome in ("sent", "uncertain"):
        # a channel that lets something leave without asking is broken; what it did can only be written down as unknown
        marker()
        receipt = Receipt("uncertain", f"handed over without the marker: {receipt.note}", receipt.provider_id)
    return outbox.result(row, receipt, now)
