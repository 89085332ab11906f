"""Any state, at any time of day: reset, state, snapshots and the clock of a sandbox."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from mockserver.client.base import SandboxResource
from mockserver.client.control import given
from mockserver.client.documents import Document, read


class State(SandboxResource):
    """The state of one sandbox."""

    def reset(self, only: Sequence[str] | None = None) -> dict[str, Any]:
        """Back to the start, ids and clock included; or ``only`` some parts.

        The parts are data, clock, journal, snapshots, faults, rate_limit, webhooks, inbox and bots.
        """
        return self._ask("POST", "/reset", given(only=only))

    def state(self) -> dict[str, Any]:
        """Everything, as a document in the fixture format."""
        return self._ask("GET", "/state")

    def load(self, state: Document) -> dict[str, Any]:
        """Go on with another state: a document in the fixture format, or a JSON file's path.

        It is checked whole before anything changes; raises ``ApiError`` with every problem.
        """
        return self._ask("PUT", "/state", read(state))

    # snapshots

    def snapshots(self) -> list[dict[str, Any]]:
        """The snapshots, by name."""
        return self._list("/snapshots")

    def take_snapshot(self, name: str) -> dict[str, Any]:
        """Remember the state as it is under a name, and forget what that name meant."""
        return self._ask("PUT", _snapshot(name), {})

    def restore_snapshot(self, name: str) -> dict[str, Any]:
        """Bring a snapshot back, next ids and clock included, as often as you like."""
        return self._ask("POST", f"{_snapshot(name)}/restore", {})

    def delete_snapshot(self, name: str) -> dict[str, Any]:
        """Forget a snapshot."""
        return self._ask("DELETE", _snapshot(name))

    # the clock

    def clock(self) -> dict[str, Any]:
        """The clock: its mode, and its time in Unix seconds (``now``)."""
        return self._ask("GET", "/clock")

    def set_clock(
        self, mode: str | None = None, now: int | None = None, speed: int | None = None
    ) -> dict[str, Any]:
        """Set the mode (step, frozen or real), the time in Unix seconds, or both.

        ``speed`` is how many seconds a real clock lets pass in one.
        """
        return self._ask("PUT", "/clock", given(mode=mode, now=now, speed=speed))

    def advance(self, seconds: int) -> dict[str, Any]:
        """Let seconds pass at once; the answer lists what fell due and ``fired``.

        Where bots have so much to do that the server ran out of real time, ``left`` seconds are
        still to pass: advance by those.
        """
        return self._ask("POST", "/clock/advance", {"seconds": seconds})


def _snapshot(name: str) -> str:
    return f"/snapshots/{quote(name, safe='')}"
