"""Webhook receivers: a good one, and others that are each broken in one way."""

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
TIMEOUT = 60.0


class Receiver:
    """Verifies the received bytes, handles each event once and ignores unknown attributes.

    Written from the reference alone and independent of the code under test.
    """

    def __init__(self) -> None:
        self.handled: set[str] = set()
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.is_over = threading.Event()

    def respond(self, handler: BaseHTTPRequestHandler) -> int | None:
        """Return the status, or None to close the connection without a response."""
        body = self.read(handler)
        self.bodies.append(body)
        self.headers.append({name.lower(): value for name, value in handler.headers.items()})
        if not self.verifies(body, handler.headers["x-protocol-signature"]):
            return 401
        return self.handle(json.loads(body))

    def read(self, handler: BaseHTTPRequestHandler) -> bytes:
        return handler.rfile.read(int(handler.headers["Content-Length"]))

    def verifies(self, body: bytes, signature: str | None) -> bool:
        return signature == hmac.new(SECRET.encode(), body, "sha256").hexdigest()

    def handle(self, event: Any) -> int | None:
        self.handled.add(event["id"])
        return 200

    def pause(self, seconds: float) -> None:
        """Wait before the next piece of a slow delivery; by default not at all."""


class RespondsEndlessly(Receiver):
    """Starts a response that never ends."""

    def respond(self, handler: BaseHTTPRequestHandler) -> int | None:
        super().respond(handler)
        with suppress(OSError):
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Y: ")
            while not self.is_over.wait(0.05):
                handler.wfile.write(b"z")
        return None


class AcceptsKnownSignatures(Receiver):
    def __init__(self) -> None:
        super().__init__()
        self.known: set[str | None] = set()

    def verifies(self, body: bytes, signature: str | None) -> bool:
        if super().verifies(body, signature):
            self.known.add(signature)
        return signature in self.known


class AcceptsUnsigned(Receiver):
    def verifies(self, body: bytes, signature: str | None) -> bool:
        return signature is None or super().verifies(body, signature)


class AcceptsAnySignature(Receiver):
    def verifies(self, body: bytes, signature: str | None) -> bool:
        return re.fullmatch("[0-9a-f]{64}", signature or "") is not None


class Rewrites(Receiver):
    """Verifies the JSON as Python would write it again."""

    def verifies(self, body: bytes, signature: str | None) -> bool:
        return super().verifies(
            json.dumps(json.loads(body), separators=(",", ":")).encode(), signature
        )


class RewritesUnicode(Receiver):
    """Verifies the JSON as JavaScript would write it again."""

    def verifies(self, body: bytes, signature: str | None) -> bool:
        text = json.dumps(json.loads(body), separators=(",", ":"), ensure_ascii=False)
        return super().verifies(text.encode(), signature)


class RefusesUnknownTypes(Receiver):
    def handle(self, event: Any) -> int | None:
        return 200 if event["type"] in TYPES else 400


class RefusesUnknownAttributes(Receiver):
    def handle(self, event: Any) -> int | None:
        known = event.keys() == {"id", "type", "payload"} and event["payload"].keys() == ATTRIBUTES
        return 200 if known else 422


class FailsOnDuplicates(Receiver):
    def handle(self, event: Any) -> int | None:
        if event["id"] in self.handled:
            return 500
        return super().handle(event)


class LimitsSize(Receiver):
    def respond(self, handler: BaseHTTPRequestHandler) -> int | None:
        status = super().respond(handler)
        return 413 if len(self.bodies[-1]) > 100 * 1024 else status


class Impatient(Receiver):
    """Gives up if a piece of the body is late; the next piece comes only after that."""

    def read(self, handler: BaseHTTPRequestHandler) -> bytes:
        handler.connection.settimeout(1)
        try:
            return super().read(handler)
        finally:
            handler.connection.settimeout(TIMEOUT)

    def respond(self, handler: BaseHTTPRequestHandler) -> int | None:
        try:
            return super().respond(handler)
        except TimeoutError:
            return 408

    def pause(self, seconds: float) -> None:
        self.is_over.wait(TIMEOUT)


class RequiresOrder(Receiver):
    def handle(self, event: Any) -> int | None:
        if event["type"] == "message.created":
            self.handled.add(event["payload"]["id"])
        known = event["type"] != "message.updated" or event["payload"]["id"] in self.handled
        return 200 if known else 404


class FailsOnBadSignatures(Receiver):
    def respond(self, handler: BaseHTTPRequestHandler) -> int | None:
        return 500 if (status := super().respond(handler)) == 401 else status


class GoneForUnknownTypes(Receiver):
    def handle(self, event: Any) -> int | None:
        return 200 if event["type"] in TYPES else 410


class ClosesOnUnknownTypes(Receiver):
    def handle(self, event: Any) -> int | None:
        return 200 if event["type"] in TYPES else None


class Redirects(Receiver):
    def handle(self, event: Any) -> int | None:
        return 302


class KnowsAnotherSecret(Receiver):
    def verifies(self, body: bytes, signature: str | None) -> bool:
        return signature == hmac.new(b"yesterday's", body, "sha256").hexdigest()


class Fails(Receiver):
    def respond(self, handler: BaseHTTPRequestHandler) -> int | None:
        self.read(handler)
        return 500


class AcceptsAll(Receiver):
    def verifies(self, body: bytes, signature: str | None) -> bool:
        return True


class Silent(Receiver):
    def respond(self, handler: BaseHTTPRequestHandler) -> int | None:
        self.headers.append({})
        self.is_over.wait(TIMEOUT)
        return 200


@contextmanager
def listening(receiver: Receiver) -> Iterator[str]:
    """Serve the receiver on a socket and yield its URL."""

    class Handler(BaseHTTPRequestHandler):
        timeout = TIMEOUT

        def do_POST(self) -> None:
            status = receiver.respond(self)
            if status is not None:
                self.send_response(status)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()
            if status == 408:
                receiver.is_over.set()
            self.close_connection = True

        def log_message(self, *_: Any) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/webhooks/protocol"
    finally:
        receiver.is_over.set()
        server.shutdown()
        thread.join()
        server.server_close()
