"""The endpoints of the control API: what they are called, what they do, and what they take.

The overview shows this table, so that nobody has to look for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from mockserver.schema.fields import Attribute
from mockserver.web import requests

ROOT = "/_sandbox"


class Route(NamedTuple):
    """An endpoint of the control API; ``example`` is a body that it takes."""

    method: str
    path: str
    operation: str
    about: str
    example: Any = None
    #: What it takes in its query, beside ``sandbox``.
    parameters: Mapping[str, Attribute] = MappingProxyType({})


ROUTES = (
    Route("GET", "", "overview", "settings, sandboxes, counts, clock, and these endpoints"),
    Route("GET", "/health", "health", "whether the server lives"),
    Route("GET", "/ready", "ready", "whether it serves"),
    Route("GET", "/sandboxes", "list_sandboxes", "the sandboxes that are open"),
    Route(
        "POST",
        "/sandboxes",
        "create_sandbox",
        "open one with fixtures, seed and clock of its own",
        {"name": "signup", "fixtures": "empty", "seed": "7", "clock": "frozen"},
    ),
    Route("GET", "/sandboxes/<name>", "retrieve_sandbox", "one, with its counts and its clock"),
    Route("DELETE", "/sandboxes/<name>", "delete_sandbox", "forget one and all that it holds"),
    Route("POST", "/reset", "reset", "back to the start", {"only": ["data", "clock"]}),
    Route("GET", "/state", "retrieve_state", "all of it, in the fixture format"),
    Route(
        "PUT",
        "/state",
        "replace_state",
        "go on with another state",
        {
            "version": 1,
            "now": 705106800,
            "user": "inEIRvzjC6YLMX3o",
            "contacts": [
                {
                    "id": "inEIRvzjC6YLMX3o",
                    "username": "LinnieMcCallister",
                    "phone_number": "1-800-759-3000",
                    "created_at": 692233200,
                }
            ],
        },
    ),
    Route("GET", "/snapshots", "list_snapshots", "the snapshots, by name"),
    Route("PUT", "/snapshots/<name>", "take_snapshot", "remember the state as it is", {}),
    Route("POST", "/snapshots/<name>/restore", "restore_snapshot", "bring it back", {}),
    Route("DELETE", "/snapshots/<name>", "delete_snapshot", "forget it"),
    Route("GET", "/clock", "retrieve_clock", "the sandbox's clock"),
    Route("PUT", "/clock", "replace_clock", "set it", {"mode": "frozen", "now": 705106800}),
    Route("POST", "/clock/advance", "advance_clock", "let seconds pass", {"seconds": 3600}),
    Route("GET", "/requests", "list_requests", "the journal", parameters=requests.LIST),
    Route("GET", "/requests/<name>", "retrieve_request", "one request, whole"),
    Route(
        "DELETE",
        "/requests",
        "remove_requests",
        "forget those that match, or all",
        {"match": {"operation": "messages.*"}},
    ),
    Route(
        "POST",
        "/requests/verify",
        "verify_requests",
        "how many match; if not as many as wanted, the nearest misses",
        {"match": {"method": "POST", "body": {"message": "Good evening."}}, "count": 0},
    ),
    Route(
        "POST",
        "/requests/wait",
        "await_requests",
        "the same, once it holds, or after timeout seconds",
        {"match": {"path": "/v1/contacts*"}, "at_least": 0, "timeout": 5},
    ),
    Route("GET", "/changes", "list_changes", "what became of what", parameters=requests.CHANGES),
)
#: The verb of the POST that does the same, for clients that know GET and POST only (Mockoon).
TWINS = {"PUT": "replace", "DELETE": "delete"}
