"""Each endpoint does what it is for, asked as plainly as can be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from mockserver.checks.api.api_client import SUCCEEDS, ConformanceClient, Shown, endpoint_of
from mockserver.checks.api.check import Check, same

#: How one of each kind is made, and an update of it.
MAKERS: dict[str, Callable[[ConformanceClient], Shown]] = {
    "contacts": lambda bench: bench.contact(),
    "conversations": lambda bench: bench.conversation(),
    "groups": lambda bench: bench.group(),
    "messages": lambda bench: bench.message(bench.conversation().id),
    "attachments": lambda bench: bench.upload(),
}
UPDATES: dict[str, dict[str, Any]] = {
    "contacts": {"display_name": "Big brother"},
    "conversations": {"is_muted": True},
    "groups": {"description": "No grown-ups."},
    "messages": {"message": "mockserver-check: never mind the ladder."},
    "attachments": {"filename": "mockserver-check-2.txt"},
}


def checks() -> Iterator[Check]:
    for path in MAKERS:
        for verb in ("create", "retrieve", "list", "update", "delete"):
            yield Check(endpoint_of(path, verb), SUCCEEDS, _asked(path, verb))
        where = endpoint_of(path, "retrieve")
        yield Check(where, "what was created, as it was answered", _as_created(path))
        where = endpoint_of(path, "update")
        yield Check(where, "what was sent is kept, and answered", _kept(path))
        yield Check(where, "no body changes nothing", _changes_nothing(path))
        yield Check(endpoint_of(path, "delete"), "what was deleted is gone: 404", _gone(path))


def _asked(path: str, verb: str) -> Callable[[ConformanceClient], None]:
    def it_succeeds(bench: ConformanceClient) -> None:
        made = MAKERS[path](bench)
        if verb == "retrieve":
            bench.retrieve(path, made.id)
        elif verb == "list":
            bench.page(path, limit=1)
        elif verb == "update":
            bench.update(path, made.id, UPDATES[path])
        elif verb == "delete":
            bench.delete(path, made.id)

    return it_succeeds


def _as_created(path: str) -> Callable[[ConformanceClient], None]:
    def it_is_retrieved_as_created(bench: ConformanceClient) -> None:
        made = MAKERS[path](bench)
        shown = bench.retrieve(path, made.id).trusted()
        for name, value in made.trusted().items():
            same(name, shown[name], value)

    return it_is_retrieved_as_created


def _kept(path: str) -> Callable[[ConformanceClient], None]:
    def what_was_sent_is_kept(bench: ConformanceClient) -> None:
        made = MAKERS[path](bench)
        answered = bench.update(path, made.id, UPDATES[path])
        for shown in (answered, bench.retrieve(path, made.id)):
            for name, value in UPDATES[path].items():
                same(name, shown[name], value)

    return what_was_sent_is_kept


def _changes_nothing(path: str) -> Callable[[ConformanceClient], None]:
    def no_body_changes_nothing(bench: ConformanceClient) -> None:
        made = MAKERS[path](bench)
        shown = bench.put(path, made.id, None).trusted()
        for name, value in made.trusted().items():
            same(name, shown[name], value)

    return no_body_changes_nothing


def _gone(path: str) -> Callable[[ConformanceClient], None]:
    def what_was_deleted_is_gone(bench: ConformanceClient) -> None:
        made = MAKERS[path](bench)
        bench.delete(path, made.id)
        bench.gone(path, made.id)

    return what_was_deleted_is_gone
