"""One client's connection: its two ends, how it is closed, and how it is made to fail."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import socket
import struct
import time

from cheroot.server import HTTPConnection, HTTPServer

from mockserver.server.request import HungUpError, Request

DRAIN_SECONDS = 1.0
DRAIN_BYTES = 64 * 1024 * 1024
"""Bounds on what is read of a refused body, so that its client sees the answer: a close with
bytes unread would be a reset, which takes the answer with it."""

logger = logging.getLogger("mockserver")


class Reader(io.BufferedReader):
    """What the client sends."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(socket.SocketIO(sock, "r"))
        self._socket = sock

    def has_data(self) -> bool:
        """Whether a read would not wait: asked by cheroot before it watches the socket."""
        timeout = self._socket.gettimeout()
        self._socket.settimeout(0)
        try:
            return bool(self.peek(1))
        except OSError:
            return True  # a broken connection: whoever reads finds out
        finally:
            self._socket.settimeout(timeout)


class Writer:
    """What the client is sent; nothing more once it is muted."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self.muted = False

    def write(self, data: bytes) -> None:
        if self.muted:
            return
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise HungUpError(str(error)) from error


class Connection(HTTPConnection):
    """A client's connection.

    The application finds it as ``environ["mockserver.connection"]`` and may have it fail by
    `send`, `hang_up` or `reset`. From then on what the application answers is not sent, and
    the connection closes as soon as the application returns. It must never call `close`.
    """

    def __init__(self, server: HTTPServer, sock: socket.socket, makefile: object = None) -> None:
        super().__init__(server, sock, _end)
        with contextlib.suppress(OSError):  # macOS refuses where the client is gone again
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.unread = False
        self._resetting = False

    @property
    def is_gone(self) -> bool:
        """Whether the client has closed its end, while its request was being served."""
        timeout = self.socket.gettimeout()
        self.socket.settimeout(0)
        try:
            return not self.socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True
        finally:
            with contextlib.suppress(OSError):
                self.socket.settimeout(timeout)

    def send(self, raw: bytes) -> None:
        """Send bytes as they are, instead of what the application answers."""
        self.hang_up()
        with contextlib.suppress(OSError):  # a client that is gone misses nothing
            self.socket.sendall(raw)

    def hang_up(self) -> None:
        """End the connection after what has been sent: an empty answer, or a cut one."""
        self.wfile.muted = True

    def reset(self) -> None:
        """Abort the connection: the client gets a TCP RST."""
        self.hang_up()
        self._resetting = True
        # struct linger: on, 0 seconds. Windows has two shorts, all others two ints.
        linger = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
        with contextlib.suppress(OSError):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    def communicate(self) -> bool:
        """Serve one request; whether to wait for another. Called by the threads."""
        request = Request(self.server, self)
        try:
            request.parse_request()
            if not request.ready:
                return False
            request.respond()
        except (HungUpError, OSError) as error:
            logger.debug("%s hung up: %s", self.remote_addr, error)
            return False
        return not (request.close_connection or self.wfile.muted)

    def close(self) -> None:
        """Close the socket. Called by the threads, and by cheroot's loop."""
        with contextlib.suppress(OSError):  # of a client that closed or reset it already
            if not self._resetting:
                self._shut_down()
        self.rfile.close()
        self.socket.close()

    def _shut_down(self) -> None:
        self.socket.shutdown(socket.SHUT_WR)
        deadline = time.monotonic() + DRAIN_SECONDS
        left = DRAIN_BYTES if self.unread else 0
        while left > 0 and (seconds := deadline - time.monotonic()) > 0:
            self.socket.settimeout(seconds)
            received = len(self.socket.recv(65536))
            left = left - received if received else 0


def _end(sock: socket.socket, mode: str, size: int) -> Reader | Writer:
    """cheroot's ``makefile``, without the buffers in Python that its own has."""
    return Reader(sock) if "r" in mode else Writer(sock)
