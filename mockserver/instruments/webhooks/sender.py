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

from mockserver.core.clock import stopwatch
from mockserver.instruments.webhooks.attempt import (
    MOST_ANSWER,
    MOST_DETAIL,
    MOST_HEADERS,
    Outcome,
    reason_of,
)
from mockserver.instruments.webhooks.targets import Target


def send(target: Target, headers: Mapping[str, str], body: bytes, seconds: float) -> Outcome:
    """POST ``body``; whatever happens is an outcome. ``seconds`` bound the whole of it.

    Each request has a connection of its own: one that is kept may be closed by the receiver at
    any moment, and a delivery would fail by chance.
    """
    since = stopwatch()

    connection = _connection(target, seconds)
    timed_out = threading.Event()
    try:
        connection.connect()
        # Its socket now: the connection forgets it as soon as the answer says that it will close.
        with _ending(connection.sock, seconds - (stopwatch() - since), timed_out):
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
        return Outcome(reason=reason, detail=str(error)[:MOST_DETAIL], ms=ms)
    finally:
        connection.close()


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


def _connection(target: Target, seconds: float) -> HTTPConnection:
    if target.scheme == "http":
        return HTTPConnection(target.address, target.port, timeout=seconds)
    return HTTPSConnection(
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
def _ending(sock: socket, seconds: float, timed_out: threading.Event) -> Iterator[None]:
    """Cut the connection when the time is over: a socket's own limit begins anew with each byte."""

    def end() -> None:
        timed_out.set()
        with suppress(OSError):
            sock.shutdown(SHUT_RDWR)

    timer = threading.Timer(max(0.0, seconds), end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
