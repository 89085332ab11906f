"""The page's connection: sandbox, token, and errors without a server."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from mockserver.settings import Settings
from tests.conftest import Client
from tests.external.dashboard.conftest import expect
from tests.external.dashboard.console_errors import expect_console_errors
from tests.external.dashboard.controls.page import PATH, open_page

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from mockserver.server.server import Server
    from tests.external.dashboard.conftest import Visit

pytestmark = pytest.mark.external
HIDE = """hidden => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def enter_token(page: Page, token: str) -> None:
    """Fill the dialog that asks for a token."""
    page.get_by_label("Token", exact=True).fill(token)
    page.get_by_role("button", name="Use token").click()


def test_a_deleted_sandbox_is_reported_and_not_recreated(visit: Visit, client: Client) -> None:
    page = open_page(visit)
    name = client.token.removeprefix("sandbox_")
    client.delete(f"/_sandbox/sandboxes/{name}")
    expect(page.get_by_role("alert").filter(has_text="was deleted")).to_contain_text(name)
    with page.expect_response(lambda response: "/counters" in response.url) as polled:
        pass
    assert polled.value.status == 404
    names = [sandbox["name"] for sandbox in client.get("/_sandbox/sandboxes").json["data"]]
    assert name not in names
    assert client.post("/_sandbox/sandboxes", json={"name": name}).status == 201
    expect(page.locator("#connection-error")).to_be_empty()
    expect_console_errors(visit, 404)


def test_a_stopped_server_shows_an_error(
    visit: Visit, client: Client, serve: Callable[..., Server]
) -> None:
    server = serve(Settings())
    client.url = server.url
    page = open_page(visit)
    client.pool.clear()
    server.stop()
    expect(page.locator("#connection-error")).to_contain_text("no response from the server")
    page.get_by_role("button", name="Random errors").click()
    expect(page.locator("#card-faults > .action-error")).to_contain_text("no response")
    expect_console_errors(visit, 0)


def test_a_server_with_tokens_asks_for_one(
    visit: Visit, client: Client, serve: Callable[..., Server]
) -> None:
    client.url, client.token = serve(Settings(token=("s3cret",))).url, "s3cret"
    page = visit.page
    page.goto(f"{client.url}{PATH}?sandbox=signup")
    enter_token(page, "s3cret")
    expect(page.locator("#clock-now")).to_have_text("5 May 1992, 23:00:00")
    page.get_by_role("button", name="Truncated response").click()
    expect(page.locator("#rules > li")).to_have_count(1)
    assert len(client.get("/_sandbox/faults?sandbox=signup").json["data"]) == 1
    expect_console_errors(visit, 401)


def test_an_invalid_token_is_not_stored(
    visit: Visit, client: Client, serve: Callable[..., Server]
) -> None:
    client.url, client.token = serve(Settings(token=("s3cret",))).url, "s3cret"
    page = visit.page
    page.goto(f"{client.url}{PATH}?token=t%C3%B6k%E2%82%ACn")
    for token in ("t\u00f6k\u20acn", "s3cret"):
        enter_token(page, token)
    expect(page.locator("#clock-now")).to_have_text("5 May 1992, 23:00:00")
    expect_console_errors(visit, 401)


def test_a_refused_token_shows_an_error(
    visit: Visit, client: Client, serve: Callable[..., Server]
) -> None:
    client.url, client.token = serve(Settings(token=("s3cret",))).url, "s3cret"
    page = visit.page
    page.goto(f"{client.url}{PATH}?sandbox=signup")
    refused = page.get_by_role("dialog").get_by_role("alert")
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(refused).to_be_hidden()
    enter_token(page, "secret")
    expect(refused).to_have_text("The server did not accept this token.")
    enter_token(page, "s3cret")
    expect(page.locator("#clock-now")).to_have_text("5 May 1992, 23:00:00")
    expect_console_errors(visit, 401)


def test_a_cancelled_token_is_not_stored(
    visit: Visit, client: Client, serve: Callable[..., Server]
) -> None:
    client.url, client.token = serve(Settings(token=("s3cret",))).url, "s3cret"
    page = visit.page
    page.goto(f"{client.url}{PATH}?sandbox=signup")
    page.get_by_label("Token", exact=True).fill("incompl")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_visible()  # the next poll asks again
    assert page.evaluate("sessionStorage.length") == 0
    expect_console_errors(visit, 401)


@pytest.mark.parametrize("name", ["no name", "", "x" * 65])
def test_an_invalid_sandbox_name_is_refused(visit: Visit, name: str) -> None:
    page = open_page(visit)
    url = page.url
    page.once("dialog", lambda dialog: dialog.accept(name))
    page.locator("#sandbox").select_option("New sandbox…")
    notice = page.locator(".notice.bad")
    expect(notice).to_contain_text(f"'{name}' is not a valid sandbox name: use 1 to 64 letters")
    assert page.url == url


def test_another_sandbox_is_opened_by_its_name(visit: Visit) -> None:
    page = open_page(visit)
    page.once("dialog", lambda dialog: dialog.accept("tea_time"))
    page.locator("#sandbox").select_option("New sandbox…")
    page.wait_for_url("**/dashboard/controls?sandbox=tea_time")
    expect(page.locator("#sandbox")).to_have_value("tea_time")


def test_a_hidden_page_does_not_poll(visit: Visit) -> None:
    visit.page.clock.install()
    page = open_page(visit)
    page.evaluate(HIDE, True)
    page.clock.run_for(2000)  # requests in flight
    page.wait_for_load_state("networkidle")
    before = len(visit.requested)
    page.clock.run_for(20_000)
    page.wait_for_load_state("networkidle")
    assert len(visit.requested) == before
    with page.expect_request("**/_sandbox/faults*"):
        page.evaluate(HIDE, False)
