"""Starting, serving and stopping."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
import threading
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from mockserver.server import Server


def test_port_0_picks_a_free_port_and_url_names_it(app: Any, connect: Any) -> None:
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
        ("0.0.0.0", "http://127.0.0.1:80"),  # not every system connects to "any"
        ("::", "http://[::1]:80"),
    ],
)
def test_a_client_can_use_the_url(app: Any, host: str, url: str) -> None:
    assert Server(app, host, 80).url == url


@pytest.mark.parametrize("host", ["localhost", "0.0.0.0", "::1"])
def test_other_hosts_are_served(app: Any, connect: Any, host: str) -> None:
    if host == "::1" and not has_ipv6():
        pytest.skip("IPv6 is not available")
    with Server(app, host) as server:
        assert connect(server).get().text == "hello"


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as sock:
            sock.bind(("::1", 0))
    except OSError:
        return False
    return True


def resolve_to(monkeypatch: pytest.MonkeyPatch, *hosts: str) -> None:
    """Let every name have these addresses, whatever the machine's hosts file says."""
    resolve = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda name, *args, **options: [
            info for host in hosts for info in resolve(host, *args, **options)
        ],
    )


@pytest.mark.skipif(not has_ipv6(), reason="IPv6 is not available")
def test_a_name_is_served_on_all_its_addresses(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Node 17 to 19 connect to the first address of localhost only, mostly ::1."""
    resolve_to(monkeypatch, "::1", "127.0.0.1", "127.0.0.1")
    with Server(app, "localhost") as server:
        monkeypatch.undo()
        for host in ("::1", "127.0.0.1"):
            connection = HTTPConnection(host, server.port, timeout=30)
            connection.request("GET", "/")
            assert connection.getresponse().read() == b"hello"
            connection.close()
    for host in ("::1", "127.0.0.1"):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((host, server.port))


def test_an_address_that_the_machine_lacks_is_left_out(
    app: Any, connect: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve_to(monkeypatch, "127.0.0.1", "2001:db8::1")
    with Server(app, "localhost") as server:
        monkeypatch.undo()
        assert connect(server).get().text == "hello"
    resolve_to(monkeypatch, "2001:db8::1")
    with pytest.raises(OSError, match="assign"):
        Server(app, "localhost").start()


@pytest.mark.skipif(not has_ipv6(), reason="IPv6 is not available")
def test_a_port_in_use_at_one_address_is_refused(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with Server(app, "::1") as other:
        resolve_to(monkeypatch, "127.0.0.1", "::1")
        with pytest.raises(OSError, match="in use"):
            Server(app, "localhost", other.port).start()
        monkeypatch.undo()
        with Server(app, port=other.port):
            pass  # the refused server does not keep the port at the other address


def test_a_port_in_use_is_refused(server: Server, app: Any) -> None:
    with pytest.raises(OSError, match="in use") as caught:
        Server(app, port=server.port).start()
    assert caught.value.errno == errno.EADDRINUSE


def test_a_port_is_free_again_after_a_stop(server: Server, connect: Any) -> None:
    port = server.port
    for _ in range(3):
        # The server closes first, so its port is in TIME_WAIT.
        client = connect()
        client.send(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n").reply()
        server.stop()
        server.start()
        assert server.port == port
    assert connect().get().text == "hello"


def test_starting_a_running_server_is_an_error(server: Server) -> None:
    with pytest.raises(RuntimeError, match=f"running already, at {server.url}"):
        server.start()


def test_connections_are_kept_alive(connect: Any) -> None:
    client = connect()
    responses = [client.get() for _ in range(3)]
    assert [response.text for response in responses] == ["hello"] * 3
    assert [response.getheader("Connection") for response in responses] == [None] * 3


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
def test_the_client_chooses_whether_to_keep_the_connection(
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


def test_stop_ends_a_request_with_half_a_body(
    server: Server, connect: Any, threads_left: Any
) -> None:
    client = connect().send(b"POST /echo HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf")
    connect().get()
    server.stop()
    assert "5 bytes are missing" in client.refusal(400)
    assert threads_left() == []


def test_stop_ends_a_request_with_half_a_head(
    server: Server, connect: Any, threads_left: Any
) -> None:
    client = connect().send(b"GET /hello HT")
    connect().get()
    server.stop()
    client.rest()
    assert threads_left() == []


def test_stop_ends_a_delayed_request(
    server: Server, app: Any, connect: Any, threads_left: Any
) -> None:
    client = connect().send(b"GET /delay HTTP/1.1\r\n\r\n")
    app.await_entries(1)
    server.stop()
    assert client.reply().text == "stopping"
    assert threads_left() == []


def test_stop_ends_a_response_that_is_not_read(
    server: Server, app: Any, connect: Any, threads_left: Any
) -> None:
    client = connect().send(b"GET /endless HTTP/1.1\r\n\r\n")
    app.await_entries(1)
    server.stop()
    assert threads_left() == []
    client.socket.close()


def test_stop_does_not_wait_for_a_blocked_handler(
    server: Server, app: Any, connect: Any, threads_left: Any
) -> None:
    client = connect().send(b"GET /block HTTP/1.1\r\n\r\n")
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
    "path", ["/crash", "/exit", "/crash-like-a-socket", "/crash-at-first", "/more-than-declared"]
)
def test_an_error_in_the_application_is_a_500_and_logged(
    connect: Any, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    message = connect().send(f"GET {path} HTTP/1.1\r\n\r\n".encode()).refusal(500)
    assert message == "internal server error; see the server log"
    (record,) = caplog.records
    assert record.name == "mockserver"
    assert record.getMessage() == f"GET {path} failed"
    assert record.exc_info
    assert connect().get().text == "hello"


def test_an_error_in_a_stream_cuts_the_response(
    connect: Any, caplog: pytest.LogCaptureFixture
) -> None:
    response = connect().send(b"GET /crash-at-second HTTP/1.1\r\n\r\n").rest()
    assert response.endswith(b"\r\n\r\n5\r\nfirst\r\n")  # without a last chunk
    assert "GET /crash-at-second failed" in caplog.text
    assert connect().get().text == "hello"


def test_a_process_can_exit_without_stopping() -> None:
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
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=root, check=True
    )
    assert (result.stdout, result.stderr) == ("200\n", "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_stop_in_a_forked_child_leaves_the_parents_server() -> None:
    program = """
import http.client, os, warnings
from mockserver.server import Server
def app(environ, start):
    start("200 OK", [("Content-Length", "0")])
    return []
warnings.simplefilter("ignore")  # Python 3.12 and later warn about a fork with threads
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
    result = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        cwd=root,
        check=True,
        timeout=60,
    )
    assert (result.stdout, result.stderr) == ("0\n200\n", "")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the child keeps the port")
def test_a_forked_child_does_not_keep_the_port() -> None:
    program = """
import os, socket, warnings
from mockserver.server import Server
def app(environ, start):
    start("200 OK", [("Content-Length", "0")])
    return []
warnings.simplefilter("ignore")  # Python 3.12 and later say that a fork loses the threads
with Server(app) as server:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(writer)
        os.read(reader, 1)
        os._exit(0)
try:
    socket.create_connection((server.host, server.port), timeout=10)
except ConnectionRefusedError:
    print("refused")
with server:
    print("restarted")
os.close(writer)
os.waitpid(child, 0)
"""
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=root, timeout=60
    )
    assert (done.stdout, done.stderr) == ("refused\nrestarted\n", "")


def test_the_environ_describes_the_request(server: Server, connect: Any) -> None:
    head = b"GET /environ?a=%20b HTTP/1.1\r\nHost: h\r\nX: 1\r\nX: 2\r\nCookie: a=1\r\nCookie: b=2"
    environ = connect().send(head + b"\r\nContent_Length: 7\r\n\r\n").reply().json()
    expected = {
        "CONTENT_LENGTH": None,  # Content_Length is not Content-Length
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
