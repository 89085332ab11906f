"""The API page: Swagger UI, served offline, which can call only this server."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable

from flask import Flask, Response

from mockserver.errors import NotFound

ROOT = "/docs"
OWN_PARTS = ("page.js",)
#: The files of Swagger UI that the page loads.
SWAGGER_PARTS = (
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
#: Swagger UI sets inline styles, and has its icons as data URLs.
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
    """Serve a script, a style or a picture of the page."""
    if name in OWN_PARTS:
        return _served(files("mockserver.web.docs") / name)
    if name in SWAGGER_PARTS:
        return _served(files("flask_swagger_ui") / "dist" / name)
    raise NotFound(f"the API page has no part '{name}'")


def _served(file: Traversable, headers: dict[str, str] | None = None) -> Response:
    media_type = TYPES[file.name.rpartition(".")[2]]
    return Response(file.read_bytes(), headers=SAFETY | (headers or {}), content_type=media_type)
