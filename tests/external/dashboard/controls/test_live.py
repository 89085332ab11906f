"""Changes made elsewhere while the page is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conftest import Client
from tests.external.dashboard.conftest import expect
from tests.external.dashboard.controls.page import open_page

if TYPE_CHECKING:
    from tests.external.dashboard.conftest import Visit

pytestmark = pytest.mark.external


def test_changes_elsewhere_are_shown_and_typed_text_stays(visit: Visit, client: Client) -> None:
    client.post("/_sandbox/faults", json={"id": "first", "times": 1, "fault": "truncate"})
    page = open_page(visit)
    requests = page.locator("#set-limit").get_by_label("Requests")
    requests.fill("77")
    page.get_by_label("Date and time (UTC)").fill("2001-01-01T00:00:00")
    remove = page.get_by_role("button", name="Remove first")
    remove.focus()
    client.put("/_sandbox/rate-limit", json={"limit": 9, "window_seconds": 30})
    client.put("/_sandbox/snapshots/theirs", json={})
    client.put("/_sandbox/clock", json={"mode": "frozen", "now": 0})
    client.post(
        "/_sandbox/faults", json={"id": "second", "fault": {"type": "error", "status": 500}}
    )
    expect(page.locator("#rules .name")).to_have_text(["first", "second"])
    expect(page.locator("#limit-tag")).to_have_text("0 of 9 used")
    expect(page.locator("#snapshots .name")).to_have_text(["theirs"])
    expect(page.locator("#clock-now")).to_have_text("1 Jan 1970, 00:00:00")
    expect(page.get_by_role("button", name="Frozen")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_label("Window (seconds)")).to_have_value("30")
    expect(requests).to_have_value("77")
    expect(page.get_by_label("Date and time (UTC)")).to_have_value("2001-01-01T00:00")
    expect(remove).to_be_focused()
    expect(page.locator("#summary")).to_contain_text("2 fault rules are active")
