"""Reading a case folder: compact notation of instants, contacts, events and of the hand-written truth.

    tests/cases/AREA/CASE/
        case.toml      at (the clock, ISO with offset), about, and optionally zone, active_from, settle, ticks, notes
                       and ordered = true: sends.csv gives the judgements of a tick in their order
                       and edits = { "t+1h" = "FILE.play" }: another playbook from that tick on
        playbook.play  the playbook
        contacts.csv   contact[,from],FIELD..   an empty cell is missing; with `from` the row holds from that tick on
        events.txt     `anna,berta purchase -3d,-1d amount=40 product="X Y" id=e7 arrives=+7m gone=+2h`
                       `anna consents email marketing -9d [basis=contract]`, `anna withdraws email marketing -1d`,
                       `anna suppressed -1d [channel=sms] [address=..]`, `anna received email -6d [category=service]`;
                       `anna erased +1h`: from then on the store has neither the contact nor its events
                       `- weather place=Zurich measured=-1d rain_mm=6 arrives=+1h`: a row of a fact table
                       `anna,berta listed press t`: from then on exactly these are on the list
                       `*` is every contact
        members.csv    segment,at,contacts,notes        who is inside; `-` is nobody
        scores.csv     score,at,contacts,points,stage,notes
                       points: `7.5` exact, `~7.07` as displayed (two places, half up), `n/2^30` in units, `-` none
        sends.csv      at,contact,trigger,outcome,gate,what,until,notes
                       every judgement of every tick; contact `-` is none

A set in a cell is its members with a space between, a point latitude and longitude with a space between.
An instant is `t` (the clock), `-3d`, `t+6s`, `-1d-1us` (relative to the clock), or ISO text (UTC without an offset).
Units: w d h m s us. The tests never take a truth that says nothing: see `test_cases.py`.
"""

from __future__ import annotations

import csv
import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from dsl.places import point_text
from dsl.types import Boolean, Date, DateTime, MonthDay, Numeric, Point, SetOf, Stored, Type
from engine.instants import from_datetime
from tests.cases.schema import SCHEMA

HERE = Path(__file__).parent
UNITS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_TERM = re.compile(r"([+-])(\d+)(us|w|d|h|m|s)")
PEER = re.compile(r"\b[A-L]\d\d\b|\bM\d\d?\b|§13\.\d+|§8\.\d+")
"""Rows of coverage.csv: behaviours and decisions of peers, scenarios, edges."""


class Mistake(Exception):
    """The folder itself is wrong: the message names file and row."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of events.txt: who, what, when, with `name=value` pairs and bare words."""

    contacts: tuple[str, ...]
    verb: str
    words: tuple[str, ...]
    instants: tuple[int, ...]
    values: Mapping[str, str]
    number: int


@dataclass(frozen=True)
class Case:
    """One folder. Instants in microseconds UTC."""

    path: Path
    settings: Mapping[str, object] = field(repr=False)

    @classmethod
    def read(cls, path: Path) -> Case:
        return cls(path, tomllib.loads((path / "case.toml").read_text(encoding="utf-8")))

    @property
    def name(self) -> str:
        return str(self.path.relative_to(HERE))

    @cached_property
    def clock(self) -> int:
        return from_datetime(_moment(str(self.settings["at"])))

    @property
    def zone(self) -> str:
        return str(self.settings.get("zone", "Europe/Zurich"))

    @cached_property
    def playbooks(self) -> Mapping[int | None, str]:
        """The playbook from the beginning (None) and those that take its place, by the instant from which they do."""
        edits = self.settings.get("edits", {})
        assert isinstance(edits, dict)
        files = {None: "playbook.play"} | {self.instant(at): str(file) for at, file in edits.items()}
        return {at: (self.path / file).read_text(encoding="utf-8") for at, file in files.items()}

    def instant(self, text: str) -> int:
        """See the module's head."""
        text = text.strip()
        if re.match(r"\d{4}-", text):
            return from_datetime(_moment(text))
        rest = text.removeprefix("t")
        if "".join(m.group() for m in _TERM.finditer(rest)) != rest:
            raise Mistake(f"{self.name}: `{text}` is no instant")
        moved = 0
        for sign, amount, unit in _TERM.findall(rest):
            size = int(amount) if unit == "us" else int(amount) * UNITS[unit] * 1_000_000
            moved += size if sign == "+" else -size
        return self.clock + moved

    def rows(self, file: str) -> list[dict[str, str]]:
        """The rows of a CSV file; [] if there is no such file. A file without rows, or a row with a wrong number of
        cells, is a Mistake."""
        path = self.path / file
        if not path.exists():
            return []
        with path.open(encoding="utf-8", newline="") as lines:
            found = []
            for row in csv.DictReader((x for x in lines if x.strip()), strict=True, skipinitialspace=True):
                if None in row or None in row.values():
                    raise Mistake(f"{self.name}/{file}: a wrong number of cells in {row}")
                found.append({k.strip(): v.strip() for k, v in row.items()})
        if not found:
            raise Mistake(f"{self.name}/{file} says nothing")
        return found

    # ------------------------------------------------------------ what is given

    @cached_property
    def contacts(self) -> tuple[tuple[str, int | None, Mapping[str, Stored]], ...]:
        """(contact, from which instant, fields in stored form)."""
        found = []
        for row in self.rows("contacts.csv"):
            key, start = row.pop("contact"), row.pop("from", "")
            fields = {name: self.stored(SCHEMA.fields[name].type, text) for name, text in row.items()}
            found.append((key, self.instant(start) if start else None, fields))
        if not found:
            raise Mistake(f"{self.name} has no contacts")
        return tuple(found)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(key for key, _, _ in self.contacts))

    def keys_at(self, at: int) -> tuple[str, ...]:
        """The contacts that the store has by then."""
        gone = {key for key, since in self.erased if since <= at}
        there = (key for key, start, _ in self.contacts if start is None or start <= at)
        return tuple(key for key in dict.fromkeys(there) if key not in gone)

    @cached_property
    def erased(self) -> tuple[tuple[str, int], ...]:
        """(contact, from which instant it is gone)."""
        return tuple((key, line.instants[0]) for line in self.lines() if line.verb == "erased" for key in line.contacts)

    def stored(self, kind: Type, text: str) -> Stored:
        """A cell in stored form; empty is missing."""
        if text == "":
            return None
        match kind:
            case Numeric(denominator=denominator):
                exact = Decimal(text) * denominator
                if exact != exact.to_integral_value():
                    raise Mistake(f"{self.name}: `{text}` is too fine")
                return int(exact)
            case Boolean():
                return {"yes": 1, "no": 0}[text]
            case Date():
                return int(text.replace("-", ""))
            case MonthDay():
                return int(text.replace("-", ""))
            case DateTime():
                return self.instant(text)
            case SetOf(members=members):
                held = text.split()
                if not set(held) <= set(members):
                    raise Mistake(f"{self.name}: `{text}` is not all members")
                return f"|{'|'.join(sorted(held))}|"
            case Point():
                north, east = map(Decimal, text.split())
                point = point_text(north, east)
                if point is None:
                    raise Mistake(f"{self.name}: `{text}` lies outside the earth")
                return point
            case _:
                return text

    def lines(self) -> Iterator[Line]:
        """The lines of events.txt."""
        path = self.path / "events.txt"
        if not path.exists():
            return
        for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            parts = shlex.split(text, comments=True)
            if not parts:
                continue
            who, verb, *rest = parts
            words = [p for p in rest if "=" not in p]
            values = dict(p.split("=", 1) for p in rest if "=" in p)
            instants = tuple(self.instant(x) for x in words.pop().split(",")) if words else (self.clock,)
            contacts = self.keys if who == "*" else () if who == "-" else tuple(who.split(","))
            yield Line(contacts, verb, tuple(words), instants, values, number)

    # ------------------------------------------------------------ what must come out

    def at(self, row: Mapping[str, str]) -> int:
        return self.instant(row["at"]) if row["at"] else self.clock

    @cached_property
    def instants(self) -> tuple[int, ...]:
        """Every instant at which something is to be true, in order, and the ticks between them."""
        more = self.settings.get("ticks", [])
        assert isinstance(more, list)
        rows = [r for file in ("members.csv", "scores.csv", "sends.csv") for r in self.rows(file)]
        return tuple(sorted({self.instant(str(x)) for x in more} | {self.at(r) for r in rows}))

    def noted(self) -> Iterator[str]:
        """Ids of peer cases, scenarios and edges that the folder names."""
        texts = [str(self.settings.get("notes", ""))]
        texts += [r["notes"] for f in ("members.csv", "scores.csv", "sends.csv") for r in self.rows(f)]
        for text in texts:
            yield from PEER.findall(text)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def folders() -> list[Path]:
    """All case folders."""
    return sorted(p.parent for p in HERE.glob("*/*/case.toml"))
