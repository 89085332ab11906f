"""``with sandbox.expect(…)``: what passes, what fails, and how a failure reads."""

from __future__ import annotations

import re
from typing import Any

import pytest

from mockserver import MockServer, Sandbox

CONVERSATION = "xgQQXg3hrtjh7AvZ"
SAID = {"conversation_id": CONVERSATION, "message": "Good evening."}


def say(box: Sandbox) -> str:
    return str(box.call("POST", "/v1/messages", json=SAID).json["id"])


def mute(box: Sandbox, muted: bool = True) -> None:
    path = f"/v1/conversations/{CONVERSATION}"
    assert box.call("PUT", path, json={"is_muted": muted}).status == 200


def test_what_is_expected_passes(box: Sandbox) -> None:
    doomed = say(box)
    mute(box, False)
    expected = box.expect(
        created={"message": 2},
        updated={"conversation": 1},
        deleted={"message": 1},
        events=["message.created", "conversation.updated", "message.deleted", "message.created"],
        nothing_else=True,
    )
    with expected:
        say(box)
        mute(box)
        box.call("DELETE", f"/v1/messages/{doomed}")
        say(box)


def test_only_the_block_counts_also_on_an_empty_journal(box: Sandbox) -> None:
    with box.expect(created={"message": 1}, nothing_else=True):
        say(box)
    with box.expect(events=[], nothing_else=True):
        box.call("GET", "/v1/messages")
    say(box)


def test_what_merely_follows_is_nothing_else(box: Sandbox) -> None:
    with box.expect(created={"message": 1}, nothing_else=True):
        say(box)
    assert box.journal.list()[0]["changes"][1] == f"updated conversation {CONVERSATION}"


def test_what_is_made_and_deleted_again_is_no_change(box: Sandbox) -> None:
    with box.expect(created={"message": 0}, nothing_else=True):
        box.call("DELETE", f"/v1/messages/{say(box)}")


def err(box: Sandbox, **expected: Any) -> None:
    """A block that sends a message, mutes, and makes a mistake."""
    with box.expect(**expected):
        say(box)
        mute(box)
        box.call("POST", "/v1/messages?a=b", json={**SAID, "mesage": ""})


def failure(box: Sandbox, **expected: Any) -> str:
    """What the block says of itself; ids are left out."""
    with pytest.raises(AssertionError) as caught:
        err(box, **expected)
    said = re.sub(r"\d+\.\d ms", "0.0 ms", str(caught.value)).replace(CONVERSATION, "ID")
    return re.sub(r"(message )\w{16}: .*", r"\1ID: ...", said)


REQUESTS = """\
  requests of the block:
    req_1 POST /v1/messages 201 0.0 ms
    req_2 PUT /v1/conversations/ID 200 0.0 ms
    req_3 POST /v1/messages?a=b 400 0.0 ms: unknown attribute 'mesage'; did you mean 'message'?; \
unknown parameter 'a'; no parameter is known here"""


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        (
            {"created": {"message": 2}},
            "  created message: expected 2, was 1\n    created message ID: ...\n",
        ),
        ({"deleted": {"contact": 1}}, "  deleted contact: expected 1, was 0\n"),
        (
            {"created": {"message": 1}, "nothing_else": True},
            "  updated conversation: expected nothing else, was 1\n"
            "    updated conversation ID: is_muted: false -> true, "
            "last_active_at: 705103200 -> 705106801\n",
        ),
        (
            {"events": ["conversation.updated"]},
            "  events:\n    expected conversation.updated\n"
            "    was      message.created, conversation.updated\n",
        ),
    ],
)
def test_a_failure_tells_the_difference_and_the_requests(
    box: Sandbox, expected: dict[str, Any], told: str
) -> None:
    title = f"sandbox '{box.name}' did not change as expected\n"
    assert failure(box, **expected) == title + told + REQUESTS


def test_a_failure_tells_the_faults_of_the_requests(box: Sandbox) -> None:
    box.faults.add({"type": "error", "status": 503, "message": "Closed."}, {"method": "POST"})
    refused = pytest.raises(AssertionError, match=r"503 \d+\.\d ms: Closed.; faults: \[\{.*error")
    with refused, box.expect(created={"message": 1}):
        box.call("POST", "/v1/messages", json=SAID)


def test_a_failure_of_very_much_stays_readable(box: Sandbox) -> None:
    def say_much() -> None:
        with box.expect(created={"message": 1}):
            for _ in range(25):
                say(box)

    with pytest.raises(AssertionError) as caught:
        say_much()
    assert str(caught.value).count("… and 5 more") == 2


def test_a_block_of_more_requests_than_are_kept_does_not_pass(own: MockServer) -> None:
    def say_and_flood(box: Sandbox) -> None:
        with box.expect(nothing_else=True):
            say(box)
            for _ in range(1000):
                box.call("GET", "/v1/groups?limit=1")

    with own.sandbox("flood") as box:
        with pytest.raises(AssertionError, match="more requests in the block than its journal"):
            say_and_flood(box)
        box.journal.clear()
        with box.expect(created={"message": 1}, nothing_else=True):
            say(box)


def test_an_error_in_the_block_goes_before_what_is_missing_because_of_it(box: Sandbox) -> None:
    with pytest.raises(ZeroDivisionError), box.expect(created={"message": 1}):
        print(1 / 0)


@pytest.mark.parametrize(
    ("wrong", "error", "said"),
    [
        ({"created": {"mesage": 1}}, ValueError, "unknown kind 'mesage'; did you mean 'message'?"),
        ({"deleted": {"moon": 1}}, ValueError, "unknown kind 'moon'; known: contact, "),
        ({"updated": ["message"]}, ValueError, "updated must map kinds to numbers"),
        ({"created": {"message": "1"}}, ValueError, "message must be an integer >= 0, not '1'"),
        ({"created": {"message": -1}}, ValueError, "message must be an integer >= 0, not -1"),
        ({"created": {"message": True}}, ValueError, "message must be an integer >= 0, not True"),
        ({"events": ["mesage.created"]}, ValueError, "did you mean 'message.created'?"),
        ({"events": "message.created"}, ValueError, "events must be a list of types"),
        ({"craeted": {}}, TypeError, "unknown argument 'craeted'; did you mean 'created'?"),
    ],
)
def test_a_misspelt_expectation_is_told_before_the_block(
    box: Sandbox, wrong: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=re.escape(said)):
        box.expect(**wrong)
