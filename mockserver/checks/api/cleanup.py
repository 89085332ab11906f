"""The objects that a run created. No other objects are updated or deleted."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mockserver.checks.api.http import HttpClient, NoResponse, one_line
from mockserver.checks.api.results import Unclear

ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
#: Attributes that the response to a creation repeats as they were sent.
REPEATED = ("username", "name", "message", "contact_id", "group_id")
#: The attribute of a conversation that refers to its owner, by the owner's path.
OWNER_IDS = {"contacts": "contact_id", "groups": "group_id"}
MAX_ROUNDS = 3  # attempts to delete an object: others may have to be deleted before it
MAX_UNANSWERED = 3  # consecutive requests without a response, after which no more are sent
UNREACHABLE = "the API stopped responding"


@dataclass
class CreatedObjects:
    """A record of the created objects, which deletes them at the end of the run."""

    http: HttpClient
    #: The id of the conversation created with each object, if any, by the object's path and id.
    _homes: dict[tuple[str, str], str | None] = field(default_factory=dict)
    #: Descriptions of objects that may exist and cannot be deleted.
    undeletable: list[str] = field(default_factory=list)

    def add_created(self, path: str, data: Any, sent: Mapping[str, Any]) -> None:
        """Record the object in the response to a creation.

        An object that differs from ``sent`` may have existed before, so it must not be deleted.
        """
        record_id = data.get("id") if isinstance(data, dict) else None
        if not isinstance(record_id, str) or not ID.fullmatch(record_id):
            self.undeletable.append(
                f"an object created by POST /{path}: the response has no valid id"
            )
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
        self.add(path, record_id, home if isinstance(home, str) and ID.fullmatch(home) else None)

    def add(self, path: str, record_id: str, home: str | None = None) -> None:
        """Record an object, and the id of the conversation that was created with it."""
        self._homes.setdefault((path, record_id), home)

    def require(self, path: str, record_id: str | None) -> None:
        """Raise ``Unclear`` unless the run created the object."""
        if (path, record_id) not in self._homes:
            raise Unclear(f"/{path}/{one_line(str(record_id), 40)} was not created by this run")

    def delete_all(self) -> list[str]:
        """Delete all created objects, latest first; return descriptions of the remaining ones."""
        remaining: list[str] = []
        for _ in range(MAX_ROUNDS):
            remaining = self._delete_each()
            if not remaining or any(UNREACHABLE in text for text in remaining):
                break
        unanswered = [
            f"an object that POST {path} may have created: there was no response"
            for method, path in self.http.unanswered
            if method == "POST"
        ]
        counts = Counter([*self.undeletable, *unanswered])
        texts = [text if n == 1 else f"{text} ({n} times)" for text, n in counts.items()]
        return [*texts, *remaining]

    def _delete_each(self) -> list[str]:
        """Try to delete each object once; return descriptions of the remaining ones."""
        remaining, unanswered = [], 0
        for path, record_id in reversed([*self._homes]):
            reason = UNREACHABLE
            if unanswered < MAX_UNANSWERED:
                try:
                    reason, unanswered = self._delete_with_home(path, record_id), 0
                except NoResponse as error:
                    reason, unanswered = str(error), unanswered + 1
            if reason:
                remaining.append(f"/{path}/{record_id} ({reason})")
            else:
                del self._homes[path, record_id]
        return remaining

    def _delete_with_home(self, path: str, record_id: str) -> str:
        """Delete an object and its conversation; return why one remains, or an empty string."""
        reason, home = self._delete(f"/{path}/{record_id}"), self._homes[path, record_id]
        if not reason and home:
            data = self.http("GET", f"/conversations/{home}").json
            if isinstance(data, dict) and data.get(OWNER_IDS[path]) == record_id:
                reason = self._delete(f"/conversations/{home}")
        return reason

    def _delete(self, path: str) -> str:
        deleted = self.http("DELETE", path).status
        if deleted in (404, 410):
            return ""
        status = self.http("GET", path).status
        is_gone = status in (404, 410)
        return "" if is_gone else f"DELETE returned {deleted}, then GET returned {status}"
