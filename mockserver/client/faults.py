"""Misbehaviour on command: the faults and the rate limit of a sandbox."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from mockserver.client.base import SandboxResource
from mockserver.client.control import given

Fault = str | Mapping[str, Any]


class Faults(SandboxResource):
    """The faults of one sandbox; the first rule that matches a request and is due wins.

    A ``fault`` is an object with a ``type``, such as ``{"type": "error", "status": 503}``, or just
    the type where it takes no more, such as ``"commit_then_drop"``. ``match`` may ask for
    ``method``, ``path``, ``resource`` and ``operation``. A rule lets the first ``after`` requests
    that match pass, then applies to ``times`` of them, or with a ``probability`` from 0 to 1.
    """

    def faults(self) -> list[dict[str, Any]]:
        """The rules in their order, with how often each has ``matched`` and was ``applied``."""
        return self._list("/faults")

    def add_fault(
        self,
        fault: Fault,
        match: Mapping[str, Any] | None = None,
        *,
        after: int | None = None,
        times: int | None = None,
        probability: float | None = None,
        id: str | None = None,
    ) -> dict[str, Any]:
        """Add a rule at the end; the answer is the rule, with its id."""
        return self._ask(
            "POST", "/faults", given(id=id, **_rule(fault, match, after, times, probability))
        )

    def replace_faults(self, rules: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Put other rules in the place of all; none turns all faults off."""
        data: list[dict[str, Any]] = self._ask("PUT", "/faults", {"data": list(rules)})["data"]
        return data

    def clear_faults(self) -> dict[str, Any]:
        """Delete all rules; the answer says how many were ``removed``."""
        return self._ask("DELETE", "/faults")

    def fault(self, id: str) -> dict[str, Any]:
        """One rule."""
        return self._ask("GET", _path(id))

    def replace_fault(
        self,
        id: str,
        fault: Fault,
        match: Mapping[str, Any] | None = None,
        *,
        after: int | None = None,
        times: int | None = None,
        probability: float | None = None,
    ) -> dict[str, Any]:
        """Put another rule in the place of one, and begin to count anew."""
        return self._ask("PUT", _path(id), _rule(fault, match, after, times, probability))

    def delete_fault(self, id: str) -> dict[str, Any]:
        """Delete a rule."""
        return self._ask("DELETE", _path(id))

    # the rate limit

    def rate_limit(self) -> dict[str, Any]:
        """The limit, and how much of it is used; raises ``ApiError`` (404) where there is none."""
        return self._ask("GET", "/rate-limit")

    def set_rate_limit(
        self, limit: int, window_seconds: int, clock: str = "sandbox"
    ) -> dict[str, Any]:
        """Answer 429 to more than ``limit`` requests within ``window_seconds``.

        The window is on the sandbox's clock, which ``advance`` moves, or on the ``real`` one.
        """
        wanted = {"limit": limit, "window_seconds": window_seconds, "clock": clock}
        return self._ask("PUT", "/rate-limit", wanted)

    def remove_rate_limit(self) -> dict[str, Any]:
        """No limit any more."""
        return self._ask("DELETE", "/rate-limit")


def _path(id: str) -> str:
    return f"/faults/{quote(id, safe='')}"


def _rule(
    fault: Fault,
    match: Mapping[str, Any] | None,
    after: int | None,
    times: int | None,
    probability: float | None,
) -> dict[str, Any]:
    return given(match=match, after=after, times=times, probability=probability, fault=fault)
