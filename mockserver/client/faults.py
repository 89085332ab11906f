"""The faults and the rate limit of a sandbox."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mockserver.client.control import SandboxClient, segment, without_none
from mockserver.client.types import (
    DeletedDict,
    FaultRuleDict,
    RateLimitDeletedDict,
    RateLimitDict,
    RemovedDict,
)

Fault = str | Mapping[str, Any]
RuleList = list[FaultRuleDict]
"""In a class with a method ``list``, the type cannot be written out."""


class FaultsClient(SandboxClient):
    """The fault rules of a sandbox. The first rule that matches a request and is due applies.

    ``fault`` is an object with a ``type``, such as ``{"type": "error", "status": 503}``, or only
    the type if it takes no parameters, such as ``"commit_then_drop"``. ``match`` selects requests
    by ``method``, ``path``, ``resource`` and ``operation``. A rule skips the first ``after``
    matching requests, then applies to the next ``times``, or with a ``probability`` from 0 to 1.
    """

    def list(self) -> list[FaultRuleDict]:
        """Return the rules in order, each with how often it ``matched`` and was ``applied``."""
        return self._request("GET", "/faults")["data"]

    def add(
        self,
        fault: Fault,
        match: Mapping[str, Any] | None = None,
        *,
        after: int | None = None,
        times: int | None = None,
        probability: float | None = None,
        id: str | None = None,
    ) -> FaultRuleDict:
        """Add a rule after the others, and return it with its id."""
        rule = _rule(fault, match, after, times, probability)
        return self._request("POST", "/faults", without_none(id=id, **rule))

    def get(self, id: str) -> FaultRuleDict:
        """Return a rule."""
        return self._request("GET", f"/faults/{segment(id)}")

    def replace(
        self,
        id: str,
        fault: Fault,
        match: Mapping[str, Any] | None = None,
        *,
        after: int | None = None,
        times: int | None = None,
        probability: float | None = None,
    ) -> FaultRuleDict:
        """Replace a rule, and restart its counts."""
        rule = _rule(fault, match, after, times, probability)
        return self._request("PUT", f"/faults/{segment(id)}", rule)

    def replace_all(self, rules: Iterable[Mapping[str, Any]]) -> RuleList:
        """Replace all rules, and return the new ones."""
        return self._request("PUT", "/faults", {"data": [*rules]})["data"]

    def delete(self, id: str) -> DeletedDict:
        """Delete a rule."""
        return self._request("DELETE", f"/faults/{segment(id)}")

    def clear(self) -> RemovedDict:
        """Delete all rules, and return how many were ``removed``."""
        return self._request("DELETE", "/faults")


class RateLimitClient(SandboxClient):
    """The rate limit of a sandbox."""

    def get(self) -> RateLimitDict:
        """Return the limit and its use; raises ``ApiError`` (404) if none is set."""
        return self._request("GET", "/rate-limit")

    def set(self, limit: int, window_seconds: int, clock: str = "sandbox") -> RateLimitDict:
        """Answer 429 to requests beyond ``limit`` within ``window_seconds``.

        The window is measured on the sandbox's clock, which ``clock.advance`` moves, or on the
        ``real`` one.
        """
        limits = {"limit": limit, "window_seconds": window_seconds, "clock": clock}
        return self._request("PUT", "/rate-limit", limits)

    def clear(self) -> RateLimitDeletedDict:
        """Remove the limit."""
        return self._request("DELETE", "/rate-limit")


def _rule(
    fault: Fault,
    match: Mapping[str, Any] | None,
    after: int | None,
    times: int | None,
    probability: float | None,
) -> dict[str, Any]:
    return without_none(match=match, after=after, times=times, probability=probability, fault=fault)
