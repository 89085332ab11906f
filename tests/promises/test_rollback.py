"""An error of our own in the middle of a request: told, logged, and nothing is half done."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from mockserver import create_app
from mockserver.core.world import World
from mockserver.resources.base import Resource

ME = {"Authorization": "Bearer sandbox_rollback"}
FRANK = "WAz8eIbvDR60rouK"
SAID = {"conversation_id": "xgQQXg3hrtjh7AvZ", "message": "Here we go."}


def fail_at(monkeypatch: pytest.MonkeyPatch, owner: type, name: str, call: int) -> None:
    """Have the ``call``-th call of a method fail, and the others pass."""
    real = getattr(owner, name)
    calls = iter(range(1, 1000))

    def method(*args: Any, **kwargs: Any) -> Any:
        if next(calls) == call:
            raise RuntimeError("planted")
        return real(*args, **kwargs)

    monkeypatch.setattr(owner, name, method)


REQUESTS = {
    "a contact and its conversation": ("POST", "contacts", {"username": "B", "phone_number": "1"}),
    "a message and what follows": ("POST", "messages", SAID),
    "a cascade": ("DELETE", f"contacts/{FRANK}", None),
}


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
@pytest.mark.parametrize(
    ("owner", "name", "call"),
    [
        (World, "announce", 1),
        (World, "announce", 2),
        (Resource, "forget", 1),
        (World, "replace", 1),
        (World, "replace", 2),
        (World, "finish", 1),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_a_failed_request_leaves_everything_as_it_was(
    request_: tuple[str, str, Any],
    owner: type,
    name: str,
    call: int,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = create_app()
    app.testing = False
    client = app.test_client()
    method, path, body = request_

    def state() -> bytes:
        return bytes(client.get("/_sandbox/state", headers=ME).data)

    before = state()
    with monkeypatch.context() as planted, caplog.at_level(logging.ERROR):
        fail_at(planted, owner, name, call)
        failed = client.open(f"/v1/{path}", method=method, json=body, headers=ME)
    if failed.status_code < 300:  # this request never came to the place of the fault
        assert not caplog.records
        return
    assert failed.status_code == 500
    assert failed.get_json()["type"] == "api_error"
    assert "planted" not in failed.text
    assert "planted" in caplog.text
    assert "Traceback" in caplog.text
    assert state() == before
    again = client.open(f"/v1/{path}", method=method, json=body, headers=ME)
    fresh = {"Authorization": "Bearer sandbox_fresh"}
    assert again.data == client.open(f"/v1/{path}", method=method, json=body, headers=fresh).data
