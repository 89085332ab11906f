"""The client of one sandbox: its address and credentials, and a group of methods per part."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from json import dumps
from typing import Any, Never, Self
from urllib.parse import quote
from wsgiref.types import WSGIApplication

from mockserver.client import types
from mockserver.client.control import (
    ControlApi,
    Document,
    SandboxClient,
    StreamEvent,
    read_document,
)
from mockserver.client.expectation import Expectation
from mockserver.client.faults import FaultsClient, RateLimitClient
from mockserver.client.in_process import bind_app
from mockserver.client.journal import JournalClient
from mockserver.client.simulation import BotsClient, ConversationsClient, SimulateClient
from mockserver.client.transport import HttpResponse, Unreachable
from mockserver.client.webhooks import DeliveriesClient, EventsClient, InboxesClient, WebhooksClient
from mockserver.errors import ApiError, unknown_name

DEFAULT = "default"


class Sandbox(SandboxClient):
    """A sandbox of a server: isolated data, clock, journal, faults and webhooks.

    Created by ``MockServer.sandbox()``. As a context manager it deletes the sandbox at the end. All
    methods raise ``ApiError``, with ``status`` and ``message``, for an error response, and
    ``Unreachable`` if there is no response.
    """

    def __init__(self, control: ControlApi, name: str) -> None:
        super().__init__(control, name)
        self.clock = ClockClient(control, name)
        self.snapshots = SnapshotsClient(control, name)
        self.state = StateClient(control, name)
        self.journal = JournalClient(control, name)
        self.faults = FaultsClient(control, name)
        self.rate_limit = RateLimitClient(control, name)
        self.webhooks = WebhooksClient(control, name)
        self.deliveries = DeliveriesClient(control, name)
        self.events = EventsClient(control, name)
        self.inboxes = InboxesClient(control, name)
        self.simulate = SimulateClient(control, name)
        self.bots = BotsClient(control, name)
        self.conversations = ConversationsClient(control, name)

    @property
    def url(self) -> str:
        """The root URL, without ``/v1``, for requests with ``headers``, which select the sandbox.

        If the server accepts only certain tokens, the URL selects the sandbox instead.
        """
        return self._control.server.url + self._prefix

    @property
    def base_url(self) -> str:
        """The URL with ``/v1`` that selects this sandbox, whatever the token of the client."""
        return f"{self._control.server.url}/s/{self.name}/v1"

    @property
    def token(self) -> str:
        """The token of this sandbox, or the one that the server requires."""
        if self._control.api_token is not None:
            return self._control.api_token
        return DEFAULT if self.name == DEFAULT else f"sandbox_{self.name}"

    @property
    def headers(self) -> dict[str, str]:
        """The ``Authorization`` header with ``token``."""
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def app(self) -> WSGIApplication:
        """A WSGI application that passes all requests to this sandbox.

        Raises ``RuntimeError`` if the server runs in another process.
        """
        return bind_app(self._control.server, self.name, self.headers["Authorization"])

    def call(
        self, method: str, path: str, *, json: Any = None, headers: Mapping[str, str] | None = None
    ) -> HttpResponse:
        """Send a request to the Protocol API, such as ``call("GET", "/v1/contacts?limit=3")``.

        Return the response, whatever its status. ``json`` is the value of the body; ``headers``
        override those of the sandbox. Raises ``Unreachable`` if no complete response arrives.
        """
        if not path.startswith("/"):
            raise ValueError(f"path: {path!r} must begin with a slash, as in /v1/contacts")
        sent = {**self.headers, **{name.title(): value for name, value in (headers or {}).items()}}
        body = b""
        if json is not None:
            body = dumps(json).encode()
            sent.setdefault("Content-Type", "application/json")
        target = self._prefix + quote(path, safe="%/?&=+,;:@!$'()*[]~")
        return self._control.server.send(method, target, sent, body)

    def expect(
        self,
        *,
        created: Mapping[str, int] | None = None,
        updated: Mapping[str, int] | None = None,
        deleted: Mapping[str, int] | None = None,
        events: Iterable[str] | None = None,
        nothing_else: bool = False,
        **unknown: Never,
    ) -> Expectation:
        """Return a context manager that checks how many objects its block changes, by kind.

        ``created={"message": 1}`` expects one message after the block that did not exist before.
        Other kinds may change freely, unless ``nothing_else`` is set; then only updates without an
        event, such as a new ``last_active_at``, are ignored. ``events`` are the types of all
        events, in order.

        Raises ``AssertionError`` at the end of the block, with the difference and the requests of
        the block, and ``ValueError`` at once for an unknown kind or event type.
        """
        for name in unknown:
            known = ("created", "updated", "deleted", "events", "nothing_else")
            raise TypeError(f"expect: {unknown_name('argument', name, known)}")
        counts = {"created": created or {}, "updated": updated or {}, "deleted": deleted or {}}
        if isinstance(events, str):
            raise ValueError(
                f"expect: events must be a list of types, such as ['{events}'], not a string"
            )
        expected_events = None if events is None else list(events)
        return Expectation(self.journal, self.overview, counts, expected_events, nothing_else)

    def follow(self, last_id: str | None = None, **filters: Any) -> Iterator[StreamEvent]:
        """Yield what happens in the sandbox, as it happens: requests, events and deliveries.

        ``last_id`` is the ``id`` of an event, to continue after it, or ``"0.0"`` to start with all
        that is kept. ``filters`` are those of ``journal.list`` except ``limit``; only matching
        requests and their events are then yielded. Ends when the sandbox is deleted or the server
        stops. Needs a server that is started.
        """
        return self._control.follow(last_id, **filters, sandbox=self.name)

    def reset(self, only: Sequence[str] | None = None) -> types.SandboxDict:
        """Reset the sandbox to its initial state, ids included, or only the parts in ``only``.

        The parts are data, clock, journal, snapshots, faults, rate_limit, webhooks, inbox and bots.
        """
        return self._request("POST", "reset", only=only)

    def counters(self) -> types.CountersDict:
        """Return the clock, and counters of changes, requests, deliveries and inbox messages."""
        return self._request("GET", "counters")

    def overview(self) -> types.SandboxDict:
        """Return the counts of objects, clock, seed, snapshots and the id of the last request."""
        return self._control.request("GET", f"/sandboxes/{self.name}")

    def delete(self) -> types.DeletedDict:
        """Delete the sandbox with all its data."""
        return self._control.request("DELETE", f"/sandboxes/{self.name}")

    def __enter__(self) -> Self:
        self._process = os.getpid()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if os.getpid() != self._process:  # a forked child leaves the block, the parent is in it
            return
        try:
            self.delete()
        except (ApiError, Unreachable) as failure:
            already_deleted = isinstance(failure, ApiError) and failure.status == 404
            if kind is None and not already_deleted:  # let an error of the block propagate
                raise

    @property
    def _prefix(self) -> str:
        return "" if self._control.api_token is None else f"/s/{self.name}"


class ClockClient(SandboxClient):
    """The clock of a sandbox."""

    def get(self) -> types.ClockDict:
        """Return the mode, the time in Unix seconds (``now``), and the speed of a real clock."""
        return self._request("GET", "clock")

    def set(
        self, mode: str | None = None, now: int | None = None, speed: int | None = None
    ) -> types.ClockDict:
        """Set the mode (step, frozen or real), the time in Unix seconds, or the speed.

        ``speed`` is a multiple of real time, and needs the mode real.
        """
        return self._request("PUT", "clock", mode=mode, now=now, speed=speed)

    def advance(self, seconds: int) -> types.AdvanceDict:
        """Advance the clock at once, run the work that falls due, and list it as ``fired``.

        ``left`` is 0, unless the work takes more than a minute of real time: then the clock stops
        early, and ``left`` is the number of seconds still to pass.
        """
        return self._request("POST", "clock", "advance", seconds=seconds)


class SnapshotsClient(SandboxClient):
    """Named snapshots of the state of a sandbox."""

    def list(self) -> list[types.SnapshotDict]:
        """Return the snapshots, sorted by name."""
        return self._request("GET", "snapshots")["data"]

    def take(self, name: str) -> types.SnapshotDict:
        """Save the current state under a name, in place of an earlier snapshot of that name."""
        return self._request("PUT", "snapshots", name)

    def restore(self, name: str) -> types.SandboxDict:
        """Restore the data, next ids, clock and bots of a snapshot, and keep the snapshot."""
        return self._request("POST", "snapshots", name, "restore")

    def delete(self, name: str) -> types.DeletedDict:
        """Delete a snapshot."""
        return self._request("DELETE", "snapshots", name)


class StateClient(SandboxClient):
    """The complete data of a sandbox as a document in the fixture format."""

    def export(self) -> types.StateDict:
        """Return the state as a document."""
        return self._request("GET", "state")

    def load(self, state: Document) -> types.SandboxDict:
        """Replace the state with a document, given itself or as the path of a JSON file.

        Raises ``ApiError`` with every problem of an invalid document, and changes nothing.
        """
        document = read_document(state, "state")
        return self._control.request("PUT", "/state", document, sandbox=self.name)
