"""The webhooks that a sandbox has: list, create, retrieve, update, delete."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from itertools import count
from typing import Any

from mockserver.errors import InvalidRequest, NotFound, Unavailable
from mockserver.schema.fields import show
from mockserver.webhooks.target import Refused, target
from mockserver.webhooks.webhook import ALL, Webhook, made_secret

MOST_WEBHOOKS = 100


class WebhookRegistry:
    """Webhooks by id; those ``given`` at the start come first. Its owner sees to the threads."""

    def __init__(self, seed: str, given: Sequence[Mapping[str, Any]] = ()) -> None:
        self._seed = seed
        self._numbers = count(1)
        self._webhooks: dict[str, Webhook] = {}
        #: How often one was made, changed or deleted.
        self.version = 0
        for values in given:
            self.create(values)

    def list(self) -> Sequence[Webhook]:
        return list(self._webhooks.values())

    def create(self, values: Mapping[str, Any]) -> Webhook:
        """One more; raises ``Unavailable`` where there are too many already."""
        if len(self._webhooks) >= MOST_WEBHOOKS:
            raise Unavailable(f"there are {MOST_WEBHOOKS} webhooks; delete some first")
        webhook_id = f"webhook_{next(self._numbers)}"
        webhook = Webhook(
            webhook_id,
            values["url"],
            values.get("name", webhook_id),
            values.get("secret") or made_secret(self._seed, webhook_id),
            tuple(values.get("events", (ALL,))),
            values.get("enabled", True),
        )
        self._webhooks[webhook_id] = webhook
        self.version += 1
        return webhook

    def get(self, webhook_id: str) -> Webhook | None:
        return self._webhooks.get(webhook_id)

    def retrieve(self, webhook_id: str) -> Webhook:
        """Raises ``NotFound``, as the next two do."""
        found = self._webhooks.get(webhook_id)
        if found is None:
            known = ", ".join(self._webhooks) or "none"
            raise NotFound(f"there is no webhook '{webhook_id}'; there are: {known}")
        return found

    def update(self, webhook_id: str, values: Mapping[str, Any]) -> Webhook:
        changed = self.retrieve(webhook_id).changed(values)
        self._webhooks[webhook_id] = changed
        self.version += 1
        return changed

    def disable(self, webhook_id: str) -> None:
        """Tell it nothing any more, if it is still there."""
        if webhook_id in self._webhooks:
            self.update(webhook_id, {"enabled": False})

    def delete(self, webhook_id: str) -> None:
        self.retrieve(webhook_id)
        del self._webhooks[webhook_id]
        self.version += 1


def checked(
    values: dict[str, Any], hosts: Collection[str], types: Collection[str]
) -> dict[str, Any]:
    """The values of a webhook, if they make sense; raises ``InvalidRequest`` with all problems.

    ``hosts`` are those allowed beside loopback, ``types`` the types of events that there are.
    """
    problems = []
    if "url" in values:
        try:
            target(values["url"], hosts)
        except Refused as refused:
            problems.append(f"url: {refused}")
    problems += invalid_event_types(values.get("events", ()), types)
    if problems:
        raise InvalidRequest(problems)
    return values


def invalid_event_types(events: Sequence[str], types: Collection[str]) -> Iterator[str]:
    """What is wrong with these names of types of events, or patterns of them."""
    for place, wanted in enumerate(events):
        if not any(fnmatchcase(each, wanted) for each in types):
            near = get_close_matches(wanted, types, 1)
            hint = f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(types)}, *"
            yield f"events[{place}]: there is no event {show(wanted)}; {hint}"
