"""A fault that tests forward compatibility: the API as a later version may look."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson

from mockserver.faults.base import Fault, RawResponse
from mockserver.storage.ids import digest_id
from mockserver.storage.world import ChangeSet, Event, Parts

ATTRIBUTE = "schema_drift"
EVENT = "schema_drift.created"
#: Attributes whose objects have names that users choose: another name there would be data.
MAPS = ("reactions",)


class SchemaDrift(Fault):
    """Adds an unknown attribute to each object and reverses the order of attributes.

    A request with events also sends one of an unknown type.
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
            events.append(Event(digest_id(f"{EVENT}/{last.id}"), EVENT, last.payload))
        return ChangeSet(change_set.changes, Parts([events]))


def add_drift(value: Any) -> Any:
    """Return a JSON value with an unknown first attribute in each object, the others reversed."""
    if isinstance(value, list):
        return [add_drift(item) for item in value]
    if not isinstance(value, dict):
        return value
    attributes = {
        name: item if name in MAPS else add_drift(item) for name, item in reversed(value.items())
    }
    return {ATTRIBUTE: {"is_unknown": True}, **attributes}
