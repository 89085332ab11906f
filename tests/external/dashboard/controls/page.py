"""Helpers for the tests of the Controls page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.conftest import Client
from tests.external.dashboard.conftest import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.external.dashboard.conftest import Visit

PATH = "/dashboard/controls"
HOSTILE = "<img src=x onerror=alert(1)>"
FRANK = "/v1/contacts/WAz8eIbvDR60rouK"
CHAT = "xgQQXg3hrtjh7AvZ"


def open_page(visit: Visit) -> Page:
    """Open the page and wait until it shows the sandbox."""
    page = visit.open(PATH)
    expect(page.locator("#clock-now")).not_to_have_text("…")
    return page


def card(page: Page, title: str) -> Any:
    return page.get_by_role("region", name=title)


def faults(client: Client) -> list[Any]:
    rules: list[Any] = client.get("/_sandbox/faults").json["data"]
    return rules


def notices(page: Page) -> Any:
    return page.locator("#notices")
