"""A session of random requests to one sandbox, drawn from a seed and from earlier responses."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from hashlib import sha256
from typing import Any

from urllib3.filepost import encode_multipart_formdata

from tests.properties.sending import Send

JSON = "application/json"
NAMES = ("before", "after")
KINDS = ("contacts", "conversations", "groups", "messages", "attachments")


class Session:
    """A client of one sandbox. If a response differs by a byte, the transcript differs.

    The next request depends on ids in earlier responses, so any change by another session
    would show.
    """

    def __init__(self, send: Send, seed: str) -> None:
        self.send = send
        self.draw = random.Random(seed)
        self.ids: dict[str, list[str]] = defaultdict(list)
        #: One line per request: method, path, status, and the hash of the response.
        self.transcript: list[str] = []
        self.operations = {
            self.create: 10,
            self.update: 6,
            self.list: 8,
            self.retrieve: 3,
            self.delete: 3,
            self.refused: 4,
            self.upload: 3,
            self.snapshot: 1,
            self.restore: 1,
            self.reset: 1,
            self.clock: 1,
            self.fault: 1,
            self.rate_limit: 1,
            self.journal: 1,
        }

    def play(self, operations: int) -> list[str]:
        """Run random operations and return the transcript, which ends with the state's hash."""
        for kind in KINDS:
            self.list(kind)
        steps = self.draw.choices([*self.operations], [*self.operations.values()], k=operations)
        for step in steps:
            step()
        self("GET", "/_sandbox/state")
        return self.transcript

    def __call__(
        self, method: str, path: str, value: Any = None, content: tuple[bytes, str] | None = None
    ) -> Any:
        """Return the response's JSON, or None if it has no body."""
        if value is not None:
            content = json.dumps(value).encode(), JSON
        response = self.send(method, path, *(content or (None, None)))
        seen = sha256(response.data)
        for name in ("Location", "X-Request-Id"):
            seen.update(f"\n{name}: {response.headers.get(name)}".encode())
        self.transcript.append(f"{method} {path} {response.status} {seen.hexdigest()}")
        return response.json

    # the API

    def create(self) -> None:
        kind = self.draw.choice(KINDS)
        self._note(kind, self("POST", f"/v1/{kind}", self._new(kind)))

    def update(self) -> None:
        kind = self.draw.choice(KINDS)
        self("PUT", f"/v1/{kind}/{self._any(kind)}", self._changed(kind))

    def list(self, kind: str | None = None) -> None:
        kind = kind or self.draw.choice(KINDS)
        query = f"limit={self.draw.randint(1, 30)}"
        if self.ids[kind] and self.draw.random() < 0.5:
            cursor = self.draw.choice(("starting_after", "ending_before"))
            query += f"&{cursor}={self._any(kind)}"
        page = self("GET", f"/v1/{kind}?{query}")
        for record in page.get("data", ()):
            self._note(kind, record)

    def retrieve(self) -> None:
        kind = self.draw.choice(KINDS)
        self("GET", f"/v1/{kind}/{self._any(kind)}")

    def delete(self) -> None:
        kind = self.draw.choice(KINDS)
        self("DELETE", f"/v1/{kind}/{self._any(kind)}")

    def refused(self) -> None:
        kind = self.draw.choice(KINDS)
        self(
            *self.draw.choice(
                (
                    ("POST", f"/v1/{kind}", {"colour": "red"}),
                    ("POST", f"/v1/{kind}", None, (b"{", JSON)),
                    ("PUT", f"/v1/{kind}/{self._any(kind)}", {"id": "mine"}),
                    ("GET", f"/v1/{kind}/nothingOfTheKind"),
                    ("GET", f"/v1/{kind}?limit=0"),
                    ("PATCH", f"/v1/{kind}"),
                )
            )
        )

    def upload(self) -> None:
        data = self.draw.randbytes(self.draw.randint(1, 2000))
        fields = {"file": (f"{len(data)}.bin", data)}
        content = encode_multipart_formdata(fields, boundary="frontier")
        self._note("attachments", self("POST", "/v1/attachments", None, content))

    # the control API

    def snapshot(self) -> None:
        self("PUT", f"/_sandbox/snapshots/{self.draw.choice(NAMES)}", {})

    def restore(self) -> None:
        self("POST", f"/_sandbox/snapshots/{self.draw.choice(NAMES)}/restore", {})

    def reset(self) -> None:
        parts = self.draw.choice((None, ["data"], ["clock", "journal"], ["snapshots"]))
        self("POST", "/_sandbox/reset", {} if parts is None else {"only": parts})

    def clock(self) -> None:
        self("POST", "/_sandbox/clock/advance", {"seconds": self.draw.randint(0, 10**6)})
        mode = self.draw.choice(("step", "step", "frozen"))
        self("PUT", "/_sandbox/clock", {"mode": mode})

    def fault(self) -> None:
        faults = (
            {"type": "error", "status": 503},
            "schema_drift",
            {"type": "page_cap", "maximum": 2},
        )
        rule = {"fault": self.draw.choice(faults), "probability": 0.5, "times": 2}
        self("POST", "/_sandbox/faults", rule)

    def rate_limit(self) -> None:
        terms = {"limit": self.draw.randint(5, 50), "window_seconds": 60}
        self("PUT", "/_sandbox/rate-limit", terms)

    def journal(self) -> None:
        # Not the near misses: they contain the milliseconds of each request.
        self("POST", "/_sandbox/requests/verify", {"match": {"status": 201}, "at_least": 0})
        self("GET", "/_sandbox/changes")

    # known ids, and sending

    def _note(self, kind: str, response: dict[str, Any]) -> None:
        """Remember the id of an object; an error has none."""
        if "id" in response and response["id"] not in self.ids[kind]:
            self.ids[kind].append(response["id"])

    def _any(self, kind: str) -> str:
        """Return a known id, possibly of a deleted object."""
        return self.draw.choice(self.ids[kind])

    def _new(self, kind: str) -> dict[str, Any]:
        number = self.draw.randrange(10**6)
        conversation, message = self._any("conversations"), self._any("messages")
        contact = self._any("contacts")
        bodies: dict[str, dict[str, Any]] = {
            "contacts": {"username": f"U{number}", "phone_number": f"{number}"},
            "conversations": {"contact_id": contact},
            "groups": {"name": f"{number}", "contacts": [contact]},
            "messages": {"conversation_id": conversation, "message": f"{number}"},
            "attachments": {"file": f"{number}.txt", "message_id": message},
        }
        return bodies[kind]

    def _changed(self, kind: str) -> dict[str, Any]:
        number = self.draw.randrange(10**6)
        bodies: dict[str, dict[str, Any]] = {
            "contacts": {"display_name": f"{number}"},
            "conversations": {"is_muted": number % 2 == 0, "is_pinned": number % 3 == 0},
            "groups": {"description": f"{number}"},
            "messages": {"message": f"{number}"},
            "attachments": {"filename": f"{number}.txt"},
        }
        return bodies[kind]
