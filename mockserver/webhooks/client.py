"""Puts one request on the wire, in bounded time and with bounded trust in who answers."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPException
from socket import SHUT_RDWR, socket

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NewConnectionError, SSLError
from urllib3.exceptions import TimeoutError as TooLate

from mockserver.storage.clock import stopwatch
from mockserver.webhooks.attempt import (
    MOST_ANSWER,
    MOST_DETAIL,
    MOST_HEADERS,
    Outcome,
    reason_of,
)
from mockserver.webhooks.target import Target


def send(
    target: Target, headers: Mapping[str, str], body: bytes | Iterator[bytes], seconds: float
) -> Outcome:
    """POST ``body``, at once or piece by piece; whatever happens is an outcome. ``seconds`` bound
    the whole of it, from the first packet to the end of the answer.

    Each request has a connection of its own: one that is kept may be closed by the receiver at
    any moment, and a delivery would fail by chance.
    """
    since = stopwatch()
    connection = _connection(target, seconds)
    timed_out, connected = threading.Event(), False
    try:
        with _ending(connection, seconds, timed_out):
            connection.connect()
            connected = True
            # Who answers and leaves before it has read everything has answered.
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.request(
                    "POST",
                    target.path,
                    body,
                    {"Host": target.authority, **headers},
                    preload_content=False,
                    decode_content=False,
                )
            response = connection.getresponse()
            answer = response.read(MOST_ANSWER)
        if timed_out.is_set():
            raise TimeoutError("the answer had not ended when the time was over")
        ms = (stopwatch() - since) * 1000
        return Outcome(
            response.status, _kept(response.headers), answer, reason_of(response.status), ms=ms
        )
    except (HTTPError, HTTPException, OSError, ValueError) as error:
        reason = "http_timeout" if timed_out.is_set() else _reason(error)
        ms = (stopwatch() - since) * 1000
        detail = str(error)[:MOST_DETAIL]
        return Outcome(reason=reason, detail=detail, ms=ms, connected=connected)
    finally:
        connection.close()
        if connection.handle:
            connection.handle.close()


def _reason(error: Exception) -> str:
    """What went wrong, in Slack's words."""
    match error:
        case NewConnectionError():  # refused, say; to urllib3 a kind of time-out
            return "connection_failed"
        case TooLate() | TimeoutError():
            return "http_timeout"
        case SSLError():
            return "ssl_error"
        case HTTPError() | OSError():
            return "connection_failed"
    return "unknown_error"


class _Plain(HTTPConnection):
    """A connection with a handle on its socket. While TLS shakes hands nobody else has one, and
    the connection itself forgets its socket as soon as an answer says that it will close."""

    handle: socket | None = None

    def _new_conn(self) -> socket:
        opened = super()._new_conn()
        self.handle = opened.dup()
        return opened


class _Secure(_Plain, HTTPSConnection):
    """The same over TLS."""


def _connection(target: Target, seconds: float) -> _Plain:
    if target.scheme == "http":
        return _Plain(target.address, target.port, timeout=seconds)
    return _Secure(
        target.address,
        target.port,
        timeout=seconds,
        server_hostname=target.host,
        assert_hostname=target.host,
    )


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    """The first of an answer's headers, as many as there is room for in the log."""
    kept: dict[str, str] = {}
    room = MOST_HEADERS
    for name, value in headers.items():
        room -= len(name) + len(value)
        if room < 0:
            break
        kept[name.lower()] = value
    return kept


@contextmanager
def _ending(connection: _Plain, seconds: float, timed_out: threading.Event) -> Iterator[None]:
    """Cut the connection when the time is over: a socket's own limit begins anew with each byte."""

    def end() -> None:
        timed_out.set()
        if connection.handle:
            with suppress(OSError):
                connection.handle.shutdown(SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
