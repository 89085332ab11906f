"""One client's connection: its socket, what it is owed, and the ways in which it can be ended."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.server.reader import RequestReader


class Connection:
    """A client's connection.

    The application finds it as ``environ["mockserver.connection"]`` and may make it fail by
    `send`, `hang_up` or `reset`. After that, the application's response is not sent, and the
    connection closes when the application returns.

    ``step_aside`` is called before a send may block; ``timeout`` is in seconds.
    """

    __slots__ = (
        *("_step_aside", "_timeout", "address", "body_since", "closes", "deadline", "drained"),
        *("events", "is_muted", "is_resetting", "outgoing", "reader", "socket"),
    )

    def __init__(
        self,
        sock: socket.socket,
        address: tuple[str, int],
        reader: RequestReader,
        step_aside: Callable[[], None],
        timeout: float,
    ) -> None:
        self.socket = sock
        self.address = address
        self.reader = reader
        self._step_aside = step_aside
        self._timeout = timeout
        self.outgoing = b""  # bytes of a response that the client has not taken yet
        self.closes = False  # close once the response is sent
        self.drained: int | None = None  # bytes dropped since the request was refused
        self.is_muted = self.is_resetting = False
        self.events = 0  # the events for which the loop watches it; 0 while it is served elsewhere
        self.deadline = 0.0  # as time.monotonic tells it
        self.body_since = 0.0  # when the current body began to arrive

    @property
    def is_gone(self) -> bool:
        """True if the client has closed its end while its request is being served."""
        try:
            self.socket.setblocking(False)
            return not self.socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def send(self, raw: bytes) -> None:
        """Send bytes as they are, in place of the application's response."""
        self.hang_up()
        with contextlib.suppress(OSError):  # a client that is gone misses nothing
            self.send_all(raw)

    def hang_up(self) -> None:
        """End the connection after what has been sent: an empty response, or a cut one."""
        self.is_muted = True

    def reset(self) -> None:
        """Abort the connection: the client gets a TCP RST."""
        self.is_muted = self.is_resetting = True
        # struct linger: on, 0 seconds. Windows has two shorts, all others two ints.
        linger = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
        with contextlib.suppress(OSError):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    def send_all(self, data: bytes) -> None:
        """Send bytes now, waiting for the client to take them; raises OSError if it does not."""
        self._step_aside()
        self.socket.settimeout(self._timeout)
        self.socket.sendall(data)

    def flush(self) -> bool:
        """Send what the client takes without waiting; True if nothing is left to send."""
        try:
            sent = self.socket.send(self.outgoing)
        except BlockingIOError:
            return False
        self.outgoing = self.outgoing[sent:]
        return not self.outgoing

    def close(self) -> None:
        """Close the socket."""
        with contextlib.suppress(OSError):  # the client may have closed or reset it already
            if not self.is_resetting:
                self.socket.shutdown(socket.SHUT_WR)
        self.socket.close()
