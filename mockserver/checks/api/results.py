"""The verdict on each rule of the contract."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from mockserver.checks.api.http import one_line, to_text

Basis = Literal["documented", "decided"]
Verdict = Literal["ok", "drift", "unclear"]
DOCUMENTED: Basis = "documented"
DECIDED: Basis = "decided"


class Drift(Exception):
    """A difference between the API and a rule; the text describes it."""


class Unclear(Exception):
    """The reason why a rule cannot be judged."""


@dataclass
class ApiResult:
    """The verdict on one rule.

    The rule says what is ``expected`` of ``where``, an endpoint or an attribute. Its basis is the
    documentation, or our decision if the documentation leaves it open.
    """

    where: str
    expected: str
    basis: Basis
    verdict: Verdict = "unclear"
    found: str = "no response tested this rule"

    @property
    def name(self) -> str:
        return f"{self.where}: {self.expected}"

    def record(self, difference: str | None) -> None:
        """Record a difference, or None if the rule was kept. The first difference stays."""
        if self.verdict != "drift":
            self.verdict, self.found = ("ok", "") if difference is None else ("drift", difference)

    def record_unclear(self, reason: str) -> None:
        """Record that the rule could not be judged, unless it is known to be broken."""
        if self.verdict != "drift":
            self.verdict, self.found = "unclear", reason

    def require(self) -> None:
        """Raise ``Unclear`` if the rule is broken: its dependent rules cannot be judged."""
        if self.verdict == "drift":
            raise Unclear(f"unclear until '{self.name}' passes")


@dataclass
class ApiResults:
    """The results of all rules, in order, by name."""

    _results: dict[str, ApiResult] = field(default_factory=dict)

    def add(self, where: str, expected: str, basis: Basis) -> ApiResult:
        """Add a rule that is not judged yet."""
        result = ApiResult(where, expected, basis)
        if result.name in self._results:
            raise ValueError(f"two rules have the name {result.name!r}")
        self._results[result.name] = result
        return result

    def get(self, where: str, expected: str) -> ApiResult:
        return self._results[f"{where}: {expected}"]

    def record(self, where: str, expected: str, difference: str | None) -> None:
        self.get(where, expected).record(difference)

    def require(self, where: str, expected: str) -> None:
        """Raise ``Unclear`` if this rule is broken. A rule that is not checked is not broken."""
        if result := self._results.get(f"{where}: {expected}"):
            result.require()

    def __iter__(self) -> Iterator[ApiResult]:
        return iter(self._results.values())


def expect_equal(name: str, value: Any, expected: Any) -> None:
    """Raise ``Drift`` unless ``value`` equals ``expected`` and has its type."""
    if value != expected or type(value) is not type(expected):
        raise Drift(f"{name} is {to_text(value)}, not {to_text(expected)}")


def expect(condition: object, difference: str) -> None:
    """Raise ``Drift`` with the difference unless the condition holds."""
    if not condition:
        raise Drift(one_line(difference))
