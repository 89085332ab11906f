"""The doctor finds each receiver's own fault, and only that."""

from __future__ import annotations

import hmac
import json
import socket
from collections.abc import Sequence

import pytest

from mockserver import __version__
from mockserver.checks.webhook.checks import checks
from mockserver.checks.webhook.http import HttpClient, Unreachable
from mockserver.checks.webhook.runner import Result, examine
from mockserver.checks.webhook.target import target
from tests.checks.webhook import receivers
from tests.checks.webhook.receivers import GIVE_UP, SECRET, Receiver, listening

NAMES = [
    *("good", "exact bytes", "unsigned", "other secret", "tampered", "duplicated"),
    *("out of order", "unknown type", "unknown attributes", "large", "slow"),
]


def examined(receiver: Receiver, seconds: float = GIVE_UP) -> Sequence[Result]:
    with listening(receiver) as url:
        return examine(checks(SECRET, "0"), HttpClient(target(url), seconds, receiver.pause))


def found(results: Sequence[Result]) -> dict[str, str]:
    return {each.check.name: each.told for each in results if each.verdict == "finding"}


def test_a_good_receiver_has_no_findings() -> None:
    results = examined(Receiver())
    assert [each.check.name for each in results] == NAMES
    assert {each.told for each in results} == {"ok"}
    assert {each.fix for each in results} == {""}


@pytest.mark.parametrize(
    ("receiver", "check", "told"),
    [
        (receivers.TakesKnownSignatures, "tampered", "accepted a tampered delivery (200)"),
        (receivers.TakesUnsigned, "unsigned", "accepted an unsigned delivery (200)"),
        (receivers.TakesAnySignature, "other secret", "accepted a delivery signed with another"),
        (receivers.Rewrites, "exact bytes", "refused a body that is spelled in another way (401)"),
        (receivers.RefusesUnknownTypes, "unknown type", "refused an event of an unknown type (400"),
        (receivers.RefusesUnknownAttributes, "unknown attributes", "refused unknown attributes (4"),
        (receivers.FailsOnDuplicates, "duplicated", "failed on a duplicate (500): a delivery that"),
        (receivers.LimitsSize, "large", "refused a large delivery (413)"),
        # and more
        (receivers.Impatient, "slow", "refused a delivery that arrives slowly (408)"),
        (receivers.RewritesUnicode, "exact bytes", "refused a body that is spelled in another"),
        (receivers.WantsOrder, "out of order", "refused events out of order (404): one that is"),
        (receivers.FailsOnBadSignatures, "unsigned", "did not refuse an unsigned delivery, but an"),
        (receivers.SwitchesOffOnUnknownTypes, "unknown type", "answered 410 to an event of an unk"),
        (receivers.DiesOfUnknownTypes, "unknown type", "the connection closed without an answer"),
        (receivers.Redirects, "good", "redirected a good delivery (302)"),
        (receivers.KnowsAnotherSecret, "good", "refused a good delivery (401)"),
        (receivers.Fails, "good", "failed on a good delivery (500)"),
        (receivers.TakesAll, "unsigned", "accepted an unsigned delivery (200)"),
    ],
)
def test_a_broken_one_is_told_its_own_fault_and_only_that(
    receiver: type[Receiver], check: str, told: str
) -> None:
    results = examined(receiver())
    assert list(found(results)) == [check]
    assert found(results)[check].startswith(told)
    assert all(bool(each.fix) == (each.verdict == "finding") for each in results)


def test_one_that_does_not_answer_is_sent_nothing_more() -> None:
    silent = receivers.Silent()
    results = examined(silent, seconds=0.2)
    assert found(results) == {"good": "no answer within 0.2 s to a good delivery"}
    assert results[0].fix == "answer each delivery with a status, at once, and do the work later"
    assert len(silent.heads) == 1
    assert {each.told for each in results[1:]} == {"unclear until 'good' is right"}


def test_one_that_never_comes_to_an_end_has_not_answered() -> None:
    results = examined(receivers.Dribbles(), seconds=0.3)
    assert found(results) == {"good": "no answer within 0.3 s to a good delivery"}


def test_two_faults_are_two_findings() -> None:
    class Both(receivers.FailsOnDuplicates, receivers.TakesUnsigned):
        """Broken twice."""

    assert list(found(examined(Both()))) == ["unsigned", "duplicated"]


def test_a_consequence_of_a_finding_is_told_as_such() -> None:
    results = {each.check.name: each for each in examined(receivers.TakesAll())}
    assert results["tampered"].told == "unclear until 'unsigned' is right"


def test_where_nobody_listens_that_is_all_there_is_to_tell() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    wire = HttpClient(target(f"http://127.0.0.1:{port}/"), GIVE_UP, Receiver().pause)
    with pytest.raises(Unreachable, match=f"127.0.0.1:{port}/: .*refused"):
        examine(checks(SECRET, "0"), wire)


def test_deliveries_are_what_the_reference_says() -> None:
    good = Receiver()
    examined(good)
    event = json.loads(good.bodies[0])
    assert list(event) == ["id", "type", "payload"]
    assert event["type"] == "message.created"
    assert event["payload"].keys() == receivers.ATTRIBUTES
    assert good.bodies[0] == json.dumps(event, separators=(",", ":")).encode()
    head = good.heads[0]
    assert head["content-type"] == "application/json"
    assert head["user-agent"] == f"mockserver/{__version__}"
    signature = hmac.new(SECRET.encode(), good.bodies[0], "sha256").hexdigest()
    assert head["x-protocol-signature"] == signature
    assert max(len(body) for body in good.bodies) > 1_000_000


def test_the_same_seed_sends_the_same_bytes() -> None:
    def sent(seed: str) -> list[bytes]:
        return [each.body for check in checks(SECRET, seed) for each in check.deliveries]

    assert sent("1") == sent("1")
    assert not set(sent("1")) & set(sent("2")), "for a receiver that remembers what it has seen"
