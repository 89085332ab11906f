"""The composer: writing as the user or as a contact, and keeping unsent text."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.external.dashboard.conftest import expect
from tests.external.dashboard.console_errors import expect_console_errors
from tests.external.dashboard.conversations.page import (
    choose_from_menu,
    message,
    open_conversation,
)
from tests.web.control.simulation_client import DIRECT, FAMILY_CONVERSATION, FRANK

if TYPE_CHECKING:
    from tests.external.dashboard.conftest import Visit

pytestmark = pytest.mark.external


def test_a_message_is_sent_as_the_user_by_the_api(visit: Visit) -> None:
    page = open_conversation(visit)
    page.get_by_label("Message", exact=True).fill("Not I, for one.")
    page.get_by_role("button", name="Send").click()
    expect(message(page, "Not I, for one.")).to_have_class("message own")
    expect(page.get_by_label("Message", exact=True)).to_have_value("")
    requests = visit.client.get("/_sandbox/requests").json["data"]
    assert [request["operation"] for request in requests] == ["messages.create"]
    first = page.locator("#conversations li").filter(has_text=FRANK)
    expect(first.locator(".snippet")).to_have_text("You: Not I, for one.")


def test_a_message_is_sent_as_a_contact_by_simulation(visit: Visit) -> None:
    page = open_conversation(visit, FAMILY_CONVERSATION)
    page.locator("#author").select_option(label="Buzz 🕷️")
    page.get_by_label("Message", exact=True).fill("Not me.\nNot me either.")
    page.get_by_label("Message", exact=True).press("Enter")
    element = message(page, "Not me.")
    expect(element.locator(".who")).to_have_text("Buzz 🕷️")
    assert element.locator(".text").text_content() == "Not me.\nNot me either."
    requests = visit.client.get("/_sandbox/requests").json["data"]
    assert [request["operation"] for request in requests] == ["simulate.message"]


def test_files_are_attached_and_images_shown(visit: Visit) -> None:
    page = open_conversation(visit)
    icon = visit.client.pool.request("GET", f"{visit.client.url}/dashboard/pictures/icon.svg").data
    files: list[Any] = [
        {"name": "tree.svg", "mimeType": "image/svg+xml", "buffer": icon},
        {"name": "plan.bin", "mimeType": "application/octet-stream", "buffer": bytes(range(256))},
    ]
    for writer in ("You (the user)", FRANK):
        page.locator("#author").select_option(label=writer)
        page.locator("#files").set_input_files(files)
        page.get_by_label("Message", exact=True).fill(f"From {writer}")
        page.get_by_role("button", name="Send").click()
        element = message(page, f"From {writer}")
        picture = element.get_by_role("img", name="tree.svg")
        expect(picture).to_have_js_property("naturalWidth", 150)
        link = element.get_by_role("link", name="plan.bin").get_attribute("href")
        assert visit.client.pool.request("GET", str(link)).data == bytes(range(256))


def test_a_failed_load_leaves_no_composer_for_the_previous_chat(
    visit_as: Callable[..., Visit],
) -> None:
    visit = visit_as()
    page = open_conversation(visit)
    page.route(
        f"**/_sandbox/conversations/{FAMILY_CONVERSATION}", lambda route: route.abort(), times=1
    )
    page.evaluate(f"location.hash = '{FAMILY_CONVERSATION}'")
    expect(page.locator(".notice.bad")).to_be_visible()
    expect(page.locator("#thread")).to_be_hidden()
    page.locator(f"#conversations [href='#{FAMILY_CONVERSATION}']").click()
    expect(page.locator("#thread-title")).to_be_focused()
    expect(page.get_by_label("Message", exact=True)).to_be_enabled()
    expect_console_errors(visit, 0)
    visit.check()


def test_a_slow_message_does_not_affect_another_conversation(visit: Visit) -> None:
    page = open_conversation(visit)
    held: list[Any] = []
    page.route("**/v1/messages", lambda route: held.append(route))
    text = page.get_by_label("Message", exact=True)
    text.fill("Slow")
    with page.expect_request("**/v1/messages"):
        text.press("Enter")
    text.press("Enter")  # a second time, while it is being sent
    page.evaluate(f"location.hash = '{FAMILY_CONVERSATION}'")
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


def test_text_typed_while_sending_is_kept(visit: Visit) -> None:
    page = open_conversation(visit)
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


def test_an_edited_message_survives_many_new_ones(visit: Visit) -> None:
    page = open_conversation(visit)
    body = {"conversation_id": DIRECT, "message": "Long-lived"}
    visit.client.post("/v1/messages", json=body)
    choose_from_menu(page, "Long-lived", "Edit")
    text = page.get_by_label("Message", exact=True)
    text.fill("Longer-lived")
    counters = "**/_sandbox/counters*"
    page.route(counters, lambda route: route.abort())  # so that the page does not notice the change
    for number in range(60):
        body = {"from": FRANK, "message": f"Then {number}"}
        visit.client.post("/_sandbox/simulate/message", json=body)
    page.unroute(counters)
    expect(message(page, "Then 59")).to_have_count(1)
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_visible()
    expect(text).to_have_value("Longer-lived")
    visit.console_errors.clear()  # of the blocked polls


def test_the_text_is_kept_if_the_edited_message_is_deleted(visit: Visit) -> None:
    page = open_conversation(visit)
    sent = visit.client.post(
        "/v1/messages", json={"conversation_id": DIRECT, "message": "Short-lived"}
    ).json
    choose_from_menu(page, "Short-lived", "Edit")
    text = page.get_by_label("Message", exact=True)
    text.fill("Long-lived")
    visit.client.delete(f"/v1/messages/{sent['id']}")
    expect(page.locator(".notice.bad")).to_contain_text("you were editing was deleted")
    expect(text).to_have_value("Long-lived")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(message(page, "Long-lived").locator(".edited")).to_be_hidden()


def test_a_draft_stays_with_its_conversation(visit: Visit) -> None:
    page = open_conversation(visit)
    text = page.get_by_label("Message", exact=True)
    text.fill("For Frank only")
    page.evaluate(f"location.hash = '{FAMILY_CONVERSATION}'")
    expect(page.locator("#thread-title")).to_contain_text("Family")
    expect(text).to_have_value("")
    page.evaluate(f"location.hash = '{DIRECT}'")
    expect(text).to_have_value("For Frank only")


def test_a_refused_message_shows_why_and_keeps_the_text(visit_as: Callable[..., Visit]) -> None:
    visit = visit_as()
    page = open_conversation(visit)
    fault = {"match": {"operation": "messages.create"}, "fault": {"type": "error", "status": 503}}
    visit.client.put("/_sandbox/faults", json={"data": [fault]})
    page.get_by_label("Message", exact=True).fill("Once more")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".notice.bad")).to_contain_text("503")
    expect(page.get_by_label("Message", exact=True)).to_have_value("Once more")
    visit.client.delete("/_sandbox/faults")
    page.get_by_role("button", name="Send").click()
    expect(message(page, "Once more")).to_be_visible()
