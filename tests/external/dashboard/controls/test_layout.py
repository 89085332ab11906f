"""The layout of the Controls page with all cards in use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import Client
from tests.external.dashboard.conftest import LARGE, SMALL, THEMES, expect
from tests.external.dashboard.console_errors import expect_console_errors
from tests.external.dashboard.controls.page import HOSTILE, open_page

if TYPE_CHECKING:
    from tests.external.dashboard.conftest import Visit

pytestmark = pytest.mark.external


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", [LARGE, SMALL], ids=["large", "small"])
def test_a_full_page_is_accessible_and_fits(
    visit_as: Callable[..., Visit],
    client: Client,
    axe: Any,
    theme: str,
    size: Any,
    tmp_path: Path,
) -> None:
    message = {"type": "error", "status": 500, "message": HOSTILE * 3}
    client.post("/_sandbox/faults", json={"fault": message, "match": {"path": "/v1/" + "x" * 80}})
    for name in ("ready", "x" * 64):
        client.put(f"/_sandbox/snapshots/{name}", json={})
    client.put("/_sandbox/rate-limit", json={"limit": 3, "window_seconds": 60})
    client.get("/v1/contacts")
    visit = visit_as(theme, size)
    page = open_page(visit)
    for name in ("Schema drift", "Messages fail twice", "+1 min", "Set latency"):
        page.get_by_role("button", name=name).click()
    client.post("/_sandbox/faults", json={"fault": "truncate", "times": 1})
    expect(page.locator(".shadowed").last).to_be_visible()
    page.get_by_text("Add another rule").click()
    page.get_by_text("Show JSON").first.click()
    page.get_by_label("Name").fill("no name")
    page.get_by_role("button", name="Take snapshot").click()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator(".action-error:not(:empty)")).to_have_count(2)
    expect(page.locator("#advance-result")).to_contain_text("1 action was due:")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.screenshot(path=tmp_path / f"controls-{theme}-{size['width']}.png", full_page=True)
    page.get_by_role("button", name="Reset everything").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert axe(page) == []
    expect_console_errors(visit, 400)
    visit.check()


@pytest.mark.parametrize("theme", THEMES)
def test_targets_are_large_enough(visit_as: Callable[..., Visit], theme: str) -> None:
    page = open_page(visit_as(theme, SMALL))
    page.get_by_role("button", name="Truncated response").click()
    expect(page.locator("#rules > li")).to_have_count(1)
    small = page.locator("main :is(button, input, select, summary):visible").evaluate_all(
        """all => all.filter(element => {
            const label = element.closest("label.inline");
            const { width, height } = (label ?? element).getBoundingClientRect();
            return width < 24 || height < 24;
        }).map(element => element.outerHTML.slice(0, 100))"""
    )
    assert small == []
