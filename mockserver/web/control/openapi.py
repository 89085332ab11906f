"""The OpenAPI document of the control API, built from its routes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from mockserver import __version__
from mockserver.contract.openapi.document import OPENAPI, SECURITY, SECURITY_SCHEMES
from mockserver.contract.openapi.operations import query_parameters
from mockserver.contract.openapi.responses import JSON
from mockserver.contract.openapi.schemas import ErrorSchema, reference
from mockserver.schema.fields import NonEmptyString
from mockserver.web.control.context import Route

INFO = {
    "title": "mockserver control API",
    "version": __version__,
    "description": (
        "Control of a sandbox: its state, clock, journal, faults, webhooks and inboxes. "
        "The query parameter `sandbox` selects the sandbox; without it the bearer token does, as "
        "in the Protocol API; without either it is the sandbox `default`."
    ),
    "contact": {"name": "mockserver"},
}
SANDBOX = {"sandbox": NonEmptyString(metadata={"description": "The name of the sandbox."})}
ERRORS: dict[str, str] = {
    "400": "The body or a parameter is invalid; the message names all problems.",
    "401": "The server requires one of its tokens.",
    "403": "Pages of another origin may not call the control API.",
    "404": "The object does not exist.",
    "409": "The object exists already, or cannot be deleted.",
    "413": "The body exceeds the size limit.",
    "415": "The Content-Type must be JSON.",
    "421": "The Host header names another host.",
    "500": "An internal server error.",
    "503": "A limit of the server is reached; retry later.",
}


def build(routes: Sequence[Route], root: str, url: str) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of ``routes`` below ``root`` on a server at ``url``."""
    paths: dict[str, Any] = {}
    for route in routes:
        path = re.sub(r"<(\w+)>", r"{\1}", route.path) or "/"
        paths.setdefault(path, _path_parameters(path))[route.method.lower()] = _operation(route)
    error = {"content": {JSON: {"schema": reference("Error")}}}
    document = {
        "openapi": OPENAPI,
        "info": INFO,
        "servers": [{"url": url.rstrip("/") + root, "description": "this server"}],
        "security": [*SECURITY, {}],
        "tags": [{"name": tag} for tag in dict.fromkeys(map(_tag, routes))],
        "paths": paths,
        "components": {
            "schemas": {"Error": ErrorSchema().json_schema()},
            "responses": {
                f"Error{status}": {"description": text, **error} for status, text in ERRORS.items()
            },
            "securitySchemes": SECURITY_SCHEMES,
        },
    }
    return deepcopy(document)


def _path_parameters(path: str) -> dict[str, Any]:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in re.findall(r"{(\w+)}", path)
    ]
    return {"parameters": parameters} if parameters else {}


def _operation(route: Route) -> dict[str, Any]:
    body: dict[str, Any] = {}
    if route.example is not None:
        schema = route.body.json_schema() if route.body else {"type": "object"}
        content = {JSON: {"schema": schema, "example": route.example}}
        body["requestBody"] = {"required": bool(schema.get("required")), "content": content}
    responses: dict[str, Any] = {JSON: {"schema": {}}}
    if "format" in route.query:
        responses["text/plain"] = {"schema": {"type": "string"}}
    errors = [status for status in ERRORS if body or status not in ("413", "415")]
    return {
        "operationId": route.endpoint,
        "tags": [_tag(route)],
        "summary": route.summary,
        "description": route.description,
        "parameters": query_parameters({**route.query, **SANDBOX}),
        **body,
        "responses": {
            "2XX": {"description": "Success.", "content": responses},
            **{status: {"$ref": f"#/components/responses/Error{status}"} for status in errors},
        },
    }


def _tag(route: Route) -> str:
    return route.path.split("/")[1] if route.path else "server"
