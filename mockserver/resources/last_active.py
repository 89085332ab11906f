"""When a contact was last active, and when somebody last spoke in a conversation."""

from __future__ import annotations

from mockserver.storage.world import World


def note(world: World, kind: str, record_id: str) -> None:
    """Set ``last_active_at`` to this moment. What merely follows announces nothing."""
    record = world[kind][record_id]
    now = world.moment()
    if record["last_active_at"] != now:
        world.replace(kind, {**record, "last_active_at": now})
