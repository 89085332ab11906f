"""Each type of fault has its documented effect on different HTTP clients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

CONVERSATION = "xgQQXg3hrtjh7AvZ"
MESSAGE = {"conversation_id": CONVERSATION, "message": "Keep the change."}
MESSAGES_PATH = f"/v1/messages?conversation_id={CONVERSATION}&limit=100"


def arm(client: Any, fault: Any, **rule: Any) -> None:
    client.put("/_sandbox/faults", json={"data": [{"fault": fault, **rule}]})


def count_messages(client: Any) -> int:
    """Remove all faults and return how often the message was created."""
    client.delete("/_sandbox/faults")
    texts = [event["message"] for event in client.get(MESSAGES_PATH).json["data"]]
    return texts.count(MESSAGE["message"])


@pytest.mark.parametrize(
    ("fault", "failure", "created"),
    [
        ("CONNECTION_RESET_BY_PEER", "reset", 0),
        ("EMPTY_RESPONSE", "empty", 0),
        ("MALFORMED_RESPONSE_CHUNK", "broken chunk", 0),
        ("RANDOM_DATA_THEN_CLOSE", "no HTTP", 0),
        ("commit_then_drop", "empty", 1),
    ],
)
def test_connection_faults_send_no_response(
    client: Any, ask: Callable[..., Any], fault: str, failure: str, created: int
) -> None:
    arm(client, fault, times=1)
    assert ask("POST", "/v1/messages", MESSAGE).failure == failure
    assert count_messages(client) == created
    assert ask("POST", "/v1/messages", MESSAGE).status == 201, (
        "the connection's end is not the server's"
    )
    [first, *_] = client.get("/_sandbox/requests").json["data"]
    assert first["status"] == (201 if created else 0)
    assert [event["type"] for event in first["faults"]] == [fault]


def test_truncate_sends_half_of_the_body(client: Any, ask: Any) -> None:
    arm(client, "truncate", times=1)
    assert ask("POST", "/v1/messages", MESSAGE).failure == "cut"
    assert count_messages(client) == 1


@pytest.mark.parametrize("status", [400, 409, 429, 500, 503])
def test_error_responds_with_the_chosen_status(client: Any, ask: Any, status: int) -> None:
    fault = {
        "type": "error",
        "status": status,
        "retry_after": 7,
        "message": "Closed for Christmas.",
    }
    arm(client, fault)
    response = ask("POST", "/v1/messages", MESSAGE)
    assert (response.status, response.json["message"]) == (status, "Closed for Christmas.")
    assert response.json["type"] == ("api_error" if status >= 500 else "invalid_request")
    assert response.headers["retry-after"] == "7"
    assert count_messages(client) == 0


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
def test_a_delayed_response_is_complete(client: Any, ask: Any, fault: Any) -> None:
    plain = client.get(MESSAGES_PATH).json
    arm(client, fault)
    response = ask("GET", MESSAGES_PATH)
    assert (response.status, response.json) == (200, plain)
    assert int(response.headers["content-length"]) == len(response.text.encode())


def test_schema_drift_adds_and_reorders_attributes(client: Any, ask: Any) -> None:
    plain = client.get(MESSAGES_PATH).json
    arm(client, "schema_drift")
    response = ask("GET", MESSAGES_PATH).json
    for old, new in zip(plain["data"], response["data"], strict=True):
        assert list(new) == ["schema_drift", *reversed(old)]
        assert new["contact"].keys() == old["contact"].keys() | {"schema_drift"}
        assert new["reactions"] == old["reactions"], "the names in this map are data"
        assert new["message"] == old["message"]
    assert response["has_more"] == plain["has_more"]


def test_schema_drift_adds_an_unknown_event_type(client: Any, ask: Any) -> None:
    arm(client, "schema_drift")
    assert ask("POST", "/v1/messages", MESSAGE).status == 201
    events = client.get("/_sandbox/changes").json["events"]
    assert [event["type"] for event in events] == ["message.created", "schema_drift.created"]
    assert all("schema_drift" in event["payload"] for event in events)
    assert len({event["id"] for event in events}) == 2


def test_schema_drift_keeps_statuses_and_error_types(client: Any, ask: Any) -> None:
    arm(client, "schema_drift")
    response = ask("GET", "/v1/messages/none")
    assert (response.status, response.json["type"]) == (404, "invalid_request")


def test_page_cap_limits_pages_and_sets_has_more(client: Any, ask: Any) -> None:
    messages = client.walk("/v1/messages")
    arm(client, {"type": "page_cap", "maximum": 2})
    page = ask("GET", "/v1/messages?limit=50").json
    assert (len(page["data"]), page["has_more"]) == (2, True)
    assert ask("GET", "/v1/messages?limit=1").json["data"] == page["data"][:1]
    assert client.walk("/v1/messages") == messages, "following has_more returns everything"


def test_a_blind_retry_after_commit_then_drop_duplicates(client: Any, ask: Any) -> None:
    arm(client, "commit_then_drop", times=1)
    if ask("POST", "/v1/messages", MESSAGE).failure:
        ask("POST", "/v1/messages", MESSAGE)
    assert count_messages(client) == 2


def test_commit_then_drop_commits_exactly_once(client: Any, ask: Any) -> None:
    arm(client, "commit_then_drop", match={"operation": "messages.create"}, times=1)
    assert ask("POST", "/v1/messages", MESSAGE).failure == "empty"
    assert count_messages(client) == 1
    entry = client.get("/_sandbox/requests/req_1").json
    message = client.get(f"/v1/messages/{entry['response']['body']['id']}").json
    assert entry["response"]["body"] == message
    assert entry["status"] == 201
    assert entry["faults"] == [{"type": "commit_then_drop", "cause": "fault_1"}]
    changes = client.get("/_sandbox/changes").json
    created = [event["id"] for event in changes["changes"] if event["change"] == "created"]
    assert created == [message["id"]]
    assert [event["type"] for event in changes["events"]] == ["message.created"]
