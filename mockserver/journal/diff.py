"""What requests did to the world, told object by object and attribute by attribute."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mockserver.storage.world import Change


def verb(change: Change) -> str:
    if change.before is None:
        return "created"
    return "deleted" if change.after is None else "updated"


def identity(change: Change) -> str:
    record = change.after if change.before is None else change.before
    return str((record or {})["id"])


def describe(change: Change) -> str:
    """A change in three words: ``created message ID``."""
    return f"{verb(change)} {change.kind} {identity(change)}"


def detail(change: Change) -> dict[str, Any]:
    """A change with the object, or for an update with each attribute before and after."""
    told: dict[str, Any] = {"change": verb(change), "kind": change.kind, "id": identity(change)}
    if change.before is None or change.after is None:
        return {**told, "object": change.before or change.after}
    attributes = {
        name: {"before": change.before[name], "after": value}
        for name, value in change.after.items()
        if change.before[name] != value
    }
    return {**told, "attributes": attributes}


def net(changes: Iterable[Change]) -> list[Change]:
    """What remains of many changes: the first state of each object, and its last.

    What was made and deleted again, or put back as it was, is left out. Objects come in the order
    in which they first changed.
    """
    spans: dict[tuple[str, str], Change] = {}
    for change in changes:
        key = change.kind, identity(change)
        before = spans[key].before if key in spans else change.before
        spans[key] = Change(change.kind, before, change.after)
    return [span for span in spans.values() if span.before != span.after]
