"""Without threads or descriptors, and with slow clients, the server goes on and recovers."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from mockserver.server import Server
from tests.server.conftest import App, Client

ROOT = Path(__file__).parents[2]

LIMITED = """
import logging, resource, sys
from mockserver.server import Server
def app(environ, start):
    start("200 OK", [("Content-Length", "5")])
    return [b"hello"]
logging.basicConfig(format="%(message)s")
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
with Server(app) as server:
    print(server.port, flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(os.name != "posix", reason="Windows has no limit of descriptors")
def test_without_descriptors_the_open_connections_are_served(connect: Any) -> None:
    command = [sys.executable, "-c", LIMITED]
    process: Any
    pipes: Any = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as process:
        limited = Server(App(), port=int(process.stdout.readline()))
        first = connect(limited)
        for _ in range(3):
            others = [connect(limited) for _ in range(100)]
            assert [first.get().text for _ in range(3)] == ["hello"] * 3
            others[0].send(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n").rest()
            for other in others:
                other.socket.close()
            assert connect(limited).get().text == "hello"
        _, log = process.communicate()
    assert set(log.splitlines()) == {
        "not accepting new connections for now: [Errno 24] Too many open files"
    }
    assert len(log.splitlines()) <= 3


def fail_to_start(self: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")


def test_without_threads_only_waiting_requests_are_refused(
    app: Any, connect: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = connect()
    client.get()
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", fail_to_start)
        reply = client.get("/delay")
        assert (reply.status, reply.getheader("Retry-After")) == (503, "1")
        assert reply.json()["message"].startswith("cannot start a thread for a waiting request")
        client = connect()
        assert client.get().text == client.get("/chunks").text[:5] == "hello"
    assert client.get("/short-wait").text == "True"


@pytest.mark.parametrize("started", [0, 1])
def test_a_start_without_threads_leaves_nothing(
    app: Any, threads_left: Any, monkeypatch: pytest.MonkeyPatch, started: int
) -> None:
    start = threading.Thread.start
    threads = iter([start] * started)
    server = Server(app)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", lambda self: next(threads, fail_to_start)(self))
        with pytest.raises(RuntimeError, match="can't start new thread"):
            server.start()
    assert threads_left() == []
    with server:
        pass


def test_2000_slow_and_idle_clients_take_no_thread(
    server: Server, threads_left: Any, many_descriptors: None, connect: Any
) -> None:
    clients: list[Client] = [connect() for _ in range(2000)]
    for client in clients[::2]:
        client.send(b"POST /echo HTTP/1.1\r\nContent-Length: 2\r\n\r\n1")
    for client in clients[::5]:
        client.send(b"2" if client in clients[::2] else b"GET /he")
    assert connect().get().text == "hello"
    assert [client.reply().text for client in clients[::10]] == ["12"] * 200
    assert len(threads_left()) <= 3
    server.stop()
    assert threads_left() == []


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="needs Linux's /proc")
def test_stop_leaves_no_descriptor(app: Any, connect: Any) -> None:
    before = os.listdir("/proc/self/fd")
    server = Server(app)
    server.start()
    clients = [connect(server) for _ in range(5)]
    clients[0].get()
    clients[1].send(b"GET /he")
    clients[2].send(b"GET /delay HTTP/1.1\r\n\r\n")
    clients[3].send(b"GET /large HTTP/1.1\r\n\r\nGET /he")
    clients[4].send(b"x\r\n\r\n")
    app.await_entries(2)
    server.stop()
    for client in clients:
        client.socket.close()
    assert os.listdir("/proc/self/fd") == before
