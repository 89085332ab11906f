"""SchemaDrift's API: what a tolerant client must bear, since an API that lives adds to itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson

from mockserver.faults.base import Fault
from mockserver.faults.raw_response import RawResponse
from mockserver.storage.ids import digest_id
from mockserver.storage.world import ChangeSet, Event

ATTRIBUTE = "new_tomorrow"
EVENT = "tomorrow.arrived"
#: Objects whose names are the users' own: one more would not be unknown, but wrong.
MAPS = ("reactions",)


class SchemaDrift(Fault):
    """Adds an attribute that nobody knows to each object, turns the order of attributes around,
    and tells an event of an unknown type for what is written."""

    type = "tomorrow"

    def bend(self, reply: RawResponse) -> RawResponse:
        if not reply.body or ("Content-Type", "application/json") not in reply.headers:
            return reply
        return replace(reply, body=orjson.dumps(grown(orjson.loads(reply.body))))

    def tell(self, happened: ChangeSet) -> ChangeSet:
        if not happened.events:
            return happened
        events = [event._replace(payload=grown(event.payload)) for event in happened.events]
        last = events[-1]
        events.append(Event(digest_id(f"{EVENT}/{last.id}"), EVENT, last.payload))
        return ChangeSet(happened.changes, events)


def grown(value: Any) -> Any:
    """A value as an API of tomorrow might show it."""
    if isinstance(value, list):
        return [grown(each) for each in value]
    if not isinstance(value, dict):
        return value
    turned = {name: each if name in MAPS else grown(each) for name, each in reversed(value.items())}
    return {ATTRIBUTE: {"since": "tomorrow"}, **turned}
