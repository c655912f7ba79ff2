"""Keys that come twice are found whether the hashes fit into memory or not."""

from __future__ import annotations

from collections import Counter
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.importing import key_hashes
from adapters.importing.key_hashes import KeyHashes

keys = st.lists(st.lists(st.one_of(st.integers(-4, 600), st.text("ab", max_size=2)), max_size=8), max_size=6)


@given(keys, st.sampled_from([1, 3, 1_000]))
def test_twice(batches: list[list[int | str]], room: int) -> None:
    with pytest.MonkeyPatch.context() as patch, closing(KeyHashes()) as found:
        patch.setattr(key_hashes, "IN_MEMORY", room)
        for batch in batches:
            found.add(batch)
        counts = Counter(hash(key) for batch in batches for key in batch)
        expected = {number for number, count in counts.items() if count > 1}
        assert found.twice(1_000) == expected


def test_more_than_are_wanted() -> None:
    with closing(KeyHashes()) as found:
        found.add([*range(10), *range(10)])
        assert found.twice(9) is None
