"""The answers: each error with its headers, and the headers themselves."""

from __future__ import annotations

from typing import Any

from mockserver.contract.openapi.schemas import reference
from mockserver.errors import error_object

JSON = "application/json"
#: On every answer where a rate limit is set, and its own where it is reached.
LIMITS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
GENERAL = ("X-Request-Id", *LIMITS)

HEADERS: dict[str, Any] = {
    "X-Request-Id": {
        "description": "the request's id in the sandbox's journal; the real API does not send it",
        "schema": {"type": "string"},
    },
    "X-RateLimit-Limit": {
        "description": "requests in a window, where a limit is set",
        "schema": {"type": "integer", "minimum": 0},
    },
    "X-RateLimit-Remaining": {
        "description": "requests that are left in this window, where a limit is set",
        "schema": {"type": "integer", "minimum": 0},
    },
    "X-RateLimit-Reset": {
        "description": "when this window ends, in Unix seconds, where a limit is set",
        "schema": {"type": "integer", "minimum": 0},
    },
    "Location": {
        "description": "the path of what was created",
        "required": True,
        "schema": {"type": "string", "format": "uri-reference"},
    },
    "WWW-Authenticate": {
        "description": "the challenges, Bearer and Basic",
        "required": True,
        "schema": {"type": "string"},
    },
    "Retry-After": {
        "description": "seconds after which to try again",
        "schema": {"type": "integer", "minimum": 0},
    },
}

#: Each error: the name of its response, what it means, an example of its message, its headers.
ERRORS: dict[int, tuple[str, str, str, tuple[str, ...]]] = {
    400: (
        "BadRequest",
        "An invalid attribute, parameter, cursor or reference. All problems are told at once; "
        "nothing was changed.",
        "unknown attribute 'is_mutted'; did you mean 'is_muted'?",
        (),
    ),
    401: (
        "Unauthorized",
        "The credentials are absent, empty, malformed or refused.",
        "the Authorization header is missing; "
        "send 'Authorization: Bearer TOKEN', or HTTP Basic with a username",
        ("WWW-Authenticate",),
    ),
    404: (
        "NotFound",
        "There is no such object.",
        "there is no contact 'waz8eIbvDR60rouK'; ids are case-sensitive: "
        "did you mean 'WAz8eIbvDR60rouK'?",
        (),
    ),
    409: (
        "Conflict",
        "The authenticated user is a contact too, and cannot be deleted.",
        "the authenticated user is a contact that cannot be deleted",
        (),
    ),
    413: (
        "TooLarge",
        "The body is over the size limit.",
        "the request body is over the limit of 26214400 bytes; "
        "send less, or start the server with a larger --max-body",
        (),
    ),
    415: (
        "UnsupportedMediaType",
        "The body is of a content type that is not taken.",
        "a body of type 'text/plain' is not taken; send application/json, "
        "application/x-www-form-urlencoded or multipart/form-data",
        (),
    ),
    421: (
        "Misdirected",
        "The Host header names a host that is not this server's.",
        "the Host 'example.com' does not name this server; use 127.0.0.1 or localhost, "
        "or start it with --allow-host",
        (),
    ),
    429: (
        "TooManyRequests",
        "Too many requests: a rate limit is set, and reached.",
        "the limit of 5 requests in 60 seconds is reached; try again in 12 seconds",
        ("Retry-After",),
    ),
    500: ("ServerError", "An error of the server itself.", "…", ()),
    503: (
        "Unavailable",
        "A bound of the server is reached, such as too many sandboxes; try again later.",
        "there are 1000 sandboxes, and no more are opened; delete one",
        ("Retry-After",),
    ),
}
ALWAYS = (400, 401, 421, 429, 500, 503)
WITH_BODY = (413, 415)


def components() -> dict[str, Any]:
    """The errors, as components to refer to."""
    return {
        name: {
            "description": description,
            "headers": headers(*own, *GENERAL),
            "content": {
                JSON: {"schema": reference("Error"), "example": error_object(status, message)}
            },
        }
        for status, (name, description, message, own) in ERRORS.items()
    }


def errors(*more: int) -> dict[str, Any]:
    """References to the errors of an operation: ``more``, and those that any request may meet."""
    statuses = sorted({*ALWAYS, *more})
    return {str(each): {"$ref": f"#/components/responses/{ERRORS[each][0]}"} for each in statuses}


def headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
