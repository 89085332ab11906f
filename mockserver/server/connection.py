"""One client's connection: its socket, its pending output, and the ways to end it."""

import contextlib
import logging
import os
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass

from mockserver.server.reader import RequestReader

logger = logging.getLogger("mockserver")


@dataclass(eq=False)
class Connection:
    """A client's connection.

    The application finds it as ``environ["mockserver.connection"]`` and may make it fail by
    `send`, `hang_up` or `reset`. After that, the application's response is not sent, and the
    connection closes when the application returns.

    ``step_aside`` is called before a send blocks, for up to ``timeout`` seconds.
    """

    socket: socket.socket
    address: tuple[str, int]
    reader: RequestReader
    step_aside: Callable[[], None]
    timeout: float
    step: Callable[["Connection"], None]  # the loop's next function for the connection
    outgoing: bytes | memoryview = b""  # output that is still to be sent
    closes: bool = False  # True to close once the response is sent
    drains: bool = False  # True to drop further input before closing
    is_muted: bool = False
    is_resetting: bool = False
    events: int = 0  # the events that the selector watches for
    since: float = 0.0  # start of the head or body that is arriving (stopwatch)
    deadline: float = 0.0

    @property
    def is_gone(self) -> bool:
        """True if the client has closed its end while its request is being served."""
        try:
            return not self.socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def send(self, raw: bytes) -> None:
        """Send bytes as they are, in place of the application's response."""
        self.hang_up()
        self.send_all(raw)

    def hang_up(self) -> None:
        """Close the connection after the bytes sent so far, which cuts off the response."""
        self.is_muted = True

    def reset(self) -> None:
        """Abort the connection: the client gets a TCP RST."""
        self.is_muted = self.is_resetting = True
        # struct linger: on, 0 seconds. Windows has two shorts, all others two ints.
        linger = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
        with contextlib.suppress(OSError):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    def send_all(self, data: bytes | memoryview) -> None:
        """Send bytes, blocking if necessary; hang up if the client does not receive them."""
        self.outgoing = data
        try:
            if not self.flush():
                self.step_aside()
                self.socket.settimeout(self.timeout)
                self.socket.sendall(self.outgoing)
                self.socket.setblocking(False)
        except OSError as error:
            logger.debug("%s disconnected: %s", self.address, error)
            self.hang_up()
        self.outgoing = b""

    def flush(self) -> bool:
        """Send as much as possible without blocking; return true if nothing is left to send."""
        try:
            sent = self.socket.send(self.outgoing)
        except BlockingIOError:
            return False
        # A view, since a copy of the rest for each send would take quadratic time.
        self.outgoing = memoryview(self.outgoing)[sent:] if sent < len(self.outgoing) else b""
        return not self.outgoing

    def close(self) -> None:
        """Close the socket."""
        with self.socket, contextlib.suppress(OSError):  # the client may have closed it already
            if not self.is_resetting:
                self.socket.shutdown(socket.SHUT_WR)
