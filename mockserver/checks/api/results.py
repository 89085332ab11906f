"""The checks of the contract's rules, their verdicts, and the exceptions that lead to them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from mockserver.checks.api.http import one_line, to_text

Basis = Literal["documented", "decided"]
Verdict = Literal["ok", "drift", "unclear"]
DOCUMENTED: Basis = "documented"
DECIDED: Basis = "decided"


class Drift(Exception):
    """A description of a difference between the API and a rule."""


class Unclear(Exception):
    """The reason why a rule cannot be judged."""


@dataclass(frozen=True)
class ApiCheck:
    """A check of one rule; ``run(api, *args)`` raises ``Drift`` if the API breaks the rule.

    ``depends_on`` has the ``expected`` texts of other rules with the same ``where``. If one of them
    is broken, the check is not run: it would only report the same difference again.
    """

    where: str
    expected: str
    basis: Basis
    run: Callable[..., None]
    args: tuple[Any, ...] = ()
    depends_on: tuple[str, ...] = ()


@dataclass
class ApiResult:
    """The verdict on one rule, and what was ``found``.

    ``expected`` is the rule, ``where`` the endpoint or attribute that it is about. ``basis`` is the
    documentation or, if that leaves the rule open, mockserver's decision.
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
        """Record that the API breaks the rule or, if ``difference`` is None, keeps it.

        A later call does not change a recorded difference.
        """
        if self.verdict != "drift":
            self.verdict, self.found = ("ok", "") if difference is None else ("drift", difference)

    def record_unclear(self, reason: str) -> None:
        """Record that the rule could not be judged, unless a difference is recorded."""
        if self.verdict != "drift":
            self.verdict, self.found = "unclear", reason

    def require(self) -> None:
        """Raise ``Unclear`` if the rule is broken: no dependent rule can then be judged."""
        if self.verdict == "drift":
            raise Unclear(f"unclear until '{self.name}' passes")


@dataclass
class ApiResults:
    """The results of all rules, in the order in which they were added."""

    _results: dict[str, ApiResult] = field(default_factory=dict)

    def add(self, where: str, expected: str, basis: Basis) -> ApiResult:
        """Add a rule with the verdict "unclear"."""
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
        """Raise ``Unclear`` if this rule is broken. A rule that was not added is not broken."""
        if result := self._results.get(f"{where}: {expected}"):
            result.require()

    def __iter__(self) -> Iterator[ApiResult]:
        return iter(self._results.values())


def expect_equal(name: str, value: Any, expected: Any) -> None:
    """Raise ``Drift`` unless ``value`` equals ``expected`` and has the same type."""
    if value != expected or type(value) is not type(expected):
        raise Drift(f"{name} is {to_text(value)}, not {to_text(expected)}")


def expect(condition: object, difference: str) -> None:
    """Raise ``Drift`` with ``difference`` unless ``condition`` is true."""
    if not condition:
        raise Drift(one_line(difference))
