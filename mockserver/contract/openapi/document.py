"""The OpenAPI 3.1 document of the Protocol API (https://spec.openapis.org/oas/v3.1.1)."""

from copy import deepcopy
from typing import Any

from mockserver.contract.openapi import operations, responses, schemas
from mockserver.contract.openapi.descriptions import TEXTS
from mockserver.resources.base import PagingSchema
from mockserver.resources.registry import ResourceRegistry

OPENAPI = "3.1.0"
REAL_SERVER = {"url": "https://api.protocol.chat/v1", "description": "The real API."}

SECURITY: list[dict[str, list[str]]] = [{"bearer": []}, {"basic": []}]
SECURITY_SCHEMES: dict[str, Any] = TEXTS["security_schemes"]


def document(url: str, *, strict: bool = False) -> dict[str, Any]:
    """Return the document, with the sandbox at ``url`` as its first server.

    In responses, objects may contain additional attributes, because clients must accept attributes
    that the API adds later; ``strict`` forbids them, to check this server's responses. In request
    bodies, additional attributes are always forbidden.
    """
    resources = ResourceRegistry()
    result = {
        "openapi": OPENAPI,
        "info": TEXTS["info"],
        "servers": [server(url), REAL_SERVER],
        "security": SECURITY,
        "tags": [{"name": name, "description": text} for name, text in TEXTS["tags"].items()],
        "paths": operations.paths(resources),
        "webhooks": operations.webhooks(resources),
        "components": {
            "schemas": schemas.components(resources, strict=strict),
            "parameters": {
                parameter["name"]: parameter
                for parameter in operations.query_parameters(PagingSchema().fields)
            },
            "headers": TEXTS["headers"],
            "responses": responses.components(),
            "securitySchemes": SECURITY_SCHEMES,
        },
    }
    # The caller may change the document, but must not change the constants that it contains.
    return deepcopy(result)


def server(url: str) -> dict[str, str]:
    """Return the server entry of a sandbox at ``url``."""
    return {"url": f"{url.rstrip('/')}/v1", "description": "This sandbox."}
