"""The sandboxes of a server by name."""

import threading

from mockserver.errors import Conflict, NotFound, Unavailable
from mockserver.journal.journal import Journal
from mockserver.sandbox.sandbox import DEFAULT, Sandbox, SandboxConfig
from mockserver.storage.world import World

MAX_STRAYS = 200
MAX_STRAY_BYTES = 1024 * 1024


class SandboxRegistry:
    """The open sandboxes by name. Each is opened at its first use, as a copy of ``origin``."""

    def __init__(self, origin: World, maximum: int, config: SandboxConfig | None = None) -> None:
        self._origin = origin
        self._maximum = maximum
        self._config = config
        self._lock = threading.Lock()
        self._open = {DEFAULT: Sandbox(DEFAULT, origin, config)}
        #: The refused requests that reached no sandbox.
        self.strays = Journal(MAX_STRAYS, MAX_STRAY_BYTES, prefix="stray")

    def open(self, name: str) -> Sandbox:
        """Return the sandbox with this name; open it if necessary, or raise ``Unavailable``."""
        sandbox = self._open.get(name)
        if sandbox is None:
            with self._lock:
                sandbox = self._open.get(name) or self._add(name, self._origin)
        return sandbox

    def get(self, name: str) -> Sandbox:
        """Return the open sandbox with this name; raises ``NotFound``."""
        sandbox = self._open.get(name)
        if sandbox is None:
            raise NotFound(f"unknown sandbox '{name}'; the token 'sandbox_{name}' opens it")
        return sandbox

    def all(self) -> list[Sandbox]:
        """Return the open sandboxes, sorted by name."""
        with self._lock:
            return [self._open[name] for name in sorted(self._open)]

    def create(self, name: str, origin: World) -> Sandbox:
        """Open a sandbox as a copy of ``origin``; raises ``Conflict``, ``Unavailable``."""
        with self._lock:
            if name in self._open:
                raise Conflict(f"the sandbox '{name}' already exists; delete it first")
            return self._add(name, origin)

    def delete(self, name: str) -> None:
        """Close and remove a sandbox; raises ``NotFound``, and ``Conflict`` for 'default'."""
        with self._lock:
            self.get(name)
            if name == DEFAULT:
                raise Conflict("the sandbox 'default' cannot be deleted; reset it instead")
            self._open.pop(name).close()

    def _add(self, name: str, origin: World) -> Sandbox:
        if len(self._open) >= self._maximum:
            raise Unavailable(
                f"cannot open '{name}': there are already {self._maximum} sandboxes; use or delete "
                "an open one, or start the server with a larger --max-sandboxes"
            )
        sandbox = Sandbox(name, origin, self._config)
        sandbox.opened_after = self.strays.appended, self._open[DEFAULT].journal.appended
        self._open[name] = sandbox
        return sandbox
