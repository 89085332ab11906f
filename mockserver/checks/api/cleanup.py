"""The objects that a verification has made: no others are ever updated or deleted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mockserver.checks.api.connection import NoAnswer
from mockserver.checks.api.http import HttpClient, short
from mockserver.checks.api.rows import Unclear

ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
#: The attributes by which an answer to a creation must say again what was sent.
MARKS = ("username", "name", "message", "contact_id", "group_id")
#: Those whose deletion takes a conversation along, and what that conversation calls them.
OWNERS = {"contacts": "contact_id", "groups": "group_id"}
ROUNDS = 3
"""How often it is tried to delete what was made."""
SILENCES = 3
"""After so many requests without an answer, one after the other, nothing more is tried."""
SILENT = "there is no answer any more"


@dataclass(frozen=True)
class Made:
    """An object of ours, by its place, such as ``contacts`` and its id; and its conversation."""

    path: str
    id: str
    conversation_id: str | None = None

    def __str__(self) -> str:
        return f"/{self.path}/{self.id}"


@dataclass
class CreatedObjects:
    """Remembers what was made, and takes it away again."""

    wire: HttpClient
    _made: dict[tuple[str, str], Made] = field(default_factory=dict)
    #: What may be there and cannot be taken away, in words.
    left: list[str] = field(default_factory=list)

    def remember(self, path: str, shown: Any, sent: Mapping[str, Any]) -> None:
        """Note what the answer to a creation shows, unless that is another object than was sent:
        some APIs answer with an object that was there before."""
        record_id = shown.get("id") if isinstance(shown, dict) else None
        if not isinstance(record_id, str) or not ID.fullmatch(record_id):
            self.left.append(f"what POST /{path} has made, since its answer names no id")
            return
        for name in MARKS:
            was, now = sent.get(name), shown.get(name)
            if isinstance(was, str) and isinstance(now, str) and was != now:
                told = f"{name} is '{short(now, 40)}', not '{short(was, 40)}'"
                self.left.append(f"/{path}/{record_id}, which is not what was sent: {told}")
                return
        home = shown.get("conversation_id") if path in OWNERS else None
        fine = isinstance(home, str) and ID.fullmatch(home)
        self._made.setdefault((path, record_id), Made(path, record_id, home if fine else None))

    def adopt(self, path: str, record_id: str) -> None:
        """Note what was made along with an object of ours."""
        self._made.setdefault((path, record_id), Made(path, record_id))

    def owned(self, path: str, record_id: Any) -> str:
        """The id, if it is of an object of ours; raises ``Unclear``."""
        if (path, record_id) not in self._made:
            raise Unclear(f"/{path}/{short(str(record_id), 40)} is none that was made here")
        return str(record_id)

    def clear(self) -> list[str]:
        """Delete all that was made, latest first; returns what is left, in words.

        What fails is tried again when all others are gone: also on a bad day nothing shall stay.
        """
        lost = [f"what POST {path} may have made: no answer came" for path in self._lost()]
        left: dict[Made, str] = {}
        for _ in range(ROUNDS):
            left = self._sweep()
            if not left or SILENT in left.values():
                break
        told = Counter([*self.left, *lost])
        many = [each if n == 1 else f"{each} ({n} times)" for each, n in told.items()]
        return [*many, *(f"{made} ({why})" for made, why in left.items())]

    def _lost(self) -> list[str]:
        return [path for method, path in self.wire.unanswered if method == "POST"]

    def _sweep(self) -> dict[Made, str]:
        """Try to delete each object once; what is left, and why."""
        left, silences = {}, 0
        for made in reversed([*self._made.values()]):
            told = SILENT
            if silences < SILENCES:
                try:
                    told, silences = self._take_away(made), 0
                except NoAnswer as error:
                    told, silences = str(error), silences + 1
            if told:
                left[made] = told
            else:
                del self._made[made.path, made.id]
        return left

    def _take_away(self, made: Made) -> str:
        """Delete an object with its conversation; returns why it is there still, if it is."""
        told = self._delete(str(made))
        if not told and made.conversation_id:
            place = f"/conversations/{made.conversation_id}"
            shown = self.wire("GET", place).json
            if isinstance(shown, dict) and shown.get(OWNERS[made.path]) == made.id:
                told = self._delete(place)
        return told

    def _delete(self, place: str) -> str:
        status = self.wire("DELETE", place).status
        if status in (404, 410):
            return ""
        then = self.wire("GET", place).status
        return "" if then in (404, 410) else f"DELETE answered {status}, and GET then {then}"
