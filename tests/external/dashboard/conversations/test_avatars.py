"""Avatars, and initials in place of missing ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.external.dashboard.conftest import expect
from tests.external.dashboard.conversations.page import PATH, row

if TYPE_CHECKING:
    from tests.external.dashboard.conftest import Visit

pytestmark = pytest.mark.external


def test_avatars_do_not_wait_for_one_that_hangs(visit: Visit) -> None:
    url = "https://assets.protocol.chat/avatars/{}.jpg"
    for name in ("Shown", "Hanging"):
        contact = {"username": name, "phone_number": "1", "avatar_url": url.format(name)}
        visit.client.post("/v1/contacts", json=contact)
    visit.page.route("**/avatars/Hanging.jpg", lambda route: None)
    with visit.page.expect_request("**/avatars/Hanging.jpg"):
        page = visit.open(PATH)
    for name in ("Shown", "KateMcCallister"):
        expect(row(page, name).locator("img")).to_have_js_property("naturalWidth", 128)
    expect(row(page, "Hanging").locator(".avatar")).to_have_text("H")


def test_avatars_load_without_request_idle_callback(visit: Visit) -> None:
    visit.page.add_init_script("delete window.requestIdleCallback")
    page = visit.open(PATH)
    expect(page.locator("#conversations img").nth(5)).to_have_js_property("naturalWidth", 128)


def test_avatars_of_other_hosts_are_not_loaded(visit: Visit) -> None:
    url = "https://elsewhere.example/spy.png"
    contact = {"username": "Spy", "phone_number": "1", "avatar_url": url}
    visit.client.post("/v1/contacts", json=contact)
    page = visit.open(PATH)
    expect(page.locator("#conversations .avatar").first).to_have_text("S")


def test_avatars_fall_back_to_the_initial(visit: Visit) -> None:
    url = "https://assets.protocol.chat/avatars/{}.jpg"
    for name in ("Shown", "Broken"):
        contact = {"username": name, "phone_number": "1", "avatar_url": url.format(name)}
        visit.client.post("/v1/contacts", json=contact)
    page = visit.page
    page.route("**/avatars/Broken.jpg", lambda route: route.fulfill(body="no picture"))
    with page.expect_response("**/avatars/Broken.jpg"):
        visit.open(PATH)
    expect(row(page, "Shown").locator("img")).to_have_js_property("naturalWidth", 128)
    expect(row(page, "Broken").locator(".avatar")).to_have_text("B")
