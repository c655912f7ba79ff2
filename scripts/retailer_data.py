"""The Complete Journey files -> files that playbooks/retailer imports: households, campaigns sent, consents.

A send's date is its campaign's first day. All sends have the same time of day in UTC, so that days between them are
whole days; their ids begin with the campaign's two digits, so that the lower campaign goes first on the same day.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

TIME_OF_DAY = "17:00:00Z"
"""Noon in New York, in winter."""

CONSENT_FROM = "2016-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was written, and the instants (ISO, UTC) at which campaigns start, in order and each once."""

    households: int
    sends: int
    starts: tuple[str, ...]


def prepare(source: Path, target: Path) -> Prepared:
    """Write households.csv, campaign_sent.csv and consents.csv into `target` (made if need be).

    Raises OSError if a file is missing, KeyError if it lacks a column.
    """
    target.mkdir(parents=True, exist_ok=True)
    campaigns = {row["campaign_id"]: row for row in _rows(source / "campaign_descriptions.csv")}
    sends = _rows(source / "campaigns.csv")
    known = {row["household_id"]: row for row in _rows(source / "demographics.csv")}
    sent_to = {row["household_id"] for row in sends}
    buyers = {row["household_id"] for row in _rows(source / "transactions_sample.csv")}
    columns = list(next(iter(known.values())))
    households = sorted({*known, *sent_to, *buyers})
    _write(
        target / "households.csv",
        columns,
        ([key, *(known.get(key, {}).get(name, "") for name in columns[1:])] for key in households),
    )
    events = sorted(_sends(sends, campaigns))
    _write(target / "campaign_sent.csv", ["id", "contact", "at", "campaign", "kind"], events)
    _write(
        target / "consents.csv",
        ["contact", "purpose", "channel", "state", "basis", "evidence", "at"],
        ([key, "campaigns", "letter", "granted", "consent", "test data", CONSENT_FROM] for key in sorted(sent_to)),
    )
    return Prepared(len(households), len(events), tuple(sorted({event[2] for event in events})))


def _sends(sends: Sequence[dict[str, str]], campaigns: dict[str, dict[str, str]]) -> Iterable[list[str]]:
    for row in sends:
        number, household = f"{int(row['campaign_id']):02}", row["household_id"]
        campaign = campaigns[row["campaign_id"]]
        at = f"{campaign['start_date']}T{TIME_OF_DAY}"
        yield [f"{number}-{household}", household, at, number, campaign["campaign_type"]]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    done = prepare(Path(sys.argv[1]), Path(sys.argv[2]))
    print(f"{done.households:,} households, {done.sends:,} sends on {len(done.starts)} days")
