"""Deleted and replaced worlds are freed at once, without the garbage collector."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

from mockserver import create_app

CONTACT = {"username": "Buzz", "phone_number": "1"}


@pytest.fixture
def gc_disabled() -> Iterator[None]:
    """Stop the garbage collector during the test."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "sandboxes/used"),
        ("POST", "reset?sandbox=used"),
        ("POST", "snapshots/early/restore?sandbox=used"),
    ],
)
@pytest.mark.usefixtures("gc_disabled")
def test_a_replaced_world_is_freed_at_once(method: str, path: str) -> None:
    app = create_app()
    client = app.test_client()
    auth: dict[str, Any] = {"headers": {"Authorization": "Bearer sandbox_used"}}
    client.put("/_sandbox/snapshots/early", json={}, **auth)
    assert client.post("/v1/contacts", json=CONTACT, **auth).status_code == 201
    with app.sandboxes.get("used").read() as world:
        world_reference = weakref.ref(world)
    del world
    assert client.open(f"/_sandbox/{path}", method=method, json={}).status_code == 200
    assert world_reference() is None


@pytest.mark.parametrize("path", ["contacts?limt=1", "contacts", "nothing"])
@pytest.mark.usefixtures("gc_disabled")
def test_a_refused_request_keeps_no_world_alive(path: str) -> None:
    app = create_app()
    client = app.test_client()
    headers = {"Authorization": "Bearer sandbox_used"}
    assert client.post(f"/v1/{path}", json={"usrname": "Buzz"}, headers=headers).status_code >= 400
    with app.sandboxes.get("used").read() as world:
        world_reference = weakref.ref(world)
    del world
    client.delete("/_sandbox/sandboxes/used")
    assert world_reference() is None
