"""The cast of a sandbox: contacts who live on its clock."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import Any

from mockserver.client.base import SandboxResource
from mockserver.client.control import given
from mockserver.client.documents import read

Script = str | PathLike[str] | Mapping[str, Any]


class Cast(SandboxResource):
    """Who is on stage in one sandbox, and what was said there."""

    def cast(self) -> dict[str, Any]:
        """Who is on stage, what they did so far and do next; raises ``ApiError`` (404) for none."""
        return self._ask("GET", "/cast")

    def set_cast(self, script: Script, seed: str | int | None = None) -> dict[str, Any]:
        """Have a cast come on stage, in the place of whoever is there.

        ``script`` is the name of one that the server knows (``office``, ``support-queue``), a
        document, or a JSON file's path. The same ``seed`` makes the same play; else it is the
        sandbox's. Raises ``ApiError`` with every problem of a script.
        """
        named = isinstance(script, str) and not script.endswith(".json")
        wanted = script if named else read(script, "script")
        seed = None if seed is None else str(seed)
        return self._ask("PUT", "/cast", given(script=wanted, seed=seed))

    def dismiss_cast(self) -> dict[str, Any]:
        """Send them home; what they said stays."""
        return self._ask("DELETE", "/cast")

    def cast_scripts(self) -> list[dict[str, Any]]:
        """The scripts that come with the server, whole: to copy and change."""
        return self._list("/cast/scripts")

    def transcript(self, since: str | None = None, **filters: Any) -> list[dict[str, Any]]:
        """What the cast and the user said and did, oldest first, since the line of that id.

        ``filters``: ``conversation_id``, and ``limit`` where not all are wanted.
        """
        return self._pages("/transcript", since, filters)

    def play(self, **filters: Any) -> str:
        """The same as a play; ``filters``: ``conversation_id``, ``since``, ``limit``."""
        return self._text("/transcript", format="text", **filters)
