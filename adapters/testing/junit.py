"""Test results in the form that build servers read: one suite for each playbook file, one case for each test and
executor."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from adapters.testing.running import Outcome
from adapters.testing.telling import failure, rows

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold in any spelling."""


def as_junit(found: Sequence[Outcome], texts: Mapping[str, str]) -> str:
    """The whole file. A test that failed on one executor is a failure there, and not on the others."""
    root = Element("testsuites", name="kadenz")
    whole = [0, 0]
    for file in dict.fromkeys(one.scenario.span.file for one in found):
        mine = [one for one in found if one.scenario.span.file == file]
        failed = sum(bool(r.unmet) for one in mine for r in one.results)
        count = sum(len(one.results) for one in mine)
        whole = [whole[0] + count, whole[1] + failed]
        suite = SubElement(root, "testsuite", name=_clean(file), tests=str(count), failures=str(failed), errors="0")
        for one in mine:
            for result in one.results:
                case = SubElement(
                    suite,
                    "testcase",
                    name=_clean(one.scenario.name),
                    classname=_clean(f"{file.removesuffix('.play').replace('/', '.')}.{result.executor}"),
                    file=_clean(file),
                    line=str(one.scenario.span.line),
                )
                if result.unmet:
                    alone = Outcome(one.scenario, (result,))
                    first = rows(alone)[0]
                    node = SubElement(case, "failure", type="K0800", message=_clean(first.seen[result.executor]))
                    node.text = _clean(failure(alone, texts))
    root.set("tests", str(whole[0]))
    root.set("failures", str(whole[1]))
    indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
