"""The API page ``/docs``: Swagger UI on both OpenAPI documents, served offline."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable

from flask import Flask, Response

from mockserver.errors import NotFound

FOLDER = files("mockserver.web.docs")
#: The files of Swagger UI that the page loads.
SWAGGER_FILES = (
    "swagger-ui.css",
    "swagger-ui-bundle.js",
    "swagger-ui-standalone-preset.js",
    "favicon-32x32.png",
)
MEDIA_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "png": "image/png",
}
#: Swagger UI sets inline styles, and has its icons as data URLs.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


def install(app: Flask) -> None:
    """Add the routes to an application."""
    app.add_url_rule("/docs", "docs.page", serve_page)
    app.add_url_rule("/docs/<name>", "docs.file", serve_file)


def serve_page() -> Response:
    response = _response(FOLDER / "api.html")
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    return response


def serve_file(name: str) -> Response:
    """Serve a script, a style or an image of the page."""
    if name == "api.js":
        return _response(FOLDER / name)
    if name in SWAGGER_FILES:
        return _response(files("flask_swagger_ui") / "dist" / name)
    raise NotFound(f"the API page has no file '{name}'")


def _response(file: Traversable) -> Response:
    headers = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
    media_type = MEDIA_TYPES[file.name.rpartition(".")[2]]
    return Response(file.read_bytes(), headers=headers, content_type=media_type)
