"""Receivers of webhooks: a good one, and others that are each broken in one way of their own."""

from __future__ import annotations

import hmac
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "s3cret"
KINDS = ("contact", "conversation", "message", "group", "attachment")
TYPES = {f"{kind}.{verb}" for kind in KINDS for verb in ("created", "updated", "deleted")}
ATTRIBUTES = {"id", "conversation_id", "contact", "message", "reactions", "attachments"}
ATTRIBUTES |= {"read_at", "created_at", "updated_at"}
GIVE_UP = 60.0


class Receiver:
    """Verifies the bytes as they came, does each event once, and bears what it does not know.

    Written from the reference alone, so that it owes nothing to the code that it tests.
    """

    def __init__(self) -> None:
        self.done: set[str] = set()
        self.bodies: list[bytes] = []
        self.heads: list[dict[str, str]] = []
        self.gave_up = threading.Event()

    def answer(self, handler: BaseHTTPRequestHandler) -> int | None:
        """The status, or None to close the connection without any."""
        body = self.read(handler)
        self.bodies.append(body)
        self.heads.append({name.lower(): value for name, value in handler.headers.items()})
        if not self.verifies(body, handler.headers["x-protocol-signature"]):
            return 401
        return self.take(json.loads(body))

    def read(self, handler: BaseHTTPRequestHandler) -> bytes:
        return handler.rfile.read(int(handler.headers["Content-Length"]))

    def verifies(self, body: bytes, given: str | None) -> bool:
        return given == hmac.new(SECRET.encode(), body, "sha256").hexdigest()

    def take(self, event: Any) -> int | None:
        self.done.add(event["id"])
        return 200

    def pause(self, seconds: float) -> None:
        """How long a delivery that is slow to arrive lets this receiver wait for its next piece."""


class Dribbles(Receiver):
    """Answers, and never comes to an end."""

    def answer(self, handler: BaseHTTPRequestHandler) -> int | None:
        super().answer(handler)
        with suppress(OSError):
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Y: ")
            while not self.gave_up.wait(0.05):
                handler.wfile.write(b"z")
        return None


class TakesKnownSignatures(Receiver):
    def __init__(self) -> None:
        super().__init__()
        self.known: set[str | None] = set()

    def verifies(self, body: bytes, given: str | None) -> bool:
        if super().verifies(body, given):
            self.known.add(given)
        return given in self.known


class TakesUnsigned(Receiver):
    def verifies(self, body: bytes, given: str | None) -> bool:
        return given is None or super().verifies(body, given)


class TakesAnySignature(Receiver):
    def verifies(self, body: bytes, given: str | None) -> bool:
        return re.fullmatch("[0-9a-f]{64}", given or "") is not None


class Rewrites(Receiver):
    """Verifies its own spelling of the JSON, as Python writes it."""

    def verifies(self, body: bytes, given: str | None) -> bool:
        return super().verifies(json.dumps(json.loads(body), separators=(",", ":")).encode(), given)


class RewritesUnicode(Receiver):
    """Verifies its own spelling of the JSON, as JavaScript writes it."""

    def verifies(self, body: bytes, given: str | None) -> bool:
        text = json.dumps(json.loads(body), separators=(",", ":"), ensure_ascii=False)
        return super().verifies(text.encode(), given)


class RefusesUnknownTypes(Receiver):
    def take(self, event: Any) -> int | None:
        return 200 if event["type"] in TYPES else 400


class RefusesUnknownAttributes(Receiver):
    def take(self, event: Any) -> int | None:
        known = event.keys() == {"id", "type", "payload"} and event["payload"].keys() == ATTRIBUTES
        return 200 if known else 422


class FailsOnDuplicates(Receiver):
    def take(self, event: Any) -> int | None:
        if event["id"] in self.done:
            return 500
        return super().take(event)


class LimitsSize(Receiver):
    def answer(self, handler: BaseHTTPRequestHandler) -> int | None:
        status = super().answer(handler)
        return 413 if len(self.bodies[-1]) > 100 * 1024 else status


class Impatient(Receiver):
    """Gives up once a piece of the body is late; the next one comes only after that."""

    def read(self, handler: BaseHTTPRequestHandler) -> bytes:
        handler.connection.settimeout(1)
        try:
            return super().read(handler)
        finally:
            handler.connection.settimeout(GIVE_UP)

    def answer(self, handler: BaseHTTPRequestHandler) -> int | None:
        try:
            return super().answer(handler)
        except TimeoutError:
            return 408

    def pause(self, seconds: float) -> None:
        self.gave_up.wait(GIVE_UP)


class WantsOrder(Receiver):
    def take(self, event: Any) -> int | None:
        if event["type"] == "message.created":
            self.done.add(event["payload"]["id"])
        known = event["type"] != "message.updated" or event["payload"]["id"] in self.done
        return 200 if known else 404


class FailsOnBadSignatures(Receiver):
    def answer(self, handler: BaseHTTPRequestHandler) -> int | None:
        return 500 if (status := super().answer(handler)) == 401 else status


class SwitchesOffOnUnknownTypes(Receiver):
    def take(self, event: Any) -> int | None:
        return 200 if event["type"] in TYPES else 410


class DiesOfUnknownTypes(Receiver):
    def take(self, event: Any) -> int | None:
        return 200 if event["type"] in TYPES else None


class Redirects(Receiver):
    def take(self, event: Any) -> int | None:
        return 302


class KnowsAnotherSecret(Receiver):
    def verifies(self, body: bytes, given: str | None) -> bool:
        return given == hmac.new(b"yesterday's", body, "sha256").hexdigest()


class Fails(Receiver):
    def answer(self, handler: BaseHTTPRequestHandler) -> int | None:
        self.read(handler)
        return 500


class TakesAll(Receiver):
    def verifies(self, body: bytes, given: str | None) -> bool:
        return True


class Silent(Receiver):
    def answer(self, handler: BaseHTTPRequestHandler) -> int | None:
        self.heads.append({})
        self.gave_up.wait(GIVE_UP)
        return 200


@contextmanager
def listening(receiver: Receiver) -> Iterator[str]:
    """The receiver behind a socket; its URL."""

    class Handler(BaseHTTPRequestHandler):
        timeout = GIVE_UP

        def do_POST(self) -> None:
            status = receiver.answer(self)
            if status is not None:
                self.send_response(status)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()
            if status == 408:
                receiver.gave_up.set()
            self.close_connection = True

        def log_message(self, *_: Any) -> None:
            """Nothing: pytest shows what matters."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/webhooks/protocol"
    finally:
        receiver.gave_up.set()
        server.shutdown()
        thread.join()
        server.server_close()
