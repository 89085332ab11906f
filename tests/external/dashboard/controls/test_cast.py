"""The cast, put on stage, watched and sent home on the page of the controls."""

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
    return page.get_by_role("region", name="Cast")


def put_on(shown: Any, script: str) -> None:
    shown.locator("select[name=script]").select_option(script)
    shown.get_by_role("button", name="Put on stage").click()


def test_a_cast_is_put_on_stage_plays_and_is_sent_home(visit: Visit, client: Client) -> None:
    shown = card(visit)
    expect(shown.get_by_text("Nobody is on stage.")).to_be_visible()
    put_on(shown, "office")
    expect(shown.locator("#people-title")).to_have_text("“office” is on stage, with the seed 0")
    people = client.get("/_sandbox/cast").json["people"]
    expect(shown.locator("#people b")).to_have_text([each["name"] for each in people])
    for _ in range(12):
        shown.get_by_role("button", name="An hour at once").click()
    lines = client.get("/_sandbox/transcript?limit=10000").json["data"]
    expect(shown.locator("#said li").last).to_contain_text(lines[-1]["name"])
    expect(shown.locator("#acts")).to_contain_text(" message")
    shown.get_by_role("button", name="Send them home").click()
    visit.page.get_by_role("dialog").get_by_role("button", name="Send them home").click()
    expect(shown.get_by_text("Nobody is on stage.")).to_be_visible()
    client.get("/_sandbox/cast").refused(404, "no cast")


def test_it_comes_alive_by_a_click_and_goes_on_from_the_same_moment(
    visit: Visit, client: Client
) -> None:
    before = client.get("/_sandbox/clock").json["now"]
    shown = card(visit)
    put_on(shown, "support-queue")
    shown.get_by_role("button", name="A minute a second").click()
    expect(visit.page.locator("#clock-mode")).to_have_text("real")
    clock = client.get("/_sandbox/clock").json
    assert (clock["mode"], clock["speed"]) == ("real", 60)
    assert before <= clock["now"] < before + 86400


def test_a_script_of_ones_own_comes_from_a_file_and_is_shown_as_text(
    visit: Visit, client: Client
) -> None:
    shown = card(visit)
    file: Any = {"name": "own.json", "mimeType": "application/json"}
    shown.get_by_label("Or a script of your own").set_input_files(
        {**file, "buffer": json.dumps(SCRIPT).encode()}
    )
    shown.get_by_label("Seed").fill("7")
    shown.get_by_role("button", name="Put on stage").click()
    expect(shown.locator("#people-title")).to_have_text(f"“{HOSTILE}” is on stage, with the seed 7")
    shown.get_by_role("button", name="An hour at once").click()
    shown.get_by_role("button", name="An hour at once").click()
    expect(shown.locator("#people b")).to_have_text([HOSTILE])
    assert shown.locator("img").count() == 0
    assert client.get("/_sandbox/cast").json["seed"] == "7"


@pytest.mark.parametrize(
    ("text", "said"), [("{", "own.json is no JSON"), ('{"version": 1, "name": "x"}', "people")]
)
def test_what_is_wrong_with_a_script_is_told_and_nobody_comes(
    visit_as: Callable[..., Visit], client: Client, text: str, said: str
) -> None:
    shown = card(visit_as())
    shown.get_by_label("Or a script of your own").set_input_files(
        {"name": "own.json", "mimeType": "application/json", "buffer": text.encode()}
    )
    shown.get_by_role("button", name="Put on stage").click()
    expect(shown.locator("#put-on .refusal")).to_contain_text(said)
    client.get("/_sandbox/cast").refused(404, "no cast")


def test_a_cast_that_comes_and_goes_elsewhere_is_seen(visit_as: Any, client: Client) -> None:
    shown = card(visit_as())
    client.put("/_sandbox/cast", json={"script": "office"})
    expect(shown.locator("#people-title")).to_contain_text("office")
    client.delete("/_sandbox/cast")
    expect(shown.locator("#no-cast")).to_be_visible()
    expect(shown.locator("#on-stage")).to_be_hidden()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", [LARGE, SMALL], ids=["large", "small"])
def test_a_cast_on_stage_is_accessible_and_fits(
    visit_as: Callable[..., Visit],
    axe: Callable[[Page], list[str]],
    client: Client,
    theme: str,
    size: Any,
) -> None:
    client.put("/_sandbox/cast", json={"script": "office"})
    client.post("/_sandbox/clock/advance", json={"seconds": 50_000})
    visit = visit_as(theme, size)
    shown = card(visit)
    expect(shown.locator("#said li").last).to_be_attached()
    assert axe(visit.page) == []
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    visit.is_clean()
