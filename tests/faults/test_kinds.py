"""Each kind of fault is seen as what it claims to be, by clients of different make."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

CONVERSATION = "xgQQXg3hrtjh7AvZ"
SAID = {"conversation_id": CONVERSATION, "message": "Keep the change."}
MINE = f"/v1/messages?conversation_id={CONVERSATION}&limit=100"


def arm(client: Any, fault: Any, **rule: Any) -> None:
    client.put("/_sandbox/faults", json={"data": [{"fault": fault, **rule}]})


def said(client: Any) -> int:
    """How often it was said; from here on nothing goes wrong any more."""
    client.delete("/_sandbox/faults")
    texts = [each["message"] for each in client.get(MINE).json["data"]]
    return texts.count(SAID["message"])


@pytest.mark.parametrize(
    ("fault", "failure", "done"),
    [
        ("CONNECTION_RESET_BY_PEER", "reset", 0),
        ("EMPTY_RESPONSE", "empty", 0),
        ("MALFORMED_RESPONSE_CHUNK", "broken chunk", 0),
        ("RANDOM_DATA_THEN_CLOSE", "no HTTP", 0),
        ("commit_then_drop", "empty", 1),
    ],
)
def test_there_is_no_answer_and_what_was_asked_is_done_or_not(
    client: Any, ask: Callable[..., Any], fault: str, failure: str, done: int
) -> None:
    arm(client, fault, times=1)
    assert ask("POST", "/v1/messages", SAID).failure == failure
    assert said(client) == done
    assert ask("POST", "/v1/messages", SAID).status == 201, (
        "the connection's end is not the server's"
    )
    [first, *_] = client.get("/_sandbox/requests").json["data"]
    assert first["status"] == (201 if done else 0)
    assert [each["type"] for each in first["faults"]] == [fault]


def test_a_truncated_body_is_half_of_what_was_promised(client: Any, ask: Any) -> None:
    arm(client, "truncate", times=1)
    assert ask("POST", "/v1/messages", SAID).failure == "cut"
    assert said(client) == 1


@pytest.mark.parametrize("status", [400, 409, 429, 500, 503])
def test_an_error_of_choice(client: Any, ask: Any, status: int) -> None:
    fault = {
        "type": "error",
        "status": status,
        "retry_after": 7,
        "message": "Closed for Christmas.",
    }
    arm(client, fault)
    seen = ask("POST", "/v1/messages", SAID)
    assert (seen.status, seen.json["message"]) == (status, "Closed for Christmas.")
    assert seen.json["type"] == ("api_error" if status >= 500 else "invalid_request")
    assert seen.headers["retry-after"] == "7"
    assert said(client) == 0


@pytest.mark.parametrize(
    "fault",
    [
        {"type": "fixed", "fixedDelayMilliseconds": 20},
        {"type": "uniform", "lower": 5, "upper": 20},
        {"type": "lognormal", "median": 10, "sigma": 0.4, "maxValue": 30},
        {"type": "dribble", "numberOfChunks": 4, "totalDuration": 20},
    ],
    ids=lambda fault: fault["type"],
)
def test_what_takes_its_time_is_whole_in_the_end(client: Any, ask: Any, fault: Any) -> None:
    plain = client.get(MINE).json
    arm(client, fault)
    seen = ask("GET", MINE)
    assert (seen.status, seen.json) == (200, plain)
    assert int(seen.headers["content-length"]) == len(seen.text.encode())


def test_tomorrows_api_has_more_attributes_in_another_order(client: Any, ask: Any) -> None:
    plain = client.get(MINE).json
    arm(client, "schema_drift")
    seen = ask("GET", MINE).json
    for old, new in zip(plain["data"], seen["data"], strict=True):
        assert list(new) == ["schema_drift", *reversed(old)]
        assert new["contact"].keys() == old["contact"].keys() | {"schema_drift"}
        assert new["reactions"] == old["reactions"], "a map of the users' own names"
        assert new["message"] == old["message"]
    assert seen["has_more"] == plain["has_more"]


def test_tomorrows_api_knows_one_more_type_of_event(client: Any, ask: Any) -> None:
    arm(client, "schema_drift")
    assert ask("POST", "/v1/messages", SAID).status == 201
    events = client.get("/_sandbox/changes").json["events"]
    assert [each["type"] for each in events] == ["message.created", "schema_drift.created"]
    assert all("schema_drift" in each["payload"] for each in events)
    assert len({each["id"] for each in events}) == 2


def test_tomorrows_api_refuses_in_todays_way(client: Any, ask: Any) -> None:
    arm(client, "schema_drift")
    seen = ask("GET", "/v1/messages/none")
    assert (seen.status, seen.json["type"]) == (404, "invalid_request")


def test_a_page_holds_no_more_than_its_cap_and_says_so(client: Any, ask: Any) -> None:
    whole = client.walk("/v1/messages")
    arm(client, {"type": "page_cap", "maximum": 2})
    page = ask("GET", "/v1/messages?limit=50").json
    assert (len(page["data"]), page["has_more"]) == (2, True)
    assert ask("GET", "/v1/messages?limit=1").json["data"] == page["data"][:1]
    assert client.walk("/v1/messages") == whole, "who follows has_more gets everything"


def test_a_client_that_retries_blindly_says_it_twice(client: Any, ask: Any) -> None:
    """What commit then drop is for."""
    arm(client, "commit_then_drop", times=1)
    if ask("POST", "/v1/messages", SAID).failure:
        ask("POST", "/v1/messages", SAID)
    assert said(client) == 2


def test_commit_then_drop_leaves_exactly_one_message_and_is_told(client: Any, ask: Any) -> None:
    arm(client, "commit_then_drop", match={"operation": "messages.create"}, times=1)
    assert ask("POST", "/v1/messages", SAID).failure == "empty"
    assert said(client) == 1
    told = client.get("/_sandbox/requests/req_1").json
    made = client.get(f"/v1/messages/{told['response']['body']['id']}").json
    assert told["response"]["body"] == made
    assert told["status"] == 201
    assert told["faults"] == [{"type": "commit_then_drop", "cause": "fault_1"}]
    changes = client.get("/_sandbox/changes").json
    created = [each["id"] for each in changes["changes"] if each["change"] == "created"]
    assert created == [made["id"]]
    assert [each["type"] for each in changes["events"]] == ["message.created"]
