"""Findings for other programs: SARIF, annotations of a forge, JUnit. Pure functions of what `dsl.report` draws."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Literal, get_args
from xml.etree import ElementTree

from dsl.diagnostics import Diagnostic, Label, Severity
from dsl.report import render_json

Format = Literal["text", "json", "sarif", "github", "junit"]
"""How findings are printed; all but text go through `REPORTERS`."""

_SARIF_LEVELS: Mapping[Severity, str] = {"error": "error", "warning": "warning", "note": "note"}
_GITHUB_WORDS: Mapping[Severity, str] = {"error": "error", "warning": "warning", "note": "notice"}


def sarif(found: Sequence[Diagnostic], folder: str = "") -> str:
    """SARIF 2.1.0, as code scanning takes it. `folder`: the project's folder within the repository, for the paths.

    Columns count code points (`columnKind`), as `Span` does."""
    codes = sorted({one.code for one in found})
    run = {
        "tool": {
            "driver": {
                "name": "Kadenz",
                "rules": [{"id": code, "help": {"text": f"kadenz check --explain {code}"}} for code in codes],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, codes, folder) for one in found],
    }
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _result(one: Diagnostic, codes: Sequence[str], folder: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "ruleId": one.code,
        "ruleIndex": codes.index(one.code),
        "level": _SARIF_LEVELS[one.severity],
        "message": {"text": _sentence(one)},
        "locations": [_location(one.primary, folder)],
    }
    if one.secondary:
        told["relatedLocations"] = [_location(label, folder) for label in one.secondary]
    return told


def _location(label: Label, folder: str) -> dict[str, Any]:
    span = label.span
    place: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": _path(span.file, folder)},
            "region": {
                "startLine": span.line,
                "startColumn": span.column,
                "endLine": span.end_line,
                "endColumn": span.end_column,
            },
        }
    }
    return {**place, "message": {"text": label.text}} if label.text else place


def github(found: Sequence[Diagnostic], folder: str = "") -> str:
    """Workflow commands, one line each, which become annotations at the lines of a pull request."""
    return "".join(_command(one, folder) + "\n" for one in found)


def _command(one: Diagnostic, folder: str) -> str:
    span = one.primary.span
    where = {
        "file": _path(span.file, folder),
        "line": str(span.line),
        "endLine": str(span.end_line),
        "col": str(span.column),
        "endColumn": str(span.end_column),
        "title": one.code,
    }
    told = ",".join(f"{name}={_escaped(value, ',:')}" for name, value in where.items())
    return f"::{_GITHUB_WORDS[one.severity]} {told}::{_escaped(_sentence(one))}"


def _escaped(text: str, more: str = "") -> str:
    """What would end a command or a property of one is written by its number."""
    for sign in "%\r\n" + more:
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text


def junit(found: Sequence[Diagnostic], folder: str = "") -> str:
    """JUnit: a failed case for each finding, one that passed where there is none."""
    suite = ElementTree.Element(
        "testsuite", name="kadenz", tests=str(max(len(found), 1)), failures=str(len(found)), errors="0", skipped="0"
    )
    for one in found:
        span = one.primary.span
        name = f"{_path(span.file, folder)}:{span.line}:{span.column} {one.code}"
        case = ElementTree.SubElement(suite, "testcase", classname=_path(span.file, folder), name=_xml(name))
        told = ElementTree.SubElement(case, "failure", type=one.severity, message=_xml(one.summary))
        told.text = _xml(_sentence(one))
    if not found:
        ElementTree.SubElement(suite, "testcase", classname="kadenz", name="no findings")
    whole = ElementTree.Element("testsuites")
    whole.append(suite)
    ElementTree.indent(whole)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(whole, encoding="unicode") + "\n"


def _xml(text: str) -> str:
    """XML has no way to write most control characters."""
    return "".join(c if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff") else "�" for c in text)


def _sentence(one: Diagnostic) -> str:
    return "\n".join((one.summary, *(f"help: {line}" for line in one.help)))


def _path(file: str, folder: str) -> str:
    return (PurePosixPath(folder) / file).as_posix()


def _plain_json(found: Sequence[Diagnostic], folder: str = "") -> str:
    del folder  # the paths of `Diagnostic.as_json` are the project's own
    return render_json(found)


REPORTERS: Mapping[str, Callable[[Sequence[Diagnostic], str], str]] = {
    "json": _plain_json,
    "sarif": sarif,
    "github": github,
    "junit": junit,
}
"""The formats for programs: what they are called, and what writes them."""

assert {"text", *REPORTERS} == set(get_args(Format)), "each format is written by somebody"
