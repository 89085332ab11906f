"""The dashboard in Debian's chromium: what it complains of and whom it calls is looked at."""

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


def expect(shown: Any) -> Any:
    """Playwright's, with patience for a busy machine."""
    from playwright.sync_api import expect

    expect.set_options(timeout=20_000)
    return expect(shown)


@dataclass
class Visit:
    """A page of the dashboard, with all that its console said, and all that it called."""

    page: Page
    client: Client
    console_errors: list[str] = field(default_factory=list)
    called: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(20_000)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.console_errors.append(str(error)))
        self.page.on("request", lambda request: self.called.append(request.url))

    def _heard(self, said: Any) -> None:
        if said.type in ("error", "warning"):
            self.console_errors.append(said.text)

    def open(self, path: str = "/", **query: str) -> Page:
        """A panel, about the client's sandbox."""
        self.client.get("/_sandbox/counters")  # so that the sandbox is there
        name = self.client.token.removeprefix("sandbox_")
        words = "".join(f"&{key}={value}" for key, value in query.items())
        self.page.goto(f"{self.client.url}{path}?sandbox={name}{words}")
        return self.page

    def shot(self, folder: Path, name: str) -> None:
        """A screenshot, to be looked at."""
        self.page.screenshot(path=folder / f"{name}.png", full_page=False)

    def is_clean(self) -> None:
        """Check that nothing was complained of, and nobody else was called."""
        assert self.console_errors == []
        assert [each for each in self.called if not each.startswith(f"{self.client.url}/")] == []


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Here, since this file is read where Playwright is not, too. Not for the session: only one
    # Playwright can run at a time, and others want it too.
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        yield browser
        browser.close()


@pytest.fixture
def visit_as(browser: Browser, client: Client) -> Iterator[Callable[..., Visit]]:
    """Visits with a theme and a size: ``visit_as("dark", SMALL)``."""
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
    """A visit that complains of nothing, and calls nobody else."""
    visit = visit_as()
    yield visit
    visit.is_clean()


@pytest.fixture(scope="session")
def axe(npm: Callable[..., Path]) -> Callable[[Page], list[str]]:
    """What axe-core (npm) finds against WCAG 2.2 AA on a page: its rule and the element."""
    script = (npm("axe-core@4") / "node_modules/axe-core/axe.min.js").read_text("utf-8")
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

    def violations(page: Page) -> list[str]:
        # By the debugger, since the page's policy lets no script in.
        session = page.context.new_cdp_session(page)
        call = f"axe.run(document, {{runOnly: {json.dumps(tags)}}}).then(r => JSON.stringify(r))"
        session.send("Runtime.evaluate", {"expression": script})
        told = session.send("Runtime.evaluate", {"expression": call, "awaitPromise": True})
        found = json.loads(told["result"]["value"])
        assert found["passes"], "axe has looked at nothing"
        return [
            f"{rule['id']}: {node['target']} {node['html'][:120]}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]

    return violations
