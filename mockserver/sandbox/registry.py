"""The registry of a server's sandboxes."""

from __future__ import annotations

import threading

from mockserver.errors import Conflict, NotFound, Unavailable
from mockserver.sandbox.sandbox import DEFAULT, Sandbox, SandboxConfig
from mockserver.storage.world import World


class SandboxRegistry:
    """The sandboxes of a server, each opened at its first use as a copy of the fixtures."""

    def __init__(self, origin: World, most: int, setup: SandboxConfig | None = None) -> None:
        self._origin = origin
        self._most = most
        self._setup = setup
        self._lock = threading.Lock()
        self._open = {DEFAULT: Sandbox(DEFAULT, origin, setup)}

    def open(self, name: str) -> Sandbox:
        """The sandbox of this name; raises ``Unavailable`` where there are too many already."""
        found = self._open.get(name)
        if found is None:
            with self._lock:
                found = self._open.get(name) or self._add(name, self._origin)
        return found

    def get(self, name: str) -> Sandbox:
        """The sandbox of this name, if it is open; raises ``NotFound``."""
        found = self._open.get(name)
        if found is None:
            raise NotFound(f"there is no sandbox '{name}'; a token 'sandbox_{name}' opens it")
        return found

    def all(self) -> list[Sandbox]:
        """Those that are open, by name."""
        with self._lock:
            return [self._open[name] for name in sorted(self._open)]

    def create(self, name: str, origin: World) -> Sandbox:
        """A sandbox that begins with ``origin``; raises ``Conflict`` where the name is taken."""
        with self._lock:
            if name in self._open:
                raise Conflict(f"there is a sandbox '{name}' already; delete it first")
            return self._add(name, origin)

    def delete(self, name: str) -> None:
        """Forget a sandbox and all that it holds; raises ``NotFound``, ``Conflict`` for default."""
        with self._lock:
            self.get(name)
            if name == DEFAULT:
                raise Conflict("the sandbox 'default' cannot be deleted; reset it instead")
            self._open.pop(name).close()

    def _add(self, name: str, origin: World) -> Sandbox:
        if len(self._open) >= self._most:
            raise Unavailable(
                f"there are {self._most} sandboxes already, and '{name}' would be one more; use or "
                "delete one that is open, or start the server with a larger --max-sandboxes"
            )
        found = self._open[name] = Sandbox(name, origin, self._setup)
        return found
