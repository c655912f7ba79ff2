"""Several messages of one channel under way at once: one commit writes the markers of all (ARCHITECTURE.md §4).

Each message is begun on a connection of its own, up to the last word; then the markers of all are committed together,
and only then is the last word said for those that were granted. What a crash leaves in between is uncertain: as many
messages as were under way. Their results are one commit as well.

The other side does not wait for ever, and the hour may become a quiet one: a round is finished before it is full where
it is older than `OLDEST` or the rows of other channels are between, and right before the markers each row is asked
whether it may leave now. A channel that gathers (a file of letters) has nobody who waits: its rounds last until they
are full or nothing more is due.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from engine.protocols import Guarantee, NotYet, Receipt, Rendered, Unreachable
from engine.records import OutboxRow, OutboxState

if TYPE_CHECKING:
    from engine.handover import Outbox

OLDEST = 5_000_000
"""After so many microseconds a round is finished though there is room in it."""

GONE = Receipt("later", "the connection ended before the message was handed over")


class UnderWay(Protocol):
    """A message that the other side has but for the last word, which hands it over. Either `go` and then `reply` are
    called, once each, or `drop`."""

    def gone(self) -> bool:
        """Whether it is known that the other side has taken leave meanwhile, so that the last word would reach nobody.
        Waits for nothing and raises nothing; asked before `go`."""
        ...

    def go(self) -> None:
        """Say the last word, the point of no return: the marker is written. Waits for nothing and raises nothing; what
        goes wrong stands in the receipt."""
        ...

    def reply(self) -> Receipt:
        """Wait for what the other side says."""
        ...

    def drop(self) -> None:
        """Take the message back before the last word: nothing has left. Raises nothing."""
        ...


@runtime_checkable
class Abreast(Protocol):
    """A channel adapter that keeps several messages under way (beside `engine.protocols.ChannelAdapter`)."""

    @property
    def guarantee(self) -> Guarantee:
        """What this channel promises."""
        ...

    @property
    def gathers(self) -> bool:
        """Whether nobody waits on the other side while messages are under way, so that a round may last."""
        ...

    def announce(self, message: Rendered) -> UnderWay | Receipt | None:
        """Begin one message. A receipt: it was refused, and nothing has left. None: no more are taken until those
        under way are over; never where none is. Raises as `ChannelAdapter.hand_over` does before `commit`."""
        ...


@dataclass(slots=True)
class _Round:
    """What is under way on one channel. `since`: when the first was begun (microseconds since 1970 UTC)."""

    guarantee: Guarantee
    gathers: bool
    since: int
    under: list[tuple[OutboxRow, UnderWay]] = field(default_factory=list)


class Rounds:
    """What is under way on the channels of one run. `told` hears the state of each row that is over. `closed` says,
    right before the markers, that it is quiet for a row now: it is taken back and stays claimed."""

    def __init__(
        self,
        outbox: Outbox,
        clock: Callable[[], int],
        point: Callable[[str], None],
        told: Callable[[OutboxRow, OutboxState], None],
        closed: Callable[[OutboxRow], bool],
    ) -> None:
        self._outbox = outbox
        self._clock = clock
        self._point = point
        self._told = told
        self._closed = closed
        self._rounds: dict[str, _Round] = {}

    def begin(self, adapter: Abreast, row: OutboxRow, rendered: Rendered) -> None:
        """Begin a claimed row; where the channel takes no more, those under way are finished first. Raises Unreachable
        and NotYet where nothing has left and the channel says so, and what the outbox raises."""
        channel = row.message.channel
        now = self._clock()
        begun = _announced(adapter, rendered)
        if begun is None:
            self._finish(channel)
            begun = _announced(adapter, rendered)
        match begun:
            case None:
                self._ended(adapter.guarantee, row, Receipt("later", "the channel takes nothing"))
            case Receipt():
                self._ended(adapter.guarantee, row, begun)
            case _:
                if channel not in self._rounds:
                    self._rounds[channel] = _Round(adapter.guarantee, adapter.gathers, now)
                self._rounds[channel].under.append((row, begun))

    def finish(self) -> None:
        """Bring everything that is under way to its result."""
        for channel in list(self._rounds):
            self._finish(channel)

    def finish_old(self, pause: int = 0) -> bool:
        """Finish the rounds that have lasted long enough, or will have after a pause (microseconds); whether there were
        any."""
        old = [
            channel
            for channel, one in self._rounds.items()
            if not one.gathers and self._clock() + pause - one.since >= OLDEST
        ]
        for channel in old:
            self._finish(channel)
        return bool(old)

    def finish_others(self, channels: Collection[str]) -> None:
        """A claim with rows of these channels was handed over: a round goes on over the next claim only where it was
        the only channel, for else the whole backlog of the others may be in between."""
        for channel, one in list(self._rounds.items()):
            if not one.gathers and any(name != channel for name in channels):
                self._finish(channel)

    def drop(self) -> None:
        """Take back what is under way: its rows are claimed as before."""
        for held in self._rounds.values():
            for _, one in held.under:
                one.drop()
        self._rounds.clear()

    def _ended(self, guarantee: Guarantee, row: OutboxRow, receipt: Receipt) -> None:
        """A row that was refused before its marker."""
        if receipt.outcome in ("sent", "uncertain"):
            # a channel that lets something leave without asking is broken; what it did is written down as unknown
            self._outbox.mark(row, self._clock, repeatable=guarantee.idempotent)
            receipt = Receipt("uncertain", f"handed over without the marker: {receipt.note}", receipt.provider_id)
        self._point("handed over")
        state = self._outbox.result(row, _kept(receipt, guarantee), self._clock())
        self._point("resulted")
        self._told(row, state)

    def _finish(self, channel: str) -> None:
        if channel not in self._rounds:
            return
        self._sift(self._rounds[channel])
        # they stay under way until their markers are known to be on the disk
        guarantee, under = self._rounds[channel].guarantee, self._rounds[channel].under
        rows = [row for row, _ in under]
        granted = self._outbox.mark_all(rows, self._clock, repeatable=guarantee.idempotent) if rows else ()
        del self._rounds[channel]
        leaving: list[tuple[OutboxRow, UnderWay]] = []
        for (row, one), go in zip(under, granted, strict=True):
            if go:
                self._point("marked")
                leaving.append((row, one))
            else:
                one.drop()
                self._told(row, self._outbox.state(row))
        for _, one in leaving:
            one.go()
        replies: list[tuple[OutboxRow, Receipt]] = []
        states: list[OutboxState] = []
        try:
            for row, one in leaving:
                replies.append((row, _kept(_replied(one), guarantee)))
                self._point("handed over")
        finally:
            # what was said is written down, whatever stopped us from hearing the others
            if replies:
                states += self._outbox.results(replies, self._clock())
        for (row, _), state in zip(replies, states, strict=True):
            self._point("resulted")
            self._told(row, state)

    def _sift(self, held: _Round) -> None:
        """Take back what may not leave now, or would reach nobody: nothing of it has left, and no marker is written."""
        judged = [(self._closed(row), row, one) for row, one in held.under]
        held.under = []
        gone: list[tuple[OutboxRow, Receipt]] = []
        for shut, row, one in judged:
            if not shut and not one.gone():
                held.under.append((row, one))
                continue
            one.drop()
            if not shut:
                gone.append((row, GONE))
        states = self._outbox.results(gone, self._clock()) if gone else ()
        for (row, _), state in zip(gone, states, strict=True):
            self._told(row, state)


def _announced(adapter: Abreast, rendered: Rendered) -> UnderWay | Receipt | None:
    try:
        return adapter.announce(rendered)
    except (Unreachable, NotYet):
        raise
    except Exception as error:  # noqa: BLE001 - whatever a channel does, its row gets a result
        # the name alone: the text may hold personal data
        return Receipt("later", f"the channel failed with {type(error).__name__}")


def _replied(one: UnderWay) -> Receipt:
    try:
        return one.reply()
    except Exception as error:  # noqa: BLE001 - as above
        return Receipt("uncertain", f"the channel failed with {type(error).__name__}")


def _kept(receipt: Receipt, guarantee: Guarantee) -> Receipt:
    if receipt.outcome == "later" and not guarantee.retry_after_refusal:
        return replace(receipt, outcome="failed")
    return receipt
