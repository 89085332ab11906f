"""Every page of the dashboard, in both themes and sizes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.web.dashboard.page import PAGES
from tests.external.dashboard.conftest import LARGE, SMALL, THEMES

if TYPE_CHECKING:
    from tests.external.dashboard.conftest import Visit

pytestmark = pytest.mark.external
each_page = pytest.mark.parametrize("tested", PAGES, ids=lambda tested: tested.name)


@each_page
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", [LARGE, SMALL], ids=["large", "small"])
def test_a_page_is_accessible_fits_and_logs_no_errors(
    visit_as: Callable[..., Visit], axe: Any, tested: Any, theme: str, size: Any, tmp_path: Path
) -> None:
    visit = visit_as(theme, size)
    page = visit.open(tested.path)
    page.wait_for_load_state("networkidle")
    visit.screenshot(tmp_path, f"{tested.name}-{theme}-{size['width']}")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    visit.check()


@each_page
def test_the_skip_link_leads_to_the_content(visit: Visit, tested: Any) -> None:
    page = visit.open(tested.path)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
