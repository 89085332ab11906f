"""The list of conversations: in order, as far as one scrolls, and live."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from tests.external.dashboard.conftest import expect
from tests.external.dashboard.console_errors import expect_console_errors
from tests.external.dashboard.conversations.panel import PANEL, crowd, row, scroll_until, titles
from tests.web.control.acting import all_chats

if TYPE_CHECKING:
    from tests.external.dashboard.conftest import Visit

pytestmark = pytest.mark.external


def test_the_list_is_in_the_apis_order_and_loads_on_as_one_scrolls(visit: Visit) -> None:
    wanted = crowd(visit)
    page = visit.open(PANEL)
    expect(page.locator("#chats li").first).to_have_attribute("aria-setsize", "-1")
    scroll_until(page, row(page, wanted[-1]))
    rows = page.locator("#chats li")
    assert rows.count() < 60  # of some 150: those out of sight are not there
    expect(rows.last).to_have_attribute("aria-setsize", str(len(wanted)))
    found = {
        int(each.get_attribute("aria-posinset") or ""): each.locator(".title").text_content()
        for each in rows.all()
    }
    assert found == {place: wanted[place - 1] for place in found}
    assert list(found) == sorted(found)
    boxes = [each.bounding_box() for each in rows.all()[1:]]
    heights = [later["y"] - box["y"] for box, later in pairwise(boxes) if box and later]
    assert len(heights) > 10
    assert heights == [pytest.approx(heights[0], abs=1)] * len(heights)


def test_whoever_hastens_to_the_end_gets_there(visit: Visit) -> None:
    wanted = crowd(visit)
    page = visit.open(PANEL)
    row(page, wanted[0]).get_by_role("link").focus()
    hasten = """each => new Promise((done) => {
        let frames = 60;
        const step = () => {
            each.scrollTo(0, each.scrollHeight);
            if (frames--) requestAnimationFrame(step); else done();
        };
        step();
    })"""
    page.locator("#chats-scroller").evaluate(hasten)
    expect(row(page, wanted[-1])).to_be_visible()
    page.keyboard.press("Home")
    page.keyboard.press("End")
    expect(row(page, wanted[-1]).get_by_role("link")).to_be_focused()


def test_a_page_of_the_list_that_is_refused_is_told_once_and_asked_for_again(
    visit_as: Callable[..., Visit],
) -> None:
    visit = visit_as()
    wanted = crowd(visit)
    page = visit.page
    page.route("**/_sandbox/conversations?*starting_after=*", lambda route: route.abort(), times=1)
    visit.open(PANEL)
    scroll_until(page, row(page, wanted[40]))
    expect(page.locator(".notice.bad")).to_have_count(1)
    page.locator("#chats-scroller").evaluate("each => each.scrollBy(0, -1)")
    page.get_by_role("button", name="Dismiss").click()
    expect(page.locator("#chats")).to_have_attribute("style", re.compile("--count: 100;"))
    assert sum("starting_after" in each for each in visit.called) == 2
    scroll_until(page, row(page, wanted[-1]))
    expect(page.locator(".notice.bad")).to_have_count(0)
    expect_console_errors(visit, 0)
    visit.is_clean()


def test_the_list_is_one_stop_of_the_tab_key_in_which_arrows_move(visit: Visit) -> None:
    wanted = crowd(visit)
    page = visit.open(PANEL)
    first = row(page, wanted[0]).get_by_role("link")
    first.focus()
    for _ in range(40):
        page.keyboard.press("ArrowDown")
    there = row(page, wanted[40]).get_by_role("link")
    expect(there).to_be_focused()
    expect(there).to_be_in_viewport()
    # Wherever one scrolls, the keys go on from where they were.
    page.locator("#chats-scroller").evaluate("each => each.scrollTo(0, 0)")
    expect(first).to_be_in_viewport()
    expect(there).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(row(page, wanted[39]).get_by_role("link")).to_be_focused()
    page.keyboard.press("Home")
    expect(first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(first).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.locator("#chats-scroller")).to_be_focused()
    page.keyboard.press("Tab")
    expect(first).to_be_focused()
    page.keyboard.press("Tab")
    assert page.locator("#chats :focus").count() == 0


def test_what_is_read_of_the_list_stays_where_it_is(visit: Visit) -> None:
    wanted = crowd(visit)
    page = visit.open(PANEL)
    read = row(page, wanted[60])
    scroll_until(page, read)
    read.get_by_role("link").focus()
    before = read.bounding_box()
    visit.client.post("/v1/contacts", json={"username": "Newcomer", "phone_number": "1"})
    expect(read).to_have_attribute("aria-posinset", "62")
    assert read.bounding_box() == before
    expect(read.get_by_role("link")).to_be_focused()


@pytest.mark.parametrize("name", ["pinned", "muted", "archived"])
def test_the_list_can_be_filtered(visit: Visit, name: str) -> None:
    page = visit.open(PANEL)
    page.get_by_role("button", name=name.title()).click()
    chats = visit.client.get(f"/_sandbox/conversations?{name}=true&limit=50").json["data"]
    expect(page.locator("#chats li")).to_have_count(len(chats))
    assert titles(page) == [each["title"] for each in chats]


def test_what_is_read_of_the_list_stays_where_others_vanish_near_its_end(visit: Visit) -> None:
    crowd(visit)
    ids = [each["conversation"]["id"] for each in all_chats(visit.client)]
    page = visit.open(PANEL)
    last = page.locator(f"#chats [data-key='{ids[-1]}']")
    scroll_until(page, last)
    page.locator("#chats-scroller").evaluate("each => each.scrollTo(0, each.scrollHeight)")
    expect(last).to_be_in_viewport()
    read = page.locator(f"#chats [data-key='{ids[-5]}']")
    before = read.bounding_box()
    for each in ids[:10]:
        visit.client.delete(f"/v1/conversations/{each}")
    expect(last).to_have_attribute("aria-setsize", str(len(ids) - 10))
    assert read.bounding_box() == before


def test_a_filter_that_is_refused_shows_nothing_and_then_what_it_should(
    visit_as: Callable[..., Visit],
) -> None:
    visit = visit_as()
    page = visit.open(PANEL)
    expect(page.locator("#chats li")).not_to_have_count(0)
    page.route("**/_sandbox/conversations?*archived=true*", lambda route: route.abort(), times=1)
    page.get_by_role("button", name="Archived").click()
    expect(page.locator(".notice.bad")).to_have_count(1)
    expect(page.locator("#chats li")).to_have_count(0)
    expect(page.locator("#chats-empty")).to_be_hidden()
    archived = visit.client.get("/_sandbox/conversations?archived=true&limit=50").json["data"]
    expect(page.locator("#chats li")).to_have_count(len(archived))
    expect_console_errors(visit, 0)
    visit.is_clean()


def test_where_the_last_that_was_loaded_is_gone_the_list_goes_on(
    visit_as: Callable[..., Visit],
) -> None:
    visit = visit_as()
    wanted = crowd(visit)
    page = visit.open(PANEL)
    expect(row(page, wanted[0])).to_be_visible()
    ends = visit.client.get("/v1/conversations?limit=50").json["data"][-2:]
    for each in ends:
        visit.client.delete(f"/v1/conversations/{each['id']}")
    scroll_until(page, row(page, wanted[-1]))
    last = page.locator("#chats li").last
    expect(last).to_have_attribute("aria-setsize", str(len(wanted) - len(ends)))
    expect(page.locator(".notice")).to_have_count(0)
    visit.console_errors.clear()  # chromium logs a 400 for a cursor that is gone


def test_what_changed_out_of_sight_is_seen_when_one_comes_there(visit: Visit) -> None:
    wanted = crowd(visit)
    page = visit.open(PANEL)
    scroll_until(page, row(page, wanted[75]))
    page.locator("#chats-scroller").evaluate("each => each.scrollTo(0, 0)")
    expect(row(page, wanted[0])).to_be_visible()
    changed = all_chats(visit.client)[75]["conversation"]["id"]
    visit.client.put(f"/v1/conversations/{changed}", json={"is_muted": True})
    visit.client.post("/v1/contacts", json={"username": "Newcomer", "phone_number": "1"})
    expect(page.locator("#chats .title").first).to_have_text("Newcomer")
    scroll_until(page, row(page, wanted[75]))
    expect(row(page, wanted[75]).locator("[data-mark=muted]")).to_be_visible()


def test_a_list_that_could_not_be_loaded_once_goes_on_when_it_has_grown(
    visit_as: Callable[..., Visit],
) -> None:
    visit = visit_as()
    page = visit.page
    first = re.compile(r"/_sandbox/conversations\?limit=50$")
    page.route(first, lambda route: route.abort(), times=1)
    visit.open(PANEL)
    expect(page.locator(".notice.bad")).to_have_count(1)
    wanted = crowd(visit)
    expect(page.locator("#chats .title").first).to_have_text(wanted[0])
    scroll_until(page, row(page, wanted[109]))
    last = page.locator(f"#chats [aria-setsize='{len(wanted)}']")
    scroll_until(page, last.first)
    expect_console_errors(visit, 0)
    visit.is_clean()
