"""The server and its sandboxes: health, fidelity, creating, deleting and resetting."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from mockserver import __version__
from mockserver.contract.fidelity import AREAS, BASES
from mockserver.contract.fidelity.provenance import counts, rows
from mockserver.errors import InvalidRequest, hide_secret
from mockserver.sandbox.sandbox import NAME, NAME_RULE, PARTS
from mockserver.schema.compound import List
from mockserver.schema.fields import NonEmptyString, OneOf, StrictString
from mockserver.schema.schema import Schema
from mockserver.storage.clock import MODES
from mockserver.web.control.context import (
    AdminContext,
    Json,
    Routes,
    clock_to_dict,
    read_body,
    sandbox_to_dict,
)
from mockserver.web.request import Request

FIDELITY_QUERY = {
    "area": StrictString(validate=OneOf(AREAS)),
    "basis": StrictString(validate=OneOf(BASES)),
}
CREATE_SANDBOX = Schema.from_dict(
    {
        "name": NonEmptyString(required=True),
        "fixtures": NonEmptyString(),
        "seed": NonEmptyString(),
        "clock": StrictString(validate=OneOf(MODES)),
    }
)()
RESET = Schema.from_dict({"only": List(StrictString(validate=OneOf(PARTS)))})()

routes = Routes()


@routes.add("GET", "/health")
def health(context: AdminContext, request: Request) -> Json:
    """Check that the server runs, and what a client must send: a token, a sandbox's name."""
    settings = context.settings
    required = {"wants_token": bool(settings.token), "wants_sandbox": settings.require_sandbox}
    return {"status": "ok", "version": __version__, **required}


@routes.add("GET", "/ready")
def ready(context: AdminContext, request: Request) -> Json:
    """Check that the server accepts requests."""
    return {"status": "ready", "fixtures": context.settings.fixtures}


def to_dict(context: AdminContext) -> dict[str, Any]:
    """Return version, settings and sandboxes, without secrets and with the number of tokens."""
    settings = {
        **asdict(context.settings),
        "token": len(context.settings.token),
        "webhook": [hide_secret(webhook) for webhook in context.settings.webhook],
    }
    sandboxes = [sandbox_to_dict(sandbox) for sandbox in context.sandboxes.all()]
    return {"version": __version__, "settings": settings, "sandboxes": sandboxes}


@routes.add("GET", "/fidelity", query=FIDELITY_QUERY)
def fidelity(
    context: AdminContext, request: Request, area: str | None = None, basis: str | None = None
) -> Json:
    """List whether each part of the API is documented, decided or an extension, and why."""
    selected = rows(area, basis)
    return {"counts": counts(selected), "data": [row._asdict() for row in selected]}


@routes.add("GET", "/sandboxes")
def list_sandboxes(context: AdminContext, request: Request) -> Json:
    """List the open sandboxes."""
    return {"data": [sandbox_to_dict(sandbox) for sandbox in context.sandboxes.all()]}


@routes.add(
    "POST",
    "/sandboxes",
    example={"name": "signup", "fixtures": "empty", "seed": "7", "clock": "frozen"},
    body=CREATE_SANDBOX,
    status=201,
)
def create_sandbox(context: AdminContext, request: Request) -> Json:
    """Create a sandbox with its own fixtures, seed and clock."""
    body = read_body(request, CREATE_SANDBOX)
    if not NAME.fullmatch(body["name"]):
        raise InvalidRequest(f"name: {NAME_RULE}")
    fixtures = body.get("fixtures", context.settings.fixtures)
    origin = context.fixtures.world(fixtures, body.get("seed"), body.get("clock"))
    return sandbox_to_dict(context.sandboxes.create(body["name"], origin))


@routes.add("GET", "/sandboxes/<name>")
def retrieve_sandbox(context: AdminContext, request: Request, name: str) -> Json:
    """Get a sandbox's counts and clock."""
    return sandbox_to_dict(context.sandboxes.get(name))


@routes.add("DELETE", "/sandboxes/<name>")
def delete_sandbox(context: AdminContext, request: Request, name: str) -> Json:
    """Delete a sandbox and all its data."""
    context.sandboxes.delete(name)
    return {"deleted": name}


@routes.add("POST", "/reset", example={"only": ["data", "clock"]}, body=RESET)
def reset(context: AdminContext, request: Request) -> Json:
    """Reset the sandbox, or only some parts of it."""
    body = read_body(request, RESET)
    sandbox = context.sandbox(request)
    sandbox.reset(body.get("only", PARTS))
    return sandbox_to_dict(sandbox)


@routes.add("GET", "/counters")
def retrieve_counters(context: AdminContext, request: Request) -> Json:
    """Get counters that change whenever something happens; cheap enough to poll."""
    sandbox = context.sandbox(request)
    with sandbox.read() as world:
        version, clock = world.version, clock_to_dict(world)
    webhooks = sandbox.webhooks
    return {
        "world": version,
        "requests": sandbox.journal.appended,
        "last_request": sandbox.journal.last,
        "deliveries": webhooks.log.version,
        "webhooks": webhooks.registry.version,
        "delivery_rules": [rule.to_dict() for rule in webhooks.rules.list()],
        "received": sandbox.inboxes.appended,
        "clock": clock,
    }
