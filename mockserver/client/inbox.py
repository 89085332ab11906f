"""The built-in receiver of webhooks, for who has none yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from mockserver.client.base import SandboxResource
from mockserver.client.control import ROOT, given

Reaction = int | str | Mapping[str, Any]


class Inbox(SandboxResource):
    """The inboxes of one sandbox, each opened by the first who names it.

    A message has its ``number``, the time ``at`` which it came, ``headers``, the exact ``body``,
    the ``event`` in it, whether it is ``verified`` (None where the inbox has no secret), the number
    of the message that it is a ``duplicate_of``, and the ``answer`` that it got.
    """

    def inbox_url(self, name: str) -> str:
        """The URL to register: what is sent there lands in this inbox, without any token."""
        return f"{self._home.url}{ROOT}{_path(name)}?sandbox={self.name}"

    def inboxes(self) -> list[dict[str, Any]]:
        """The inboxes, without their messages."""
        return self._list("/inbox")

    def configure_inbox(
        self,
        name: str,
        *,
        secret: str | None = None,
        answers: Iterable[Reaction] | None = None,
    ) -> dict[str, Any]:
        """Verify with ``secret``, and give these ``answers`` in turn; the last of them stays.

        An answer is a status, ``"hang_up"``, or an object with ``status`` and ``delay``, in
        milliseconds. What is not given is as at the start: no secret, and 200.
        """
        answered = None if answers is None else list(answers)
        return self._ask("PUT", _path(name), given(secret=secret, answers=answered))

    def inbox(
        self, name: str, *, since: int | None = None, type: str | None = None
    ) -> dict[str, Any]:
        """An inbox, with its messages as ``data``, in the order in which they came.

        ``since`` is the number of a message; ``type`` may hold ``*``. The last 1,000 are kept.
        """
        return self._ask("GET", _path(name), since=since, type=type)

    def delete_inbox(self, name: str) -> dict[str, Any]:
        """Forget an inbox and its messages."""
        return self._ask("DELETE", _path(name))

    def wait_inbox(
        self,
        name: str,
        *,
        since: int | None = None,
        type: str | None = None,
        count: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        timeout: int = 5,
    ) -> dict[str, Any]:
        """The messages that match as ``data``, once as many came as are wanted, or one or more.

        After ``timeout`` seconds of real time ``verified`` is false.
        """
        wanted = given(
            since=since, type=type, count=count, at_least=at_least, at_most=at_most, timeout=timeout
        )
        return self._ask("POST", f"{_path(name)}/wait", wanted)


def _path(name: str) -> str:
    return f"/inbox/{quote(name, safe='')}"
