"""One conversation: what was said in it, live, and what is done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.external.dashboard.conftest import expect
from tests.external.dashboard.console_errors import expect_console_errors
from tests.external.dashboard.conversations.panel import (
    HOSTILE,
    PANEL,
    do,
    message,
    opened,
    titles,
)
from tests.web.control.acting import DIRECT, FAMILY_TALK, FRANK, FRANK_ID, FRANKS

if TYPE_CHECKING:
    from tests.external.dashboard.conftest import Visit

pytestmark = pytest.mark.external


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
    visit.console_errors.clear()  # chromium itself tells of the 404


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
    path = f"**/_sandbox/conversations/{FAMILY_TALK}"
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


def test_a_late_failure_does_not_close_what_was_opened_anew(visit_as: Callable[..., Visit]) -> None:
    visit = visit_as()
    page = opened(visit, FAMILY_TALK)
    held: list[Any] = []
    path = f"**/_sandbox/conversations/{DIRECT}"
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
    expect_console_errors(visit, 0)
    visit.is_clean()


def test_from_an_address_that_names_nothing_one_comes_back(visit: Visit) -> None:
    page = opened(visit)
    page.evaluate("location.hash = 'nothingOfTheKind'")
    expect(page.locator("#thread")).to_be_hidden()
    page.go_back()
    expect(page.locator("#thread-title")).to_have_text(FRANK)
    visit.console_errors.clear()  # chromium itself tells of the 404


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


def test_read_marks_and_unread_counts_follow(visit: Visit) -> None:
    client = visit.client
    page = opened(visit)
    row = page.locator("#chats li").filter(has_text=FRANK)
    with page.expect_response("**/_sandbox/simulate/open*"):
        page.get_by_role("button", name="Mark as opened").click()
    client.post("/_sandbox/simulate/message", json={"from": FRANK, "message": "Hello?"})
    expect(row.locator(".unread")).to_have_text("1")
    page.get_by_role("button", name="Mark as opened").click()
    expect(row.locator(".unread")).to_be_hidden()
    client.post("/v1/messages", json={"conversation_id": DIRECT, "message": "Read this"})
    expect(message(page, "Read this").locator(".read")).to_have_text("✓ sent")
    page.locator("#author").select_option(label=FRANK)
    page.get_by_role("button", name="Mark as read").click()
    expect(message(page, "Read this").locator(".read")).to_have_text("✓✓ read")


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
    button = page.locator(".thread-actions").get_by_role("button", name=name, exact=True)
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


def test_a_server_that_gives_no_answer_is_told_where_a_conversation_is_muted(
    visit_as: Callable[..., Visit],
) -> None:
    visit = visit_as()
    page = opened(visit)
    page.route("**/*", lambda route: route.abort())
    page.get_by_role("button", name="Mute", exact=True).click()
    expect(page.locator(".notice.bad")).to_contain_text("no response from the server")
    expect_console_errors(visit, 0)
    visit.is_clean()


def test_an_address_that_names_nothing_is_told(visit: Visit) -> None:
    page = visit.open(PANEL)
    page.evaluate("location.hash = 'nothingOfTheKind'")
    expect(page.locator(".notice.bad")).to_contain_text(
        "there is no conversation 'nothingOfTheKind'"
    )
    visit.console_errors.clear()  # chromium itself tells of the 404


def test_the_link_that_skips_to_the_content_leaves_the_thread_open(visit: Visit) -> None:
    page = opened(visit)
    page.evaluate("location.hash = 'main'")
    visit.client.post("/_sandbox/simulate/message", json={"from": FRANK, "message": "Still here"})
    expect(message(page, "Still here")).to_be_visible()
