"""What is deleted or replaced is free at once, not when the garbage collector finds it."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

from mockserver import create_app

MADE = {"username": "Buzz", "phone_number": "1"}


@pytest.fixture
def still() -> Iterator[None]:
    """The garbage collector, stopped."""
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
@pytest.mark.usefixtures("still")
def test_the_world_that_goes_is_free_at_once(method: str, path: str) -> None:
    app = create_app()
    client = app.test_client()
    me: dict[str, Any] = {"headers": {"Authorization": "Bearer sandbox_used"}}
    client.put("/_sandbox/snapshots/early", json={}, **me)
    assert client.post("/v1/contacts", json=MADE, **me).status_code == 201
    with app.sandboxes.get("used").read() as world:
        record = weakref.ref(world)
    del world
    assert client.open(f"/_sandbox/{path}", method=method, json={}).status_code == 200
    assert record() is None


@pytest.mark.parametrize("path", ["contacts?limt=1", "contacts", "nothing"])
@pytest.mark.usefixtures("still")
def test_a_refused_request_keeps_no_world(path: str) -> None:
    app = create_app()
    client = app.test_client()
    me = {"Authorization": "Bearer sandbox_used"}
    assert client.post(f"/v1/{path}", json={"usrname": "Buzz"}, headers=me).status_code >= 400
    with app.sandboxes.get("used").read() as world:
        record = weakref.ref(world)
    del world
    client.delete("/_sandbox/sandboxes/used")
    assert record() is None
