"""What every page of the dashboard has, in both themes and at a phone's size."""

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
each_panel = pytest.mark.parametrize("panel", PAGES, ids=lambda panel: panel.name)


@each_panel
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", [LARGE, SMALL], ids=["large", "small"])
def test_a_page_complains_of_nothing_fits_and_is_accessible(
    visit_as: Callable[..., Visit], axe: Any, panel: Any, theme: str, size: Any, tmp_path: Path
) -> None:
    visit = visit_as(theme, size)
    page = visit.open(panel.path)
    page.wait_for_load_state("networkidle")
    visit.shot(tmp_path, f"{panel.name}-{theme}-{size['width']}")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    visit.is_clean()


@each_panel
def test_the_keyboard_skips_to_the_content(visit: Visit, panel: Any) -> None:
    page = visit.open(panel.path)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
