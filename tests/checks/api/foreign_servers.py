"""Servers on a bare socket that are no API, or fall silent in the middle."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
Manner = Callable[[socket.socket, threading.Event], None]


def never_answers(peer: socket.socket, over: threading.Event) -> None:
    over.wait()


def closes(peer: socket.socket, over: threading.Event) -> None: ...


def talks_garbage(peer: socket.socket, over: threading.Event) -> None:
    peer.recv(65536)
    peer.sendall(bytes(range(256)) * 20)


def greets_as_ssh(peer: socket.socket, over: threading.Event) -> None:
    peer.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
    over.wait()


def drips_a_header(peer: socket.socket, over: threading.Event) -> None:
    peer.recv(65536)
    peer.sendall(HEAD + b"X-Long: ")
    while not over.wait(0.05):
        peer.sendall(b"a")


def says_continue_for_ever(peer: socket.socket, over: threading.Event) -> None:
    peer.recv(65536)
    while not over.wait(0.01):
        peer.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


def drips_a_body(peer: socket.socket, over: threading.Event) -> None:
    peer.recv(65536)
    peer.sendall(HEAD + b"Content-Length: 1000\r\n\r\n")
    while not over.wait(0.05):
        peer.sendall(b" ")


def breaks_off(peer: socket.socket, over: threading.Event) -> None:
    peer.recv(65536)
    peer.sendall(HEAD + b"Content-Length: 1000\r\n\r\n{")


def is_a_web_page(peer: socket.socket, over: threading.Event) -> None:
    peer.recv(65536)
    page = b"<html>Welcome</html>"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n"
    peer.sendall(head % len(page) + page)


def answers_an_array(peer: socket.socket, over: threading.Event) -> None:
    peer.recv(65536)
    peer.sendall(HEAD + b"Content-Length: 2\r\n\r\n[]")


def redirects(peer: socket.socket, over: threading.Event) -> None:
    peer.recv(65536)
    where = b"http://127.0.0.1:9/\x1b[31m"
    peer.sendall(b"HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % where)


def is_busy_all_day(peer: socket.socket, over: threading.Event) -> None:
    peer.recv(65536)
    told = b"HTTP/1.1 429 Busy\r\nRetry-After: 86400\r\nContent-Length: 0\r\n\r\n"
    peer.sendall(told)


#: Each, and what is to be told of it.
STRANGERS: dict[Manner, str] = {
    never_answers: "no answer within 0.5 s",
    closes: "the connection closed without a whole answer",
    talks_garbage: "an answer that is no HTTP",
    greets_as_ssh: "an answer that is no HTTP",
    drips_a_header: "an answer that is not whole after 1.5 s",
    says_continue_for_ever: "an answer that is not whole after 1.5 s",
    drips_a_body: "an answer that is not whole after 1.5 s",
    breaks_off: "the connection closed without a whole answer",
    is_a_web_page: "no JSON object (text/html)",
    answers_an_array: "no JSON object (application/json)",
    redirects: "redirects to http://127.0.0.1:9/ [31m;",
    is_busy_all_day: "429, and asks for a wait of 86400 s",
}


class Stranger:
    """Takes connections, and has each its way with."""

    def __init__(self, manner: Manner) -> None:
        self._manner = manner
        self._over = threading.Event()
        self._ear = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._ear.getsockname()[1]}/v1"
        self._threads = [threading.Thread(target=self._listen)]
        self._threads[0].start()

    def stop(self) -> None:
        self._over.set()
        with suppress(OSError):
            self._ear.shutdown(socket.SHUT_RDWR)
        for each in self._threads:
            each.join()
        self._ear.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                peer, _ = self._ear.accept()
                thread = threading.Thread(target=self._meet, args=[peer])
                self._threads.append(thread)
                thread.start()

    def _meet(self, peer: socket.socket) -> None:
        with peer, suppress(OSError):
            peer.settimeout(30)
            self._manner(peer, self._over)
