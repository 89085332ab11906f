"""What every instrument of a sandbox needs: its name, and a way to ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.client.backends import Backend
from mockserver.client.control import Control

PAGE = 1000
"""Most entries that one answer lists."""


class SandboxResource:
    """One sandbox of a server, by its name."""

    def __init__(self, home: Backend, name: str) -> None:
        self._home = home
        self._control = Control(home.transport, home.control_token)
        self.name = name

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r}>"

    def _ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, /, **query: Any
    ) -> dict[str, Any]:
        """Ask the control API about this sandbox, by its name: one that is deleted stays so."""
        return self._control(method, path, body, **query, sandbox=self.name)

    def _text(self, path: str, /, **query: Any) -> str:
        """What the control API answers as text about this sandbox."""
        return self._control.text(path, **query, sandbox=self.name)

    def _list(self, path: str) -> list[dict[str, Any]]:
        return self._control.list(path, sandbox=self.name)

    def _pages(
        self, path: str, since: str | None, filters: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        """The entries of a log after the one with the id ``since``: all, or up to a ``limit``."""
        found: list[dict[str, Any]] = []
        while True:
            page = self._ask("GET", path, since=since, **{"limit": PAGE, **filters})
            found += page["data"]
            if not page["has_more"] or "limit" in filters:
                return found
            since = found[-1]["id"]
