"""The Snapshots card."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conftest import Client
from tests.external.dashboard.conftest import expect
from tests.external.dashboard.console_errors import expect_console_errors
from tests.external.dashboard.controls.page import FRANK, HOSTILE, card, notices, open_page

if TYPE_CHECKING:
    from tests.external.dashboard.conftest import Visit

pytestmark = pytest.mark.external


def test_a_snapshot_is_taken_restored_and_deleted(visit: Visit, client: Client) -> None:
    page = open_page(visit)
    snapshots = card(page, "Snapshots")
    snapshots.get_by_label("Name").fill("ready")
    snapshots.get_by_role("button", name="Take snapshot").click()
    expect(snapshots.get_by_role("listitem")).to_contain_text("ready")
    assert client.get("/_sandbox/snapshots").json["data"] == [{"name": "ready"}]
    client.delete(FRANK)
    snapshots.get_by_role("button", name="Restore ready").click()
    expect(notices(page)).to_contain_text("Snapshot ready restored.")
    assert client.get(FRANK).status == 200
    snapshots.get_by_role("button", name="Delete ready").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(snapshots.get_by_role("listitem")).to_have_count(0)
    expect(snapshots.get_by_text("No snapshots yet.")).to_be_visible()
    assert client.get("/_sandbox/snapshots").json["data"] == []


def test_a_snapshot_is_replaced_only_on_confirmation(visit: Visit, client: Client) -> None:
    client.put("/_sandbox/snapshots/ready", json={})
    client.delete(FRANK)
    page = open_page(visit)
    snapshots = card(page, "Snapshots")
    expect(snapshots.get_by_role("listitem")).to_have_count(1)
    for response in ("Cancel", "Replace"):
        snapshots.get_by_label("Name").fill("ready")
        snapshots.get_by_role("button", name="Take snapshot").click()
        page.get_by_role("dialog").get_by_role("button", name=response).click()
        expect(page.get_by_role("dialog")).to_have_count(0)
    expect(snapshots.get_by_label("Name")).to_have_value("")
    client.post("/_sandbox/snapshots/ready/restore", json={})
    assert client.get(FRANK).status == 404


def test_an_invalid_snapshot_name_is_refused(visit: Visit) -> None:
    page = open_page(visit)
    snapshots = card(page, "Snapshots")
    snapshots.get_by_label("Name").fill(HOSTILE)
    page.keyboard.press("Enter")
    refusal = page.locator("#take-snapshot .action-error")
    expect(refusal).to_contain_text(HOSTILE)
    expect(refusal).to_contain_text("1 to 64 letters")
    expect(snapshots.get_by_label("Name")).to_have_value(HOSTILE)
    assert page.locator("img[src=x]").count() == 0
    expect_console_errors(visit, 400)
