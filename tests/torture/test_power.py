"""Power cuts under the ledger: what was promised is there, and nothing leaves a second time.

`KADENZ_LONG=1` cuts many more times.
"""

from __future__ import annotations

import os
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from adapters.stores.ledger import SqliteLedger
from adapters.stores.ledger_invariants import broken
from adapters.stores.ledger_outbox import SqlOutbox
from engine.protocols import Receipt
from tests.adapters.ledger_samples import NOW, consent, fill, fixed, message
from tests.torture.conftest import Count, Progress
from tests.torture.power import losing_disk, put_back

CUTS = 10_000 if os.environ.get("KADENZ_LONG") else 120
LIFE = 24
"""Messages in one life of a ledger."""


@dataclass
class Promised:
    """What the ledger had said yes to, and what had left, at one instant."""

    reserved: set[str] = field(default_factory=set)
    marked: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    accepted: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)

    def now(self) -> Promised:
        return Promised(
            *(set(part) for part in (self.reserved, self.marked, self.refused, self.accepted, self.withdrawn))
        )


Cut = tuple[Mapping[str, bytes], Promised]


def life(path: Path, seed: int, wanted: int) -> list[Cut]:
    """One ledger from its first message to its last; the images and promises at some of its writes."""
    chance = random.Random(seed)
    so_far, cuts = Promised(), list[Cut]()
    with losing_disk() as disk:

        def step() -> None:
            if len(cuts) < wanted and chance.random() < 0.1:
                cuts.append((disk.cut(chance), so_far.now()))

        with SqliteLedger.open(path, clock=fixed) as ledger:
            disk.on_step = step
            for start in range(0, LIFE, 6):
                batch = [message(start + n) for n in range(6)]
                fill(ledger, batch)
                so_far.reserved |= {m.key for m in batch}
                outbox = SqlOutbox(ledger, clock=fixed, alive=lambda _: True)
                for row in outbox.claim("me", 6, NOW, ["email"]):
                    key = row.message.key
                    if chance.random() < 0.2:
                        ledger.add_consents([consent(row.message.contact, "withdrawn", at=NOW)])
                        so_far.withdrawn.add(row.message.contact)
                    if not outbox.mark(row, fixed, repeatable=False):
                        continue
                    so_far.marked.add(key)
                    if chance.random() < 0.2:
                        outbox.result(row, Receipt("failed", "no such user"), NOW)
                        so_far.refused.add(key)
                        continue
                    so_far.accepted.add(key)
                    outbox.result(row, Receipt("sent"), NOW)
                outbox.release("me")
                if chance.random() < 0.5:
                    ledger.database.rows("pragma wal_checkpoint(truncate)")
            disk.on_step = lambda: None
    return cuts


def wrong(folder: Path, promised: Promised) -> list[str]:
    """What does not hold of a ledger that was opened after the power came back."""
    with SqliteLedger.open(folder / "ledger.db", clock=fixed) as ledger:
        found = [f"integrity: {text}" for (text,) in ledger.database.rows("pragma integrity_check") if text != "ok"]
        SqlOutbox(ledger, clock=fixed, alive=lambda _: False).recover([])
        found += [f"{one.invariant}: {one.example}" for one in broken(ledger.database)]
        states = {row.message.key: row.state for row in ledger.outbox()}
        found += [f"{key} was reserved and is gone" for key in promised.reserved - states.keys()]
        found += [f"{k} was marked and would go again: {states[k]}" for k in promised.marked if states[k] == "queued"]
        found += [f"{k} left and is {states[k]}" for k in promised.accepted if states[k] not in ("sent", "uncertain")]
        found += [f"{k} was refused and is {states[k]}" for k in promised.refused if states[k] != "failed"]
        agreed = {c.contact for c in ledger.consents(NOW) if c.state == "granted"}
        found += [f"{contact} withdrew and it is forgotten" for contact in promised.withdrawn & agreed]
    return found


def test_after_a_power_cut_everything_promised_is_there(tmp_path: Path, count: Count, progress: Progress) -> None:
    done = 0
    for seed in range(CUTS):
        home = tmp_path / f"life{seed}"
        home.mkdir()
        for number, (image, promised) in enumerate(life(home / "ledger.db", seed, 40)):
            folder = tmp_path / f"cut{seed}-{number}"
            put_back(image, folder)
            assert wrong(folder, promised) == [], f"seed {seed}, cut {number}"
            done += 1
            for file in folder.iterdir():
                file.unlink()
        if seed % 25 == 24:
            progress(f"{done:,} of {CUTS:,} power cuts")
        if done >= CUTS:
            break
    count("power cuts", cuts=done, broken=0)
    assert done >= CUTS
