"""The Reset card: everything, or selected parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mockserver.sandbox.sandbox import PARTS
from tests.conftest import Client
from tests.external.dashboard.conftest import expect
from tests.external.dashboard.controls.page import FRANK, card, faults, notices, open_page

if TYPE_CHECKING:
    from tests.external.dashboard.conftest import Visit

pytestmark = pytest.mark.external


def test_everything_is_reset_on_confirmation(visit: Visit, client: Client) -> None:
    client.delete(FRANK)
    client.post("/_sandbox/faults", json={"fault": "truncate"})
    page = open_page(visit)
    button = page.get_by_role("button", name="Reset everything")
    button.click()
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    assert len(faults(client)) == 1
    expect(button).to_be_focused()
    button.click()
    page.get_by_role("dialog").get_by_role("button", name="Reset everything").click()
    expect(notices(page)).to_contain_text("Everything is reset.")
    assert faults(client) == []
    assert client.get(FRANK).status == 200
    expect(page.locator("#no-rules")).to_be_visible()


def test_only_selected_parts_are_reset(visit: Visit, client: Client) -> None:
    client.delete(FRANK)
    client.post("/_sandbox/faults", json={"match": {"method": "PUT"}, "fault": "truncate"})
    page = open_page(visit)
    reset = card(page, "Reset")
    reset.get_by_label("Faults").check()
    reset.get_by_label("Journal").check()
    reset.get_by_role("button", name="Reset selected").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Journal, Faults.")
    dialog.get_by_role("button", name="Reset selected").click()
    expect(notices(page)).to_contain_text("Journal, Faults")
    assert faults(client) == []
    assert client.get("/_sandbox/requests").json["data"] == []
    assert client.get(FRANK).status == 404


def test_each_part_that_can_be_reset_is_offered(visit: Visit) -> None:
    boxes = card(open_page(visit), "Reset").locator("[name=only]")
    offered = boxes.evaluate_all("boxes => boxes.map(box => box.value)")
    assert offered == list(PARTS)


def test_a_reset_of_nothing_is_refused_in_the_form(visit: Visit) -> None:
    page = open_page(visit)
    page.get_by_role("button", name="Reset selected").click()
    expect(page.locator("#reset-parts .action-error")).to_contain_text("choose at least one part")
