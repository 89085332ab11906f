"""The fifteen types of events."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.contract.fidelity.row import Row
from mockserver.contract.openapi import prose
from mockserver.resources.registry import EVENTS, ResourceRegistry

DOCUMENTED = ("contact", "conversation", "message", "group", "attachment")


def rows(catalogue: ResourceRegistry) -> Iterator[Row]:
    for resource in catalogue:
        for verb in EVENTS:
            if resource.kind in DOCUMENTED:
                name, said = prose.event(resource, verb)
                yield Row("event", name, "documented", said, "", "Events and webhooks")
