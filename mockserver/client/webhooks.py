"""The events, webhooks, deliveries and inboxes of a sandbox."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from mockserver.client import types
from mockserver.client.control import ROOT, SandboxClient

Values = Mapping[str, Any]
InboxAnswer = int | str | Mapping[str, Any]
# A class with a method ``list`` cannot use the type ``list`` in annotations.
DeliveryList = list[types.DeliveryDict]
RuleList = list[types.DeliveryRuleDict]


class EventsClient(SandboxClient):
    """The events of a sandbox."""

    def list(
        self, since: str | None = None, type: str | None = None
    ) -> list[types.LoggedEventDict]:
        """Return the events after the event with the id ``since``, or all, oldest first.

        ``type`` may contain ``*``. Each event has the id of the ``request`` that caused it, and is
        kept as long as that request is in the journal.
        """
        return self._pages("events", since=since, type=type)


class WebhooksClient(SandboxClient):
    """The webhooks and delivery rules of a sandbox.

    ``events`` are types such as ``message.created`` or patterns such as ``message.*``.
    """

    def list(self) -> list[types.WebhookDict]:
        """Return the webhooks. Only the end of each secret is visible."""
        return self._request("GET", "webhooks")["data"]

    def create(
        self,
        url: str,
        *,
        events: Sequence[str] | None = None,
        secret: str | None = None,
        name: str | None = None,
        enabled: bool | None = None,
    ) -> types.WebhookDict:
        """Register ``url`` for ``events``, or for all events; return the webhook.

        If ``secret`` is omitted, one is derived from the sandbox's seed. Only this response has the
        complete secret.
        """
        values = {"url": url, "events": events, "secret": secret, "name": name, "enabled": enabled}
        return self._request("POST", "webhooks", **values)

    def get(self, id: str) -> types.WebhookDict:
        """Return a webhook."""
        return self._request("GET", "webhooks", id)

    def update(
        self,
        id: str,
        *,
        url: str | None = None,
        events: Sequence[str] | None = None,
        secret: str | None = None,
        name: str | None = None,
        enabled: bool | None = None,
    ) -> types.WebhookDict:
        """Change the given attributes of a webhook, and return the webhook.

        A response of 410 disables a webhook; ``enabled=True`` enables it again.
        """
        values = {"url": url, "events": events, "secret": secret, "name": name, "enabled": enabled}
        return self._request("PUT", "webhooks", id, **values)

    def delete(self, id: str) -> types.DeletedDict:
        """Delete a webhook, and drop its pending deliveries."""
        return self._request("DELETE", "webhooks", id)

    def trigger(self, type: str, override: Values | None = None) -> types.EventDict:
        """Send an event to the webhooks without changing data, and return the event.

        Its payload is the latest object of its kind, with the values of ``override``.
        """
        return self._request("POST", "webhooks", "trigger", type=type, override=override)

    def rules(self) -> RuleList:
        """Return the delivery rules, of which the first that matches an event's type applies."""
        return self._request("GET", "webhooks", "rules")["data"]

    def set_delivery_rules(self, rules: Iterable[Values]) -> RuleList:
        """Replace the delivery rules, and return the new ones.

        A rule is ``{"events": ["message.*"], "action": {"type": "hold"}}``; without ``events`` it
        matches all events.
        """
        return self._request("PUT", "webhooks", "rules", data=[*rules])["data"]

    def clear_delivery_rules(self) -> types.RemovedDict:
        """Delete all delivery rules. Held deliveries stay held until they are released."""
        return self._request("DELETE", "webhooks", "rules")


class DeliveriesClient(SandboxClient):
    """The webhook deliveries of a sandbox.

    ``match`` selects deliveries by the ids of ``webhook``, ``event`` and ``request``, by event
    ``type`` and by ``state``.
    """

    def list(self, since: str | None = None, **filters: Any) -> list[types.DeliveryDict]:
        """Return the deliveries after the delivery with the id ``since``, or all, oldest first.

        ``filters`` are the attributes of a ``match``, and ``limit``.
        """
        return self._pages("deliveries", since=since, **filters)

    def get(self, id: str) -> types.DeliveryDetailDict:
        """Return a delivery with its body and its attempts, each with a response or an error."""
        return self._request("GET", "deliveries", id)

    def redeliver(self, id: str) -> types.DeliveryDict:
        """Send a delivery again; raises ``ApiError`` while the first one is in progress."""
        return self._request("POST", "deliveries", id, "redeliver")

    def redeliver_failed(self, since: int = 0) -> DeliveryList:
        """Send all failed deliveries again, and return them.

        ``since`` limits them to events from that time, in Unix seconds on the sandbox's clock.
        """
        return self._request("POST", "deliveries", "redeliver", since=since)["data"]

    def redeliver_event(self, event: str, webhook: str | None = None) -> DeliveryList:
        """Send an event again to the webhooks that received it; return the deliveries.

        ``event`` is its id; ``webhook`` limits it to one webhook. Raises ``ApiError``, and sends
        nothing, while a delivery of the event is in progress.
        """
        values = {"event": event, "webhook": webhook}
        return self._request("POST", "deliveries", "redeliver", **values)["data"]

    def wait(
        self, match: Values | None = None, at_least: int | None = None, timeout: int = 5
    ) -> types.DeliveryWaitDict:
        """Wait until no delivery is in progress or due, or until ``at_least`` of them ``match``.

        A delivery matches once it was attempted, held or dropped. Return ``settled``, which is
        False if ``timeout`` seconds of real time passed first; the number ``matched`` and the
        latest 100 of them as ``data``; the ``counts`` of all deliveries by state; and the time of
        the next retry, ``next_due``.
        """
        values = {"match": match, "at_least": at_least, "timeout": timeout}
        return self._request("POST", "webhooks", "wait", **values)

    def release(self, count: int = 1) -> DeliveryList:
        """Release up to ``count`` held deliveries, oldest first; return them once attempted."""
        return self._request("POST", "deliveries", "release", count=count)["data"]


class InboxesClient(SandboxClient):
    """The inboxes of a sandbox: built-in webhook receivers, created when first used.

    A message has its ``number``, the time of arrival ``at``, its ``headers``, the exact ``body``,
    the parsed ``event``, ``verified`` (whether the signature is valid; None without a secret),
    ``duplicate_of`` (the number of an earlier message with the same event, or None) and the
    ``answer`` of the inbox.
    """

    def list(self) -> list[types.InboxDict]:
        """Return the inboxes, without their messages."""
        return self._request("GET", "inbox")["data"]

    def get(
        self, name: str, *, since: int | None = None, type: str | None = None
    ) -> types.InboxDetailDict:
        """Return an inbox with its messages as ``data``, oldest first.

        ``since`` is the number of a message, and limits them to later ones. ``type`` may contain
        ``*``. An inbox keeps its last 1,000 messages, at most 8 MB.
        """
        return self._request("GET", "inbox", name, since=since, type=type)

    def url(self, name: str) -> str:
        """Return the URL of an inbox, to register as a webhook; requests to it need no token."""
        return f"{self._control.server.url}{ROOT}/inbox/{quote(name, safe='')}?sandbox={self.name}"

    def configure(
        self, name: str, *, secret: str | None = None, answers: Iterable[InboxAnswer] | None = None
    ) -> types.InboxDict:
        """Set the ``secret`` that verifies signatures, and the ``answers``; return the inbox.

        An answer is a status, ``"hang_up"`` to close the connection, or an object with ``status``
        and ``delay`` in milliseconds. The last one repeats. By default signatures are not verified,
        and every answer is 200.
        """
        answers = None if answers is None else [*answers]
        return self._request("PUT", "inbox", name, secret=secret, answers=answers)

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
    ) -> types.InboxWaitDict:
        """Wait for messages, at least one if no number is given; return them as ``data``.

        ``since`` and ``type`` select as in ``get``. ``verified`` is False if ``timeout`` seconds of
        real time passed first.
        """
        numbers = {"count": count, "at_least": at_least, "at_most": at_most, "timeout": timeout}
        return self._request("POST", "inbox", name, "wait", since=since, type=type, **numbers)

    def delete(self, name: str) -> types.DeletedDict:
        """Delete an inbox and its messages."""
        return self._request("DELETE", "inbox", name)
