"""A good client, on the standard library alone, and mutants of it: each lacks one virtue.

Run by the command under test, as ``python client.py [MUTANT]``.
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


class Refused(Exception):
    """An answer that is no success."""


class Good:
    """Does the whole task, whatever goes wrong."""

    #: Seconds; so long that a busy machine does not turn the growth around.
    wait = 0.2
    attempts = 6

    def __init__(self, base: str, token: str) -> None:
        self.base = urlsplit(base)
        self.token = token

    # one request

    def once(
        self, method: str, path: str, body: bytes = b"", kind: str = ""
    ) -> tuple[int, Any, Any]:
        connection = http.client.HTTPConnection(self.base.netloc, timeout=30)
        headers = {**self.credentials(path), **({"Content-Type": kind} if kind else {})}
        try:
            connection.request(method, self.base.path + self.target(path), body or None, headers)
            answer = connection.getresponse()
            content = answer.read()
            return answer.status, answer.headers, json.loads(content) if content else None
        finally:
            connection.close()

    def credentials(self, path: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def target(self, path: str) -> str:
        return path

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = "") -> Any:
        """The answer; a request that is refused for a while is repeated."""
        wait = self.wait
        for _ in range(self.attempts):
            status, headers, shown = self.once(method, path, body, kind)
            if status < 400:
                return shown
            if status == 429:
                self.heed(headers["Retry-After"])
            elif status == 503:
                time.sleep(wait)
                wait = self.longer(wait)
            else:
                raise Refused(f"{method} {path}: {status} {shown}")
        raise Refused(f"{method} {path}: {status} {shown}")

    def heed(self, seconds: str) -> None:
        time.sleep(int(seconds))

    def longer(self, wait: float) -> float:
        return wait * 2

    # the task

    def all(self, path: str) -> list[Any]:
        found: list[Any] = []
        while True:
            after = {"starting_after": found[-1]["id"]} if found else {}
            page = self.ask("GET", f"{path}?{urlencode({'limit': 10, **after})}")
            found += page["data"]
            if not self.goes_on(page):
                return found

    def goes_on(self, page: Any) -> bool:
        return bool(page["has_more"])

    def send(self, text: str) -> None:
        body = json.dumps({"conversation_id": CONVERSATION, "message": text}).encode()
        for _ in range(self.attempts):
            try:
                self.ask("POST", "/messages", body, "application/json")
                return
            except (OSError, http.client.HTTPException):
                if self.arrived(text):
                    return

    def arrived(self, text: str) -> bool:
        page = self.ask("GET", f"/messages?conversation_id={CONVERSATION}&limit=10")
        return any(each["message"] == text for each in page["data"])

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
        self.all("/contacts")
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
            except (Refused, OSError, http.client.HTTPException) as error:
                print(f"gave up: {error!r}")
        [first, *_] = self.ask("GET", "/attachments")["data"]
        self.ask("GET", f"/attachments/{self.read(first)}")


class FirstPageOnly(Good):
    def goes_on(self, page: Any) -> bool:
        return len(page["data"]) == 10


class DeafToRetryAfter(Good):
    def heed(self, seconds: str) -> None:
        time.sleep(self.wait)


class SteadyWaits(Good):
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
    def arrived(self, text: str) -> bool:
        return False


class NeverSendsAgain(Good):
    def arrived(self, text: str) -> bool:
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
    """Sends credentials once a 401 has asked for them, as for a digest."""

    def once(
        self, method: str, path: str, body: bytes = b"", kind: str = ""
    ) -> tuple[int, Any, Any]:
        if path.startswith("/groups"):
            self.silent = True
            super().once(method, path, body, kind)
            self.silent = False
        return super().once(method, path, body, kind)

    silent = False

    def credentials(self, path: str) -> dict[str, str]:
        return {} if self.silent else super().credentials(path)


class OtherToken(Good):
    def run(self) -> None:
        Good(self.base.geturl(), "somebody").all("/groups")
        super().run()


MUTANTS = {
    each.__name__: each
    for each in (
        *(Good, FirstPageOnly, DeafToRetryAfter, SteadyWaits, GivesUpSoon, SendsAgainBlindly),
        *(NeverSendsAgain, StrictReader, SaysTextForJson, UploadsNothing, WaitsToBeAsked),
        OtherToken,
    )
}

if __name__ == "__main__":
    name = sys.argv[1] if len(sys.argv) > 1 else "Good"
    MUTANTS[name](os.environ["PROTOCOL_API_BASE_URL"], os.environ["MOCKSERVER_TOKEN"]).run()
