"""The API's errors: one class per status, rendered by ``error_object``.

An error object has exactly ``type``, ``message`` and ``documentation_url``; the type is
``invalid_request`` for any 4xx and ``api_error`` for any 5xx (``contract/reference.md``, "Errors").
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from itertools import islice
from urllib.parse import unquote_plus

DOCUMENTATION = "https://protocol.chat/docs/errors/"
REDACTED = "(redacted)"
#: Matches the names of headers and query parameters whose values are credentials.
SECRET_NAME = re.compile(
    "token|secret|password|credential|(api|access|private|subscription)[-_]?key"
    "|^(proxy-)?authorization$|^(set-)?cookie$|^(auth|key|pass|pwd|sig|signature)$",
    re.IGNORECASE,
)
PARAMETER = re.compile(r"(?<=[?&])([^?&=#]+)=([^&#\s]*)")
MAX_PROBLEMS = 100  # in an error message; validation stops at this number
MAX_COMPARED = 64  # characters of a name that is compared with others, in quadratic time
MAX_NAMES = 10  # of existing objects in an error message


def did_you_mean(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """Return "; did you mean 'NEAREST'?", or "; OTHERWISE" if no known name is similar."""
    similar = get_close_matches(name, known, 1) if len(name) <= MAX_COMPARED else []
    hint = f"did you mean '{similar[0]}'?" if similar else otherwise
    return f"; {hint}" if hint else ""


def join_names(names: Iterable[str]) -> str:
    """Return the first ``MAX_NAMES`` names, separated by commas, and the number of the others."""
    names = list(names)
    others = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
    return ", ".join(names[:MAX_NAMES]) + others


def unknown_name(noun: str, name: str, known: Collection[str]) -> str:
    """Return a message such as ``unknown setting 'sed'; did you mean 'seed'?``"""
    hint = did_you_mean(name, known, f"known: {', '.join(known)}")
    return f"unknown {noun} '{name}'{hint}"


def hide_secret(text: str) -> str:
    """Return a webhook setting (``URL;secret=S``) with its secret and those of its URL hidden."""
    url, *options = text.split(";")
    options = ["secret=…" if option.startswith("secret=") else option for option in options]
    return ";".join([hide_query(url), *options])


def hide_query(url: str) -> str:
    """Return a URL with the values of its secret query parameters hidden."""

    def replacement(parameter: re.Match[str]) -> str:
        is_secret = SECRET_NAME.search(unquote_plus(parameter[1]))
        return f"{parameter[1]}={REDACTED}" if is_secret else parameter[0]

    return PARAMETER.sub(replacement, url)


class ApiError(Exception):
    """An error response: status, message and headers."""

    status = 500

    def __init__(self, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.headers = dict(headers or {})

    @property
    def summary(self) -> str:
        """The first problem, and the number of the others."""
        return self.message


class InvalidRequest(ApiError):
    """400. The message lists the request's problems, each with its location.

    Only the first ``MAX_PROBLEMS`` of them are read.
    """

    status = 400

    def __init__(self, problems: str | Iterable[str]) -> None:
        remaining = iter([problems] if isinstance(problems, str) else problems)
        self.problems = list(islice(remaining, MAX_PROBLEMS))
        if next(remaining, None) is not None:
            self.problems.append(f"and more; only the first {MAX_PROBLEMS} problems are listed")
        super().__init__("; ".join(self.problems))

    @property
    def summary(self) -> str:
        others = len(self.problems) - 1
        return self.problems[0] + (f" (and {others} more)" if others else "")


class Unauthorized(ApiError):
    """401, with the challenge that RFC 9110, section 11.6.1 requires."""

    status = 401

    def __init__(self, message: str) -> None:
        # Without a charset, clients encode a username as they like (RFC 7617, section 2.1).
        challenge = 'Bearer realm="Protocol API", Basic realm="Protocol API", charset="UTF-8"'
        super().__init__(message, {"WWW-Authenticate": challenge})


class Forbidden(ApiError):
    """403: a control request from a web page of another origin."""

    status = 403


class NotFound(ApiError):
    status = 404


class MethodNotAllowed(ApiError):
    """405, with the allowed methods in ``Allow``."""

    status = 405

    def __init__(self, method: str, path: str, allowed: Iterable[str]) -> None:
        listed = ", ".join(sorted(allowed))
        super().__init__(f"{method} is not allowed on {path}; allowed: {listed}", {"Allow": listed})


class Conflict(ApiError):
    status = 409


class TooLarge(ApiError):
    status = 413

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"the request body is over the limit of {limit} bytes; "
            "send less, or start the server with a larger --max-body"
        )


class UnsupportedMediaType(ApiError):
    status = 415


class RangeNotSatisfiable(ApiError):
    status = 416

    def __init__(self, length: int) -> None:
        headers = {"Accept-Ranges": "bytes", "Content-Range": f"bytes */{length}"}
        super().__init__(f"the Range must begin before the file's end, at byte {length}", headers)


class Misdirected(ApiError):
    """421: the Host header does not name this server (protection from DNS rebinding)."""

    status = 421


class TooManyRequests(ApiError):
    """429: the rate limit is used up; ``retry_after`` is in seconds."""

    status = 429

    def __init__(self, message: str, retry_after: int, limit_headers: Mapping[str, str]) -> None:
        super().__init__(message, {"Retry-After": str(retry_after), **limit_headers})


class Unavailable(ApiError):
    """503: a limit of the server is reached; the client may retry after a second."""

    status = 503

    def __init__(self, message: str) -> None:
        super().__init__(message, {"Retry-After": "1"})


def error_object(status: int, message: str) -> dict[str, str]:
    """Return the error object for a status."""
    kind = "api_error" if status >= 500 else "invalid_request"
    return {"type": kind, "message": message, "documentation_url": DOCUMENTATION + kind}


def error_body(status: int, message: str) -> bytes:
    """Return the error object for a status as JSON."""
    return json.dumps(error_object(status, message), ensure_ascii=False).encode() + b"\n"
