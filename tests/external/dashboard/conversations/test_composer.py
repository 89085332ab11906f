"""Writing in a conversation: as the user or as anybody else, and what is not lost meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.external.dashboard.conftest import expect
from tests.external.dashboard.console_errors import expect_console_errors
from tests.external.dashboard.conversations.panel import do, message, opened
from tests.web.control.acting import DIRECT, FAMILY_TALK, FRANK

if TYPE_CHECKING:
    from tests.external.dashboard.conftest import Visit

pytestmark = pytest.mark.external


def test_a_message_goes_out_as_the_user_by_the_api(visit: Visit) -> None:
    page = opened(visit)
    page.get_by_label("Message", exact=True).fill("Not I, for one.")
    page.get_by_role("button", name="Send").click()
    expect(message(page, "Not I, for one.")).to_have_class("message own")
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


def test_nothing_goes_out_in_the_conversation_before_while_one_does_not_come(
    visit_as: Callable[..., Visit],
) -> None:
    visit = visit_as()
    page = opened(visit)
    page.route(f"**/_sandbox/conversations/{FAMILY_TALK}", lambda route: route.abort(), times=1)
    page.evaluate(f"location.hash = '{FAMILY_TALK}'")
    expect(page.locator(".notice.bad")).to_be_visible()
    expect(page.locator("#thread")).to_be_hidden()
    page.locator(f"#chats [href='#{FAMILY_TALK}']").click()
    expect(page.locator("#thread-title")).to_be_focused()
    expect(page.get_by_label("Message", exact=True)).to_be_enabled()
    expect_console_errors(visit, 0)
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


def test_a_message_that_is_edited_is_not_gone_where_many_came_after_it(visit: Visit) -> None:
    page = opened(visit)
    made = {"conversation_id": DIRECT, "message": "Long-lived"}
    visit.client.post("/v1/messages", json=made)
    do(page, "Long-lived", "Edit")
    text = page.get_by_label("Message", exact=True)
    text.fill("Longer-lived")
    pulse = "**/_sandbox/counters*"
    page.route(pulse, lambda route: route.abort())  # which is how the page learns of it
    for number in range(60):
        said = {"from": FRANK, "message": f"Then {number}"}
        visit.client.post("/_sandbox/simulate/message", json=said)
    page.unroute(pulse)
    expect(message(page, "Then 59")).to_have_count(1)
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_visible()
    expect(text).to_have_value("Longer-lived")
    visit.console_errors.clear()  # of the pulses that were kept from it


def test_what_was_written_stays_where_the_edited_message_goes(visit: Visit) -> None:
    page = opened(visit)
    made = visit.client.post(
        "/v1/messages", json={"conversation_id": DIRECT, "message": "Short-lived"}
    ).json
    do(page, "Short-lived", "Edit")
    text = page.get_by_label("Message", exact=True)
    text.fill("Long-lived")
    visit.client.delete(f"/v1/messages/{made['id']}")
    expect(page.locator(".notice.bad")).to_contain_text("you were editing was deleted")
    expect(text).to_have_value("Long-lived")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(message(page, "Long-lived").locator(".edited")).to_be_hidden()


def test_a_draft_stays_with_its_conversation(visit: Visit) -> None:
    page = opened(visit)
    text = page.get_by_label("Message", exact=True)
    text.fill("For Frank only")
    page.evaluate(f"location.hash = '{FAMILY_TALK}'")
    expect(page.locator("#thread-title")).to_contain_text("Family")
    expect(text).to_have_value("")
    page.evaluate(f"location.hash = '{DIRECT}'")
    expect(text).to_have_value("For Frank only")


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
