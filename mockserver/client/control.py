"""The control API (``/_sandbox``) of one server, asked from Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from mockserver.client.transport import Answer, Transport, encoded
from mockserver.errors import ApiError

ROOT = "/_sandbox"


@dataclass(frozen=True)
class Control:
    """Asks the control API; ``token`` is sent where the server wants one."""

    transport: Transport
    token: str | None = None

    def __call__(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, /, **query: Any
    ) -> dict[str, Any]:
        """The answer's object; raises ``ApiError`` with the status and message of a refusal.

        What is None in the query is left out.
        """
        answer = self.send(method, path, body, **query)
        if answer.status >= 400:
            raise refusal(answer)
        shown: dict[str, Any] = answer.json
        return shown

    def list(self, path: str, /, **query: Any) -> list[dict[str, Any]]:
        """The objects of a list; raises ``ApiError``."""
        data: list[dict[str, Any]] = self("GET", path, **query)["data"]
        return data

    def text(self, path: str, /, **query: Any) -> str:
        """An answer that is a text; raises ``ApiError``."""
        answer = self.send("GET", path, **query)
        if answer.status >= 400:
            raise refusal(answer)
        return answer.data.decode()

    def send(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, /, **query: Any
    ) -> Answer:
        """The answer as it came, a refusal too."""
        headers, data = {}, b""
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = encoded(body)
        asked = urlencode(given(**query))
        target = f"{ROOT}{path}?{asked}" if asked else ROOT + path
        return self.transport.send(method, target, headers, data)


def refusal(answer: Answer) -> ApiError:
    """What a refusal says, as the error that it was on the server."""
    try:
        message = str(answer.json["message"])
    except (ValueError, TypeError, KeyError):  # not of ours: a proxy's page, say
        message = f"status {answer.status}, without a message"
    error = ApiError(message, dict(answer.headers.items()))
    error.status = answer.status
    return error


def given(**values: Any) -> dict[str, Any]:
    """The values that are given: those that are not None."""
    return {name: value for name, value in values.items() if value is not None}
