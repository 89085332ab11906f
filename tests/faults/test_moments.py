"""What a fault does with the line, piece by piece: on a connection that writes everything down."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

from mockserver import create_app
from mockserver.errors import Unavailable
from mockserver.settings import Settings


class Notebook:
    """A connection and a parking that note what is asked of them."""

    def __init__(self) -> None:
        self.notes: list[Any] = []
        self.sent = b""
        self.parked_now = 0

    @contextmanager
    def delay(self) -> Iterator[None]:
        self.parked_now += 1
        yield
        self.parked_now -= 1

    def wait(self, seconds: float) -> bool:
        assert self.parked_now == 1, "it waits without a place to wait"
        self.notes.append(round(seconds, 6))
        return True

    @property
    def is_gone(self) -> bool:
        return False

    def send(self, raw: bytes) -> None:
        self.sent += raw
        self.notes.append("send")

    def hang_up(self) -> None:
        self.notes.append("hang up")

    def reset(self) -> None:
        self.notes.append("reset")


class Full(Notebook):
    """A parking without a place left."""

    places = 0

    @contextmanager
    def delay(self) -> Iterator[None]:
        if self.places == 0:
            raise Unavailable("no place is left")
        yield


def dribble(chunks: int, milliseconds: int) -> dict[str, Any]:
    return {"type": "dribble", "numberOfChunks": chunks, "totalDuration": milliseconds}


def ask(
    fault: Any,
    method: str = "GET",
    path: str = "/v1/contacts",
    notebook: Notebook | None = None,
    latency: str = "",
) -> tuple[Notebook, Any]:
    """One request that is hit by ``fault``."""
    app = create_app(Settings(latency=latency))
    headers = {"Authorization": "Bearer any"}
    app.test_client().post("/_sandbox/faults", json={"fault": fault}, headers=headers)
    notebook = notebook or Notebook()
    environ = EnvironBuilder(path, method=method, headers=list(headers.items())).get_environ()
    environ["mockserver.connection"] = environ["mockserver.wait_slots"] = notebook
    answer = run_wsgi_app(app, environ)
    assert notebook.parked_now == 0
    return notebook, answer


@pytest.mark.parametrize(
    ("fault", "notes"),
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
def test_what_is_done_with_the_line(fault: Any, notes: list[Any]) -> None:
    notebook, _ = ask(fault)
    assert notebook.notes == notes


def test_half_of_a_body_is_sent_under_the_length_of_all_of_it() -> None:
    notebook, (whole, *_) = ask("truncate")
    head, _, body = notebook.sent.partition(b"\r\n\r\n")
    whole = b"".join(whole)
    assert f"Content-Length: {len(whole)}".encode() in head.split(b"\r\n")
    assert body == whole[: len(whole) // 2]


def test_a_dribble_is_the_answer_in_pieces() -> None:
    notebook, (whole, *_) = ask(dribble(7, 0))
    head, _, body = notebook.sent.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"Connection: close" in head
    assert body == b"".join(whole)
    assert notebook.notes.count("send") == 8


@pytest.mark.parametrize(
    ("chunks", "method", "path"),
    [
        (1000, "GET", "/v1/contacts?limit=1"),  # more than the bytes of the body
        (400, "GET", "/v1/contacts"),  # no divisor of their number
        (5, "DELETE", "/v1/contacts/WAz8eIbvDR60rouK"),
    ],
)
def test_a_dribble_takes_as_long_as_it_says_whatever_the_body(
    chunks: int, method: str, path: str
) -> None:
    notebook, _ = ask(dribble(chunks, 5000), method, path)
    waits = [note for note in notebook.notes if note != "send"]
    assert (len(waits), round(sum(waits), 6)) == (chunks, 5)


@pytest.mark.parametrize("fault", ["truncate", dribble(2, 0)])
def test_what_has_no_body_arrives_whole(fault: Any) -> None:
    for method, path in (("DELETE", "/v1/contacts/WAz8eIbvDR60rouK"), ("HEAD", "/v1/contacts")):
        notebook, _ = ask(fault, method, path)
        head, _, body = notebook.sent.partition(b"\r\n\r\n")
        assert body == b""
        assert (b"Content-Length" in head) == (method == "HEAD")
        assert b"Content-Length: 0" not in head, "a HEAD is told the length of what a GET gets"


@pytest.mark.parametrize("fault", [dribble(3, 600), "truncate", "commit_then_drop"])
def test_where_no_place_is_left_to_wait_only_that_goes_wrong(fault: Any) -> None:
    notebook, (_, status, _) = ask(fault, notebook=Full(), latency="5")
    assert (status, notebook.notes) == ("503 SERVICE UNAVAILABLE", [])


def test_delays_of_chance_lie_where_they_should() -> None:
    app = create_app()
    headers = {"Authorization": "Bearer any"}
    for fault in (
        {"type": "uniform", "lower": 100, "upper": 200},
        {"type": "lognormal", "median": 100, "sigma": 0.5, "maxValue": 300},
    ):
        app.test_client().put(
            "/_sandbox/faults", json={"data": [{"fault": fault}]}, headers=headers
        )
        notebook = Notebook()
        for _ in range(200):
            environ = EnvironBuilder("/v1/groups", headers=list(headers.items())).get_environ()
            environ["mockserver.wait_slots"] = notebook
            environ["mockserver.connection"] = notebook
            run_wsgi_app(app, environ)
        waits = sorted(notebook.notes)
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
def test_without_a_socket_a_lost_answer_is_an_error(fault: str) -> None:
    client = create_app().test_client()
    headers = {"Authorization": "Bearer any"}
    client.post("/_sandbox/faults", json={"fault": fault, "times": 1}, headers=headers)
    with pytest.raises(ConnectionResetError, match="an injected fault"):
        client.get("/v1/contacts", headers=headers)
    assert client.get("/v1/contacts", headers=headers).status_code == 200


def test_without_a_socket_a_wait_is_a_wait() -> None:
    client = create_app().test_client()
    headers = {"Authorization": "Bearer any", "Prefer": "delay=5"}
    assert client.get("/v1/contacts", headers=headers).status_code == 200
    told = client.get("/_sandbox/requests", headers=headers).get_json()["data"][0]
    assert told["ms"] >= 5, "the answer came before its delay was over"
