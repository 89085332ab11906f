"""Requests on the wire, and the answers, read with bounds: the other side is not ours."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson

from mockserver import __version__
from mockserver.checks.api.address import Address
from mockserver.checks.api.connection import Line, NoAnswer

WAITS, LONGEST_WAIT = 5, 60.0
"""How often a 429 is waited out, and for how many seconds at most."""


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
class HttpClient:
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
            "User-Agent": f"mockserver-check/{__version__}",
        }
        sent = {name: value for name, value in {**ours, **(headers or {})}.items() if value}
        for _ in range(WAITS):
            self.go_on()
            answer = Answer(
                *self._line.exchange(method, f"{self.address.path}{path}", content, sent)
            )
            if answer.status != 429:
                return answer
            self.pause(_wait(answer))
        raise NoAnswer(f"429, again after each of {WAITS} waits")

    @property
    def unanswered(self) -> list[tuple[str, str]]:
        """The requests that may have been done, and were not answered: each its method and path
        below the base URL."""
        skip = len(self.address.path)
        return [(method, path[skip:]) for method, path in self._line.unanswered]

    @cached_property
    def _line(self) -> Line:
        return Line(self.address, self.seconds)


def short(text: str, most: int = 160) -> str:
    """A text of the other side, fit for one line of a report."""
    plain = "".join(each if each.isprintable() else " " for each in text[: most + 1])
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"


def show(value: Any) -> str:
    """A value of the other side as JSON, fit for one line of a report."""
    return short(f"'{value}'" if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _wait(answer: Answer) -> float:
    """Seconds that a 429 asks for; one where it does not say. Raises ``NoAnswer``."""
    asked = answer.headers.get("Retry-After", "1")
    seconds = float(asked) if asked.isascii() and asked.isdecimal() else 1.0
    if seconds > LONGEST_WAIT:
        raise NoAnswer(f"429, and asks for a wait of {seconds:g} s")
    return seconds
