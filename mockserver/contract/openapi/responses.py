"""The error responses and the response headers."""

from typing import Any

from mockserver.contract.openapi.descriptions import TEXTS
from mockserver.contract.openapi.schemas import JSON, reference
from mockserver.errors import error_object

#: Headers of every response; the rate limit's headers only if it is set, or with a fault's 429.
GENERAL_HEADERS = tuple(name for name in TEXTS["headers"] if name.startswith("X-"))
#: The component name, description, example message and additional headers of each error status.
ERRORS: dict[int, dict[str, Any]] = {
    int(status): error for status, error in TEXTS["errors"].items()
}
COMMON_ERRORS = (400, 401, 421, 429, 500, 503)
BODY_ERRORS = (413, 415)


def components() -> dict[str, Any]:
    """Return the error responses by component name."""
    return {
        error["name"]: {
            "description": error["description"],
            "headers": headers(*error.get("headers", ()), *GENERAL_HEADERS),
            "content": {
                JSON: {
                    "schema": reference("Error"),
                    "example": error_object(status, error["example"]),
                }
            },
        }
        for status, error in ERRORS.items()
    }


def errors(*more: int) -> dict[str, Any]:
    """Return references to an operation's errors: the common errors and ``more``."""
    return {
        str(status): {"$ref": f"#/components/responses/{ERRORS[status]['name']}"}
        for status in sorted({*COMMON_ERRORS, *more})
    }


def headers(*names: str) -> dict[str, Any]:
    """Return references to response headers."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
