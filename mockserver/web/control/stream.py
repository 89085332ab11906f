"""The stream of what happens in a sandbox: its requests, events and deliveries."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any, NamedTuple, Self

import orjson
from flask import Response

from mockserver.errors import InvalidRequest
from mockserver.journal.matching import MATCH, TARGET, Match
from mockserver.sandbox.sandbox import Sandbox
from mockserver.schema.fields import repr_value
from mockserver.storage.wait_slots import WaitSlots
from mockserver.web.control.context import ControlRequest, Json, Routes
from mockserver.web.fault_injection import wait_slots

HEARTBEAT = 15.0  # seconds after which a silent stream sends a comment, to notice a lost client
MEDIA_TYPE = "text/event-stream"

routes = Routes()


class Position(NamedTuple):
    """How much of a sandbox's journal and delivery log a client has read."""

    requests: int
    deliveries: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the position in an event's id; raises ``InvalidRequest``."""
        numbers = text.split(".")
        if len(numbers) != 2 or not all(map(str.isdecimal, numbers)) or len(text) > 40:
            raise InvalidRequest(
                f"Last-Event-ID: must be the id of an event of this stream, such as 12.3, not "
                f"{repr_value(text)}"
            )
        return cls(int(numbers[0]), int(numbers[1]))

    def __str__(self) -> str:
        return f"{self.requests}.{self.deliveries}"


@routes.add(
    "GET",
    "/stream",
    query={**TARGET.fields, "status": MATCH.fields["status"]},
    media_type=MEDIA_TYPE,
)
def follow(request: ControlRequest, **filters: Any) -> Response:
    """Follow a sandbox: server-sent events with its requests, events and deliveries.

    ``request`` is an entry of the journal, followed by an ``event`` for each event of the request;
    ``delivery`` is a delivery that changed. Each has the id of its position: send it as
    ``Last-Event-ID`` to get what came after it, or ``0.0`` for all that is kept. ``missing`` is the
    number of requests that the journal evicted before they were sent. With filters, only matching
    requests and their events are sent. The stream ends when the sandbox is deleted.
    """
    sandbox, http = request.sandbox, request.http
    slots = wait_slots(http.environ)
    reader = Reader(sandbox, filters, http.headers.get("Last-Event-ID"))
    slot = ExitStack()
    events: Iterator[bytes] = iter(())
    if http.method != "HEAD":
        slot.enter_context(slots.long_poll())
        events = _follow(sandbox, reader, slots)
    response = Response(events, mimetype=MEDIA_TYPE, headers={"Cache-Control": "no-store"})
    response.call_on_close(slot.close)
    return response


def _follow(sandbox: Sandbox, reader: "Reader", slots: WaitSlots) -> Iterator[bytes]:
    with sandbox.activity.listen() as changed:
        yield f": sandbox {sandbox.name}\n\n".encode()
        while True:
            changed.clear()  # before the checks: whatever ends the stream sets it again
            if sandbox.closed or not slots.wait(0):
                return
            events = b"".join(reader.read())
            if events:
                yield events
            slots.wait_for(changed, HEARTBEAT)
            if not changed.is_set():
                yield b":\n\n"


class Reader:
    """Reads what happened in a sandbox since a position, or since now."""

    def __init__(self, sandbox: Sandbox, filters: Mapping[str, Any], last_id: str | None) -> None:
        self._sandbox = sandbox
        self._filters = filters
        self._match = Match.from_dict(filters)
        now = Position(sandbox.journal.appended, sandbox.webhooks.log.version)
        self._position = now if last_id is None else Position.parse(last_id)
        if self._position.requests > now.requests:  # of an earlier server
            self._position = Position(0, 0)

    def read(self) -> Iterator[bytes]:
        """Yield the new events as bytes, and move the position."""
        exchanges, missing = self._sandbox.journal.latest(self._position.requests)
        if missing:
            self._move(requests=self._position.requests + missing)
            yield self._events(("missing", {"requests": missing}))
        for exchange in exchanges:
            self._move(requests=self._position.requests + 1)
            if self._match(exchange):
                cause = {"request": exchange.id, "at": exchange.at}
                events = [
                    ("event", {**cause, **event._asdict()}) for event in exchange.change_set.events
                ]
                yield self._events(("request", exchange.to_summary()), *events)
        for version, delivery in self._changed_deliveries():
            self._move(deliveries=version)
            if not self._filters:
                yield self._events(("delivery", delivery))

    def _changed_deliveries(self) -> list[tuple[int, Json]]:
        webhooks = self._sandbox.webhooks
        with webhooks.changes:
            changed = webhooks.log.changed_since(self._position.deliveries)
            return [(item.version, item.to_summary()) for item in reversed(changed)]

    def _move(self, **numbers: int) -> None:
        self._position = self._position._replace(**numbers)

    def _events(self, *events: tuple[str, Json]) -> bytes:
        """Return events of one position; only the last has the id, so a resumed client gets all."""
        parts = [f"event: {kind}\ndata: ".encode() + orjson.dumps(value) for kind, value in events]
        return b"\n\n".join(parts) + f"\nid: {self._position}\n\n".encode()
