"""The dashboard's pages, scripts and styles, all served from this package.

The server renders the static part of a page; its script fills in the rest from the control API,
which it calls like any other client.
"""

from functools import partial
from typing import NamedTuple

from flask import Flask, Response

from mockserver import __version__
from mockserver.errors import InvalidRequest
from mockserver.sandbox.sandbox import DEFAULT, NAME, NAME_RULE
from mockserver.settings import Settings
from mockserver.web.pages import create_environment, html_response, serve_asset
from mockserver.web.request import current_request

ROOT = "/dashboard"
PACKAGE = "mockserver.web.dashboard"
TEMPLATES = (PACKAGE, "pages")
POLICY = (
    "script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
#: The sandbox of a URL without ``?sandbox=`` if the default sandbox is forbidden.
FALLBACK_SANDBOX = "dashboard"


class Page(NamedTuple):
    """A page; its template, script and style are named after it."""

    name: str
    title: str
    path: str


PAGES = (
    Page("start", "Start here", "/"),
    Page("conversations", "Conversations", f"{ROOT}/conversations"),
    Page("requests", "Requests", f"{ROOT}/requests"),
    Page("webhooks", "Webhooks", f"{ROOT}/webhooks"),
    Page("controls", "Controls", f"{ROOT}/controls"),
)


def install(app: Flask, settings: Settings) -> None:
    default = FALLBACK_SANDBOX if settings.require_sandbox else DEFAULT
    templates = create_environment(TEMPLATES)

    def serve_page(page: Page) -> Response:
        request = current_request()
        text = templates.get_template(f"{page.name}.html").render(
            page=page,
            pages=PAGES,
            sandbox=_sandbox(request.args.get("sandbox"), default),
            default=default,
            root=request.host_url.rstrip("/"),
            version=__version__,
        )
        return html_response(text, POLICY)

    for page in PAGES:
        app.add_url_rule(page.path, f"dashboard.{page.name}", partial(serve_page, page))
    assets = partial(serve_asset, PACKAGE, "the dashboard")
    app.add_url_rule(f"{ROOT}/<folder>/<name>", "dashboard.asset", assets)


def _sandbox(name: str | None, default: str) -> str:
    """Return the sandbox to show, from the query parameter ``sandbox``."""
    if name and not NAME.fullmatch(name):
        raise InvalidRequest(f"sandbox: {NAME_RULE}")
    if name == DEFAULT and default != DEFAULT:
        raise InvalidRequest(
            "sandbox: 'default' is forbidden by --require-sandbox; use another name, such as "
            f"'{FALLBACK_SANDBOX}'"
        )
    return name or default
