"""The Clock card: mode, time and advancing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.conftest import Client
from tests.external.dashboard.conftest import expect
from tests.external.dashboard.console_errors import expect_console_errors
from tests.external.dashboard.controls.page import CHAT, HOSTILE, card, open_page

if TYPE_CHECKING:
    from tests.external.dashboard.conftest import Visit

pytestmark = pytest.mark.external
START = 705106800


@pytest.mark.parametrize(("button", "mode"), [("Frozen", "frozen"), ("Real", "real")])
def test_the_clock_mode_is_changed_and_changed_back(
    visit: Visit, client: Client, button: str, mode: str
) -> None:
    page = open_page(visit)
    clock = card(page, "Clock")
    step = clock.get_by_role("button", name="Step")
    expect(step).to_have_attribute("aria-pressed", "true")
    other = clock.get_by_role("button", name=button)
    other.click()
    expect(other).to_have_attribute("aria-pressed", "true")
    expect(step).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#clock-mode")).to_have_text(mode)
    assert client.get("/_sandbox/clock").json["mode"] == mode
    step.click()
    expect(step).to_have_attribute("aria-pressed", "true")
    assert client.get("/_sandbox/clock").json["mode"] == "step"


def test_the_clock_speed_is_shown(visit: Visit, client: Client) -> None:
    client.put("/_sandbox/clock", json={"mode": "real", "speed": 1000})
    page = open_page(visit)
    expect(page.locator("#clock-about")).to_contain_text("1,000 times as fast as the machine")
    client.put("/_sandbox/clock", json={"speed": 1})
    expect(page.locator("#clock-about")).to_contain_text("Follows the machine")


def test_the_clock_is_set_to_a_moment_in_utc(
    visit_as: Callable[..., Visit], client: Client
) -> None:
    visit = visit_as(timezone_id="Asia/Kolkata")
    page = open_page(visit)
    field = page.get_by_label("Date and time (UTC)")
    expect(field).to_have_value("1992-05-05T23:00")
    field.fill("2026-02-28T23:59:58")
    card(page, "Clock").get_by_role("button", name="Set").click()
    expect(page.locator("#clock-now")).to_have_text("28 Feb 2026, 23:59:58")
    assert client.get("/_sandbox/clock").json == {"mode": "step", "now": 1772323198}
    visit.check()


@pytest.mark.parametrize(("name", "seconds"), [("+1 min", 60), ("+1 h", 3600), ("+1 day", 86400)])
def test_a_button_advances_the_clock(visit: Visit, client: Client, name: str, seconds: int) -> None:
    page = open_page(visit)
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.locator("#advance-result")).to_contain_text("Nothing was due.")
    assert client.get("/_sandbox/clock").json["now"] == START + seconds


@pytest.mark.parametrize(
    ("amount", "unit", "seconds"),
    [("90", "seconds", 90), ("5", "minutes", 300), ("2.3", "hours", 8280), ("3", "days", 259200)],
)
def test_the_clock_advances_by_a_chosen_amount(
    visit: Visit, client: Client, amount: str, unit: str, seconds: int
) -> None:
    page = open_page(visit)
    page.get_by_label("Advance by").fill(amount)
    page.locator("#advance").get_by_label("Unit").select_option(unit)
    page.get_by_role("button", name="Advance", exact=True).click()
    expect(page.locator("#advance-result")).to_contain_text("Nothing else is scheduled.")
    assert client.get("/_sandbox/clock").json["now"] == START + seconds


def test_actions_due_while_advancing_are_listed(visit: Visit, client: Client) -> None:
    inbox = f"{client.url}/_sandbox/inbox/app?sandbox={client.token.removeprefix('sandbox_')}"
    client.put("/_sandbox/inbox/app", json={"answers": [500]})
    client.post("/_sandbox/webhooks", json={"url": inbox, "events": ["message.*"]})
    client.put("/_sandbox/rate-limit", json={"limit": 9, "window_seconds": 3})
    client.post("/v1/messages", json={"conversation_id": CHAT, "message": HOSTILE})
    client.post("/_sandbox/webhooks/wait", json={"match": {"state": "retrying"}, "timeout": 5})
    page = open_page(visit)
    page.get_by_role("button", name="+1 min", exact=True).click()
    result = page.locator("#advance-result")
    expect(result.get_by_role("listitem").first).to_contain_text("rate limit window ended")
    expect(result.get_by_role("listitem").nth(1)).to_contain_text("message.created")
    expect(result.get_by_role("listitem").nth(1)).to_contain_text("attempt 2")
    expect(result).to_contain_text("Still scheduled: 1, the first at")


def test_an_invalid_amount_is_refused_in_the_form(visit: Visit, client: Client) -> None:
    page = open_page(visit)
    page.get_by_label("Advance by").fill("9999999999")
    page.get_by_role("button", name="Advance", exact=True).click()
    expect(page.locator("#advance .action-error")).to_contain_text("seconds")
    page.get_by_label("Advance by").fill("")
    page.get_by_role("button", name="Advance", exact=True).click()
    expect(page.locator("#advance .action-error")).to_contain_text("is required")
    assert client.get("/_sandbox/clock").json["now"] == START
    expect_console_errors(visit, 400)
