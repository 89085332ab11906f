"""Puts one request on the wire, in bounded time and with bounded trust in who answers."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from socket import SHUT_RDWR

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, ReadTimeoutError, SSLError

from mockserver.core.clock import stopwatch
from mockserver.instruments.webhooks.attempt import MOST_ANSWER, Outcome, reason_of
from mockserver.instruments.webhooks.targets import Target


def send(target: Target, headers: Mapping[str, str], body: bytes, seconds: float) -> Outcome:
    """POST ``body``; whatever happens is an outcome. ``seconds`` bound the whole of it.

    Each request has a connection of its own: one that is kept may be closed by the receiver at
    any moment, and a delivery would fail by chance.
    """
    since = stopwatch()

    def failed(reason: str, error: Exception) -> Outcome:
        ms = (stopwatch() - since) * 1000
        return Outcome(reason=reason, detail=str(error), ms=ms)

    connection = _connection(target, seconds)
    timed_out = threading.Event()
    try:
        connection.connect()
        with _ending(connection, seconds - (stopwatch() - since), timed_out):
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
        told = {name.lower(): value for name, value in response.headers.items()}
        return Outcome(response.status, told, answer, reason_of(response.status), ms=ms)
    except (ConnectTimeoutError, ReadTimeoutError, TimeoutError) as error:
        return failed("http_timeout", error)
    except SSLError as error:
        return failed("ssl_error", error)
    except (HTTPError, OSError) as error:
        return failed("http_timeout" if timed_out.is_set() else "connection_failed", error)
    except Exception as error:  # noqa: BLE001  (a receiver may answer with anything at all)
        return failed("http_timeout" if timed_out.is_set() else "unknown_error", error)
    finally:
        connection.close()


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


@contextmanager
def _ending(
    connection: HTTPConnection, seconds: float, timed_out: threading.Event
) -> Iterator[None]:
    """Cut the connection when the time is over: a socket's own limit begins anew with each byte."""

    def end() -> None:
        timed_out.set()
        with suppress(OSError):
            connection.sock.shutdown(SHUT_RDWR)

    timer = threading.Timer(max(0.0, seconds), end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
