"""The error responses and the response headers."""

from __future__ import annotations

from typing import Any

from mockserver.contract.openapi.schemas import reference
from mockserver.errors import error_object

JSON = "application/json"
RATE_LIMIT_HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
"""Sent with every response if a rate limit is set, and with the 429 that a fault causes."""

GENERAL_HEADERS = ("X-Request-Id", *RATE_LIMIT_HEADERS)

HEADERS: dict[str, Any] = {
    "X-Request-Id": {
        "description": "The request's id in the sandbox's journal; the real API does not send it.",
        "schema": {"type": "string"},
    },
    "X-RateLimit-Limit": {
        "description": "Requests per window, if a limit is set.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "X-RateLimit-Remaining": {
        "description": "Requests left in this window, if a limit is set.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "X-RateLimit-Reset": {
        "description": "End of this window in Unix seconds, if a limit is set.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "Location": {
        "description": "The path of the created object.",
        "required": True,
        "schema": {"type": "string", "format": "uri-reference"},
    },
    "WWW-Authenticate": {
        "description": "The challenges, Bearer and Basic.",
        "required": True,
        "schema": {"type": "string"},
    },
    "Retry-After": {
        "description": "Seconds to wait before the next attempt.",
        "schema": {"type": "integer", "minimum": 0},
    },
}

#: Each error: the name of its response, its meaning, an example of its message, its headers.
ERRORS: dict[int, tuple[str, str, str, tuple[str, ...]]] = {
    400: (
        "BadRequest",
        "An invalid attribute, parameter, cursor or reference. The message names every problem; "
        "nothing was changed.",
        "unknown attribute 'is_mutted'; did you mean 'is_muted'?",
        (),
    ),
    401: (
        "Unauthorized",
        "The credentials are missing, empty, malformed or rejected.",
        "the Authorization header is missing; "
        "send 'Authorization: Bearer TOKEN', or HTTP Basic with a username",
        ("WWW-Authenticate",),
    ),
    404: (
        "NotFound",
        "No object has this id.",
        "there is no contact 'waz8eIbvDR60rouK'; ids are case-sensitive: "
        "did you mean 'WAz8eIbvDR60rouK'?",
        (),
    ),
    409: (
        "Conflict",
        "The contact is the authenticated user, who cannot be deleted.",
        "the authenticated user is a contact that cannot be deleted",
        (),
    ),
    413: (
        "TooLarge",
        "The body exceeds the size limit.",
        "the request body is over the limit of 26214400 bytes; "
        "send less, or start the server with a larger --max-body",
        (),
    ),
    415: (
        "UnsupportedMediaType",
        "The body has an unsupported content type.",
        "a body of type 'text/plain' is not supported; send application/json, "
        "application/x-www-form-urlencoded or multipart/form-data",
        (),
    ),
    421: (
        "Misdirected",
        "The Host header does not name this server.",
        "the Host 'example.com' does not name this server; use 127.0.0.1 or localhost, "
        "or start it with --allow-host",
        (),
    ),
    429: (
        "TooManyRequests",
        "The rate limit is exceeded.",
        "the limit of 5 requests in 60 seconds is reached; try again in 12 seconds",
        ("Retry-After",),
    ),
    500: ("ServerError", "Internal server error.", "…", ()),
    503: (
        "Unavailable",
        "A limit of the server is reached, such as the number of sandboxes; try again later.",
        "there are 1000 sandboxes, and no more are opened; delete one",
        ("Retry-After",),
    ),
}
COMMON_ERRORS = (400, 401, 421, 429, 500, 503)
BODY_ERRORS = (413, 415)


def components() -> dict[str, Any]:
    """Return the error responses by component name."""
    return {
        name: {
            "description": description,
            "headers": headers(*own, *GENERAL_HEADERS),
            "content": {
                JSON: {"schema": reference("Error"), "example": error_object(status, message)}
            },
        }
        for status, (name, description, message, own) in ERRORS.items()
    }


def errors(*more: int) -> dict[str, Any]:
    """Return references to the errors of an operation: the common ones and ``more``."""
    statuses = sorted({*COMMON_ERRORS, *more})
    return {
        str(status): {"$ref": f"#/components/responses/{ERRORS[status][0]}"} for status in statuses
    }


def headers(*names: str) -> dict[str, Any]:
    """Return references to response headers."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
