"""The guide in a browser: accessible in both themes and sizes, and searchable."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.web.guide.page import Guide
from tests.external.dashboard.conftest import LARGE, SMALL, THEMES, expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.external.dashboard.conftest import Visit

pytestmark = pytest.mark.external


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", [LARGE, SMALL], ids=["large", "small"])
def test_every_page_is_accessible_and_fits(
    visit_as: Callable[..., Visit],
    axe: Callable[[Page], list[str]],
    theme: str,
    size: Any,
    tmp_path: Path,
) -> None:
    visit = visit_as(theme, size)
    for guide_page in Guide().pages:
        visit.page.goto(visit.client.url + guide_page.url)
        expect(visit.page.get_by_role("search")).to_be_visible()
        visit.screenshot(tmp_path, f"{guide_page.title}-{theme}-{size['width']}")
        assert axe(visit.page) == [], guide_page.source
        width = visit.page.evaluate("document.documentElement.scrollWidth")
        assert width <= size["width"], guide_page.source
    visit.check()


def test_the_search_finds_a_heading(visit: Visit) -> None:
    page = visit.page
    page.goto(f"{visit.client.url}/guide")
    assert "/guide/headings.json" not in " ".join(visit.requested)
    guide_page = next(page for page in Guide().pages if page.source.endswith("getting-started.md"))
    heading = guide_page.headings[-1]
    page.get_by_label("Search the guide").fill(f"STARTED {heading.text}")
    result = page.locator("#search-results").get_by_role("link", name=heading.text, exact=True)
    expect(result).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{visit.client.url}{guide_page.url}#{heading.anchor}")
    expect(page.get_by_role("heading", name=heading.text, exact=True)).to_be_in_viewport()


def test_the_search_says_how_many_it_found(visit: Visit) -> None:
    page = visit.page
    page.goto(f"{visit.client.url}/guide")
    field = page.get_by_label("Search the guide")
    field.fill("<img src=x>")
    expect(page.locator("#search-status")).to_have_text("0 headings")
    field.fill("")
    expect(page.locator("#search-status")).to_be_empty()
    expect(page.locator("#search-results li")).to_have_count(0)


def test_the_contents_unfold_on_a_phone(visit_as: Callable[..., Visit]) -> None:
    visit = visit_as("light", SMALL)
    page = visit.page
    page.goto(f"{visit.client.url}/guide")
    link = page.get_by_role("navigation", name="Guide").get_by_role("link", name="Getting started")
    expect(link).to_be_hidden()
    page.get_by_text("Contents", exact=True).click()
    link.click()
    expect(page).to_have_url(f"{visit.client.url}/guide/getting-started")
    visit.check()


def test_the_theme_chosen_in_the_dashboard_applies(visit: Visit) -> None:
    page = visit.page
    page.goto(f"{visit.client.url}/guide")
    page.get_by_role("button", name="Switch between light and dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    pages = page.get_by_role("navigation", name="Pages")
    pages.get_by_role("link", name="Requests").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
