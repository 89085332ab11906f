"""The page and what it is made of. Nothing of it comes from elsewhere, and it can call only us."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable

from flask import Flask, Response

from mockserver.errors import NotFound

ROOT = "/docs"
OURS = ("page.js",)
#: Those of Swagger UI that the page names.
THEIRS = (
    "swagger-ui.css",
    "swagger-ui-bundle.js",
    "swagger-ui-standalone-preset.js",
    "favicon-32x32.png",
)
TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "png": "image/png",
}
#: Swagger UI writes styles into its elements, and has its icons as data.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
SAFETY = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


def install(app: Flask) -> None:
    """Add the routes to an application."""
    app.add_url_rule(ROOT, "docs.page", page)
    app.add_url_rule(f"{ROOT}/<name>", "docs.part", part)


def page() -> Response:
    return _served(files("mockserver.web.docs") / "page.html", {"Content-Security-Policy": POLICY})


def part(name: str) -> Response:
    """A script, a style or a picture of the page."""
    if name in OURS:
        return _served(files("mockserver.web.docs") / name)
    if name in THEIRS:
        return _served(files("flask_swagger_ui") / "dist" / name)
    raise NotFound(f"the API page has no part '{name}'")


def _served(file: Traversable, headers: dict[str, str] | None = None) -> Response:
    media_type = TYPES[file.name.rpartition(".")[2]]
    return Response(file.read_bytes(), headers=SAFETY | (headers or {}), content_type=media_type)
