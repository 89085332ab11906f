"""Pictures of people, and initials where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.external.dashboard.conftest import expect
from tests.external.dashboard.conversations.panel import PANEL, row

if TYPE_CHECKING:
    from tests.external.dashboard.conftest import Visit

pytestmark = pytest.mark.external


def test_pictures_do_not_wait_for_one_that_does_not_come(visit: Visit) -> None:
    url = "https://assets.protocol.chat/avatars/{}.jpg"
    for name in ("Shown", "Hanging"):
        said = {"username": name, "phone_number": "1", "avatar_url": url.format(name)}
        visit.client.post("/v1/contacts", json=said)
    visit.page.route("**/avatars/Hanging.jpg", lambda route: None)
    with visit.page.expect_request("**/avatars/Hanging.jpg"):
        page = visit.open(PANEL)
    for name in ("Shown", "KateMcCallister"):
        expect(row(page, name).locator("img")).to_have_js_property("naturalWidth", 128)
    expect(row(page, "Hanging").locator(".avatar")).to_have_text("H")


def test_in_a_browser_that_cannot_tell_when_it_is_idle_pictures_come_too(visit: Visit) -> None:
    visit.page.add_init_script("delete window.requestIdleCallback")
    page = visit.open(PANEL)
    expect(page.locator("#chats img").nth(5)).to_have_js_property("naturalWidth", 128)


def test_pictures_of_other_hosts_are_not_asked_for(visit: Visit) -> None:
    url = "https://elsewhere.example/spy.png"
    said = {"username": "Spy", "phone_number": "1", "avatar_url": url}
    visit.client.post("/v1/contacts", json=said)
    page = visit.open(PANEL)
    expect(page.locator("#chats .avatar").first).to_have_text("S")


def test_pictures_are_shown_and_initials_where_there_is_none(visit: Visit) -> None:
    url = "https://assets.protocol.chat/avatars/{}.jpg"
    for name in ("Shown", "Broken"):
        said = {"username": name, "phone_number": "1", "avatar_url": url.format(name)}
        visit.client.post("/v1/contacts", json=said)
    page = visit.page
    page.route("**/avatars/Broken.jpg", lambda route: route.fulfill(body="no picture"))
    with page.expect_response("**/avatars/Broken.jpg"):
        visit.open(PANEL)
    expect(row(page, "Shown").locator("img")).to_have_js_property("naturalWidth", 128)
    expect(row(page, "Broken").locator(".avatar")).to_have_text("B")
