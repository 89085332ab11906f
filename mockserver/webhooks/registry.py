"""The registered webhooks of a sandbox, and the validation of their values."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from itertools import count
from typing import Any

from mockserver.errors import (
    REDACTED,
    InvalidRequest,
    NotFound,
    Unavailable,
    did_you_mean,
    hide_secret,
    join_names,
)
from mockserver.schema import wildcard
from mockserver.schema.fields import repr_value
from mockserver.webhooks.models import CREATE_WEBHOOK, Webhook
from mockserver.webhooks.target import TargetNotAllowed, resolve_target

MAX_WEBHOOKS = 100


class WebhookRegistry:
    """Webhooks by id, in the order of their creation. Not thread-safe."""

    def __init__(self, seed: str, initial: Sequence[Mapping[str, Any]] = ()) -> None:
        self._seed = seed
        self._numbers = count(1)
        self._webhooks: dict[str, Webhook] = {}
        #: Number of creations, updates and deletions.
        self.version = 0
        for values in initial:
            self.create(values)

    def list(self) -> Sequence[Webhook]:
        return list(self._webhooks.values())

    def create(self, values: Mapping[str, Any]) -> Webhook:
        """Register a webhook; raise ``Unavailable`` if there are too many."""
        if len(self._webhooks) >= MAX_WEBHOOKS:
            raise Unavailable(f"at most {MAX_WEBHOOKS} webhooks can exist; delete one first")
        webhook_id = f"webhook_{next(self._numbers)}"
        # Derived from the seed, so that it is the same in every run.
        secret = blake2b(f"{self._seed}/secret/{webhook_id}".encode(), digest_size=24)
        defaults = {"name": webhook_id, "secret": f"whsec_{secret.hexdigest()}"}
        return self._set(Webhook(id=webhook_id, **{**defaults, **values}))

    def _set(self, webhook: Webhook) -> Webhook:
        self._webhooks[webhook.id] = webhook
        self.version += 1
        return webhook

    def get(self, webhook_id: str) -> Webhook | None:
        return self._webhooks.get(webhook_id)

    def retrieve(self, webhook_id: str) -> Webhook:
        """Return a webhook; raise ``NotFound`` if it does not exist."""
        webhook = self._webhooks.get(webhook_id)
        if webhook is None:
            known = join_names(self._webhooks) or "none"
            raise NotFound(f"unknown webhook '{webhook_id}'; existing webhooks: {known}")
        return webhook

    def update(self, webhook_id: str, values: Mapping[str, Any]) -> Webhook:
        """Change some values of a webhook; raise ``NotFound`` if it does not exist."""
        return self._set(replace(self.retrieve(webhook_id), **values))

    def delete(self, webhook_id: str) -> None:
        """Delete a webhook; raise ``NotFound`` if it does not exist."""
        self.retrieve(webhook_id)
        del self._webhooks[webhook_id]
        self.version += 1


def validate_webhook(
    values: dict[str, Any], allowed_hosts: Collection[str], event_types: Collection[str]
) -> dict[str, Any]:
    """Return valid values of a webhook unchanged; raise ``InvalidRequest`` with all problems."""
    problems = []
    if "url" in values:
        if REDACTED in values["url"]:
            problems.append(f"url: has a value that is hidden as {REDACTED}; leave the url out")
        try:
            resolve_target(values["url"], allowed_hosts)
        except TargetNotAllowed as error:
            problems.append(f"url: {error}")
    problems += invalid_event_types(values.get("events", ()), event_types)
    if problems:
        raise InvalidRequest(problems)
    return values


def invalid_event_types(patterns: Sequence[str], event_types: Collection[str]) -> Iterator[str]:
    """Yield a problem for each event type or pattern that matches no event type."""
    for index, pattern in enumerate(patterns):
        if not any(wildcard.matches(event_type, pattern) for event_type in event_types):
            hint = did_you_mean(pattern, event_types, f"use {', '.join(event_types)} or *")
            yield f"events[{index}]: unknown event type {repr_value(pattern)}{hint}"


def parse_webhook_setting(
    text: str, allowed_hosts: Collection[str], event_types: Collection[str]
) -> dict[str, Any]:
    """Parse ``URL;events=message.*,contact.created;secret=S;name=N``; raises ``ValueError``."""
    url, *options = text.split(";")
    values: dict[str, Any] = {"url": url}
    for option in options:
        name, _, value = option.partition("=")
        values[name] = value.split(",") if name == "events" else value
    try:
        return validate_webhook(
            CREATE_WEBHOOK.validated(values).raise_for_errors(), allowed_hosts, event_types
        )
    except InvalidRequest as error:
        raise ValueError(f"webhook {hide_secret(text)!r}: {error.message}") from None
