"""The page of conversations, for its tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.external.dashboard.conftest import expect
from tests.web.control.acting import DIRECT, all_chats

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.external.dashboard.conftest import Visit

PANEL = "/dashboard/conversations"
HOSTILE = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"


def opened(visit: Visit, conversation_id: str = DIRECT) -> Page:
    page = visit.open(PANEL)
    page.evaluate(f"location.hash = '{conversation_id}'")
    expect(page.locator("#thread")).to_be_visible()
    return page


def message(page: Page, text: str) -> Locator:
    return page.locator("#messages .message", has_text=text)


def do(page: Page, text: str, name: str) -> None:
    """Choose from a message's menu."""
    one = message(page, text)
    one.locator("summary").click()
    one.get_by_role("button", name=name, exact=True).click()


def titles(page: Page) -> list[str]:
    return page.locator("#chats .title").all_text_contents()


def crowd(visit: Visit) -> list[str]:
    """Many conversations; their titles in the API's order."""
    for number in range(120):
        said = {"username": f"Extra{number}", "phone_number": "1"}
        visit.client.post("/v1/contacts", json=said)
    return [each["title"] for each in all_chats(visit.client)]


def row(page: Page, title: str) -> Locator:
    return page.locator("#chats li").filter(has=page.get_by_text(title, exact=True))


def scroll_until(page: Page, shown: Locator) -> None:
    """Scroll down the list, a screen at a time, until this is shown."""
    scroller = page.locator("#chats-scroller")
    for _ in range(20):
        if shown.count():
            break
        scroller.evaluate("each => each.scrollBy(0, each.clientHeight)")
        page.evaluate("() => new Promise(requestAnimationFrame)")
    expect(shown).to_be_visible()
