"""The start page: base URL and token, first request, requests that fail, sandboxes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from mockserver.settings import Settings
from tests.conftest import Client
from tests.external.dashboard.conftest import LARGE, SMALL, THEMES
from tests.external.dashboard.console_errors import expect_console_errors

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.external.dashboard.conftest import Visit

pytestmark = pytest.mark.external

RUN = {
    "curl": ["bash", "-c"],
    "JavaScript": ["node", "--input-type=module", "-e"],
    "Python": [sys.executable, "-c"],
}
CLIPBOARD = ["clipboard-read", "clipboard-write"]


def expect(locator: Any) -> Any:
    from playwright.sync_api import expect

    return expect(locator)


def journal(client: Client) -> list[Any]:
    """Return the requests of a sandbox, oldest first."""
    requests: list[Any] = client.get("/_sandbox/requests").json["data"]
    return sorted(requests, key=lambda request: int(request["id"].removeprefix("req_")))


def copy(page: Page, button: str) -> str:
    """Click a Copy button and return the clipboard's text."""
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.locator("#notices")).to_contain_text("Copied")
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


def run(text: str, *command: str) -> str:
    result = subprocess.run([*command, text], capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_base_url_and_token_can_be_copied(visit_as: Callable[..., Visit], client: Client) -> None:
    visit = visit_as(permissions=CLIPBOARD)
    page = visit.open("/")
    base, token = copy(page, "Copy the base URL"), copy(page, "Copy the token")
    assert (base, token) == (f"{client.url}/v1", client.token)
    path = urlsplit(base).path
    assert client.get(f"{path}/contacts", token=token).status == 200
    expect(page.get_by_text("Any token works.")).to_be_visible()
    for rule in ("sandbox_NAME", "revoked_"):
        expect(page.locator("#any-token").get_by_text(rule)).to_be_visible()
    visit.check()


def test_the_fixed_base_url_ignores_the_token(visit: Visit, client: Client) -> None:
    text = visit.open("/").locator("#fixed-url").inner_text()
    path = urlsplit(text).path
    client.delete("/v1/contacts/WAz8eIbvDR60rouK")
    assert client.get(f"{path}/contacts/WAz8eIbvDR60rouK", token="fixed").status == 404


@pytest.mark.parametrize("language", RUN)
def test_the_first_request_snippet_runs(
    visit_as: Callable[..., Visit], client: Client, language: str
) -> None:
    visit = visit_as(permissions=CLIPBOARD)
    page = visit.open("/")
    page.get_by_role("tab", name=language).click()
    what = "the curl command" if language == "curl" else f"the {language}"
    printed = run(copy(page, f"Copy {what}"), *RUN[language])
    assert "xgQQXg3hrtjh7AvZ" in printed
    assert "has_more" in printed
    [request] = journal(client)
    assert (request["operation"], request["status"]) == ("conversations.list", 200)
    visit.check()


def test_arrow_keys_select_tabs(visit: Visit) -> None:
    page = visit.open("/")
    page.get_by_role("tab", name="curl").focus()
    for key, name in (
        ("ArrowRight", "JavaScript"),
        ("ArrowRight", "Python"),
        ("ArrowRight", "curl"),
        ("ArrowLeft", "Python"),
        ("Home", "curl"),
        ("End", "Python"),
    ):
        page.keyboard.press(key)
        tab = page.get_by_role("tab", name=name)
        expect(tab).to_be_focused()
        expect(tab).to_have_attribute("aria-selected", "true")
        expect(page.get_by_role("tabpanel")).to_have_count(1)
        expect(page.get_by_role("tabpanel", name=name)).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("tabpanel", name="Python")).to_be_focused()


def test_the_first_request_is_sent_from_the_page(visit: Visit, client: Client) -> None:
    page = visit.open("/")
    page.get_by_role("button", name="Send this request").click()
    expect(page.locator("#response-first .outcome")).to_contain_text("200 OK")
    displayed = json.loads(page.locator("#response-first pre").inner_text())
    assert displayed == client.get("/v1/conversations?limit=3").json
    assert [request["operation"] for request in journal(client)] == ["conversations.list"] * 2


@pytest.mark.parametrize(
    ("example", "response", "status"),
    [
        ("example-prefer", "response-prefer", 503),
        ("example-code", "response-code", 404),
        ("example-revoked", "response-revoked", 401),
    ],
)
def test_a_request_fails_by_header_url_or_token(
    visit: Visit, client: Client, example: str, response: str, status: int
) -> None:
    page = visit.open("/")
    article = page.locator(f"article[aria-labelledby={example}]")
    article.get_by_role("button", name="Send the request").click()
    expect(page.locator(f"#{response} .outcome")).to_contain_text(str(status))
    expect(page.locator(f"#{response} pre")).to_contain_text("documentation_url")
    assert f" {status} " in run(article.locator("code[id]").inner_text(), "bash", "-c")
    expect_console_errors(visit, status)


def test_the_next_message_fails_and_the_one_after_succeeds(visit: Visit, client: Client) -> None:
    page = visit.open("/")
    expect(page.locator("[data-conversation]")).to_have_text("xgQQXg3hrtjh7AvZ")
    page.get_by_role("button", name="Add the fault rule").click()
    expect(page.locator("#active-faults")).to_contain_text("1 fault rule")
    [rule] = client.get("/_sandbox/faults").json["data"]
    assert rule["match"] == {"operation": "messages.create"}
    assert (rule["times"], rule["fault"]["status"]) == (1, 503)
    send = page.get_by_role("button", name="Send a message")
    send.click()
    outcome = page.locator("#response-message .outcome")
    expect(outcome).to_contain_text("503 SERVICE UNAVAILABLE")
    expect(outcome).to_contain_text("Retry-After: 2")
    send.click()
    expect(outcome).to_contain_text("201 CREATED")
    assert [request["status"] for request in journal(client)] == [503, 201]
    page.get_by_role("button", name="Remove all").click()
    expect(page.locator("#active-faults")).to_be_hidden()
    assert client.get("/_sandbox/faults").json["data"] == []
    expect_console_errors(visit, 503)


def test_the_curl_command_adds_the_same_fault_rule(visit: Visit, client: Client) -> None:
    page = visit.open("/")
    expect(page.locator("[data-conversation]")).to_have_text("xgQQXg3hrtjh7AvZ")
    rule = json.loads(run(page.locator("#fail-rule").inner_text(), "bash", "-c"))
    assert rule["fault"] == {"type": "error", "status": 503, "retry_after": 2}
    command = page.locator("#fail-message").inner_text()
    assert "503 SERVICE UNAVAILABLE" in run(command, "bash", "-c")
    assert "201 CREATED" in run(command, "bash", "-c")


def test_a_request_above_the_limit_gets_429(visit: Visit, client: Client) -> None:
    page = visit.open("/")
    page.get_by_role("button", name="Set the rate limit").click()
    expect(page.locator("#active-faults")).to_contain_text("0 of 2 used")
    outcome = page.locator("#response-limited .outcome")
    for status, left in (("200", 1), ("200", 0), ("429", 0)):
        page.get_by_role("button", name="Send a request").click()
        expect(outcome).to_contain_text(f"X-RateLimit-Remaining: {left}")
        expect(outcome).to_contain_text(status)
    expect(outcome).to_contain_text("Retry-After: 60")
    page.get_by_role("button", name="Remove the rate limit").click()
    expect(page.locator("#active-faults")).to_be_hidden()
    assert client.get("/_sandbox/rate-limit").status == 404
    run(page.locator("#fail-limit").inner_text(), "bash", "-c")
    assert client.get("/_sandbox/rate-limit").json["limit"] == 2
    expect_console_errors(visit, 429)


def test_another_sandbox_is_opened_by_name(visit: Visit, client: Client) -> None:
    page = visit.open("/")
    name = f"{client.token.removeprefix('sandbox_')}_new"
    page.locator("#open-sandbox").get_by_label("Name").fill(name)
    page.get_by_label("Fixtures").select_option("empty")
    page.get_by_role("button", name="Open sandbox").click()
    page.wait_for_url(f"**/?sandbox={name}")
    expect(page.locator("#token")).to_have_text(f"sandbox_{name}")
    expect(page.locator("#counts")).to_have_text("1 contact")
    counts = client.get(f"/_sandbox/sandboxes/{name}").json["counts"]
    assert counts["contact"] == 1
    assert client.delete(f"/_sandbox/sandboxes/{name}").status == 200
    expect(page.locator("#connection-error")).to_contain_text("was deleted")
    expect_console_errors(visit, 404)


def test_an_existing_sandbox_is_only_opened(visit: Visit, client: Client) -> None:
    page = visit.open("/")
    page.locator("#open-sandbox").get_by_label("Name").fill("default")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{client.url}/")
    expect(page.locator("#token")).to_have_text("demo")


def test_an_invalid_sandbox_name_is_refused_in_the_form(visit: Visit) -> None:
    page = visit.open("/")
    hostile = "<img src=x onerror=alert(1)>"
    page.locator("#open-sandbox").get_by_label("Name").fill(hostile)
    page.get_by_role("button", name="Open sandbox").click()
    expect(page.locator("#open-sandbox .action-error")).to_contain_text("1 to 64 letters")
    assert page.locator("img[src=x]").count() == 0
    expect_console_errors(visit, 400)


def test_sandboxes_are_listed_live_and_deleted_on_confirmation(
    visit: Visit, client: Client, other: Callable[[str], Client]
) -> None:
    page = visit.open("/")
    current_name = client.token.removeprefix("sandbox_")
    expect(page.get_by_role("link", name=current_name, exact=True)).to_have_attribute(
        "aria-current", "page"
    )
    guest = other("guest")
    guest.get("/v1/contacts")
    name = guest.token.removeprefix("sandbox_")
    entry = page.get_by_role("listitem").filter(has=page.get_by_role("link", name=name))
    expect(entry).to_contain_text("229 messages")
    button = page.get_by_role("button", name=f"Delete the sandbox {name}")
    button.click()
    page.get_by_role("button", name="Cancel").click()
    expect(button).to_be_focused()
    button.click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(entry).to_have_count(0)
    names = [sandbox["name"] for sandbox in client.get("/_sandbox/sandboxes").json["data"]]
    assert name not in names
    assert current_name in names
    expect(page.get_by_role("button", name="Delete the sandbox default")).to_have_count(0)


def test_deleting_the_current_sandbox_opens_the_default_one(
    visit_as: Callable[..., Visit], client: Client
) -> None:
    page = visit_as().open("/")
    name = client.token.removeprefix("sandbox_")
    page.get_by_role("button", name=f"Delete the sandbox {name}").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.wait_for_url(f"{client.url}/")
    expect(page.locator("#token")).to_have_text("demo")
    names = [sandbox["name"] for sandbox in client.get("/_sandbox/sandboxes").json["data"]]
    assert name not in names


def test_each_page_is_linked_with_a_description(visit: Visit, client: Client) -> None:
    page = visit.open("/")
    links = page.locator(".page-links")
    for name in (
        *("Conversations", "Requests", "Webhooks", "Controls"),
        *("API reference", "Fidelity table", "openapi.json"),
    ):
        link = links.get_by_role("link", name=name, exact=True)
        href = link.get_attribute("href") or ""
        assert client.get(href).status == 200
        if href.startswith("/dashboard"):
            assert href.endswith(f"?sandbox={client.token.removeprefix('sandbox_')}")
        assert len(link.locator("xpath=following-sibling::span").inner_text()) > 20
    docs = links.get_by_role("link", name="API reference").get_attribute("href")
    assert docs == f"/docs?token={client.token}"


def test_version_fixtures_seed_and_clock_are_shown(visit: Visit, client: Client) -> None:
    from mockserver import __version__

    page = visit.open("/")
    facts = page.locator(".facts")
    expect(facts).to_contain_text(f"mockserver {__version__}")
    expect(page.locator("#fixtures")).to_have_text("default")
    expect(page.locator("#seed")).to_have_text("0")
    expect(page.locator("#server-clock")).to_have_text("5 May 1992, 23:00:00")
    client.put("/_sandbox/clock", json={"mode": "frozen", "now": 60})
    expect(page.locator("#server-clock")).to_have_text("1 Jan 1970, 00:01:00")
    expect(page.locator("#server-mode")).to_have_text("frozen")


def test_require_sandbox_is_explained_on_the_start_page(
    visit: Visit, client: Client, serve: Callable[..., Any]
) -> None:
    client.url = serve(Settings(require_sandbox=True)).url
    page = visit.page
    page.goto(client.url)
    expect(page.locator("#token")).to_have_text("sandbox_dashboard")
    expect(page.locator("#any-token")).not_to_contain_text("Any token works")
    expect(page.locator("#any-token")).to_contain_text("The token must name a sandbox")
    expect(page.locator("#sandboxes a")).to_have_text(["dashboard"])
    expect(page.locator("#sandbox option")).to_have_text(["dashboard", "New sandbox…"])


def test_an_entered_token_is_in_all_snippets(
    visit_as: Callable[..., Visit], client: Client, serve: Callable[..., Any]
) -> None:
    token = "it's\"s3cret\\"
    client.url, client.token = serve(Settings(token=(token,))).url, token
    visit = visit_as()
    page = visit.page
    page.goto(f"{client.url}/?sandbox=signup")
    page.get_by_label("Token", exact=True).fill(token)
    page.get_by_role("button", name="Use token").click()
    expect(page.locator("#token")).to_have_text(token)
    expect(page.locator("#base-url")).to_have_text(f"{client.url}/s/signup/v1")
    expect(page.get_by_text("a token that it was started with", exact=True)).to_be_visible()
    for language, command in RUN.items():
        page.get_by_role("tab", name=language).click()
        text = page.locator(f"#first-{language.lower()}").inner_text()
        assert "xgQQXg3hrtjh7AvZ" in run(text, *command)
    run(page.locator("#fail-rule").inner_text(), "bash", "-c")
    assert len(client.get("/_sandbox/faults?sandbox=signup").json["data"]) == 1
    assert client.get("/_sandbox/faults").json["data"] == []
    expect_console_errors(visit, 401)
    visit.check()


def test_a_new_user_gets_from_token_to_failure_on_this_page(
    visit_as: Callable[..., Visit], client: Client
) -> None:
    """Follow the three steps of the first screen: copy, send, make a request fail."""
    visit = visit_as(permissions=CLIPBOARD)
    page = visit.page
    page.goto(client.url)
    headings = page.get_by_role("heading", level=2).all_inner_texts()
    assert [heading.split(" ", 1)[1] for heading in headings[:3]] == [
        *("Connect your client", "Send a request", "Make a request fail"),
    ]
    for name in ("Copy the token", "Send this request"):
        expect(page.get_by_role("button", name=name)).to_be_in_viewport()
    assert copy(page, "Copy the token") == "demo"
    page.get_by_role("button", name="Send this request").click()
    expect(page.locator("#response-first .outcome")).to_contain_text("200")
    page.get_by_role("button", name="Send the request").first.click()
    expect(page.locator("#response-prefer .outcome")).to_contain_text("503")
    expect_console_errors(visit, 503)
    visit.check()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", [LARGE, SMALL], ids=["large", "small"])
def test_a_full_page_is_accessible_and_fits(
    visit_as: Callable[..., Visit],
    client: Client,
    axe: Any,
    theme: str,
    size: Any,
    tmp_path: Path,
    other: Callable[[str], Client],
) -> None:
    other("guest" + "x" * 30).get("/v1/contacts")
    visit = visit_as(theme, size)
    page = visit.open("/")
    expect(page.locator("[data-conversation]")).to_have_text("xgQQXg3hrtjh7AvZ")
    page.get_by_role("button", name="Add the fault rule").click()
    expect(page.locator("#active-faults")).to_be_visible()
    page.get_by_role("button", name="Send a message").click()
    page.get_by_role("button", name="Send this request").click()
    page.get_by_role("button", name="Set the rate limit").click()
    page.locator("#open-sandbox").get_by_label("Name").fill("no name")
    page.get_by_role("button", name="Open sandbox").click()
    expect(page.locator("#response-message pre")).to_be_visible()
    expect(page.locator("#response-first pre")).to_be_visible()
    expect(page.locator("#open-sandbox .action-error")).to_be_visible()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.screenshot(path=tmp_path / f"start-{theme}-{size['width']}.png", full_page=True)
    page.get_by_role("button", name="Delete the sandbox").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert axe(page) == []
    expect_console_errors(visit, 400, 503)
    visit.check()
