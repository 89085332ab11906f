"""The OpenAPI 3.1 document of the Protocol API (https://spec.openapis.org/oas/v3.1.1)."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from mockserver.contract.openapi import parameters, prose, responses, schemas, security, webhooks
from mockserver.contract.openapi.operations import paths
from mockserver.resources.registry import ResourceRegistry

OPENAPI = "3.1.0"
REAL = {"url": "https://api.protocol.chat/v1", "description": "the real API"}


def document(url: str, *, strict: bool = False) -> dict[str, Any]:
    """The document, with the sandbox that serves at ``url`` as its first server.

    An object that is answered may carry attributes that are added tomorrow, and clients must bear
    them, so the published document leaves them open. A ``strict`` one closes them, for whoever
    judges today's answers by it. Bodies are closed in both, since an unknown attribute is a 400.
    """
    catalogue = ResourceRegistry()
    shown = {
        "openapi": OPENAPI,
        "info": prose.INFO,
        "servers": [servers(url), REAL],
        "security": security.EITHER,
        "tags": [{"name": name, "description": said} for name, said in prose.TAGS.items()],
        "paths": paths(catalogue),
        "webhooks": webhooks.webhooks(catalogue),
        "components": {
            "schemas": schemas.schemas(catalogue, strict=strict),
            "parameters": parameters.components(catalogue),
            "headers": responses.HEADERS,
            "responses": responses.components(),
            "securitySchemes": security.SCHEMES,
        },
    }
    # Whoever gets it may change it; the constants of its parts stay as they are.
    return deepcopy(shown)


def servers(url: str) -> dict[str, str]:
    """The entry of a sandbox that serves at ``url``."""
    return {"url": f"{url.rstrip('/')}/v1", "description": "this sandbox"}
