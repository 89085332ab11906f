"""The Conversations page on a phone, by keyboard, and checked by axe."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.external.dashboard.conftest import LARGE, SMALL, THEMES, expect
from tests.external.dashboard.conversations.page import (
    PATH,
    add_conversations,
    message,
    open_conversation,
    row,
    scroll_until,
)
from tests.web.control.simulation_client import DIRECT, FRANK

if TYPE_CHECKING:
    from tests.external.dashboard.conftest import Visit

pytestmark = pytest.mark.external


@pytest.mark.parametrize("size", [LARGE, {"width": 1024, "height": 700}, SMALL], ids=str)
def test_the_whole_message_menu_can_be_reached(
    visit_as: Callable[..., Visit], size: dict[str, int]
) -> None:
    visit = visit_as("light", size)
    person = visit.client.post("/v1/contacts", json={"username": "Ann", "phone_number": "1"}).json
    conversation_id = person["conversation_id"]
    for text in ("k", "A long message, which fills its bubble and more than one line."):
        simulated = {"from": "Ann", "conversation_id": conversation_id, "message": text}
        visit.client.post("/_sandbox/simulate/message", json=simulated)
        own = {"conversation_id": conversation_id, "message": text}
        visit.client.post("/v1/messages", json=own)
    page = open_conversation(visit, conversation_id)
    messages = page.locator("#messages .message")
    expect(messages).to_have_count(4)
    for element in messages.all():
        element.locator("summary").click()
        expect(element.locator(".menu")).to_be_visible()
        hidden = element.locator(".menu button").evaluate_all(
            """buttons => buttons.filter((button) => {
                const { x, y, width, height } = button.getBoundingClientRect();
                return document.elementFromPoint(x + width / 2, y + height / 2) !== button;
            }).map((button) => button.textContent)"""
        )
        assert hidden == []
        element.locator("summary").press("Escape")


def test_on_a_phone_the_conversation_relinks_the_list(
    visit_as: Callable[..., Visit],
) -> None:
    page = visit_as("light", SMALL).open(PATH)
    page.locator("#conversations a").first.click()
    expect(page.locator("#thread")).to_be_visible()
    expect(page.locator("#conversations")).to_be_hidden()
    page.get_by_role("link", name="Back to all conversations").click()
    expect(page.locator("#conversations")).to_be_visible()
    expect(page.locator("#thread")).to_be_hidden()


def test_on_a_phone_back_returns_to_the_same_place_updated(
    visit_as: Callable[..., Visit],
) -> None:
    visit = visit_as("light", SMALL)
    titles_in_order = add_conversations(visit)
    page = visit.open(PATH)
    scroll_until(page, row(page, titles_in_order[60]))
    row(page, titles_in_order[60]).scroll_into_view_if_needed()
    before = row(page, titles_in_order[60]).bounding_box()
    row(page, titles_in_order[60]).get_by_role("link").click()
    page.get_by_role("button", name="Mute", exact=True).click()
    for number in range(5):
        body = {"username": f"Newcomer{number}", "phone_number": "1"}
        visit.client.post("/v1/contacts", json=body)
    expect(page.locator("#clock")).to_have_text("5 May 1992, 23:02:06")  # the page has polled them
    page.get_by_role("link", name="Back to all conversations").click()
    expect(row(page, titles_in_order[60])).to_have_attribute("aria-posinset", "66")
    expect(row(page, titles_in_order[60]).locator("[data-mark=muted]")).to_be_visible()
    assert row(page, titles_in_order[60]).bounding_box() == before


def test_all_can_be_done_by_keyboard(visit: Visit) -> None:
    page = visit.open(PATH)
    page.locator("#conversations a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#thread-title")).to_be_focused()
    page.locator("#messages summary").last.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#messages .emoji button").nth(-5)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#messages summary").last).to_be_focused()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", [LARGE, SMALL], ids=["large", "small"])
def test_an_open_thread_is_accessible_and_fits(
    visit_as: Callable[..., Visit], axe: Any, theme: str, size: Any, tmp_path: Path
) -> None:
    visit = visit_as(theme, size)
    file = {"filename": "plan.pdf", "content": "aGk="}
    visit.client.post(
        "/_sandbox/simulate/message", json={"from": FRANK, "message": "Hm", "attachments": [file]}
    )
    body = {"conversation_id": DIRECT, "message": "Well"}
    sent = visit.client.post("/v1/messages", json=body).json
    reactions = {"joy": [FRANK], "so what": ["x"]}
    visit.client.put(f"/v1/messages/{sent['id']}", json={"reactions": reactions})
    page = open_conversation(visit)
    expect(message(page, "Well")).to_be_visible()
    page.locator("#messages summary").last.click()
    visit.screenshot(tmp_path, f"conversations-{theme}-{size['width']}")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    visit.check()
