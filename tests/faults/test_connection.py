"""The calls that each fault makes on the connection, recorded by a fake connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

from mockserver import create_app
from mockserver.errors import Unavailable
from mockserver.settings import Settings


class RecordingConnection:
    """A fake connection, and fake wait slots, that record the calls."""

    def __init__(self) -> None:
        self.calls: list[Any] = []
        self.sent = b""
        self.slots_in_use = 0

    @contextmanager
    def delay(self) -> Iterator[None]:
        self.slots_in_use += 1
        yield
        self.slots_in_use -= 1

    def wait(self, seconds: float) -> bool:
        assert self.slots_in_use == 1, "it waits without a wait slot"
        self.calls.append(round(seconds, 6))
        return True

    @property
    def is_gone(self) -> bool:
        return False

    def send(self, raw: bytes) -> None:
        self.sent += raw
        self.calls.append("send")

    def hang_up(self) -> None:
        self.calls.append("hang up")

    def reset(self) -> None:
        self.calls.append("reset")


class FullWaitSlots(RecordingConnection):
    """Wait slots of which none is left."""

    slots = 0

    @contextmanager
    def delay(self) -> Iterator[None]:
        if self.slots == 0:
            raise Unavailable("no slot is left")
        yield


def dribble(chunks: int, milliseconds: int) -> dict[str, Any]:
    return {"type": "dribble", "numberOfChunks": chunks, "totalDuration": milliseconds}


def ask(
    fault: Any,
    method: str = "GET",
    path: str = "/v1/contacts",
    connection: RecordingConnection | None = None,
    latency: str = "",
) -> tuple[RecordingConnection, Any]:
    """Send one request to which ``fault`` applies."""
    app = create_app(Settings(latency=latency))
    headers = {"Authorization": "Bearer any"}
    app.test_client().post("/_sandbox/faults", json={"fault": fault}, headers=headers)
    connection = connection or RecordingConnection()
    environ = EnvironBuilder(path, method=method, headers=list(headers.items())).get_environ()
    environ["mockserver.connection"] = environ["mockserver.wait_slots"] = connection
    response = run_wsgi_app(app, environ)
    assert connection.slots_in_use == 0
    return connection, response


@pytest.mark.parametrize(
    ("fault", "calls"),
    [
        ("CONNECTION_RESET_BY_PEER", ["reset"]),
        ("EMPTY_RESPONSE", ["hang up"]),
        ("MALFORMED_RESPONSE_CHUNK", ["send", "hang up"]),
        ("RANDOM_DATA_THEN_CLOSE", ["send", "hang up"]),
        ("truncate", ["send", "hang up"]),
        ("commit_then_drop", ["hang up"]),
        ({"type": "fixed", "fixedDelayMilliseconds": 1500}, [1, 0.5]),
        ({"type": "uniform", "lower": 70, "upper": 70}, [0.07]),
        ({"type": "lognormal", "median": 80, "sigma": 0}, [0.08]),
        ({"type": "lognormal", "median": 80, "sigma": 3, "maxValue": 0}, []),
        (
            {"type": "dribble", "numberOfChunks": 3, "totalDuration": 600},
            ["send", *([0.2, "send"] * 3)],
        ),
        ({"type": "page_cap", "maximum": 1}, []),
        ("schema_drift", []),
    ],
)
def test_what_each_fault_does_with_the_connection(fault: Any, calls: list[Any]) -> None:
    connection, _ = ask(fault)
    assert connection.calls == calls


def test_truncate_announces_the_whole_length() -> None:
    connection, (chunks_of_whole, *_) = ask("truncate")
    head, _, body = connection.sent.partition(b"\r\n\r\n")
    whole = b"".join(chunks_of_whole)
    assert f"Content-Length: {len(whole)}".encode() in head.split(b"\r\n")
    assert body == whole[: len(whole) // 2]


def test_dribble_sends_the_whole_response_in_pieces() -> None:
    connection, (chunks_of_whole, *_) = ask(dribble(7, 0))
    head, _, body = connection.sent.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"Connection: close" in head
    assert body == b"".join(chunks_of_whole)
    assert connection.calls.count("send") == 8


@pytest.mark.parametrize(
    ("chunks", "method", "path"),
    [
        (1000, "GET", "/v1/contacts?limit=1"),  # more than the bytes of the body
        (400, "GET", "/v1/contacts"),  # no divisor of their number
        (5, "DELETE", "/v1/contacts/WAz8eIbvDR60rouK"),
    ],
)
def test_dribble_takes_its_total_duration(chunks: int, method: str, path: str) -> None:
    connection, _ = ask(dribble(chunks, 5000), method, path)
    waits = [call for call in connection.calls if call != "send"]
    assert (len(waits), round(sum(waits), 6)) == (chunks, 5)


@pytest.mark.parametrize("fault", ["truncate", dribble(2, 0)])
def test_responses_without_a_body_arrive_complete(fault: Any) -> None:
    for method, path in (("DELETE", "/v1/contacts/WAz8eIbvDR60rouK"), ("HEAD", "/v1/contacts")):
        connection, _ = ask(fault, method, path)
        head, _, body = connection.sent.partition(b"\r\n\r\n")
        assert body == b""
        assert (b"Content-Length" in head) == (method == "HEAD")
        assert b"Content-Length: 0" not in head, "HEAD has the length of the GET response"


@pytest.mark.parametrize("fault", [dribble(3, 600), "truncate", "commit_then_drop"])
def test_without_a_wait_slot_no_other_fault_applies(fault: Any) -> None:
    connection, (_, status, _) = ask(fault, connection=FullWaitSlots(), latency="5")
    assert (status, connection.calls) == ("503 SERVICE UNAVAILABLE", [])


def test_random_delays_follow_their_distribution() -> None:
    app = create_app()
    headers = {"Authorization": "Bearer any"}
    for fault in (
        {"type": "uniform", "lower": 100, "upper": 200},
        {"type": "lognormal", "median": 100, "sigma": 0.5, "maxValue": 300},
    ):
        app.test_client().put(
            "/_sandbox/faults", json={"data": [{"fault": fault}]}, headers=headers
        )
        connection = RecordingConnection()
        for _ in range(200):
            environ = EnvironBuilder("/v1/groups", headers=list(headers.items())).get_environ()
            environ["mockserver.wait_slots"] = connection
            environ["mockserver.connection"] = connection
            run_wsgi_app(app, environ)
        waits = sorted(connection.calls)
        assert len(set(waits)) > 100
        if fault["type"] == "uniform":
            assert 0.1 <= waits[0] < 0.12
            assert 0.18 < waits[-1] <= 0.2
        else:
            assert 0.085 < waits[100] < 0.115, "the median"
            assert waits[-1] <= 0.3


@pytest.mark.parametrize(
    "fault",
    [
        "CONNECTION_RESET_BY_PEER",
        "EMPTY_RESPONSE",
        "MALFORMED_RESPONSE_CHUNK",
        "RANDOM_DATA_THEN_CLOSE",
        "truncate",
        "commit_then_drop",
    ],
)
def test_without_a_socket_a_dropped_response_raises(fault: str) -> None:
    client = create_app().test_client()
    headers = {"Authorization": "Bearer any"}
    client.post("/_sandbox/faults", json={"fault": fault, "times": 1}, headers=headers)
    with pytest.raises(ConnectionResetError, match="an injected fault"):
        client.get("/v1/contacts", headers=headers)
    assert client.get("/v1/contacts", headers=headers).status_code == 200


def test_without_a_socket_a_delay_still_delays() -> None:
    client = create_app().test_client()
    headers = {"Authorization": "Bearer any", "Prefer": "delay=5"}
    assert client.get("/v1/contacts", headers=headers).status_code == 200
    entry = client.get("/_sandbox/requests", headers=headers).get_json()["data"][0]
    assert entry["ms"] >= 5, "the response came before the delay was over"
