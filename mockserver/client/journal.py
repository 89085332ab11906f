"""What happened in a sandbox: its requests, whether they were those wanted, and what they did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from mockserver.client.base import SandboxResource
from mockserver.client.control import given
from mockserver.client.formatting import missed

Match = Mapping[str, Any]


class Journal(SandboxResource):
    """The journal of one sandbox.

    A ``match`` asks for any of ``method``, ``path``, ``resource`` and ``operation`` (paths and
    operations with ``*``), ``status``, ``query``, ``headers`` and ``body``; of the last three only
    what is named.
    """

    def requests(self, since: str | None = None, **filters: Any) -> list[dict[str, Any]]:
        """The requests that are kept, oldest first; those after the request ``since``, an id.

        ``filters`` are ``method``, ``path`` and ``operation`` (with ``*``), ``status`` and
        ``limit``. The last 1,000 requests are kept.
        """
        return self._pages("/requests", since, filters)

    def request(self, id: str) -> dict[str, Any]:
        """One request, whole: headers, bodies, changes and events. Secrets are redacted."""
        return self._ask("GET", f"/requests/{quote(id, safe='')}")

    def forget_requests(self, match: Match | None = None) -> dict[str, Any]:
        """Forget the requests that match, or all; the answer says how many were ``removed``."""
        return self._ask("DELETE", "/requests", None if match is None else {"match": match})

    def verify(
        self,
        match: Match | None = None,
        *,
        count: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
    ) -> dict[str, Any]:
        """Make sure that as many requests match as are wanted: one or more, where no number is
        given. Returns the ``requests`` (ids) that do, and their ``count``.

        Raises ``AssertionError`` with the nearest requests and the differences of each.
        """
        wanted = given(match=match, count=count, at_least=at_least, at_most=at_most)
        return self._verified(wanted, self._ask("POST", "/requests/verify", wanted))

    def wait(
        self,
        match: Match | None = None,
        *,
        count: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        timeout: float = 5,
    ) -> dict[str, Any]:
        """The same as ``verify``, once it holds, or after ``timeout`` seconds of real time."""
        wanted = given(match=match, count=count, at_least=at_least, at_most=at_most)
        answer = self._ask("POST", "/requests/wait", {**wanted, "timeout": timeout})
        return self._verified(wanted, answer)

    def _verified(self, wanted: Mapping[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
        __tracebackhide__ = True  # pytest shows the test then, not us
        if not answer["verified"]:
            raise AssertionError("\n  ".join(missed(self.name, wanted, answer)))
        return answer

    def changes(self, since: str | None = None) -> dict[str, Any]:
        """What became of what, and the events, after the request ``since`` (an id), or of all.

        What was made and deleted again, or put back as it was, is no change. The answer says too
        how many requests were ``evicted`` before, whose changes are no longer known.
        """
        return self._ask("GET", "/changes", since=since)
