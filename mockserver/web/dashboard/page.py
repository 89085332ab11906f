"""The pages, and what they are made of: nothing from elsewhere, and no script but ours.

A page is rendered here as far as it is the same for everybody; its script fills it with what the
control API answers, which is asked as any other client would ask.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import NamedTuple

from flask import Flask, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from mockserver import __version__
from mockserver.errors import InvalidRequest, NotFound
from mockserver.sandbox.sandbox import DEFAULT, NAME, NAME_RULE
from mockserver.settings import Settings
from mockserver.web.request import current_request

ROOT = "/dashboard"
HERE = "mockserver.web.dashboard"
FOLDERS = ("scripts", "styles", "pictures")
TYPES = {
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
SAFETY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    # It changes with the version that is installed, and is near.
    "Cache-Control": "no-cache",
}
#: Where one lands who has not said which sandbox, and may not use the default one.
VISITORS = "dashboard"


class Panel(NamedTuple):
    """A page: its name, which is that of its template, script and style; its title."""

    name: str
    title: str
    path: str


PANELS = (
    Panel("start", "Start here", "/"),
    Panel("conversations", "Conversations", f"{ROOT}/conversations"),
    Panel("requests", "Requests", f"{ROOT}/requests"),
    Panel("webhooks", "Webhooks", f"{ROOT}/webhooks"),
    Panel("controls", "Controls", f"{ROOT}/controls"),
)


class Dashboard:
    """The pages of a server with these settings."""

    def __init__(self, settings: Settings) -> None:
        self._default = VISITORS if settings.require_sandbox else DEFAULT
        self._pages = Environment(
            loader=PackageLoader(HERE, "pages"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def install(self, app: Flask) -> None:
        """Add the routes to an application."""
        for panel in PANELS:
            app.add_url_rule(panel.path, f"dashboard.{panel.name}", self._view(panel))
        app.add_url_rule(f"{ROOT}/<folder>/<name>", "dashboard.part", part)

    def _view(self, panel: Panel) -> Callable[[], Response]:
        def view() -> Response:
            call = current_request()
            text = self._pages.get_template(f"{panel.name}.html").render(
                panel=panel,
                panels=PANELS,
                sandbox=self._sandbox(call.args.get("sandbox")),
                default=self._default,
                root=call.host_url.rstrip("/"),
                version=__version__,
            )
            headers = {**SAFETY, "Content-Security-Policy": POLICY}
            return Response(text, headers=headers, content_type="text/html; charset=utf-8")

        return view

    def _sandbox(self, name: str | None) -> str:
        """The sandbox that the page is about."""
        if name and not NAME.fullmatch(name):
            raise InvalidRequest(f"sandbox: {NAME_RULE}")
        if name == DEFAULT and self._default != DEFAULT:
            raise InvalidRequest(
                "sandbox: 'default' is forbidden by --require-sandbox; name another, such as "
                f"'{VISITORS}'"
            )
        return name or self._default


def part(folder: str, name: str) -> Response:
    """A script, a style or a picture of a page."""
    media_type = TYPES.get(name.rpartition(".")[2])
    found = files(HERE) / folder / name
    if folder not in FOLDERS or media_type is None or "/" in name or not found.is_file():
        raise NotFound(f"the dashboard has no part '{folder}/{name}'")
    return Response(found.read_bytes(), headers=SAFETY, content_type=media_type)
