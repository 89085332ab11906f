"""The Webhooks page: webhooks, deliveries, delivery rules, test events and the inbox."""

from __future__ import annotations

import hmac
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.external.dashboard.conftest import LARGE, SMALL, THEMES
from tests.external.dashboard.console_errors import expect_console_errors

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.external.dashboard.conftest import Visit

pytestmark = pytest.mark.external

PATH = "/dashboard/webhooks"
HOSTILE = "<img src=x onerror=alert(1)>"
TALK = "xgQQXg3hrtjh7AvZ"
HOOK = "http://127.0.0.1:9/hook"


def expect(locator: Any) -> Any:
    from playwright.sync_api import expect

    return expect(locator)


def hooks(page: Page) -> Locator:
    return page.locator("#hooks > li")


def rows(page: Page) -> Locator:
    return page.locator("#rows > li")


def button(page: Page | Locator, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def send_message(client: Any, message: str = "Good evening.") -> Any:
    return client.post("/v1/messages", json={"conversation_id": TALK, "message": message})


def register_inbox(client: Any, *answers: Any, **values: Any) -> Any:
    """Register the inbox ``hooks``, which gives these responses, as a webhook."""
    name = client.token.removeprefix("sandbox_")
    url = f"{client.url}/_sandbox/inbox/hooks?sandbox={name}"
    webhook = client.post("/_sandbox/webhooks", json={"url": url, "name": "mine", **values}).json
    settings = {"secret": webhook["secret"], "answers": [*answers] or [200]}
    assert client.put("/_sandbox/inbox/hooks", json=settings).status == 200
    return webhook


def wait_until_settled(client: Any) -> None:
    assert client.post("/_sandbox/webhooks/wait", json={}).json["settled"]


def registered(client: Any) -> list[Any]:
    webhooks: list[Any] = client.get("/_sandbox/webhooks").json["data"]
    return webhooks


def rules(client: Any) -> list[Any]:
    return [
        (rule["events"], rule["action"])
        for rule in client.get("/_sandbox/webhooks/rules").json["data"]
    ]


def set_up_deliveries(client: Any) -> None:
    """Deliveries in five states, a hostile webhook, and delivery rules."""
    client.post("/_sandbox/webhooks", json={"url": HOOK, "name": HOSTILE, "events": ["group.*"]})
    register_inbox(client, 500, 200)
    send_message(client, HOSTILE)
    send_message(client)
    wait_until_settled(client)
    held = {"events": ["message.*"], "action": {"type": "hold"}}
    dropped = {"events": ["contact.*"], "action": {"type": "drop"}}
    twice = {"events": ["*"], "action": {"type": "duplicate", "times": 1}}
    client.put("/_sandbox/webhooks/rules", json={"data": [held, dropped, twice]})
    send_message(client)
    client.put("/v1/contacts/WAz8eIbvDR60rouK", json={"display_name": "Frank"})
    client.put("/v1/groups/fprEZrh9IcdV51AS", json={"name": HOSTILE})
    wait_until_settled(client)


# webhooks


def test_an_empty_page_offers_a_command_that_works(visit: Visit) -> None:
    page = visit.open(PATH)
    expect(page.get_by_text("No webhooks registered yet.")).to_be_visible()
    command = page.get_by_role("group", name="Register a webhook in a terminal").inner_text()
    result = subprocess.run(["sh", "-c", command], capture_output=True, timeout=60)
    assert result.returncode == 0, result.stderr
    page.evaluate("dispatchEvent(new Event('focus'))")  # as when the user returns from the terminal
    expect(hooks(page)).to_have_count(1)
    expect(page.get_by_text("No webhooks registered yet.")).to_be_hidden()


def test_the_built_in_inbox_takes_one_click(visit: Visit) -> None:
    page = visit.open(PATH)
    button(page, "Use the built-in inbox").click()
    expect(hooks(page)).to_contain_text("Built-in inbox")
    button(page, "Send event").click()
    expect(page.get_by_text("Sent message.created as event")).to_be_visible()
    expect(rows(page)).to_contain_text("delivered")
    expect(page.locator("#messages > li")).to_contain_text("signature valid")
    button(page, "Use the built-in inbox").click()
    expect(page.get_by_text("is already registered")).to_be_visible()
    assert len(registered(visit.client)) == 1


def test_a_webhook_is_registered_and_its_secret_shown_once(
    visit_as: Callable[..., Visit],
) -> None:
    visit = visit_as(permissions=["clipboard-read", "clipboard-write"])
    page = visit.open(PATH)
    button(page, "Register a webhook").click()
    form = page.get_by_role("dialog", name="Register a webhook")
    expect(form.get_by_label("URL")).to_be_focused()
    form.get_by_label("URL").fill(HOOK)
    form.get_by_label("Name").fill(HOSTILE)
    form.get_by_label("All events").uncheck()
    form.get_by_label("all message.*").check()
    expect(form.get_by_role("group", name="message").get_by_label("created")).to_be_disabled()
    form.get_by_role("group", name="contact").get_by_label("deleted").check()
    form.get_by_label("Other patterns").fill("*.updated")
    button(form, "Register").click()
    dialog = page.get_by_role("dialog", name="Webhook secret")
    secret = dialog.locator("pre").inner_text()
    assert secret.startswith("whsec_")
    dialog.get_by_role("button", name="Copy").click()
    expect(page.locator(".notice")).to_have_count(1)
    assert page.evaluate("navigator.clipboard.readText()") == secret
    button(dialog, "Done").click()
    expect(hooks(page).get_by_role("heading")).to_have_text(HOSTILE)
    [webhook] = registered(visit.client)
    assert webhook["events"] == ["contact.deleted", "message.*", "*.updated"]
    assert secret not in page.content()
    visit.check()


def test_an_invalid_webhook_is_refused_in_the_form(visit: Visit) -> None:
    page = visit.open(PATH)
    button(page, "Register a webhook").click()
    form = page.get_by_role("dialog")
    form.get_by_label("URL").fill("http://example.com/hook")
    form.get_by_label("All events").uncheck()
    button(form, "Register").click()
    expect(form.get_by_role("alert")).to_have_text("Choose at least one event.")
    form.get_by_label("All events").check()
    button(form, "Register").click()
    expect(form.get_by_role("alert")).to_contain_text("example.com")
    button(form, "Cancel").click()
    assert registered(visit.client) == []
    visit.console_errors.clear()  # chromium logs the 400


def test_editing_a_webhook_keeps_unchanged_values(visit: Visit) -> None:
    url = f"{HOOK}?key=s3"
    hook = {"url": url, "name": "mine", "events": ["group.created", "*.deleted"], "secret": "s3"}
    visit.client.post("/_sandbox/webhooks", json=hook)
    page = visit.open(PATH)
    button(page, "Edit mine").click()
    form = page.get_by_role("dialog", name="Edit mine")
    group = form.get_by_role("group", name="group", exact=True)
    expect(group.get_by_label("created")).to_be_checked()
    expect(form.get_by_label("Other patterns")).to_have_value("*.deleted")
    form.get_by_label("Name").fill("yours")
    group.get_by_label("updated").check()
    button(form, "Save").click()
    expect(hooks(page).get_by_role("heading")).to_have_text("yours")
    [changed] = registered(visit.client)
    assert (changed["url"], changed["name"]) == (f"{HOOK}?key=(redacted)", "yours")
    assert changed["events"] == ["group.created", "group.updated", "*.deleted"]


def test_a_webhook_is_disabled_enabled_and_deleted(visit: Visit) -> None:
    visit.client.post("/_sandbox/webhooks", json={"url": HOOK, "name": "mine"})
    page = visit.open(PATH)
    button(page, "Disable mine").click()
    expect(hooks(page)).to_contain_text("disabled")
    expect(button(page, "Enable mine")).to_be_focused()
    button(page, "Enable mine").click()
    expect(hooks(page)).to_contain_text("enabled")
    button(page, "Delete… mine").click()
    button(page.get_by_role("dialog"), "Delete").click()
    expect(page.get_by_text("No webhooks registered yet.")).to_be_visible()
    assert registered(visit.client) == []


def test_a_test_event_has_the_chosen_type_and_attributes(visit: Visit) -> None:
    register_inbox(visit.client)
    page = visit.open(PATH)
    form = page.locator("#trigger")
    form.get_by_label("Type").select_option("group.updated")
    form.get_by_text("Override attributes").click()
    form.get_by_label("Attributes (JSON)").fill("{")
    button(page, "Send event").click()
    expect(form.get_by_role("alert")).to_contain_text("JSON")
    form.get_by_label("Attributes (JSON)").fill('{"name": "<b>"}')
    button(page, "Send event").click()
    expect(form.get_by_role("alert")).to_be_hidden()
    rows(page).get_by_role("link").click()
    expect(page.get_by_label("Event", exact=True).last).to_contain_text('"name": "<b>"')


# deliveries


def test_deliveries_are_updated_live(visit: Visit) -> None:
    register_inbox(visit.client, 500, 200)
    page = visit.open(PATH)
    expect(page.get_by_text("No deliveries yet.")).to_be_visible()
    send_message(visit.client)
    expect(rows(page)).to_contain_text("retrying")
    expect(rows(page)).to_contain_text("500")
    expect(page.locator("#due")).to_contain_text("Next attempt:")
    rows(page).get_by_role("link").focus()
    visit.client.post("/_sandbox/clock/advance", json={"seconds": 5})
    expect(rows(page)).to_contain_text("delivered")
    expect(rows(page)).to_contain_text("2 attempts")
    expect(rows(page).get_by_role("link")).to_be_focused()
    expect(page.locator("#due")).to_be_hidden()


def test_a_selected_delivery_that_is_reset_shows_not_found(
    visit_as: Callable[..., Visit],
) -> None:
    visit = visit_as()
    register_inbox(visit.client, 200)
    send_message(visit.client)
    wait_until_settled(visit.client)
    page = visit.open(PATH)
    rows(page).get_by_role("link").click()
    heading = page.locator("#detail").get_by_role("heading", level=3)
    expect(heading).to_have_text("message.created")
    visit.client.post("/_sandbox/reset", json={})
    expect(heading).to_have_text("Not found")
    register_inbox(visit.client, 200)
    send_message(visit.client)  # causes two polls
    expect(rows(page)).to_contain_text("message.created")
    expect_console_errors(visit, 404)
    visit.check()


def test_delivery_details_let_you_compute_the_signature(visit: Visit) -> None:
    client = visit.client
    secret = register_inbox(client, 500, 200)["secret"]
    cause = send_message(client, 'it\'s "so" 👋').headers["X-Request-Id"]
    wait_until_settled(client)
    page = visit.open(PATH)
    rows(page).get_by_role("link").click()
    detail = page.locator("#detail")
    expect(detail.get_by_role("heading", level=3)).to_have_text("message.created")
    expect(detail.get_by_role("heading", level=3)).to_be_focused()
    expect(detail.locator(".attempts > li")).to_have_count(1)
    expect(detail.locator(".attempts > li")).to_contain_text("http_error")
    detail.get_by_text("Headers and response").click()
    detail.get_by_text("Request headers of attempt 1 (").click()
    expect(detail.get_by_role("rowheader", name="x-protocol-signature")).to_be_visible()
    detail.get_by_text("Raw body", exact=True).click()
    raw = detail.get_by_label("that are signed and sent", exact=False).last.inner_text()
    signature = detail.get_by_role("group", name="x-protocol-signature").inner_text()
    assert signature == hmac.new(secret.encode(), raw.encode(), "sha256").hexdigest()
    command = detail.get_by_role("group", name="Compute the signature in a shell").inner_text()
    result = subprocess.run(
        ["sh", "-c", command], env={"PATH": "/usr/bin:/bin", "SECRET": secret}, capture_output=True
    )
    assert signature in result.stdout.decode()
    expect(detail.get_by_role("link", name=f"request {cause}")).to_have_attribute(
        "href", re.compile(rf"/dashboard/requests\?sandbox=.*#{cause}$")
    )
    client.post("/_sandbox/clock/advance", json={"seconds": 5})
    expect(detail.locator(".attempts > li")).to_have_count(2)
    expect(detail.get_by_text("Raw body", exact=True)).to_be_focused()
    expect(detail.get_by_text("Request headers of attempt 1 (")).to_be_visible()  # still open


def test_a_delivery_is_redelivered_and_its_event_resent(visit: Visit) -> None:
    client = visit.client
    register_inbox(client)
    send_message(client)
    wait_until_settled(client)
    page = visit.open(PATH)
    rows(page).get_by_role("link").click()
    attempts = page.locator("#detail .attempts > li")
    button(page, "Redeliver").click()
    expect(attempts).to_have_count(2)
    expect(button(page, "Redeliver")).to_be_focused()
    expect(page.locator("#messages > li").nth(0)).to_contain_text("duplicate of #1")
    button(page, "Resend event").click()
    expect(page.get_by_text("Event sent again to 1 webhook.")).to_be_visible()
    expect(attempts).to_have_count(3)


def test_all_failed_deliveries_are_redelivered(visit: Visit) -> None:
    client = visit.client
    register_inbox(client, 500)
    send_message(client)
    client.post("/_sandbox/clock/advance", json={"seconds": 36_000})
    client.put("/_sandbox/inbox/hooks", json={})
    page = visit.open(PATH)
    expect(page.locator("#counts")).to_have_text("1 failed")
    button(page, "Redeliver all failed").click()
    expect(page.get_by_text("1 delivery sent again.")).to_be_visible()
    expect(page.locator("#counts")).to_have_text("1 delivered")
    button(page, "Redeliver all failed").click()
    expect(page.get_by_text("No failed deliveries.")).to_be_visible()


def test_a_filter_set_before_the_first_load_is_announced(visit: Visit) -> None:
    set_up_deliveries(visit.client)
    held: dict[str, Any] = {}

    def hold_first(path: str) -> None:
        visit.page.route(
            path,
            lambda route: route.continue_() if path in held else held.update({path: route}),
        )

    webhooks, deliveries = "**/_sandbox/webhooks", "**/_sandbox/deliveries?*"
    counters = "**/_sandbox/counters*"
    for path in (webhooks, deliveries, counters):
        hold_first(path)
    with visit.page.expect_request(webhooks):
        page = visit.open(PATH)
    with page.expect_request(deliveries):
        page.get_by_role("search", name="Deliveries").get_by_label("State").select_option("held")
    held[webhooks].continue_()
    expect(hooks(page)).to_have_count(2)
    with page.expect_response(deliveries):
        held[deliveries].continue_()
    held[counters].continue_()
    expect(rows(page)).to_have_count(1)
    expect(page.locator("#match-count")).to_have_text("1 delivery is shown")


def test_older_deliveries_are_counted_once_by_two_loads(visit: Visit) -> None:
    client = visit.client
    client.post("/_sandbox/webhooks", json={"url": HOOK})
    client.put("/_sandbox/webhooks/rules", json={"data": [{"action": {"type": "drop"}}]})
    for _ in range(505):
        client.post("/_sandbox/webhooks/trigger", json={"type": "message.created"})
    page = visit.open(PATH)
    expect(page.locator("#more")).to_contain_text("5 older deliveries are not shown.")
    held: list[Any] = []
    page.route("**/_sandbox/deliveries?*", lambda route: held.append(route), times=1)
    with page.expect_request("**/_sandbox/deliveries?*"):
        page.get_by_role("search", name="Deliveries").get_by_label("State").select_option("dropped")
    client.post("/_sandbox/webhooks/trigger", json={"type": "message.created"})
    expect(page.locator("#more")).to_contain_text("6 older deliveries are not shown.")
    with page.expect_response("**/_sandbox/deliveries?*"):
        held[0].continue_()
    client.post("/_sandbox/webhooks/trigger", json={"type": "message.created"})
    expect(page.locator("#more")).to_have_text(re.compile("^7 older deliveries are not shown."))


def test_filters_narrow_the_log_and_can_be_linked(visit: Visit) -> None:
    set_up_deliveries(visit.client)
    page = visit.open(PATH)
    form = page.get_by_role("search", name="Deliveries")
    everything = visit.client.get("/_sandbox/deliveries").json["data"]
    expect(rows(page)).to_have_count(len(everything))
    form.get_by_label("State").select_option("held")
    expect(rows(page)).to_have_count(1)
    expect(rows(page)).to_contain_text("hold")
    form.get_by_label("Type").select_option("group.updated")
    expect(page.get_by_text("No deliveries match the filter.")).to_be_visible()
    page.locator("#no-match").get_by_role("button").click()
    form.get_by_label("Webhook").select_option("webhook_1")
    expect(rows(page).nth(0)).to_contain_text(HOSTILE)
    assert "webhook=webhook_1" in page.url
    page.reload()
    expect(form.get_by_label("Webhook")).to_have_value("webhook_1")
    of_first = [delivery for delivery in everything if delivery["webhook"] == "webhook_1"]
    expect(rows(page)).to_have_count(len(of_first))
    button(page, "Deliveries of mine").click()
    expect(form.get_by_label("Webhook")).to_have_value("webhook_2")
    expect(rows(page)).to_have_count(len(everything) - len(of_first))


def test_the_deliveries_of_one_event_can_be_linked(visit: Visit) -> None:
    client = visit.client
    register_inbox(client)
    send_message(client)
    send_message(client)
    wait_until_settled(client)
    event = client.get("/_sandbox/requests/req_1").json["events"][0]["id"]
    page = visit.open(PATH, event=event)
    expect(rows(page)).to_have_count(1)
    expect(page.get_by_label("Event", exact=True).first).to_have_value(event)


# delivery rules


def test_held_deliveries_are_released_from_the_page(visit: Visit) -> None:
    client = visit.client
    register_inbox(client)
    page = visit.open(PATH)
    expect(page.get_by_text("No delivery rules.")).to_be_visible()
    button(page, "Hold").click()
    expect(page.locator("#rules")).to_contain_text("hold: held until you release it")
    assert rules(client) == [(["*"], {"type": "hold"})]
    for _ in range(4):
        send_message(client)
    expect(page.locator("#held")).to_have_text("Held deliveries: 4.")
    button(page, "Release 1").click()
    expect(page.locator("#held")).to_have_text("Held deliveries: 3.")
    page.get_by_label("Number to release").fill("2")
    button(page, "Release").click()
    expect(page.locator("#held")).to_have_text("Held deliveries: 1.")
    expect(page.locator("#counts")).to_contain_text("3 delivered")
    button(page, "Remove all").click()
    expect(page.get_by_text("No delivery rules.")).to_be_visible()
    assert rules(client) == []
    button(page, "Release 1").click()
    expect(page.locator("#held")).to_have_text("No deliveries are held.")


def test_each_kind_of_event_has_one_delivery_rule(visit: Visit) -> None:
    page = visit.open(PATH)
    kind = page.locator("#rule-events")
    page.get_by_label("Number", exact=True).fill("4")
    for events, action in [
        ("message.*", "Hold"),
        ("*", "Shuffle"),
        ("group.updated", "Duplicate"),
        ("message.*", "Drop"),
    ]:
        kind.select_option(events)
        button(page, action).click()
        expect(page.locator("#rules > li").first).to_contain_text(action.lower())
    assert rules(visit.client) == [
        (["message.*"], {"type": "drop"}),
        (["group.updated"], {"type": "duplicate", "times": 4}),
        (["*"], {"type": "shuffle", "window": 4}),
    ]
    button(page, "Remove the rule: duplicate group.updated").click()
    expect(page.locator("#rules > li")).to_have_count(2)


def test_a_delivery_shows_the_rule_applied_to_it(visit: Visit) -> None:
    client = visit.client
    register_inbox(client)
    rule = {"events": ["*"], "action": {"type": "corrupt"}}
    client.put("/_sandbox/webhooks/rules", json={"data": [rule]})
    send_message(client)
    wait_until_settled(client)
    page = visit.open(PATH)
    expect(page.locator("#messages > li")).to_contain_text("signature invalid")
    rows(page).get_by_role("link").click()
    expect(page.locator("#detail")).to_contain_text("sent with a wrong signature")
    expect(page.locator("#detail")).to_contain_text("A delivery rule corrupted the signature.")


# the register_inbox


def test_an_inbox_shows_received_messages(visit: Visit) -> None:
    client = visit.client
    page = visit.open(PATH)
    expect(page.get_by_text("No inbox yet.")).to_be_visible()
    client.post("/_sandbox/inbox/by-hand", body=HOSTILE.encode())
    client.post("/_sandbox/inbox/other", json={"id": "1", "type": HOSTILE})
    register_inbox(client, "hang_up", 503)
    send_message(client)
    page.locator("#inbox-name").select_option("hooks")
    expect(page.locator("#inbox-about")).to_contain_text("are checked; next response: 503")
    expect(page.locator("#messages > li")).to_contain_text("connection closed")
    page.locator("#inbox-name").select_option("other")
    expect(page.locator("#messages > li")).to_contain_text(HOSTILE)
    page.locator("#inbox-name").select_option("by-hand")
    item = page.locator("#messages > li")
    expect(item).to_contain_text("signature not checked")
    item.locator("summary").first.click()
    expect(item.locator("pre")).to_have_text(HOSTILE)
    assert page.locator("main img").count() == 0
    button(page, "Delete inbox…").click()
    button(page.get_by_role("dialog"), "Delete").click()
    expect(page.locator("#inbox-name")).to_have_value("hooks")


def test_a_late_response_of_another_inbox_is_ignored(visit: Visit) -> None:
    client = visit.client
    client.post("/_sandbox/inbox/by-hand", json={"id": "1", "type": "first"})
    client.post("/_sandbox/inbox/other", json={"id": "2", "type": "second"})
    page = visit.open(PATH)
    item = page.locator("#messages > li")
    expect(item).to_contain_text("first")
    held: list[Any] = []
    path = "**/_sandbox/inbox/by-hand?*"
    page.route(path, lambda route: held.append(route), times=1)
    with page.expect_request(path):
        client.post("/_sandbox/inbox/by-hand", json={"id": "3", "type": "third"})
    page.locator("#inbox-name").select_option("other")
    expect(item).to_contain_text("second")
    with page.expect_response(path):
        held[0].continue_()
    client.post("/_sandbox/inbox/other", json={"id": "4", "type": "fourth"})
    expect(item).to_have_count(2)
    expect(item).to_contain_text(["fourth", "second"])


# the whole page


def test_client_data_is_shown_as_text(visit: Visit) -> None:
    set_up_deliveries(visit.client)
    page = visit.open(PATH)
    expect(hooks(page).nth(0).get_by_role("heading")).to_have_text(HOSTILE)
    page.get_by_role("search").get_by_label("Type").select_option("group.updated")
    rows(page).nth(0).get_by_role("link").click()
    expect(page.locator("#detail pre").first).to_contain_text(HOSTILE)
    assert page.locator("main img").count() == 0


def test_an_idle_page_polls_only_the_counters(visit: Visit) -> None:
    set_up_deliveries(visit.client)
    page = visit.open(PATH)
    expect(rows(page).first).to_be_visible()
    page.wait_for_load_state("networkidle")
    visit.requested.clear()
    for _ in range(2):
        with page.expect_request("**/_sandbox/counters*"):
            pass
    assert {url.split("?")[0] for url in visit.requested} == {
        f"{visit.client.url}/_sandbox/counters"
    }


def test_on_a_phone_the_details_replace_the_list(visit_as: Callable[..., Visit]) -> None:
    visit = visit_as("dark", SMALL)
    set_up_deliveries(visit.client)
    page = visit.open(PATH)
    link = rows(page).nth(1).get_by_role("link")
    link.press("Enter")
    expect(page.get_by_role("heading", name="Delivery rules")).to_be_hidden()
    expect(rows(page).first).to_be_hidden()
    expect(page.locator("#detail h3")).to_be_focused()
    page.get_by_role("link", name="All deliveries").press("Enter")
    expect(link).to_be_focused()
    expect(page.get_by_role("heading", name="Delivery rules")).to_be_visible()
    visit.check()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", [LARGE, SMALL], ids=["large", "small"])
def test_a_full_page_is_accessible_and_fits(
    visit_as: Callable[..., Visit], axe: Any, theme: str, size: Any, tmp_path: Path
) -> None:
    visit = visit_as(theme, size)
    set_up_deliveries(visit.client)
    page = visit.open(PATH)
    expect(rows(page).first).to_be_visible()
    for summary in page.locator("main summary").all():
        summary.click()
    visit.screenshot(tmp_path, f"webhooks-{theme}-{size['width']}")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    for number in (1, 3):  # one that failed once, one that is held
        page.goto(re.sub("(#.*)?$", f"#delivery_{number}", page.url, count=1))
        expect(page.locator("#detail .facts").first).to_contain_text(f"delivery_{number}")
        for summary in page.locator("#detail details > summary").all():
            summary.evaluate("summary => { summary.parentElement.open = true }")
        visit.screenshot(tmp_path, f"delivery-{number}-{theme}-{size['width']}")
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.evaluate("document.querySelector('#register').click()")
    expect(page.get_by_role("dialog")).to_be_visible()
    visit.screenshot(tmp_path, f"form-{theme}-{size['width']}")
    assert axe(page) == []
    visit.check()
