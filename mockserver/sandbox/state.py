"""The state that a sandbox's parts share."""

import threading

from mockserver.storage.clock import Clock, SandboxTime
from mockserver.storage.wait_slots import Notifier
from mockserver.storage.world import World, new_uploads
from mockserver.webhooks.dispatcher import WebhookDispatcher
from mockserver.webhooks.models import WebhookConfig


class SandboxState:
    """The world of a sandbox, its lock, and its webhook dispatcher.

    As a context manager, it holds the lock and yields the world; each request reads and changes the
    world in that way. ``origin`` is the world to which a reset returns.
    """

    def __init__(self, name: str, origin: World, webhook_config: WebhookConfig) -> None:
        self.name = name
        self._lock = threading.Lock()
        self.origin = origin
        self.seed = origin.ids.seed
        self.world = origin.fork()
        self.world.uploads = new_uploads()
        self.time = SandboxTime(self.world.clock)
        #: Notified of each request and each change of a delivery.
        self.activity = Notifier()
        self._webhook_config = webhook_config
        self.webhooks = self._new_dispatcher()
        #: True once the sandbox is deleted. Requests that wait for something in it then end.
        self.closed = False

    def __enter__(self) -> World:
        self._lock.acquire()
        return self.world

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def replace_world(self, world: World) -> None:
        """Replace the world and its clock. Call with the lock held."""
        # Clients that poll the version for changes must see a new one.
        world.version = self.world.version + 1
        world.uploads = self.world.uploads
        self.world = world
        self.replace_clock(world.clock)

    def replace_clock(self, clock: Clock) -> None:
        """Replace the clock. Call with the lock held."""
        self.world.clock = self.time.clock = clock
        self.webhooks.reschedule()

    def replace_webhooks(self) -> None:
        """Close the webhook dispatcher, and replace it with a new one."""
        self.webhooks.close()
        version = self.webhooks.log.version
        self.webhooks = self._new_dispatcher()
        # Clients that poll the version must see a new one; those that follow the log continue.
        self.webhooks.log.version = version + 1

    def _new_dispatcher(self) -> WebhookDispatcher:
        return WebhookDispatcher(
            self.name, self._webhook_config, self.seed, self.time, self.activity.notify
        )
