"""Reset, state and snapshots restore the same bytes."""

from __future__ import annotations

import json
from typing import Any

import pytest

JSON = {"Content-Type": "application/json"}
CONVERSATION = "xgQQXg3hrtjh7AvZ"


def change_everything(client: Any) -> bytes:
    """Change objects of every kind and return the bytes of all responses."""
    message = {"conversation_id": CONVERSATION, "message": "Here we go."}
    responses = [
        client.post("/v1/messages", json=message),
        client.post("/v1/contacts", json={"username": "Buzz", "phone_number": "1"}),
        client.post("/v1/attachments", multipart=[("file", ("a.bin", b"\x00\xff", "a/b"))]),
        client.delete("/v1/contacts/hSIhXBhNe8X1d8Et"),
        client.get("/v1/messages?limit=100"),
        client.get("/v1/groups?limit=100"),
        client.get("/v1/contacts?limit=100"),
    ]
    return b"".join(response.data for response in responses)


def state(client: Any) -> bytes:
    data: bytes = client.get("/_sandbox/state").data
    return data


def test_a_reset_restores_the_initial_bytes(client: Any) -> None:
    before, first = state(client), change_everything(client)
    assert client.post("/_sandbox/reset", json={}).status == 200
    assert state(client) == before
    assert change_everything(client) == first


def test_a_reset_of_only_the_data_keeps_the_clock(client: Any) -> None:
    start = client.get("/_sandbox/clock").json
    change_everything(client)
    later = client.get("/_sandbox/clock").json
    sandbox = client.post("/_sandbox/reset", json={"only": ["data"]}).json
    assert sandbox["clock"] == later != start
    assert sandbox["counts"]["message"] == 229


def test_a_reset_of_only_the_clock_keeps_the_data(client: Any) -> None:
    start = client.get("/_sandbox/clock").json
    client.post("/v1/groups", json={"name": "Tree house"})
    sandbox = client.post("/_sandbox/reset", json={"only": ["clock"]}).json
    assert (sandbox["clock"], sandbox["counts"]["group"]) == (start, 9)


def test_a_full_reset_deletes_the_snapshots(client: Any) -> None:
    client.put("/_sandbox/snapshots/one", json={})
    assert client.post("/_sandbox/reset", json={}).json["snapshots"] == []


def test_a_reset_of_an_unknown_part_changes_nothing(client: Any) -> None:
    client.post("/v1/groups", json={"name": "Tree house"})
    before = state(client)
    response = client.post("/_sandbox/reset", json={"only": ["data", "moon"]})
    response.refused(400, "only", "'moon'", "data, clock, journal, snapshots")
    assert state(client) == before


def test_loading_an_exported_state_is_the_identity(client: Any) -> None:
    change_everything(client)
    before = state(client)
    expected = change_everything(client)
    assert client.put("/_sandbox/state", body=before, headers=JSON).status == 200
    assert state(client) == before
    assert change_everything(client) == expected, (
        "ids, clock, files and deleted senders are restored"
    )


def test_an_exported_state_can_be_used_as_fixtures(client: Any, serve: Any, pool: Any) -> None:
    change_everything(client)
    other = serve(fixtures=client.get("/_sandbox/state").json)
    headers = {"Authorization": "Bearer any"}
    served = pool.request("GET", f"{other.url}/v1/messages", headers=headers)
    assert served.data == client.get("/v1/messages").data


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": 9}, "version: must be an integer from 1 to 1, not 9"),
        ({"user": "aaaaaaaaaaaaaaaa"}, "user: unknown contact 'aaaaaaaaaaaaaaaa'"),
        ({"ids": {"moon": 1}}, "ids: unknown attribute 'moon'; known: contact, conversation"),
        ({"ids": {"contact": -1}}, "ids.contact: must be an integer from 0 to 9007199254740991"),
        ({"clock": "tock"}, "clock: must be one of step, frozen, real, not 'tock'"),
        ({"speed": 0}, "speed: must be an integer from 1 to 100000, not 0"),
        (
            {"clock": "step", "speed": 2},
            "speed: needs a real clock, but the mode is 'step'",
        ),
        ({"moons": []}, "unknown attribute 'moons'"),
    ],
)
def test_an_invalid_state_changes_nothing(client: Any, change: Any, message: str) -> None:
    before = state(client)
    response = client.put("/_sandbox/state", json={**json.loads(before), **change})
    response.refused(400, message)
    assert state(client) == before


def test_a_snapshot_can_be_restored_repeatedly(client: Any) -> None:
    change_everything(client)
    client.put("/_sandbox/snapshots/busy", json={})
    before = state(client)
    expected = change_everything(client)
    for _ in range(2):
        assert client.post("/_sandbox/snapshots/busy/restore", json={}).status == 200
        assert state(client) == before
        assert change_everything(client) == expected


def test_snapshots_are_listed_replaced_and_deleted_by_name(client: Any) -> None:
    for name in ("b", "a"):
        client.put(f"/_sandbox/snapshots/{name}", json={})
    assert client.get("/_sandbox/snapshots").json == {"data": [{"name": "a"}, {"name": "b"}]}
    client.post("/v1/groups", json={"name": "Tree house"})
    client.put("/_sandbox/snapshots/a", json={})
    client.post("/_sandbox/reset", json={"only": ["data"]})
    assert client.post("/_sandbox/snapshots/a/restore", json={}).json["counts"]["group"] == 9
    assert client.delete("/_sandbox/snapshots/a").status == 200
    assert client.delete("/_sandbox/snapshots/b").status == 200
    assert client.get("/_sandbox/snapshots").json == {"data": []}


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/snapshots/x/restore"), ("DELETE", "/snapshots/x")]
)
def test_an_unknown_snapshot_is_a_404_with_the_known_names(
    client: Any, method: str, path: str
) -> None:
    client.put("/_sandbox/snapshots/known", json={})
    body: dict[str, Any] = {"json": {}} if method == "POST" else {}
    client(method, f"/_sandbox{path}", **body).refused(404, "'x'", "known")


def test_an_invalid_snapshot_name_is_refused(client: Any) -> None:
    client.put("/_sandbox/snapshots/a.b", json={}).refused(400, "'a.b'", "letters, digits")


def test_the_number_of_snapshots_is_limited(client: Any) -> None:
    for number in range(100):
        client.put(f"/_sandbox/snapshots/s{number}", json={})
    client.put("/_sandbox/snapshots/more", json={}).refused(503, "100 snapshots", "delete some")
    assert client.put("/_sandbox/snapshots/s0", json={}).status == 200
    client.delete("/_sandbox/snapshots/s1")
    assert client.put("/_sandbox/snapshots/more", json={}).status == 200
