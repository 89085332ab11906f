"""Provenance of endpoints, parameters, attributes, statuses, headers and events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mockserver.contract.fidelity import Basis, Row
from mockserver.contract.openapi import prose
from mockserver.contract.openapi.attributes import ATTRIBUTES
from mockserver.resources.base import Resource
from mockserver.resources.registry import EVENTS, ResourceRegistry

#: Resources whose five operations are documented, each with an example.
DOCUMENTED = ("contacts", "conversations", "groups", "messages", "attachments")
PATHS = {
    "list": "GET /v1/{path}",
    "create": "POST /v1/{path}",
    "retrieve": "GET /v1/{path}/:id",
    "update": "PUT /v1/{path}/:id",
    "delete": "DELETE /v1/{path}/:id",
}
PAGING = {
    "limit": "1 to 100, default 10; anything else is a 400",
    "starting_after": "the page that follows the object with this id",
    "ending_before": "the page that directly precedes the object with this id, in the same order",
}
FILTERS = {
    "conversations": {
        "muted": "true: only muted ones; false filters nothing",
        "archived": "true: only archived ones; false filters nothing",
        "pinned": "true: only pinned ones; false filters nothing",
        "group_id": "only of this group",
    },
    "groups": {"archived": "true: only archived ones; false filters nothing"},
    "messages": {"conversation_id": "only of this conversation"},
    "attachments": {"conversation_id": "only of this conversation"},
}
ACTIVE_FILTER = Row(
    "parameter",
    "GET /v1/contacts?active",
    "decided",
    "true: only contacts that have been active; false filters nothing",
    "the documented request sends it, but its meaning is not documented; the other boolean "
    "filters work this way",
    "Contact",
)

RESPONSE_ATTRIBUTES = {
    "contact": (
        *("id", "username", "phone_number", "avatar_url", "display_name", "conversation_id"),
        *("last_active_at", "created_at"),
    ),
    "embedded contact": (
        *("id", "username", "phone_number", "avatar_url", "last_active_at", "created_at"),
    ),
    "conversation": (
        *("id", "contact_id", "group_id", "pinned_message_id", "is_pinned", "is_muted"),
        *("last_active_at", "last_opened_at", "created_at", "archived_at"),
    ),
    "group": (
        *("id", "name", "description", "avatar_url", "conversation_id", "contacts"),
        *("created_at", "archived_at"),
    ),
    "message": (
        *("id", "conversation_id", "contact", "message", "reactions", "attachments"),
        *("read_at", "created_at", "updated_at"),
    ),
    "attachment": (
        *("id", "message_id", "filename", "file_url", "file_type", "file_size", "created_at"),
    ),
    "page": ("has_more", "data"),
    "error": ("type", "message", "documentation_url"),
    "event": ("id", "type", "payload"),
}
SECTIONS = {
    "embedded contact": "Contact",
    "page": "Pagination",
    "error": "Errors",
    "event": "Events and webhooks",
}
#: Statements for attributes that the OpenAPI document does not describe.
STATEMENTS = {
    "id": "16 characters of A-Za-z0-9, case-sensitive",
    "has_more": "whether more objects follow this page, in the direction of paging",
    "data": "the objects of the page",
    "type": "one of the fifteen event types",
    "payload": "the whole object",
}
REQUEST_ATTRIBUTES = {
    "POST /v1/contacts": ("username", "phone_number", "avatar_url", "display_name"),
    "PUT /v1/contacts/:id": ("display_name",),
    "POST /v1/conversations": ("contact_id", "group_id"),
    "PUT /v1/conversations/:id": ("pinned_message_id", "is_pinned", "is_muted", "archived_at"),
    "POST /v1/groups": ("name", "description", "avatar_url", "contacts"),
    "PUT /v1/groups/:id": ("name", "description", "avatar_url", "contacts", "archived_at"),
    "POST /v1/messages": ("conversation_id", "message", "attachments"),
    "PUT /v1/messages/:id": ("message", "reactions", "attachments"),
    "POST /v1/attachments": ("file",),
    "PUT /v1/attachments/:id": ("filename",),
}
ATTACH_ON_UPLOAD = Row(
    "attribute",
    "POST /v1/attachments message_id",
    "decided",
    "the message to attach the file to",
    "the documentation does not say how a file that was uploaded on its own gets into a message",
    "Attachment",
)

RFC_9110 = "RFC 9110"
HTTP = "HTTP defines it so (RFC 9110)"
#: Status, basis, when it is sent, the reason for it, the section of the reference.
STATUSES: tuple[tuple[str, Basis, str, str, str], ...] = (
    (
        *("200", "decided", "retrieve, list and update"),
        "the documentation shows bodies; of statuses it only says that success is a 2xx",
        "Conventions",
    ),
    ("201", "decided", "create, with a Location", HTTP, "Conventions"),
    ("204", "decided", "delete, without a body", HTTP, "Conventions"),
    (
        *("400", "decided", "an invalid attribute, parameter, cursor or reference"),
        "the documented type is invalid_request, for which most APIs use 400",
        "Errors",
    ),
    ("401", "documented", "missing, empty or malformed credentials", "", "Authentication"),
    ("404", "decided", "no such object, or no such path", HTTP, "Errors"),
    ("405", "decided", "a method that the path does not support, with Allow", HTTP, "Errors"),
    (
        *("409", "decided", "only for deleting the authenticated user"),
        "the user is the sender of everything the API sends and must remain; the request is well "
        "formed, so it is not a 400",
        "Contact",
    ),
    ("413", "documented", "a body over the size limit", "", "Request bodies"),
    ("415", "documented", "a body of another content type", "", "Request bodies"),
    (
        *("421", "decided", "a Host header that does not name this server"),
        "a web page could otherwise point its own host name at this machine (DNS rebinding)",
        "Errors",
    ),
    (
        *("429", "decided", "only if a rate limit or a fault is configured"),
        "so that a client's handling of it can be tested; by default there is no limit",
        "Errors",
    ),
    ("500", "decided", "an internal server error, as api_error", HTTP, "Errors"),
    (
        *("503", "decided", "a limit of the server is reached, with Retry-After"),
        "memory and threads are limited; a clear error is better than a request that hangs",
        "Errors",
    ),
)

GENERAL = "HTTP requires it, or every server sends it"
LIMITS = "only if a rate limit is configured"
GITHUB = "GitHub's header names, also used by others"
BROWSER = "only if the request has an Origin, so that a web page can be tested against the sandbox"
STANDARD = "only with --standard-webhooks; the real API does not send it"
STANDARD_SOURCE = "https://www.standardwebhooks.com"
WEBHOOKS = "Events and webhooks"
#: Header, basis, its value or when it is sent, the reason for it, its source.
HEADERS: tuple[tuple[str, Basis, str, str, str], ...] = (
    ("Content-Type", "documented", "application/json", "", "Conventions"),
    ("WWW-Authenticate", "documented", "with each 401", "", "Authentication"),
    (
        *("Location", "decided", "the path of the created object, with each 201"),
        *("HTTP suggests it", "Conventions"),
    ),
    (
        *("Allow", "decided", "the methods of the path, with each 405"),
        *("HTTP requires it", "Conventions"),
    ),
    (
        *("Retry-After", "decided", "whole seconds, with each 429 and 503"),
        *("HTTP suggests it", "Errors"),
    ),
    ("Content-Length", "decided", "the length of the body", GENERAL, RFC_9110),
    ("Date", "decided", "the machine's time, never the sandbox's", GENERAL, RFC_9110),
    ("Server", "decided", "mockserver", GENERAL, RFC_9110),
    ("Connection", "decided", "whether the connection stays open", GENERAL, RFC_9110),
    (
        *("X-Request-Id", "extension", "the request's id in the sandbox's journal"),
        *("to look up what a request did", "Stripe's Request-Id"),
    ),
    ("X-RateLimit-Limit", "extension", "requests per window", LIMITS, GITHUB),
    ("X-RateLimit-Remaining", "extension", "requests left in the window", LIMITS, GITHUB),
    ("X-RateLimit-Reset", "extension", "when the window ends", LIMITS, GITHUB),
    (
        *("Preference-Applied", "extension", "the preferences that were applied"),
        *("only if the request sends Prefer, or a query parameter such as __code",),
        "RFC 7240; Prism",
    ),
    ("Access-Control-Allow-Origin", "extension", "*", BROWSER, "Fetch"),
    ("Access-Control-Expose-Headers", "extension", "*", BROWSER, "Fetch"),
    ("Access-Control-Allow-Methods", "extension", "to OPTIONS", BROWSER, "Fetch"),
    ("Access-Control-Allow-Headers", "extension", "to OPTIONS", BROWSER, "Fetch"),
    ("Access-Control-Max-Age", "extension", "to OPTIONS", BROWSER, "Fetch"),
    (
        *("Access-Control-Allow-Private-Network", "extension", "to OPTIONS"),
        *(BROWSER, "Private Network Access"),
    ),
    ("Vary", "extension", "to OPTIONS", BROWSER, "Fetch"),
    (
        *("delivery x-protocol-signature", "documented"),
        "the lowercase hexadecimal HMAC-SHA256 of the exact body, keyed with the webhook's secret",
        *("", WEBHOOKS),
    ),
    ("delivery Content-Type", "decided", "application/json", GENERAL, RFC_9110),
    ("delivery Content-Length", "decided", "the length of the exact body", GENERAL, RFC_9110),
    ("delivery Host", "decided", "the receiver's host", GENERAL, RFC_9110),
    ("delivery Accept-Encoding", "decided", "identity", GENERAL, RFC_9110),
    ("delivery User-Agent", "decided", "mockserver and its version", GENERAL, RFC_9110),
    (
        *("delivery X-Sandbox", "extension", "the name of the sending sandbox"),
        *("one receiver may serve many sandboxes", ""),
    ),
    ("delivery webhook-id", "extension", "the event's id", STANDARD, STANDARD_SOURCE),
    ("delivery webhook-timestamp", "extension", "the attempt's time", STANDARD, STANDARD_SOURCE),
    ("delivery webhook-signature", "extension", "v1, in base64", STANDARD, STANDARD_SOURCE),
)


def rows(resources: ResourceRegistry) -> Iterator[Row]:
    """Yield the rows of endpoints, parameters, attributes, statuses, headers and events."""
    documented = [resource for resource in resources if resource.path in DOCUMENTED]
    for resource in documented:
        for verb in PATHS:
            summary, _ = prose.operation(resource, verb)
            section = resource.kind.capitalize()
            yield Row("endpoint", subject(resource, verb), "documented", summary, "", section)
    yield from _parameters(documented)
    yield from _attributes()
    for status, basis, statement, reason, source in STATUSES:
        yield Row("status", status, basis, statement, reason, source)
    for header, basis, statement, reason, source in HEADERS:
        yield Row("header", header, basis, statement, reason, source)
    for resource in documented:
        for verb in EVENTS:
            event_type, statement = prose.event(resource, verb)
            yield Row("event", event_type, "documented", statement, "", WEBHOOKS)


def subject(resource: Resource, verb: str) -> str:
    """Return the subject of an endpoint's row, such as ``GET /v1/contacts/:id``."""
    return PATHS[verb].format(path=resource.path)


def _parameters(resources: Iterable[Resource]) -> Iterator[Row]:
    for resource in resources:
        path = subject(resource, "list")
        section = resource.kind.capitalize()
        if resource.path == "contacts":
            yield ACTIVE_FILTER
        for name, statement in FILTERS.get(resource.path, {}).items():
            yield Row("parameter", f"{path}?{name}", "documented", statement, "", section)
        for name, statement in PAGING.items():
            yield Row("parameter", f"{path}?{name}", "documented", statement, "", "Pagination")


def _attributes() -> Iterator[Row]:
    for kind, names in RESPONSE_ATTRIBUTES.items():
        schema = "EmbeddedContact" if kind == "embedded contact" else kind.capitalize()
        described = ATTRIBUTES.get(schema, {})
        section = SECTIONS.get(kind, kind.capitalize())
        for name in names:
            statement = described.get(name) or STATEMENTS[name]
            yield Row("attribute", f"{kind}.{name}", "documented", statement, "", section)
    for endpoint, names in REQUEST_ATTRIBUTES.items():
        section = endpoint.split("/")[2].removesuffix("s").capitalize()
        for name in names:
            yield Row("attribute", f"{endpoint} {name}", "documented", "may be sent", "", section)
    yield ATTACH_ON_UPLOAD
