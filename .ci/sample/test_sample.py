"""A project that uses mockserver as any other does: 200 tests, each in a sandbox of its own.

They pass in any order, on any worker, as often as one likes.
"""

from __future__ import annotations

import json
import urllib.request

import pytest

FRANK = "/v1/contacts/WAz8eIbvDR60rouK"
SAID = {"conversation_id": "xgQQXg3hrtjh7AvZ", "message": "Good evening."}
START = 705106800


def times(count):
    """Run a test so often: what one leaves behind, another would find."""
    return pytest.mark.parametrize("turn", range(count))


@times(40)
def test_the_ids_and_times_of_new_objects_are_those_of_every_run(sandbox, turn):
    first, second = (sandbox.call("POST", "/v1/messages", json=SAID).json for _ in range(2))
    assert [first["id"], second["id"]] == ["H0MAuqC3TvEO3her", "tujp9BPYg8rOCFtV"]
    assert [first["created_at"], second["created_at"]] == [START + 1, START + 2]


@times(40)
def test_who_is_deleted_in_one_test_is_there_in_the_next(sandbox, turn):
    assert sandbox.call("GET", FRANK).json["username"] == "FrankMcCallister"
    assert sandbox.call("DELETE", FRANK).status == 204
    assert sandbox.call("GET", FRANK).status == 404


@times(30)
def test_a_client_that_tries_again_has_sent_one_message(sandbox, turn):
    sandbox.faults.add({"type": "error", "status": 503, "retry_after": 1}, times=1)
    with sandbox.expect(created={"message": 1}, events=["message.created"], nothing_else=True):
        refused = sandbox.call("POST", "/v1/messages", json=SAID)
        assert (refused.status, refused.headers["Retry-After"]) == (503, "1")
        assert sandbox.call("POST", "/v1/messages", json=SAID).status == 201


@times(30)
@pytest.mark.sandbox(fixtures="empty", seed="7", clock="frozen")
def test_a_frozen_clock_moves_when_it_is_told_to(sandbox, turn):
    contact = {"username": f"Buzz{turn}", "phone_number": "1-555-0100"}
    early = sandbox.call("POST", "/v1/contacts", json=contact).json
    sandbox.clock.advance(3600)
    late = sandbox.call("POST", "/v1/contacts", json=contact).json
    assert late["created_at"] - early["created_at"] == 3600
    assert len(sandbox.call("GET", "/v1/contacts").json["data"]) == 3


@times(30)
def test_a_reset_brings_the_first_ids_back(sandbox, turn):
    before = sandbox.call("POST", "/v1/groups", json={"name": f"Group {turn}"}).data
    sandbox.reset()
    assert sandbox.call("POST", "/v1/groups", json={"name": f"Group {turn}"}).data == before


@times(20)
def test_an_expectation_that_is_not_met_says_so(sandbox, turn):
    with (
        pytest.raises(AssertionError, match="message"),
        sandbox.expect(created={"message": 2}),
    ):
        sandbox.call("POST", "/v1/messages", json=SAID)


@times(10)
def test_another_client_finds_the_sandbox_by_its_url_and_headers(sandbox, turn):
    request = urllib.request.Request(sandbox.url + FRANK, headers=sandbox.headers)
    with urllib.request.urlopen(request) as answer:
        assert json.load(answer)["username"] == "FrankMcCallister"
    sandbox.journal.verify({"path": FRANK}, count=1)
