"""The dashboard's pages as they are served: a policy without exceptions, nothing from elsewhere."""

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


def served(client: Client, path: str) -> tuple[Any, str]:
    answer = client.pool.request("GET", client.url + path)
    assert answer.status == 200, answer.data
    return answer.headers, answer.data.decode()


@each_page
def test_a_page_needs_no_token_and_is_a_whole_page(client: Client, page: Any) -> None:
    headers, text = served(client, page.path)
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert f"<title>{page.title} · mockserver</title>" in text
    assert f'<a href="{page.path}" aria-current="page">' in text


@each_page
def test_the_policy_has_no_exceptions(client: Client, page: Any) -> None:
    policy = served(client, page.path)[0]["Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert set(rules.values()) == {"'none'", "'self'", "'script'"}
    for name in ("default-src", "base-uri", "form-action", "frame-ancestors", "trusted-types"):
        assert rules[name] == "'none'"


@each_page
def test_all_that_a_page_is_made_of_comes_from_here_and_is_there(client: Client, page: Any) -> None:
    text = served(client, page.path)[1]
    # No script or style stands in the page itself.
    assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?![^>]*\ssrc=)", text)
    parts = set(re.findall(r'(?:src|<link[^>]*href)="([^"]+)"', text))
    assert len(parts) > 5
    seen: set[str] = set()
    while parts - seen:
        path = min(parts - seen)
        seen.add(path)
        headers, content = served(client, path)
        assert headers["X-Content-Type-Options"] == "nosniff"
        if path.endswith(".js"):
            assert headers["Content-Type"] == "text/javascript; charset=utf-8"
            found = re.findall(r'(?:from|import) "\./([\w.-]+)"', content)
            parts |= {f"/dashboard/scripts/{name}" for name in found}


def test_a_page_is_about_the_sandbox_that_is_asked_for(client: Client) -> None:
    text = served(client, "/?sandbox=signup")[1]
    assert 'data-sandbox="signup"' in text
    assert 'href="/dashboard/requests?sandbox=signup"' in text
    assert 'data-sandbox="default"' in served(client, "/")[1]


@pytest.mark.parametrize("name", ["a.b", "%22%3E%3Cscript%3E", "x" * 65])
def test_what_is_no_sandboxs_name_is_refused(client: Client, name: str) -> None:
    client.get(f"/?sandbox={name}").refused(400, "sandbox", "letters")


def test_where_there_is_no_default_sandbox_one_has_another(
    client: Client, serve: Callable[..., Server]
) -> None:
    strict = type(client)(serve(Settings(require_sandbox=True)).url, client.token, client.pool)
    assert 'data-sandbox="dashboard"' in served(strict, "/")[1]
    strict.get("/?sandbox=default").refused(400, "--require-sandbox", "'dashboard'")


@pytest.mark.parametrize(
    "path",
    [
        *("scripts/nothing.js", "scripts/page.py", "pages/layout.html", "scripts/%2e%2e"),
        *("styles/modern-normalize.LICENSE", "scripts/..%2fpage.py", "scripts/a%00.js", "nothing"),
    ],
)
def test_there_is_nothing_else_below_it(client: Client, path: str) -> None:
    client.get(f"/dashboard/{path}").refused(404)


def test_what_was_vendored_says_its_licence_and_version(client: Client) -> None:
    text = served(client, "/dashboard/styles/modern-normalize.css")[1]
    assert re.match(r"/\*! modern-normalize v\d+\.\d+\.\d+ \| MIT License", text)
