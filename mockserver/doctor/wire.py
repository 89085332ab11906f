"""Puts deliveries on the wire, and says what came back."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mockserver.doctor.delivery import Delivery
from mockserver.instruments.webhooks.targets import Target

if TYPE_CHECKING:
    from urllib3 import HTTPConnectionPool

PIECES = 8
PAUSE = 0.25
"""Seconds between the pieces of a delivery that arrives slowly."""


class Unreachable(ConnectionError):
    """Nobody listens at a target."""


@dataclass(frozen=True)
class Outcome:
    """What came back: a status, or in which way there was none."""

    status: int | None = None
    failure: str = ""

    def __str__(self) -> str:
        return self.failure if self.status is None else str(self.status)


@dataclass(frozen=True)
class Wire:
    """Sends to one target, and waits up to ``seconds`` for each answer; redirects and proxies are
    not followed. ``pause`` waits for so many seconds."""

    target: Target
    seconds: float
    pause: Callable[[float], object]

    def __call__(self, delivery: Delivery) -> Outcome:
        """Deliver on a connection of its own; raises ``Unreachable``."""
        from urllib3.exceptions import ConnectTimeoutError, HTTPError, SSLError

        # Bytes are sent at once, and what is iterated over piece by piece.
        body = self._pieces(delivery.body) if delivery.slowly else delivery.body
        with self._pool() as pool:
            try:
                response = pool.urlopen(
                    "POST",
                    self.target.path,
                    body,
                    {"Host": self.target.authority, **delivery.headers},
                    retries=False,
                    redirect=False,
                    preload_content=False,
                )
            except (ConnectTimeoutError, SSLError) as error:
                raise Unreachable(f"nobody answers at {self._url}: {_why(error)}") from None
            except HTTPError as error:
                return Outcome(failure=self._failure(error))
            response.close()
            return Outcome(response.status)

    @property
    def _url(self) -> str:
        return f"{self.target.scheme}://{self.target.authority}{self.target.path}"

    def _pool(self) -> HTTPConnectionPool:
        from urllib3 import HTTPConnectionPool, HTTPSConnectionPool

        target = self.target
        if target.scheme == "http":
            return HTTPConnectionPool(target.address, target.port, timeout=self.seconds)
        return HTTPSConnectionPool(
            target.address,
            target.port,
            timeout=self.seconds,
            server_hostname=target.host,
            assert_hostname=target.host,
        )

    def _pieces(self, body: bytes) -> Iterator[bytes]:
        size = math.ceil(len(body) / PIECES)
        for start in range(0, len(body), size):
            if start:
                self.pause(PAUSE)
            yield body[start : start + size]

    def _failure(self, error: Exception) -> str:
        from urllib3.exceptions import ReadTimeoutError

        cause = error.args[-1] if error.args else error
        if isinstance(error, ReadTimeoutError) or isinstance(cause, TimeoutError):
            return f"no answer within {self.seconds:g} s"
        if isinstance(cause, ConnectionError):
            return "the connection closed without an answer"
        return "an answer that is no HTTP"


def _why(error: Exception) -> str:
    """The reason within an error of urllib3, without the names of its objects."""
    return str(error).rpartition(": ")[2]
