"""The Rate limit card."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conftest import Client
from tests.external.dashboard.conftest import expect
from tests.external.dashboard.console_errors import expect_console_errors
from tests.external.dashboard.controls.page import card, open_page

if TYPE_CHECKING:
    from tests.external.dashboard.conftest import Visit

pytestmark = pytest.mark.external


@pytest.mark.parametrize("clock", ["sandbox", "real"])
def test_a_rate_limit_is_set_shown_and_removed(visit: Visit, client: Client, clock: str) -> None:
    page = open_page(visit)
    limit = card(page, "Rate limit")
    limit.get_by_label("Requests").fill("2")
    limit.get_by_label("Window (seconds)").fill("600")
    limit.get_by_label("Clock").select_option(clock)
    limit.get_by_role("button", name="Set rate limit").click()
    expect(page.locator("#limit-tag")).to_have_text("0 of 2 used")
    expect(limit).to_contain_text("A window starts with the next request.")
    expected = {"limit": 2, "window_seconds": 600, "clock": clock, "used": 0, "reset": None}
    assert client.get("/_sandbox/rate-limit").json == expected
    assert [client.get("/v1/contacts").status for _ in range(3)] == [200, 200, 429]
    expect(page.locator("#limit-tag")).to_have_text("2 of 2 used")
    expect(page.locator("#limit-window")).to_contain_text("Further requests get 429")
    assert page.get_by_role("meter").evaluate("meter => [meter.value, meter.max]") == [2, 2]
    limit.get_by_role("button", name="Turn off").click()
    expect(page.locator("#limit-tag")).to_have_text("off")
    assert client.get("/v1/contacts").status == 200


def test_an_invalid_limit_is_refused_in_the_form(visit: Visit, client: Client) -> None:
    page = open_page(visit)
    limit = card(page, "Rate limit")
    limit.get_by_label("Window (seconds)").fill("0")
    limit.get_by_label("Requests").fill("")
    limit.get_by_role("button", name="Set rate limit").click()
    expect(limit.locator(".action-error li")).to_have_count(2)
    assert client.get("/_sandbox/rate-limit").status == 404
    expect_console_errors(visit, 400)
