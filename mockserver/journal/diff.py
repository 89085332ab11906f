"""Descriptions of changes to the world, per object and attribute."""

from collections.abc import Iterable
from typing import Any

from mockserver.storage.world import Change


def change_type(change: Change) -> str:
    """Return ``created``, ``updated`` or ``deleted``."""
    if change.before is None:
        return "created"
    return "deleted" if change.after is None else "updated"


def object_id(change: Change) -> str:
    return str((change.before or change.after or {})["id"])


def to_line(change: Change) -> str:
    """Return a change as ``created message ID``."""
    return f"{change_type(change)} {change.kind} {object_id(change)}"


def to_detail(change: Change) -> dict[str, Any]:
    """Return a change with its object, or with the old and new attributes of an update."""
    detail: dict[str, Any] = {
        "change": change_type(change),
        "kind": change.kind,
        "id": object_id(change),
    }
    if change.before is None or change.after is None:
        return {**detail, "object": change.before or change.after}
    attributes = {
        name: {"before": change.before[name], "after": value}
        for name, value in change.after.items()
        if change.before[name] != value
    }
    return {**detail, "attributes": attributes}


def squash(changes: Iterable[Change]) -> list[Change]:
    """Reduce changes to the net change of each object, from its first state to its last.

    Objects that end as they began are left out. The order is that of the first changes.
    """
    net: dict[tuple[str, str], Change] = {}
    for change in changes:
        key = change.kind, object_id(change)
        before = net[key].before if key in net else change.before
        net[key] = Change(change.kind, before, change.after)
    return [change for change in net.values() if change.before != change.after]
