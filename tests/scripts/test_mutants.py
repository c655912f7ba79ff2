"""The mutants fit the program as it is: `make mutants` runs them."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.mutants import MUTANTS, ROOT, Mutant


def test_there_are_seven() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == 7


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_what_a_mutant_changes_stands_there_once(mutant: Mutant) -> None:
    for change in mutant.changes:
        assert (ROOT / change.file).read_text().count(change.before) == 1, change
        assert change.after != change.before
    for proof in mutant.proofs:
        assert Path(ROOT / proof.split("::")[0]).is_file()
