"""The API page in a browser: offline, without console errors, and operations can be tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from mockserver.server import Server
from mockserver.settings import Settings

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.conftest import Client

pytestmark = pytest.mark.external


class Visit:
    """A page, its console errors, and the URLs that it requested."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.console_errors: list[str] = []
        self.requested: list[str] = []
        page.on("console", lambda message: self.console_errors.append(message.text))
        page.on("pageerror", lambda error: self.console_errors.append(str(error)))
        page.on("request", lambda request: self.requested.append(request.url))

    def operation(self, name: str) -> Locator:
        """Open an operation's form."""
        # Swagger UI escapes the dot in ids, and CSS escapes the backslash.
        escaped = name.replace(".", r"\\.")
        block = self.page.locator(f".opblock[id$='{escaped}']")
        block.locator(".opblock-summary-control").click()
        block.get_by_role("button", name="Try it out").click()
        return block


def wait_for_text(locator: Locator, text: str) -> None:
    """Wait until an element contains a text."""
    from playwright.sync_api import expect

    expect(locator).to_contain_text(text)


@pytest.fixture
def visit() -> Iterator[Visit]:
    # Imported here, as pytest also reads this file without Playwright.
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        yield Visit(browser.new_page())
        browser.close()


def status(block: Locator) -> Locator:
    return block.locator(".live-responses-table tr.response .response-col_status").first


def test_a_list_and_a_creation_can_be_tried(visit: Visit, server: Server, client: Client) -> None:
    visit.page.goto(f"{server.url}/docs?token={client.token}")
    listing = visit.operation("contacts.list")
    listing.get_by_role("button", name="Execute").click()
    wait_for_text(status(listing), "200")
    wait_for_text(listing.locator(".live-responses-table"), "FrankMcCallister")

    creation = visit.operation("contacts.create")
    creation.get_by_role("button", name="Execute").click()
    wait_for_text(status(creation), "201")
    assert client.get("/v1/contacts?limit=1").json["data"][0]["username"] == "FrankMcCallister"
    requests = client.get("/_sandbox/requests").json["data"]
    assert [request["operation"] for request in requests] == [
        "contacts.list",
        "contacts.create",
        "contacts.list",
    ]

    assert visit.console_errors == []
    others = [url for url in visit.requested if not url.startswith((f"{server.url}/", "data:"))]
    assert others == []


def test_the_control_api_can_be_tried_too(visit: Visit, server: Server, client: Client) -> None:
    visit.page.goto(f"{server.url}/docs?token={client.token}")
    visit.page.locator("#select").select_option(label="Control API")
    reset = visit.operation("control.take_snapshot")
    reset.get_by_placeholder("name").fill("tried")
    reset.get_by_role("button", name="Execute").click()
    wait_for_text(status(reset), "200")
    assert client.get("/_sandbox/snapshots").json["data"] == [{"name": "tried"}]
    assert visit.console_errors == []


def test_without_a_token_it_uses_its_own_sandbox(
    visit: Visit, serve: Callable[..., Server]
) -> None:
    visit.page.goto(f"{serve(Settings(require_sandbox=True)).url}/docs")
    creation = visit.operation("groups.create")
    creation.get_by_role("button", name="Execute").click()
    wait_for_text(status(creation), "201")
    assert visit.console_errors == []
