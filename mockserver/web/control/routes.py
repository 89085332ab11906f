"""All routes of the control API, and what applies to each of their requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from flask import Flask, Response

from mockserver.errors import Forbidden, InvalidRequest
from mockserver.schema.fields import NonEmptyString
from mockserver.schema.schema import ParameterSchema
from mockserver.web import parsing
from mockserver.web.control import (
    bots,
    conversations,
    deliveries,
    faults,
    inbox,
    requests,
    server,
    simulate,
    state,
    webhooks,
)
from mockserver.web.control.context import AdminContext, Json, Route, Routes
from mockserver.web.control.openapi import build
from mockserver.web.hooks import prefer
from mockserver.web.request import JsonResponse, Request, current_request

ROOT = "/_sandbox"


own_routes = Routes()


@own_routes.add("GET", "")
def overview(context: AdminContext, request: Request) -> Json:
    """Get the settings, the sandboxes and a list of these endpoints."""
    endpoints = [_describe(route) for route in ROUTES]
    return {**server.to_dict(context), "endpoints": endpoints}


@own_routes.add("GET", "/openapi.json")
def openapi(context: AdminContext, request: Request) -> Json:
    """Get the OpenAPI document of the control API."""
    return build_openapi(request.host_url)


ROUTES: tuple[Route, ...] = (
    *own_routes,
    *server.routes,
    *conversations.routes,
    *simulate.routes,
    *bots.routes,
    *state.routes,
    *requests.routes,
    *faults.routes,
    *webhooks.routes,
    *deliveries.routes,
    *inbox.routes,
)


def build_openapi(url: str) -> dict[str, Any]:
    """Return the OpenAPI document of the control API of a server at ``url``."""
    return build(ROUTES, ROOT, url)


def install(app: Flask, context: AdminContext) -> None:
    """Add the routes to an application."""
    for route in ROUTES:
        view = _prepare_view(route, context)
        app.add_url_rule(ROOT + route.path, route.endpoint, view, methods=[route.method])


def _prepare_view(route: Route, context: AdminContext) -> Callable[..., Response]:
    """Return the view with checks of origin, content type and query before it."""
    parameters = ParameterSchema.from_dict({**route.query, "sandbox": NonEmptyString()})()

    def view(**path_parameters: str) -> Response:
        request = current_request()
        origin = request.environ.get("HTTP_ORIGIN")
        if origin is not None and origin.partition("://")[2] != request.environ.get("HTTP_HOST"):
            raise Forbidden(
                f"the control API refuses pages of another origin, such as '{origin[:100]}'; "
                "call it from a program or from a page of this server"
            )
        if route.requires_json and request.method in ("POST", "PUT"):
            parsing.require_json(request)
        if route.journaled:
            request.sandbox = context.sandbox(request)
            _apply_preferences(request)
        query = parsing.query(request, parameters).raise_for_errors()
        query.pop("sandbox", None)
        result = route.view(context, request, **path_parameters, **query)
        if isinstance(result, Response):
            return result
        return JsonResponse(orjson.dumps(result), route.status)

    return view


def _apply_preferences(request: Request) -> None:
    """Apply ``Prefer: wait``; the other preferences are faults, which only /v1 has."""
    if request.has_preferences and prefer(request):
        raise InvalidRequest(
            "Prefer: 'code' and 'delay' apply only to requests to /v1; use 'wait' here"
        )


def _describe(route: Route) -> dict[str, object]:
    example = {} if route.example is None else {"example": route.example}
    path = ROOT + route.path.replace("<name>", "NAME")
    return {"method": route.method, "path": path, "about": route.summary, **example}
