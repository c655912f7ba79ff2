"""Which behaviours of peers (A01 .. L05), decisions (M1 .. M10), scenarios (§13) and edges (§8) the cases cover.

coverage.csv lists every one of them. Each is either named in the notes of a folder or in a comment of a playbook with
mistakes, or left out for the reason that stands there: never both, so that the reason goes when the case comes.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

from tests.cases.folder import HERE, Case, folders
from tests.cases.mistakes import mistakes


def rows() -> list[dict[str, str]]:
    with (HERE / "coverage.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, strict=True))


def named() -> Iterator[tuple[str, str]]:
    """(id, where) of everything that the cases name."""
    for path in folders():
        case = Case.read(path)
        yield from ((id_, case.name) for id_ in case.noted())
    for held in mistakes():
        yield from ((id_, held.name) for id_ in held.covers())


def test_each_is_covered_or_left_out_for_a_reason() -> None:
    covered = {id_ for id_, _ in named()}
    wrong = [
        f"{row['id']} is {'covered and left out' if row['id'] in covered else 'neither covered nor left out'}"
        for row in rows()
        if (row["id"] in covered) == bool(row["left_out_because"].strip())
    ]
    assert not wrong, "\n".join(wrong)


def test_what_is_left_out_breaks_a_sentence_of_the_language() -> None:
    """Either the row stands against a sentence, which is quoted with its §, or what it needs does not stand yet."""
    reasons = {row["id"]: row["left_out_because"] for row in rows() if row["left_out_because"]}
    pattern = re.compile(r'§\d "[^"]{10,}"(: .+)?|not built yet: .+')
    assert {id_: reason for id_, reason in reasons.items() if not pattern.fullmatch(reason)} == {}


def test_no_case_names_what_does_not_exist() -> None:
    listed = {row["id"] for row in rows()}
    assert not [f"{id_} in {where}" for id_, where in named() if id_ not in listed]


def test_the_list_is_whole() -> None:
    ids = [row["id"] for row in rows()]
    assert len(ids) == len(set(ids))
    adopted = [row for row in rows() if row["mark"] == "="]
    assert len(adopted) >= 140
    assert sum(1 for row in adopted if not row["left_out_because"]) >= 110
