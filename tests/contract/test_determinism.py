"""Equal requests return equal bytes, and ids (reference.md, "Determinism")."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.settings import Settings

if TYPE_CHECKING:
    from mockserver.server import Server
    from tests.contract.conftest import Api

NOW = 705106800
FRANK, DIRECT = "WAz8eIbvDR60rouK", "xgQQXg3hrtjh7AvZ"
KINDS = ("contacts", "conversations", "groups", "messages", "attachments")
VALUES: dict[str, dict[str, Any]] = {
    "contacts": {"username": "Gus", "phone_number": "1"},
    "conversations": {"contact_id": FRANK},
    "groups": {"name": "Band"},
    "messages": {"conversation_id": DIRECT, "message": "Hi"},
    "attachments": {"file": "a.txt"},
}


def session(client: Api) -> list[bytes]:
    """Return the responses to valid and invalid requests of every kind."""
    answers = []

    def take(method: str, path: str, **options: Any) -> Any:
        answers.append(client(method, path, **options).data)
        return answers[-1]

    for kind in KINDS:
        take("POST", f"/v1/{kind}", json=VALUES[kind])
        take("POST", f"/v1/{kind}", json={})
        take("GET", f"/v1/{kind}?limit=100")
    take("PUT", f"/v1/contacts/{FRANK}", form=[("display_name", "Uncle")])
    take("POST", "/v1/groups", json={"name": "x", "contacts": [FRANK, "VYmwyVrujkXIjvEf"]})
    take("DELETE", f"/v1/contacts/{FRANK}")
    for kind in KINDS:
        take("POST", f"/v1/{kind}", json=VALUES[kind])
        take("GET", f"/v1/{kind}?limit=100")
    take("GET", "/v1/nothing")
    return answers


def test_same_requests_give_same_bytes_everywhere(
    client: Api,
    neighbour: Api,
    serve: Callable[..., Server],
    client_of: Callable[..., Api],
) -> None:
    first = session(client)
    assert session(neighbour) == first
    assert session(client_of(serve(), "any")) == first
    assert session(client) != first  # the sandbox continues where it was


def test_interleaved_sandboxes_do_not_affect_bytes(client: Api, neighbour: Api) -> None:
    for kind in KINDS:
        for _ in range(3):
            neighbour.create(kind, **VALUES[kind])
    others = type(client)(client.url, client.token + "_other", client.pool)
    mixed = []
    for kind in KINDS:
        mixed.append(client.create(kind, **VALUES[kind]))
        neighbour.remove("contacts", neighbour.contact()["id"])
    assert [others.create(kind, **VALUES[kind]) for kind in KINDS] == mixed


@pytest.mark.parametrize("kind", KINDS)
def test_ids_do_not_depend_on_other_requests(client: Api, neighbour: Api, kind: str) -> None:
    expected = [neighbour.create(kind, **VALUES[kind])["id"] for _ in range(3)]
    # Counts the conversation created together with a contact or group.
    others = {"contacts", "groups", "messages", "attachments"} - {kind}
    if kind == "conversations":
        others -= {"contacts", "groups"}
    new_ids: list[str] = []
    for _ in range(3):
        for other in sorted(others):
            client.remove(other, client.create(other, **VALUES[other])["id"])
        client.post(f"/v1/{kind}", json={**VALUES[kind], "unknown": 1}).refused(400)
        client.walk(f"/v1/{kind}")
        client.change("contacts", FRANK, display_name=f"{len(new_ids)}")
        new_ids.append(client.create(kind, **VALUES[kind])["id"])
        client.remove(kind, new_ids[-1])
    assert new_ids == expected


def test_implicit_conversation_takes_the_next_id(client: Api, neighbour: Api) -> None:
    expected = [neighbour.create("conversations", contact_id=FRANK)["id"] for _ in range(3)]
    new_ids = [client.contact()["conversation_id"], client.group()["conversation_id"]]
    new_ids.append(client.create("conversations", contact_id=FRANK)["id"])
    assert new_ids == expected


def test_deleted_ids_are_not_reused(client: Api) -> None:
    seen = set()
    for _ in range(20):
        gus = client.contact()
        assert gus["id"] not in seen
        seen.add(gus["id"])
        client.remove("contacts", gus["id"])


@pytest.mark.parametrize("clock", ["step", "frozen", "real"])
def test_ids_do_not_depend_on_the_clock_nor_on_the_fixtures(
    serve: Callable[..., Server], client_of: Callable[..., Api], client: Api, clock: str
) -> None:
    other = client_of(serve(Settings(clock=clock), fixtures="empty"))
    assert [other.contact()["id"] for _ in range(3)] == [client.contact()["id"] for _ in range(3)]


def test_ids_depend_on_the_seed_and_on_the_kind(
    serve: Callable[..., Server], client_of: Callable[..., Api]
) -> None:
    servers = [serve(Settings(seed=seed)) for seed in ("0", "1", "0", "")]
    created = [
        [client_of(server).create(kind, **VALUES[kind])["id"] for kind in KINDS]
        for server in servers
    ]
    assert created[0] == created[2]
    distinct = {record_id for ids in (created[0], created[1], created[3]) for record_id in ids}
    assert len(distinct) == 3 * len(KINDS)


def test_existing_ids_are_skipped(
    serve: Callable[..., Server], client_of: Callable[..., Api], client: Api
) -> None:
    first, second, third = (client.contact()["id"] for _ in range(3))
    contacts = [
        {"id": contact_id, "username": "x", "phone_number": "1", "created_at": 1}
        for contact_id in (second, first)
    ]
    fixtures = {"version": 1, "now": NOW, "user": first, "contacts": contacts}
    other = client_of(serve(fixtures=fixtures))
    assert other.contact()["id"] == third
    assert len(other.ids("/v1/contacts")) == 3


def test_first_ids_are_pinned(client: Api) -> None:
    # Users write these ids down in their tests, so they must not change.
    created = [client.create(kind, **VALUES[kind])["id"] for kind in KINDS]
    assert created == [
        "D32NH2Zz7oJvXcbW",
        "Bodm9zOgyfKrHBJY",
        "oAM3xq6MAehYtLpv",
        "H0MAuqC3TvEO3her",
        "7UrxNMjrRC8Edvzm",
    ]


SCRIPT = """
from mockserver.web.app import create_app
app = create_app()
client = app.test_client()
def call(method, path, **options):
    answer = client.open(path, method=method, headers={"Authorization": "Bearer x"}, **options)
    print(answer.status_code, answer.get_data(as_text=True))
    return answer.json
members = [contact["id"] for contact in call("GET", "/v1/contacts?limit=20")["data"]]
call("POST", "/v1/groups", json={"name": "x", "contacts": members})
call("PUT", "/v1/messages/SIuAFUNKdSYHZF2w", json={"reactions": {"a": ["b", "c"], "d": ["e"]}})
call("PUT", "/v1/messages/SIuAFUNKdSYHZF2w", json={"b": 1, "a": 2, "c": 3, "message": 4})
call("DELETE", "/v1/contacts/VYmwyVrujkXIjvEf")
for kind in ("contacts", "conversations", "groups", "messages", "attachments"):
    call("GET", f"/v1/{kind}?limit=100")
call("PUT", "/v1/contacts", json={})
"""


def test_bytes_do_not_depend_on_process_or_hash_seed() -> None:
    outputs = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert outputs[0] == outputs[1]
    assert outputs[0].count(b"\n") > 10
