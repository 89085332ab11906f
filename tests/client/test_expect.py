"""``with sandbox.expect(...)``: what passes, what fails, and the text of a failure."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import pytest

from mockserver import MockServer, Sandbox

CONVERSATION = "xgQQXg3hrtjh7AvZ"
MESSAGE = {"conversation_id": CONVERSATION, "message": "Good evening."}


def send_message(box: Sandbox) -> str:
    return str(box.call("POST", "/v1/messages", json=MESSAGE).json["id"])


def mute(box: Sandbox, muted: bool = True) -> None:
    path = f"/v1/conversations/{CONVERSATION}"
    assert box.call("PUT", path, json={"is_muted": muted}).status == 200


def test_expected_changes_pass(box: Sandbox) -> None:
    message_id = send_message(box)
    mute(box, False)
    expected = box.expect(
        created={"message": 2},
        updated={"conversation": 1},
        deleted={"message": 1},
        events=["message.created", "conversation.updated", "message.deleted", "message.created"],
        nothing_else=True,
    )
    with expected:
        send_message(box)
        mute(box)
        box.call("DELETE", f"/v1/messages/{message_id}")
        send_message(box)


def test_only_requests_in_the_block_count(box: Sandbox) -> None:
    with box.expect(created={"message": 1}, nothing_else=True):
        send_message(box)
    with box.expect(events=[], nothing_else=True):
        box.call("GET", "/v1/messages")
    send_message(box)


def test_updates_without_an_event_are_nothing_else(box: Sandbox) -> None:
    with box.expect(created={"message": 1}, nothing_else=True):
        send_message(box)
    assert box.journal.list()[0]["changes"][1] == f"updated conversation {CONVERSATION}"


def test_created_and_deleted_objects_do_not_count(box: Sandbox) -> None:
    with box.expect(created={"message": 0}, nothing_else=True):
        box.call("DELETE", f"/v1/messages/{send_message(box)}")


def run_block(box: Sandbox, **expected: Any) -> None:
    """Run a block that sends a message, mutes a conversation, and sends an invalid request."""
    with box.expect(**expected):
        send_message(box)
        mute(box)
        box.call("POST", "/v1/messages?a=b", json={**MESSAGE, "mesage": ""})


def failure(box: Sandbox, **expected: Any) -> str:
    """Return the message of the failed block, without ids."""
    with pytest.raises(AssertionError) as caught:
        run_block(box, **expected)
    text = re.sub(r"\d+\.\d ms", "0.0 ms", str(caught.value)).replace(CONVERSATION, "ID")
    return re.sub(r"(message )\w{16}: .*", r"\1ID: ...", text)


REQUESTS = """\
  requests of the block:
    req_1 POST /v1/messages 201 0.0 ms
    req_2 PUT /v1/conversations/ID 200 0.0 ms
    req_3 POST /v1/messages?a=b 400 0.0 ms: unknown attribute 'mesage'; did you mean 'message'?; \
unknown parameter 'a'; no parameters are accepted here"""


@pytest.mark.parametrize(
    ("expected", "difference"),
    [
        (
            {"created": {"message": 2}},
            "  created message: expected 2, found 1\n    created message ID: ...\n",
        ),
        ({"deleted": {"contact": 1}}, "  deleted contact: expected 1, found 0\n"),
        (
            {"created": {"message": 1}, "nothing_else": True},
            "  updated conversation: expected nothing else, found 1\n"
            "    updated conversation ID: is_muted: false -> true, "
            "last_active_at: 705103200 -> 705106801\n",
        ),
        (
            {"events": ["conversation.updated"]},
            "  events:\n    expected conversation.updated\n"
            "    found    message.created, conversation.updated\n",
        ),
    ],
)
def test_a_failure_shows_the_difference_and_the_requests(
    box: Sandbox, expected: dict[str, Any], difference: str
) -> None:
    title = f"sandbox '{box.name}' did not change as expected\n"
    assert failure(box, **expected) == title + difference + REQUESTS


def test_a_failure_shows_the_faults_of_the_requests(box: Sandbox) -> None:
    box.faults.add({"type": "error", "status": 503, "message": "Closed."}, {"method": "POST"})
    refused = pytest.raises(AssertionError, match=r"503 \d+\.\d ms: Closed.; faults: \[\{.*error")
    with refused, box.expect(created={"message": 1}):
        box.call("POST", "/v1/messages", json=MESSAGE)


def test_a_failure_lists_a_limited_number_of_lines(box: Sandbox) -> None:
    def send_many() -> None:
        with box.expect(created={"message": 1}):
            for _ in range(25):
                send_message(box)

    with pytest.raises(AssertionError) as caught:
        send_many()
    assert str(caught.value).count("… and 5 more") == 2


def test_a_block_with_evicted_requests_fails(own: MockServer) -> None:
    def send_and_flood(box: Sandbox) -> None:
        with box.expect(nothing_else=True):
            send_message(box)
            for _ in range(1000):
                box.call("GET", "/v1/groups?limit=1")

    with own.sandbox("flood") as box:
        with pytest.raises(AssertionError, match="more requests in the block than its journal"):
            send_and_flood(box)
        box.journal.clear()
        with box.expect(created={"message": 1}, nothing_else=True):
            send_message(box)


def test_an_error_in_the_block_is_not_replaced(box: Sandbox) -> None:
    with pytest.raises(ZeroDivisionError), box.expect(created={"message": 1}):
        print(1 / 0)


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
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
def test_an_invalid_expectation_fails_before_the_block(
    box: Sandbox, wrong: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=re.escape(message)):
        box.expect(**wrong)


def test_a_failure_names_requests_that_missed_the_sandbox(own: MockServer) -> None:
    own.default.reset()  # other tests of the session change it
    with own.sandbox("missed") as box:

        def send_elsewhere() -> None:
            with box.expect(created={"message": 1}):
                send_message(own.default)

        with pytest.raises(AssertionError, match=r"requests of the block:\n +none") as caught:
            send_elsewhere()
        advice = "1 request reached the sandbox 'default' with the token 'def…', the last one POST"
        assert advice in str(caught.value)
        for judge in (box.journal.verify, partial(box.journal.wait, timeout=0)):
            with pytest.raises(AssertionError, match="use the token 'sandbox_missed' or the base"):
                judge({"operation": "messages.create"})
