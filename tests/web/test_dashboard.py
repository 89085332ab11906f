"""The dashboard over HTTP: a strict content security policy, and no external resources."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.server import Server
from mockserver.settings import Settings
from mockserver.web.dashboard.page import PAGES

if TYPE_CHECKING:
    from tests.conftest import Client

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def fetch(client: Client, path: str) -> tuple[Any, str]:
    response = client.pool.request("GET", client.url + path)
    assert response.status == 200, response.data
    return response.headers, response.data.decode()


@each_page
def test_a_page_needs_no_token(client: Client, page: Any) -> None:
    headers, text = fetch(client, page.path)
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert f"<title>{page.title} · mockserver</title>" in text
    assert f'<a href="{page.path}" aria-current="page">' in text


@each_page
def test_the_content_security_policy_has_no_exceptions(client: Client, page: Any) -> None:
    policy = fetch(client, page.path)[0]["Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert set(rules.values()) == {"'none'", "'self'", "'script'"}
    for name in ("default-src", "base-uri", "form-action", "frame-ancestors", "trusted-types"):
        assert rules[name] == "'none'"


@each_page
def test_every_resource_of_a_page_is_served_here(client: Client, page: Any) -> None:
    text = fetch(client, page.path)[1]
    # The page has no inline script or style.
    assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?![^>]*\ssrc=)", text)
    paths = set(re.findall(r'(?:src|<link[^>]*href)="([^"]+)"', text))
    assert len(paths) > 5
    seen: set[str] = set()
    while paths - seen:
        path = min(paths - seen)
        seen.add(path)
        headers, content = fetch(client, path)
        assert headers["X-Content-Type-Options"] == "nosniff"
        if path.endswith(".js"):
            assert headers["Content-Type"] == "text/javascript; charset=utf-8"
            imports = re.findall(r'(?:from|import) "\./([\w.-]+)"', content)
            paths |= {f"/dashboard/scripts/{name}" for name in imports}


def test_a_page_shows_the_selected_sandbox(client: Client) -> None:
    text = fetch(client, "/?sandbox=signup")[1]
    assert 'data-sandbox="signup"' in text
    assert 'href="/dashboard/requests?sandbox=signup"' in text
    assert 'data-sandbox="default"' in fetch(client, "/")[1]


@pytest.mark.parametrize("name", ["a.b", "%22%3E%3Cscript%3E", "x" * 65])
def test_an_invalid_sandbox_name_is_a_400(client: Client, name: str) -> None:
    client.get(f"/?sandbox={name}").refused(400, "sandbox", "letters")


def test_require_sandbox_selects_another_sandbox(
    client: Client, serve: Callable[..., Server]
) -> None:
    strict = type(client)(serve(Settings(require_sandbox=True)).url, client.token, client.pool)
    assert 'data-sandbox="dashboard"' in fetch(strict, "/")[1]
    strict.get("/?sandbox=default").refused(400, "--require-sandbox", "'dashboard'")


@pytest.mark.parametrize(
    "path",
    [
        *("scripts/nothing.js", "scripts/page.py", "pages/layout.html", "scripts/%2e%2e"),
        *("styles/modern-normalize.LICENSE", "scripts/..%2fpage.py", "scripts/a%00.js", "nothing"),
    ],
)
def test_any_other_path_is_a_404(client: Client, path: str) -> None:
    client.get(f"/dashboard/{path}").refused(404)


def test_vendored_styles_state_licence_and_version(client: Client) -> None:
    text = fetch(client, "/dashboard/styles/modern-normalize.css")[1]
    assert re.match(r"/\*! modern-normalize v\d+\.\d+\.\d+ \| MIT License", text)
