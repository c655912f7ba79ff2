"""Findings for other programs: each reads what it should, whatever stands in the text."""

from __future__ import annotations

import json
from xml.etree import ElementTree

from dsl.diagnostics import Diagnostic, Label
from dsl.reporters import REPORTERS, github, junit, sarif
from dsl.spans import span_of

TEXT = "segment keen\n  where orders > 3\n"
SPAN = span_of("playbooks/a.play", TEXT, 21, 27)
OTHER = span_of("schema.yaml", "x: y\n", 0, 1)
FOUND = (
    Diagnostic(
        "K0203", "`orders` is text", Label(SPAN, "here"), secondary=(Label(OTHER, "declared"),), help=("quote it",)
    ),
    Diagnostic("K0401", "never used", Label(SPAN), severity="warning"),
)


def test_sarif_names_rule_level_and_place() -> None:
    run = json.loads(sarif(FOUND, "shops/main"))["runs"][0]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["K0203", "K0401"]
    first, second = run["results"]
    assert (first["level"], second["level"], second["ruleIndex"]) == ("error", "warning", 1)
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "shops/main/playbooks/a.play"
    assert place["region"] == {"startLine": 2, "startColumn": 9, "endLine": 2, "endColumn": 15}
    assert first["message"]["text"] == "`orders` is text\nhelp: quote it"
    assert first["relatedLocations"][0]["message"]["text"] == "declared"


def test_a_workflow_command_is_one_line_whatever_is_in_it() -> None:
    odd = Diagnostic("K0203", "50 % off\n::error::forged", Label(SPAN))
    assert github((odd,)) == (
        "::error file=playbooks/a.play,line=2,endLine=2,col=9,endColumn=15,title=K0203::50 %25 off%0A::error::forged\n"
    )


def test_junit_can_be_read_whatever_is_in_it() -> None:
    odd = Diagnostic("K0203", "a \x00 and <b> & \ud800", Label(SPAN))
    suite = ElementTree.fromstring(junit((odd, *FOUND)).encode("utf-8", "replace"))[0]
    assert (suite.get("tests"), suite.get("failures")) == ("3", "3")
    assert [case.get("name") for case in suite][1] == "playbooks/a.play:2:9 K0203"


def test_no_findings_are_said_in_every_format() -> None:
    assert json.loads(sarif(()))["runs"][0]["results"] == []
    assert github(()) == ""
    assert ElementTree.fromstring(junit(()))[0].get("failures") == "0"
    assert set(REPORTERS) == {"json", "sarif", "github", "junit"}
