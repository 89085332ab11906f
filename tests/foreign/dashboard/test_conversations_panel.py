"""The conversations: seen live, and written in as the user or as anybody else."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.control.acting import DIRECT, FAMILY_TALK, FRANK, FRANK_ID, FRANKS, all_chats
from tests.foreign.dashboard.conftest import LARGE, SMALL, THEMES, expect
from tests.foreign.dashboard.excuses import excuse

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.foreign.dashboard.conftest import Visit

pytestmark = pytest.mark.foreign
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
    page.route("**/chats?*starting_after=*", lambda route: route.abort(), times=1)
    visit.open(PANEL)
    scroll_until(page, row(page, wanted[40]))
    expect(page.locator(".notice.bad")).to_have_count(1)
    page.locator("#chats-scroller").evaluate("each => each.scrollBy(0, -1)")
    page.get_by_role("button", name="Dismiss").click()
    expect(page.locator("#chats")).to_have_attribute("style", re.compile("--count: 100;"))
    assert sum("starting_after" in each for each in visit.called) == 2
    scroll_until(page, row(page, wanted[-1]))
    expect(page.locator(".notice.bad")).to_have_count(0)
    excuse(visit, 0)
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
    chats = visit.client.get(f"/_sandbox/chats?{name}=true&limit=50").json["data"]
    expect(page.locator("#chats li")).to_have_count(len(chats))
    assert titles(page) == [each["title"] for each in chats]


def test_a_message_goes_out_as_the_user_by_the_api(visit: Visit) -> None:
    page = opened(visit)
    page.get_by_label("Message", exact=True).fill("Not I, for one.")
    page.get_by_role("button", name="Send").click()
    expect(message(page, "Not I, for one.")).to_have_class("message mine")
    expect(page.get_by_label("Message", exact=True)).to_have_value("")
    found = visit.client.get("/_sandbox/requests").json["data"]
    assert [each["operation"] for each in found] == ["messages.create"]
    first = page.locator("#chats li").filter(has_text=FRANK)
    expect(first.locator(".snippet")).to_have_text("You: Not I, for one.")


def test_a_message_goes_out_as_another_by_simulation(visit: Visit) -> None:
    page = opened(visit, FAMILY_TALK)
    page.locator("#author").select_option(label="Buzz 🕷️")
    page.get_by_label("Message", exact=True).fill("Not me.\nNot me either.")
    page.get_by_label("Message", exact=True).press("Enter")
    shown = message(page, "Not me.")
    expect(shown.locator(".who")).to_have_text("Buzz 🕷️")
    assert shown.locator(".text").text_content() == "Not me.\nNot me either."
    found = visit.client.get("/_sandbox/requests").json["data"]
    assert [each["operation"] for each in found] == ["simulate.message"]


def test_files_go_along_and_pictures_are_shown(visit: Visit) -> None:
    page = opened(visit)
    icon = visit.client.pool.request("GET", f"{visit.client.url}/dashboard/pictures/icon.svg").data
    files: list[Any] = [
        {"name": "tree.svg", "mimeType": "image/svg+xml", "buffer": icon},
        {"name": "plan.bin", "mimeType": "application/octet-stream", "buffer": bytes(range(256))},
    ]
    for writer in ("you, the user", FRANK):
        page.locator("#author").select_option(label=writer)
        page.locator("#files").set_input_files(files)
        page.get_by_label("Message", exact=True).fill(f"From {writer}")
        page.get_by_role("button", name="Send").click()
        shown = message(page, f"From {writer}")
        picture = shown.get_by_role("img", name="tree.svg")
        expect(picture).to_have_js_property("naturalWidth", 150)
        link = shown.get_by_role("link", name="plan.bin").get_attribute("href")
        assert visit.client.pool.request("GET", str(link)).data == bytes(range(256))


def test_what_happens_elsewhere_is_seen_at_once(visit: Visit) -> None:
    page = opened(visit)
    visit.client.post("/_sandbox/simulate/message", json={"from": FRANK, "message": "Boo!"})
    expect(message(page, "Boo!")).to_be_visible()
    last = page.locator("#messages .message").last
    expect(last).to_contain_text("Boo!")
    expect(last).to_be_in_viewport()
    said = visit.client.get(f"/v1/messages?conversation_id={DIRECT}&limit=1").json["data"][0]
    visit.client.post(
        "/_sandbox/simulate/edit", json={"message_id": said["id"], "message": "Boo hoo!"}
    )
    expect(last.locator(".text")).to_have_text("Boo hoo!")
    expect(last.locator(".edited")).to_be_visible()
    visit.client.delete(f"/v1/messages/{said['id']}")
    expect(message(page, "Boo hoo!")).to_have_count(0)
    visit.client.post("/v1/contacts", json={"username": "Newcomer", "phone_number": "1"})
    expect(page.locator("#chats .title").first).to_have_text("Newcomer")
    visit.client.delete(f"/v1/contacts/{FRANK_ID}")
    expect(page.locator("#chats li").filter(has_text=FRANK)).to_have_count(0)
    expect(page.locator("#thread")).to_be_hidden()
    visit.complaints.clear()  # chromium itself tells of the 404


def test_reactions_come_and_go_as_whoever_writes(visit: Visit) -> None:
    page = opened(visit)
    path = f"/v1/messages/{FRANKS}"
    before = visit.client.get(path).json
    for writer, username in (("you, the user", "LinnieMcCallister"), (FRANK, FRANK)):
        page.locator("#author").select_option(label=writer)
        do(page, before["message"], "red heart")
        button = message(page, before["message"]).get_by_role("button", name="red heart, by")
        expect(button).to_have_attribute("title", username)
        button.click()
        expect(button).to_have_count(0)
    assert visit.client.get(path).json["reactions"] == before["reactions"]


def test_a_reaction_may_have_any_name(visit: Visit) -> None:
    said = visit.client.get(f"/v1/messages/{FRANKS}").json["message"]
    for name in ("constructor", "__proto__", "eyes"):
        react = {"from": FRANK, "message_id": FRANKS, "reaction": name}
        visit.client.post("/_sandbox/simulate/react", json=react).json["reactions"]
    page = opened(visit)
    buttons = message(page, said).locator(".reactions button")
    shown = buttons.filter(has_text="constructor")
    expect(shown).to_contain_text(":constructor: 1")
    expect(buttons.filter(has_text="__proto__")).to_contain_text(":__proto__: 1")
    shown.click()
    expect(shown).to_contain_text(":constructor: 2")
    [names] = [
        {name: users for entry in each["reactions"] for name, users in entry.items()}
        for each in [visit.client.get(f"/v1/messages/{FRANKS}").json]
    ]
    assert names["constructor"] == [FRANK, "LinnieMcCallister"]
    assert names["__proto__"] == [FRANK]


def test_what_comes_late_of_one_conversation_is_not_taken_for_another(visit: Visit) -> None:
    page = opened(visit, FAMILY_TALK)
    held: list[Any] = []
    path = f"**/_sandbox/chats/{FAMILY_TALK}"
    page.route(path, lambda route: held.append(route))
    with page.expect_request(path):
        visit.client.post("/_sandbox/simulate/message", json={"from": FRANK, "message": "Boo!"})
    page.evaluate(f"location.hash = '{DIRECT}'")
    expect(page.locator("#thread-title")).to_have_text(FRANK)
    expect(message(page, "Boo!")).to_be_visible()
    for route in held:
        route.continue_()
    page.unroute(path)
    visit.client.post("/_sandbox/simulate/message", json={"from": FRANK, "message": "Boo again!"})
    expect(message(page, "Boo again!")).to_be_visible()
    expect(page.locator("#thread-title")).to_have_text(FRANK)


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
    page.route("**/chats?*archived=true*", lambda route: route.abort(), times=1)
    page.get_by_role("button", name="Archived").click()
    expect(page.locator(".notice.bad")).to_have_count(1)
    expect(page.locator("#chats li")).to_have_count(0)
    expect(page.locator("#chats-empty")).to_be_hidden()
    archived = visit.client.get("/_sandbox/chats?archived=true&limit=50").json["data"]
    expect(page.locator("#chats li")).to_have_count(len(archived))
    excuse(visit, 0)
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
    visit.complaints.clear()  # chromium itself tells of a 400, where the page was too late to know


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
    expect(row(page, "Hanging").locator(".picture")).to_have_text("H")


def test_nothing_goes_out_in_the_conversation_before_while_one_does_not_come(
    visit_as: Callable[..., Visit],
) -> None:
    visit = visit_as()
    page = opened(visit)
    page.route(f"**/chats/{FAMILY_TALK}", lambda route: route.abort(), times=1)
    page.evaluate(f"location.hash = '{FAMILY_TALK}'")
    expect(page.locator(".notice.bad")).to_be_visible()
    expect(page.locator("#thread")).to_be_hidden()
    page.locator(f"#chats [href='#{FAMILY_TALK}']").click()
    expect(page.locator("#thread-title")).to_be_focused()
    expect(page.get_by_label("Message", exact=True)).to_be_enabled()
    excuse(visit, 0)
    visit.is_clean()


def test_what_is_slow_to_go_out_takes_nothing_from_another_conversation(visit: Visit) -> None:
    page = opened(visit)
    held: list[Any] = []
    page.route("**/v1/messages", lambda route: held.append(route))
    text = page.get_by_label("Message", exact=True)
    text.fill("Slow")
    with page.expect_request("**/v1/messages"):
        text.press("Enter")
    text.press("Enter")  # once more, while it is on its way
    page.evaluate(f"location.hash = '{FAMILY_TALK}'")
    expect(text).to_have_value("")
    text.fill("Another")
    [route] = held
    with page.expect_response("**/v1/messages"):
        route.continue_()
    expect(page.locator("#send")).to_be_enabled()
    expect(text).to_have_value("Another")
    page.evaluate(f"location.hash = '{DIRECT}'")
    expect(message(page, "Slow")).to_have_count(1)
    expect(text).to_have_value("")


def test_what_is_begun_while_a_message_goes_out_stays(visit: Visit) -> None:
    page = opened(visit)
    held: list[Any] = []
    page.route("**/v1/messages", lambda route: held.append(route))
    text = page.get_by_label("Message", exact=True)
    text.fill("First")
    with page.expect_request("**/v1/messages"):
        text.press("Enter")
    text.fill("Second")
    with page.expect_response("**/v1/messages"):
        held[0].continue_()
    expect(message(page, "First")).to_be_visible()
    expect(text).to_have_value("Second")
    with page.expect_request("**/v1/messages"):
        text.press("Enter")
    held[1].continue_()
    expect(message(page, "Second")).to_be_visible()
    expect(text).to_have_value("")


def test_a_late_failure_does_not_close_what_was_opened_anew(visit_as: Callable[..., Visit]) -> None:
    visit = visit_as()
    page = opened(visit, FAMILY_TALK)
    held: list[Any] = []
    path = f"**/chats/{DIRECT}"
    page.route(path, lambda route: route.continue_() if held else held.append(route))
    page.evaluate(f"location.hash = '{DIRECT}'")
    while not held:
        page.evaluate("null")  # and Playwright hands it over
    page.evaluate(f"location.hash = '{FAMILY_TALK}'")
    page.evaluate(f"location.hash = '{DIRECT}'")
    expect(page.locator("#thread-title")).to_have_text(FRANK)
    text = page.get_by_label("Message", exact=True)
    text.fill("Begun")
    with page.expect_event("requestfailed"):
        held[0].abort()
    visit.client.post("/_sandbox/simulate/message", json={"from": FRANK, "message": "Later"})
    expect(message(page, "Later")).to_be_visible()
    expect(text).to_have_value("Begun")
    expect(text).to_be_focused()
    excuse(visit, 0)
    visit.is_clean()


def test_from_an_address_that_names_nothing_one_comes_back(visit: Visit) -> None:
    page = opened(visit)
    page.evaluate("location.hash = 'nothingOfTheKind'")
    expect(page.locator("#thread")).to_be_hidden()
    page.go_back()
    expect(page.locator("#thread-title")).to_have_text(FRANK)
    visit.complaints.clear()  # chromium itself tells of the 404


def test_in_a_browser_that_cannot_tell_when_it_is_idle_pictures_come_too(visit: Visit) -> None:
    visit.page.add_init_script("delete window.requestIdleCallback")
    page = visit.open(PANEL)
    expect(page.locator("#chats img").nth(5)).to_have_js_property("naturalWidth", 128)


def test_a_list_that_could_not_be_loaded_once_goes_on_when_it_has_grown(
    visit_as: Callable[..., Visit],
) -> None:
    visit = visit_as()
    page = visit.page
    first = re.compile(r"/_sandbox/chats\?limit=50$")
    page.route(first, lambda route: route.abort(), times=1)
    visit.open(PANEL)
    expect(page.locator(".notice.bad")).to_have_count(1)
    wanted = crowd(visit)
    expect(page.locator("#chats .title").first).to_have_text(wanted[0])
    scroll_until(page, row(page, wanted[109]))
    last = page.locator(f"#chats [aria-setsize='{len(wanted)}']")
    scroll_until(page, last.first)
    excuse(visit, 0)
    visit.is_clean()


def test_a_message_that_is_edited_is_not_gone_where_many_came_after_it(visit: Visit) -> None:
    page = opened(visit)
    made = {"conversation_id": DIRECT, "message": "Long-lived"}
    visit.client.post("/v1/messages", json=made)
    do(page, "Long-lived", "Edit")
    text = page.get_by_label("Message", exact=True)
    text.fill("Longer-lived")
    pulse = "**/_sandbox/pulse*"
    page.route(pulse, lambda route: route.abort())  # which is how the page learns of it
    for number in range(60):
        said = {"from": FRANK, "message": f"Then {number}"}
        visit.client.post("/_sandbox/simulate/message", json=said)
    page.unroute(pulse)
    expect(message(page, "Then 59")).to_have_count(1)
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_visible()
    expect(text).to_have_value("Longer-lived")
    visit.complaints.clear()  # of the pulses that were kept from it


def test_what_was_written_stays_where_the_edited_message_goes(visit: Visit) -> None:
    page = opened(visit)
    made = visit.client.post(
        "/v1/messages", json={"conversation_id": DIRECT, "message": "Short-lived"}
    ).json
    do(page, "Short-lived", "Edit")
    text = page.get_by_label("Message", exact=True)
    text.fill("Long-lived")
    visit.client.delete(f"/v1/messages/{made['id']}")
    expect(page.locator(".notice.bad")).to_contain_text("you were editing is gone")
    expect(text).to_have_value("Long-lived")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(message(page, "Long-lived").locator(".edited")).to_be_hidden()


def test_a_message_is_edited_pinned_and_deleted(visit: Visit) -> None:
    page = opened(visit)
    for writer in ("you, the user", FRANK):
        page.locator("#author").select_option(label=writer)
        page.get_by_label("Message", exact=True).fill("Teh sleigh")
        page.get_by_role("button", name="Send").click()
        do(page, "Teh sleigh", "Edit")
        page.get_by_label("Message", exact=True).fill("The sleigh")
        page.get_by_role("button", name="Save").click()
        expect(message(page, "The sleigh").locator(".edited")).to_be_visible()
        do(page, "The sleigh", "Pin")
        expect(page.locator("#pinned")).to_contain_text("The sleigh")
        do(page, "The sleigh", "Unpin")
        expect(page.locator("#pinned")).to_be_hidden()
        page.once("dialog", lambda dialog: dialog.accept())
        do(page, "The sleigh", "Delete")
        expect(message(page, "The sleigh")).to_have_count(0)


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


def test_read_marks_and_unread_counts_follow(visit: Visit) -> None:
    client = visit.client
    page = opened(visit)
    row = page.locator("#chats li").filter(has_text=FRANK)
    with page.expect_response("**/_sandbox/simulate/open*"):
        page.get_by_role("button", name="Mark opened").click()
    client.post("/_sandbox/simulate/message", json={"from": FRANK, "message": "Hello?"})
    expect(row.locator(".unread")).to_have_text("1")
    page.get_by_role("button", name="Mark opened").click()
    expect(row.locator(".unread")).to_be_hidden()
    client.post("/v1/messages", json={"conversation_id": DIRECT, "message": "Read this"})
    expect(message(page, "Read this").locator(".read")).to_have_text("✓ sent")
    page.locator("#author").select_option(label=FRANK)
    page.get_by_role("button", name="Read all").click()
    expect(message(page, "Read this").locator(".read")).to_have_text("✓✓ read")


def test_a_draft_stays_with_its_conversation(visit: Visit) -> None:
    page = opened(visit)
    text = page.get_by_label("Message", exact=True)
    text.fill("For Frank only")
    page.evaluate(f"location.hash = '{FAMILY_TALK}'")
    expect(page.locator("#thread-title")).to_contain_text("Family")
    expect(text).to_have_value("")
    page.evaluate(f"location.hash = '{DIRECT}'")
    expect(text).to_have_value("For Frank only")


@pytest.mark.parametrize(
    ("name", "attribute", "mark"),
    [
        ("Pin", "is_pinned", "pinned"),
        ("Mute", "is_muted", "muted"),
        ("Archive", "archived_at", "archived"),
    ],
)
def test_a_conversation_is_pinned_muted_archived_and_back(
    visit: Visit, name: str, attribute: str, mark: str
) -> None:
    page = opened(visit)
    button = page.locator(".doings").get_by_role("button", name=name, exact=True)
    row = page.locator("#chats li").filter(has_text=FRANK).locator(f"[data-mark={mark}]")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(row).to_be_visible()
    assert visit.client.get(f"/v1/conversations/{DIRECT}").json[attribute]
    button.click()
    expect(row).to_be_hidden()
    assert not visit.client.get(f"/v1/conversations/{DIRECT}").json[attribute]


def test_a_long_thread_loads_on_upwards_and_what_is_read_stays_in_place(visit: Visit) -> None:
    talk = visit.client.post("/v1/conversations", json={"contact_id": FRANK_ID}).json["id"]
    for number in range(130):
        said = {"conversation_id": talk, "message": f"Number {number:03}"}
        visit.client.post("/v1/messages", json=said)
    page = opened(visit, talk)
    expect(message(page, "Number 129")).to_be_in_viewport()
    scroller = page.locator("#messages-scroller")
    expect(page.locator("#messages-start")).to_be_hidden()
    for count in (100, 130):
        scroller.evaluate("each => each.scrollTo(0, 0)")
        expect(page.locator("#messages .message")).to_have_count(count)
        assert scroller.evaluate("each => each.scrollTop") > 500
    expect(page.locator("#messages-start")).to_be_visible()
    texts = page.locator("#messages .text").all_text_contents()
    assert texts == [f"Number {number:03}" for number in range(130)]
    # What comes now does not tear the reader away, but is told.
    scroller.evaluate("each => each.scrollTo(0, 400)")
    visit.client.post(
        "/_sandbox/simulate/message",
        json={"from": FRANK, "conversation_id": talk, "message": "The latest"},
    )
    newer = page.get_by_role("button", name="New messages")
    expect(newer).to_be_visible()
    newer.click()
    expect(message(page, "The latest")).to_be_in_viewport()
    expect(newer).to_be_hidden()


def test_what_clients_wrote_is_text_and_nothing_else(visit: Visit) -> None:
    client = visit.client
    made = client.post("/v1/contacts", json={"username": HOSTILE, "phone_number": HOSTILE}).json
    said = {"conversation_id": made["conversation_id"], "message": HOSTILE}
    client.post("/v1/messages", json=said)
    client.post(
        "/_sandbox/simulate/message",
        json={
            "from": made["id"],
            "message": HOSTILE,
            "attachments": [{"filename": f"{HOSTILE.replace('/', '')}.png", "content": "aGk="}],
        },
    )
    [latest] = client.get(f"/v1/messages?conversation_id={made['conversation_id']}&limit=1").json[
        "data"
    ]
    client.put(f"/v1/messages/{latest['id']}", json={"reactions": {HOSTILE: [HOSTILE]}})
    page = opened(visit, made["conversation_id"])
    expect(page.locator("#messages .text").last).to_have_text(HOSTILE)
    assert titles(page)[0] == HOSTILE
    assert page.locator("img[src=x], #chats script, #messages script").count() == 0
    assert page.title() == "Conversations · mockserver"


def test_pictures_of_other_hosts_are_not_asked_for(visit: Visit) -> None:
    url = "https://elsewhere.example/spy.png"
    said = {"username": "Spy", "phone_number": "1", "avatar_url": url}
    visit.client.post("/v1/contacts", json=said)
    page = visit.open(PANEL)
    expect(page.locator("#chats .picture").first).to_have_text("S")


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
    expect(row(page, "Broken").locator(".picture")).to_have_text("B")


def test_a_refusal_is_told_and_what_was_written_stays(visit_as: Callable[..., Visit]) -> None:
    visit = visit_as()
    page = opened(visit)
    fault = {"match": {"operation": "messages.create"}, "fault": {"type": "error", "status": 503}}
    visit.client.put("/_sandbox/faults", json={"data": [fault]})
    page.get_by_label("Message", exact=True).fill("Once more")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".notice.bad")).to_contain_text("503")
    expect(page.get_by_label("Message", exact=True)).to_have_value("Once more")
    visit.client.delete("/_sandbox/faults")
    page.get_by_role("button", name="Send").click()
    expect(message(page, "Once more")).to_be_visible()


def test_a_server_that_gives_no_answer_is_told_where_a_conversation_is_muted(
    visit_as: Callable[..., Visit],
) -> None:
    visit = visit_as()
    page = opened(visit)
    page.route("**/*", lambda route: route.abort())
    page.get_by_role("button", name="Mute", exact=True).click()
    expect(page.locator(".notice.bad")).to_contain_text("no answer; is it running?")
    excuse(visit, 0)
    visit.is_clean()


def test_an_address_that_names_nothing_is_told(visit: Visit) -> None:
    page = visit.open(PANEL)
    page.evaluate("location.hash = 'nothingOfTheKind'")
    expect(page.locator(".notice.bad")).to_contain_text(
        "there is no conversation 'nothingOfTheKind'"
    )
    visit.complaints.clear()  # chromium itself tells of the 404


def test_the_link_that_skips_to_the_content_leaves_the_thread_open(visit: Visit) -> None:
    page = opened(visit)
    page.evaluate("location.hash = 'main'")
    visit.client.post("/_sandbox/simulate/message", json={"from": FRANK, "message": "Still here"})
    expect(message(page, "Still here")).to_be_visible()


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
