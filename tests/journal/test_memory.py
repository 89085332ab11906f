"""The journal counts the memory that it holds."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from werkzeug.test import Client as WsgiClient

from mockserver import create_app

MESSAGE = "/v1/messages/SIuAFUNKdSYHZF2w"
FORM = "application/x-www-form-urlencoded"

Call = Callable[..., Any]

#: Enough that what the journal holds once, for all of its requests, counts little.
REQUESTS = 30


def read_with_headers(call: Call, n: int) -> None:
    headers = {f"X-Header-{m}": f"{n}-{m}" * 20 for m in range(20)}
    call("GET", f"/v1/contacts?limit={n % 100 + 1}", headers=headers)


def unknown_path(call: Call, n: int) -> None:
    call("GET", f"/v1/{n}" + "a" * 5000 + "?" + "b=1&" * 2000)


def small_write(call: Call, n: int) -> None:
    call("PUT", MESSAGE, json={"message": f"number {n}", "reactions": {"ok": ["Ada"]}})


def long_text(call: Call, n: int) -> None:
    call("PUT", MESSAGE, json={"message": f"{n}" * 10_000})


def refused_objects(call: Call, n: int) -> None:
    call("PUT", MESSAGE, json={"attachments": [{"a": n}] * 3000})


def refused_numbers(call: Call, n: int) -> None:
    call("PUT", MESSAGE, json={"attachments": [*range(n, n + 5000)]})


def many_names(call: Call, n: int) -> None:
    call("PUT", MESSAGE, json={f"name-{n}-{m}": None for m in range(2000)})


def form(call: Call, n: int) -> None:
    call("PUT", MESSAGE, data="message=" + "%41" * 2000 + str(n), content_type=FORM)


def reactions(call: Call, n: int) -> None:
    call("PUT", MESSAGE, json={"reactions": {f"{m}": [f"user {n}"] for m in range(500)}})


def faults(call: Call, n: int) -> None:
    call("GET", f"/v1/groups?limit={n % 100 + 1}", headers={"Prefer": "code=503"})


def uploads(call: Call, n: int) -> None:
    body = b"--b\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\n%b\r\n--b--\r\n"
    content_type = "multipart/form-data; boundary=b"
    response = call("POST", "/v1/attachments", data=body % bytes(20_000), content_type=content_type)
    call("DELETE", f"/v1/attachments/{response.json['id']}")


CASES = (
    read_with_headers,
    unknown_path,
    small_write,
    long_text,
    refused_objects,
    refused_numbers,
    many_names,
    form,
    reactions,
    faults,
    uploads,
)


@pytest.fixture
def app() -> Iterator[Any]:
    gc.collect()
    tracemalloc.start()
    yield create_app()
    tracemalloc.stop()


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.__name__))
def test_the_counted_bytes_are_those_held(app: Any, case: Callable[[Call, int], None]) -> None:
    client = WsgiClient(app)

    def call(method: str, path: str, **options: Any) -> Any:
        headers = {"Authorization": "Bearer sandbox_memory", **options.pop("headers", {})}
        return client.open(path, method=method, headers=headers, **options)

    for n in range(REQUESTS):
        case(call, n)
    sandbox = app.sandboxes.get("memory")
    sandbox.reset(["data"])  # it shares the texts of changes with the journal
    gc.collect()
    counted, before = sandbox.journal.size, tracemalloc.get_traced_memory()[0]
    sandbox.journal.clear()
    gc.collect()
    held = before - tracemalloc.get_traced_memory()[0]

    assert held / 2 <= counted <= held * 2
