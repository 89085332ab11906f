"""All routes of the control API, and the checks of each request to them."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import Flask, Response

from mockserver import __version__
from mockserver.contract.fidelity import AREAS, BASES
from mockserver.contract.fidelity.provenance import counts, rows
from mockserver.errors import Forbidden, InvalidRequest, hide_secret
from mockserver.schema.fields import NonEmptyString, one_of
from mockserver.schema.schema import ParameterSchema
from mockserver.web import parsing
from mockserver.web.control import (
    bots,
    conversations,
    faults,
    inbox,
    requests,
    sandboxes,
    simulate,
    strays,
    stream,
    webhooks,
)
from mockserver.web.control.context import AdminContext, ControlRequest, Json, Route, Routes
from mockserver.web.control.openapi import build
from mockserver.web.hooks import prefer
from mockserver.web.request import JsonResponse, current_request

ROOT = "/_sandbox"

server_routes = Routes()


@server_routes.add("GET", "")
def overview(request: ControlRequest) -> Json:
    """Get the settings, the sandboxes and a list of these endpoints.

    Secrets are hidden; only the number of tokens is shown.
    """
    settings = request.context.settings
    endpoints = [
        {
            "method": route.method,
            "path": ROOT + route.path.replace("<name>", "NAME"),
            "about": route.summary,
            **({} if route.example is None else {"example": route.example}),
        }
        for route in ROUTES
    ]
    return {
        "version": __version__,
        "settings": {
            **asdict(settings),
            "token": len(settings.token),
            "control_token": bool(settings.control_token),
            "webhook": [hide_secret(webhook) for webhook in settings.webhook],
        },
        "sandboxes": sandboxes.list_sandboxes(request)["data"],
        "endpoints": endpoints,
    }


@server_routes.add("GET", "/openapi.json")
def openapi(request: ControlRequest) -> Json:
    """Get the OpenAPI document of the control API."""
    return build_openapi(request.http.host_url)


@server_routes.add("GET", "/health")
def health(request: ControlRequest) -> Json:
    """Check that the server runs, and whether clients must send a token or name a sandbox."""
    settings = request.context.settings
    required = {"wants_token": bool(settings.token), "wants_sandbox": settings.require_sandbox}
    return {"status": "ok", "version": __version__, **required}


@server_routes.add("GET", "/ready")
def ready(request: ControlRequest) -> Json:
    """Check that the server accepts requests."""
    return {"status": "ready", "fixtures": request.context.settings.fixtures}


@server_routes.add("GET", "/fidelity", query={"area": one_of(AREAS), "basis": one_of(BASES)})
def fidelity(request: ControlRequest, area: str | None = None, basis: str | None = None) -> Json:
    """List whether each part of the API is documented, decided or an extension, and why."""
    selected = rows(area, basis)
    return {"counts": counts(selected), "data": [row._asdict() for row in selected]}


MODULES = (
    sandboxes,
    conversations,
    simulate,
    bots,
    requests,
    stream,
    strays,
    faults,
    webhooks,
    inbox,
)
ROUTES: tuple[Route, ...] = (
    *server_routes,
    *(route for module in MODULES for route in module.routes),
)


def build_openapi(url: str) -> dict[str, Any]:
    """Return the OpenAPI document of the control API of a server at ``url``."""
    return build(ROUTES, ROOT, url)


def install(app: Flask, context: AdminContext) -> None:
    for route in ROUTES:
        view = _prepare_view(route, context)
        app.add_url_rule(ROOT + route.path, route.endpoint, view, methods=[route.method])


def _prepare_view(route: Route, context: AdminContext) -> Callable[..., Response]:
    """Return the view, wrapped in checks of the origin, content type, query and body."""
    parameters = ParameterSchema.with_fields(**route.query, sandbox=NonEmptyString())

    def view(**path_parameters: str) -> Response:
        request = current_request()
        origin = request.environ.get("HTTP_ORIGIN")
        if origin is not None and origin.partition("://")[2] != request.environ.get("HTTP_HOST"):
            raise Forbidden(
                f"the control API refuses pages of another origin, such as '{origin[:100]}'; "
                "call it from a program or from a page of this server"
            )
        control = ControlRequest(context, request)
        if route.simulated:
            request.sandbox = control.sandbox
        if route.requires_json and request.method in ("POST", "PUT"):
            parsing.require_json(request)
        if route.simulated and request.has_preferences and prefer(request):
            raise InvalidRequest(
                "Prefer: 'code' and 'delay' apply only to requests to /v1; use 'wait' here"
            )
        query = parsing.query(request, parameters).raise_for_errors()
        query.pop("sandbox", None)
        if route.body is not None:
            request.payload = parsing.json_body(request)
            control.draft = route.body.validated(request.payload)
            if not route.simulated:
                control.draft.raise_for_errors()
        result = route.view(control, **path_parameters, **query)
        if isinstance(result, Response):
            return result
        return JsonResponse(result, route.status)

    return view
