"""The Latency card."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.settings import Settings
from tests.conftest import Client
from tests.external.dashboard.conftest import expect
from tests.external.dashboard.console_errors import expect_console_errors
from tests.external.dashboard.controls.page import card, faults, open_page

if TYPE_CHECKING:
    from mockserver.server.server import Server
    from tests.external.dashboard.conftest import Visit

pytestmark = pytest.mark.external


def test_a_fixed_latency_is_set_and_turned_off(visit: Visit, client: Client) -> None:
    page = open_page(visit)
    latency = card(page, "Latency")
    slider = latency.get_by_label("Delay slider (ms)")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(latency.get_by_label("Delay (ms)")).to_have_value("300")
    latency.get_by_label("Delay (ms)").fill("10")
    latency.get_by_role("button", name="Set latency").click()
    expect(page.locator("#latency-tag")).to_have_text("Delay of 10 ms")
    [rule] = faults(client)
    assert rule["id"] == "latency"
    assert rule["fault"] == {"type": "fixed", "fixedDelayMilliseconds": 10}
    latency.get_by_role("button", name="Turn off").click()
    expect(page.locator("#latency-tag")).to_have_text("off")
    assert faults(client) == []


@pytest.mark.parametrize(
    ("kind", "values", "fault"),
    [
        (
            "Uniform",
            {"Minimum (ms)": "1", "Maximum (ms)": "5"},
            {"type": "uniform", "lower": 1, "upper": 5},
        ),
        (
            "Lognormal",
            {"Median (ms)": "5", "Sigma": "0.5", "Maximum (ms)": "9"},
            {"type": "lognormal", "median": 5, "sigma": 0.5, "maxValue": 9},
        ),
    ],
)
def test_random_latencies_are_set(
    visit: Visit, client: Client, kind: str, values: dict[str, str], fault: Any
) -> None:
    page = open_page(visit)
    latency = card(page, "Latency")
    latency.get_by_label(kind).check()
    for label, value in values.items():
        latency.get_by_label(label).locator("visible=true").fill(value)
    latency.get_by_role("button", name="Set latency").click()
    expect(page.locator("#latency-tag")).to_contain_text("Delay of")
    assert [rule["fault"] for rule in faults(client)] == [fault]


def test_latency_comes_after_all_other_faults(visit: Visit, client: Client) -> None:
    page = open_page(visit)
    latency = card(page, "Latency")
    latency.get_by_label("Delay (ms)").fill("5")
    slow = latency.get_by_role("button", name="Set latency")
    slow.click()
    expect(page.locator("#rules > li")).to_have_count(1)
    client.post("/_sandbox/faults", json={"id": "late", "times": 1, "fault": "truncate"})
    expect(page.locator(".shadowed").last).to_contain_text("latency applies to every request")
    latency.get_by_label("Delay (ms)").fill("6")
    slow.click()
    expect(page.locator("#rules .name")).to_have_text(["late", "latency"])
    assert [rule["id"] for rule in faults(client)] == ["late", "latency"]


def test_a_latency_without_effect_shows_why(visit: Visit, client: Client) -> None:
    client.post("/_sandbox/faults", json={"id": "all", "fault": "schema_drift"})
    page = open_page(visit)
    expect(page.locator("#latency-shadow")).to_be_hidden()
    page.get_by_role("button", name="Set latency").click()
    expect(page.locator("#latency-shadow")).to_contain_text("the rule all comes first")


def test_invalid_bounds_are_refused_and_the_latency_stays(visit: Visit, client: Client) -> None:
    fault = {"type": "fixed", "fixedDelayMilliseconds": 7}
    client.post("/_sandbox/faults", json={"id": "latency", "fault": fault})
    page = open_page(visit)
    latency = card(page, "Latency")
    expect(latency.get_by_label("Delay (ms)")).to_have_value("7")
    latency.get_by_label("Uniform").check()
    latency.get_by_label("Minimum (ms)").fill("900")
    latency.get_by_role("button", name="Set latency").click()
    expect(latency.locator(".action-error")).to_contain_text("must not be less than lower, 900")
    assert [rule["fault"] for rule in faults(client)] == [fault]
    expect_console_errors(visit, 400)


def test_the_servers_latency_setting_is_shown(
    visit: Visit, client: Client, serve: Callable[..., Server]
) -> None:
    client.url = serve(Settings(latency="1-2")).url
    page = open_page(visit)
    expect(card(page, "Latency")).to_contain_text("the setting --latency 1-2")
