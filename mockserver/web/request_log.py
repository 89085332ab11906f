"""The log of requests: an entry for each, and its form as text or JSON. Independent of Flask."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import unquote_plus

from mockserver.errors import REDACTED, SECRET_NAME, hide_query
from mockserver.storage.clock import stopwatch

MAX_BODY = 1024  # bytes of a body or a query that are shown
MAX_REASON = 300  # characters
CONTROL = {code: repr(chr(code))[1:-1] for code in (*range(32), *range(127, 160), 0x2028, 0x2029)}
# A member of a JSON object whose value is a string, or a parameter of a form.
VALUES = re.compile(
    r'"([^"\\]{1,100})"\s*:\s*"(?:[^"\\]|\\.)*"?|(?:^|(?<=&))([^&=\s"]{1,100})=[^&\s]+'
)

logger = logging.getLogger("mockserver")


class LoggedRequest(NamedTuple):
    """A request in the log. It is rendered where it is written, not while the client waits."""

    method: str
    path: str
    #: The query as received, cut.
    query: str
    status: int
    ms: float
    #: The names of the sandbox and of the request; empty if it reached no sandbox.
    sandbox: str = ""
    id: str = ""
    #: Why the request was refused, or the faults that were applied to it.
    reason: str = ""
    #: The beginnings of both bodies, at the level debug.
    bodies: tuple[bytes, bytes] | None = None

    def __str__(self) -> str:
        query = hide_query(f"?{self.query}") if self.query else ""
        name = f"{self.sandbox} {self.id}" if self.sandbox else "-"
        line = f"{self.method} {self.path}{query} {self.status} {self.ms:.1f}ms {name}"
        lines = [f"{line}: {self.reason[:MAX_REASON]}" if self.reason else line]
        for arrow, body in zip(("-->", "<--"), self.bodies or (), strict=False):
            lines += [f"    {arrow} {show(body)}"] if body else []
        return "\n".join(line.translate(CONTROL) for line in lines)

    def to_dict(self) -> dict[str, Any]:
        names = ("request_body", "response_body")
        bodies = {name: show(body) for name, body in zip(names, self.bodies or (), strict=False)}
        return {
            "method": self.method,
            "path": self.path,
            "query": hide_query(f"?{self.query}")[1:],
            "status": self.status,
            "ms": round(self.ms, 1),
            "sandbox": self.sandbox or None,
            "request_id": self.id or None,
            "reason": self.reason[:MAX_REASON] or None,
            **bodies,
        }


@dataclass(frozen=True)
class RequestLog:
    """The log of requests. ``write`` may bypass `logging`, which would take longer than a read."""

    write: Callable[[LoggedRequest], object] = logger.info

    @property
    def is_enabled(self) -> bool:
        """True if the log's level includes requests."""
        return logger.isEnabledFor(logging.INFO)

    def add(
        self,
        method: str,
        path: str,
        query: str,
        status: int,
        since: float,
        sandbox: str = "",
        request_id: str = "",
        reason: str = "",
        bodies: tuple[bytes, bytes] = (b"", b""),
    ) -> None:
        """Write the entry of a request that began at ``since`` by the stopwatch."""
        if self.is_enabled:
            ms = (stopwatch() - since) * 1000
            shown = None
            if logger.isEnabledFor(logging.DEBUG):
                request_body, response_body = bodies
                shown = request_body[: MAX_BODY + 1], response_body[: MAX_BODY + 1]
            query = query[:MAX_BODY]
            self.write(
                LoggedRequest(method, path, query, status, ms, sandbox, request_id, reason, shown)
            )


def show(body: bytes) -> str:
    """Return the beginning of a body as text without secrets."""
    text = mask(body[:MAX_BODY].decode(errors="backslashreplace").rstrip("\n"))
    return f"{text}… (cut at {MAX_BODY} bytes)" if len(body) > MAX_BODY else text


def mask(text: str) -> str:
    """Return a body with ``REDACTED`` in place of the values of secrets."""

    def replacement(match: re.Match[str]) -> str:
        if not SECRET_NAME.search(unquote_plus(match[1] or match[2])):
            return match[0]
        return f'"{match[1]}": "{REDACTED}"' if match[1] else f"{match[2]}={REDACTED}"

    return VALUES.sub(replacement, text)
