"""A sandbox: an isolated world, and the parts with which a test controls it.

A world has the objects, ids, clock and events of the Protocol API. A sandbox adds a lock, the
journal, faults, webhooks, inboxes, snapshots, the rate limit and bots.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mockserver.errors import NotFound, Unavailable, join_names
from mockserver.faults.base import Fault
from mockserver.faults.rules import FaultRules
from mockserver.journal.journal import Journal
from mockserver.sandbox.bots import BotRunner
from mockserver.sandbox.clock import SandboxClock
from mockserver.sandbox.rate_limit import RateLimiter
from mockserver.sandbox.state import SandboxState
from mockserver.schema.fields import Name
from mockserver.storage.wait_slots import Notifier
from mockserver.storage.world import ChangeSet, World
from mockserver.webhooks.dispatcher import WebhookDispatcher
from mockserver.webhooks.inbox import Inboxes
from mockserver.webhooks.models import WebhookConfig

if TYPE_CHECKING:
    from mockserver.bots.script import Script
    from mockserver.bots.session import BotSession

MAX_SNAPSHOTS = 100
DEFAULT = "default"
NAME = Name.pattern
NAME_RULE = f"use {Name.expected}"
#: The parts that can be reset separately.
PARTS = (
    *("data", "clock", "journal", "snapshots"),
    *("faults", "rate_limit", "webhooks", "inbox", "bots"),
)


@dataclass(frozen=True)
class SandboxConfig:
    """The initial configuration of every sandbox of a server.

    ``latency`` delays each request; the bots of ``script`` run from the start.
    """

    latency: Fault | None = None
    webhooks: WebhookConfig = field(default_factory=WebhookConfig)
    script: Script | None = None


class Snapshots:
    """Named copies of a sandbox's world and bots. A world includes its clock and next ids."""

    def __init__(self, state: SandboxState, bots: BotRunner) -> None:
        self._state = state
        self._bots = bots
        self._snapshots: dict[str, tuple[World, BotSession | None]] = {}

    def list(self) -> list[str]:
        """Return the names of the snapshots, sorted."""
        with self._state:
            return sorted(self._snapshots)

    def take(self, name: str) -> None:
        """Save the state under a name; raises ``Unavailable`` for too many snapshots."""
        with self._state as world:
            if len(self._snapshots.keys() | {name}) > MAX_SNAPSHOTS:
                raise Unavailable(f"at most {MAX_SNAPSHOTS} snapshots can exist; delete some first")
            self._snapshots[name] = world.fork(), self._bots.fork()

    def restore(self, name: str) -> None:
        """Restore a snapshot; raises ``NotFound``."""
        with self._state:
            self._require(name)
            world, bots = self._snapshots[name]
            self._state.replace_world(world.fork())
            self._bots.restore(bots)

    def delete(self, name: str) -> None:
        """Delete a snapshot; raises ``NotFound``."""
        with self._state:
            self._require(name)
            del self._snapshots[name]

    def clear(self) -> None:
        """Delete all snapshots. Call with the lock held."""
        self._snapshots.clear()

    def _require(self, name: str) -> None:
        if name not in self._snapshots:
            names = join_names(sorted(self._snapshots)) or "none"
            raise NotFound(f"unknown snapshot '{name}'; existing snapshots: {names}")


class Sandbox:
    """An isolated world and its parts. Only one request at a time uses the world.

    ``origin`` is the initial world, to which a reset returns.
    """

    def __init__(self, name: str, origin: World, config: SandboxConfig | None = None) -> None:
        config = config or SandboxConfig()
        self.name = name
        self._state = SandboxState(name, origin, config.webhooks)
        self.journal = Journal(on_append=self._state.activity.notify)
        #: Number of requests that reached no sandbox, and 'default', before this one was opened.
        self.opened_after = 0, 0
        self.faults = FaultRules(origin.ids.seed, config.latency)
        self.inboxes = Inboxes()
        self.rate_limit = RateLimiter(self._state)
        self.bots = BotRunner(self._state, config.script)
        self.snapshots = Snapshots(self._state, self.bots)
        self.clock = SandboxClock(self._state, self.rate_limit, self.bots)

    @property
    def activity(self) -> Notifier:
        """Notified of each request, each change of a delivery, and the sandbox's deletion."""
        return self._state.activity

    @property
    def webhooks(self) -> WebhookDispatcher:
        """The dispatcher of webhooks, which a reset replaces."""
        return self._state.webhooks

    @property
    def closed(self) -> bool:
        """True once the sandbox is deleted. Requests that wait for something in it then end."""
        return self._state.closed

    def now(self) -> int:
        """Return the time on the sandbox's clock, in Unix seconds."""
        return self._state.world.clock.now()

    def is_unchanged(self, version: int) -> bool:
        """Return whether a read gets the same response as when the world had this version.

        Always false while a fault, a latency or a rate limit is set.
        """
        state = self._state
        is_same = state.world.version == version and not state.closed
        return is_same and not self.faults.is_active and not self.rate_limit.is_active

    def read(self) -> AbstractContextManager[World]:
        """Return a context manager that yields the world and blocks changes to it."""
        return self._state

    @contextmanager
    def transaction(
        self, on_commit: Callable[[ChangeSet], None] = lambda changes: None
    ) -> Iterator[World]:
        """Yield the world for one request's changes. An exception rolls back all of them.

        ``on_commit`` is called with the changes while the lock is still held.
        """
        with self._state as world:
            world.begin()
            try:
                yield world
                changes = world.commit()
                on_commit(changes)
                self._state.webhooks.enqueue_due(world.clock.now())
            except BaseException:
                world.rollback()
                raise
            finally:
                world.release()
            self.bots.observe(changes.changes)

    def reset(self, parts: Collection[str] = PARTS) -> None:
        """Reset parts, by default all, to their initial state. The part ``data`` includes ids."""
        state = self._state
        with state:
            before = state.time.now()
            if "data" in parts:
                world = state.origin.fork()
                world.clock = state.world.clock.fork()
                state.replace_world(world)
            if "clock" in parts:
                state.replace_clock(state.origin.clock.fork())
            resets: dict[str, Callable[[], object]] = {
                "journal": self.journal.reset,
                "snapshots": self.snapshots.clear,
                "faults": self.faults.reset,
                "rate_limit": self.rate_limit.clear,
                "webhooks": state.replace_webhooks,
                "inbox": self.inboxes.reset,
            }
            for part, reset in resets.items():
                if part in parts:
                    reset()
            if "bots" in parts:
                self.bots.reset()
            elif "data" in parts:
                self.bots.restart()
            elif "clock" in parts:
                self.bots.clock_was_set(state.time.now() - before)

    def load(self, world: World) -> None:
        """Replace the world, and restart running bots in the new one.

        Raises ``Unavailable`` if its files exceed the budget of uploads.
        """
        files = [content for _, content in world.files.items()]
        with self._state:
            self._state.world.uploads.reserve(*files)
            self._state.replace_world(world)
            self.bots.restart()

    def close(self) -> None:
        """Stop deliveries, bots and waiting requests when the sandbox is deleted."""
        self._state.closed = True
        self._state.webhooks.close()
        self.journal.watches.end_waits()
        self.inboxes.watches.end_waits()
        self.activity.notify()
        with self._state:
            self.bots.restore(None)
