"""The reference pages of the guide name every command, setting, endpoint and method."""

from __future__ import annotations

import pytest

from tests.guide.reference_pages import GUIDE, PAGES


@pytest.mark.parametrize("name", PAGES)
def test_a_reference_page_is_what_the_code_says(name: str) -> None:
    text = (GUIDE / name).read_text(encoding="utf-8")
    assert text == PAGES[name](), "run: python -m tests.guide.reference_pages"
