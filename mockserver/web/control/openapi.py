"""The OpenAPI document of the control API, built from its routes."""

import re
import tomllib
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from mockserver import __version__
from mockserver.contract.openapi.document import OPENAPI, SECURITY, SECURITY_SCHEMES
from mockserver.contract.openapi.operations import query_parameters
from mockserver.contract.openapi.schemas import JSON, ErrorSchema, reference
from mockserver.schema.fields import NonEmptyString, StrictString
from mockserver.unpatched import read_text
from mockserver.web.control.context import Route

TEXTS: dict[str, Any] = tomllib.loads(read_text(__package__, "texts.toml"))
PATH_PARAMETER = {"in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
SANDBOX = {"sandbox": NonEmptyString(metadata={"description": "The name of the sandbox."})}


def build(routes: Sequence[Route], root: str, url: str) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of ``routes`` below ``root`` on a server at ``url``."""
    paths: dict[str, Any] = {}
    for route in routes:
        path = re.sub(r"<(\w+)>", r"{\1}", route.path) or "/"
        parameters = [{**PATH_PARAMETER, "name": name} for name in re.findall(r"{(\w+)}", path)]
        methods = paths.setdefault(path, {"parameters": parameters} if parameters else {})
        methods[route.method.lower()] = _operation(route)
    error = {"content": {JSON: {"schema": reference("Error")}}}
    document = {
        "openapi": OPENAPI,
        "info": {**TEXTS["info"], "version": __version__},
        "servers": [{"url": url.rstrip("/") + root, "description": "this server"}],
        "security": [*SECURITY, {}],
        "tags": [{"name": name, "description": text} for name, text in TEXTS["tags"].items()],
        "paths": paths,
        "components": {
            "schemas": {"Error": ErrorSchema().json_schema()},
            "responses": {
                f"Error{status}": {"description": text, **error}
                for status, text in TEXTS["errors"].items()
            },
            "securitySchemes": SECURITY_SCHEMES,
        },
    }
    return deepcopy(document)


def _operation(route: Route) -> dict[str, Any]:
    body: dict[str, Any] = {}
    if route.example is not None:
        schema = route.body.json_schema() if route.body else {"type": "object"}
        content = {JSON: {"schema": schema, "example": route.example}}
        body["requestBody"] = {"required": bool(schema.get("required")), "content": content}
    responses: dict[str, Any] = {route.media_type: {"schema": {}}}
    if "text" in route.query.get("format", StrictString()).json_schema().get("enum", ()):
        responses["text/plain"] = {"schema": {"type": "string"}}
    errors = [status for status in TEXTS["errors"] if body or status not in ("413", "415")]
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
