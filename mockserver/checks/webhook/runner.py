"""A run of the webhook check: the deliveries, the verdicts on the responses, and the report."""

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from mockserver.checks.report import Report, ReportRow, count_of
from mockserver.checks.webhook.checks import ReceiverCheck, SignedEvent
from mockserver.webhooks.client import post
from mockserver.webhooks.target import DEFAULT_PORTS, Target, TargetNotAllowed, resolve_target

Verdict = Literal["ok", "finding", "unclear"]
#: The status of a response, or the reason why none arrived.
Response = int | str
GONE = 410
PIECES = 8
PAUSE = 0.25  # seconds between the pieces of a slow delivery

FAILURES = {
    "connection_failed": "the connection closed without a response",
    "unknown_error": "a response that is not HTTP",
}
WRONG_URL = "check the URL: its server accepts no POST requests there"
#: The fix for a valid delivery that was refused with a status that is not about its signature.
FIXES = {
    403: "exempt the URL from CSRF protection and logins; a delivery has a signature only",
    404: WRONG_URL,
    405: WRONG_URL,
    415: "accept the Content-Type application/json",
    501: WRONG_URL,
}


class ReceiverUnreachable(ConnectionError):
    """The reason why there is no connection to the receiver."""


@dataclass(frozen=True)
class DeliverySender:
    """A sender of deliveries to one receiver.

    ``timeout`` is the maximum number of seconds until each response. ``wait(seconds)`` pauses
    between the pieces of a slow delivery.
    """

    target: Target
    timeout: float
    wait: Callable[[float], object]

    def __call__(self, delivery: SignedEvent) -> Response:
        """Send a delivery on a new connection. Raises ``ReceiverUnreachable``."""
        body: bytes | Iterator[bytes] = delivery.body
        timeout = self.timeout
        if delivery.slowly:
            # Add the time of the pauses: a receiver may read the whole body before it responds.
            body, timeout = self._pieces(delivery.body), timeout + (PIECES - 1) * PAUSE
        outcome = post(self.target, delivery.headers, body, timeout)
        if not outcome.connected:
            url = f"{self.target.scheme}://{self.target.authority}{self.target.path}"
            raise ReceiverUnreachable(f"no receiver at {url}: {outcome.detail}")
        if outcome.status is not None:
            return outcome.status
        return FAILURES.get(outcome.reason or "", f"no response within {self.timeout:g} s")

    def _pieces(self, body: bytes) -> Iterator[bytes]:
        size = math.ceil(len(body) / PIECES)
        for start in range(0, len(body), size):
            if start:
                self.wait(PAUSE)
            yield body[start : start + size]


def receiver_target(url: str, allowed_hosts: Collection[str] = ()) -> Target:
    """Resolve ``url``. Raises ``TargetNotAllowed`` unless it is loopback or an allowed host."""
    try:
        parts = urlsplit(url)
        is_valid = parts.scheme in DEFAULT_PORTS and parts.hostname and parts.port != 0
    except ValueError:  # an invalid port or IPv6 address
        is_valid = False
    if not is_valid or not url.isascii() or not url.isprintable():
        example = "http://127.0.0.1:8000/webhooks"
        raise TargetNotAllowed(f"{url!r} is not the URL of a receiver, such as {example}")
    return resolve_target(url, allowed_hosts)


@dataclass(frozen=True)
class ReceiverResult:
    """The verdict on the responses to the deliveries of a check.

    ``message`` describes the verdict, and ``fix`` how to fix a finding. ``wrong`` is the first
    wrong response. ``cause`` names an earlier check that failed with the same response, or that got
    no response; this check is then unclear.
    """

    check: ReceiverCheck
    responses: Sequence[Response] = ()
    verdict: Verdict = "ok"
    message: str = "ok"
    fix: str = ""
    wrong: Response | None = None
    cause: str = ""


def run(
    checks: Iterable[ReceiverCheck], send: Callable[[SignedEvent], Response]
) -> list[ReceiverResult]:
    """Return the results. Raises ``ReceiverUnreachable`` if the first delivery cannot be sent.

    If the first check gets no response, the other deliveries are not sent: each would time out.
    """
    results: dict[str, ReceiverResult] = {}
    is_silent = False
    for check in checks:
        responses: list[Response] = []
        for delivery in () if is_silent else check.deliveries:
            try:
                responses.append(send(delivery))
            except ReceiverUnreachable:
                if not results:
                    raise
                responses.append("could not connect again")
        results[check.name] = _judge(check, responses, results)
        is_silent |= check.is_first and isinstance(results[check.name].wrong, str)
    return [*results.values()]


def _judge(
    check: ReceiverCheck, responses: Sequence[Response], earlier: Mapping[str, ReceiverResult]
) -> ReceiverResult:
    """Return the result of a check. It has no responses if its deliveries were not sent."""
    wrong = next((response for response in responses if not _is_right(check, response)), None)
    cause = ""
    for name in check.depends_on:
        # The same response proves nothing, right or wrong: a wrong URL refuses every delivery.
        if not responses or earlier[name].wrong in responses:
            cause = cause or earlier[name].cause or name
    if cause:
        message = f"unclear until '{cause}' passes"
        return ReceiverResult(check, responses, "unclear", message, wrong=wrong, cause=cause)
    if wrong is None:
        return ReceiverResult(check, responses)
    return ReceiverResult(check, responses, "finding", *_finding(check, wrong), wrong)


def report(url: str, results: Sequence[ReceiverResult]) -> Report:
    findings = sum(result.verdict == "finding" for result in results)
    checks = [
        {
            "check": result.check.name,
            "sent": result.check.description,
            "responses": result.responses,
            "verdict": result.verdict,
            "message": result.message,
            "fix": result.fix,
        }
        for result in results
    ]
    return Report(
        suite="mockserver.check.webhook",
        subject=url,
        headings=("check", "sent", "response", "verdict"),
        rows=[_row(result) for result in results],
        summary=f"{url}: {count_of(findings, 'finding')} in {len(results)} checks",
        document={"url": url, "findings": findings, "checks": checks},
    )


def _row(result: ReceiverResult) -> ReportRow:
    check, is_finding = result.check, result.verdict == "finding"
    responses = ", ".join(map(str, result.responses)) or "not sent"
    return ReportRow(
        check.name,
        "mockserver.check.webhook",
        (check.name, check.description, responses, "FINDING" if is_finding else result.message),
        [("", result.message), ("fix: ", result.fix)] if is_finding else (),
        failure=result.message if is_finding else "",
        detail=f"sent: {check.description}\nresponse: {responses}\n{result.fix}",
        skipped=result.message if result.verdict == "unclear" else "",
    )


def _is_right(check: ReceiverCheck, response: Response) -> bool:
    """Return whether a response is right. A 410 is always wrong, since it disables the webhook."""
    if isinstance(response, str) or response == GONE:
        return False
    return response // 100 == (2 if check.is_valid else 4)


def _finding(check: ReceiverCheck, wrong: Response) -> tuple[str, str]:
    """Return descriptions of a wrong response and of its fix."""
    noun, reason = check.noun, f": {check.reason}" if check.reason else ""
    if isinstance(wrong, str):
        at_once = "respond to each delivery at once, and do longer work afterwards"
        return f"{wrong} to {noun}{reason}", at_once if check.is_first else check.fix
    if wrong == GONE:
        fix = "respond 410 only to stop all deliveries to this URL"
        return f"responded 410 to {noun}: that disables the webhook", fix
    if wrong // 100 == 2:
        return f"accepted {noun} ({wrong})", check.fix
    if check.is_first and wrong in FIXES:
        return f"responded {wrong} to {noun}", FIXES[wrong]
    if not check.is_valid:
        fix = "respond 401 before handling the body"
        return f"responded {wrong} to {noun}, not 4xx: it would be sent again", fix
    if wrong // 100 == 3:
        fix = "respond at the URL itself, or register the URL it redirects to"
        return f"redirected {noun} ({wrong}): redirects are not followed", fix
    problem = "refused" if wrong // 100 == 4 else "failed on"
    return f"{problem} {noun} ({wrong}){reason}", check.fix
