"""The last word on each run, counted and page by page, beside the same reckoned plainly."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.stores.ledger import SqlLedger
from adapters.stores.ledger_decisions import Asked, State, counted, page
from adapters.stores.ledger_outbox import SqlOutbox
from engine.protocols import Receipt
from engine.records import Judgement, Outcome
from tests.adapters.ledger_samples import FIRING, HOUR, NOW, fill, fixed, ledger, message


def judged(store: SqlLedger, words: list[tuple[int, int, Outcome]]) -> None:
    """Runs by number, each judged at these hours."""
    keys = sorted({number for number, _, _ in words})
    with store.write() as writing:
        writing.record_firings(
            replace(FIRING, key=f"k{n}", contact=f"c{n % 3}", trigger=f"t{n % 2}", occasion=str(n)) for n in keys
        )
        # each with words of its own: what is only said again is not recorded
        writing.record_judgements(
            Judgement(f"k{n}", NOW + hour * HOUR, what, "gate", str(seq)) for seq, (n, hour, what) in enumerate(words)
        )


HELD: tuple[State, ...] = ("held",)
WORDS = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 60), st.sampled_from(("held", "waiting", "refused"))))


@settings(max_examples=60, deadline=None)
@given(WORDS, st.integers(0, 61), st.integers(0, 61), st.integers(1, 4))
def test_each_run_stands_where_its_last_word_is(
    words: list[tuple[int, int, Outcome]], since: int, until: int, most: int
) -> None:
    words = sorted(words, key=lambda word: word[1])
    with ledger() as store:
        judged(store, words)
        last = {n: (seq, hour, what) for seq, (n, hour, what) in enumerate(words) if hour <= until}
        among = {n: found for n, found in last.items() if found[1] >= since}
        asked = Asked(since=NOW + since * HOUR, until=NOW + until * HOUR)
        plain = Counter((f"t{n % 2}", what) for n, (_, _, what) in among.items())
        counts: Counter[tuple[str, str]] = Counter()
        for one in counted(store.database, asked):
            counts[one.trigger, one.state] += one.count
        assert counts == plain
        keys: list[str] = []
        before = None
        while found := page(store.database, asked, before, most):
            keys += [run.key for run in found]
            before = found[-1].seq
        assert keys == [f"k{n}" for n in sorted(among, key=lambda n: -among[n][0])]
        own = page(store.database, replace(asked, trigger="t1", contact="c2", states=HELD), None, 99)
        assert [run.key for run in own] == [
            key for key in keys if int(key[1:]) % 6 == 5 and among[int(key[1:])][2] == "held"
        ]


@pytest.mark.usefixtures("each_ledger")
def test_what_became_of_the_message_goes_before_what_was_decided() -> None:
    store = ledger()
    fill(store, map(message, range(5)))
    with store.write() as writing:
        writing.record_judgements(Judgement(f"k{n}", NOW, "queued", "reserved") for n in range(5))
    outbox = SqlOutbox(store, clock=fixed)
    rows = outbox.claim("me", 4, NOW, ["email"])
    for row, outcome in zip(rows, ("sent", "failed", "uncertain"), strict=False):
        assert outbox.mark(row, fixed, repeatable=False)
        outbox.result(row, Receipt(outcome, "550 no such box"), NOW)  # type: ignore[arg-type]
    found = page(store.database, Asked("welcome", since=NOW, until=NOW), None, 99)
    assert [(run.key, run.state, run.why) for run in reversed(found)] == [
        ("k0", "sent", "550 no such box"),
        ("k1", "failed", "550 no such box"),
        ("k2", "uncertain", "550 no such box"),
        ("k3", "claimed", ""),
        ("k4", "queued", ""),
    ]
    assert [(one.state, one.why, one.count) for one in counted(store.database, Asked())] == [
        ("sent", "", 1),
        ("failed", "", 1),
        ("uncertain", "", 1),
        ("claimed", "", 1),
        ("queued", "", 1),
    ]
