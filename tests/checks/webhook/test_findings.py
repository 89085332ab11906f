"""Each broken receiver gets its own finding, and no other."""

from __future__ import annotations

import hmac
import json
import socket
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler

import pytest

from mockserver import __version__
from mockserver.checks.webhook.checks import all_checks
from mockserver.checks.webhook.runner import (
    DeliverySender,
    ReceiverResult,
    ReceiverUnreachable,
    receiver_target,
    run,
)
from tests.checks.webhook import receivers
from tests.checks.webhook.receivers import SECRET, TIMEOUT, Receiver, listening

NAMES = [
    *("valid", "exact bytes", "unsigned", "other secret", "tampered", "duplicate"),
    *("out of order", "unknown type", "unknown attributes", "large", "slow"),
]


def check(receiver: Receiver, timeout: float = TIMEOUT) -> Sequence[ReceiverResult]:
    with listening(receiver) as url:
        return run(
            all_checks(SECRET, "0"), DeliverySender(receiver_target(url), timeout, receiver.pause)
        )


def findings(results: Sequence[ReceiverResult]) -> dict[str, str]:
    return {result.check.name: result.message for result in results if result.verdict == "finding"}


def test_a_good_receiver_has_no_findings() -> None:
    results = check(Receiver())
    assert [result.check.name for result in results] == NAMES
    assert {result.message for result in results} == {"ok"}
    assert {result.fix for result in results} == {""}


@pytest.mark.parametrize(
    ("receiver", "name", "message"),
    [
        (receivers.AcceptsKnownSignatures, "tampered", "accepted a tampered delivery (200)"),
        (receivers.AcceptsUnsigned, "unsigned", "accepted an unsigned delivery (200)"),
        (receivers.AcceptsAnySignature, "other secret", "accepted a delivery signed with another"),
        (receivers.Rewrites, "exact bytes", "refused a body with different JSON formatting (401)"),
        (receivers.RefusesUnknownTypes, "unknown type", "refused an event of an unknown type (400"),
        (receivers.RefusesUnknownAttributes, "unknown attributes", "refused unknown attributes (4"),
        (receivers.FailsOnDuplicates, "duplicate", "failed on a duplicate (500): a delivery with"),
        (receivers.LimitsSize, "large", "refused a large delivery (413)"),
        (receivers.Impatient, "slow", "refused a delivery that arrives slowly (408)"),
        (receivers.RewritesUnicode, "exact bytes", "refused a body with different JSON formatting"),
        (receivers.RequiresOrder, "out of order", "refused events out of order (404): a retried"),
        (receivers.FailsOnBadSignatures, "unsigned", "responded 500 to an unsigned delivery, not"),
        (receivers.GoneForUnknownTypes, "unknown type", "responded 410 to an event of an unknown"),
        (receivers.ClosesOnUnknownTypes, "unknown type", "the connection closed without a resp"),
        (receivers.Redirects, "valid", "redirected a valid delivery (302)"),
        (receivers.KnowsAnotherSecret, "valid", "refused a valid delivery (401)"),
        (receivers.Fails, "valid", "failed on a valid delivery (500)"),
        (receivers.AcceptsAll, "unsigned", "accepted an unsigned delivery (200)"),
    ],
)
def test_a_broken_receiver_has_its_own_finding_only(
    receiver: type[Receiver], name: str, message: str
) -> None:
    results = check(receiver())
    assert list(findings(results)) == [name]
    assert findings(results)[name].startswith(message)
    assert all(bool(result.fix) == (result.verdict == "finding") for result in results)


@pytest.mark.parametrize(
    ("status", "fix"),
    [
        *((status, "check the URL: its server accepts no POST") for status in (404, 405, 501)),
        (403, "exempt the URL from CSRF protection"),
        (415, "accept the Content-Type application/json"),
        (400, "compare x-protocol-signature"),
        (401, "compare x-protocol-signature"),
    ],
)
def test_a_receiver_that_refuses_all_has_one_finding_with_its_cause(status: int, fix: str) -> None:
    class RefusesAll(Receiver):
        def respond(self, handler: BaseHTTPRequestHandler) -> int | None:
            super().respond(handler)
            return status

    results = check(RefusesAll())
    assert list(findings(results)) == ["valid"]
    assert f"{status}" in results[0].message
    assert results[0].fix.startswith(fix)
    assert {result.message for result in results[1:]} == {"unclear until 'valid' passes"}


def test_a_silent_receiver_gets_one_delivery_only() -> None:
    silent = receivers.Silent()
    results = check(silent, timeout=0.2)
    assert findings(results) == {"valid": "no response within 0.2 s to a valid delivery"}
    assert results[0].fix == "respond to each delivery at once, and do longer work afterwards"
    assert len(silent.headers) == 1
    assert {result.message for result in results[1:]} == {"unclear until 'valid' passes"}


def test_an_endless_response_is_a_timeout() -> None:
    results = check(receivers.RespondsEndlessly(), timeout=0.3)
    assert findings(results) == {"valid": "no response within 0.3 s to a valid delivery"}


def test_two_faults_are_two_findings() -> None:
    class Both(receivers.FailsOnDuplicates, receivers.AcceptsUnsigned):
        """Broken in two ways."""

    assert list(findings(check(Both()))) == ["unsigned", "duplicate"]


def test_a_consequence_of_a_finding_is_unclear() -> None:
    results = {result.check.name: result for result in check(receivers.AcceptsAll())}
    assert results["tampered"].message == "unclear until 'unsigned' passes"


def test_an_unreachable_receiver_raises() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    target = receiver_target(f"http://127.0.0.1:{port}/")
    send = DeliverySender(target, TIMEOUT, Receiver().pause)
    with pytest.raises(ReceiverUnreachable, match=f"127.0.0.1:{port}/: .*refused"):
        run(all_checks(SECRET, "0"), send)


def test_deliveries_are_as_documented() -> None:
    receiver = Receiver()
    check(receiver)
    event = json.loads(receiver.bodies[0])
    assert list(event) == ["id", "type", "payload"]
    assert event["type"] == "message.created"
    assert event["payload"].keys() == receivers.ATTRIBUTES
    assert receiver.bodies[0] == json.dumps(event, separators=(",", ":")).encode()
    headers = receiver.headers[0]
    assert headers["content-type"] == "application/json"
    assert headers["user-agent"] == f"mockserver/{__version__}"
    signature = hmac.new(SECRET.encode(), receiver.bodies[0], "sha256").hexdigest()
    assert headers["x-protocol-signature"] == signature
    assert max(len(body) for body in receiver.bodies) > 1_000_000


def test_the_same_seed_gives_the_same_bytes() -> None:
    def bodies(seed: str) -> list[bytes]:
        checks = all_checks(SECRET, seed)
        return [delivery.body for check in checks for delivery in check.deliveries]

    assert bodies("1") == bodies("1")
    assert not set(bodies("1")) & set(bodies("2")), "for a receiver that remembers ids"
