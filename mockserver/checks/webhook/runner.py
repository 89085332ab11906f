"""One receiver, examined: each check's deliveries are sent, and the answers judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from mockserver.checks.webhook.checks import Check
from mockserver.checks.webhook.delivery import Delivery
from mockserver.checks.webhook.http import Outcome, Unreachable

Verdict = Literal["ok", "finding", "unclear"]
GONE = 410


@dataclass(frozen=True)
class Result:
    """What came back for a check: ``wrong`` is the first answer that should not have been.

    ``cause`` is the check that went wrong in the same way before: until that is mended, this one
    says nothing.
    """

    check: Check
    outcomes: Sequence[Outcome]
    wrong: Outcome | None = None
    cause: str | None = None

    @property
    def verdict(self) -> Verdict:
        if self.cause is not None:
            return "unclear"
        return "ok" if self.wrong is None else "finding"

    @property
    def told(self) -> str:
        """The verdict in words."""
        if self.cause is not None:
            return f"unclear until '{self.cause}' is right"
        return "ok" if self.wrong is None else finding(self.check, self.wrong)

    @property
    def fix(self) -> str:
        """How to mend it, in a line; empty where there is nothing to mend."""
        return fix(self.check, self.wrong) if self.wrong and self.cause is None else ""


def examine(checks: Iterable[Check], send: Callable[[Delivery], Outcome]) -> list[Result]:
    """The results, in order; raises ``Unreachable`` where not even the first delivery arrives.

    A receiver that gives no answer at all to the first check is sent nothing more: each further
    delivery would only take its time.
    """
    results: dict[str, Result] = {}
    silent: str | None = None
    for check in checks:
        if silent is not None:
            results[check.name] = Result(check, (), cause=silent)
            continue
        outcomes = [_sent(send, delivery, first=not results) for delivery in check.deliveries]
        wrong = next((each for each in outcomes if not _is_right(check, each)), None)
        results[check.name] = Result(check, outcomes, wrong, _cause(check, wrong, results))
        if wrong and wrong.status is None and check.is_first:
            silent = check.name
    return [*results.values()]


def _sent(send: Callable[[Delivery], Outcome], delivery: Delivery, *, first: bool) -> Outcome:
    try:
        return send(delivery)
    except Unreachable:
        if first:
            raise
        return Outcome(failure="nobody listened any more")


def _is_right(check: Check, outcome: Outcome) -> bool:
    """Whether the answer is as it should be. 410 never is: it switches the webhook off."""
    if outcome.status is None or outcome.status == GONE:
        return False
    return outcome.status // 100 == (2 if check.welcome else 4)


def _cause(check: Check, wrong: Outcome | None, before: Mapping[str, Result]) -> str | None:
    """The check that went wrong in the same way before, if this one rests on one that did."""
    if wrong is None:
        return None
    same = (each for each in check.rests_on if before[each].wrong == wrong)
    return next((before[each].cause or each for each in same), None)


def finding(check: Check, wrong: Outcome) -> str:
    """What the receiver should not have done."""
    why = f": {check.why}" if check.why else ""
    thing, status = check.thing, wrong.status
    if status is None:
        return f"{wrong.failure} to {thing}{why}"
    if status == GONE:
        return f"answered 410 to {thing}: that switches the webhook off"
    if status // 100 == 2:
        return f"accepted {thing} ({status})"
    if status // 100 == 4:
        return f"refused {thing} ({status}){why}"
    if not check.welcome:
        return f"did not refuse {thing}, but answered {status}: it would come again"
    if status // 100 == 3:
        return f"redirected {thing} ({status}): a redirect is not followed"
    return f"failed on {thing} ({status}){why}"


def fix(check: Check, wrong: Outcome) -> str:
    """How to mend it, in a line."""
    status = wrong.status
    if status == GONE:
        return "answer 410 only where nothing shall ever come again"
    if status is not None and not check.welcome and status // 100 != 2:
        return "answer 401 before anything else is done with the body"
    if status is not None and status // 100 == 3:
        return "answer at the URL itself, or register the URL that it leads to"
    if status is None and check.is_first:
        return "answer each delivery with a status, at once, and do the work later"
    return check.fix
