"""The `batch` channel: letters and call lists, many messages in one file.

Messages are gathered until there are `BatchConfig.rows` of them or nothing more is due; then the markers of all are
written in one commit, and only then does the file get its name. A crash leaves either no file and all rows free, or the
file and all its rows handed over (`adapters.channels.batch_files`). A row whose marker is refused is not in the file; a
run without a row makes none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from adapters.channel_config import BatchConfig
from adapters.channels.alone import alone
from adapters.channels.batch_files import Batch, BatchFiles, batch_id
from adapters.channels.batch_formats import table, unwritable
from engine.abreast import UnderWay
from engine.protocols import Commit, Guarantee, Receipt, Rendered, TableRow, Unreachable

GUARANTEE = Guarantee(
    idempotent=True,
    retry_after_refusal=True,
    about="exactly one file per batch; a message stands in one file, also after a crash",
)


class BatchChannel:
    """Writes batch files; implements `engine.protocols.Abreast` and `engine.protocols.Remembers`.

    `remembers`: a message that was handed over before stands in no second file. A rehearsal, which may be made again
    from the beginning, writes the same file once more. `point`: see `adapters.channels.batch_files.BATCH_POINTS`."""

    def __init__(
        self,
        name: str,
        config: BatchConfig,
        *,
        point: Callable[[str], None] | None = None,
        remembers: bool = True,
    ) -> None:
        self._name = name
        self._config = config
        self._files = BatchFiles(config.folder) if point is None else BatchFiles(config.folder, point)
        self._remembers = remembers
        self._before: Mapping[str, str] | None = None
        self._open = _Open(self._written)

    @property
    def guarantee(self) -> Guarantee:
        """One file per batch, each message in one."""
        return GUARANTEE

    @property
    def gathers(self) -> bool:
        """Nobody waits for a file."""
        return True

    def left(self, key: str) -> Receipt | None:
        """See `engine.protocols.Remembers`."""
        try:
            name = self._known().get(key)
        except OSError:
            # it is asked again before the message is handed over: `announce` needs the same folder
            return None
        return None if name is None else Receipt("sent", f"stands in {name}", name)

    def announce(self, message: Rendered) -> UnderWay | Receipt | None:
        """See `engine.abreast.Abreast`. Raises Unreachable where the folder cannot be written."""
        if self._open.closed:
            self._open = _Open(self._written)
            # the file before may hold rows that come again
            self._before = None
        if len(self._open.rows) >= self._config.rows:
            return None
        row = message.table
        if row is None:
            return Receipt("failed", "the message was not made for a table; this is a mistake in Kadenz")
        try:
            self._files.ready()
            before = self._known().get(message.key)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise Unreachable(f"cannot write into {self._config.folder}: {reason}") from error
        if before is not None:
            return _There(Receipt("sent", f"stands in {before}", before))
        if (problem := unwritable(self._config.format, row.cells)) is not None:
            return Receipt("failed", problem)
        self._open.rows[message.key] = row
        return _Gathered(self._open, message.key)

    def hand_over(self, message: Rendered, commit: Commit) -> Receipt:
        """A file with one row. Raises Unreachable before `commit` where the folder cannot be written."""
        return alone(self, message, commit, "a batch is under way")

    def close(self) -> None:
        """Nothing is held open."""

    def _known(self) -> Mapping[str, str]:
        if self._before is None:
            self._before = self._files.handed_over() if self._remembers else {}
        return self._before

    def _written(self, rows: Mapping[str, TableRow]) -> Receipt:
        before, self._before = self._before, None
        receipt = self._put(rows)
        if receipt.outcome in ("sent", "later"):
            # whose rows do not come again in this run, or are in no file; after all else the folder is asked anew
            self._before = before
        return receipt

    def _put(self, rows: Mapping[str, TableRow]) -> Receipt:
        number = batch_id(self._name, list(rows))
        # the day is that of the newest decision, and no clock: the same rows make the same name
        day = max(row.day for row in rows.values())
        # the greatest rank first, else as they came
        ordered = sorted(rows, key=lambda key: -rows[key].rank)
        form = self._config.format
        return self._files.put(
            Batch(
                id=number,
                name=f"{self._name}-{day}-{number}.{form}",
                data=table(form, [rows[key].cells for key in ordered]),
                keys=tuple(ordered),
                about={"channel": self._name, "format": form},
            )
        )


@dataclass
class _Open:
    """The batch that is being gathered: the rows by decision key, and which of them have their marker."""

    write: Callable[[Mapping[str, TableRow]], Receipt]
    rows: dict[str, TableRow] = field(default_factory=dict)
    marked: dict[str, TableRow] = field(default_factory=dict)
    receipt: Receipt | None = None

    @property
    def closed(self) -> bool:
        """Whether its file was made, or tried."""
        return self.receipt is not None

    def made(self) -> Receipt:
        """Make the file, once, of all rows that have their marker."""
        if self.receipt is None:
            # what is not foreseen must not make a second file for the next row
            self.receipt = Receipt("uncertain", "the file could not be made")
            self.receipt = self.write(self.marked)
        return self.receipt


@dataclass(frozen=True, slots=True)
class _Gathered:
    """A row of the batch."""

    batch: _Open
    key: str

    def gone(self) -> bool:
        """A file goes nowhere."""
        return False

    def go(self) -> None:
        """The marker of this row is written."""
        self.batch.marked[self.key] = self.batch.rows[self.key]

    def reply(self) -> Receipt:
        """All markers are written when the first row asks: the file is made now."""
        return self.batch.made()

    def drop(self) -> None:
        """Not in this file."""
        self.batch.rows.pop(self.key, None)


@dataclass(frozen=True, slots=True)
class _There:
    """A message that stands in a file already."""

    receipt: Receipt

    def gone(self) -> bool:
        """A file goes nowhere."""
        return False

    def go(self) -> None:
        """It has left before."""

    def reply(self) -> Receipt:
        """In which file."""
        return self.receipt

    def drop(self) -> None:
        """Nothing is taken back."""
