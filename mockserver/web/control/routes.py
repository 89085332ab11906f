"""All endpoints of the control API.

The overview shows them, so that nobody has to look for them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, Response

from mockserver.errors import Forbidden, InvalidRequest
from mockserver.schema.fields import Text
from mockserver.schema.schema import Attributes
from mockserver.web import parsing
from mockserver.web.control import (
    bots,
    clock,
    conversations,
    counters,
    deliveries,
    delivery_rules,
    events,
    faults,
    fidelity,
    inbox,
    ratelimit,
    requests,
    sandboxes,
    server,
    simulate,
    state,
    triggers,
    verification,
    webhooks,
)
from mockserver.web.control.context import AdminContext, answer
from mockserver.web.control.document import document
from mockserver.web.control.route import Route
from mockserver.web.hooks import prefer
from mockserver.web.request import JsonResponse, Request, current_request

ROOT = "/_sandbox"


def overview(control: AdminContext, call: Request) -> JsonResponse:
    return answer({**server.server(control), "endpoints": [_told(route) for route in ROUTES]})


def openapi(control: AdminContext, call: Request) -> JsonResponse:
    return answer(described(call.host_url))


ROUTES = (
    Route("GET", "", overview, "settings, sandboxes, counts, clock, and these endpoints"),
    Route("GET", "/openapi.json", openapi, "these endpoints, as an OpenAPI document"),
    *server.ROUTES,
    *fidelity.ROUTES,
    *sandboxes.ROUTES,
    *counters.ROUTES,
    *conversations.ROUTES,
    *simulate.ROUTES,
    *bots.ROUTES,
    *state.ROUTES,
    *clock.ROUTES,
    *requests.ROUTES,
    *verification.ROUTES,
    *faults.ROUTES,
    *ratelimit.ROUTES,
    *events.ROUTES,
    *webhooks.ROUTES,
    *deliveries.ROUTES,
    *delivery_rules.ROUTES,
    *triggers.ROUTES,
    *inbox.ROUTES,
)


def described(url: str) -> dict[str, Any]:
    """Their OpenAPI document, for a server at ``url``."""
    return document(ROUTES, ROOT, url)


def install(app: Flask, control: AdminContext) -> None:
    """Add the routes to an application."""
    for route in ROUTES:
        view = _guarded(route, control)
        app.add_url_rule(ROOT + route.path, route.endpoint, view, methods=[route.method])


def _guarded(route: Route, control: AdminContext) -> Callable[..., Response]:
    """The view, with the query's values, for requests that no page of another origin has sent."""
    parameters = Attributes({**route.parameters, "sandbox": Text()}, noun="parameter")

    def guarded(**names: str) -> Response:
        call = current_request()
        origin = call.environ.get("HTTP_ORIGIN")
        if origin is not None and origin.partition("://")[2] != call.environ.get("HTTP_HOST"):
            raise Forbidden(
                f"the control API answers no page of another origin ('{origin[:100]}'); "
                "call it from a program, or from a page of this server"
            )
        if route.typed and call.method in ("POST", "PUT"):
            parsing.demand_json(call)
        if route.journaled:
            call.sandbox = control.sandbox(call)
            _prefer(call)
        given = parsing.query(call, parameters).settle()
        given.pop("sandbox", None)
        return route.view(control, call, **names, **given)

    return guarded


def _prefer(call: Request) -> None:
    """Of preferences, heed the one that makes sense here too: to wait for deliveries."""
    if call.has_preferences and prefer(call):
        raise InvalidRequest("Prefer: code and delay are for requests to /v1; here it is 'wait=5'")


def _told(route: Route) -> dict[str, object]:
    example = {} if route.example is None else {"example": route.example}
    path = ROOT + route.path.replace("<name>", "NAME")
    return {"method": route.method, "path": path, "about": route.about, **example}
