"""The conversations on a phone, by keyboard, and as axe sees them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.external.dashboard.conftest import LARGE, SMALL, THEMES, expect
from tests.external.dashboard.conversations.panel import (
    PANEL,
    crowd,
    message,
    opened,
    row,
    scroll_until,
)
from tests.web.control.acting import DIRECT, FRANK

if TYPE_CHECKING:
    from tests.external.dashboard.conftest import Visit

pytestmark = pytest.mark.external


@pytest.mark.parametrize("size", [LARGE, {"width": 1024, "height": 700}, SMALL], ids=str)
def test_all_of_a_messages_menu_is_within_reach(
    visit_as: Callable[..., Visit], size: dict[str, int]
) -> None:
    visit = visit_as("light", size)
    person = visit.client.post("/v1/contacts", json={"username": "Ann", "phone_number": "1"}).json
    place = person["conversation_id"]
    for said in ("k", "A long one, which fills all of its bubble, and more than one line."):
        simulated = {"from": "Ann", "conversation_id": place, "message": said}
        visit.client.post("/_sandbox/simulate/message", json=simulated)
        own = {"conversation_id": place, "message": said}
        visit.client.post("/v1/messages", json=own)
    page = opened(visit, place)
    found = page.locator("#messages .message")
    expect(found).to_have_count(4)
    for one in found.all():
        one.locator("summary").click()
        expect(one.locator(".menu")).to_be_visible()
        hidden = one.locator(".menu button").evaluate_all(
            """buttons => buttons.filter((each) => {
                const { x, y, width, height } = each.getBoundingClientRect();
                return document.elementFromPoint(x + width / 2, y + height / 2) !== each;
            }).map((each) => each.textContent)"""
        )
        assert hidden == []
        one.locator("summary").press("Escape")


def test_on_a_phone_the_thread_takes_the_place_of_the_list(
    visit_as: Callable[..., Visit],
) -> None:
    page = visit_as("light", SMALL).open(PANEL)
    page.locator("#chats a").first.click()
    expect(page.locator("#thread")).to_be_visible()
    expect(page.locator("#chats")).to_be_hidden()
    page.get_by_role("link", name="Back to all conversations").click()
    expect(page.locator("#chats")).to_be_visible()
    expect(page.locator("#thread")).to_be_hidden()


def test_on_a_phone_one_comes_back_to_where_one_was_and_to_what_is_now(
    visit_as: Callable[..., Visit],
) -> None:
    visit = visit_as("light", SMALL)
    wanted = crowd(visit)
    page = visit.open(PANEL)
    scroll_until(page, row(page, wanted[60]))
    row(page, wanted[60]).scroll_into_view_if_needed()
    before = row(page, wanted[60]).bounding_box()
    row(page, wanted[60]).get_by_role("link").click()
    page.get_by_role("button", name="Mute", exact=True).click()
    for number in range(5):
        said = {"username": f"Newcomer{number}", "phone_number": "1"}
        visit.client.post("/v1/contacts", json=said)
    expect(page.locator("#clock")).to_have_text("5 May 1992, 23:02:06")  # it has heard of them
    page.get_by_role("link", name="Back to all conversations").click()
    expect(row(page, wanted[60])).to_have_attribute("aria-posinset", "66")
    expect(row(page, wanted[60]).locator("[data-mark=muted]")).to_be_visible()
    assert row(page, wanted[60]).bounding_box() == before


def test_all_can_be_done_by_keyboard(visit: Visit) -> None:
    page = visit.open(PANEL)
    page.locator("#chats a").first.focus()
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
    said = {"conversation_id": DIRECT, "message": "Well"}
    mine = visit.client.post("/v1/messages", json=said).json
    reactions = {"joy": [FRANK], "so what": ["x"]}
    visit.client.put(f"/v1/messages/{mine['id']}", json={"reactions": reactions})
    page = opened(visit)
    expect(message(page, "Well")).to_be_visible()
    page.locator("#messages summary").last.click()
    visit.shot(tmp_path, f"conversations-{theme}-{size['width']}")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    visit.is_clean()
