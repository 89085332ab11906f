"""The server and its sandboxes: health, fidelity, creating, deleting and resetting."""

from __future__ import annotations

from dataclasses import asdict

from mockserver import __version__
from mockserver.contract.fidelity import AREAS, BASES
from mockserver.contract.fidelity.provenance import counts, rows
from mockserver.errors import InvalidRequest, hide_secret
from mockserver.sandbox.sandbox import NAME, NAME_RULE, PARTS
from mockserver.schema.compound import List
from mockserver.schema.fields import NonEmptyString, OneOf, StrictString
from mockserver.storage.clock import MODES
from mockserver.web.control.context import (
    AdminContext,
    Call,
    Json,
    Routes,
    clock_to_dict,
    sandbox_to_dict,
)

routes = Routes()


@routes.add("GET", "/health")
def health(call: Call) -> Json:
    """Check that the server runs, and what a client must send: a token, a sandbox's name."""
    settings = call.context.settings
    required = {"wants_token": bool(settings.token), "wants_sandbox": settings.require_sandbox}
    return {"status": "ok", "version": __version__, **required}


@routes.add("GET", "/ready")
def ready(call: Call) -> Json:
    """Check that the server accepts requests."""
    return {"status": "ready", "fixtures": call.context.settings.fixtures}


def to_dict(context: AdminContext) -> Json:
    """Return version, settings and sandboxes, without secrets and with the number of tokens."""
    settings = {
        **asdict(context.settings),
        "token": len(context.settings.token),
        "webhook": [hide_secret(webhook) for webhook in context.settings.webhook],
    }
    sandboxes = [sandbox_to_dict(sandbox) for sandbox in context.sandboxes.all()]
    return {"version": __version__, "settings": settings, "sandboxes": sandboxes}


@routes.add(
    "GET",
    "/fidelity",
    query={
        "area": StrictString(validate=OneOf(AREAS)),
        "basis": StrictString(validate=OneOf(BASES)),
    },
)
def fidelity(call: Call, area: str | None = None, basis: str | None = None) -> Json:
    """List whether each part of the API is documented, decided or an extension, and why."""
    selected = rows(area, basis)
    return {"counts": counts(selected), "data": [row._asdict() for row in selected]}


@routes.add("GET", "/sandboxes")
def list_sandboxes(call: Call) -> Json:
    """List the open sandboxes."""
    return {"data": [sandbox_to_dict(sandbox) for sandbox in call.context.sandboxes.all()]}


@routes.add(
    "POST",
    "/sandboxes",
    example={"name": "signup", "fixtures": "empty", "seed": "7", "clock": "frozen"},
    body={
        "name": NonEmptyString(required=True),
        "fixtures": NonEmptyString(),
        "seed": NonEmptyString(),
        "clock": StrictString(validate=OneOf(MODES)),
    },
    status=201,
)
def create_sandbox(call: Call) -> Json:
    """Create a sandbox with its own fixtures, seed and clock."""
    context, name = call.context, call.body["name"]
    if not NAME.fullmatch(name):
        raise InvalidRequest(f"name: {NAME_RULE}")
    fixtures = call.body.get("fixtures", context.settings.fixtures)
    origin = context.fixtures.world(fixtures, call.body.get("seed"), call.body.get("clock"))
    return sandbox_to_dict(context.sandboxes.create(name, origin))


@routes.add("GET", "/sandboxes/<name>")
def retrieve_sandbox(call: Call, name: str) -> Json:
    """Get a sandbox's counts and clock."""
    return sandbox_to_dict(call.context.sandboxes.get(name))


@routes.add("DELETE", "/sandboxes/<name>")
def delete_sandbox(call: Call, name: str) -> Json:
    """Delete a sandbox and all its data."""
    call.context.sandboxes.delete(name)
    return {"deleted": name}


@routes.add(
    "POST",
    "/reset",
    example={"only": ["data", "clock"]},
    body={"only": List(StrictString(validate=OneOf(PARTS)))},
)
def reset(call: Call) -> Json:
    """Reset the sandbox, or only some parts of it."""
    call.sandbox.reset(call.body.get("only", PARTS))
    return sandbox_to_dict(call.sandbox)


@routes.add("GET", "/counters")
def retrieve_counters(call: Call) -> Json:
    """Get counters that change whenever something happens; cheap enough to poll."""
    sandbox, webhooks = call.sandbox, call.sandbox.webhooks
    with sandbox.read() as world:
        version, clock = world.version, clock_to_dict(world)
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
