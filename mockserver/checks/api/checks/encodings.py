"""The three encodings of a body mean the same (reference, "Request bodies")."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from mockserver.checks.api.api_client import AVATAR, MARK, ConformanceClient, endpoint_of
from mockserver.checks.api.bodies import ENCODINGS
from mockserver.checks.api.check import Check, same
from mockserver.checks.api.checks.endpoints import MAKERS
from mockserver.checks.api.rows import DECIDED, DOCUMENTED


def checks() -> Iterator[Check]:
    for encoding in ENCODINGS:
        for path, values in CREATIONS.items():
            basis = DECIDED if path == "attachments" else DOCUMENTED  # a file as a text is our (D)
            run = partial(_created, path, values, encoding)
            yield Check(endpoint_of(path, "create"), f"takes a body as {encoding}", run, basis)
        for path, change in CHANGES.items():
            run = partial(_updated, path, change, encoding)
            yield Check(endpoint_of(path, "update"), f"takes a body as {encoding}", run)


def _created(
    path: str,
    values: Callable[[ConformanceClient], dict[str, Any]],
    encoding: str,
    bench: ConformanceClient,
) -> None:
    sent = values(bench)
    shown = bench.create(path, sent, encoding)
    for name, value in sent.items():
        if name == "contacts":
            same("the members", [each["id"] for each in shown[name]], value)
        else:
            same("filename" if name == "file" else name, shown[_shown_as(name)], value)


def _updated(path: str, change: dict[str, Any], encoding: str, bench: ConformanceClient) -> None:
    shown = bench.update(path, MAKERS[path](bench).id, change, encoding)
    for name, value in change.items():
        if name == "reactions":
            value = [{each: users} for each, users in value.items()]
        same(name, shown[name], value)


def _shown_as(name: str) -> str:
    return "filename" if name == "file" else name


CREATIONS: dict[str, Callable[[ConformanceClient], dict[str, Any]]] = {
    "contacts": lambda bench: {
        "username": f"{MARK} Müller & Söhne+1",
        "phone_number": "+1 (555) 0100",
        "avatar_url": AVATAR,
        "display_name": "林美玲 \U0001fa9c",
    },
    "conversations": lambda bench: {"contact_id": bench.contact().id},
    "groups": lambda bench: {
        "name": bench.name(),
        "description": "100% = all; a & b",
        "contacts": [bench.contact().id, bench.contact().id],
    },
    "messages": lambda bench: {
        "conversation_id": bench.conversation().id,
        "message": f"{MARK}: Grüße,\nline two \U0001fa9c",
    },
    "attachments": lambda bench: {"file": f"{MARK}.pdf"},
}
CHANGES: dict[str, dict[str, Any]] = {
    "contacts": {"display_name": "Zoë & Co."},
    "conversations": {"is_muted": True, "archived_at": 705106800},
    "groups": {"name": f"{MARK} Hôtel", "archived_at": 705106800},
    "messages": {"reactions": {"red_angry_face": ["KateMcCallister", "Buzz"]}},
    "attachments": {"filename": f"{MARK} später.pdf"},
}
