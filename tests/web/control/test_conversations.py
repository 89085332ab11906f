"""The conversations as a messenger shows them, and the pulse: looked at without a trace."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.control.acting import (
    DIRECT,
    FAMILY,
    FAMILY_TALK,
    FRANK,
    FRANK_ID,
    NOBODY_TALK,
    USER,
    BotHost,
    all_chats,
)


@pytest.fixture
def stage(client: Any) -> BotHost:
    return BotHost(client)


def chat(client: Any, conversation_id: str = DIRECT) -> Any:
    answer = client.get(f"/_sandbox/conversations/{conversation_id}")
    assert answer.status == 200, answer.data
    return answer.json


def test_they_come_in_the_apis_order_with_its_cursors(client: Any) -> None:
    conversations = client.walk("/v1/conversations")
    for limit in (100, 7):
        chats = all_chats(client, limit)
        assert [each["conversation"] for each in chats] == conversations


@pytest.mark.parametrize("name", ["pinned", "muted", "archived"])
def test_they_are_filtered_as_conversations_are(client: Any, name: str) -> None:
    wanted = client.get(f"/v1/conversations?{name}=true&limit=100").json
    found = client.get(f"/_sandbox/conversations?{name}=true&limit=100").json
    assert wanted["data"]
    assert [each["conversation"] for each in found["data"]] == wanted["data"]


def test_a_contacts_has_its_name_and_the_contact_in_it(client: Any) -> None:
    found = chat(client)
    contact = client.get(f"/v1/contacts/{FRANK_ID}").json
    assert (found["kind"], found["title"]) == ("contact", FRANK)
    assert [each["id"] for each in found["others"]] == [FRANK_ID]
    assert found["avatar_url"] != contact["avatar_url"]  # one that is served here
    client.put(f"/v1/contacts/{FRANK_ID}", json={"display_name": "Uncle Frank"})
    assert chat(client)["title"] == "Uncle Frank"


def test_a_groups_has_its_name_and_the_others_in_it(client: Any) -> None:
    group = client.get(f"/v1/groups/{FAMILY}").json
    found = chat(client, FAMILY_TALK)
    assert (found["kind"], found["title"]) == ("group", group["name"])
    assert [each["id"] for each in found["others"]] == [
        each["id"] for each in group["contacts"] if each["id"] != USER
    ]


def test_its_latest_message_is_told_and_where_there_is_none_nothing(
    client: Any, stage: BotHost
) -> None:
    said = stage.act("message", from_=FRANK, message="Who has the tickets?")
    assert chat(client)["last_message"]["id"] == said["id"]
    empty = client.post("/v1/conversations", json={"contact_id": FRANK_ID}).json
    assert chat(client, empty["id"])["last_message"] is None


def test_what_others_have_said_since_it_was_opened_is_unread(client: Any, stage: BotHost) -> None:
    stage.act("open", conversation_id=DIRECT)
    assert chat(client)["unread"] == 0
    stage.say()
    assert chat(client)["unread"] == 0
    for _ in range(3):
        stage.act("message", from_=FRANK, message="Hello?")
    assert chat(client)["unread"] == 3
    stage.act("open", conversation_id=DIRECT)
    assert chat(client)["unread"] == 0


def test_a_group_without_members_has_nobody_in_it(client: Any) -> None:
    assert chat(client, NOBODY_TALK)["others"] == []


def test_the_messages_are_those_of_the_api_page_by_page(client: Any) -> None:
    wanted = client.get(f"/v1/messages?conversation_id={DIRECT}&limit=100").json["data"]
    first = client.get(f"/_sandbox/conversations/{DIRECT}/messages?limit=3").json
    assert [each["id"] for each in first["data"]] == [each["id"] for each in wanted[:3]]
    path = f"/_sandbox/conversations/{DIRECT}/messages?limit=100&starting_after={wanted[2]['id']}"
    assert [each["id"] for each in client.get(path).json["data"]] == [
        each["id"] for each in wanted[3:]
    ]


def test_files_and_pictures_are_those_that_are_served_here(client: Any, stage: BotHost) -> None:
    file = {"filename": "tree.png", "content": "aGk="}
    stage.act("message", from_=FRANK, message="Look", attachments=[file])
    [latest] = client.get(f"/_sandbox/conversations/{DIRECT}/messages?limit=1").json["data"]
    url = latest["attachments"][0]["file_url"]
    assert client.pool.request("GET", url).data == b"hi"
    avatar = client.pool.request("GET", latest["contact"]["avatar_url"])
    assert avatar.headers["Content-Type"] == "image/svg+xml"


def test_to_look_leaves_no_trace_meets_no_fault_and_counts_against_no_limit(client: Any) -> None:
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
    ("path", "status", "said"),
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
def test_what_is_not_there_or_wrong_is_told(client: Any, path: str, status: int, said: str) -> None:
    client.get(f"/_sandbox/{path}").refused(status, said)


# the pulse


def test_the_pulse_stands_still_while_nothing_happens(client: Any) -> None:
    pulse = client.get("/_sandbox/counters").json
    client.get("/_sandbox/conversations")
    assert client.get("/_sandbox/counters").json == pulse


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
def test_the_pulse_moves_with_what_happens(
    client: Any, part: str, method: str, path: str, body: Any
) -> None:
    inbox = f"{client.url}/_sandbox/inbox/a?sandbox={client.token.removeprefix('sandbox_')}"
    client.post("/_sandbox/webhooks", json={"url": inbox})
    before = client.get("/_sandbox/counters").json
    where = f"{path}?sandbox={client.token.removeprefix('sandbox_')}" if "inbox" in path else path
    assert client(method, where, json=body).status < 500
    client.post("/_sandbox/webhooks/wait", json={})
    assert client.get("/_sandbox/counters").json[part] != before[part]


def test_the_pulse_moves_with_what_a_cast_does(client: Any) -> None:
    client.put("/_sandbox/bots", json={"script": "office"})
    before = client.get("/_sandbox/counters").json
    client.post("/_sandbox/clock/advance", json={"seconds": 86400})
    assert client.get("/_sandbox/counters").json["world"] > before["world"]
