"""The faults and the rate limit of a sandbox."""

from collections.abc import Iterable, Mapping
from typing import Any

from mockserver.client import types
from mockserver.client.control import SandboxClient

Fault = str | Mapping[str, Any]
Match = Mapping[str, Any]
# A class with a method ``list`` cannot use the type ``list`` in annotations.
RuleList = list[types.FaultRuleDict]


class FaultsClient(SandboxClient):
    """The fault rules of a sandbox. The first rule that applies to a request is used.

    ``fault`` is an object with a ``type``, such as ``{"type": "error", "status": 503}``, or only
    the type if it takes no parameters, such as ``"commit_then_drop"``. ``match`` selects requests
    by ``method``, ``path``, ``resource`` and ``operation``; all by default. A rule skips the first
    ``after`` matching requests, and applies to each later one with ``probability`` (0 to 1, by
    default 1), at most ``times`` times.
    """

    def list(self) -> list[types.FaultRuleDict]:
        """Return the rules in order; ``matched`` and ``applied`` count the requests of each."""
        return self._request("GET", "faults")["data"]

    def add(
        self,
        fault: Fault,
        match: Match | None = None,
        *,
        after: int | None = None,
        times: int | None = None,
        probability: float | None = None,
        id: str | None = None,
    ) -> types.FaultRuleDict:
        """Add a rule after the others, and return it; raises ``ApiError`` (409) for a used id."""
        rule = {"after": after, "times": times, "probability": probability, "id": id}
        return self._request("POST", "faults", fault=fault, match=match, **rule)

    def get(self, id: str) -> types.FaultRuleDict:
        """Return a rule; raises ``ApiError`` (404) for an unknown id."""
        return self._request("GET", "faults", id)

    def replace(
        self,
        id: str,
        fault: Fault,
        match: Match | None = None,
        *,
        after: int | None = None,
        times: int | None = None,
        probability: float | None = None,
    ) -> types.FaultRuleDict:
        """Replace a rule, set its counts to 0, and return it."""
        rule = {"after": after, "times": times, "probability": probability}
        return self._request("PUT", "faults", id, fault=fault, match=match, **rule)

    def replace_all(self, rules: Iterable[Mapping[str, Any]]) -> RuleList:
        """Replace all rules, and return the new ones."""
        return self._request("PUT", "faults", data=[*rules])["data"]

    def delete(self, id: str) -> types.DeletedDict:
        """Delete a rule."""
        return self._request("DELETE", "faults", id)

    def clear(self) -> types.RemovedDict:
        """Delete all rules, and return how many were ``removed``."""
        return self._request("DELETE", "faults")


class RateLimitClient(SandboxClient):
    """The rate limit of a sandbox."""

    def get(self) -> types.RateLimitDict:
        """Return the limit and its use; raises ``ApiError`` (404) if none is set."""
        return self._request("GET", "rate-limit")

    def set(self, limit: int, window_seconds: int, clock: str = "sandbox") -> types.RateLimitDict:
        """Respond with 429 to more than ``limit`` requests in ``window_seconds``; return the limit.

        ``clock`` is ``"sandbox"``, the clock that ``sandbox.clock.advance`` moves, or ``"real"``.
        """
        values = {"limit": limit, "window_seconds": window_seconds, "clock": clock}
        return self._request("PUT", "rate-limit", **values)

    def clear(self) -> types.RateLimitDeletedDict:
        """Remove the limit."""
        return self._request("DELETE", "rate-limit")
