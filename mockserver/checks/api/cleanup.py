"""The objects that a run created. No others are updated or deleted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mockserver.checks.api.http import HttpClient, NoResponse, one_line
from mockserver.checks.api.results import Unclear

ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
#: Attributes that the response to a creation must repeat.
REPEATED = ("username", "name", "message", "contact_id", "group_id")
#: Attribute by which a conversation names its owner, by the owner's path.
OWNER_IDS = {"contacts": "contact_id", "groups": "group_id"}
MAX_ROUNDS = 3
"""Maximum number of attempts to delete an object."""
MAX_UNANSWERED = 3
"""Give up after this many requests in a row without a response."""
UNREACHABLE = "the API does not respond any more"


@dataclass(frozen=True)
class CreatedObject:
    """The path and id of a created object, such as ``contacts``, and its conversation's id."""

    path: str
    id: str
    conversation_id: str | None = None

    def __str__(self) -> str:
        return f"/{self.path}/{self.id}"


@dataclass
class CreatedObjects:
    """Records the created objects and deletes them at the end."""

    http: HttpClient
    _objects: dict[tuple[str, str], CreatedObject] = field(default_factory=dict)
    #: Descriptions of objects that may exist and cannot be deleted.
    undeletable: list[str] = field(default_factory=list)

    def add_created(self, path: str, data: Any, sent: Mapping[str, Any]) -> None:
        """Record the object in the response to a creation.

        Some APIs respond with an object that existed before; leave one that differs from ``sent``
        alone.
        """
        record_id = data.get("id") if isinstance(data, dict) else None
        if not isinstance(record_id, str) or not ID.fullmatch(record_id):
            self.undeletable.append(f"an object of POST /{path}: the response has no valid id")
            return
        for name in REPEATED:
            expected, value = sent.get(name), data.get(name)
            if isinstance(expected, str) and isinstance(value, str) and expected != value:
                self.undeletable.append(
                    f"/{path}/{record_id}, which is not the object that was sent: "
                    f"{name} is '{one_line(value, 40)}', not '{one_line(expected, 40)}'"
                )
                return
        home = data.get("conversation_id") if path in OWNER_IDS else None
        is_valid = isinstance(home, str) and ID.fullmatch(home)
        created = CreatedObject(path, record_id, home if is_valid else None)
        self._objects.setdefault((path, record_id), created)

    def add(self, path: str, record_id: str) -> None:
        """Record an object that was created along with another one."""
        self._objects.setdefault((path, record_id), CreatedObject(path, record_id))

    def require(self, path: str, record_id: str | None) -> None:
        """Raise ``Unclear`` unless this run created the object."""
        if (path, record_id) not in self._objects:
            raise Unclear(f"/{path}/{one_line(str(record_id), 40)} was not created by this run")

    def delete_all(self) -> list[str]:
        """Delete all created objects, latest first, and describe what remains.

        Objects that cannot be deleted are tried again after all others.
        """
        remaining: dict[CreatedObject, str] = {}
        unanswered = [
            f"an object of POST {path}, which had no response"
            for method, path in self.http.unanswered
            if method == "POST"
        ]
        for _ in range(MAX_ROUNDS):
            remaining = self._delete_each()
            if not remaining or UNREACHABLE in remaining.values():
                break
        counts = Counter([*self.undeletable, *unanswered])
        texts = [text if n == 1 else f"{text} ({n} times)" for text, n in counts.items()]
        return [*texts, *(f"{created} ({reason})" for created, reason in remaining.items())]

    def _delete_each(self) -> dict[CreatedObject, str]:
        """Try to delete each object once; return the remaining ones, with the reason."""
        remaining, unanswered = {}, 0
        for created in reversed([*self._objects.values()]):
            reason = UNREACHABLE
            if unanswered < MAX_UNANSWERED:
                try:
                    reason, unanswered = self._delete_with_conversation(created), 0
                except NoResponse as error:
                    reason, unanswered = str(error), unanswered + 1
            if reason:
                remaining[created] = reason
            else:
                del self._objects[created.path, created.id]
        return remaining

    def _delete_with_conversation(self, created: CreatedObject) -> str:
        """Delete an object and its conversation; return the reason if it remains, else ''."""
        reason = self._delete(str(created))
        if not reason and created.conversation_id:
            path = f"/conversations/{created.conversation_id}"
            data = self.http("GET", path).json
            if isinstance(data, dict) and data.get(OWNER_IDS[created.path]) == created.id:
                reason = self._delete(path)
        return reason

    def _delete(self, path: str) -> str:
        deleted = self.http("DELETE", path).status
        if deleted in (404, 410):
            return ""
        status = self.http("GET", path).status
        return "" if status in (404, 410) else f"DELETE gave {deleted}, then GET gave {status}"
