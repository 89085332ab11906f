"""The state that a sandbox's parts share, and its snapshots."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple

from mockserver.errors import NotFound, Unavailable
from mockserver.storage.clock import Clock
from mockserver.storage.world import World
from mockserver.webhooks.dispatcher import WebhookDispatcher
from mockserver.webhooks.models import WebhookConfig

if TYPE_CHECKING:
    from mockserver.bots.session import BotSession
    from mockserver.sandbox.bots import BotRunner

MAX_SNAPSHOTS = 100


class SandboxTime:
    """The current time of a sandbox, whichever world it holds.

    The webhook dispatcher keeps this and not the state: its threads must not keep the world of a
    deleted sandbox in memory.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def now(self) -> int:
        """Return the time in Unix seconds."""
        return self.clock.now()

    @property
    def is_real(self) -> bool:
        """True if the clock runs by itself."""
        return self.clock.mode == "real"


class SandboxState:
    """The world of a sandbox, the lock that guards it, and its webhook dispatcher.

    ``lock`` is held by each request while it reads or changes the world. ``origin`` is the world
    that a reset returns to.
    """

    def __init__(self, name: str, origin: World, webhook_config: WebhookConfig) -> None:
        self.name = name
        self.lock = threading.Lock()
        self.origin = origin
        self.seed = origin.ids.seed
        self.world = origin.fork()
        self.time = SandboxTime(self.world.clock)
        self.webhooks = WebhookDispatcher(name, webhook_config, self.seed, self.time)
        #: True once the sandbox is deleted; waits in it end.
        self.closed = False
        self._webhook_config = webhook_config

    def now(self) -> int:
        """Return the time of the sandbox's clock in Unix seconds."""
        return self.world.clock.now()

    def replace_world(self, world: World) -> None:
        """Continue with another world and its clock. Call with the lock held."""
        # A new version, so that a client that polls for changes sees one.
        world.version = self.world.version + 1
        self.world = world
        self.replace_clock(world.clock)

    def replace_clock(self, clock: Clock) -> None:
        """Continue with another clock. Call with the lock held."""
        self.world.clock = self.time.clock = clock
        self.webhooks.reschedule()

    def replace_webhooks(self) -> None:
        """Close the webhook dispatcher and start with a new one."""
        self.webhooks.close()
        self.webhooks = WebhookDispatcher(self.name, self._webhook_config, self.seed, self.time)


class Snapshot(NamedTuple):
    """A world and the bots that were running in it, if any."""

    world: World
    bots: BotSession | None


class Snapshots:
    """Named copies of a sandbox's world, including its clock, its next ids and its bots."""

    def __init__(self, state: SandboxState, bots: BotRunner) -> None:
        self._state = state
        self._bots = bots
        self._snapshots: dict[str, Snapshot] = {}

    def list(self) -> list[str]:
        """Return the names, sorted."""
        with self._state.lock:
            return sorted(self._snapshots)

    def take(self, name: str) -> None:
        """Save the current state under a name; no object is copied.

        Raises ``Unavailable`` if there are too many snapshots.
        """
        with self._state.lock:
            if len(self._snapshots.keys() | {name}) > MAX_SNAPSHOTS:
                raise Unavailable(f"at most {MAX_SNAPSHOTS} snapshots can exist; delete some first")
            self._snapshots[name] = Snapshot(self._state.world.fork(), self._bots.fork())

    def restore(self, name: str) -> None:
        """Bring a snapshot back, including its clock and next ids; raises ``NotFound``."""
        with self._state.lock:
            snapshot = self._get(name)
            self._state.replace_world(snapshot.world.fork())
            self._bots.restore(snapshot.bots)

    def delete(self, name: str) -> None:
        """Delete a snapshot; raises ``NotFound``."""
        with self._state.lock:
            self._get(name)
            del self._snapshots[name]

    def clear(self) -> None:
        """Delete all snapshots. Call with the lock held."""
        self._snapshots.clear()

    def _get(self, name: str) -> Snapshot:
        snapshot = self._snapshots.get(name)
        if snapshot is None:
            names = ", ".join(sorted(self._snapshots)) or "none"
            raise NotFound(f"unknown snapshot '{name}'; existing snapshots: {names}")
        return snapshot
