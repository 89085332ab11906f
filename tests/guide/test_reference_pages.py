"""The reference pages of the guide name every command, setting, endpoint and method."""

from __future__ import annotations

import pytest

from mockserver import MockServer
from mockserver.client.control import SandboxClient
from tests.guide.reference_pages import GUIDE, PAGES


@pytest.mark.parametrize("name", PAGES)
def test_a_reference_page_is_what_the_code_says(name: str) -> None:
    text = (GUIDE / name).read_text(encoding="utf-8")
    assert text == PAGES[name](), "run: python -m tests.guide.reference_pages"


def test_the_python_page_has_every_method() -> None:
    text = (GUIDE / "python-api.md").read_text(encoding="utf-8")
    members = [
        name for owner in (MockServer, *SandboxClient.__subclasses__()) for name in vars(owner)
    ]
    public = [name for name in members if not name.startswith("_")]
    assert text.count("\n### ") == len(public) >= 80
