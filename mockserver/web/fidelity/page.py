"""The fidelity table as a page, without scripts or external resources."""

from __future__ import annotations

from importlib.resources import files
from itertools import groupby

from flask import Flask, Response
from jinja2 import Environment, StrictUndefined

from mockserver.contract.fidelity.provenance import counts, rows

ROOT = "/fidelity"
HERE = files("mockserver.web.fidelity")
SAFETY = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
MEANINGS = {
    "documented": "The API's documentation says so.",
    "decided": "The documentation leaves it open; we have decided, and say why.",
    "extension": "Only this sandbox has it: below paths of its own, in X- headers, or where a "
    "request asks for it.",
}
TITLES = {
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
    app.add_url_rule(ROOT, "fidelity.page", page)
    app.add_url_rule(f"{ROOT}/style.css", "fidelity.style", style)


def page() -> Response:
    selected = rows()
    areas = [
        (TITLES[area], list(its))
        for area, its in groupby(sorted(selected, key=_place), lambda r: r[0])
    ]
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    template = environment.from_string((HERE / "page.html").read_text("utf-8"))
    text = template.render(areas=areas, counts=counts(selected), meanings=MEANINGS)
    return Response(text, headers=SAFETY, content_type="text/html; charset=utf-8")


def _place(row: tuple[str, ...]) -> int:
    return list(TITLES).index(row[0])


def style() -> Response:
    text = (HERE / "style.css").read_bytes()
    return Response(text, headers=SAFETY, content_type="text/css; charset=utf-8")
