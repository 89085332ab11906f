"""A good client, with only the standard library, and mutants that each make one mistake.

The tests run it as ``python client.py [MUTANT]``.
"""

from __future__ import annotations

import http.client
import json
import os
import sys
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

CONVERSATION = "xgQQXg3hrtjh7AvZ"
BOUNDARY = "client-check-boundary"
KNOWN = {"id", "message_id", "filename", "file_url", "file_type", "file_size", "created_at"}


class ErrorResponse(Exception):
    """A response with an error."""


class Good:
    """Does the whole task despite all faults."""

    #: Seconds; long enough that a busy machine does not hide the growth.
    wait = 0.3
    attempts = 6

    def __init__(self, base: str, token: str) -> None:
        self.base = urlsplit(base)
        self.token = token

    def once(
        self, method: str, path: str, body: bytes = b"", kind: str = ""
    ) -> tuple[int, Any, Any]:
        connection = http.client.HTTPConnection(self.base.netloc, timeout=30)
        headers = {**self.credentials(path), **({"Content-Type": kind} if kind else {})}
        try:
            connection.request(method, self.base.path + self.target(path), body or None, headers)
            response = connection.getresponse()
            content = response.read()
            data = json.loads(content) if content else None
            return response.status, response.headers, data
        finally:
            connection.close()

    def credentials(self, path: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def target(self, path: str) -> str:
        return path

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = "") -> Any:
        """Return the JSON of a response; repeat the request after a 429 or 503."""
        wait = self.wait
        for _ in range(self.attempts):
            status, headers, data = self.once(method, path, body, kind)
            if status < 400:
                return data
            if status == 429 or (status == 503 and "Retry-After" in headers):
                self.wait_as_told(headers["Retry-After"])
            elif status == 503:
                time.sleep(wait)
                wait = self.longer(wait)
            else:
                raise ErrorResponse(f"{method} {path}: {status} {data}")
        raise ErrorResponse(f"{method} {path}: {status} {data}")

    def wait_as_told(self, seconds: str) -> None:
        time.sleep(int(seconds))

    def longer(self, wait: float) -> float:
        return wait * 2

    def list_all(self, path: str) -> list[Any]:
        items: list[Any] = []
        while True:
            after = {"starting_after": items[-1]["id"]} if items else {}
            page = self.ask("GET", f"{path}?{urlencode({'limit': 10, **after})}")
            items += page["data"]
            if not self.has_more(page):
                return items

    def has_more(self, page: Any) -> bool:
        return bool(page["has_more"])

    def send(self, text: str) -> None:
        body = json.dumps({"conversation_id": CONVERSATION, "message": text}).encode()
        for _ in range(self.attempts):
            try:
                self.ask("POST", "/messages", body, "application/json")
                return
            except (OSError, http.client.HTTPException):
                if self.exists(text):
                    return

    def exists(self, text: str) -> bool:
        page = self.ask("GET", f"/messages?conversation_id={CONVERSATION}&limit=10")
        return any(message["message"] == text for message in page["data"])

    def create(self) -> None:
        contact = {"username": "client-check", "phone_number": "1-800-237-8439"}
        self.ask("POST", "/contacts", *self.encoded(contact))

    def encoded(self, body: dict[str, str]) -> tuple[bytes, str]:
        return urlencode(body).encode(), "application/x-www-form-urlencoded"

    def upload(self) -> None:
        lines = (
            f"--{BOUNDARY}",
            'Content-Disposition: form-data; name="file"; filename="client-check.txt"',
            "Content-Type: text/plain",
            "",
            "client check",
            f"--{BOUNDARY}--",
            "",
        )
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        self.ask("POST", "/attachments", "\r\n".join(lines).encode(), kind)

    def read(self, attachment: Any) -> str:
        return str(attachment["id"])

    def run(self) -> None:
        self.list_all("/contacts")
        for step in (
            lambda: self.ask("GET", "/groups"),
            lambda: self.ask("GET", "/conversations"),
            self.create,
            self.upload,
            lambda: self.send("client check one"),
            lambda: self.send("client check two"),
        ):
            try:
                step()
            except (ErrorResponse, OSError, http.client.HTTPException) as error:
                print(f"gave up: {error!r}")
        [first, *_] = self.ask("GET", "/attachments")["data"]
        self.ask("GET", f"/attachments/{self.read(first)}")


class FirstPageOnly(Good):
    def has_more(self, page: Any) -> bool:
        return len(page["data"]) == 10


class DeafToRetryAfter(Good):
    def wait_as_told(self, seconds: str) -> None:
        time.sleep(self.wait)


class SteadyWaits(Good):
    #: Even longer: a delay of half of it would look like growth.
    wait = 0.5

    def longer(self, wait: float) -> float:
        return wait


class GivesUpSoon(Good):
    def ask(self, method: str, path: str, body: bytes = b"", kind: str = "") -> Any:
        if path == "/conversations":
            self.attempts = 2
        try:
            return super().ask(method, path, body, kind)
        finally:
            self.attempts = Good.attempts


class SendsAgainBlindly(Good):
    def exists(self, text: str) -> bool:
        return False


class NeverSendsAgain(Good):
    def exists(self, text: str) -> bool:
        return True


class StrictReader(Good):
    def read(self, attachment: Any) -> str:
        if set(attachment) != KNOWN:
            raise SystemExit("unknown attributes")
        return super().read(attachment)


class SaysTextForJson(Good):
    def encoded(self, body: dict[str, str]) -> tuple[bytes, str]:
        return json.dumps(body).encode(), "text/plain"


class UploadsNothing(Good):
    def upload(self) -> None:
        body = json.dumps({"file": "client-check.txt"}).encode()
        self.ask("POST", "/attachments", body, "application/json")


class WaitsToBeAsked(Good):
    """Sends credentials only after a 401."""

    def once(
        self, method: str, path: str, body: bytes = b"", kind: str = ""
    ) -> tuple[int, Any, Any]:
        if path.startswith("/groups"):
            self.is_anonymous = True
            super().once(method, path, body, kind)
            self.is_anonymous = False
        return super().once(method, path, body, kind)

    is_anonymous = False

    def credentials(self, path: str) -> dict[str, str]:
        return {} if self.is_anonymous else super().credentials(path)


class OtherToken(Good):
    def run(self) -> None:
        Good(self.base.geturl(), "other-token").list_all("/groups")
        super().run()


MUTANTS = {
    client.__name__: client
    for client in (
        *(Good, FirstPageOnly, DeafToRetryAfter, SteadyWaits, GivesUpSoon, SendsAgainBlindly),
        *(NeverSendsAgain, StrictReader, SaysTextForJson, UploadsNothing, WaitsToBeAsked),
        OtherToken,
    )
}

if __name__ == "__main__":
    name = sys.argv[1] if len(sys.argv) > 1 else "Good"
    MUTANTS[name](os.environ["PROTOCOL_API_BASE_URL"], os.environ["MOCKSERVER_TOKEN"]).run()
