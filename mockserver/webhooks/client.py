"""The HTTP client of webhooks: one signed POST per attempt, with limits on time and size."""

import selectors
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from mockserver import __version__
from mockserver.http_client import HTTPConnection, HTTPMessage, IncompleteRead
from mockserver.storage.clock import machine_time, stopwatch
from mockserver.webhooks.models import Attempt, Delivery, Outcome, Webhook, WebhookConfig
from mockserver.webhooks.signature import HEADER, signature, standard_headers
from mockserver.webhooks.target import Target, TargetNotAllowed, resolve_target

MAX_BODY = 2048  # bytes of a response's body that are read and logged
MAX_HEADERS = 2048  # characters of a response's headers that are logged
MAX_DETAIL = 500  # characters of an error message that are logged


def attempt(
    delivery: Delivery, webhook: Webhook, sandbox: str, at: int, config: WebhookConfig
) -> Attempt:
    """Attempt a delivery once, at Unix time ``at`` on the sandbox's clock."""
    is_corrupt = delivery.action == {"type": "corrupt"}
    signed_body = delivery.body[::-1] if is_corrupt else delivery.body
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"mockserver/{__version__}",
        HEADER: signature(webhook.secret, signed_body),
        "X-Sandbox": sandbox,
    }
    if config.standard_webhooks:
        # Receivers' libraries refuse a timestamp more than five minutes from the machine's time.
        now = int(machine_time())
        headers |= standard_headers(webhook.secret, delivery.event_id, now, signed_body)
    try:
        target = resolve_target(webhook.url, config.allowed_hosts)
    except TargetNotAllowed as error:
        return Attempt(at, headers, Outcome(reason="connection_failed", detail=str(error)))
    return Attempt(at, headers, post(target, headers, delivery.body, config.timeout))


def post(
    target: Target, headers: Mapping[str, str], body: bytes | Iterator[bytes], seconds: float
) -> Outcome:
    """POST ``body``, whole or in pieces, and return the result.

    ``seconds`` limits the whole attempt, from connecting to the last byte of the response. Each
    request opens its own connection: a receiver may close an idle one at any moment, and a delivery
    would then fail at random.
    """
    started = stopwatch()
    connection = BoundedConnection(
        target.scheme, target.host, target.port, seconds, target.addresses
    )
    connected = False
    timed_out = threading.Event()
    try:
        with connection.time_limit(seconds, timed_out):
            connection.connect()
            connected = True
            # The receiver may respond and close before it has read the whole request.
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.request("POST", target.path, body, {"Host": target.authority, **headers})
            response = connection.getresponse()
            content = response.read(MAX_BODY)
        if timed_out.is_set():
            raise TimeoutError(f"the response was not complete after {seconds:g} s")
        return Outcome(
            response.status,
            _first_headers(response.headers),
            content,
            _reason_of_status(response.status),
            ms=(stopwatch() - started) * 1000,
        )
    except Exception as error:  # noqa: BLE001 - a test's replacement of sockets may raise any
        return Outcome(
            reason="http_timeout" if timed_out.is_set() else _reason_of_error(error),
            detail=str(error)[:MAX_DETAIL],
            ms=(stopwatch() - started) * 1000,
            connected=connected,
        )
    finally:
        connection.disconnect()


class BoundedConnection(HTTPConnection):
    """An HTTP or HTTPS connection with a limit on the total time of an exchange.

    It connects to the first of ``addresses`` that accepts, by default those of ``host``, and
    verifies a TLS certificate against ``host``. It ignores proxy settings and does not follow
    redirects. ``timeout`` limits each single operation on the socket, in seconds.
    """

    def __init__(
        self, scheme: str, host: str, port: int, timeout: float, addresses: Sequence[str] = ()
    ) -> None:
        super().__init__(host, port, timeout=timeout)
        self._addresses = addresses or [host]
        self._connect_timeout = timeout / len(self._addresses)
        self._tls = ssl.create_default_context() if scheme == "https" else None
        # A duplicate of the socket, to shut it down at any moment: http.client drops the original
        # when the response has "Connection: close", and a TLS handshake detaches it.
        self._handle: socket.socket | None = None

    def connect(self) -> None:
        """Open the connection; with ``https``, complete the TLS handshake."""
        self.disconnect()
        self.sock = self._open()
        self.sock.settimeout(self.timeout)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._handle = self.sock.dup()
        if self._tls:
            self.sock = self._tls.wrap_socket(self.sock, server_hostname=self.host)

    def _open(self) -> socket.socket:
        """Connect to one of the addresses; raise the first error if none accepts."""
        errors = []
        for address in self._addresses:
            try:
                return socket.create_connection((address, self.port), self._connect_timeout)
            except OSError as error:
                errors.append(error)
        raise errors[0]

    def disconnect(self) -> None:
        """Close the connection and the duplicate of its socket."""
        self.close()
        if self._handle:
            self._handle.close()
            self._handle = None

    @property
    def is_reusable(self) -> bool:
        """True if the connection is open and the other side has neither closed it nor sent data."""
        if self.sock is None:
            return False
        with selectors.DefaultSelector() as selector:
            selector.register(self.sock, selectors.EVENT_READ)
            return not selector.select(0)

    @contextmanager
    def time_limit(self, seconds: float, timed_out: threading.Event) -> Iterator[None]:
        """Shut the connection down after ``seconds``, and set ``timed_out``.

        The socket's own timeout starts again with each byte, so it would not stop a slow sender.
        """

        def shut_down() -> None:
            timed_out.set()
            if self._handle:
                with suppress(OSError):
                    self._handle.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(seconds, shut_down)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def _reason_of_status(status: int) -> str | None:
    if 200 <= status < 300:
        return None
    return "too_many_redirects" if 300 <= status < 400 else "http_error"


def _reason_of_error(error: Exception) -> str:
    match error:
        case TimeoutError():
            return "http_timeout"
        case ssl.SSLError():
            return "ssl_error"
        case OSError() | IncompleteRead():
            return "connection_failed"
    return "unknown_error"


def _first_headers(headers: HTTPMessage) -> dict[str, str]:
    """Return the first headers whose total length is at most ``MAX_HEADERS``, names lowercase."""
    first: dict[str, str] = {}
    remaining = MAX_HEADERS
    for name, value in headers.items():
        remaining -= len(name) + len(value)
        if remaining < 0:
            break
        first[name.lower()] = value
    return first
