"""Conversation summaries and counters, which are read without a trace."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.control.simulation_client import (
    DIRECT,
    EMPTY_CONVERSATION,
    FAMILY,
    FAMILY_CONVERSATION,
    FRANK,
    FRANK_ID,
    USER,
    SimulationClient,
    all_conversations,
)


@pytest.fixture
def simulation(client: Any) -> SimulationClient:
    return SimulationClient(client)


def get_summary(client: Any, conversation_id: str = DIRECT) -> Any:
    response = client.get(f"/_sandbox/conversations/{conversation_id}")
    assert response.status == 200, response.data
    return response.json


def test_conversations_page_in_the_apis_order(client: Any) -> None:
    conversations = client.walk("/v1/conversations")
    for limit in (100, 7):
        summaries = all_conversations(client, limit)
        assert [summary["conversation"] for summary in summaries] == conversations


@pytest.mark.parametrize("name", ["pinned", "muted", "archived"])
def test_conversations_have_the_apis_filters(client: Any, name: str) -> None:
    expected = client.get(f"/v1/conversations?{name}=true&limit=100").json
    page = client.get(f"/_sandbox/conversations?{name}=true&limit=100").json
    assert expected["data"]
    assert [summary["conversation"] for summary in page["data"]] == expected["data"]


def test_a_direct_conversation_has_the_contacts_name(client: Any) -> None:
    page = get_summary(client)
    contact = client.get(f"/v1/contacts/{FRANK_ID}").json
    assert (page["kind"], page["title"]) == ("contact", FRANK)
    assert [summary["id"] for summary in page["others"]] == [FRANK_ID]
    assert page["avatar_url"] != contact["avatar_url"]  # one that is served here
    client.put(f"/v1/contacts/{FRANK_ID}", json={"display_name": "Uncle Frank"})
    assert get_summary(client)["title"] == "Uncle Frank"


def test_a_group_conversation_lists_the_other_members(client: Any) -> None:
    group = client.get(f"/v1/groups/{FAMILY}").json
    page = get_summary(client, FAMILY_CONVERSATION)
    assert (page["kind"], page["title"]) == ("group", group["name"])
    assert [summary["id"] for summary in page["others"]] == [
        summary["id"] for summary in group["contacts"] if summary["id"] != USER
    ]


def test_a_summary_has_the_latest_message_or_null(
    client: Any, simulation: SimulationClient
) -> None:
    message = simulation.run("message", from_=FRANK, message="Who has the tickets?")
    assert get_summary(client)["last_message"]["id"] == message["id"]
    empty = client.post("/v1/conversations", json={"contact_id": FRANK_ID}).json
    assert get_summary(client, empty["id"])["last_message"] is None


def test_messages_since_the_last_opening_are_unread(
    client: Any, simulation: SimulationClient
) -> None:
    simulation.run("open", conversation_id=DIRECT)
    assert get_summary(client)["unread"] == 0
    simulation.send_message()
    assert get_summary(client)["unread"] == 0
    for _ in range(3):
        simulation.run("message", from_=FRANK, message="Hello?")
    assert get_summary(client)["unread"] == 3
    simulation.run("open", conversation_id=DIRECT)
    assert get_summary(client)["unread"] == 0


def test_a_group_without_members_lists_no_others(client: Any) -> None:
    assert get_summary(client, EMPTY_CONVERSATION)["others"] == []


def test_messages_page_like_those_of_the_api(client: Any) -> None:
    expected = client.get(f"/v1/messages?conversation_id={DIRECT}&limit=100").json["data"]
    first = client.get(f"/_sandbox/conversations/{DIRECT}/messages?limit=3").json
    assert [summary["id"] for summary in first["data"]] == [
        summary["id"] for summary in expected[:3]
    ]
    path = f"/_sandbox/conversations/{DIRECT}/messages?limit=100&starting_after={expected[2]['id']}"
    assert [summary["id"] for summary in client.get(path).json["data"]] == [
        summary["id"] for summary in expected[3:]
    ]


def test_asset_urls_are_local(client: Any, simulation: SimulationClient) -> None:
    file = {"filename": "tree.png", "content": "aGk="}
    simulation.run("message", from_=FRANK, message="Look", attachments=[file])
    [latest] = client.get(f"/_sandbox/conversations/{DIRECT}/messages?limit=1").json["data"]
    url = latest["attachments"][0]["file_url"]
    assert client.pool.request("GET", url).data == b"hi"
    avatar = client.pool.request("GET", latest["contact"]["avatar_url"])
    assert avatar.headers["Content-Type"] == "image/svg+xml"


def test_reads_are_not_journaled_faulted_or_limited(client: Any) -> None:
    client.put("/_sandbox/faults", json={"data": [{"fault": {"type": "error", "status": 503}}]})
    limit = client.put("/_sandbox/rate-limit", json={"limit": 1, "window_seconds": 60}).data
    state = client.get("/_sandbox/state").data
    for path in (
        "conversations",
        f"conversations/{DIRECT}",
        f"conversations/{DIRECT}/messages",
        "counters",
    ):
        assert client.get(f"/_sandbox/{path}").status == 200
    assert client.get("/_sandbox/requests").json["data"] == []
    assert client.get("/_sandbox/rate-limit").data == limit
    assert client.get("/_sandbox/state").data == state


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("conversations/nothing", 404, "'nothing'"),
        ("conversations/nothing/messages", 404, "'nothing'"),
        (f"conversations/{DIRECT.lower()}", 404, DIRECT),
        ("conversations?limit=0", 400, "limit"),
        ("conversations?starting_after=nothing", 400, "'nothing'"),
        (f"conversations/{DIRECT}/messages?ending_before=nothing", 400, "'nothing'"),
        (f"conversations/{DIRECT}/messages?conversation_id={DIRECT}", 400, "conversation_id"),
        ("conversations?unread=true", 400, "unread"),
    ],
)
def test_invalid_reads_are_refused(client: Any, path: str, status: int, message: str) -> None:
    client.get(f"/_sandbox/{path}").refused(status, message)


# counters


def test_counters_stay_while_nothing_happens(client: Any) -> None:
    counters = client.get("/_sandbox/counters").json
    client.get("/_sandbox/conversations")
    assert client.get("/_sandbox/counters").json == counters


@pytest.mark.parametrize(
    ("part", "method", "path", "body"),
    [
        ("world", "POST", "/v1/groups", {"name": "Polka"}),
        ("world", "POST", "/_sandbox/simulate/active", {"contact": FRANK}),
        ("world", "POST", "/_sandbox/reset", {}),
        ("requests", "POST", "/v1/groups", {}),
        ("deliveries", "POST", "/v1/groups", {"name": "Polka"}),
        ("webhooks", "PUT", "/_sandbox/webhooks/webhook_1", {"enabled": False}),
        ("webhooks", "DELETE", "/_sandbox/webhooks/webhook_1", None),
        ("delivery_rules", "PUT", "/_sandbox/webhooks/rules", {"data": [{"action": "hold"}]}),
        ("received", "POST", "/_sandbox/inbox/a", {"id": "x"}),
        ("clock", "POST", "/_sandbox/clock/advance", {"seconds": 60}),
        ("clock", "PUT", "/_sandbox/clock", {"mode": "frozen"}),
    ],
)
def test_counters_change_with_what_they_count(
    client: Any, part: str, method: str, path: str, body: Any
) -> None:
    inbox = f"{client.url}/_sandbox/inbox/a?sandbox={client.token.removeprefix('sandbox_')}"
    client.post("/_sandbox/webhooks", json={"url": inbox})
    before = client.get("/_sandbox/counters").json
    where = f"{path}?sandbox={client.token.removeprefix('sandbox_')}" if "inbox" in path else path
    assert client(method, where, json=body).status < 500
    client.post("/_sandbox/webhooks/wait", json={})
    assert client.get("/_sandbox/counters").json[part] != before[part]


def test_counters_change_with_the_bots_actions(client: Any) -> None:
    client.put("/_sandbox/bots", json={"script": "office"})
    before = client.get("/_sandbox/counters").json
    client.post("/_sandbox/clock/advance", json={"seconds": 86400})
    assert client.get("/_sandbox/counters").json["world"] > before["world"]
