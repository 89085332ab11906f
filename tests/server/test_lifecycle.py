"""Start, stop, and what is promised in between."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from mockserver.server import Server


@pytest.fixture(autouse=True)
def threads_left() -> Callable[[], list[threading.Thread]]:
    """The threads of servers that this test started and that still run."""
    before = set(threading.enumerate())

    def left() -> list[threading.Thread]:
        return [
            thread
            for thread in threading.enumerate()
            if thread.name.startswith("mockserver") and thread not in before
        ]

    return left


def test_port_0_picks_a_free_one_and_url_names_it(app: Any, connect: Any) -> None:
    server = Server(app)
    assert server.port == 0
    with server, Server(app) as other:
        assert server.port != other.port
        assert server.url == f"http://127.0.0.1:{server.port}"
        assert connect(server).get().text == connect(other).get().text == "hello"


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("localhost", "http://localhost:80"),
        ("::1", "http://[::1]:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),  # a client cannot connect to "any" everywhere
        ("::", "http://[::1]:80"),
    ],
)
def test_url_is_one_that_a_client_can_use(app: Any, host: str, url: str) -> None:
    assert Server(app, host, 80).url == url


@pytest.mark.parametrize("host", ["localhost", "0.0.0.0", "::1"])
def test_other_hosts_are_served(app: Any, connect: Any, host: str) -> None:
    if host == "::1" and not has_ipv6():
        pytest.skip("no IPv6 here")
    with Server(app, host) as server:
        assert connect(server).get().text == "hello"


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as sock:
            sock.bind(("::1", 0))
    except OSError:
        return False
    return True


def test_a_port_in_use_is_refused(server: Server, app: Any) -> None:
    with pytest.raises(OSError, match="in use") as caught:
        Server(app, port=server.port).start()
    assert caught.value.errno == errno.EADDRINUSE


def test_a_port_is_free_again_after_a_stop(server: Server, connect: Any) -> None:
    port = server.port
    for _ in range(3):
        # Our side closes first, so the port is left in TIME_WAIT.
        client = connect()
        client.send(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n").reply()
        server.stop()
        server.start()
        assert server.port == port
    assert connect().get().text == "hello"


def test_a_running_server_is_not_started_twice(server: Server) -> None:
    with pytest.raises(RuntimeError, match=f"running already, at {server.url}"):
        server.start()


def test_connections_are_kept_alive(connect: Any) -> None:
    client = connect()
    answers = [client.get() for _ in range(3)]
    assert [answer.text for answer in answers] == ["hello"] * 3
    assert [answer.getheader("Connection") for answer in answers] == [None] * 3


def test_pipelined_requests_are_answered_in_order(connect: Any) -> None:
    client = connect()
    client.send(
        b"POST /echo HTTP/1.1\r\nContent-Length: 3\r\n\r\none"
        b"POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\nA: b\r\n\r\n"
        b"\r\nPOST /echo HTTP/1.1\r\nContent-Length: 5\r\n\r\nthree"
    )
    assert [client.reply().text for _ in range(3)] == ["one", "two", "three"]


@pytest.mark.parametrize(
    ("version", "option", "kept"),
    [
        ("1.1", "keep-alive", True),
        ("1.1", "Close", False),
        ("1.1", "x, close", False),
        ("1.0", "close", False),
        ("1.0", "Keep-Alive", True),
        ("1.0", "keep-alive", True),
    ],
)
def test_the_client_says_whether_a_connection_is_kept(
    connect: Any, version: str, option: str, kept: bool
) -> None:
    client = connect()
    reply = client.send(f"GET / HTTP/{version}\r\nConnection: {option}\r\n\r\n".encode()).reply()
    assert reply.text == "hello"
    if kept:
        assert client.get().text == "hello"
    else:
        assert client.rest() == b""


def test_stop_closes_idle_connections(server: Server, connect: Any, threads_left: Any) -> None:
    silent, kept = connect(), connect()
    kept.get()
    server.stop()
    assert silent.rest() == kept.rest() == b""
    assert threads_left() == []


def test_stop_ends_a_body_that_is_still_on_its_way(
    server: Server, connect: Any, threads_left: Any
) -> None:
    client = connect().send(b"POST /echo HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf")
    connect().get()
    server.stop()
    assert "5 bytes of it were still to come" in client.refusal(400)
    assert threads_left() == []


def test_stop_ends_a_head_that_is_still_on_its_way(
    server: Server, connect: Any, threads_left: Any
) -> None:
    client = connect().send(b"GET /hello HT")
    connect().get()
    server.stop()
    client.rest()
    assert threads_left() == []


def test_stop_ends_the_wait_of_a_parked_request(
    server: Server, app: Any, connect: Any, threads_left: Any
) -> None:
    client = connect().send(b"GET /park HTTP/1.1\r\n\r\n")
    app.await_entries(1)
    server.stop()
    assert client.reply().text == "stopping"
    assert threads_left() == []


def test_stop_ends_an_answer_that_nobody_reads(
    server: Server, app: Any, connect: Any, threads_left: Any
) -> None:
    client = connect().send(b"GET /endless HTTP/1.1\r\n\r\n")
    app.await_entries(1)
    server.stop()
    assert threads_left() == []
    client.socket.close()


def test_stop_does_not_wait_for_a_handler_that_never_ends(
    server: Server, app: Any, connect: Any, threads_left: Any
) -> None:
    client = connect().send(b"GET /stubborn HTTP/1.1\r\n\r\n")
    app.await_entries(1)
    server.stop()
    (left,) = threads_left()
    assert left.daemon
    assert client.rest() == b""
    app.proceed.set()
    left.join()


def test_stop_is_idempotent(server: Server, app: Any) -> None:
    Server(app).stop()
    server.stop()
    server.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((server.host, server.port))


def test_a_handler_can_stop_the_server(connect: Any) -> None:
    client = connect()
    assert client.get("/stop").text == "stopped"
    assert client.rest() == b""


def test_many_clients_at_once(server: Server) -> None:
    texts = []

    def work() -> None:
        client = HTTPConnection(server.host, server.port)
        for number in range(10):
            client.request("POST", "/echo", body=str(number))
            texts.append(client.getresponse().read())
        client.close()

    workers = [threading.Thread(target=work) for _ in range(40)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(texts) == sorted(str(number).encode() for number in range(10) for _ in workers)


@pytest.mark.parametrize(
    "path", ["/crash", "/leave", "/crash-like-a-socket", "/crash-at-first", "/more-than-declared"]
)
def test_an_error_in_the_application_is_a_500_and_logged(
    connect: Any, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    message = connect().send(f"GET {path} HTTP/1.1\r\n\r\n".encode()).refusal(500)
    assert message == "the mock server failed at this request; see its log"
    (record,) = caplog.records
    assert record.name == "mockserver"
    assert record.getMessage() == f"GET {path} failed"
    assert record.exc_info
    assert connect().get().text == "hello"


def test_an_error_within_an_answer_cuts_it(connect: Any, caplog: pytest.LogCaptureFixture) -> None:
    answer = connect().send(b"GET /crash-at-second HTTP/1.1\r\n\r\n").rest()
    assert answer.endswith(b"\r\n\r\n5\r\nfirst\r\n")  # and no last chunk
    assert "GET /crash-at-second failed" in caplog.text
    assert connect().get().text == "hello"


def test_a_process_may_end_without_a_stop() -> None:
    program = """
import http.client
from mockserver.server import Server
def app(environ, start):
    start("200 OK", [("Content-Length", "0")])
    return []
server = Server(app)
server.start()
client = http.client.HTTPConnection(server.host, server.port)
client.request("GET", "/")
print(client.getresponse().status)
"""
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=root, check=True
    )
    assert (done.stdout, done.stderr) == ("200\n", "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on Windows")
def test_a_fork_that_stops_the_server_leaves_it_to_its_parent() -> None:
    program = """
import http.client, os, warnings
from mockserver.server import Server
def app(environ, start):
    start("200 OK", [("Content-Length", "0")])
    return []
warnings.simplefilter("ignore")  # Python 3.12 and later say that a fork loses the threads
with Server(app) as server:
    child = os.fork()
    if child == 0:
        server.stop()
        os._exit(0)
    print(os.waitpid(child, 0)[1])
    client = http.client.HTTPConnection(server.host, server.port)
    client.request("GET", "/")
    print(client.getresponse().status)
"""
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        cwd=root,
        check=True,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == ("0\n200\n", "")


def test_the_environ_tells_the_truth(server: Server, connect: Any) -> None:
    head = b"GET /environ?a=%20b HTTP/1.1\r\nHost: h\r\nX: 1\r\nX: 2\r\nCookie: a=1\r\nCookie: b=2"
    environ = connect().send(head + b"\r\nContent_Length: 7\r\n\r\n").reply().json()
    expected = {
        "CONTENT_LENGTH": None,  # Content_Length must not pass for it
        "HTTP_COOKIE": "a=1; b=2",
        "HTTP_HOST": "h",
        "HTTP_X": "1, 2",
        "PATH_INFO": "/environ",
        "QUERY_STRING": "a=%20b",
        "REMOTE_ADDR": "127.0.0.1",
        "REQUEST_METHOD": "GET",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": str(server.port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
    }
    assert {name: environ.get(name) for name in expected} == expected
