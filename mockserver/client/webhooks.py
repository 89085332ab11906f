"""The events of a sandbox, who is told of them, and how nastily."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from mockserver.client.base import SandboxResource
from mockserver.client.control import given

Values = Mapping[str, Any]


class Webhooks(SandboxResource):
    """The events, webhooks and deliveries of one sandbox.

    ``events`` of a webhook, or of a delivery rule, are types such as ``message.created``,
    or patterns such as ``message.*``. A ``match`` of deliveries asks for any of ``webhook``,
    ``event``, ``request`` (ids), ``type`` and ``state``.
    """

    def events(self, since: str | None = None, type: str | None = None) -> list[dict[str, Any]]:
        """What happened, oldest first, each with the ``request`` that caused it.

        ``since`` is the id of an event; ``type`` may hold ``*``. They are kept as long as their
        requests.
        """
        return self._pages("/events", since, given(type=type))

    def trigger(self, type: str, override: Values | None = None) -> dict[str, Any]:
        """Send an event as if it had happened; it is returned.

        Its payload is the latest object of its kind, with the values of ``override``.
        """
        return self._ask("POST", "/webhooks/trigger", given(type=type, override=override))

    # who is told

    def webhooks(self) -> list[dict[str, Any]]:
        """Those that are registered; of a secret only the end is shown."""
        return self._list("/webhooks")

    def create_webhook(
        self,
        url: str,
        *,
        events: Sequence[str] | None = None,
        secret: str | None = None,
        name: str | None = None,
        enabled: bool | None = None,
    ) -> dict[str, Any]:
        """Have ``url`` told of ``events``, or of all; the answer alone has the ``secret`` in full.

        A secret that is not given is made, the same for the same seed.
        """
        wanted = given(url=url, events=events, secret=secret, name=name, enabled=enabled)
        return self._ask("POST", "/webhooks", wanted)

    def webhook(self, id: str) -> dict[str, Any]:
        """One of them."""
        return self._ask("GET", _webhook(id))

    def update_webhook(
        self,
        id: str,
        *,
        url: str | None = None,
        events: Sequence[str] | None = None,
        secret: str | None = None,
        name: str | None = None,
        enabled: bool | None = None,
    ) -> dict[str, Any]:
        """Change what is given of it. One that has answered 410 is not ``enabled``."""
        wanted = given(url=url, events=events, secret=secret, name=name, enabled=enabled)
        return self._ask("PUT", _webhook(id), wanted)

    def delete_webhook(self, id: str) -> dict[str, Any]:
        """Tell it nothing any more."""
        return self._ask("DELETE", _webhook(id))

    # what they were told

    def deliveries(self, since: str | None = None, **filters: Any) -> list[dict[str, Any]]:
        """The deliveries that are in the log, oldest first; those after ``since``, a delivery's id.

        ``filters`` are those of a ``match``, and ``limit``.
        """
        return self._pages("/deliveries", since, filters)

    def delivery(self, id: str) -> dict[str, Any]:
        """One delivery, whole: its body, and each attempt with its answer or reason of failure."""
        return self._ask("GET", _delivery(id))

    def redeliver(self, id: str) -> dict[str, Any]:
        """Send a delivery once more; raises ``ApiError`` while it is still on its way."""
        return self._ask("POST", f"{_delivery(id)}/redeliver", {})

    def redeliver_failed(self, since: int = 0) -> list[dict[str, Any]]:
        """Send all once more that have failed, of events since a moment (Unix seconds on the
        sandbox's clock); they are returned."""
        data: list[dict[str, Any]] = self._ask("POST", "/deliveries/redeliver", {"since": since})[
            "data"
        ]
        return data

    def redeliver_event(self, event: str, webhook: str | None = None) -> list[dict[str, Any]]:
        """Send an event (an id) once more to each webhook that was told of it, or to one; the
        deliveries are returned. Raises ``ApiError``, and sends nothing, while one is on its way."""
        wanted = given(event=event, webhook=webhook)
        data: list[dict[str, Any]] = self._ask("POST", "/deliveries/redeliver", wanted)["data"]
        return data

    def wait_for_deliveries(
        self, match: Values | None = None, at_least: int | None = None, timeout: int = 5
    ) -> dict[str, Any]:
        """Wait until nothing is under way and nothing due, or until deliveries match.

        The answer has ``settled``, false where ``timeout`` seconds of real time were over first;
        how many deliveries ``matched`` that were tried or are kept, the latest hundred of them as
        ``data``; ``counts`` of all by state; and ``next_due``, the moment of the next retry.
        """
        wanted = given(match=match, at_least=at_least, timeout=timeout)
        return self._ask("POST", "/webhooks/wait", wanted)

    # delivery rules

    def delivery_rules(self) -> list[dict[str, Any]]:
        """List the delivery rules. The first rule that matches an event's type applies."""
        return self._list("/webhooks/rules")

    def set_delivery_rules(self, rules: Iterable[Values]) -> list[dict[str, Any]]:
        """Replace the delivery rules.

        A rule is ``{"events": ["message.*"], "action": {"type": "hold"}}``; without ``events`` it
        matches all.
        """
        wanted = {"data": list(rules)}
        data: list[dict[str, Any]] = self._ask("PUT", "/webhooks/rules", wanted)["data"]
        return data

    def clear_delivery_rules(self) -> dict[str, Any]:
        """Remove all delivery rules. Held deliveries stay held until they are released."""
        return self._ask("DELETE", "/webhooks/rules")

    def release(self, count: int = 1) -> list[dict[str, Any]]:
        """Release up to ``count`` held deliveries, in order; return them once attempted."""
        data: list[dict[str, Any]] = self._ask("POST", "/deliveries/release", {"count": count})[
            "data"
        ]
        return data


def _webhook(id: str) -> str:
    return f"/webhooks/{quote(id, safe='')}"


def _delivery(id: str) -> str:
    return f"/deliveries/{quote(id, safe='')}"
