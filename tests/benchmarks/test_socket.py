"""Requests over a keep-alive socket, compared with a bare Flask view on the same server."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.benchmarks.server_process import MOCKSERVER, running

if TYPE_CHECKING:
    from tests.benchmarks.conftest import Stopwatch, Table

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(300)]

PAGE, MESSAGE = "/v1/messages", "/v1/messages/SIuAFUNKdSYHZF2w"
BARE = """
import sys, threading
from flask import Flask, Response
from mockserver.server import Server
app, path, body = Flask("bare"), sys.argv[1], open(sys.argv[2], "rb").read()
app.add_url_rule(path, view_func=lambda: Response(body, mimetype="application/json"))
server = Server(app)
server.start()
print(f'{{"port": {server.port}}}', flush=True)
threading.Event().wait()
"""


def get(connection: HTTPConnection, path: str) -> Callable[[], bytes]:
    def call() -> bytes:
        connection.request("GET", path, headers={"Authorization": "Bearer benchmark"})
        return connection.getresponse().read()

    return call


def test_requests_over_a_socket(table: Table, stopwatch: Stopwatch, tmp_path: Path) -> None:
    serve = ("serve", "--port", "0", "--log-level")
    for what, path, level in (
        ("retrieve a message", MESSAGE, "warning"),
        ("retrieve a message, logged", MESSAGE, "info"),
        ("page of 10 messages", PAGE, "warning"),
    ):
        with ExitStack() as stack:
            mockserver = get(stack.enter_context(running(MOCKSERVER, *serve, level)), path)
            body = tmp_path / "body"
            body.write_bytes(mockserver())
            bare = get(stack.enter_context(running(BARE, path, str(body))), path)
            assert mockserver() == bare()
            comparison = stopwatch.compare(mockserver, bare, time.perf_counter)
        rates = f"{1 / comparison.seconds:.0f} against {1 / comparison.other:.0f} a second"
        table.add("over a socket", what, f"{comparison}; {rates}", comparison.ratio)
