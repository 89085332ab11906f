"""The open conversation: its messages, live, and what the user can do with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.external.dashboard.conftest import expect
from tests.external.dashboard.console_errors import expect_console_errors
from tests.external.dashboard.conversations.page import (
    HOSTILE,
    PATH,
    choose_from_menu,
    message,
    open_conversation,
    titles,
)
from tests.web.control.simulation_client import (
    DIRECT,
    FAMILY_CONVERSATION,
    FRANK,
    FRANK_ID,
    FRANK_MESSAGE,
)

if TYPE_CHECKING:
    from tests.external.dashboard.conftest import Visit

pytestmark = pytest.mark.external


def test_changes_elsewhere_appear_at_once(visit: Visit) -> None:
    page = open_conversation(visit)
    visit.client.post("/_sandbox/simulate/message", json={"from": FRANK, "message": "Boo!"})
    expect(message(page, "Boo!")).to_be_visible()
    last = page.locator("#messages .message").last
    expect(last).to_contain_text("Boo!")
    expect(last).to_be_in_viewport()
    body = visit.client.get(f"/v1/messages?conversation_id={DIRECT}&limit=1").json["data"][0]
    visit.client.post(
        "/_sandbox/simulate/edit", json={"message_id": body["id"], "message": "Boo hoo!"}
    )
    expect(last.locator(".text")).to_have_text("Boo hoo!")
    expect(last.locator(".edited")).to_be_visible()
    visit.client.delete(f"/v1/messages/{body['id']}")
    expect(message(page, "Boo hoo!")).to_have_count(0)
    visit.client.post("/v1/contacts", json={"username": "Newcomer", "phone_number": "1"})
    expect(page.locator("#conversations .title").first).to_have_text("Newcomer")
    visit.client.delete(f"/v1/contacts/{FRANK_ID}")
    expect(page.locator("#conversations li").filter(has_text=FRANK)).to_have_count(0)
    expect(page.locator("#thread")).to_be_hidden()
    visit.console_errors.clear()  # chromium logs the 404


def test_reactions_are_toggled_as_the_selected_author(visit: Visit) -> None:
    page = open_conversation(visit)
    path = f"/v1/messages/{FRANK_MESSAGE}"
    before = visit.client.get(path).json
    for writer, username in (("You (the user)", "LinnieMcCallister"), (FRANK, FRANK)):
        page.locator("#author").select_option(label=writer)
        choose_from_menu(page, before["message"], "red heart")
        button = message(page, before["message"]).get_by_role("button", name="red heart, by")
        expect(button).to_have_attribute("title", username)
        button.click()
        expect(button).to_have_count(0)
    assert visit.client.get(path).json["reactions"] == before["reactions"]


def test_a_reaction_may_have_any_name(visit: Visit) -> None:
    body = visit.client.get(f"/v1/messages/{FRANK_MESSAGE}").json["message"]
    for name in ("constructor", "__proto__", "eyes"):
        react = {"from": FRANK, "message_id": FRANK_MESSAGE, "reaction": name}
        visit.client.post("/_sandbox/simulate/react", json=react).json["reactions"]
    page = open_conversation(visit)
    buttons = message(page, body).locator(".reactions button")
    button = buttons.filter(has_text="constructor")
    expect(button).to_contain_text(":constructor: 1")
    expect(buttons.filter(has_text="__proto__")).to_contain_text(":__proto__: 1")
    button.click()
    expect(button).to_contain_text(":constructor: 2")
    [names] = [
        {name: users for entry in reacted["reactions"] for name, users in entry.items()}
        for reacted in [visit.client.get(f"/v1/messages/{FRANK_MESSAGE}").json]
    ]
    assert names["constructor"] == [FRANK, "LinnieMcCallister"]
    assert names["__proto__"] == [FRANK]


def test_a_late_response_of_another_conversation_is_ignored(visit: Visit) -> None:
    page = open_conversation(visit, FAMILY_CONVERSATION)
    held: list[Any] = []
    path = f"**/_sandbox/conversations/{FAMILY_CONVERSATION}"
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


def test_a_late_failure_does_not_close_a_reopened_conversation(
    visit_as: Callable[..., Visit],
) -> None:
    visit = visit_as()
    page = open_conversation(visit, FAMILY_CONVERSATION)
    held: list[Any] = []
    path = f"**/_sandbox/conversations/{DIRECT}"
    page.route(path, lambda route: route.continue_() if held else held.append(route))
    page.evaluate(f"location.hash = '{DIRECT}'")
    while not held:
        page.evaluate("null")  # lets Playwright run the handler
    page.evaluate(f"location.hash = '{FAMILY_CONVERSATION}'")
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
    visit.check()


def test_back_returns_from_an_unknown_conversation(visit: Visit) -> None:
    page = open_conversation(visit)
    page.evaluate("location.hash = 'nothingOfTheKind'")
    expect(page.locator("#thread")).to_be_hidden()
    page.go_back()
    expect(page.locator("#thread-title")).to_have_text(FRANK)
    visit.console_errors.clear()  # chromium logs the 404


def test_a_message_is_edited_pinned_and_deleted(visit: Visit) -> None:
    page = open_conversation(visit)
    for writer in ("You (the user)", FRANK):
        page.locator("#author").select_option(label=writer)
        page.get_by_label("Message", exact=True).fill("Teh sleigh")
        page.get_by_role("button", name="Send").click()
        choose_from_menu(page, "Teh sleigh", "Edit")
        page.get_by_label("Message", exact=True).fill("The sleigh")
        page.get_by_role("button", name="Save").click()
        expect(message(page, "The sleigh").locator(".edited")).to_be_visible()
        choose_from_menu(page, "The sleigh", "Pin")
        expect(page.locator("#pinned")).to_contain_text("The sleigh")
        choose_from_menu(page, "The sleigh", "Unpin")
        expect(page.locator("#pinned")).to_be_hidden()
        page.once("dialog", lambda dialog: dialog.accept())
        choose_from_menu(page, "The sleigh", "Delete")
        expect(message(page, "The sleigh")).to_have_count(0)


def test_read_marks_and_unread_counts_follow(visit: Visit) -> None:
    client = visit.client
    page = open_conversation(visit)
    row = page.locator("#conversations li").filter(has_text=FRANK)
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
def test_a_conversation_is_pinned_muted_and_archived(
    visit: Visit, name: str, attribute: str, mark: str
) -> None:
    page = open_conversation(visit)
    button = page.locator(".thread-actions").get_by_role("button", name=name, exact=True)
    row = page.locator("#conversations li").filter(has_text=FRANK).locator(f"[data-mark={mark}]")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(row).to_be_visible()
    assert visit.client.get(f"/v1/conversations/{DIRECT}").json[attribute]
    button.click()
    expect(row).to_be_hidden()
    assert not visit.client.get(f"/v1/conversations/{DIRECT}").json[attribute]


def test_scrolling_up_loads_more_and_keeps_the_position(visit: Visit) -> None:
    conversation_id = visit.client.post("/v1/conversations", json={"contact_id": FRANK_ID}).json[
        "id"
    ]
    for number in range(130):
        body = {"conversation_id": conversation_id, "message": f"Number {number:03}"}
        visit.client.post("/v1/messages", json=body)
    page = open_conversation(visit, conversation_id)
    expect(message(page, "Number 129")).to_be_in_viewport()
    scroller = page.locator("#messages-scroller")
    expect(page.locator("#messages-start")).to_be_hidden()
    for count in (100, 130):
        scroller.evaluate("element => element.scrollTo(0, 0)")
        expect(page.locator("#messages .message")).to_have_count(count)
        assert scroller.evaluate("element => element.scrollTop") > 500
    expect(page.locator("#messages-start")).to_be_visible()
    texts = page.locator("#messages .text").all_text_contents()
    assert texts == [f"Number {number:03}" for number in range(130)]
    # A new message does not move the view, but shows a button.
    scroller.evaluate("element => element.scrollTo(0, 400)")
    visit.client.post(
        "/_sandbox/simulate/message",
        json={"from": FRANK, "conversation_id": conversation_id, "message": "The latest"},
    )
    newer = page.get_by_role("button", name="New messages")
    expect(newer).to_be_visible()
    newer.click()
    expect(message(page, "The latest")).to_be_in_viewport()
    expect(newer).to_be_hidden()


def test_client_data_is_shown_as_text(visit: Visit) -> None:
    client = visit.client
    contact = client.post("/v1/contacts", json={"username": HOSTILE, "phone_number": HOSTILE}).json
    body = {"conversation_id": contact["conversation_id"], "message": HOSTILE}
    client.post("/v1/messages", json=body)
    client.post(
        "/_sandbox/simulate/message",
        json={
            "from": contact["id"],
            "message": HOSTILE,
            "attachments": [{"filename": f"{HOSTILE.replace('/', '')}.png", "content": "aGk="}],
        },
    )
    [latest] = client.get(
        f"/v1/messages?conversation_id={contact['conversation_id']}&limit=1"
    ).json["data"]
    client.put(f"/v1/messages/{latest['id']}", json={"reactions": {HOSTILE: [HOSTILE]}})
    page = open_conversation(visit, contact["conversation_id"])
    expect(page.locator("#messages .text").last).to_have_text(HOSTILE)
    assert titles(page)[0] == HOSTILE
    assert page.locator("img[src=x], #conversations script, #messages script").count() == 0
    assert page.title() == "Conversations · mockserver"


def test_muting_without_a_server_shows_an_error(
    visit_as: Callable[..., Visit],
) -> None:
    visit = visit_as()
    page = open_conversation(visit)
    page.route("**/*", lambda route: route.abort())
    page.get_by_role("button", name="Mute", exact=True).click()
    expect(page.locator(".notice.bad")).to_contain_text("no response from the server")
    expect_console_errors(visit, 0)
    visit.check()


def test_an_unknown_conversation_shows_an_error(visit: Visit) -> None:
    page = visit.open(PATH)
    page.evaluate("location.hash = 'nothingOfTheKind'")
    expect(page.locator(".notice.bad")).to_contain_text(
        "there is no conversation 'nothingOfTheKind'"
    )
    visit.console_errors.clear()  # chromium logs the 404


def test_the_skip_link_leaves_the_conversation_open(visit: Visit) -> None:
    page = open_conversation(visit)
    page.evaluate("location.hash = 'main'")
    visit.client.post("/_sandbox/simulate/message", json={"from": FRANK, "message": "Still here"})
    expect(message(page, "Still here")).to_be_visible()
