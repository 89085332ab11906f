"""The Requests page: the journal, live, and the details of a request."""

from __future__ import annotations

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

PATH = "/dashboard/requests"
HOSTILE = "<img src=x onerror=alert(1)>"
FRANK, TALK = "WAz8eIbvDR60rouK", "xgQQXg3hrtjh7AvZ"


def expect(locator: Any) -> Any:
    from playwright.sync_api import expect

    return expect(locator)


def rows(page: Page) -> Locator:
    return page.locator("#rows > li")


def paths(page: Page) -> list[str]:
    return page.locator("#rows .path").all_inner_texts()


def send_message(client: Any, message: str = "Good evening.", **options: Any) -> Any:
    body = {"conversation_id": TALK, "message": message}
    return client.post("/v1/messages", json=body, **options)


def make_requests(client: Any) -> None:
    """Make the requests req_1 to req_7, one of each kind."""
    client.get("/v1/contacts?limit=2")
    send_message(client, HOSTILE)
    client.put(f"/v1/contacts/{FRANK}", json={"display_name": "Frank"})
    client.get("/v1/nowhere/%3Cimg%20src=x%20onerror=alert(1)%3E?%3Cb%3E=%3Ci%3E")
    client.get("/v1/groups", headers={"Prefer": "code=503"})
    client.post("/v1/groups", body=b"\xff\x00", headers={"Content-Type": "application/json"})
    client.post("/_sandbox/simulate/active", json={"contact": FRANK})


def test_an_empty_journal_offers_a_command_that_works(visit: Visit) -> None:
    page = visit.open(PATH)
    expect(page.get_by_text("No requests yet.")).to_be_visible()
    command = page.locator("#empty-list pre").inner_text()
    result = subprocess.run(["sh", "-c", command], capture_output=True, timeout=60)
    assert result.returncode == 0, result.stderr
    expect(rows(page)).to_have_count(1)
    expect(page.get_by_text("No requests yet.")).to_be_hidden()


def test_the_journal_is_listed_newest_first(visit: Visit) -> None:
    make_requests(visit.client)
    page = visit.open(PATH)
    expect(rows(page)).to_have_count(7)
    expect(rows(page).nth(0)).to_contain_text("simulate.active")
    expect(rows(page).nth(2)).to_contain_text("503")
    expect(rows(page).nth(2)).to_contain_text("1 fault")
    expect(rows(page).nth(4)).to_contain_text("1 change")
    expect(rows(page).nth(6)).to_contain_text("/v1/contacts?limit=2")
    expect(page.locator("#count")).to_have_text("7 requests")


def test_new_requests_appear_and_the_focus_stays(visit: Visit) -> None:
    visit.client.get("/v1/contacts")
    page = visit.open(PATH)
    first = rows(page).get_by_role("link")
    first.focus()
    send_message(visit.client)
    expect(rows(page)).to_have_count(2)
    expect(rows(page).nth(1).get_by_role("link")).to_be_focused()
    urls = [url for url in visit.requested if "/_sandbox/requests?" in url]
    assert "since=req_1" in urls[-1], urls


def test_a_dropped_response_is_shown(visit: Visit) -> None:
    fault = {"match": {}, "fault": "EMPTY_RESPONSE"}
    visit.client.post("/_sandbox/faults", json=fault)
    with pytest.raises(Exception, match="closed"):
        visit.client.get("/v1/contacts")
    page = visit.open(PATH, status="0")
    expect(rows(page)).to_contain_text("no response")
    rows(page).get_by_role("link").click()
    expect(page.locator("#detail")).to_contain_text("Faults")
    expect(page.locator("#detail")).to_contain_text("EMPTY_RESPONSE")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"what": "messages.*"}, [2]),
        ({"what": "/v1/contacts*"}, [3, 1]),
        ({"what": "create"}, [6, 2]),
        ({"method": "POST"}, [7, 6, 2]),
        ({"status": "4xx"}, [6, 4]),
        ({"status": "201"}, [2]),
        ({"status": "quite"}, []),
        ({"changed": "1"}, [7, 3, 2]),
        ({"text": "contact.updated"}, [7, 3]),
        ({"text": "LIMIT"}, [1]),
        ({"method": "POST", "status": "2xx", "what": "simulate.*"}, [7]),
    ],
)
def test_a_filter_can_be_linked(visit: Visit, query: Any, expected: list[int]) -> None:
    make_requests(visit.client)
    page = visit.open(PATH, **query)
    expect(page.locator("#count")).to_contain_text("of 7")
    hashes = page.locator("#rows a").evaluate_all("all => all.map(link => link.hash)")
    assert hashes == [f"#req_{number}" for number in expected]


def test_a_filter_is_kept_in_the_url_and_cleared(visit: Visit) -> None:
    make_requests(visit.client)
    page = visit.open(PATH)
    page.get_by_label("Operation or path").fill("messages.*")
    page.get_by_label("With changes only").check()
    expect(rows(page)).to_have_count(1)
    expect(page.locator("#match-count")).to_have_text("1 of 7 requests")
    assert "what=messages.*&changed=1" in page.url
    page.get_by_label("Status").fill("6xx")
    expect(page.get_by_text("Enter a status such as")).to_be_visible()
    expect(page.get_by_text("No requests match the filter.")).to_be_visible()
    page.locator("#no-match").get_by_role("button", name="Clear filter").click()
    expect(rows(page)).to_have_count(7)
    assert "what=" not in page.url


def test_a_filter_set_before_the_first_load_is_announced(visit: Visit) -> None:
    make_requests(visit.client)
    held: list[Any] = []
    visit.page.route("**/_sandbox/requests?*", lambda route: held.append(route), times=1)
    with visit.page.expect_request("**/_sandbox/requests?*"):
        page = visit.open(PATH)
    page.get_by_label("Operation or path").fill("messages.*")
    expect(page.get_by_text("No requests yet.")).to_be_hidden()
    held[0].continue_()
    expect(rows(page)).to_have_count(1)
    expect(page.locator("#match-count")).to_have_text("1 of 7 requests")
    send_message(visit.client)
    expect(page.locator("#count")).to_have_text("2 of 8 requests")
    expect(page.locator("#match-count")).to_have_text("1 of 7 requests")  # not announced again


def test_a_paused_list_counts_new_requests_then_shows_them(visit: Visit) -> None:
    visit.client.get("/v1/contacts")
    page = visit.open(PATH)
    expect(rows(page)).to_have_count(1)
    page.get_by_role("button", name="Pause").click()
    send_message(visit.client)
    send_message(visit.client)
    resume = page.get_by_role("button", name="Resume (2 new)")
    expect(resume).to_be_visible()
    expect(rows(page)).to_have_count(1)
    resume.click()
    expect(rows(page)).to_have_count(3)


def test_a_request_during_the_load_after_a_pause_is_counted_once(visit: Visit) -> None:
    visit.client.get("/v1/contacts")
    page = visit.open(PATH)
    expect(rows(page)).to_have_count(1)
    page.get_by_role("button", name="Pause").click()
    send_message(visit.client)
    expect(page.get_by_role("button", name="Resume (1 new)")).to_be_visible()
    held: list[Any] = []
    page.route("**/_sandbox/requests?*", lambda route: held.append(route), times=1)
    with page.expect_request("**/_sandbox/requests?*"):
        page.get_by_role("button", name="Resume").click()
    with page.expect_response(
        lambda response: "/counters" in response.url and response.json()["requests"] == 3
    ):
        send_message(visit.client)
    held[0].continue_()
    expect(rows(page)).to_have_count(3)
    page.wait_for_load_state("networkidle")
    expect(page.locator("#count")).to_have_text("3 requests")


def test_request_details_show_everything(visit: Visit) -> None:
    make_requests(visit.client)
    page = visit.open(PATH)
    rows(page).nth(4).get_by_role("link").click()
    detail = page.locator("#detail")
    expect(detail.get_by_role("heading", level=2)).to_have_text(f"PUT /v1/contacts/{FRANK}")
    expect(detail.get_by_role("heading", level=2)).to_be_focused()
    expect(detail.get_by_label("Request body", exact=True)).to_contain_text('"Frank"')
    expect(detail.get_by_label("Response body", exact=True)).to_contain_text('"username"')
    detail.get_by_text("Request headers (").click()
    expect(detail).to_contain_text("(redacted)")
    row = detail.get_by_role("row", name="display_name")
    expect(row.locator(".before")).not_to_have_text('"Frank"')
    expect(row.locator(".after")).to_have_text('"Frank"')
    expect(rows(page).nth(4).get_by_role("link")).to_have_attribute("aria-current", "true")
    link = detail.get_by_role("link", name="Deliveries of contact.updated")
    assert "/dashboard/webhooks?event=" in str(link.get_attribute("href"))
    assert page.url.endswith("#req_3")


def test_the_curl_command_repeats_the_request(visit_as: Callable[..., Visit]) -> None:
    visit = visit_as(permissions=["clipboard-read", "clipboard-write"])
    send_message(visit.client, "it's $(id)")
    page = visit.open(f"{PATH}")
    rows(page).get_by_role("link").click()
    page.get_by_role("button", name="Copy as curl").click()
    expect(page.get_by_text("Copied the curl command.")).to_be_visible()
    command = page.evaluate("navigator.clipboard.readText()")
    assert command == page.get_by_role("group", name="curl", exact=True).inner_text()
    result = subprocess.run(["sh"], input=command.encode(), capture_output=True, timeout=60)
    assert b'"it\'s $(id)"' in result.stdout
    expect(rows(page)).to_have_count(2)
    visit.check()


def test_a_binary_body_is_shown_in_base64(visit: Visit) -> None:
    make_requests(visit.client)
    raw = visit.client.post("/v1/groups", body=b"\xff\x00", headers={"Content-Type": "image/png"})
    assert raw.status == 415
    page = visit.open(PATH)
    page.goto(f"{page.url}#req_8")
    expect(page.locator("#detail")).to_contain_text("2 bytes of binary data, in base64")
    expect(page.locator("#detail")).to_contain_text("/wA=")


def test_client_data_is_shown_as_text(visit: Visit) -> None:
    make_requests(visit.client)
    page = visit.open(PATH)
    path = f"/v1/nowhere/{HOSTILE}?<b>=<i>"
    expect(rows(page).nth(3).locator(".path")).to_have_text(path)
    rows(page).nth(3).get_by_role("link").click()
    expect(page.get_by_role("heading", level=2, name=path)).to_be_visible()
    rows(page).nth(5).get_by_role("link").click()
    expect(page.get_by_label("Request body", exact=True)).to_contain_text(HOSTILE)
    assert page.locator("main img, main b, main i").count() == 0


def test_a_link_opens_a_request_or_says_not_found(visit: Visit) -> None:
    make_requests(visit.client)
    page = visit.open(PATH)
    page.goto(f"{page.url}#req_2")
    expect(page.get_by_role("heading", level=2, name="POST /v1/messages")).to_be_visible()
    page.goto(re.sub("#.*", "#req_99", page.url))
    expect(page.get_by_text("the journal has no request 'req_99'")).to_be_visible()
    visit.console_errors.clear()  # chromium logs the 404


def test_a_failed_load_is_not_shown_as_not_found(visit_as: Callable[..., Visit]) -> None:
    visit = visit_as()
    make_requests(visit.client)
    page = visit.open(PATH)
    page.route("**/_sandbox/requests/*", lambda route: route.abort())
    rows(page).first.get_by_role("link").click()
    expect(page.get_by_text("no response from the server")).to_be_visible()
    expect(page.locator("#detail h2")).to_have_text("Could not load the details")
    expect_console_errors(visit, 0)
    visit.check()


def test_the_keyboard_moves_opens_and_returns(visit_as: Callable[..., Visit]) -> None:
    visit = visit_as("light", SMALL)
    make_requests(visit.client)
    page = visit.open(PATH)
    links = rows(page).get_by_role("link")
    links.nth(0).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(links.nth(2)).to_be_focused()
    page.keyboard.press("End")
    expect(links.nth(6)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2, name="GET /v1/contacts?limit=2")).to_be_focused()
    expect(rows(page).nth(0)).to_be_hidden()
    page.get_by_role("link", name="All requests").press("Enter")
    expect(links.nth(6)).to_be_focused()
    expect(page.locator("#detail")).to_be_hidden()
    visit.check()


def test_the_list_has_one_tab_stop(visit: Visit) -> None:
    make_requests(visit.client)
    page = visit.open(PATH)
    expect(rows(page)).to_have_count(7)
    assert page.locator('#rows a[tabindex="0"]').count() == 1
    send_message(visit.client)
    expect(rows(page)).to_have_count(8)
    assert page.locator('#rows a[tabindex="0"]').count() == 1


def test_all_requests_are_deleted_on_confirmation(visit: Visit) -> None:
    make_requests(visit.client)
    page = visit.open(PATH)
    page.get_by_role("button", name="Delete all").click()
    page.get_by_role("button", name="Cancel").click()
    expect(rows(page)).to_have_count(7)
    page.get_by_role("button", name="Delete all").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete all").click()
    expect(page.get_by_text("No requests yet.")).to_be_visible()
    assert visit.client.get("/_sandbox/requests").json["data"] == []


def test_requests_that_missed_the_sandbox_are_named(visit: Visit) -> None:
    client = visit.client
    client.get("/v1/contacts")
    page = visit.open(PATH)
    notice = page.locator("#strays")
    expect(rows(page)).to_have_count(1)
    expect(notice).to_be_hidden()
    client.get("/v1/contacts", token="sk_test_4242424242424242")
    expect(notice).to_contain_text("1 request reached the sandbox 'default'")
    expect(notice).to_contain_text("use the token 'sandbox_")
    client.get("/contacts")
    expect(notice).to_contain_text("1 request reached no sandbox with the token")
    expect(rows(page)).to_have_count(1)
    visit.check()


def test_a_cleared_journal_is_shown_from_the_start(visit: Visit) -> None:
    client = visit.client
    for _ in range(3):
        client.get("/v1/contacts")
    page = visit.open(PATH)
    expect(rows(page)).to_have_count(3)
    client.post("/_sandbox/reset", json={"only": ["journal"]})
    client.get("/v1/groups")
    expect(rows(page)).to_have_count(1)
    expect(rows(page)).to_contain_text("groups.list")
    visit.console_errors.clear()  # chromium logs the 400 for the evicted request


def test_a_cleared_journal_is_noticed_even_if_ids_repeat(visit: Visit) -> None:
    client = visit.client
    client.get("/v1/contacts")
    client.get("/v1/contacts")
    page = visit.open(PATH)
    expect(rows(page)).to_have_count(2)
    client.post("/_sandbox/reset", json={"only": ["journal"]})
    for _ in range(5):
        client.get("/v1/groups")
    expect(page.get_by_text("contacts.list")).to_have_count(0)
    expect(rows(page)).to_have_count(5)
    visit.console_errors.clear()


def test_a_thousand_rows_filter_fast_and_evictions_are_counted(visit: Visit) -> None:
    client = visit.client
    for _ in range(1003):
        client.get("/v1/conversations?limit=1")
    page = visit.open(PATH)
    expect(rows(page)).to_have_count(1000)
    expect(page.locator("#evicted")).to_contain_text("3 older requests dropped")
    send_message(client)
    expect(rows(page).nth(0)).to_contain_text("messages.create")
    expect(rows(page)).to_have_count(1000)
    elapsed = page.evaluate(
        """async () => {
          const field = document.querySelector("[name=text]");
          const start = performance.now();
          for (const text of ["messages", "", "conversations"]) {
            field.value = text;
            field.dispatchEvent(new Event("input", { bubbles: true }));
            document.body.offsetHeight;
          }
          return (performance.now() - start) / 3;
        }"""
    )
    assert elapsed < 500, f"{elapsed} ms for a filter"


def test_an_idle_page_polls_only_the_counters(visit: Visit) -> None:
    make_requests(visit.client)
    page = visit.open(PATH)
    expect(rows(page)).to_have_count(7)
    page.wait_for_load_state("networkidle")
    visit.requested.clear()
    for _ in range(2):
        with page.expect_request("**/_sandbox/counters*"):
            pass
    assert {url.split("?")[0] for url in visit.requested} == {
        f"{visit.client.url}/_sandbox/counters"
    }


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", [LARGE, SMALL], ids=["large", "small"])
def test_a_full_page_is_accessible_and_fits(
    visit_as: Callable[..., Visit], axe: Any, theme: str, size: Any, tmp_path: Path
) -> None:
    visit = visit_as(theme, size)
    make_requests(visit.client)
    page = visit.open(PATH)
    expect(rows(page)).to_have_count(7)
    assert axe(page) == []
    for number in (2, 3, 4, 5):
        page.goto(re.sub("(#.*)?$", f"#req_{number}", page.url, count=1))
        expect(page.locator("#detail .facts").first).to_contain_text(f"req_{number}")
        for summary in page.locator("#detail summary").all():
            summary.click()
        visit.screenshot(tmp_path, f"request-{number}-{theme}-{size['width']}")
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.evaluate("document.querySelector('#clear-journal').click()")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert axe(page) == []
    visit.check()
