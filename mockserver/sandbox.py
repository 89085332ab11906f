"""A sandbox, and the registry of them: the one owner of state.

A world is what the Protocol API itself would have; a sandbox is one isolated world with a lock
around it, and with what only a test wants.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from mockserver.core.world import World
from mockserver.errors import Unavailable

DEFAULT = "default"
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
NAME_RULE = "a sandbox's name has 1 to 64 letters, digits, '_' or '-'"


class Sandbox:
    """One isolated world. All of its requests take turns."""

    def __init__(self, name: str, world: World) -> None:
        self.name = name
        self._world = world
        self._lock = threading.Lock()

    @contextmanager
    def reading(self) -> Iterator[World]:
        """The world, standing still."""
        with self._lock:
            yield self._world

    @contextmanager
    def transaction(self) -> Iterator[World]:
        """The world, for one request's changes: all of them are made, or none."""
        with self._lock:
            world = self._world
            world.begin()
            try:
                yield world
                world.finish()
            except BaseException:
                world.abandon()
                raise


class Sandboxes:
    """The sandboxes of a server, each opened at its first use as a copy of the fixtures."""

    def __init__(self, origin: World, most: int) -> None:
        self._origin = origin
        self._most = most
        self._lock = threading.Lock()
        self._open = {DEFAULT: Sandbox(DEFAULT, origin.fork())}

    def open(self, name: str) -> Sandbox:
        """The sandbox of this name; raises ``Unavailable`` where there are too many already."""
        return self._open.get(name) or self._create(name)

    def get(self, name: str) -> Sandbox | None:
        """The sandbox of this name, if it is open."""
        return self._open.get(name)

    def __len__(self) -> int:
        return len(self._open)

    def _create(self, name: str) -> Sandbox:
        with self._lock:
            if name in self._open:  # another thread was faster
                return self._open[name]
            if len(self._open) >= self._most:
                raise Unavailable(
                    f"there are {self._most} sandboxes already, and sandbox '{name}' would be one "
                    "more; use one that is open, or start the server with a larger --max-sandboxes"
                )
            self._open[name] = Sandbox(name, self._origin.fork())
            return self._open[name]
