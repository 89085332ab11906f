"""Concurrent requests: one sandbox loses nothing, and sandboxes do not affect each other."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import Any

import pytest

THREADS = 16
ROUNDS = 25


@pytest.fixture(autouse=True)
def _impatient_threads() -> Iterator[None]:
    """Switch threads a thousand times as often as usual; without the
    sandbox's lock, these tests would otherwise pass by luck.
    """
    usual = sys.getswitchinterval()
    sys.setswitchinterval(usual / 1000)
    yield
    sys.setswitchinterval(usual)


def test_16_threads_on_one_sandbox_lose_no_object(client: Any) -> None:
    def work(number: int) -> list[str]:
        kept = []
        for turn in range(ROUNDS):
            created = client.post("/v1/groups", json={"name": f"{number}/{turn}"})
            assert created.status == 201
            path = f"/v1/groups/{created.json['id']}"
            assert client.put(path, json={"description": "kept"}).status == 200
            assert client.get("/v1/groups?limit=5").status == 200
            if turn % 5 == 0:
                assert client.delete(path).status == 204
            else:
                kept.append(created.json["id"])
        return kept

    before = {group["id"] for group in client.walk("/v1/groups")}
    with ThreadPoolExecutor(THREADS) as pool:
        kept = [group_id for ids in pool.map(work, range(THREADS)) for group_id in ids]
    groups = client.walk("/v1/groups")
    assert sorted(group["id"] for group in groups) == sorted([*kept, *before])
    new = [group for group in groups if group["id"] not in before]
    assert {group["description"] for group in new} == {"kept"}
    assert len({group["created_at"] for group in new}) == len(new), "each change has its own second"
    conversations = [group["conversation_id"] for group in new]
    assert len(set(conversations)) == len(new)


def test_16_threads_on_the_same_objects_lose_no_change(client: Any) -> None:
    """Each of these requests reads an object and replaces it."""
    conversation = client.get("/v1/conversations?limit=1").json["data"][0]["id"]
    message_body = {"conversation_id": conversation, "message": "Ours"}
    message = client.post("/v1/messages", json=message_body).json

    def work(number: int) -> list[str]:
        kept = []
        for turn in range(ROUNDS):
            body = {"file": f"{number}-{turn}.txt", "message_id": message["id"]}
            created = client.post("/v1/attachments", json=body)
            assert created.status == 201
            assert (
                client.post("/v1/messages", json={**message_body, "message": f"{turn}"}).status
                == 201
            )
            assert created.json in client.get(f"/v1/messages/{message['id']}").json["attachments"]
            if turn % 5 == 0:
                assert client.delete(f"/v1/attachments/{created.json['id']}").status == 204
            else:
                kept.append(created.json["id"])
        return kept

    with ThreadPoolExecutor(THREADS) as pool:
        kept = [attachment_id for ids in pool.map(work, range(THREADS)) for attachment_id in ids]
    carried = client.get(f"/v1/messages/{message['id']}").json["attachments"]
    assert sorted(attachment["id"] for attachment in carried) == sorted(kept)
    assert carried == client.walk("/v1/attachments")[len(kept) - 1 :: -1]
    new = client.walk(f"/v1/messages?conversation_id={conversation}")[: THREADS * ROUNDS]
    said_by_turn = {f"{turn}": THREADS for turn in range(ROUNDS)}
    assert Counter(message["message"] for message in new) == said_by_turn
    # One second per change: as many seconds passed as changes were made.
    changes = THREADS * (2 * ROUNDS + len(range(0, ROUNDS, 5)))
    last = client.post("/v1/messages", json=message_body).json
    assert last["created_at"] == message["created_at"] + changes + 1


def test_16_parallel_sandboxes_answer_like_single_ones(
    client: Any, other: Callable[[str], Any]
) -> None:
    def session(name: str) -> str:
        own_client = other(name)
        digest = sha256()
        for turn in range(ROUNDS):
            created = own_client.post(
                "/v1/contacts", json={"username": f"U{turn}", "phone_number": "1"}
            )
            body = {"conversation_id": created.json["conversation_id"], "message": f"m{turn}"}
            answers = [
                created,
                own_client.post("/v1/messages", json=body),
                own_client.get("/v1/messages?limit=3"),
                own_client.get("/v1/contacts?active=true"),
            ]
            if turn % 4 == 0:
                answers.append(own_client.delete(f"/v1/contacts/{created.json['id']}"))
            for response in answers:
                digest.update(str(response.status).encode() + response.data)
        return digest.hexdigest()

    alone = session("alone")
    with ThreadPoolExecutor(THREADS) as pool:
        together = list(pool.map(session, [f"busy{number}" for number in range(THREADS)]))
    assert set(together) == {alone}
