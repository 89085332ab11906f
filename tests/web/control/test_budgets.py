"""The uploads that a sandbox keeps have a maximum; a refused request changes nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from mockserver import create_app
from mockserver.storage import world

MESSAGE = "/v1/messages/SIuAFUNKdSYHZF2w"
FULL = "the uploads of a sandbox may hold at most 100 bytes: 90 are in use, and this request needs"

Send = Callable[..., TestResponse]


@pytest.fixture
def send(monkeypatch: pytest.MonkeyPatch) -> Send:
    """Return a function that sends JSON to a server whose sandboxes keep 100 bytes of uploads."""
    monkeypatch.setattr(world, "MAX_UPLOADS", 100)
    client = create_app().test_client()

    def send(method: str, path: str, body: Any = None, sandbox: str = "a") -> TestResponse:
        headers = {"Authorization": f"Bearer sandbox_{sandbox}"}
        if isinstance(body, bytes):
            part = b'Content-Disposition: form-data; name="file"; filename="a.txt"'
            data = b"--b\r\n" + part + b"\r\n\r\n" + body + b"\r\n--b--\r\n"
            headers["Content-Type"] = "multipart/form-data; boundary=b"
            return client.open(path, method=method, data=data, headers=headers)
        return client.open(path, method=method, json=body, headers=headers)

    return send


def upload(send: Send, size: int, sandbox: str = "a") -> TestResponse:
    return send("POST", "/v1/attachments", b"A" * size, sandbox)


def test_an_upload_beyond_the_maximum_is_refused_and_changes_nothing(send: Send) -> None:
    assert upload(send, 90).status_code == 201
    before = send("GET", "/_sandbox/state").json
    for _ in range(3):
        refused = upload(send, 11)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
        assert refused.json is not None
        assert refused.json["message"].startswith(f"{FULL} 11; delete attachments")
    assert send("GET", "/_sandbox/state").json == before
    assert upload(send, 10).status_code == 201
    assert upload(send, 0).status_code == 201


def test_another_sandbox_has_its_own_maximum(send: Send) -> None:
    assert [upload(send, 90, name).status_code for name in "ab"] == [201, 201]


def test_a_simulated_message_stores_all_its_files_or_none(send: Send) -> None:
    files = [{"filename": f"{name}.txt", "content": "QUFB" * 12} for name in "abc"]
    body: dict[str, Any] = {"from": "KateMcCallister", "message": "A", "attachments": files}
    before = send("GET", "/_sandbox/state").json
    assert send("POST", "/_sandbox/simulate/message", body).status_code == 503
    assert send("GET", "/_sandbox/state").json == before
    body["attachments"] = files[:2]
    assert send("POST", "/_sandbox/simulate/message", body).status_code == 201


def test_deleted_files_count_while_a_snapshot_has_them(send: Send) -> None:
    uploaded = upload(send, 90).json
    assert uploaded is not None
    send("PUT", "/_sandbox/snapshots/s", {})
    send("DELETE", f"/v1/attachments/{uploaded['id']}")
    send("DELETE", "/_sandbox/requests", {})
    assert upload(send, 90).status_code == 503
    send("POST", "/_sandbox/snapshots/s/restore", {})
    assert upload(send, 90).status_code == 503
    send("DELETE", "/_sandbox/snapshots/s")
    send("DELETE", f"/v1/attachments/{uploaded['id']}")
    assert upload(send, 90).status_code == 201
    send("POST", "/_sandbox/reset", {})
    assert upload(send, 100).status_code == 201


def test_an_imported_state_counts_its_files(send: Send) -> None:
    upload(send, 60)
    before = send("GET", "/_sandbox/state").json
    assert before is not None
    attachments = [  # without the fixtures' files
        {k: v for k, v in item.items() if k != "content" or item["filename"] == "a.txt"}
        for item in before["attachments"]
    ]
    state = {**before, "attachments": attachments}
    assert send("PUT", "/_sandbox/state", state).status_code == 503
    assert send("GET", "/_sandbox/state").json == before
    send("POST", "/_sandbox/reset", {})
    assert send("PUT", "/_sandbox/state", state).status_code == 200
    assert upload(send, 41).status_code == 503
    assert upload(send, 40).status_code == 201
