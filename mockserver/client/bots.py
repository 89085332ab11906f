"""The bots of a sandbox: simulated contacts that act on its clock."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import Any

from mockserver.client.base import SandboxResource
from mockserver.client.control import given
from mockserver.client.documents import read

Script = str | PathLike[str] | Mapping[str, Any]


class Bots(SandboxResource):
    """Start, stop and watch the bots of one sandbox."""

    def bots(self) -> dict[str, Any]:
        """Return who the bots are, what they did and do next; raises ``ApiError`` (404)."""
        return self._ask("GET", "/bots")

    def start_bots(self, script: Script, seed: str | int | None = None) -> dict[str, Any]:
        """Start the bots of a script, in place of the running ones.

        ``script`` is the name of a shipped one (``office``, ``support-queue``), a document, or the
        path of a JSON file. The same ``seed`` gives the same actions; it defaults to that of the
        sandbox. Raises ``ApiError`` with every problem of the script.
        """
        named = isinstance(script, str) and not script.endswith(".json")
        document = script if named else read(script, "script")
        seed = None if seed is None else str(seed)
        return self._ask("PUT", "/bots", given(script=document, seed=seed))

    def stop_bots(self) -> dict[str, Any]:
        """Stop the bots. Their contacts and messages stay."""
        return self._ask("DELETE", "/bots")

    def bot_scripts(self) -> list[dict[str, Any]]:
        """Return the shipped scripts as documents, to copy and change."""
        return self._list("/bots/scripts")

    def transcript(self, since: str | None = None, **filters: Any) -> list[dict[str, Any]]:
        """Return what the bots and the user did, oldest first, after the line with an id.

        ``filters``: ``conversation_id``, ``limit`` (default: all).
        """
        return self._pages("/bots/transcript", since, filters)

    def transcript_text(self, **filters: Any) -> str:
        """Return the transcript as text; ``filters``: ``conversation_id``, ``since``, ``limit``."""
        return self._text("/bots/transcript", format="text", **filters)
