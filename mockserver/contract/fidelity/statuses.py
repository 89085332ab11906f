"""The statuses of the API's answers."""

from __future__ import annotations

from mockserver.contract.fidelity.row import Row

ERRORS = "Errors"
HTTP = "what HTTP itself asks for (RFC 9110)"

ROWS = (
    Row(
        *("status", "200", "decided", "retrieve, list and update"),
        "the documentation shows bodies, and of the statuses only that success is a 2xx",
        "Conventions",
    ),
    Row("status", "201", "decided", "create, with a Location", HTTP, "Conventions"),
    Row("status", "204", "decided", "delete, without a body", HTTP, "Conventions"),
    Row(
        *("status", "400", "decided", "an invalid attribute, parameter, cursor or reference"),
        "the documented type is invalid_request; 400 is what most APIs mean by it",
        ERRORS,
    ),
    Row(
        *("status", "401", "documented", "credentials that are absent, empty or malformed"),
        "",
        "Authentication",
    ),
    Row("status", "404", "decided", "no such object, or no such path", HTTP, ERRORS),
    Row("status", "405", "decided", "another method than a path has, with Allow", HTTP, ERRORS),
    Row(
        *("status", "409", "decided", "only for the deletion of the authenticated user"),
        "the user is the sender of all that the API sends, so it must stay; the request is well "
        "formed, so it is no 400",
        "Contact",
    ),
    Row(
        *("status", "413", "documented", "a body over the size limit"),
        "",
        "Request bodies",
    ),
    Row(
        *("status", "415", "documented", "a body of another content type"),
        "",
        "Request bodies",
    ),
    Row(
        *("status", "421", "decided", "a Host header that is not this server's"),
        "a page of another site could have its own name point to this machine (DNS rebinding)",
        ERRORS,
    ),
    Row(
        *("status", "429", "decided", "only where a rate limit or a fault is set"),
        "so that a client's way out of it can be tested; by default there is no limit",
        ERRORS,
    ),
    Row("status", "500", "decided", "an error of the server itself, as api_error", HTTP, ERRORS),
    Row(
        *("status", "503", "decided", "a bound of the server is reached, with Retry-After"),
        "memory and threads are finite: an honest refusal is better than a hang",
        ERRORS,
    ),
)
