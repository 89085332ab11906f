"""Servers on a bare socket that are not an API or stop responding."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
Behaviour = Callable[[socket.socket, threading.Event], None]


def never_responds(peer: socket.socket, stopped: threading.Event) -> None:
    stopped.wait()


def closes_at_once(peer: socket.socket, stopped: threading.Event) -> None: ...


def sends_garbage(peer: socket.socket, stopped: threading.Event) -> None:
    peer.recv(65536)
    peer.sendall(bytes(range(256)) * 20)


def is_an_ssh_server(peer: socket.socket, stopped: threading.Event) -> None:
    peer.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
    stopped.wait()


def sends_a_header_slowly(peer: socket.socket, stopped: threading.Event) -> None:
    peer.recv(65536)
    peer.sendall(HEAD + b"X-Long: ")
    while not stopped.wait(0.05):
        peer.sendall(b"a")


def sends_continue_forever(peer: socket.socket, stopped: threading.Event) -> None:
    peer.recv(65536)
    while not stopped.wait(0.01):
        peer.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


def sends_a_body_slowly(peer: socket.socket, stopped: threading.Event) -> None:
    peer.recv(65536)
    peer.sendall(HEAD + b"Content-Length: 1000\r\n\r\n")
    while not stopped.wait(0.05):
        peer.sendall(b" ")


def closes_within_the_body(peer: socket.socket, stopped: threading.Event) -> None:
    peer.recv(65536)
    peer.sendall(HEAD + b"Content-Length: 1000\r\n\r\n{")


def returns_a_web_page(peer: socket.socket, stopped: threading.Event) -> None:
    peer.recv(65536)
    page = b"<html>Welcome</html>"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n"
    peer.sendall(head % len(page) + page)


def returns_an_array(peer: socket.socket, stopped: threading.Event) -> None:
    peer.recv(65536)
    peer.sendall(HEAD + b"Content-Length: 2\r\n\r\n[]")


def redirects(peer: socket.socket, stopped: threading.Event) -> None:
    peer.recv(65536)
    where = b"http://127.0.0.1:9/\x1b[31m"
    peer.sendall(b"HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % where)


def is_limited_for_a_day(peer: socket.socket, stopped: threading.Event) -> None:
    peer.recv(65536)
    response = b"HTTP/1.1 429 Busy\r\nRetry-After: 86400\r\nContent-Length: 0\r\n\r\n"
    peer.sendall(response)


#: Each behaviour, and a part of the error message.
BEHAVIOURS: dict[Behaviour, str] = {
    never_responds: "no response within 0.5 s",
    closes_at_once: "the connection closed before the end of the response",
    sends_garbage: "a response that is not HTTP",
    is_an_ssh_server: "a response that is not HTTP",
    sends_a_header_slowly: "the response was not complete after 1.5 s",
    sends_continue_forever: "the response was not complete after 1.5 s",
    sends_a_body_slowly: "the response was not complete after 1.5 s",
    closes_within_the_body: "the connection closed before the end of the response",
    returns_a_web_page: "without a JSON object (text/html)",
    returns_an_array: "without a JSON object (application/json)",
    redirects: "redirects to http://127.0.0.1:9/ [31m;",
    is_limited_for_a_day: "429 with Retry-After: 86400;",
}


class ForeignServer:
    """Accepts connections and behaves in one way on each."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._stopped = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/v1"
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def stop(self) -> None:
        """Stop all connections and wait for their threads."""
        self._stopped.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                peer, _ = self._listener.accept()
                thread = threading.Thread(target=self._handle, args=[peer])
                self._threads.append(thread)
                thread.start()

    def _handle(self, peer: socket.socket) -> None:
        with peer, suppress(OSError):
            peer.settimeout(30)
            self._behaviour(peer, self._stopped)
