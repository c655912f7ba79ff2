"""docs/guarantees.md tells the figures that were kept, and names proofs that exist."""

from __future__ import annotations

import json
import re

from scripts.guarantees import FIGURES, PAGE, ROOT, written


def test_the_page_tells_the_figures_that_were_kept() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert written(page, json.loads(FIGURES.read_text(encoding="utf-8"))) == page, "run python -m scripts.guarantees"


def test_the_proofs_that_the_page_names_exist() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE.read_text(encoding="utf-8"))
    assert len(named) > 15
    for file, test in named:
        text = (ROOT / file).read_text(encoding="utf-8")
        assert not test or f"def {test}(" in text, f"{file}::{test}"
