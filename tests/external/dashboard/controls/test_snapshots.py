"""Snapshots by a click."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conftest import Client
from tests.external.dashboard.conftest import expect
from tests.external.dashboard.console_errors import expect_console_errors
from tests.external.dashboard.controls.panel import FRANK, HOSTILE, card, notices, open_panel

if TYPE_CHECKING:
    from tests.external.dashboard.conftest import Visit

pytestmark = pytest.mark.external


def test_a_snapshot_is_taken_restored_and_deleted(visit: Visit, client: Client) -> None:
    page = open_panel(visit)
    shots = card(page, "Snapshots")
    shots.get_by_label("Name").fill("ready")
    shots.get_by_role("button", name="Take snapshot").click()
    expect(shots.get_by_role("listitem")).to_contain_text("ready")
    assert client.get("/_sandbox/snapshots").json["data"] == [{"name": "ready"}]
    client.delete(FRANK)
    shots.get_by_role("button", name="Restore ready").click()
    expect(notices(page)).to_contain_text("Snapshot ready restored.")
    assert client.get(FRANK).status == 200
    shots.get_by_role("button", name="Delete ready").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(shots.get_by_role("listitem")).to_have_count(0)
    expect(shots.get_by_text("No snapshots yet.")).to_be_visible()
    assert client.get("/_sandbox/snapshots").json["data"] == []


def test_a_snapshot_is_taken_anew_only_after_a_question(visit: Visit, client: Client) -> None:
    client.put("/_sandbox/snapshots/ready", json={})
    client.delete(FRANK)
    page = open_panel(visit)
    shots = card(page, "Snapshots")
    expect(shots.get_by_role("listitem")).to_have_count(1)
    for answer in ("Cancel", "Replace"):
        shots.get_by_label("Name").fill("ready")
        shots.get_by_role("button", name="Take snapshot").click()
        page.get_by_role("dialog").get_by_role("button", name=answer).click()
        expect(page.get_by_role("dialog")).to_have_count(0)
    expect(shots.get_by_label("Name")).to_have_value("")
    client.post("/_sandbox/snapshots/ready/restore", json={})
    assert client.get(FRANK).status == 404


def test_a_name_that_no_snapshot_may_have_is_refused_as_text(visit: Visit) -> None:
    page = open_panel(visit)
    shots = card(page, "Snapshots")
    shots.get_by_label("Name").fill(HOSTILE)
    page.keyboard.press("Enter")
    refusal = page.locator("#take-snapshot .action-error")
    expect(refusal).to_contain_text(HOSTILE)
    expect(refusal).to_contain_text("1 to 64 letters")
    expect(shots.get_by_label("Name")).to_have_value(HOSTILE)
    assert page.locator("img[src=x]").count() == 0
    expect_console_errors(visit, 400)
