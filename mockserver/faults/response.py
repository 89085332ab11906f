"""Faults that are valid responses of the API, or of a later version of it."""

from dataclasses import replace
from typing import Any

import orjson

from mockserver.errors import error_body
from mockserver.faults.base import ConnectionHandle, Fault, RawResponse
from mockserver.schema.fields import NonEmptyString, integer
from mockserver.schema.schema import ParameterSchema
from mockserver.storage.collection import MAX_PAGE_SIZE
from mockserver.storage.ids import digest_id
from mockserver.storage.seeded_random import SeededRandom
from mockserver.storage.world import ChangeSet, Event, Parts

#: The default of Retry-After, in seconds, for each status that has one (RFC 6585, RFC 9110).
DEFAULT_RETRY_AFTER = {429: 1, 503: 1}
CHALLENGE = ("WWW-Authenticate", 'Bearer realm="Protocol API"')
DRIFT_EVENT = "schema_drift.created"


class Error(Fault):
    """An error status with the API's error object. The request is not handled."""

    type = "error"
    parameters = ParameterSchema.with_fields(
        status=integer(400, 599, required=True),
        retry_after=integer(0, 86_400, allow_none=True),
        message=NonEmptyString(),
    )

    def before_request(self, connection: ConnectionHandle, rng: SeededRandom) -> RawResponse:
        status = self.values["status"]
        headers = [("Content-Type", "application/json")]
        retry_after = self.values.get("retry_after", DEFAULT_RETRY_AFTER.get(status))
        if retry_after is not None:
            headers.append(("Retry-After", str(retry_after)))
        if status == 401:
            headers.append(CHALLENGE)
        message = self.values.get("message", f"injected error {status}; the request had no effect")
        return RawResponse(status, tuple(headers), error_body(status, message))


class PageCap(Fault):
    """A page of at most ``maximum`` objects, whatever ``limit`` is; ``has_more`` is correct."""

    type = "page_cap"
    parameters = ParameterSchema.with_fields(maximum=integer(1, MAX_PAGE_SIZE, required=True))

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.max_page_size = values["maximum"]


class SchemaDrift(Fault):
    """An unknown attribute in each object, and the other attributes in reverse order.

    A request that causes events also causes an additional event of an unknown type.
    """

    type = "schema_drift"

    def on_response(self, response: RawResponse) -> RawResponse:
        if not response.body or ("Content-Type", "application/json") not in response.headers:
            return response
        return replace(response, body=orjson.dumps(add_drift(orjson.loads(response.body))))

    def on_events(self, change_set: ChangeSet) -> ChangeSet:
        events = [event._replace(payload=add_drift(event.payload)) for event in change_set.events]
        if events:
            last = events[-1]
            events.append(Event(digest_id(f"{DRIFT_EVENT}/{last.id}"), DRIFT_EVENT, last.payload))
        return ChangeSet(change_set.changes, Parts([events]))


def add_drift(value: Any) -> Any:
    """Return a JSON value with an unknown attribute first in each object, the others reversed."""
    if isinstance(value, list):
        return [add_drift(item) for item in value]
    if not isinstance(value, dict):
        return value
    attributes = {
        # Users choose the names of reactions: an added name would be a reaction.
        name: item if name == "reactions" else add_drift(item)
        for name, item in reversed(value.items())
    }
    return {"schema_drift": {"is_unknown": True}, **attributes}
