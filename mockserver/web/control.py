"""The control API, ``/_sandbox``: what only a sandbox has."""

from __future__ import annotations

from flask import Flask, Response, jsonify

from mockserver import __version__


def install(app: Flask) -> None:
    def health() -> Response:
        return jsonify(status="ok", version=__version__)

    app.add_url_rule("/_sandbox/health", view_func=health)
