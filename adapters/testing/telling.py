"""What became of the tests: expected and seen side by side, and the clause that decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.cli.workspace import table
from adapters.testing.running import Outcome
from dsl.diagnostics import Diagnostic, Label
from dsl.model import Expectation
from dsl.report import render
from dsl.spans import Span

VERSION = 1
"""Of the JSON: counted up when a key changes its meaning or goes."""

CAME_TRUE = "came true"


@dataclass(frozen=True, slots=True)
class Row:
    """An expectation that did not come true on some executor. `seen`: by executor, in their order, `CAME_TRUE` where it
    did; `why`: what decided, as the first executor that saw otherwise has it."""

    expectation: Expectation
    seen: Mapping[str, str]
    why: tuple[Label, ...]

    @property
    def same(self) -> bool:
        """Whether all executors saw the same."""
        return len(set(self.seen.values())) == 1


def rows(outcome: Outcome) -> list[Row]:
    """The expectations of a test that did not come true, in order of the text."""
    found: dict[Span, Row] = {}
    names = [result.executor for result in outcome.results]
    for result in outcome.results:
        for unmet in result.unmet:
            span = unmet.expectation.span
            row = found.setdefault(span, Row(unmet.expectation, dict.fromkeys(names, CAME_TRUE), unmet.why))
            found[span] = Row(row.expectation, {**row.seen, result.executor: unmet.seen}, row.why)
    return [found[span] for span in sorted(found, key=lambda one: one.start)]


def side_by_side(outcome: Outcome, texts: Mapping[str, str]) -> str:
    """The table of a test that failed: line, what was expected in the author's words, what was seen."""
    failed = rows(outcome)
    if all(row.same for row in failed):
        heads = ["line", "expected", "seen"]
        cells = [[str(r.expectation.span.line), words(r, texts), next(iter(r.seen.values()))] for r in failed]
    else:
        names = [result.executor for result in outcome.results]
        heads = ["line", "expected", *(f"seen ({name})" for name in names)]
        cells = [[str(r.expectation.span.line), words(r, texts), *(r.seen[n] for n in names)] for r in failed]
    return table([heads, *cells], right=(0,))


def words(row: Row, texts: Mapping[str, str]) -> str:
    """The expectation in the author's words, on one line, without `expect`."""
    span = row.expectation.span
    return " ".join(span.text(texts[span.file]).split()).removeprefix("expect ")


def findings(outcome: Outcome) -> list[Diagnostic]:
    """A finding for each expectation that did not come true; what decided is marked in the playbooks."""
    return [
        Diagnostic(
            "K0800",
            "this did not come true" if row.same else "the executors do not see the same",
            Label(row.expectation.span, _seen(row)),
            secondary=row.why,
            block=f"test `{outcome.scenario.name}`",
        )
        for row in rows(outcome)
    ]


def _seen(row: Row) -> str:
    if row.same:
        return f"seen: {next(iter(row.seen.values()))}"
    return "; ".join(f"seen ({name}): {text}" for name, text in row.seen.items())


def failure(outcome: Outcome, texts: Mapping[str, str], *, colour: bool = False) -> str:
    """Everything about one test that failed."""
    return f"{side_by_side(outcome, texts)}\n\n{drawn(findings(outcome), texts, colour=colour)}"


def drawn(found: Sequence[Diagnostic], texts: Mapping[str, str], *, colour: bool) -> str:
    """The findings as `kadenz check` draws them, without the count of errors: tests are counted, not findings."""
    return render(found, texts, colour=colour).rstrip("\n").rpartition("\n\n")[0]


def as_json(found: Sequence[Outcome], texts: Mapping[str, str]) -> list[dict[str, Any]]:
    """One entry for each test and executor."""
    return [
        {
            "test": one.scenario.name,
            "file": one.scenario.span.file,
            "line": one.scenario.span.line,
            "executor": result.executor,
            "passed": not result.unmet,
            "ticks": result.ticks,
            "unmet": [
                {
                    "file": u.expectation.span.file,
                    "line": u.expectation.span.line,
                    "expected": words(Row(u.expectation, {}, ()), texts),
                    "seen": u.seen,
                    "decided": [
                        {"file": label.span.file, "line": label.span.line, "clause": _line(label.span, texts),
                         "told": label.text}
                        for label in u.why
                    ],
                }
                for u in result.unmet
            ],
        }
        for one in found
        for result in one.results
    ]  # fmt: skip


def _line(span: Span, texts: Mapping[str, str]) -> str:
    return " ".join(span.text(texts[span.file]).split())
