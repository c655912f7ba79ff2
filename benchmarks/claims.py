"""What a claim of fifty rows costs, and a row's way to its result, by how many rows are queued.

Each size is a ledger of its own, filled by the statements that a tick uses; the claims of all sizes are taken in turns.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from statistics import median
from time import perf_counter

from adapters.stores.ledger import SqliteLedger
from adapters.stores.ledger_outbox import SqlOutbox
from benchmarks.figures import Figure, Options, Target
from benchmarks.queue import fill
from engine.handover import BATCH
from engine.instants import DAY
from engine.protocols import Receipt

NOW = 1_795_305_600_000_000
SMALLEST = 1_000
CLAIMS = 15
"""Claims of each size; more would empty the smallest."""


def figures(options: Options) -> Iterator[Figure]:
    """Milliseconds, beside the smallest queue."""
    sizes = (SMALLEST, 10_000) if options.quick else (SMALLEST, 10_000, 100_000, 1_000_000)
    claims: dict[int, list[float]] = {size: [] for size in sizes}
    ways: dict[int, list[float]] = {size: [] for size in sizes}
    with ExitStack() as stack:
        outboxes: dict[int, SqlOutbox] = {}
        for size in sizes:
            options.say(f"filling a queue of {size:,}")
            ledger = stack.enter_context(SqliteLedger.open(options.scratch / f"claims-{size}.db", clock=lambda: NOW))
            fill(ledger, size, NOW)
            outboxes[size] = SqlOutbox(ledger, clock=lambda: NOW)
        for count in range(1, CLAIMS + 1):
            options.say(f"claim {count} of {CLAIMS}")
            for size, outbox in outboxes.items():
                begun = perf_counter()
                rows = outbox.claim("benchmark", BATCH, NOW, ["email"])
                claimed = perf_counter()
                assert len(rows) == BATCH
                for row in rows[:10]:
                    assert outbox.mark(row, lambda: NOW + DAY // 2, repeatable=False)
                    assert outbox.result(row, Receipt("sent"), NOW) == "sent"
                claims[size].append(1000 * (claimed - begun))
                ways[size].append(1000 * (perf_counter() - claimed) / 10)
    for name, found in ((f"a claim of {BATCH} rows", claims), ("marker and result of a row", ways)):
        for size in sizes[1:]:
            yield Figure(
                f"{name}, {size:,} queued",
                median(found[size]),
                "ms",
                median(found[SMALLEST]),
                f"with {SMALLEST:,} queued",
                Target("at most", 1.5),
                line=(name, size),
            )
