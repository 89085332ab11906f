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
from mockserver.web.control.context import AdminContext, Call, Json, Route, Routes
from mockserver.web.control.openapi import build
from mockserver.web.hooks import prefer
from mockserver.web.request import JsonResponse, current_request

ROOT = "/_sandbox"

own_routes = Routes()


@own_routes.add("GET", "")
def overview(call: Call) -> Json:
    """Get the settings, the sandboxes and a list of these endpoints."""
    endpoints = [
        {
            "method": route.method,
            "path": ROOT + route.path.replace("<name>", "NAME"),
            "about": route.summary,
            **({} if route.example is None else {"example": route.example}),
        }
        for route in ROUTES
    ]
    return {**server.to_dict(call.context), "endpoints": endpoints}


@own_routes.add("GET", "/openapi.json")
def openapi(call: Call) -> Json:
    """Get the OpenAPI document of the control API."""
    return build_openapi(call.request.host_url)


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
    """Return the view with checks of origin, content type, query and body before it."""
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
        call = Call(context, request)
        if route.simulated:
            request.sandbox = call.sandbox
            if request.has_preferences and prefer(request):
                raise InvalidRequest(
                    "Prefer: 'code' and 'delay' apply only to requests to /v1; use 'wait' here"
                )
        query = parsing.query(request, parameters).raise_for_errors()
        query.pop("sandbox", None)
        if route.body is not None:
            request.payload = parsing.json_body(request)
            call.draft = route.body.validated(request.payload)
            if not route.simulated:
                call.draft.raise_for_errors()
        result = route.view(call, **path_parameters, **query)
        if isinstance(result, Response):
            return result
        return JsonResponse(orjson.dumps(result), route.status)

    return view
