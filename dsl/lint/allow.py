"""Findings that people allow, with a reason and an end: `# kadenz: allow K0411 until 2027-01-01 "why"`.

The comment stands at the end of the line that the finding underlines, or on lines of its own right above it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dsl.diagnostics import Diagnostic
from dsl.lint.finding import warning
from dsl.parse import Parsed
from dsl.spans import Span
from dsl.tokens import Page, date_value, scan

_COMMENT = re.compile(r"#[^\n]*")
_OURS = re.compile(r"#\s*kadenz\s*:\s*(.*?)\s*$", re.IGNORECASE)
_ALLOW = re.compile(r'allow\s+(?P<code>K\d{4})\s+until\s+(?P<until>\S+)\s+"(?P<why>[^"]*\S[^"]*)"$')
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
EXAMPLE = '`# kadenz: allow K0411 until 2027-01-01 "why"`'


@dataclass(frozen=True, slots=True)
class Allowance:
    """A code that is allowed on a line of a file, up to and with the day `until` (yyyymmdd)."""

    code: str
    until: int
    line: int
    span: Span


def allowances(trees: Sequence[Parsed], codes: Iterable[str]) -> tuple[list[Allowance], list[Diagnostic]]:
    """All comments that allow something, and a finding for each that does not say all it must. `codes`: those of the
    linter."""
    found: list[Allowance] = []
    wrong: list[Diagnostic] = []
    known = frozenset(codes)
    for parsed in trees:
        if "kadenz" not in parsed.text.lower():
            continue
        for span, said, line in _ours(parsed):
            match = _ALLOW.match(said)
            until = date_value(match["until"]) if match and _DAY.fullmatch(match["until"]) else None
            if match is None or until is None:
                wrong.append(_incomplete(said, span))
            elif match["code"] not in known:
                wrong.append(
                    warning(
                        "K0420",
                        f"`{match['code']}` is not a finding of the linter",
                        span,
                        "allows nothing",
                        "errors cannot be allowed; `kadenz check --explain CODE` shows what a code is",
                    )
                )
            else:
                found.append(Allowance(match["code"], until, line, span))
    return found, wrong


def applied(found: Iterable[Diagnostic], allowed: Sequence[Allowance], today: int) -> list[Diagnostic]:
    """The findings that are not allowed, and those about allowances that are over or that nothing needs."""
    current = [one for one in allowed if one.until >= today]
    used: set[int] = set()
    left: list[Diagnostic] = []
    for finding in found:
        span = finding.primary.span
        fitting = [
            i
            for i, one in enumerate(current)
            if one.code == finding.code and one.span.file == span.file and span.line <= one.line <= span.end_line
        ]
        used.update(fitting)
        if not fitting:
            left.append(finding)
    left += (_over(one) for one in allowed if one.until < today)
    left += (_needless(one) for i, one in enumerate(current) if i not in used)
    return left


def _ours(parsed: Parsed) -> Iterator[tuple[Span, str, int]]:
    """Comments that speak to Kadenz: where, what they say, and the line that they speak of."""
    page = Page(parsed.file, parsed.text)
    lexemes = scan(page).lexemes
    ends = [0, *(one.end for one in lexemes)]
    starts = [*(one.start for one in lexemes), len(parsed.text)]
    for start, end in zip(ends, starts, strict=True):
        if "#" not in parsed.text[start:end]:
            continue
        for comment in _COMMENT.finditer(parsed.text, start, end):
            ours = _OURS.match(comment.group())
            if ours is None:
                continue
            span = page.span(comment.start(), comment.start() + len(comment.group().rstrip()))
            before = parsed.text[page.starts[span.line - 1] : comment.start()]
            beside = before.strip("\ufeff \t\r") != ""
            line = span.line if beside else page.span(end, end).line
            yield span, ours[1], line


def _incomplete(said: str, span: Span) -> Diagnostic:
    if not said.startswith("allow"):
        summary = "this comment to Kadenz says nothing that it knows"
    elif not re.search(r"\bK\d{4}\b", said):
        summary = "this does not say which finding is allowed"
    elif re.search(r"\buntil\b", said) is None:
        summary = "this allowance has no end"
    elif not re.search(r'"[^"]*\S[^"]*"', said):
        summary = "this allowance has no reason"
    elif match := _ALLOW.match(said):
        summary = f"`{match['until']}` is no day on which this allowance could end"
    elif len(re.findall(r"\bK\d{4}\b", said)) > 1:
        summary = "an allowance names one code"
        return warning("K0420", summary, span, "allows nothing", f"write a comment for each of them: {EXAMPLE}")
    else:
        summary = "this allowance cannot be read"
    return warning("K0420", summary, span, "allows nothing", f"write {EXAMPLE}")


def _over(one: Allowance) -> Diagnostic:
    day = f"{one.until // 10_000}-{one.until // 100 % 100:02}-{one.until % 100:02}"
    return warning(
        "K0421",
        f"this allowance ended on {day}",
        one.span,
        "over",
        "mend what it allowed, or decide anew and give it a later end",
    )


def _needless(one: Allowance) -> Diagnostic:
    return warning(
        "K0422",
        f"there is no {one.code} here to allow",
        one.span,
        "needless",
        "take the comment out; it belongs on the line that the finding underlines, or right above it",
    )
