"""The documented examples, as those of operations."""

from __future__ import annotations

import re
from typing import Any

from mockserver.contract.examples import examples
from mockserver.resources.base import Resource

ARTICLES = {"attachment": "an"}
#: The documentation shows of each member of a group only the username; here is the rest.
MEMBERS = {
    "Hector": ("y2ZC3q0W9R7ZuO6H", "1-212-555-0170", "hector", 705085895, 687297720),
    "Cedric": ("8v2BHOtBeWHNPdE7", "1-212-555-0171", "cedric", 705106800, 687298800),
    "Hester": ("XowWEujP32zebP90", "1-212-555-0173", "hester", None, 677181600),
    "Cliff": ("GDuwNZ6Ct1AtrQtV", "1-212-555-0174", None, None, 687542400),
}


class Samples:
    """What the documentation shows of each operation."""

    def __init__(self) -> None:
        self._examples = examples()

    def given(self, resource: Resource, verb: str) -> Any:
        """A body, as JSON says it."""
        request = self._found(resource, verb)["request"]
        return _as_json(request.get("form", request.get("files", ())))

    def answer(self, resource: Resource, verb: str) -> Any:
        """An answer; of a page, the object that is documented in full."""
        shown = self._found(resource, verb)["response"]["body"]
        if verb == "list":
            return {"has_more": True, "data": [_whole(shown["data"][0])]}
        return _whole(shown)

    def event(self) -> dict[str, Any]:
        """The body of a webhook, for ``message.updated``."""
        shown: dict[str, Any] = self._examples["webhook body"]["response"]["body"]
        return shown

    def _found(self, resource: Resource, verb: str) -> dict[str, Any]:
        if verb == "list":
            return self._examples[f"list {resource.path}"]
        verb = "send" if (resource.kind, verb) == ("message", "create") else verb
        return self._examples[f"{verb} {ARTICLES.get(resource.kind, 'a')} {resource.kind}"]


def _whole(shown: dict[str, Any]) -> dict[str, Any]:
    """An object with its members in full."""
    if "contacts" not in shown:
        return shown
    return {**shown, "contacts": [_member(each["username"]) for each in shown["contacts"]]}


def _member(username: str) -> dict[str, Any]:
    record_id, phone_number, avatar, last_active_at, created_at = MEMBERS[username]
    return {
        "id": record_id,
        "username": username,
        "phone_number": phone_number,
        "avatar_url": avatar and f"https://assets.protocol.chat/avatars/{avatar}.jpg",
        "last_active_at": last_active_at,
        "created_at": created_at,
    }


def _as_json(pairs: list[list[str]]) -> dict[str, Any]:
    """What a documented form means: texts, ``true``, and ``name[inner][]``."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        root, *inner = re.findall(r"[^\[\]]+", name)
        found[root] = {inner[0]: [value]} if inner else True if value == "true" else value
    return found
