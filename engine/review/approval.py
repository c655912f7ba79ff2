"""Approvals: lines in the commits of a change, and which of the change's gates they meet.

    Kadenz-Approves: widening 3f9ac1d2b8041177 until 2026-12-31: planned for the sale in spring

Such a line counts where the commit that it stands in is by one of the gate's approvers, changes no file, and was not
written anew by an author of the change; where it names the gate and the content of now; and until its day is over.
Authors are whoever wrote a commit of the change that changes a file, or is named in one as `Co-authored-by`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.review.gates import Demand
from engine.review_rules import ALL, Gate

TRAILER = "Kadenz-Approves"


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit of the change: who wrote it, who put it there (mail addresses), and its message. `empty`: it changes no
    file."""

    hash: str
    author: str
    committer: str
    empty: bool
    message: str


@dataclass(frozen=True, slots=True)
class Approval:
    """One line of a commit. `until`: the last day, yyyymmdd, or None; `commit`, `by`: where it stands, who wrote it."""

    gate: str
    digest: str
    until: int | None
    why: str
    by: str
    commit: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a gate is met. `approved`: by which line (None: it is not); `approvers`: who may; `problems`: why other
    lines for this gate do not count, in words."""

    demand: Demand
    approved: Approval | None
    approvers: tuple[str, ...]
    problems: tuple[str, ...] = ()

    @property
    def met(self) -> bool:
        """Whether somebody who may has approved it as it is now."""
        return self.approved is not None


_LINE = re.compile(
    rf"^{TRAILER}: *(?P<gate>[a-z_]+) +(?P<digest>[0-9a-f]+)"
    r"(?: +until +(?P<until>\d{4}-\d{2}-\d{2}))? *: *(?P<why>\S.*)$",
    re.MULTILINE,
)
_WITH = re.compile(r"^Co-authored-by:.*<([^<>\n]+)>\s*$", re.MULTILINE | re.IGNORECASE)


def approvals(commit: Commit) -> Iterator[Approval]:
    """The approvals that stand in the message of a commit."""
    for found in _LINE.finditer(commit.message):
        until = found["until"]
        day = None if until is None else int(until.replace("-", ""))
        yield Approval(found["gate"], found["digest"], day, found["why"].strip(), commit.author, commit.hash)


def authors(commits: Sequence[Commit]) -> frozenset[str]:
    """Who wrote the change, as mail addresses in small letters."""
    found: set[str] = set()
    for commit in commits:
        if not commit.empty:
            found.add(commit.author.lower())
            found.update(one.strip().lower() for one in _WITH.findall(commit.message))
    return frozenset(found)


def may_approve(approvers: Mapping[str, tuple[str, ...]], gate: Gate) -> tuple[str, ...]:
    """Who may approve a gate: its own approvers, or those of all where it has none."""
    return approvers.get(gate) or approvers.get(ALL, ())


def judged(
    demands: Sequence[Demand],
    commits: Sequence[Commit],
    approvers: Mapping[str, tuple[str, ...]],
    today: int,
    *,
    clean: bool,
) -> tuple[Verdict, ...]:
    """Which of the approvals that a change needs it has. `commits`: those of the change; `today`: yyyymmdd; `clean`:
    whether the commits hold all of it: of what is not committed nobody knows who wrote it, so nothing counts."""
    wrote = authors(commits)
    verdicts: list[Verdict] = []
    for demand in demands:
        may = may_approve(approvers, demand.gate)
        met: Approval | None = None
        problems: list[str] = []
        for commit in commits:
            for one in approvals(commit):
                if one.gate != demand.gate:
                    continue
                why = _problem(one, commit, demand, may, wrote, today, clean=clean)
                if why is None:
                    met = met or one
                else:
                    problems.append(f"{one.by} in {commit.hash[:12]}: {why}")
        verdicts.append(Verdict(demand, met, may, () if met else tuple(problems)))
    return tuple(verdicts)


def _problem(
    one: Approval,
    commit: Commit,
    demand: Demand,
    may: Sequence[str],
    wrote: frozenset[str],
    today: int,
    *,
    clean: bool,
) -> str | None:
    """Why a line does not meet its gate; None where it does."""
    by = one.by.lower()
    if by in wrote:
        return "an author of this change does not approve it"
    if commit.committer.lower() in wrote:
        return "an author of this change has written this commit anew"
    if by not in {name.lower() for name in may}:
        return "is not among the approvers of this gate"
    if one.digest != demand.digest:
        return f"this was approved for another content ({one.digest})"
    if one.until is not None and one.until < today:
        return "this has expired"
    if not clean:
        return "there are changes that are not committed"
    return None


def line(demand: Demand, why: str = "WHY") -> str:
    """The line that approves what a demand asks for.

    >>> line(Demand("widening", ()))
    'Kadenz-Approves: widening 8455737f89b8934a: WHY'
    """
    return f"{TRAILER}: {demand.gate} {demand.digest}: {why}"
