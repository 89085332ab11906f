"""Every error the API can answer with: one class tree, rendered in one place.

The reference's "Errors" fixes the object: exactly ``type``, ``message`` and
``documentation_url``; ``invalid_request`` for any 4xx, ``api_error`` for any 5xx.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

DOCUMENTATION = "https://protocol.chat/docs/errors/"


def without_secret(text: str) -> str:
    """A webhook as a command line has it (``URL;secret=S``), its secret hidden."""
    hidden = ("secret=…" if each.startswith("secret=") else each for each in text.split(";"))
    return ";".join(hidden)


class ApiError(Exception):
    """An error to be told to the client: a status, a message, and headers."""

    status = 500

    def __init__(self, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.headers = dict(headers or {})


class InvalidRequest(ApiError):
    """400. All the problems of one request at once, each with where it is."""

    status = 400

    def __init__(self, problems: str | Iterable[str]) -> None:
        self.problems = [problems] if isinstance(problems, str) else list(problems)
        super().__init__("; ".join(self.problems))


class Unauthorized(ApiError):
    """401, with the challenge that RFC 9110 (section 11.6.1) wants beside it."""

    status = 401

    def __init__(self, message: str) -> None:
        challenge = 'Bearer realm="Protocol API", Basic realm="Protocol API"'
        super().__init__(message, {"WWW-Authenticate": challenge})


class Forbidden(ApiError):
    """403: a control request that another origin's page tries to make."""

    status = 403


class NotFound(ApiError):
    """404: no such object or path."""

    status = 404


class MethodNotAllowed(ApiError):
    """405, with the methods that are allowed."""

    status = 405

    def __init__(self, method: str, path: str, allowed: Iterable[str]) -> None:
        listed = ", ".join(sorted(allowed))
        super().__init__(f"{method} is not allowed on {path}; allowed: {listed}", {"Allow": listed})


class Conflict(ApiError):
    """409: refused by the state of the world, where the reference says so."""

    status = 409


class TooLarge(ApiError):
    """413: the body is over the size limit."""

    status = 413

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"the request body is over the limit of {limit} bytes; "
            "send less, or start the server with a larger --max-body"
        )


class UnsupportedMediaType(ApiError):
    """415: a body of a content type that no endpoint takes."""

    status = 415


class Misdirected(ApiError):
    """421: the Host header names a host that is not ours (DNS rebinding)."""

    status = 421


class TooManyRequests(ApiError):
    """429: a rate limit; ``retry_after`` is in seconds, ``standing`` says how much is left."""

    status = 429

    def __init__(self, message: str, retry_after: int, standing: Mapping[str, str]) -> None:
        super().__init__(message, {"Retry-After": str(retry_after), **standing})


class Unavailable(ApiError):
    """503: a bound of the server is reached; ``retry_after`` is in seconds."""

    status = 503

    def __init__(self, message: str, retry_after: int = 1) -> None:
        super().__init__(message, {"Retry-After": str(retry_after)})


def error_object(status: int, message: str) -> dict[str, str]:
    """The reference's error object for a status."""
    kind = "api_error" if status >= 500 else "invalid_request"
    return {"type": kind, "message": message, "documentation_url": DOCUMENTATION + kind}


def error_body(status: int, message: str) -> bytes:
    """The error object as the bytes of a response's body."""
    return json.dumps(error_object(status, message), ensure_ascii=False).encode() + b"\n"
