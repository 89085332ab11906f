"""A test suite in JUnit's XML, as CI systems read it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

#: What XML 1.0 (section 2.2) cannot hold, not even escaped.
IMPOSSIBLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Case:
    """A check: passed, failed (``failure`` says how, ``detail`` all there is) or ``skipped``."""

    classname: str
    name: str
    failure: str = ""
    detail: str = ""
    skipped: str = ""


def suite(name: str, url: str, cases: Sequence[Case]) -> bytes:
    """The suite of all cases of what is at ``url``, as the bytes of a file."""
    counts = {
        "tests": len(cases),
        "failures": sum(bool(case.failure) for case in cases),
        "errors": 0,
        "skipped": sum(bool(case.skipped) for case in cases),
    }
    attributes = {name: str(count) for name, count in counts.items()}
    root = ElementTree.Element("testsuite", {"name": name, **attributes})
    properties = ElementTree.SubElement(root, "properties")
    ElementTree.SubElement(properties, "property", {"name": "url", "value": _possible(url)})
    for case in cases:
        named = {"classname": case.classname, "name": case.name}
        element = ElementTree.SubElement(root, "testcase", named)
        if case.failure:
            message = {"message": _possible(case.failure)}
            ElementTree.SubElement(element, "failure", message).text = _possible(case.detail)
        elif case.skipped:
            ElementTree.SubElement(element, "skipped", {"message": _possible(case.skipped)})
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _possible(text: str) -> str:
    return IMPOSSIBLE.sub("\ufffd", text)
