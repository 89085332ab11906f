"""A page and its server: which sandbox, with which token, and what is told where there is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from mockserver.settings import Settings
from tests.conftest import Client
from tests.external.dashboard.conftest import expect
from tests.external.dashboard.console_errors import expect_console_errors
from tests.external.dashboard.controls.panel import PATH, open_panel

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from mockserver.server.server import Server
    from tests.external.dashboard.conftest import Visit

pytestmark = pytest.mark.external
HIDE = """hidden => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def give(page: Page, token: str) -> None:
    """Answer the dialog that asks for a token."""
    page.get_by_label("Token", exact=True).fill(token)
    page.get_by_role("button", name="Use token").click()


def test_a_sandbox_that_is_gone_is_told_and_not_opened_again(visit: Visit, client: Client) -> None:
    page = open_panel(visit)
    name = client.token.removeprefix("sandbox_")
    client.delete(f"/_sandbox/sandboxes/{name}")
    expect(page.get_by_role("alert").filter(has_text="was deleted")).to_contain_text(name)
    with page.expect_response(lambda answer: "/counters" in answer.url) as again:
        pass
    assert again.value.status == 404
    names = [each["name"] for each in client.get("/_sandbox/sandboxes").json["data"]]
    assert name not in names
    assert client.post("/_sandbox/sandboxes", json={"name": name}).status == 201
    expect(page.locator("#connection-error")).to_be_empty()
    expect_console_errors(visit, 404)


def test_a_server_that_has_stopped_is_told(
    visit: Visit, client: Client, serve: Callable[..., Server]
) -> None:
    server = serve(Settings())
    client.url = server.url
    page = open_panel(visit)
    client.pool.clear()
    server.stop()
    expect(page.locator("#connection-error")).to_contain_text("no response from the server")
    page.get_by_role("button", name="Random errors").click()
    expect(page.locator("#card-faults > .action-error")).to_contain_text("no response")
    expect_console_errors(visit, 0)


def test_a_server_with_tokens_of_its_own_asks_for_one(
    visit: Visit, client: Client, serve: Callable[..., Server]
) -> None:
    client.url, client.token = serve(Settings(token=("s3cret",))).url, "s3cret"
    page = visit.page
    page.goto(f"{client.url}{PATH}?sandbox=signup")
    give(page, "s3cret")
    expect(page.locator("#clock-now")).to_have_text("5 May 1992, 23:00:00")
    page.get_by_role("button", name="Truncated response").click()
    expect(page.locator("#rules > li")).to_have_count(1)
    assert len(client.get("/_sandbox/faults?sandbox=signup").json["data"]) == 1
    expect_console_errors(visit, 401)


def test_a_token_that_can_be_none_is_not_kept(
    visit: Visit, client: Client, serve: Callable[..., Server]
) -> None:
    client.url, client.token = serve(Settings(token=("s3cret",))).url, "s3cret"
    page = visit.page
    page.goto(f"{client.url}{PATH}?token=t%C3%B6k%E2%82%ACn")
    for token in ("t\u00f6k\u20acn", "s3cret"):
        give(page, token)
    expect(page.locator("#clock-now")).to_have_text("5 May 1992, 23:00:00")
    expect_console_errors(visit, 401)


def test_a_token_that_is_refused_is_told_so(
    visit: Visit, client: Client, serve: Callable[..., Server]
) -> None:
    client.url, client.token = serve(Settings(token=("s3cret",))).url, "s3cret"
    page = visit.page
    page.goto(f"{client.url}{PATH}?sandbox=signup")
    refused = page.get_by_role("dialog").get_by_role("alert")
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(refused).to_be_hidden()
    give(page, "secret")
    expect(refused).to_have_text("The server did not accept this token.")
    give(page, "s3cret")
    expect(page.locator("#clock-now")).to_have_text("5 May 1992, 23:00:00")
    expect_console_errors(visit, 401)


def test_a_token_that_is_typed_and_not_given_is_not_kept(
    visit: Visit, client: Client, serve: Callable[..., Server]
) -> None:
    client.url, client.token = serve(Settings(token=("s3cret",))).url, "s3cret"
    page = visit.page
    page.goto(f"{client.url}{PATH}?sandbox=signup")
    page.get_by_label("Token", exact=True).fill("half of i")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_visible()  # by the next pulse
    assert page.evaluate("sessionStorage.length") == 0
    expect_console_errors(visit, 401)


@pytest.mark.parametrize("name", ["no name", "", "x" * 65])
def test_a_name_that_no_sandbox_may_have_is_refused(visit: Visit, name: str) -> None:
    page = open_panel(visit)
    address = page.url
    page.once("dialog", lambda dialog: dialog.accept(name))
    page.locator("#sandbox").select_option("New sandbox…")
    told = page.locator(".notice.bad")
    expect(told).to_contain_text(f"'{name}' is not a valid sandbox name: use 1 to 64 letters")
    assert page.url == address


def test_another_sandbox_is_opened_by_its_name(visit: Visit) -> None:
    page = open_panel(visit)
    page.once("dialog", lambda dialog: dialog.accept("tea_time"))
    page.locator("#sandbox").select_option("New sandbox…")
    page.wait_for_url("**/dashboard/controls?sandbox=tea_time")
    expect(page.locator("#sandbox")).to_have_value("tea_time")


def test_a_page_that_is_not_seen_asks_for_nothing(visit: Visit) -> None:
    visit.page.clock.install()
    page = open_panel(visit)
    page.evaluate(HIDE, True)
    page.clock.run_for(2000)  # what was under way
    page.wait_for_load_state("networkidle")
    before = len(visit.called)
    page.clock.run_for(20_000)
    page.wait_for_load_state("networkidle")
    assert len(visit.called) == before
    with page.expect_request("**/_sandbox/faults*"):
        page.evaluate(HIDE, False)
