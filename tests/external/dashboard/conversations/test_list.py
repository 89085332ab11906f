"""The list of conversations: order, scrolling, filters and live updates."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from tests.external.dashboard.conftest import expect
from tests.external.dashboard.console_errors import expect_console_errors
from tests.external.dashboard.conversations.page import (
    PATH,
    add_conversations,
    row,
    scroll_until,
    titles,
)
from tests.web.control.simulation_client import all_conversations

if TYPE_CHECKING:
    from tests.external.dashboard.conftest import Visit

pytestmark = pytest.mark.external


def test_the_list_has_the_apis_order_and_loads_on_scrolling(visit: Visit) -> None:
    titles_in_order = add_conversations(visit)
    page = visit.open(PATH)
    expect(page.locator("#conversations li").first).to_have_attribute("aria-setsize", "-1")
    scroll_until(page, row(page, titles_in_order[-1]))
    rows = page.locator("#conversations li")
    assert rows.count() < 60  # of about 150: only those near the view are rendered
    expect(rows.last).to_have_attribute("aria-setsize", str(len(titles_in_order)))
    rendered = {
        int(element.get_attribute("aria-posinset") or ""): element.locator(".title").text_content()
        for element in rows.all()
    }
    assert rendered == {position: titles_in_order[position - 1] for position in rendered}
    assert list(rendered) == sorted(rendered)
    boxes = [element.bounding_box() for element in rows.all()[1:]]
    heights = [later["y"] - box["y"] for box, later in pairwise(boxes) if box and later]
    assert len(heights) > 10
    assert heights == [pytest.approx(heights[0], abs=1)] * len(heights)


def test_fast_scrolling_reaches_the_end(visit: Visit) -> None:
    titles_in_order = add_conversations(visit)
    page = visit.open(PATH)
    row(page, titles_in_order[0]).get_by_role("link").focus()
    scroll_fast = """element => new Promise((done) => {
        let frames = 60;
        const step = () => {
            element.scrollTo(0, element.scrollHeight);
            if (frames--) requestAnimationFrame(step); else done();
        };
        step();
    })"""
    page.locator("#conversations-scroller").evaluate(scroll_fast)
    expect(row(page, titles_in_order[-1])).to_be_visible()
    page.keyboard.press("Home")
    page.keyboard.press("End")
    expect(row(page, titles_in_order[-1]).get_by_role("link")).to_be_focused()


def test_a_failed_list_page_shows_one_error_and_is_retried(
    visit_as: Callable[..., Visit],
) -> None:
    visit = visit_as()
    titles_in_order = add_conversations(visit)
    page = visit.page
    page.route("**/_sandbox/conversations?*starting_after=*", lambda route: route.abort(), times=1)
    visit.open(PATH)
    scroll_until(page, row(page, titles_in_order[40]))
    expect(page.locator(".notice.bad")).to_have_count(1)
    page.locator("#conversations-scroller").evaluate("element => element.scrollBy(0, -1)")
    page.get_by_role("button", name="Dismiss").click()
    expect(page.locator("#conversations")).to_have_attribute("style", re.compile("--count: 100;"))
    assert sum("starting_after" in url for url in visit.requested) == 2
    scroll_until(page, row(page, titles_in_order[-1]))
    expect(page.locator(".notice.bad")).to_have_count(0)
    expect_console_errors(visit, 0)
    visit.check()


def test_the_list_has_one_tab_stop_and_arrows_move_in_it(visit: Visit) -> None:
    titles_in_order = add_conversations(visit)
    page = visit.open(PATH)
    first = row(page, titles_in_order[0]).get_by_role("link")
    first.focus()
    for _ in range(40):
        page.keyboard.press("ArrowDown")
    there = row(page, titles_in_order[40]).get_by_role("link")
    expect(there).to_be_focused()
    expect(there).to_be_in_viewport()
    # The focus stays where it was, wherever the list is scrolled.
    page.locator("#conversations-scroller").evaluate("element => element.scrollTo(0, 0)")
    expect(first).to_be_in_viewport()
    expect(there).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(row(page, titles_in_order[39]).get_by_role("link")).to_be_focused()
    page.keyboard.press("Home")
    expect(first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(first).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.locator("#conversations-scroller")).to_be_focused()
    page.keyboard.press("Tab")
    expect(first).to_be_focused()
    page.keyboard.press("Tab")
    assert page.locator("#conversations :focus").count() == 0


def test_new_rows_keep_the_scroll_position(visit: Visit) -> None:
    titles_in_order = add_conversations(visit)
    page = visit.open(PATH)
    read = row(page, titles_in_order[60])
    scroll_until(page, read)
    read.get_by_role("link").focus()
    before = read.bounding_box()
    visit.client.post("/v1/contacts", json={"username": "Newcomer", "phone_number": "1"})
    expect(read).to_have_attribute("aria-posinset", "62")
    assert read.bounding_box() == before
    expect(read.get_by_role("link")).to_be_focused()


@pytest.mark.parametrize("name", ["pinned", "muted", "archived"])
def test_the_list_can_be_filtered(visit: Visit, name: str) -> None:
    page = visit.open(PATH)
    page.get_by_role("button", name=name.title()).click()
    summaries = visit.client.get(f"/_sandbox/conversations?{name}=true&limit=50").json["data"]
    expect(page.locator("#conversations li")).to_have_count(len(summaries))
    assert titles(page) == [summary["title"] for summary in summaries]


def test_deleting_rows_keeps_the_position_at_the_end(visit: Visit) -> None:
    add_conversations(visit)
    ids = [summary["conversation"]["id"] for summary in all_conversations(visit.client)]
    page = visit.open(PATH)
    last = page.locator(f"#conversations [data-key='{ids[-1]}']")
    scroll_until(page, last)
    scroller = page.locator("#conversations-scroller")
    scroller.evaluate("element => element.scrollTo(0, element.scrollHeight)")
    expect(last).to_be_in_viewport()
    read = page.locator(f"#conversations [data-key='{ids[-5]}']")
    before = read.bounding_box()
    for conversation_id in ids[:10]:
        visit.client.delete(f"/v1/conversations/{conversation_id}")
    expect(last).to_have_attribute("aria-setsize", str(len(ids) - 10))
    assert read.bounding_box() == before


def test_a_failed_filter_shows_no_rows_until_retried(
    visit_as: Callable[..., Visit],
) -> None:
    visit = visit_as()
    page = visit.open(PATH)
    expect(page.locator("#conversations li")).not_to_have_count(0)
    page.route("**/_sandbox/conversations?*archived=true*", lambda route: route.abort(), times=1)
    page.get_by_role("button", name="Archived").click()
    expect(page.locator(".notice.bad")).to_have_count(1)
    expect(page.locator("#conversations li")).to_have_count(0)
    expect(page.locator("#conversations-empty")).to_be_hidden()
    archived = visit.client.get("/_sandbox/conversations?archived=true&limit=50").json["data"]
    expect(page.locator("#conversations li")).to_have_count(len(archived))
    expect_console_errors(visit, 0)
    visit.check()


def test_the_list_loads_on_after_its_last_row_is_deleted(
    visit_as: Callable[..., Visit],
) -> None:
    visit = visit_as()
    titles_in_order = add_conversations(visit)
    page = visit.open(PATH)
    expect(row(page, titles_in_order[0])).to_be_visible()
    ends = visit.client.get("/v1/conversations?limit=50").json["data"][-2:]
    for conversation in ends:
        visit.client.delete(f"/v1/conversations/{conversation['id']}")
    scroll_until(page, row(page, titles_in_order[-1]))
    last = page.locator("#conversations li").last
    expect(last).to_have_attribute("aria-setsize", str(len(titles_in_order) - len(ends)))
    expect(page.locator(".notice")).to_have_count(0)
    visit.console_errors.clear()  # chromium logs a 400 for a cursor that is gone


def test_rows_changed_out_of_view_are_updated_on_scrolling(visit: Visit) -> None:
    titles_in_order = add_conversations(visit)
    page = visit.open(PATH)
    scroll_until(page, row(page, titles_in_order[75]))
    page.locator("#conversations-scroller").evaluate("element => element.scrollTo(0, 0)")
    expect(row(page, titles_in_order[0])).to_be_visible()
    changed = all_conversations(visit.client)[75]["conversation"]["id"]
    visit.client.put(f"/v1/conversations/{changed}", json={"is_muted": True})
    visit.client.post("/v1/contacts", json={"username": "Newcomer", "phone_number": "1"})
    expect(page.locator("#conversations .title").first).to_have_text("Newcomer")
    scroll_until(page, row(page, titles_in_order[75]))
    expect(row(page, titles_in_order[75]).locator("[data-mark=muted]")).to_be_visible()


def test_a_list_whose_first_load_failed_recovers(
    visit_as: Callable[..., Visit],
) -> None:
    visit = visit_as()
    page = visit.page
    first = re.compile(r"/_sandbox/conversations\?limit=50$")
    page.route(first, lambda route: route.abort(), times=1)
    visit.open(PATH)
    expect(page.locator(".notice.bad")).to_have_count(1)
    titles_in_order = add_conversations(visit)
    expect(page.locator("#conversations .title").first).to_have_text(titles_in_order[0])
    scroll_until(page, row(page, titles_in_order[109]))
    last = page.locator(f"#conversations [aria-setsize='{len(titles_in_order)}']")
    scroll_until(page, last.first)
    expect_console_errors(visit, 0)
    visit.check()
