"""Texts that `check` must refuse, each with its code (refused.toml)."""

from __future__ import annotations

import tomllib

import pytest

from dsl.check import check
from tests.cases.folder import HERE
from tests.cases.schema import SCHEMA
from tests.engine.world import TEMPLATES

REFUSED = tomllib.loads((HERE / "refused.toml").read_text(encoding="utf-8"))["refused"]


@pytest.mark.parametrize("row", REFUSED, ids=[f"{r['code']} {r['notes']}" for r in REFUSED])
def test_it_is_refused(row: dict[str, str]) -> None:
    checked = check([("test.play", row["text"].strip() + "\n")], SCHEMA, TEMPLATES)
    assert checked.model is None
    assert row["code"] in {d.code for d in checked.diagnostics if d.severity == "error"}
