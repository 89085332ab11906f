"""The fixtures that a server knows by name, each read once."""

from __future__ import annotations

import threading

from mockserver.errors import InvalidRequest
from mockserver.seeding.load import Loader, shipped
from mockserver.storage.clock import Clock, Mode
from mockserver.storage.ids import IdGenerator
from mockserver.storage.world import World


class FixtureCache:
    """Worlds by the name of their fixtures.

    The server's own fixtures are one, those that come with the product the others: a name that
    a client sends is looked up here, and never opened as a file.
    """

    def __init__(self, loader: Loader, name: str, origin: World) -> None:
        self.loader = loader
        self._origin = origin
        self._worlds = {name: origin}
        self._lock = threading.Lock()

    def names(self) -> list[str]:
        """The names that are known, sorted."""
        found = {each.stem for each in shipped().glob("*.json") if each.stem != "schema"}
        return sorted(found | self._worlds.keys())

    def world(self, name: str, seed: str | None = None, clock: Mode | None = None) -> World:
        """A new world of these fixtures; raises ``InvalidRequest`` for an unknown name.

        ``seed`` and ``clock`` go before what the fixtures themselves say.
        """
        with self._lock:
            if name not in self._worlds:
                self._worlds[name] = self._read(name)
            world = self._worlds[name].fork()
        if seed is not None:
            world.ids = IdGenerator(seed)
        if clock is not None:
            world.clock = Clock(world.clock.now(), clock, self._origin.clock.speed)
        return world

    def _read(self, name: str) -> World:
        if name not in self.names():
            known = ", ".join(self.names())
            raise InvalidRequest(f"fixtures: there are none named '{name}'; known: {known}")
        seed, clock = self._origin.ids.seed, self._origin.clock
        return self.loader.open(name, seed=seed, clock=clock.mode, speed=clock.speed)
