"""The page ``/fidelity``: which parts of the sandbox are documented, decided or extensions."""

from __future__ import annotations

from importlib.resources import files
from itertools import groupby

from flask import Flask, Response
from jinja2 import Environment, StrictUndefined

from mockserver.contract.fidelity.provenance import counts, rows

FOLDER = files("mockserver.web.docs")
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
BASES = {
    "documented": "The API's documentation says so.",
    "decided": "The documentation leaves it open. We decided, and give the reason.",
    "extension": "Only this sandbox has it, under its own paths, in X- headers, or on request.",
}
#: The areas in the page's order, with their titles.
AREAS = {
    "endpoint": "Endpoints",
    "parameter": "Parameters",
    "attribute": "Attributes",
    "status": "Statuses",
    "header": "Headers",
    "event": "Events",
    "rule": "Rules",
}


def install(app: Flask) -> None:
    """Add the routes to an application."""
    app.add_url_rule("/fidelity", "fidelity.page", serve_page)
    app.add_url_rule("/fidelity/style.css", "fidelity.style", serve_style)


def serve_page() -> Response:
    order = list(AREAS)
    table = sorted(rows(), key=lambda row: order.index(row.area))
    areas = [(AREAS[area], list(group)) for area, group in groupby(table, lambda row: row.area)]
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    template = environment.from_string((FOLDER / "fidelity.html").read_text("utf-8"))
    text = template.render(areas=areas, counts=counts(table), bases=BASES)
    return Response(text, headers=HEADERS, content_type="text/html; charset=utf-8")


def serve_style() -> Response:
    text = (FOLDER / "fidelity.css").read_bytes()
    return Response(text, headers=HEADERS, content_type="text/css; charset=utf-8")
