"""Fixtures that open the dashboard in Debian's chromium, and check its console and requests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.conftest import Client

THEMES = ("light", "dark")
SMALL = {"width": 380, "height": 800}
LARGE = {"width": 1280, "height": 900}


def expect(locator: Any) -> Any:
    """Return Playwright's ``expect``, with a timeout long enough for a busy machine."""
    from playwright.sync_api import expect

    expect.set_options(timeout=20_000)
    return expect(locator)


@dataclass
class Visit:
    """A browser page, its console errors and warnings, and the URLs that it requested."""

    page: Page
    client: Client
    console_errors: list[str] = field(default_factory=list)
    requested: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(20_000)
        self.page.on("console", self._record_message)
        self.page.on("pageerror", lambda error: self.console_errors.append(str(error)))
        self.page.on("request", lambda request: self.requested.append(request.url))

    def _record_message(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.console_errors.append(message.text)

    def open(self, path: str = "/", **query: str) -> Page:
        """Open a page for the client's sandbox."""
        self.client.get("/_sandbox/counters")  # creates the sandbox
        name = self.client.token.removeprefix("sandbox_")
        parameters = "".join(f"&{key}={value}" for key, value in query.items())
        self.page.goto(f"{self.client.url}{path}?sandbox={name}{parameters}")
        return self.page

    def screenshot(self, folder: Path, name: str) -> None:
        """Take a screenshot, for people to look at."""
        self.page.screenshot(path=folder / f"{name}.png", full_page=False)

    def check(self) -> None:
        """Check that the console has no errors, and that no other server was requested."""
        assert self.console_errors == []
        assert [url for url in self.requested if not url.startswith(f"{self.client.url}/")] == []


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Imported here, as pytest also reads this file without Playwright. Not for the session, as only
    # one Playwright can run at a time, and other modules start their own.
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        yield browser
        browser.close()


@pytest.fixture
def visit_as(browser: Browser, client: Client) -> Iterator[Callable[..., Visit]]:
    """Return a function that starts a visit: ``visit_as("dark", SMALL)``."""
    contexts = []

    def start(theme: Any = "light", size: Any = LARGE, **options: Any) -> Visit:
        context = browser.new_context(color_scheme=theme, viewport=size, **options)
        contexts.append(context)
        return Visit(context.new_page(), client)

    yield start
    for context in contexts:
        context.close()


@pytest.fixture
def visit(visit_as: Callable[..., Visit]) -> Iterator[Visit]:
    """Start a visit, and check it after the test."""
    visit = visit_as()
    yield visit
    visit.check()


@pytest.fixture(scope="session")
def axe(npm: Callable[..., Path]) -> Callable[[Page], list[str]]:
    """Return a function that lists a page's violations of WCAG 2.2 AA, found by axe-core (npm)."""
    script = (npm("axe-core@4") / "node_modules/axe-core/axe.min.js").read_text("utf-8")
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

    def violations(page: Page) -> list[str]:
        # Through the debugger, as the page's policy blocks injected scripts.
        session = page.context.new_cdp_session(page)
        call = f"axe.run(document, {{runOnly: {json.dumps(tags)}}}).then(r => JSON.stringify(r))"
        session.send("Runtime.evaluate", {"expression": script})
        response = session.send("Runtime.evaluate", {"expression": call, "awaitPromise": True})
        result = json.loads(response["result"]["value"])
        assert result["passes"], "axe has checked nothing"
        return [
            f"{rule['id']}: {node['target']} {node['html'][:120]}"
            for rule in result["violations"]
            for node in rule["nodes"]
        ]

    return violations
