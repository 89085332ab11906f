"""What a web page of another origin can do and read, in chromium."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.server import Server
from mockserver.settings import Settings
from mockserver.web.app import create_app

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.external
#: Fetches a path; returns the status, a header and the length of the text.
FETCH = """async ([url, header, options]) => {
  const response = await fetch(url, options);
  return [response.status, response.headers.get(header), (await response.text()).length];
}"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(create_app(Settings(assets="local")), max_body=1000) as server:
        yield server


@pytest.fixture(scope="module")
def page(server: Server) -> Iterator[Page]:
    """A page of the origin http://localhost, which is not that of http://127.0.0.1."""
    # Imported here, as pytest also reads this file without Playwright.
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        page = browser.new_page()
        page.goto(f"http://localhost:{server.port}/_sandbox/health")
        yield page
        browser.close()


@pytest.mark.parametrize("credentials", ["include", "omit"])
def test_a_page_can_read_every_response(page: Page, server: Server, credentials: str) -> None:
    def fetch(path: str, header: str, method: str = "GET", **options: Any) -> Any:
        headers = {"Authorization": "Bearer sandbox_page", **options.pop("headers", {})}
        sent = {"method": method, "headers": headers, "credentials": credentials, **options}
        return page.evaluate(FETCH, [server.url + path, header, sent])

    status, request_id, _ = fetch("/v1/contacts?limit=1", "X-Request-Id")
    assert (status, request_id[:4]) == (200, "req_")
    assert fetch("/v1/contacts", "Allow", "PATCH")[:2] == [405, "GET, HEAD, POST"]
    # The server refuses this one before the application sees it.
    json = {"Content-Type": "application/json"}
    refused = fetch("/v1/contacts", "Content-Type", "POST", headers=json, body="x" * 2000)
    assert refused[:2] == [413, "application/json"]
    ten_bytes = {"Range": "bytes=0-9"}
    status, content_range, size = fetch(
        "/_assets/page/avatars/a.jpg", "Content-Range", headers=ten_bytes
    )
    assert (status, size) == (206, 10)
    assert content_range.startswith("bytes 0-9/")
