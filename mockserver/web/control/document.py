"""The control API's own OpenAPI document, from the rows of its endpoints."""

from __future__ import annotations

import re
from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from mockserver import __version__
from mockserver.contract.openapi import parameters, security
from mockserver.contract.openapi.document import OPENAPI
from mockserver.contract.openapi.responses import JSON
from mockserver.contract.openapi.schemas import ERROR, reference
from mockserver.schema.fields import Text
from mockserver.web.control.route import Route

INFO = {
    "title": "mockserver control API",
    "version": __version__,
    "description": (
        "What only a sandbox has: its state, clock, journal, faults, webhooks and inboxes. "
        "`sandbox` in the query says which sandbox is meant; else the token does, as in the "
        "Protocol API; else it is the one of the name `default`."
    ),
    "contact": {"name": "mockserver"},
}
SANDBOX = {"sandbox": Text(metadata={"description": "the sandbox that is meant, by its name"})}
ERRORS: dict[str, str] = {
    "400": "The body or a parameter is wrong; all problems are told at once.",
    "401": "The server wants one of its tokens.",
    "403": "A page of another origin may not call the control API.",
    "404": "There is no such thing.",
    "409": "It is there already, or cannot be taken away.",
    "413": "The body is over the size limit.",
    "415": "The body must say that it is JSON.",
    "421": "The Host header names a host that is not this server's.",
    "500": "An error of the server itself.",
    "503": "A bound of the server is reached; try again later.",
}


def document(routes: Iterable[Route], root: str, url: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of ``routes`` below ``root``, of a server at ``url``."""
    paths: dict[str, Any] = {}
    tags: dict[str, None] = {}
    for route in routes:
        tags[_tag(route)] = None
        path = re.sub(r"<(\w+)>", r"{\1}", route.path) or "/"
        item = paths.setdefault(path, _item(route.path))
        item[route.method.lower()] = _operation(route)
    shown = {
        "openapi": OPENAPI,
        "info": INFO,
        "servers": [{"url": url.rstrip("/") + root, "description": "this server"}],
        "security": [*security.EITHER, {}],
        "tags": [{"name": tag} for tag in tags],
        "paths": paths,
        "components": {
            "schemas": {"Error": ERROR.json_schema()},
            "responses": {f"Error{status}": _error(said) for status, said in ERRORS.items()},
            "securitySchemes": security.SCHEMES,
        },
    }
    return deepcopy(shown)


def _item(path: str) -> dict[str, Any]:
    names = re.findall(r"<(\w+)>", path)
    if not names:
        return {}
    schema = {"type": "string", "minLength": 1}
    return {
        "parameters": [
            {"name": each, "in": "path", "required": True, "schema": schema} for each in names
        ]
    }


def _operation(route: Route) -> dict[str, Any]:
    queries = parameters.queries({**route.parameters, **SANDBOX})
    body = {} if route.example is None else {"requestBody": _body(route)}
    content: dict[str, Any] = {JSON: {"schema": {}}}
    if "format" in route.parameters:
        content["text/plain"] = {"schema": {"type": "string"}}
    answers: dict[str, Any] = {"2XX": {"description": "Done.", "content": content}}
    errors = {
        status: {"$ref": f"#/components/responses/Error{status}"}
        for status in ERRORS
        if body or status not in ("413", "415")
    }
    return {
        "operationId": route.endpoint,
        "tags": [_tag(route)],
        "summary": route.about,
        "description": f"{route.about[0].upper()}{route.about[1:]}.",
        "parameters": queries,
        **body,
        "responses": answers | errors,
    }


def _body(route: Route) -> dict[str, Any]:
    schema = {"type": "object"} if route.body is None else route.body.json_schema()
    return {
        "required": bool(schema.get("required")),
        "content": {JSON: {"schema": schema, "example": route.example}},
    }


def _error(description: str) -> dict[str, Any]:
    return {"description": description, "content": {JSON: {"schema": reference("Error")}}}


def _tag(route: Route) -> str:
    return route.path.split("/")[1] if route.path else "server"
