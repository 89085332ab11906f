"""The bots card on the controls page: start, watch and stop bots."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.external.dashboard.conftest import LARGE, SMALL, THEMES, expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.conftest import Client
    from tests.external.dashboard.conftest import Visit

pytestmark = pytest.mark.external
HOSTILE = "<img src=x onerror=alert(1)>"
SCRIPT = {
    "version": 1,
    "name": HOSTILE,
    "people": [{"username": HOSTILE, "awake": ["00:00", "24:00"], "lines": [HOSTILE]}],
}


def card(visit: Visit) -> Any:
    page = visit.open("/dashboard/controls")
    return page.get_by_role("region", name="Bots")


def start_bots(bots_card: Any, script: str) -> None:
    bots_card.locator("select[name=script]").select_option(script)
    bots_card.get_by_role("button", name="Start bots").click()


def test_bots_are_started_watched_and_stopped(visit: Visit, client: Client) -> None:
    bots_card = card(visit)
    expect(bots_card.get_by_text("No bots are running.")).to_be_visible()
    start_bots(bots_card, "office")
    expect(bots_card.locator("#bots-list-title")).to_have_text("Running “office” with seed 0")
    people = client.get("/_sandbox/bots").json["people"]
    expect(bots_card.locator("#bots-list b")).to_have_text([person["name"] for person in people])
    for _ in range(12):
        bots_card.get_by_role("button", name="Advance 1 hour").click()
    lines = client.get("/_sandbox/bots/transcript?limit=10000").json["data"]
    expect(bots_card.locator("#transcript li").last).to_contain_text(lines[-1]["name"])
    expect(bots_card.locator("#action-counts")).to_contain_text(" message")
    bots_card.get_by_role("button", name="Stop bots").click()
    visit.page.get_by_role("dialog").get_by_role("button", name="Stop bots").click()
    expect(bots_card.get_by_text("No bots are running.")).to_be_visible()
    client.get("/_sandbox/bots").refused(404, "no bots")


def test_a_speed_button_starts_the_clock_from_now(visit: Visit, client: Client) -> None:
    before = client.get("/_sandbox/clock").json["now"]
    bots_card = card(visit)
    start_bots(bots_card, "support-queue")
    bots_card.get_by_role("button", name="1 minute per second").click()
    expect(visit.page.locator("#clock-mode")).to_have_text("real")
    clock = client.get("/_sandbox/clock").json
    assert (clock["mode"], clock["speed"]) == ("real", 60)
    assert before <= clock["now"] < before + 86400


def test_an_uploaded_script_is_shown_as_text(visit: Visit, client: Client) -> None:
    bots_card = card(visit)
    file: Any = {"name": "own.json", "mimeType": "application/json"}
    bots_card.get_by_label("Script file (optional)").set_input_files(
        {**file, "buffer": json.dumps(SCRIPT).encode()}
    )
    bots_card.get_by_label("Seed").fill("7")
    bots_card.get_by_role("button", name="Start bots").click()
    expect(bots_card.locator("#bots-list-title")).to_have_text(f"Running “{HOSTILE}” with seed 7")
    bots_card.get_by_role("button", name="Advance 1 hour").click()
    bots_card.get_by_role("button", name="Advance 1 hour").click()
    expect(bots_card.locator("#bots-list b")).to_have_text([HOSTILE])
    assert bots_card.locator("img").count() == 0
    assert client.get("/_sandbox/bots").json["seed"] == "7"


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "own.json is not valid JSON"), ('{"version": 1, "name": "x"}', "people")],
)
def test_an_invalid_script_is_refused_with_its_problem(
    visit_as: Callable[..., Visit], client: Client, text: str, message: str
) -> None:
    bots_card = card(visit_as())
    bots_card.get_by_label("Script file (optional)").set_input_files(
        {"name": "own.json", "mimeType": "application/json", "buffer": text.encode()}
    )
    bots_card.get_by_role("button", name="Start bots").click()
    expect(bots_card.locator("#start-bots .action-error")).to_contain_text(message)
    client.get("/_sandbox/bots").refused(404, "no bots")


def test_bots_started_and_stopped_elsewhere_are_seen(visit_as: Any, client: Client) -> None:
    bots_card = card(visit_as())
    client.put("/_sandbox/bots", json={"script": "office"})
    expect(bots_card.locator("#bots-list-title")).to_contain_text("office")
    client.delete("/_sandbox/bots")
    expect(bots_card.locator("#no-bots")).to_be_visible()
    expect(bots_card.locator("#running-bots")).to_be_hidden()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", [LARGE, SMALL], ids=["large", "small"])
def test_running_bots_are_accessible_and_fit(
    visit_as: Callable[..., Visit],
    axe: Callable[[Page], list[str]],
    client: Client,
    theme: str,
    size: Any,
) -> None:
    client.put("/_sandbox/bots", json={"script": "office"})
    client.post("/_sandbox/clock/advance", json={"seconds": 50_000})
    visit = visit_as(theme, size)
    bots_card = card(visit)
    expect(bots_card.locator("#transcript li").last).to_be_attached()
    assert axe(visit.page) == []
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    visit.check()
