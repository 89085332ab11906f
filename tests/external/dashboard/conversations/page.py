"""Helpers for the tests of the Conversations page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.external.dashboard.conftest import expect
from tests.web.control.simulation_client import DIRECT, all_conversations

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.external.dashboard.conftest import Visit

PATH = "/dashboard/conversations"
HOSTILE = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"


def open_conversation(visit: Visit, conversation_id: str = DIRECT) -> Page:
    page = visit.open(PATH)
    page.evaluate(f"location.hash = '{conversation_id}'")
    expect(page.locator("#thread")).to_be_visible()
    return page


def message(page: Page, text: str) -> Locator:
    return page.locator("#messages .message", has_text=text)


def choose_from_menu(page: Page, text: str, name: str) -> None:
    """Choose an entry of a message's menu."""
    element = message(page, text)
    element.locator("summary").click()
    element.get_by_role("button", name=name, exact=True).click()


def titles(page: Page) -> list[str]:
    return page.locator("#conversations .title").all_text_contents()


def add_conversations(visit: Visit) -> list[str]:
    """Add 120 conversations and return the titles of all, in the API's order."""
    for number in range(120):
        contact = {"username": f"Extra{number}", "phone_number": "1"}
        visit.client.post("/v1/contacts", json=contact)
    return [summary["title"] for summary in all_conversations(visit.client)]


def row(page: Page, title: str) -> Locator:
    return page.locator("#conversations li").filter(has=page.get_by_text(title, exact=True))


def scroll_until(page: Page, locator: Locator) -> None:
    """Scroll down the list, a screen at a time, until an element is in it."""
    scroller = page.locator("#conversations-scroller")
    for _ in range(20):
        if locator.count():
            break
        scroller.evaluate("element => element.scrollBy(0, element.clientHeight)")
        page.evaluate("() => new Promise(requestAnimationFrame)")
    expect(locator).to_be_visible()
