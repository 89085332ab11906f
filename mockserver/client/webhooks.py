"""The events, webhooks, deliveries and inboxes of a sandbox."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mockserver.client.control import ROOT, ControlApi, SandboxClient, segment, without_none
from mockserver.client.types import (
    DeletedDict,
    DeliveryDetailDict,
    DeliveryDict,
    DeliveryRuleDict,
    DeliveryWaitDict,
    EventDict,
    InboxDetailDict,
    InboxDict,
    InboxWaitDict,
    LoggedEventDict,
    RemovedDict,
    WebhookDict,
)

if TYPE_CHECKING:
    from mockserver.client.backends import Backend

Values = Mapping[str, Any]
InboxAnswer = int | str | Mapping[str, Any]
# In a class with a method ``list``, the type cannot be written out.
DeliveryList = list[DeliveryDict]
RuleList = list[DeliveryRuleDict]


class EventsClient(SandboxClient):
    """The events of a sandbox."""

    def list(self, since: str | None = None, type: str | None = None) -> list[LoggedEventDict]:
        """Return the events after the one with the id ``since``, or all, oldest first.

        ``type`` may hold ``*``. Each names the ``request`` that caused it. An event is kept as
        long as that request.
        """
        return self._pages("/events", since, without_none(type=type))


class WebhooksClient(SandboxClient):
    """The webhooks and delivery rules of a sandbox.

    ``events`` of a webhook, or of a delivery rule, are types such as ``message.created``, or
    patterns such as ``message.*``.
    """

    def list(self) -> list[WebhookDict]:
        """Return the webhooks; of each secret only the end is shown."""
        return self._request("GET", "/webhooks")["data"]

    def create(
        self,
        url: str,
        *,
        events: Sequence[str] | None = None,
        secret: str | None = None,
        name: str | None = None,
        enabled: bool | None = None,
    ) -> WebhookDict:
        """Register ``url`` for ``events``, or for all events.

        Without ``secret`` one is generated, the same for the same seed. Only this response has
        the complete secret.
        """
        values = without_none(url=url, events=events, secret=secret, name=name, enabled=enabled)
        return self._request("POST", "/webhooks", values)

    def get(self, id: str) -> WebhookDict:
        """Return a webhook."""
        return self._request("GET", f"/webhooks/{segment(id)}")

    def update(
        self,
        id: str,
        *,
        url: str | None = None,
        events: Sequence[str] | None = None,
        secret: str | None = None,
        name: str | None = None,
        enabled: bool | None = None,
    ) -> WebhookDict:
        """Change the given attributes of a webhook.

        A webhook whose receiver answered 410 is disabled; ``enabled=True`` enables it again.
        """
        values = without_none(url=url, events=events, secret=secret, name=name, enabled=enabled)
        return self._request("PUT", f"/webhooks/{segment(id)}", values)

    def delete(self, id: str) -> DeletedDict:
        """Delete a webhook. It receives nothing more."""
        return self._request("DELETE", f"/webhooks/{segment(id)}")

    def trigger(self, type: str, override: Values | None = None) -> EventDict:
        """Send an event without the change it reports, and return the event.

        Its payload is the latest object of its kind, with the values of ``override``.
        """
        return self._request(
            "POST", "/webhooks/trigger", without_none(type=type, override=override)
        )

    def rules(self) -> RuleList:
        """Return the delivery rules. The first rule that matches an event's type applies."""
        return self._request("GET", "/webhooks/rules")["data"]

    def set_delivery_rules(self, rules: Iterable[Values]) -> RuleList:
        """Replace the delivery rules, and return them.

        A rule is ``{"events": ["message.*"], "action": {"type": "hold"}}``; without ``events`` it
        matches all.
        """
        return self._request("PUT", "/webhooks/rules", {"data": [*rules]})["data"]

    def clear_delivery_rules(self) -> RemovedDict:
        """Remove all delivery rules. Held deliveries stay held until they are released."""
        return self._request("DELETE", "/webhooks/rules")


class DeliveriesClient(SandboxClient):
    """The webhook deliveries of a sandbox.

    ``match`` selects deliveries by ``webhook``, ``event`` and ``request`` (ids), ``type`` and
    ``state``.
    """

    def list(self, since: str | None = None, **filters: Any) -> list[DeliveryDict]:
        """Return the deliveries after the one with the id ``since``, or all, oldest first.

        ``filters`` take the names of a ``match``, and ``limit``.
        """
        return self._pages("/deliveries", since, filters)

    def get(self, id: str) -> DeliveryDetailDict:
        """Return a delivery with its body and attempts, each with its response or error."""
        return self._request("GET", f"/deliveries/{segment(id)}")

    def redeliver(self, id: str) -> DeliveryDict:
        """Send a delivery again; raises ``ApiError`` while it is still in progress."""
        return self._request("POST", f"/deliveries/{segment(id)}/redeliver", {})

    def redeliver_failed(self, since: int = 0) -> DeliveryList:
        """Send all failed deliveries again, and return them.

        ``since`` limits them to events from that time, in Unix seconds on the sandbox's clock.
        """
        return self._request("POST", "/deliveries/redeliver", {"since": since})["data"]

    def redeliver_event(self, event: str, webhook: str | None = None) -> DeliveryList:
        """Send an event (its id) again to its webhooks, or to one; return the deliveries.

        Raises ``ApiError``, and sends nothing, while one of them is still in progress.
        """
        body = without_none(event=event, webhook=webhook)
        return self._request("POST", "/deliveries/redeliver", body)["data"]

    def wait(
        self, match: Values | None = None, at_least: int | None = None, timeout: int = 5
    ) -> DeliveryWaitDict:
        """Wait until all deliveries are finished, or until ``at_least`` that many match.

        The result has ``settled``, which is False after ``timeout`` seconds of real time;
        ``matched``, the number of matching deliveries that were attempted, held or dropped, and
        the latest 100 of them as ``data``; ``counts`` of all deliveries by state; and
        ``next_due``, the time of the next retry.
        """
        body = without_none(match=match, at_least=at_least, timeout=timeout)
        return self._request("POST", "/webhooks/wait", body)

    def release(self, count: int = 1) -> DeliveryList:
        """Release up to ``count`` held deliveries, in order; return them once attempted."""
        return self._request("POST", "/deliveries/release", {"count": count})["data"]


class InboxesClient(SandboxClient):
    """The inboxes of a sandbox: built-in webhook receivers, created when first used.

    A message has a ``number``, its time of arrival ``at``, ``headers``, the exact ``body``, the
    parsed ``event``, ``verified`` (None if the inbox has no secret), the number of the message it
    is a ``duplicate_of``, and the ``answer`` it got.
    """

    def __init__(self, control: ControlApi, name: str, backend: Backend) -> None:
        super().__init__(control, name)
        self._backend = backend

    def list(self) -> list[InboxDict]:
        """Return the inboxes, without their messages."""
        return self._request("GET", "/inbox")["data"]

    def get(
        self, name: str, *, since: int | None = None, type: str | None = None
    ) -> InboxDetailDict:
        """Return an inbox with its messages as ``data``, in order of arrival.

        ``since`` is the number of a message; ``type`` may hold ``*``. The last 1,000 are kept.
        """
        return self._request("GET", _path(name), since=since, type=type)

    def url(self, name: str) -> str:
        """Return the URL of an inbox, to register as a webhook. It requires no token."""
        return f"{self._backend.url}{ROOT}{_path(name)}?sandbox={self.name}"

    def configure(
        self,
        name: str,
        *,
        secret: str | None = None,
        answers: Iterable[InboxAnswer] | None = None,
    ) -> InboxDict:
        """Set the ``secret`` to verify with, and the ``answers``; the last answer repeats.

        An answer is a status, ``"hang_up"``, or an object with ``status`` and ``delay`` in
        milliseconds. The defaults are no secret, and 200.
        """
        answers = None if answers is None else [*answers]
        return self._request("PUT", _path(name), without_none(secret=secret, answers=answers))

    def wait(
        self,
        name: str,
        *,
        since: int | None = None,
        type: str | None = None,
        count: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        timeout: int = 5,
    ) -> InboxWaitDict:
        """Wait for messages, one or more by default, and return the matching ones as ``data``.

        ``verified`` is False if ``timeout`` seconds of real time passed first.
        """
        body = without_none(
            since=since, type=type, count=count, at_least=at_least, at_most=at_most, timeout=timeout
        )
        return self._request("POST", f"{_path(name)}/wait", body)

    def delete(self, name: str) -> DeletedDict:
        """Delete an inbox and its messages."""
        return self._request("DELETE", _path(name))


def _path(name: str) -> str:
    return f"/inbox/{segment(name)}"
