"""The guide's recipe for Playwright: a page of another origin, and a sandbox by its base URL."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mockserver.server import Server

if TYPE_CHECKING:
    from tests.guide.conftest import Run
    from tests.guide.snippets import Document

pytestmark = pytest.mark.external


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[str]:
    """Where the test's folder is served: to a browser, another origin than the API's."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()


@pytest.fixture
def command(snippets: Document, origin: str) -> str:
    return snippets.command("test_page.py").replace("http://127.0.0.1:8000", origin)


def test_a_click_sends_a_message_after_a_preflight(
    command: str,
    snippets: Document,
    run: Run,
    serve: Callable[..., Server],
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    snippets.write(tmp_path, "page.html", "test_page.py")
    with caplog.at_level(logging.INFO, "mockserver"):
        done = run(f"MOCKSERVER_URL={serve().url} {command}")
    assert done.returncode == 0, done.stdout + done.stderr
    calls = [record.getMessage().split() for record in caplog.records]
    path = next(path for method, path, *_ in calls if method == "OPTIONS")
    assert path.startswith("/s/")
    seen = [(method, status) for method, where, status, *_ in calls if where == path]
    assert seen == [("OPTIONS", "204"), ("POST", "201")]


def test_a_page_that_is_refused_fails_the_test(
    command: str, snippets: Document, run: Run, tmp_path: Path
) -> None:
    snippets.write(tmp_path, "page.html", "test_page.py")
    page = tmp_path / "page.html"
    page.write_text(page.read_text(encoding="utf-8").replace("Bearer fixed", "Bearer revoked_1"))
    done = run(command)
    assert done.returncode == 1
    assert "401" in done.stdout
