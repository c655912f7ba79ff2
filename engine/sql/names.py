"""Names that a statement and the tables it joins have in common; nothing here needs the SQL library."""

from __future__ import annotations

from engine.plan_types import ClassPlan

FRAME = "f"
"""Alias of the frame: one row per contact (or run), with everything known so far as columns."""

OFFSET_ALIAS = "o"

EVENT = "e"
"""Alias of the event at hand."""

CONTACT = "_contact"
ROW = "_row"

ZONES = "_zones"
AMONG = "_among"
RUNS = "_runs"
CONSENTS = "_consents"
STAGES = "_stages"
BUCKETS = "_buckets"
OFFSETS = "_offsets"
DAYS = "_days"
ENTERED = "_entered"
CLASSES = "_classes"
LISTS = "_lists"

Column = tuple[str, str]
"""What a column of the frame holds: its kind and a name.

Base columns stand in the first frame: `field NAME`, `zone CONSTANT`, `cause NAME`, `since`, `before SCORE` (number
of the stage before), `consent CHANNEL for PURPOSE`, `bucket NAME` (of samples),
`entered SEGMENT` (start of the interval in the ledger), `fact TABLE.COLUMN`, `upcoming TABLE` (the instant of the next
row that will be the newest), `tier CLASS` (of the last midnight),
`list NAME`. The others are reckoned: `leaf ID`, `segment NAME`, `define NAME`, `sum SCORE` (before it is kept between
its bounds), `points SCORE`, `stage SCORE`, `condition LABEL`, `alone LABEL` (a contact that satisfies `condition LABEL
known` and shares its values of some fields with no other one that does); at midnight for classes `worth CLASS`, `place
CLASS`, `whole CLASS`, `ahead CLASS` and `class CLASS` (`engine.sql.classes`).

What tells of later: `due ..` of a segment, define, condition or stage, `lowest`, `highest`, `soft` and `hard` of a
score, and `flip` (`engine.sql.dues`); reckoned over events `future EVENT`, and of a leaf `leaving`, `coming`, `edge`
and `turn` (`engine.sql.edges`), `later` and `step` (`engine.sql.passes`).
"""


def consent_label(channel: str, purpose: str) -> str:
    """The name of a consent column."""
    return f"{channel} for {purpose}"


COLUMNS = ("worth", "place", "whole", "ahead", "class")
"""Kinds of the columns of a class, each after those that it reads."""


def class_columns(plan: ClassPlan, *, tiers_alone: bool) -> tuple[str, ...]:
    """The columns of a class that are read out; a total is looked at in any case, for it may be too large."""
    if tiers_alone:
        return ("whole", "class") if plan.share == "total" else ("class",)
    return COLUMNS
