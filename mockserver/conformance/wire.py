"""Requests on the wire, and the answers, read with bounds: the other side is not ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import orjson

from mockserver import __version__
from mockserver.conformance.address import Address
from mockserver.core.clock import stopwatch

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, HTTPConnectionPool

MOST = 16 * 1024 * 1024
"""Bytes of an answer that are read."""
PIECE = 64 * 1024
WAITS, LONGEST_WAIT = 5, 60.0
"""How often a 429 is waited out, and for how many seconds at most."""


class NoAnswer(Exception):
    """A request has no answer, or one that cannot be read; the text says why."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    data: bytes

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @cached_property
    def json(self) -> Any:
        """The body's value; None where it is no JSON."""
        try:
            return orjson.loads(self.data)
        except ValueError:
            return None

    @property
    def media_type(self) -> str:
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    def __str__(self) -> str:
        """The status, and the message of an error."""
        told = self.json.get("message") if isinstance(self.json, dict) else None
        return f"{self.status} ({short(told)})" if isinstance(told, str) else str(self.status)


@dataclass(frozen=True)
class Wire:
    """Sends to one API and waits up to ``seconds`` for each step of an answer.

    Redirects and proxies are not followed, nothing is sent twice, but what a 429 refuses is sent
    again after its ``Retry-After``; ``pause`` waits for so many seconds. ``go_on`` is called
    before each request, and may raise what ends the run.
    """

    address: Address
    token: str
    seconds: float
    pause: Callable[[float], object]
    go_on: Callable[[], object] = field(default=lambda: None)

    def __call__(
        self,
        method: str,
        path: str,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The answer to a request for ``path`` below the base URL; raises ``NoAnswer``.

        ``headers`` go before ours; one that is empty is left out.
        """
        ours = {
            "Authorization": f"Bearer {self.token}",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": f"mockserver-verify/{__version__}",
        }
        sent = {name: value for name, value in {**ours, **(headers or {})}.items() if value}
        for _ in range(WAITS):
            self.go_on()
            answer = self._once(method, path, content, sent)
            if answer.status != 429:
                break
            self.pause(_wait(answer))
        return answer

    @cached_property
    def _pool(self) -> HTTPConnectionPool:
        from urllib3 import HTTPConnectionPool, HTTPSConnectionPool

        kind = HTTPConnectionPool if self.address.scheme == "http" else HTTPSConnectionPool
        return kind(self.address.host, self.address.port, timeout=self.seconds)

    def _once(
        self, method: str, path: str, content: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        from urllib3.exceptions import HTTPError

        try:
            response = self._pool.urlopen(
                method,
                f"{self.address.path}{path}",
                content,
                dict(headers),
                retries=False,
                redirect=False,
                preload_content=False,
            )
            try:
                data = self._read(response)
            finally:
                if response.status == 204:
                    response.close()  # a body, which no 204 may have, would pass for an answer
                response.release_conn()
            return Answer(response.status, response.headers, data)
        except (HTTPError, OSError, ValueError) as error:
            raise NoAnswer(self._why(error)) from None

    def _read(self, response: BaseHTTPResponse) -> bytes:
        found, end = bytearray(), stopwatch() + 3 * self.seconds
        while piece := response.read1(PIECE):
            found += piece
            if len(found) > MOST:
                response.close()
                raise NoAnswer(f"an answer of more than {MOST // 2**20} MB")
            if stopwatch() > end:
                response.close()
                raise NoAnswer(f"an answer that is not whole after {3 * self.seconds:g} s")
        return bytes(found)

    def _why(self, error: Exception) -> str:
        from urllib3.exceptions import NewConnectionError, ReadTimeoutError, SSLError

        cause = error.args[-1] if error.args else error
        if isinstance(error, ReadTimeoutError) or isinstance(cause, TimeoutError):
            return f"no answer within {self.seconds:g} s"
        if isinstance(error, NewConnectionError | SSLError):
            return f"no connection: {str(error).rpartition(': ')[2]}"
        if isinstance(error, ConnectionError) or isinstance(cause, ConnectionError):
            return "the connection closed without a whole answer"
        return "an answer that is no HTTP"


def short(text: str, most: int = 160) -> str:
    """A text of the other side, fit for one line of a report."""
    plain = "".join(each if each.isprintable() else " " for each in text[: most + 1])
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"


def _wait(answer: Answer) -> float:
    """Seconds that a 429 asks for; one where it does not say."""
    asked = answer.headers.get("Retry-After", "1")
    return min(float(asked) if asked.isascii() and asked.isdecimal() else 1.0, LONGEST_WAIT)
